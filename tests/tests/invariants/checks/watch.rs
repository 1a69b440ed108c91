//! A list, and every change since, are the store.

use super::{Check, demand};
use orrery_api::{Kind, Object};
use orrery_apiserver::{ApiServer, Change, Key, Op, Revision};
use std::collections::BTreeMap;

/// What somebody knows who listed nothing at the very beginning and has watched ever since.
#[derive(Default)]
pub(crate) struct ListAndWatchAreTheStore {
    known: BTreeMap<Key, Revision>,
    by_kind: BTreeMap<&'static str, usize>,
}

fn version(object: &Object) -> Revision {
    object.metadata().resource_version
}

impl Check for ListAndWatchAreTheStore {
    fn see(&mut self, change: &Change, _api: &ApiServer) -> Result<(), String> {
        let key = Key::of(&change.value);
        let before = self.known.get(&key);
        let expected = change.previous.as_ref().map(version);
        demand(before == expected.as_ref(), || {
            format!("{key} was known at version {before:?}, the watch says it was at {expected:?}")
        })?;
        let kind = self.by_kind.entry(change.value.kind().name()).or_default();
        match change.op {
            Op::Deleted => {
                *kind -= 1;
                self.known.remove(&key);
            }
            Op::Added | Op::Modified => {
                *kind += usize::from(change.op == Op::Added);
                self.known.insert(key, version(&change.value));
            }
        }
        Ok(())
    }

    fn rest(&self, api: &ApiServer) -> Result<(), String> {
        for kind in api.kinds().filter(|kind| *kind != Kind::Event) {
            let known = self.by_kind.get(kind.name()).copied().unwrap_or(0);
            demand(known == api.count(kind), || {
                format!("{known} objects of kind {} are known, {} are stored", kind.name(), api.count(kind))
            })?;
        }
        for object in [Kind::Pod, Kind::ReplicaSet, Kind::Node].iter().flat_map(|kind| api.objects(*kind)) {
            let known = self.known.get(&Key::of(object));
            demand(known == Some(&version(object)), || format!("{} is stored otherwise", Key::of(object)))?;
        }
        Ok(())
    }
}
