//! The managers of an object, and what becomes of them when somebody writes it (upstream: `merge/update.go` of
//! structured-merge-diff and `k8s.io/apimachinery/pkg/util/managedfields/internal`).

use super::compare::{compare, field_set};
use super::conflict::{Conflict, refusal, without_last_applied};
use super::merge::{merge, remove};
use super::set::FieldSet;
use orrery_api::merge_schema::MergeType;
use orrery_apimachinery::Order;
use orrery_apimachinery::{FieldsV1, ManagedFieldsEntry, StatusResult, Str, Time, Value};
use std::collections::BTreeMap;

/// So many managers that updated an object are told apart; older ones become one (upstream: `capmanagers.go`).
const MAX_UPDATERS: usize = 10;
const ANCIENT: &str = "ancient-changes";
/// The manager of what was there before anybody applied (upstream: `skipnonapplied.go`).
const BEFORE_FIRST_APPLY: &str = "before-first-apply";

/// One way in which somebody writes. The version is left out where it does not tell two ways apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Manager {
    pub(super) name: Str,
    pub(super) updates: bool,
    pub(super) api_version: Str,
    pub(super) subresource: Str,
}

#[derive(Clone, Debug, Default)]
struct Managed {
    fields: FieldSet,
    api_version: Str,
    time: Option<Time>,
}

/// Who manages which fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Managers(BTreeMap<Manager, Managed>);

/// The circumstances of a write.
pub(crate) struct Circumstances<'a> {
    /// The type of the object.
    pub(crate) ty: MergeType,
    /// The object of the kind in which nothing is set.
    pub(crate) empty: Value,
    /// The version in which it is written.
    pub(crate) api_version: Str,
    /// The subresource; empty for the object itself.
    pub(crate) subresource: &'a str,
    /// The fields that this way of writing does not touch.
    pub(crate) ignored: FieldSet,
    /// The date.
    pub(crate) now: Time,
}

impl Circumstances<'_> {
    fn manager(&self, name: &str, updates: bool) -> Manager {
        Manager {
            name: name.into(),
            updates,
            api_version: if updates { self.api_version.clone() } else { "".into() },
            subresource: self.subresource.into(),
        }
    }
}

impl Managers {
    /// Reads what metadata remembers; nothing when that is not valid.
    pub(crate) fn read(entries: &[ManagedFieldsEntry]) -> Managers {
        let managers = entries.iter().map(|entry| {
            let updates = match &*entry.operation {
                "Update" => true,
                "Apply" => false,
                _ => return None,
            };
            if &*entry.fields_type != "FieldsV1" || entry.api_version.is_empty() {
                return None;
            }
            let manager = Manager {
                name: entry.manager.clone(),
                updates,
                api_version: if updates { entry.api_version.clone() } else { "".into() },
                subresource: entry.subresource.clone(),
            };
            let fields = FieldSet::from_tree(&entry.fields_v1.tree());
            Some((manager, Managed { fields, api_version: entry.api_version.clone(), time: entry.time }))
        });
        Managers(managers.collect::<Option<_>>().unwrap_or_default())
    }

    /// As metadata remembers them: those that applied first, then by time and name.
    pub(crate) fn write(&self) -> Vec<ManagedFieldsEntry> {
        let mut sorted: Vec<(&Manager, &Managed)> = self.0.iter().collect();
        sorted.order_by_key(|(manager, managed)| (manager.updates, managed.time, *manager));
        let entry = |(manager, managed): (&Manager, &Managed)| ManagedFieldsEntry {
            manager: manager.name.clone(),
            operation: if manager.updates { "Update" } else { "Apply" }.into(),
            api_version: managed.api_version.clone(),
            time: managed.time,
            fields_type: "FieldsV1".into(),
            fields_v1: FieldsV1::new(&managed.fields.to_tree()),
            subresource: manager.subresource.clone(),
        };
        sorted.into_iter().map(entry).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `name` made `new` out of `live`: what it changed is its own from now on.
    pub(crate) fn update(&mut self, write: &Circumstances<'_>, live: &Value, new: &Value, name: &str) {
        let mut change = compare(live, new, write.ty);
        change.ignore(&write.ignored);
        let taken = change.modified.union(&change.added);
        self.forget_other_versions(write);
        for managed in self.0.values_mut() {
            managed.fields = managed.fields.difference(&taken).difference(&change.removed);
        }
        let own = taken.difference(&never_managed());
        if !own.is_empty() {
            let mine = self.0.entry(write.manager(name, true)).or_default();
            mine.fields = mine.fields.union(&own);
            mine.api_version = write.api_version.clone();
            mine.time = Some(write.now);
        }
        self.forget_empty();
        self.cap();
    }

    /// `name` applies `config`: what it sets is its own, perhaps with others; what it set before and does not set
    /// now is removed, unless others want it. Returns the object that this makes of `live`.
    ///
    /// Errors: `Conflict` when others set something to another value, unless it is forced.
    pub(crate) fn apply(
        &mut self,
        write: &Circumstances<'_>,
        live: &Value,
        config: &Value,
        name: &str,
        force: bool,
    ) -> StatusResult<Value> {
        if self.is_empty() {
            self.update(write, &write.empty, live, BEFORE_FIRST_APPLY);
        }
        self.forget_other_versions(write);
        let me = write.manager(name, false);
        let before = self.0.get(&me).cloned().unwrap_or_default();
        let mut managers = self.clone();
        let fields = field_set(config, write.ty).without_trees(&write.ignored);
        let mine = Managed { fields, api_version: write.api_version.clone(), time: before.time };
        managers.0.insert(me.clone(), mine);
        let merged = merge(live, config, write.ty);
        let merged = managers.prune(&merged, &before.fields, write.ty);
        let mut change = compare(live, &merged, write.ty);
        change.ignore(&write.ignored);
        let taken = change.modified.union(&change.added);
        let mut conflicts = Vec::new();
        for (manager, managed) in managers.0.iter_mut().filter(|(manager, _)| **manager != me) {
            let disputed = managed.fields.intersection(&taken);
            conflicts
                .extend(disputed.paths().into_iter().map(|path| Conflict { manager: manager.clone(), path }));
            managed.fields = managed.fields.difference(&disputed).difference(&change.removed);
        }
        if !force {
            conflicts = without_last_applied(conflicts, name, live, write);
            if !conflicts.is_empty() {
                return Err(refusal(&conflicts));
            }
        }
        if let Some(mine) = managers.0.get_mut(&me) {
            mine.fields = mine.fields.difference(&never_managed());
            if merged != *live {
                mine.time = Some(write.now);
            }
        }
        managers.forget_empty();
        *self = managers;
        Ok(merged)
    }

    /// Removes from `merged` what was in the last configuration and nobody sets any more.
    fn prune(&self, merged: &Value, last: &FieldSet, ty: MergeType) -> Value {
        if last.is_empty() {
            return merged.clone();
        }
        let named = |set: &FieldSet| set.with_named_fields(ty);
        let all = |value: &Value| named(&field_set(value, ty));
        let wanted = self.0.values().fold(FieldSet::default(), |all, managed| all.union(&managed.fields));
        let pruned = remove(merged, &named(last), ty);
        // What is wanted comes back, with what is around it.
        let pruned = remove(merged, &all(merged).difference(&all(&pruned).union(&named(&wanted))), ty);
        // What was never the manager's own comes back, too.
        remove(merged, &all(merged).difference(&all(&pruned)).intersection(&named(last)), ty)
    }

    /// Fields of versions that are not served are nobody's.
    fn forget_other_versions(&mut self, write: &Circumstances<'_>) {
        self.0.retain(|_, managed| managed.api_version == write.api_version);
    }

    fn forget_empty(&mut self) {
        self.0.retain(|_, managed| !managed.fields.is_empty());
    }

    /// Makes one of the oldest managers that updated, when there are too many.
    fn cap(&mut self) {
        let mut updaters: Vec<Manager> = self.0.keys().filter(|manager| manager.updates).cloned().collect();
        let excess = updaters.len().saturating_sub(MAX_UPDATERS);
        if excess == 0 {
            return;
        }
        updaters
            .order_by_key(|manager| (self.0.get(manager).and_then(|managed| managed.time), manager.clone()));
        let mut bucket = Managed::default();
        let ancient = Manager { name: ANCIENT.into(), subresource: "".into(), ..updaters[0].clone() };
        for manager in updaters.iter().take(excess + 1) {
            if let Some(managed) = self.0.remove(manager) {
                bucket = Managed { fields: bucket.fields.union(&managed.fields), ..managed };
            }
        }
        self.0.insert(ancient, bucket);
    }
}

/// Fields that are nobody's (upstream: `stripmeta.go`).
fn never_managed() -> FieldSet {
    FieldSet::of_fields(&[
        &["apiVersion"],
        &["kind"],
        &["metadata"],
        &["metadata", "name"],
        &["metadata", "namespace"],
        &["metadata", "creationTimestamp"],
        &["metadata", "selfLink"],
        &["metadata", "uid"],
        &["metadata", "clusterName"],
        &["metadata", "generation"],
        &["metadata", "managedFields"],
        &["metadata", "resourceVersion"],
    ])
}
