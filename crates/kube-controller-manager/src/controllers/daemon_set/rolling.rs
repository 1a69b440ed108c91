//! Replaces pods of old templates, a few nodes at a time (upstream: `rollingUpdate` in
//! `pkg/controller/daemon/update.go`).

use super::manage::{Look, Plan};
use super::sites::Site;
use super::template;
use orrery_api::daemon_set::ON_DELETE;
use orrery_api::{DaemonSet, Pod};
use orrery_apimachinery::{IntOrString, StatusResult};
use std::rc::Rc;

/// The pods of a node that are not on their way out: at most one of the present template and one of another.
struct Pair<'a> {
    new: Option<&'a Rc<Pod>>,
    old: Option<&'a Rc<Pod>>,
}

impl Look<'_, '_> {
    /// Moves the update on as far as its limits allow.
    pub(super) fn roll(&mut self) -> StatusResult<()> {
        let mut sites = self.survey();
        let desired = sites.iter().filter(|site| site.wants()).count();
        sites.retain(|site| site.wants() || !site.pods.is_empty());
        let desired = i32::try_from(desired).unwrap_or(i32::MAX);
        let plan = match limits(&self.set, desired) {
            (0, unavailable) => self.replace(&sites, unavailable),
            (surge, _) => self.surge(&sites, surge, desired),
        };
        self.carry_out(plan)
    }

    /// Deletes old pods: those that do not serve anyway, and of the others as many as may be missing. What is missing
    /// is created at the next look.
    fn replace(&mut self, sites: &[Site], max_unavailable: i32) -> Plan {
        let (mut plan, mut candidates, mut unavailable) = (Plan::default(), Vec::new(), 0);
        for site in sites {
            match self.pair(site) {
                Some(Pair { new: Some(new), old: None }) => {
                    unavailable += i32::from(!self.is_available(new));
                }
                Some(Pair { new: None, old: Some(old) }) if !self.is_available(old) => {
                    plan.delete.push(old.clone());
                    unavailable += 1;
                }
                Some(Pair { new: None, old: Some(old) }) => candidates.push(old.clone()),
                // There is no pod, or the excess goes first.
                _ => unavailable += 1,
            }
        }
        plan.delete.extend(candidates.into_iter().take(room(max_unavailable, unavailable)));
        plan
    }

    /// Creates new pods beside old ones: beside those that do not serve, and beside as many others as may be too many;
    /// deletes old pods that a new one stands in for.
    fn surge(&mut self, sites: &[Site], max_surge: i32, desired: i32) -> Plan {
        let (mut plan, mut candidates, mut unwanted) = (Plan::default(), Vec::new(), Vec::new());
        let (mut surge, mut available) = (0, 0);
        for site in sites {
            let Some(Pair { new, old }) = self.pair(site) else {
                surge += 1;
                continue;
            };
            let serves = old.or(new).is_some_and(|pod| self.is_available(pod));
            available += i32::from(serves);
            match (new, old) {
                (_, None) => {}
                (Some(new), Some(_)) if !self.is_available(new) => surge += 1,
                (Some(_), Some(old)) => plan.delete.push(old.clone()),
                (None, Some(_)) if site.wants() && serves => candidates.push(site.name.clone()),
                (None, Some(_)) if site.wants() => plan.create.push(site.name.clone()),
                // The node shall have none any more, but the last that serve stay until others do.
                (None, Some(old)) if serves => unwanted.push(old.clone()),
                (None, Some(old)) => plan.delete.push(old.clone()),
            }
        }
        plan.create.extend(candidates.into_iter().take(room(max_surge, surge)));
        plan.delete.extend(unwanted.into_iter().take(room(available, desired)));
        plan
    }

    /// The pods of a node; `None` when there are too many, and it has to be tidied first
    /// (upstream: `findUpdatedPodsOnNode`).
    fn pair<'s>(&self, site: &'s Site) -> Option<Pair<'s>> {
        let mut pair = Pair { new: None, old: None };
        for pod in &site.pods {
            if pod.metadata.terminating() {
                continue;
            }
            let updated = template::is_updated(&self.set, &self.hash, pod);
            let place = if updated { &mut pair.new } else { &mut pair.old };
            if place.replace(pod).is_some() {
                return None;
            }
        }
        Some(pair)
    }

    /// Whether a node may have an old pod and a new one for a while (upstream: `AllowsSurge`).
    pub(super) fn allows_surge(&self) -> bool {
        scaled(&self.set).0.is_some_and(|surge| surge.scaled(1, true).is_some_and(|count| count > 0))
    }
}

/// How many nodes may have two pods, and how many may have none that serves, when `desired` should have one
/// (upstream: `updatedDesiredNodeCounts`).
fn limits(set: &DaemonSet, desired: i32) -> (i32, i32) {
    let (surge, unavailable) = scaled(set);
    let count = |limit: Option<&IntOrString>| limit.and_then(|l| l.scaled(desired, true)).unwrap_or(0);
    match (count(surge), count(unavailable)) {
        (0, 0) => (0, 1),
        limits => limits,
    }
}

/// The surge and the unavailability of a rolling update, as they are written.
fn scaled(set: &DaemonSet) -> (Option<&IntOrString>, Option<&IntOrString>) {
    let strategy = &set.spec.update_strategy;
    let rolling = strategy.rolling_update.as_ref().filter(|_| strategy.type_.as_deref() != Some(ON_DELETE));
    (rolling.and_then(|r| r.max_surge.as_ref()), rolling.and_then(|r| r.max_unavailable.as_ref()))
}

/// How much of a limit is left.
fn room(limit: i32, used: i32) -> usize {
    usize::try_from(limit.saturating_sub(used)).unwrap_or(0)
}
