//! Keeps a claim that is being deleted until no pod with a node uses it
//! (upstream: `pkg/controller/volume/pvcprotection`).

use crate::{Action, Controller, Wake};
use orrery_api::{Kind, Object, PersistentVolumeClaim, Pod};
use orrery_apimachinery::StatusResult;
use orrery_client::volume::{claim_name, claim_names, is_terminated, made_for};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use std::rc::Rc;

const FINALIZER: &str = "kubernetes.io/pvc-protection";

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct PvcProtectionController;

impl Controller for PvcProtectionController {
    const NAME: &'static str = "pvc-protection-controller";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::PersistentVolumeClaim(claim)
                if change.op != Op::Deleted
                    && claim.metadata.terminating() == claim.metadata.has_finalizer(FINALIZER) =>
            {
                wake.key(Key::of(&change.value));
            }
            // A pod that has a node and runs does not let go of its claims.
            Object::Pod(pod) if change.op == Op::Deleted || pod.node_name.is_none() || is_terminated(pod) => {
                for name in claim_names(pod) {
                    wake.key(Key::new(Kind::PersistentVolumeClaim, pod.metadata.namespace.clone(), name));
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(claim) = cx.get::<PersistentVolumeClaim>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let (terminating, protected) =
            (claim.metadata.terminating(), claim.metadata.has_finalizer(FINALIZER));
        if terminating && protected && holders(&claim, cx.api()).next().is_none() {
            cx.modify::<PersistentVolumeClaim>(&key.namespace, &key.name, |claim| {
                claim.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            })?;
        } else if !terminating && !protected {
            cx.modify::<PersistentVolumeClaim>(&key.namespace, &key.name, |claim| {
                claim.metadata.finalizers.push(FINALIZER.into());
            })?;
        }
        Ok(Action::AwaitChange)
    }
}

/// The pods with a node that name the claim. Of a claim that was made for a pod that pod lets go as its node has done
/// with it; of another only when it is gone (upstream: `podUsesPVC`).
pub(crate) fn holders<'a>(
    claim: &'a PersistentVolumeClaim,
    api: &'a ApiServer,
) -> impl Iterator<Item = &'a Rc<Pod>> {
    let shut_down =
        |pod: &Pod| pod.metadata.terminating() && pod.metadata.deletion_grace_period_seconds == Some(0);
    let holds = move |pod: &&Rc<Pod>| {
        pod.node_name.is_some()
            && pod.spec.volumes.iter().any(|volume| match &volume.persistent_volume_claim {
                Some(source) => source.claim_name == claim.metadata.name,
                None => {
                    !shut_down(pod)
                        && claim_name(pod, volume).is_some_and(|name| name == claim.metadata.name)
                        && made_for(pod, claim)
                }
            })
    };
    api.list_in::<Pod>(&claim.metadata.namespace).filter(holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controllers::persistent_volume::tests::claim;
    use crate::testing::Workbench;
    use orrery_api::{PersistentVolumeClaimVolumeSource, PodSpec, Volume};
    use orrery_apimachinery::ObjectMeta;
    use orrery_client::Propagation;
    use orrery_sim::Duration;

    #[test]
    fn a_claim_goes_with_the_last_pod_that_has_it_on_a_node() {
        for (row, node, goes_at_once) in [
            ("a pod on a node holds it", Some("node-1"), false),
            ("a pod that waits for a node does not", None, true),
        ] {
            let mut bench = Workbench::<PvcProtectionController>::new();
            let claim = bench.create(claim("data", 1));
            let source =
                PersistentVolumeClaimVolumeSource { claim_name: "data".into(), ..Default::default() };
            let volume = Volume {
                name: "v".into(),
                persistent_volume_claim: Some(Box::new(source)),
                ..Default::default()
            };
            let mut container = orrery_api::Container { name: "c".into(), ..Default::default() };
            container.image = Some("nginx".into());
            let spec = PodSpec { volumes: vec![volume], containers: vec![container], ..Default::default() };
            let pod = bench.create(Pod {
                metadata: ObjectMeta::named("default", "user"),
                spec: Rc::new(spec),
                node_name: node.map(Into::into),
                ..Default::default()
            });
            bench.delete(&Object::PersistentVolumeClaim(claim), Propagation::Background);
            bench.pass(Duration::from_secs(1));
            let gone = |bench: &Workbench<_>| bench.get::<PersistentVolumeClaim>("default", "data").is_none();
            assert_eq!(gone(&bench), goes_at_once, "{row}");
            bench.modify_status::<Pod>("default", "user", |pod| pod.status.phase = Some("Succeeded".into()));
            bench.pass(Duration::from_secs(1));
            assert_eq!(gone(&bench), goes_at_once, "{row}: a pod that has ended still names it");
            bench.delete(&Object::Pod(pod), Propagation::Background);
            bench.pass(Duration::from_secs(1));
            assert!(gone(&bench), "{row}");
        }
    }
}
