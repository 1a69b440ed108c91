//! The templates that a StatefulSet has had: which one its pods move from and which one to (upstream:
//! `getStatefulSetRevisions`, `truncateHistory`).

use super::identity;
use crate::owners::Owner;
use crate::{claim, history};
use orrery_api::{ControllerRevision, Pod, PodTemplateSpec, Resource, StatefulSet};
use orrery_apimachinery::{LabelSelector, StatusResult, Str};
use orrery_client::Context;
use std::rc::Rc;

/// The history of a StatefulSet.
pub(super) struct Revisions {
    /// What there was before this look, oldest first.
    known: Vec<Rc<ControllerRevision>>,
    /// The revision that pods are updated from …
    pub(super) current: Rc<ControllerRevision>,
    /// … its template …
    pub(super) current_template: Rc<PodTemplateSpec>,
    /// … and the revision that pods are updated to: that of the template.
    pub(super) update: Rc<ControllerRevision>,
    /// How often the name of a revision was taken.
    pub(super) collisions: i32,
}

impl Revisions {
    /// Finds the revisions; the one to update to is created if need be.
    pub(super) fn of(
        set: &Rc<StatefulSet>,
        selector: &LabelSelector,
        cx: &mut Context<'_>,
    ) -> StatusResult<Self> {
        let owner = Owner::of(&**set);
        let mut known = history::candidates(owner, cx.api());
        known.retain(|revision| selector.matches(&revision.metadata.labels));
        let known = claim::claim(owner, known, &|_| true, None, cx)?;
        let mut collisions = set.status.collision_count.unwrap_or(0);
        let draft = history::draft(owner, &set.spec.template, history::next_number(&known));
        let update = match known.iter().rposition(|revision| revision.data == draft.data) {
            Some(last) if last + 1 == known.len() => known[last].clone(),
            Some(earlier) => history::renumber(&known[earlier], draft.revision, cx)?,
            None => history::create(draft, &set.metadata.name, &mut collisions, cx)?,
        };
        let is_current =
            |r: &&Rc<ControllerRevision>| Some(&r.metadata.name) == set.status.current_revision.as_ref();
        let current = known.iter().find(is_current).unwrap_or(&update).clone();
        let current_template = template(set, &current, &update)?;
        Ok(Revisions { known, current, current_template, update, collisions })
    }

    /// The names of the revision that pods are updated from, and to.
    pub(super) fn names(&self) -> [&Str; 2] {
        [&self.current.metadata.name, &self.update.metadata.name]
    }

    /// Forgets the oldest of those that no pod is made from, as far as there are more than
    /// `revisionHistoryLimit`.
    pub(super) fn truncate(
        &self,
        set: &StatefulSet,
        pods: &[Rc<Pod>],
        cx: &mut Context<'_>,
    ) -> StatusResult<()> {
        let mut old = self.known.clone();
        old.retain(|revision| {
            let name = &revision.metadata.name;
            !self.names().contains(&name) && pods.iter().all(|pod| identity::revision(pod) != Some(name))
        });
        let limit = usize::try_from(set.spec.revision_history_limit.unwrap_or(10)).unwrap_or(usize::MAX);
        for revision in &old[..old.len().saturating_sub(limit)] {
            history::delete(revision, cx)?;
        }
        Ok(())
    }
}

/// The template of `current`. That of `update` is the StatefulSet's own.
fn template(
    set: &Rc<StatefulSet>,
    current: &ControllerRevision,
    update: &ControllerRevision,
) -> StatusResult<Rc<PodTemplateSpec>> {
    if current.metadata.name == update.metadata.name {
        return Ok(set.spec.template.clone());
    }
    let restored = history::apply(&StatefulSet::wrap(set.clone()), current)?;
    let restored =
        StatefulSet::unwrap_ref(&restored).expect("a patch does not change what kind an object is of");
    Ok(restored.spec.template.clone())
}
