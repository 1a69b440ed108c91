//! The templates that the DaemonSet had, as ControllerRevisions (upstream: `constructHistory`, `cleanupHistory` in
//! `pkg/controller/daemon/update.go`).

use super::manage::Look;
use super::template::REVISION_HASH;
use crate::owners::Owner;
use crate::{claim, history};
use orrery_api::template_hash::compute_hash;
use orrery_api::{ControllerRevision, DaemonSet, Pod, Resource};
use orrery_apimachinery::{LabelSelector, Reason, Status, StatusResult, Str};
use orrery_client::Context;
use std::rc::Rc;

/// What the DaemonSet was and is.
#[derive(Debug)]
pub(super) struct Revisions {
    /// The hash of the present template.
    pub hash: Str,
    /// The others, the oldest first.
    pub old: Vec<Rc<ControllerRevision>>,
}

/// Finds the revision of the present template or creates it, and gives it the highest number.
pub(super) fn construct(
    set: &DaemonSet,
    selector: &LabelSelector,
    cx: &mut Context<'_>,
) -> StatusResult<Revisions> {
    let owner = Owner::of(set);
    let fits = |revision: &ControllerRevision| selector.matches(&revision.metadata.labels);
    let mut old = claim::claim(owner, history::candidates(owner, cx.api()), &fits, None, cx)?;
    for revision in &mut old {
        if hash(revision).is_empty() {
            label(revision, cx)?;
        }
    }
    let present = Some(history::patch(&set.spec.template));
    let mut same = old.clone();
    same.retain(|revision| revision.data == present);
    old.retain(|revision| revision.data != present);
    let number = history::next_number(&old);
    let current = match same.pop() {
        None => snapshot(set, number, cx)?,
        Some(newest) => {
            merge(set, &newest, &same, cx)?;
            newest
        }
    };
    if current.revision < number {
        history::renumber(&current, number, cx)?;
    }
    Ok(Revisions { hash: hash(&current), old })
}

/// The hash by which a revision is known; empty if it has lost it.
fn hash(revision: &ControllerRevision) -> Str {
    revision.metadata.labels.get(REVISION_HASH).cloned().unwrap_or_default()
}

/// A revision without a hash is known by its name.
fn label(revision: &mut Rc<ControllerRevision>, cx: &mut Context<'_>) -> StatusResult<()> {
    let (namespace, name) = (&revision.metadata.namespace, revision.metadata.name.clone());
    *revision = cx.modify::<ControllerRevision>(namespace, &name, |revision| {
        revision.metadata.labels.insert(REVISION_HASH, &*name);
    })?;
    Ok(())
}

/// Keeps the present template. When the name is taken by another template, one more collision is counted, and the next
/// look tries another name.
fn snapshot(set: &DaemonSet, number: i64, cx: &mut Context<'_>) -> StatusResult<Rc<ControllerRevision>> {
    let (meta, template) = (&set.metadata, &set.spec.template);
    let hash: Str = compute_hash(template, set.status.collision_count).into();
    let mut draft = history::draft(Owner::of(set), template, number);
    draft.metadata.name = format!("{}-{hash}", meta.name).into();
    draft.metadata.labels.insert(REVISION_HASH, hash);
    let taken = match cx.create(draft.clone()) {
        Ok(created) => {
            return Ok(ControllerRevision::unwrap_ref(&created)
                .expect("a ControllerRevision was created")
                .clone());
        }
        Err(status) if status.reason == Reason::AlreadyExists => status,
        Err(status) => return Err(status),
    };
    match cx.get::<ControllerRevision>(&meta.namespace, &draft.metadata.name) {
        Some(known) if known.data == draft.data => Ok(known),
        _ => count_collision(set, taken, cx),
    }
}

fn count_collision<T>(set: &DaemonSet, taken: Status, cx: &mut Context<'_>) -> StatusResult<T> {
    cx.modify_status::<DaemonSet>(&set.metadata.namespace, &set.metadata.name, |set| {
        *set.status.collision_count.get_or_insert_default() += 1;
    })?;
    Err(taken)
}

/// Of several revisions of the present template the newest stays, and the pods go by it
/// (upstream: `dedupCurHistories`).
fn merge(
    set: &DaemonSet,
    newest: &ControllerRevision,
    others: &[Rc<ControllerRevision>],
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    if others.is_empty() {
        return Ok(());
    }
    let hash = hash(newest);
    let pods: Vec<Rc<Pod>> = claim::controlled(Owner::of(set), cx.api()).collect();
    for pod in pods {
        cx.modify::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |pod| {
            pod.metadata.labels.insert(REVISION_HASH, hash.clone());
        })?;
    }
    others.iter().try_for_each(|other| history::delete(other, cx))
}

impl Look<'_, '_> {
    /// Forgets the oldest revisions beyond the limit, but none of which there are pods.
    pub(super) fn clean_up(&mut self, old: &[Rc<ControllerRevision>]) -> StatusResult<()> {
        let limit = self.set.spec.revision_history_limit.unwrap_or_default();
        let mut excess = old.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
        if excess == 0 {
            return Ok(());
        }
        let pods: Vec<Rc<Pod>> = claim::controlled(Owner::of(&*self.set), self.cx.api()).collect();
        for revision in old {
            let hash = hash(revision);
            let live = pods.iter().any(|pod| pod.metadata.labels.get(REVISION_HASH) == Some(&hash));
            if excess > 0 && !live {
                history::delete(revision, self.cx)?;
                excess -= 1;
            }
        }
        Ok(())
    }
}
