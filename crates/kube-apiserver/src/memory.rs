//! Who set which fields, remembered beside the objects (upstream: `metadata.managedFields`,
//! `managedfields/internal/fieldmanager.go`).
//!
//! A write only notes what was there before and what was asked for. Which fields that makes whose is worked out
//! when somebody asks: to apply something, or to look at it.

use crate::fields::{Circumstances, FieldSet, Managers};
use crate::key::{Place, custom_name};
use crate::{ApiServer, Key, Request};
use imbl::GenericHashMap;
use imbl::shared_ptr::RcK;
use orrery_api::merge_schema::MergeType;
use orrery_api::{Kind, Object};
use orrery_apimachinery::{ManagedFieldsEntry, Str, Time, Value};
use rustc_hash::FxBuildHasher;

/// So many notes are kept before they are worked out.
const MOST_NOTES: usize = 8;
/// The subresource through which statuses are written.
pub(crate) const STATUS: &str = "status";

/// What is remembered, by kind and place.
#[derive(Clone, Debug)]
pub(crate) struct Memories(Vec<GenericHashMap<(Str, Str), Memory, FxBuildHasher, RcK>>);

/// What is remembered of one object.
#[derive(Clone, Debug, Default)]
struct Memory {
    managers: Vec<ManagedFieldsEntry>,
    /// What was written since.
    notes: Vec<Note>,
}

/// A write: what was there, and what was asked for.
#[derive(Clone, Debug)]
struct Note {
    before: Option<Object>,
    after: Object,
    manager: Str,
    subresource: &'static str,
    now: Time,
}

/// What a write does to the memory of its object.
#[derive(Default)]
pub(crate) struct Remark {
    /// Who managed what before; what was remembered is forgotten.
    managers: Option<Vec<ManagedFieldsEntry>>,
    note: Option<Note>,
}

impl Memories {
    /// Memories of so many kinds.
    pub(crate) fn new(kinds: usize) -> Self {
        Memories(vec![GenericHashMap::default(); kinds])
    }

    fn get(&self, key: &Key) -> Option<&Memory> {
        let memories = &self.0[key.kind.number()];
        match key.kind {
            _ if memories.is_empty() => None,
            Kind::Custom(kind) => memories.get(&Place(&key.namespace, &custom_name(kind, &key.name))),
            _ => memories.get(&Place(&key.namespace, &key.name)),
        }
    }

    /// Whether something is remembered of an object; most kinds have none of which anything is.
    fn knows(&self, object: &Object) -> bool {
        !self.0[object.kind().number()].is_empty() && self.get(&Key::of(object)).is_some()
    }

    /// Forgets an object.
    pub(crate) fn forget(&mut self, key: &Key) {
        if self.get(key).is_some() {
            self.0[key.kind.number()].remove(&key.place());
        }
    }
}

impl Memory {
    fn note(&mut self, note: Note) {
        match self.notes.last_mut() {
            // Statuses are written often, by one program each.
            Some(last) if note.subresource == STATUS && last.is_of_the_way_of(&note) => {
                *last = Note { before: last.before.take(), ..note };
            }
            _ => self.notes.push(note),
        }
        if self.notes.len() > MOST_NOTES {
            self.managers = self.worked_out().write();
            self.notes.clear();
        }
    }

    fn worked_out(&self) -> Managers {
        let mut managers = Managers::read(&self.managers);
        for note in &self.notes {
            let write = circumstances(note.after.kind(), note.subresource, note.now);
            let before = note.before.as_ref().map_or_else(|| write.empty.clone(), Object::to_value);
            managers.update(&write, &before, &note.after.to_value(), &note.manager);
        }
        managers
    }
}

impl Note {
    fn is_of_the_way_of(&self, other: &Note) -> bool {
        self.manager == other.manager && self.subresource == other.subresource
    }
}

impl Remark {
    /// That an object was applied, which makes these its managers.
    pub(crate) fn applied(managers: &Managers) -> Self {
        Remark { managers: Some(managers.write()), note: None }
    }
}

impl ApiServer {
    /// The object with what is remembered of its managers, as the API serves it.
    pub fn with_managers(&self, object: &Object) -> Object {
        let mut object = object.clone();
        if let Some(memory) = self.memories.get(&Key::of(&object)) {
            object.metadata_mut().managed_fields = memory.worked_out().write();
        }
        object
    }

    /// Who manages which fields of an object.
    pub(crate) fn managers(&self, key: &Key) -> Managers {
        self.memories.get(key).map(Memory::worked_out).unwrap_or_default()
    }

    /// What is to be remembered of a new object: something, if the request names a manager. The object itself carries
    /// no memory.
    pub(crate) fn remark_new(&self, request: &Request, object: &mut Object) -> Remark {
        let managers = take_managers(object);
        let note = request.field_manager.clone().map(|manager| Note {
            before: None,
            after: object.clone(),
            manager,
            subresource: "",
            now: self.date(request.now),
        });
        Remark { managers, note }
    }

    /// What is to be remembered of a changed object, if anything was remembered of it before.
    pub(crate) fn remark_change(
        &self,
        request: &Request,
        object: &mut Object,
        old: &Object,
        subresource: &'static str,
    ) -> Remark {
        let managers = take_managers(object).filter(|_| subresource.is_empty());
        if !self.memories.knows(old) {
            return Remark { managers, note: None };
        }
        let note = Note {
            before: Some(old.clone()),
            // A status is stored as it was asked for: not to hold it twice saves a copy.
            after: if subresource == STATUS { old.clone() } else { object.clone() },
            manager: request.field_manager.clone().unwrap_or_else(|| program(&request.actor)),
            subresource,
            now: self.date(request.now),
        };
        Remark { managers, note: Some(note) }
    }

    /// Whether a write that changes nothing else changes who manages what.
    pub(crate) fn is_news(&self, key: &Key, remark: &Remark) -> bool {
        remark.managers.as_ref().is_some_and(|managers| *managers != self.managers(key).write())
    }

    /// Remembers a write, and what was stored.
    pub(crate) fn remember(&mut self, key: &Key, remark: Remark, stored: &Object) {
        if remark.managers.is_none() && remark.note.is_none() {
            return;
        }
        let memory = self.memories.0[key.kind.number()].entry(key.place()).or_default();
        if let Some(managers) = remark.managers {
            *memory = Memory { managers, notes: Vec::new() };
        }
        if let Some(mut note) = remark.note {
            if note.subresource == STATUS {
                note.after = stored.clone();
            }
            memory.note(note);
        }
        // Upstream takes a single empty entry for the wish that nothing be remembered.
        if memory.managers == [ManagedFieldsEntry::default()] {
            self.memories.forget(key);
        }
    }
}

/// Takes what a client says of the managers out of an object.
fn take_managers(object: &mut Object) -> Option<Vec<ManagedFieldsEntry>> {
    if object.metadata().managed_fields.is_empty() {
        return None;
    }
    Some(std::mem::take(&mut object.metadata_mut().managed_fields))
}

/// The circumstances of a write to an object of a kind.
pub(crate) fn circumstances(kind: Kind, subresource: &str, now: Time) -> Circumstances<'_> {
    Circumstances {
        ty: MergeType::of(kind),
        empty: Object::decode(kind, &Value::Object(Default::default())).0.to_value(),
        api_version: kind.api_version().into(),
        subresource,
        ignored: FieldSet::of_fields(if subresource.is_empty() { &[&["status"]] } else { &[] }),
        now,
    }
}

/// The program that an actor is part of: what upstream takes from the `User-Agent`.
fn program(actor: &str) -> Str {
    match actor.split_once('/') {
        Some((program, _)) => program.into(),
        None if actor.ends_with("-controller") => "kube-controller-manager".into(),
        None => actor.into(),
    }
}
