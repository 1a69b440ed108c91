//! The pods that have a node, grouped by what rules between pods can see of them.
//!
//! Pods of one template are one group, so a selector is compared with a group and not with each pod.

use crate::pod_info::PodInfo;
use orrery_api::Pod;
use orrery_apimachinery::{Str, StrMap};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What rules between pods can see of a pod.
#[derive(Clone, Debug)]
pub struct PodKind {
    /// Its namespace.
    pub namespace: Str,
    /// Its labels.
    pub labels: StrMap,
    /// What is known of its spec; of this only the rules about other pods count.
    pub info: Rc<PodInfo>,
    /// Whether it is being deleted.
    pub terminating: bool,
}

impl PodKind {
    /// The kind of a pod.
    pub(crate) fn of(pod: &Pod, info: &Rc<PodInfo>) -> Self {
        PodKind {
            namespace: pod.metadata.namespace.clone(),
            labels: pod.metadata.labels.clone(),
            info: info.clone(),
            terminating: pod.metadata.terminating(),
        }
    }

    fn is_like(&self, other: &PodKind) -> bool {
        self.terminating == other.terminating
            && (self.labels.same(&other.labels) || self.labels == other.labels)
            && (self.info.has_pod_rules == other.info.has_pod_rules)
            && (!self.info.has_pod_rules || self.info.spec.affinity == other.info.spec.affinity)
            && self.namespace == other.namespace
    }
}

/// The pods of one kind.
#[derive(Clone, Debug)]
pub struct PodGroup {
    /// What they have in common.
    pub kind: Rc<PodKind>,
    /// How many there are on the nodes, by the nodes' slots.
    pub nodes: BTreeMap<usize, u32>,
}

/// All groups. A place that was used stays, and is used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodGroups {
    groups: Vec<PodGroup>,
    by_labels: BTreeMap<(Str, StrMap), Vec<usize>>,
    free: Vec<usize>,
    last: usize,
}

impl PodGroups {
    /// The groups that have pods.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &PodGroup> {
        self.groups.iter().filter(|group| !group.nodes.is_empty())
    }

    /// Counts a pod in, and gives its kind and the place of its group.
    pub(crate) fn add(&mut self, kind: PodKind, slot: usize) -> (Rc<PodKind>, usize) {
        let place = self.place_for(kind);
        self.last = place;
        let group = &mut self.groups[place];
        *group.nodes.entry(slot).or_default() += 1;
        (group.kind.clone(), place)
    }

    /// Counts a pod out.
    pub(crate) fn remove(&mut self, place: usize, slot: usize) {
        let group = &mut self.groups[place];
        let Some(pods) = group.nodes.get_mut(&slot) else { return };
        *pods -= 1;
        if *pods > 0 {
            return;
        }
        group.nodes.remove(&slot);
        if group.nodes.is_empty() {
            let key = (group.kind.namespace.clone(), group.kind.labels.clone());
            if let Some(places) = self.by_labels.get_mut(&key) {
                places.retain(|p| *p != place);
                if places.is_empty() {
                    self.by_labels.remove(&key);
                }
            }
            self.free.push(place);
        }
    }

    fn place_for(&mut self, kind: PodKind) -> usize {
        let groups = &mut self.groups;
        // Pods of one template come one after the other.
        if groups.get(self.last).is_some_and(|g| !g.nodes.is_empty() && g.kind.is_like(&kind)) {
            return self.last;
        }
        let places = self.by_labels.entry((kind.namespace.clone(), kind.labels.clone())).or_default();
        if let Some(&known) = places.iter().find(|&&place| groups[place].kind.is_like(&kind)) {
            return known;
        }
        let place = self.free.pop().unwrap_or(groups.len());
        let group = PodGroup { kind: Rc::new(kind), nodes: BTreeMap::new() };
        match groups.get_mut(place) {
            Some(unused) => *unused = group,
            None => groups.push(group),
        }
        places.push(place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::PodSpec;
    use orrery_apimachinery::ObjectMeta;

    #[test]
    fn pods_are_grouped_by_what_rules_can_see_of_them() {
        let info = Rc::new(PodInfo::new(&Rc::new(PodSpec::default())));
        let kind = |namespace: &str, app: &str| {
            let labels = StrMap::from_iter([("app", app)]);
            let metadata = ObjectMeta { labels, ..ObjectMeta::named(namespace, "pod") };
            PodKind::of(&Pod { metadata, ..Default::default() }, &info)
        };
        let mut groups = PodGroups::default();
        let (_, web) = groups.add(kind("a", "web"), 0);
        for (row, other, same) in [
            ("another label", kind("a", "db"), false),
            ("equal labels", kind("a", "web"), true),
            ("another namespace", kind("b", "web"), false),
            ("one that is being deleted", PodKind { terminating: true, ..kind("a", "web") }, false),
        ] {
            assert_eq!(groups.add(other, 1).1 == web, same, "{row}");
        }
        groups.remove(web, 1);
        groups.remove(web, 0);
        assert_eq!(groups.iter().count(), 3, "a group without pods is none");
        assert_eq!(groups.add(kind("c", "web"), 2).1, web, "its place is used again");
        assert_eq!(groups.iter().count(), 4);
    }
}
