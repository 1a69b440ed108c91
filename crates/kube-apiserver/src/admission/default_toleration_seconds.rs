//! DefaultTolerationSeconds: a pod stays five minutes on a node that is not ready or cannot be reached.

use orrery_api::{PodSpec, Toleration};
use std::rc::Rc;

const SECONDS: i64 = 300;
const TAINTS: [&str; 2] = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

pub(super) fn mutate(spec: &mut Rc<PodSpec>) {
    for taint in TAINTS {
        if !spec.tolerations.iter().any(|t| tolerates(t, taint)) {
            Rc::make_mut(spec).tolerations.push(Toleration {
                key: Some(taint.into()),
                operator: Some("Exists".into()),
                effect: Some("NoExecute".into()),
                toleration_seconds: Some(SECONDS),
                ..Default::default()
            });
        }
    }
}

fn tolerates(toleration: &Toleration, taint: &str) -> bool {
    let key = toleration.key.as_deref().unwrap_or_default();
    let effect = toleration.effect.as_deref().unwrap_or_default();
    (key == taint || key.is_empty()) && (effect == "NoExecute" || effect.is_empty())
}
