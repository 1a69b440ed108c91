//! Deletes the objects of a custom kind whose definition is going, then lets the definition go
//! (upstream: `pkg/controller/finalizer` of `k8s.io/apiextensions-apiserver`).

use crate::{Action, Controller, Wake};
use orrery_api::{CustomResourceDefinition, Kind};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, DeleteOptions, Key, Op};

const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct CustomResourceDefinitionController;

/// The definition that a change is of interest for: itself, or that of an object that went.
fn definition_of(change: &Change) -> Option<Key> {
    match (change.value.kind(), change.op) {
        (Kind::CustomResourceDefinition, Op::Added | Op::Modified) => Some(Key::of(&change.value)),
        (Kind::Custom(kind), Op::Deleted) => {
            Some(Key::new(Kind::CustomResourceDefinition, "", format!("{}.{}", kind.plural, kind.group)))
        }
        _ => None,
    }
}

impl Controller for CustomResourceDefinitionController {
    const NAME: &'static str = "crd-finalizer";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let going = |key: &Key| api.object(key).is_some_and(|o| o.metadata().terminating());
        if let Some(key) = definition_of(change).filter(going) {
            wake.key(key);
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(definition) = cx.get::<CustomResourceDefinition>("", &key.name) else {
            return Ok(Action::AwaitChange);
        };
        if !definition.metadata.terminating() || !definition.metadata.has_finalizer(FINALIZER) {
            return Ok(Action::AwaitChange);
        }
        let kind = definition.declared_kind().map(Kind::Custom);
        let objects: Vec<_> = kind.into_iter().flat_map(|kind| cx.api().objects(kind)).cloned().collect();
        if objects.is_empty() {
            cx.modify::<CustomResourceDefinition>("", &key.name, |definition| {
                definition.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            })?;
        }
        for object in objects.iter().filter(|object| !object.metadata().terminating()) {
            cx.delete(&Key::of(object), &DeleteOptions::default())?;
        }
        Ok(Action::AwaitChange)
    }
}
