//! Every node that should have a pod gets one; what should not be there goes (upstream: `manage`, `podsShouldBeOnNode`,
//! `syncNodes`).

use super::failed::FailedPods;
use super::sites::{self, Site, Verdict};
use super::template;
use crate::owners::Owner;
use crate::{claim, pod_control, pods};
use orrery_api::{DaemonSet, Pod, Toleration};
use orrery_apimachinery::{LabelSelector, StatusResult, Str};
use orrery_client::{Context, EventType};
use orrery_sim::Duration;
use std::rc::Rc;

/// At most so many pods are created and deleted in one step (upstream: `BurstReplicas`).
const BURST: usize = 250;

/// The DaemonSet at hand and the means to act on it.
pub(super) struct Look<'a, 'b> {
    /// The DaemonSet.
    pub set: Rc<DaemonSet>,
    /// The hash by which its present template is known.
    pub hash: Str,
    /// What its pods tolerate.
    pub tolerations: Vec<Toleration>,
    /// The pods that failed lately.
    pub failed: &'a mut FailedPods,
    /// When to look again, if nothing changes before.
    pub wait: Option<Duration>,
    /// The means.
    pub cx: &'a mut Context<'b>,
}

/// What is to be created and deleted.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The nodes that get a pod.
    pub create: Vec<Str>,
    /// The pods that go.
    pub delete: Vec<Rc<Pod>>,
}

impl Look<'_, '_> {
    /// The DaemonSet's pods by the nodes that they are for, as they are now.
    pub(super) fn survey(&self) -> Vec<Site> {
        let pods: Vec<Rc<Pod>> = claim::controlled(Owner::of(&*self.set), self.cx.api()).collect();
        sites::survey(&self.set, &self.tolerations, &pods, self.cx.api())
    }

    /// One pod where one should be, none elsewhere.
    pub(super) fn manage(&mut self) -> StatusResult<()> {
        let mut plan = Plan::default();
        for site in self.survey() {
            match site.verdict {
                Some(Verdict::Run) if site.pods.is_empty() => plan.create.push(site.name),
                Some(Verdict::Run | Verdict::Stay) => self.tidy(&site, &mut plan),
                Some(Verdict::Leave) => {
                    plan.delete.extend(site.pods.into_iter().filter(|pod| !pod.metadata.terminating()));
                }
                // Nobody else removes what waits for a node that is gone.
                None => plan.delete.extend(site.pods.into_iter().filter(|pod| pod.node_name.is_none())),
            }
        }
        self.carry_out(plan)
    }

    /// Removes what has ended on a node, and pods beyond the one that it should have, or the two while it surges.
    fn tidy(&mut self, site: &Site, plan: &mut Plan) {
        let (mut running, mut waits) = (Vec::new(), false);
        for pod in &site.pods {
            if pod.metadata.terminating() {
                continue;
            }
            match pod.status.phase.as_deref() {
                Some("Failed") => waits |= !self.replace_failed(site, pod, plan),
                Some("Succeeded") => {
                    let Pod { metadata: meta, .. } = &**pod;
                    let message = format!(
                        "Found succeeded daemon pod {}/{} on node {}, will try to delete it",
                        meta.namespace, meta.name, site.name
                    );
                    self.cx.event(&*self.set, EventType::Normal, "SucceededDaemonPod", message);
                    plan.delete.push(pod.clone());
                }
                _ => running.push(pod.clone()),
            }
        }
        if !self.allows_surge() {
            plan.delete.extend(running.into_iter().skip(1));
        } else if running.is_empty() {
            // Deviation: upstream creates pods without end here while a kubelet turns each of them away.
            plan.create.extend((site.wants() && !waits).then(|| site.name.clone()));
        } else {
            self.prune_surge(running, plan);
        }
    }

    /// Deletes a failed pod, the later the more often one failed there. False while it is too early.
    fn replace_failed(&mut self, site: &Site, pod: &Rc<Pod>, plan: &mut Plan) -> bool {
        let key = format!("{}/{}/{}", self.set.metadata.uid, self.set.status.observed_generation, site.name);
        if let Some(delay) = self.failed.wait(&key, self.cx.now()) {
            self.look_again(delay);
            return false;
        }
        self.failed.count(key, self.cx.now());
        let message = format!(
            "Found failed daemon pod {}/{} on node {}, will try to kill it",
            pod.metadata.namespace, pod.metadata.name, site.name
        );
        self.cx.event(&*self.set, EventType::Warning, "FailedDaemonPod", message);
        plan.delete.push(pod.clone());
        true
    }

    /// Of several pods on a node the oldest of the present template and the oldest other stay, until the former can
    /// take over or the latter is not ready.
    fn prune_surge(&mut self, running: Vec<Rc<Pod>>, plan: &mut Plan) {
        let (mut new, mut old) = (None, None);
        for pod in running {
            let current = pod.metadata.labels.get(template::REVISION_HASH) == Some(&self.hash);
            let place = if current { &mut new } else { &mut old };
            if place.is_none() {
                *place = Some(pod);
            } else {
                plan.delete.push(pod);
            }
        }
        if let (Some(new), Some(old)) = (new, old)
            && (!pods::is_ready(&old) || self.is_available(&new))
        {
            plan.delete.push(old);
        }
    }

    /// Deletes and creates what the plan says, as far as one step goes.
    pub(super) fn carry_out(&mut self, plan: Plan) -> StatusResult<()> {
        let (owner, cx) = (Owner::of(&*self.set), &mut *self.cx);
        let mut outcome = Ok(());
        if !plan.create.is_empty() {
            let model = template::model(&self.set, &self.tolerations, &self.hash);
            let count = plan.create.len().min(BURST);
            outcome = pod_control::slow_start(count, &mut |i| {
                pod_control::create(owner, template::pinned(&model, &plan.create[i]), cx)
            })
            .1;
        }
        for pod in plan.delete.iter().take(BURST) {
            let deleted = pod_control::delete(owner, &pod.metadata.name, cx);
            outcome = outcome.and(deleted);
        }
        outcome
    }

    /// Whether a pod has been ready for as long as the DaemonSet asks; if it is ready but not yet for so long, the
    /// DaemonSet is looked at again then.
    pub(super) fn is_available(&mut self, pod: &Pod) -> bool {
        let seconds = self.set.spec.min_ready_seconds;
        match pods::until_available(pod, seconds, self.cx.api(), self.cx.now()) {
            Some(Duration::ZERO) => true,
            Some(wait) => {
                self.look_again(wait);
                false
            }
            None => false,
        }
    }

    fn look_again(&mut self, wait: Duration) {
        self.wait = Some(self.wait.map_or(wait, |known| known.min(wait)));
    }
}

/// The pods of the DaemonSet, after it has let go of those that its selector does not pick and has taken those that
/// nobody controls (upstream: `getDaemonPods`).
pub(super) fn claim(set: &DaemonSet, selector: &LabelSelector, cx: &mut Context<'_>) -> StatusResult<()> {
    let owner = Owner::of(set);
    let candidates = claim::candidates(owner, selector, cx.api());
    claim::claim(owner, candidates, &|pod: &Pod| selector.matches(&pod.metadata.labels), None, cx).map(drop)
}
