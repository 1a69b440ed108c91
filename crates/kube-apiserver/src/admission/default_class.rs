//! The default class of a kind: the newest of those that an annotation marks.

use crate::ApiServer;
use orrery_api::Resource;
use orrery_apimachinery::Str;

/// The name of the newest class that one of `annotations` marks; of two equally new ones the first by name.
pub(super) fn newest<T: Resource>(server: &ApiServer, annotations: &[&str]) -> Option<Str> {
    let marked = |class: &&std::rc::Rc<T>| {
        let given = &class.metadata().annotations;
        annotations.iter().any(|annotation| given.get(annotation).is_some_and(|value| &**value == "true"))
    };
    let newest = server.list::<T>().filter(marked).max_by(|a, b| {
        let (a, b) = (a.metadata(), b.metadata());
        (a.creation_timestamp, &b.name).cmp(&(b.creation_timestamp, &a.name))
    });
    newest.map(|class| class.metadata().name.clone())
}
