//! Random lives of claims and volumes: whatever people do, and however often the controller restarts, what holds of
//! bindings holds after every event.

use super::{Bench, claim, volume};
use orrery_api::resources::STORAGE;
use orrery_api::{HostPathVolumeSource, ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod};
use orrery_apimachinery::{LabelSelector, Quantity, Str, StrMap};
use orrery_sim::{Duration, Random};
use std::collections::BTreeMap;
use std::rc::Rc;

const SIZES: [i64; 4] = [1, 5, 10, 50];
const CLASSES: [&str; 3] = ["", "slow", "fast"];
const DISKS: [&str; 2] = ["ssd", "hdd"];
const MODES: [&[&str]; 4] = [
    &["ReadWriteOnce"],
    &["ReadOnlyMany"],
    &["ReadWriteOnce", "ReadOnlyMany"],
    &["ReadWriteOnce", "ReadWriteMany"],
];
const POLICIES: [&str; 3] = ["Retain", "Delete", "Recycle"];

/// What was true after the last event.
#[derive(Default)]
struct Memory {
    /// The claims that were bound, and to what: uid to uid.
    bound: BTreeMap<Str, Str>,
    /// The volumes that were released and are to be retained, by uid.
    retained: Vec<Str>,
    /// For whom volumes were kept, by their uid.
    kept: BTreeMap<Str, Kept>,
}

/// For whom a volume is kept.
struct Kept {
    /// The name of the claim.
    claim: Option<Str>,
    /// Whether a person said so, and not the controller.
    by_person: bool,
}

struct Run {
    bench: Bench,
    random: Random,
    made: u64,
    memory: Memory,
}

impl Run {
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let nth = self.random.below(of.len() as u64);
        of[usize::try_from(nth).expect("it is below a length")]
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.random.below(n) == 0
    }

    fn volumes(&self) -> Vec<Rc<PersistentVolume>> {
        self.bench.api.list::<PersistentVolume>().cloned().collect()
    }

    fn claims(&self) -> Vec<Rc<PersistentVolumeClaim>> {
        self.bench.api.list::<PersistentVolumeClaim>().cloned().collect()
    }

    fn name(&mut self, stem: &str) -> String {
        self.made += 1;
        format!("{stem}-{}", self.made)
    }

    fn some_volume(&mut self) -> Option<Rc<PersistentVolume>> {
        let all: Vec<usize> = (0..self.volumes().len()).collect();
        (!all.is_empty()).then(|| self.pick(&all)).map(|nth| self.volumes()[nth].clone())
    }

    fn some_claim(&mut self) -> Option<Rc<PersistentVolumeClaim>> {
        let all: Vec<usize> = (0..self.claims().len()).collect();
        (!all.is_empty()).then(|| self.pick(&all)).map(|nth| self.claims()[nth].clone())
    }

    fn make_volume(&mut self) {
        let (size, policy) = (self.pick(&SIZES), self.pick(&POLICIES));
        let mut pv = volume(&self.name("pv"), size, policy);
        let path = format!("/tmp/{}", pv.metadata.name);
        pv.spec.host_path = Some(Box::new(HostPathVolumeSource { path: path.into(), ..Default::default() }));
        pv.spec.storage_class_name =
            Some(self.pick(&CLASSES)).filter(|class| !class.is_empty()).map(Into::into);
        pv.spec.access_modes = self.pick(&MODES).iter().map(|mode| (*mode).into()).collect();
        pv.metadata.labels.insert("disk", self.pick(&DISKS));
        if self.one_in(6) {
            pv.spec.volume_mode = Some("Block".into());
        }
        if self.one_in(5) {
            // Kept for a claim that is there, or for the next one.
            let next = format!("claim-{}", self.made + 1);
            let name = self.some_claim().map_or(next.into(), |claim| claim.metadata.name.clone());
            pv.spec.claim_ref = Some(ObjectReference {
                namespace: Some("default".into()),
                name: Some(name),
                ..Default::default()
            });
        }
        self.bench.create(pv);
    }

    fn make_claim(&mut self) {
        let size = self.pick(&SIZES);
        let mut pvc = claim(&self.name("claim"), size);
        pvc.spec.storage_class_name = Some(self.pick(&CLASSES).into());
        pvc.spec.access_modes = self.pick(&MODES).iter().map(|mode| (*mode).into()).collect();
        if self.one_in(6) {
            pvc.spec.volume_mode = Some("Block".into());
        }
        if self.one_in(4) {
            let labels = [("disk", self.pick(&DISKS))].into_iter().collect();
            pvc.spec.selector = Some(LabelSelector { match_labels: labels, ..Default::default() });
        }
        if self.one_in(5) {
            pvc.spec.volume_name = self.some_volume().map(|pv| pv.metadata.name.clone());
        }
        self.bench.create(pvc);
    }

    /// What a person does next.
    fn act(&mut self) {
        match self.random.below(10) {
            0..=2 => self.make_volume(),
            3..=5 => self.make_claim(),
            6 | 7 => {
                if let Some(pvc) = self.some_claim() {
                    self.memory.bound.remove(&pvc.metadata.uid);
                    self.bench.drop_object(&pvc);
                }
            }
            8 => {
                if let Some(pv) = self.some_volume() {
                    self.memory.retained.retain(|uid| *uid != pv.metadata.uid);
                    self.bench.drop_object(&pv);
                }
            }
            _ => match self.some_volume() {
                Some(pv) if pv.status.phase.as_deref() == Some("Released") => {
                    self.memory.retained.retain(|uid| *uid != pv.metadata.uid);
                    self.memory.kept.remove(&pv.metadata.uid);
                    self.bench
                        .modify::<PersistentVolume>("", &pv.metadata.name, |pv| pv.spec.claim_ref = None);
                }
                _ => self.bench.restart(),
            },
        }
    }

    /// What the controllers of protection and the nodes do.
    fn others_act(&mut self) {
        for pvc in self.claims().iter().filter(|pvc| pvc.metadata.terminating()) {
            self.bench.modify::<PersistentVolumeClaim>("default", &pvc.metadata.name, |pvc| {
                pvc.metadata.finalizers.clear();
            });
        }
        let free = |pv: &&Rc<PersistentVolume>| {
            pv.metadata.terminating() && pv.status.phase.as_deref() != Some("Bound")
        };
        for pv in self.volumes().iter().filter(free) {
            self.bench.modify::<PersistentVolume>("", &pv.metadata.name, |pv| pv.metadata.finalizers.clear());
        }
        for pod in self.bench.pods() {
            match pod.status.phase.as_deref() {
                _ if pod.metadata.terminating() => self.bench.remove_pod(&pod),
                Some("Succeeded") => {}
                _ => self.bench.modify_status::<Pod>("default", &pod.metadata.name, |pod| {
                    pod.status.phase = Some("Succeeded".into());
                }),
            }
        }
    }

    /// Lets time pass, event by event.
    fn pass(&mut self, duration: Duration) {
        let until = self.bench.now + duration;
        while let Some(at) = self.bench.next().filter(|at| *at <= until) {
            let step = if at > self.bench.now { at.since(self.bench.now) } else { Duration::ZERO };
            self.bench.pass(step);
            self.check();
        }
        self.bench.pass(until.since(self.bench.now));
    }

    /// What holds after every event.
    fn check(&mut self) {
        let (claims, volumes) = (self.claims(), self.volumes());
        let bound = |pvc: &&Rc<PersistentVolumeClaim>| pvc.status.phase.as_deref() == Some("Bound");
        for pvc in claims.iter().filter(bound) {
            let named = pvc.spec.volume_name.as_ref();
            let others = claims.iter().filter(bound).filter(|other| other.spec.volume_name.as_ref() == named);
            assert_eq!(others.count(), 1, "one volume, one claim: {pvc:?}");
            let Some(pv) = volumes.iter().find(|pv| Some(&pv.metadata.name) == named) else { continue };
            check_pair(pvc, pv);
            if let Some(before) = self.memory.bound.get(&pvc.metadata.uid) {
                assert_eq!(*before, pv.metadata.uid, "a bound pair stays bound");
            }
        }
        for (uid, pv) in &self.memory.bound {
            let pvc = claims.iter().find(|pvc| pvc.metadata.uid == *uid);
            let there = volumes.iter().any(|v| v.metadata.uid == *pv);
            let apart = pvc.is_some_and(|pvc| there && pvc.status.phase.as_deref() != Some("Bound"));
            assert!(!apart, "a claim does not lose a volume that is there: {pvc:?}");
        }
        for uid in &self.memory.retained {
            let pv = volumes.iter().find(|pv| pv.metadata.uid == *uid).expect("retained data is not deleted");
            assert_eq!(pv.status.phase.as_deref(), Some("Released"), "nor is it given to another claim");
        }
        self.check_kept(&volumes);
        self.remember(&claims, &volumes);
    }

    /// What is kept for one claim is not given to another; what a person kept for it, not even given up.
    fn check_kept(&self, volumes: &[Rc<PersistentVolume>]) {
        for pv in volumes {
            let Some(before) = self.memory.kept.get(&pv.metadata.uid) else { continue };
            match &pv.spec.claim_ref {
                Some(now) => assert_eq!(now.name, before.claim, "given away: {pv:?}"),
                None => assert!(!before.by_person, "given up: {pv:?}"),
            }
        }
    }

    fn remember(&mut self, claims: &[Rc<PersistentVolumeClaim>], volumes: &[Rc<PersistentVolume>]) {
        self.memory = Memory::default();
        for pvc in claims.iter().filter(|pvc| pvc.status.phase.as_deref() == Some("Bound")) {
            let pv = volumes.iter().find(|pv| Some(&pv.metadata.name) == pvc.spec.volume_name.as_ref());
            if let Some(pv) = pv.filter(|pv| !pv.metadata.terminating()) {
                self.memory.bound.insert(pvc.metadata.uid.clone(), pv.metadata.uid.clone());
            }
        }
        let retained = |pv: &&Rc<PersistentVolume>| {
            pv.spec.persistent_volume_reclaim_policy.as_deref() == Some("Retain")
                && pv.status.phase.as_deref() == Some("Released")
                && pv.spec.claim_ref.is_some()
                && !pv.metadata.terminating()
        };
        self.memory.retained = volumes.iter().filter(retained).map(|pv| pv.metadata.uid.clone()).collect();
        for pv in volumes {
            if let Some(reference) = &pv.spec.claim_ref {
                let by_person = !by_controller(&pv.metadata.annotations);
                let kept = Kept { claim: reference.name.clone(), by_person };
                self.memory.kept.insert(pv.metadata.uid.clone(), kept);
            }
        }
    }

    /// What holds when nothing more happens: no claim waits for what is there, and what is released is seen to.
    fn check_settled(&mut self) {
        for _ in 0..4 {
            self.others_act();
            self.pass(Duration::from_secs(16));
        }
        let (claims, volumes) = (self.claims(), self.volumes());
        for pvc in claims.iter().filter(|pvc| pvc.status.phase.as_deref() == Some("Pending")) {
            let fit = volumes.iter().find(|pv| {
                pv.spec.claim_ref.is_none()
                    && !pv.metadata.terminating()
                    && pvc.spec.volume_name.is_none()
                    && fits(pvc, pv)
            });
            assert!(fit.is_none(), "{} waits, and {fit:?} is there", pvc.metadata.name);
        }
        for pv in volumes.iter().filter(|pv| pv.status.phase.as_deref() == Some("Released")) {
            let policy = pv.spec.persistent_volume_reclaim_policy.as_deref();
            assert_eq!(policy, Some("Retain"), "{} is neither deleted nor emptied", pv.metadata.name);
        }
        let pods = self.bench.pods();
        assert!(pods.is_empty(), "no pod is left over: {pods:?}");
    }
}

/// What holds of a claim and its volume.
fn check_pair(pvc: &PersistentVolumeClaim, pv: &PersistentVolume) {
    let owner = pv.spec.claim_ref.as_ref().and_then(|reference| reference.uid.as_ref());
    assert_eq!(
        owner,
        Some(&pvc.metadata.uid),
        "both sides say so: {} {}",
        pvc.metadata.name,
        pv.metadata.name
    );
    if by_controller(&pvc.metadata.annotations) && by_controller(&pv.metadata.annotations) {
        assert!(fits(pvc, pv), "the controller chooses what fits: {pvc:?} {pv:?}");
    }
}

/// Whether the controller bound the object, and not a person.
fn by_controller(annotations: &StrMap) -> bool {
    annotations.contains_key("pv.kubernetes.io/bound-by-controller")
}

/// Whether a volume is as the claim wants it, worked out anew.
fn fits(pvc: &PersistentVolumeClaim, pv: &PersistentVolume) -> bool {
    let size = |list: &BTreeMap<Str, Quantity>| list[STORAGE].value();
    let block = |mode: &Option<Str>| mode.as_deref() == Some("Block");
    let wanted = pvc.spec.selector.as_ref().map(|selector| selector.match_labels.get("disk"));
    size(&pv.spec.capacity) >= size(&pvc.spec.resources.requests)
        && pv.spec.storage_class_name.as_deref().unwrap_or_default()
            == pvc.spec.storage_class_name.as_deref().unwrap_or_default()
        && block(&pv.spec.volume_mode) == block(&pvc.spec.volume_mode)
        && pvc.spec.access_modes.iter().all(|mode| pv.spec.access_modes.contains(mode))
        && wanted.is_none_or(|disk| disk == pv.metadata.labels.get("disk"))
}

#[test]
fn whatever_people_do_claims_and_volumes_are_bound_one_to_one_to_what_fits() {
    for seed in 0..150 {
        let random = Random::stream(seed, "claims and volumes");
        let mut run = Run { bench: Bench::new(), random, made: 0, memory: Memory::default() };
        for _ in 0..60 {
            run.act();
            let wait = run.random.below(4_000);
            run.pass(Duration::from_millis(wait));
            if run.one_in(2) {
                run.others_act();
            }
        }
        run.check_settled();
    }
}
