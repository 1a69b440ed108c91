//! Makes the claims of volumes that pods state with a template, and that go with their pod
//! (upstream: `pkg/controller/volume/ephemeral`).

use crate::owners::controller_reference;
use crate::{Action, Controller, Wake};
use orrery_api::{Object, PersistentVolumeClaim, Pod, Volume};
use orrery_apimachinery::{ObjectMeta, Reason, Status, StatusResult};
use orrery_client::volume::{claim_name, claim_names, made_for, not_made_for};
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op};

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct EphemeralVolumeController;

impl Controller for EphemeralVolumeController {
    const NAME: &'static str = "ephemeral_volume";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            // The volumes of a pod never change, and its claims go with it by their owner reference.
            Object::Pod(pod) if change.op == Op::Added && has_templates(pod) => {
                wake.key(Key::of(&change.value));
            }
            Object::PersistentVolumeClaim(claim) if change.op == Op::Deleted => {
                for pod in api.list_in::<Pod>(&claim.metadata.namespace) {
                    if has_templates(pod) && claim_names(pod).any(|name| name == claim.metadata.name) {
                        wake.key(Key::of(&Object::Pod(pod.clone())));
                    }
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let pod = cx.get::<Pod>(&key.namespace, &key.name).filter(|pod| !pod.metadata.terminating());
        let Some(pod) = pod else { return Ok(Action::AwaitChange) };
        for volume in &pod.spec.volumes {
            if let Err(why) = see_to(&pod, volume, cx) {
                let message = format!("ephemeral volume {}: {why}", volume.name);
                cx.event(&*pod, EventType::Warning, "FailedBinding", message.as_str());
                return Err(Status::new(Reason::Conflict, message));
            }
        }
        Ok(Action::AwaitChange)
    }
}

fn has_templates(pod: &Pod) -> bool {
    pod.spec.volumes.iter().any(|volume| volume.ephemeral.is_some())
}

/// Makes the claim of a volume, unless it is there.
fn see_to(pod: &Pod, volume: &Volume, cx: &mut Context<'_>) -> Result<(), String> {
    let template = volume.ephemeral.as_ref().and_then(|source| source.volume_claim_template.as_ref());
    let Some((template, name)) = template.zip(claim_name(pod, volume)) else { return Ok(()) };
    if let Some(claim) = cx.get::<PersistentVolumeClaim>(&pod.metadata.namespace, &name) {
        return if made_for(pod, &claim) { Ok(()) } else { Err(not_made_for(pod, &claim)) };
    }
    let claim = PersistentVolumeClaim {
        metadata: ObjectMeta {
            annotations: template.metadata.annotations.clone(),
            labels: template.metadata.labels.clone(),
            owner_references: vec![controller_reference(pod)],
            ..ObjectMeta::named(pod.metadata.namespace.clone(), name.clone())
        },
        spec: template.spec.clone(),
        ..Default::default()
    };
    cx.create(claim).map(drop).map_err(|error| format!("create PVC {name}: {}", error.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controllers::persistent_volume::tests::claim;
    use crate::testing::Workbench;
    use orrery_client::Propagation;
    use orrery_sim::Duration;
    use serde_json::json;

    fn pod() -> serde_json::Value {
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
            "spec": {
                "containers": [{"name": "c", "image": "nginx"}],
                "volumes": [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }}}],
            },
        })
    }

    #[test]
    fn the_claim_of_a_template_belongs_to_its_pod_and_is_made_again_when_it_is_deleted() {
        let mut bench = Workbench::<EphemeralVolumeController>::new();
        bench.apply(pod());
        bench.pass(Duration::from_secs(1));
        let claim = |bench: &Workbench<_>| bench.get::<PersistentVolumeClaim>("default", "web-scratch");
        let made = claim(&bench).expect("the controller makes it");
        let pod = bench.get::<Pod>("default", "web").expect("it is there");
        assert!(made_for(&pod, &made));
        assert_eq!(made.metadata.labels.get("app").map(|v| &**v), Some("web"));
        bench.modify::<PersistentVolumeClaim>("default", "web-scratch", |c| c.metadata.finalizers.clear());
        bench.delete(&Object::PersistentVolumeClaim(made.clone()), Propagation::Background);
        bench.pass(Duration::from_secs(1));
        let again = claim(&bench).expect("the controller makes it again");
        assert_ne!(again.metadata.uid, made.metadata.uid);
    }

    #[test]
    fn a_claim_that_has_the_name_already_is_not_taken() {
        let mut bench = Workbench::<EphemeralVolumeController>::new();
        bench.create(claim("web-scratch", 1));
        bench.apply(pod());
        bench.pass(Duration::from_secs(1));
        assert_eq!(
            bench.events(),
            "Warning FailedBinding Pod/web: ephemeral volume scratch: PVC default/web-scratch was not created for pod default/web (pod is not owner)\n"
        );
    }
}
