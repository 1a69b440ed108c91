//! Lists that are selected, and read in parts (upstream: `k8s.io/apiserver/pkg/storage`, `continue.go` and
//! `etcd3/errors.go`).

use crate::{ApiServer, FieldSelector, Key, Request, Revision};
use crate::{Compacted, DeleteOptions};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{LabelSelector, Reason, Status, StatusResult, Str};
use std::collections::BTreeMap;

/// Which objects of a kind are meant, and how many at once.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// The namespace; none means all.
    pub namespace: Option<Str>,
    /// The labels that they carry.
    pub labels: LabelSelector,
    /// The values that their fields have.
    pub fields: FieldSelector,
    /// How many at once; none means all.
    pub limit: Option<usize>,
    /// Where the last part ended.
    pub continue_token: Option<String>,
}

/// A list, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The objects, by namespace and name.
    pub items: Vec<Object>,
    /// The revision at which all parts of the list are read.
    pub revision: Revision,
    /// How to ask for the next part, if there is one.
    pub continue_token: Option<String>,
    /// How many are left, where that is known without looking at them.
    pub remaining: Option<usize>,
}

/// Upstream: `inconsistentContinue`.
const TOO_OLD: &str = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

impl ApiServer {
    /// The objects of a kind that are meant.
    ///
    /// Errors: `Expired` when the first part of the list was read too long ago; `BadRequest` when the token is none.
    pub fn list_page(&self, kind: Kind, options: &ListOptions) -> StatusResult<List> {
        let token = options.continue_token.as_deref().map(read_token).transpose()?;
        let revision = token.as_ref().map_or(self.revision(), |(revision, _)| *revision);
        let after = token.map(|(_, place)| place);
        let then;
        let all: Box<dyn Iterator<Item = &Object>> = if revision == self.revision() {
            Box::new(self.objects(kind))
        } else {
            then = self.objects_at(kind, revision).map_err(|_| Status::new(Reason::Expired, TOO_OLD))?;
            Box::new(then.values())
        };
        let selected = all.filter(|object| options.selects(object));
        let mut left = selected.filter(|object| after.as_ref().is_none_or(|after| place(object) > *after));
        let limit = options.limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        let items: Vec<Object> = left.by_ref().take(limit).cloned().collect();
        let rest = left.count();
        let plain = options.labels.is_empty() && options.fields.is_empty();
        let next = items.last().filter(|_| rest > 0).map(|last| token_of(revision, last));
        Ok(List { items, revision, continue_token: next, remaining: (rest > 0 && plain).then_some(rest) })
    }

    /// Deletes the objects of a kind that are meant, each as [`Self::delete`] would. Returns them as they then are.
    ///
    /// Errors: the first of [`Self::delete`]; what is gone already is none.
    pub fn delete_collection(
        &mut self,
        request: &Request,
        kind: Kind,
        which: &ListOptions,
        options: &DeleteOptions,
    ) -> StatusResult<Vec<Object>> {
        let list = self.list_page(kind, which)?;
        let delete = |object: &Object| match self.delete(request, &Key::of(object), options) {
            Err(status) if status.is_not_found() => None,
            outcome => Some(outcome),
        };
        list.items.iter().filter_map(delete).collect()
    }

    /// The objects of a kind as they were at `revision`: every change since then is taken back.
    fn objects_at(&self, kind: Kind, revision: Revision) -> Result<BTreeMap<(Str, Str), Object>, Compacted> {
        let mut objects: BTreeMap<_, _> = self.objects(kind).map(|o| (place(o), o.clone())).collect();
        let mut first = BTreeMap::new();
        for change in self.watch(revision)?.filter(|change| change.value.kind() == kind) {
            first.entry(place(&change.value)).or_insert(&change.previous);
        }
        for (place, previous) in first {
            match previous {
                Some(previous) => objects.insert(place, previous.clone()),
                None => objects.remove(&place),
            };
        }
        Ok(objects)
    }
}

impl ListOptions {
    fn selects(&self, object: &Object) -> bool {
        let meta = object.metadata();
        self.namespace.as_ref().is_none_or(|namespace| *namespace == meta.namespace)
            && self.labels.matches(&meta.labels)
            && self.fields.matches(object)
    }
}

fn place(object: &Object) -> (Str, Str) {
    let meta = object.metadata();
    (meta.namespace.clone(), meta.name.clone())
}

/// The revision of the list and the last object of the part.
fn token_of(revision: Revision, last: &Object) -> String {
    let (namespace, name) = place(last);
    format!("{revision}.{namespace}/{name}")
}

fn read_token(token: &str) -> StatusResult<(Revision, (Str, Str))> {
    let read = || {
        let (revision, place) = token.split_once('.')?;
        let (namespace, name) = place.split_once('/')?;
        Some((revision.parse().ok()?, (namespace.into(), name.into())))
    };
    read().ok_or_else(|| Status::new(Reason::BadRequest, format!("continue key is not valid: {token}")))
}
