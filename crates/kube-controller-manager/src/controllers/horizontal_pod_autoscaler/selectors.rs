//! Whether the pods of a target are another autoscaler's too (upstream: `validateAndParseSelector`,
//! `pkg/controller/util/selectors`).

use super::HorizontalPodAutoscalerController;
use orrery_api::Pod;
use orrery_apimachinery::{LabelSelector, labels};
use orrery_client::Key;
use std::rc::Rc;

/// What a scale's selector says; where it asks for one value, as a pair, by which pods are found quickly.
///
/// Errors: the text cannot be read, in upstream's words.
pub(super) fn parse(text: &str) -> Result<LabelSelector, String> {
    let mut selector = labels::parse(text).map_err(|e| {
        format!("couldn't convert selector into a corresponding internal selector object: {e}")
    })?;
    let pairs = &mut selector.match_labels;
    selector.match_expressions.retain(|asked| match &asked.values[..] {
        [value] if &*asked.operator == "In" && !pairs.contains_key(&asked.key) => {
            pairs.insert(asked.key.clone(), value.clone());
            false
        }
        _ => true,
    });
    Ok(selector)
}

impl HorizontalPodAutoscalerController {
    /// The autoscalers of the namespace whose selectors pick any of the pods, as upstream prints them; `None` if it is
    /// one at most.
    pub(super) fn ambiguous(&self, namespace: &str, pods: &[Rc<Pod>]) -> Option<String> {
        let picks = |selector: &LabelSelector| pods.iter().any(|pod| selector.matches(&pod.metadata.labels));
        let mut names = Vec::new();
        for (key, known) in &self.known {
            if &*key.namespace == namespace && known.selector.as_ref().is_some_and(picks) {
                names.push(format!("{{{} {}}}", key.name, key.namespace));
            }
        }
        (names.len() > 1).then(|| format!("[{}]", names.join(" ")))
    }

    /// Remembers which pods an autoscaler looks after, as long as it is there.
    pub(super) fn remember(&mut self, key: &Key, selector: &LabelSelector) {
        if let Some(known) = self.known.get_mut(key) {
            known.selector = Some(selector.clone());
        }
    }
}
