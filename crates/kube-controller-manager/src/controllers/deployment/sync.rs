//! One look at a deployment: which way it goes, its new ReplicaSet, and scaling (upstream: `sync.go`).

use super::history::{self, REVISION};
use super::replica_sets::{self, ReplicaSets, TEMPLATE_HASH, creation, replicas, sum, wanted};
use super::{progress, recreate, rollback};
use crate::{Action, namespaces, owners};
use orrery_api::template_hash::compute_hash;
use orrery_api::{Deployment, DeploymentStatus, PodTemplateSpec, ReplicaSet, ReplicaSetSpec, Resource};
use orrery_apimachinery::Order;
use orrery_apimachinery::{ObjectMeta, Reason, Status, StatusResult, Str};
use orrery_client::{Context, EventType};
use std::rc::Rc;

/// The deployment at hand and the means to act on it.
pub(super) struct Rollout<'a, 'b> {
    /// The deployment as it was last written.
    pub deployment: Rc<Deployment>,
    /// The means.
    pub cx: &'a mut Context<'b>,
}

impl Rollout<'_, '_> {
    /// Moves the deployment, which has these ReplicaSets, one step on (upstream: `syncDeployment`).
    pub(super) fn run(mut self, sets: Vec<Rc<ReplicaSet>>) -> StatusResult<Action> {
        let mut sets = ReplicaSets::of(&self.deployment, sets);
        if !self.deployment.metadata.terminating() {
            self.note_pause()?;
        }
        self.annotate_new(&mut sets)?;
        if self.deployment.metadata.terminating() {
            return self.write_plain_status(&sets);
        }
        let wanted = rollback::wanted_revision(&self.deployment).filter(|_| !self.deployment.spec.paused);
        if let Some(revision) = wanted {
            return self.roll_back(revision, sets);
        }
        if self.deployment.spec.paused || is_scaled(&self.deployment, &sets) {
            self.scale(&sets)?;
            if self.deployment.spec.paused && rollback::wanted_revision(&self.deployment).is_none() {
                self.clean_up(&sets)?;
            }
            return self.write_plain_status(&sets);
        }
        if recreate::is_recreate(&self.deployment) { self.recreate(sets) } else { self.roll(sets) }
    }

    /// Brings the annotations of the new ReplicaSet up to date, if there is one, and the deployment's
    /// revision with them (upstream: `getNewReplicaSet` without creating).
    fn annotate_new(&mut self, sets: &mut ReplicaSets) -> StatusResult<()> {
        let Some(new) = sets.new.clone() else { return Ok(()) };
        let revision = next_revision(sets);
        let mut annotations = new.metadata.annotations.clone();
        history::annotate(&mut annotations, &self.deployment, revision);
        let min_ready_seconds = self.deployment.spec.min_ready_seconds;
        if annotations != new.metadata.annotations || min_ready_seconds != new.spec.min_ready_seconds {
            sets.new =
                Some(self.cx.modify::<ReplicaSet>(&new.metadata.namespace, &new.metadata.name, |set| {
                    set.metadata.annotations = annotations;
                    set.spec.min_ready_seconds = min_ready_seconds;
                })?);
            return Ok(());
        }
        let message = format!("Found new replica set \"{}\"", new.metadata.name);
        let unknown = progress::condition(&self.deployment).is_none();
        let revision = new.metadata.annotations.get(REVISION);
        self.note_new(revision, unknown.then_some(("FoundNewReplicaSet", &message)))
    }

    /// The new ReplicaSet, which is created if there is none (upstream: `getNewReplicaSet`).
    pub(super) fn ensure_new(&mut self, sets: &mut ReplicaSets) -> StatusResult<Rc<ReplicaSet>> {
        if let Some(new) = &sets.new {
            return Ok(new.clone());
        }
        let new = self.create_new(sets)?;
        sets.new = Some(new.clone());
        Ok(new)
    }

    fn create_new(&mut self, sets: &ReplicaSets) -> StatusResult<Rc<ReplicaSet>> {
        let wished = self.new_set(sets);
        let outcome = self.cx.create(wished.clone());
        let created = match outcome {
            Ok(object) => ReplicaSet::unwrap_ref(&object).cloned().expect("a ReplicaSet was created"),
            Err(status) if status.reason == Reason::AlreadyExists => {
                return self.resolve_collision(&wished, status);
            }
            Err(status) if namespaces::is_going(&wished.metadata.namespace, self.cx.api()) => {
                return Err(status);
            }
            Err(status) => return Err(self.creation_failed(&wished, status)),
        };
        let name = created.metadata.name.clone();
        let size = wanted(&created);
        if size > 0 {
            self.event(format!("Scaled up replica set {name} from 0 to {size}"));
        }
        let message = format!("Created new replica set \"{name}\"");
        let revision = next_revision(sets).to_string().into();
        self.note_new(Some(&revision), Some(("NewReplicaSetCreated", &message)))?;
        Ok(created)
    }

    /// The ReplicaSet of the present template.
    fn new_set(&self, sets: &ReplicaSets) -> ReplicaSet {
        let (meta, spec) = (&self.deployment.metadata, &self.deployment.spec);
        let hash: Str = compute_hash(&spec.template, self.deployment.status.collision_count).into();
        let mut template =
            PodTemplateSpec { metadata: spec.template.metadata.clone(), spec: spec.template.spec.clone() };
        template.metadata.labels.insert(TEMPLATE_HASH, hash.clone());
        let mut selector = spec.selector.clone().unwrap_or_default();
        selector.match_labels.insert(TEMPLATE_HASH, hash.clone());
        let mut metadata = ObjectMeta {
            labels: template.metadata.labels.clone(),
            owner_references: vec![owners::controller_reference(&*self.deployment)],
            ..ObjectMeta::named(meta.namespace.clone(), format!("{}-{hash}", meta.name))
        };
        history::annotate(&mut metadata.annotations, &self.deployment, next_revision(sets));
        history::note_size(&mut metadata.annotations, &self.deployment);
        let size = replica_sets::new_size(&self.deployment, 0, sum(sets.all(), wanted));
        let spec = ReplicaSetSpec {
            min_ready_seconds: spec.min_ready_seconds,
            replicas: Some(size),
            selector: Some(selector),
            template: Rc::new(template),
        };
        ReplicaSet { metadata, spec, ..Default::default() }
    }

    /// The name is taken: by a ReplicaSet that will do, or by another's, and then the next name has
    /// another hash.
    fn resolve_collision(&mut self, wished: &ReplicaSet, status: Status) -> StatusResult<Rc<ReplicaSet>> {
        let meta = &wished.metadata;
        if let Some(taken) = self.cx.get::<ReplicaSet>(&meta.namespace, &meta.name) {
            let own = owners::is_controlled_by(&taken.metadata, &self.deployment.metadata.uid);
            if own && replica_sets::same_template(&self.deployment.spec.template, &taken.spec.template) {
                let revision = taken.metadata.annotations.get(REVISION);
                self.note_new(revision, None)?;
                return Ok(taken);
            }
        }
        let count = self.deployment.status.collision_count.unwrap_or(0);
        self.write_status(DeploymentStatus {
            collision_count: Some(count + 1),
            ..self.deployment.status.clone()
        })?;
        Err(status)
    }

    fn creation_failed(&mut self, wished: &ReplicaSet, status: Status) -> Status {
        let message = format!("Failed to create new replica set \"{}\": {status}", wished.metadata.name);
        if progress::has_deadline(&self.deployment)
            && let Err(other) = self.set_progressing("False", "ReplicaSetCreateError", &message)
        {
            return other;
        }
        let deployment = self.deployment.clone();
        self.cx.event(&*deployment, EventType::Warning, "ReplicaSetCreateError", message);
        status
    }

    /// Scales what there is to the deployment's size, outside of rollouts and amid them (upstream: `scale`).
    fn scale(&mut self, sets: &ReplicaSets) -> StatusResult<()> {
        let size = replicas(&self.deployment);
        if let Some(only) = sets.active_or_latest() {
            if wanted(&only) != size {
                self.resize(&only, size)?;
            }
            return Ok(());
        }
        if sets.new.as_ref().is_some_and(|new| is_saturated(&self.deployment, new)) {
            for old in sets.active_old() {
                self.resize(&old, 0)?;
            }
            return Ok(());
        }
        if replica_sets::is_rolling(&self.deployment) {
            for (set, size) in replica_sets::shares(&self.deployment, sets.active()) {
                self.resize(&set, size)?;
            }
        }
        Ok(())
    }

    /// Asks for `size` pods and notes the deployment's size (upstream: `scaleReplicaSet`).
    pub(super) fn resize(&mut self, set: &ReplicaSet, size: i32) -> StatusResult<Rc<ReplicaSet>> {
        let deployment = self.deployment.clone();
        let (meta, before) = (&set.metadata, wanted(set));
        let written = self.cx.modify::<ReplicaSet>(&meta.namespace, &meta.name, |set| {
            set.spec.replicas = Some(size);
            history::note_size(&mut set.metadata.annotations, &deployment);
        })?;
        if size != before {
            let way = if size > before { "up" } else { "down" };
            self.event(format!("Scaled {way} replica set {} from {before} to {size}", meta.name));
        }
        Ok(written)
    }

    fn event(&mut self, message: String) {
        let deployment = self.deployment.clone();
        self.cx.event(&*deployment, EventType::Normal, "ScalingReplicaSet", message);
    }

    /// Writes the status, if it has changed.
    pub(super) fn write_status(&mut self, status: DeploymentStatus) -> StatusResult<()> {
        if status != self.deployment.status {
            let meta = &self.deployment.metadata;
            self.deployment =
                self.cx.modify_status::<Deployment>(&meta.namespace, &meta.name, |d| d.status = status)?;
        }
        Ok(())
    }

    /// Writes what the ReplicaSets add up to; a rollout is not judged (upstream: `syncDeploymentStatus`).
    fn write_plain_status(&mut self, sets: &ReplicaSets) -> StatusResult<Action> {
        let status = progress::status(&self.deployment, sets, self.cx.date());
        self.write_status(status)?;
        Ok(Action::AwaitChange)
    }
}

/// One more than the highest revision of the old ReplicaSets.
fn next_revision(sets: &ReplicaSets) -> i64 {
    sets.old.iter().map(|set| history::revision(set)).max().unwrap_or(0) + 1
}

/// Whether somebody changed the deployment's size since its ReplicaSets were last scaled
/// (upstream: `isScalingEvent`).
fn is_scaled(deployment: &Deployment, sets: &ReplicaSets) -> bool {
    let size = replicas(deployment);
    sets.active().iter().any(|set| history::desired_replicas(set).is_some_and(|noted| noted != size))
}

/// Whether the new ReplicaSet is all that the deployment asks for (upstream: `IsSaturated`).
fn is_saturated(deployment: &Deployment, new: &ReplicaSet) -> bool {
    let size = replicas(deployment);
    wanted(new) == size
        && history::desired_replicas(new) == Some(size)
        && new.status.available_replicas == size
}

/// Old ReplicaSets in the order of their creation, which is the order in which they shrink.
pub(super) fn oldest_first(mut sets: Vec<Rc<ReplicaSet>>) -> Vec<Rc<ReplicaSet>> {
    sets.order_by_key(creation);
    sets
}
