//! Which pods belong to a Job, and who takes their finalizers off.

use super::super::TRACKING;
use super::*;
use orrery_api::Resource;
use orrery_client::Propagation;

#[test]
fn a_job_adopts_and_releases_pods_by_its_selector() {
    let mut bench = Bench(crate::testing::Workbench::new());
    bench.apply(json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"namespace": "default", "name": "work"},
        "spec": {"manualSelector": true, "selector": {"matchLabels": {"app": "work"}}, "template": {
            "metadata": {"labels": {"app": "work"}},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}
    }));
    bench.live(2, RUNS);
    let own = bench.pods()[0].clone();
    let mut orphan = Pod { spec: own.spec.clone(), ..Default::default() };
    orphan.metadata = orrery_apimachinery::ObjectMeta::named("default", "orphan");
    orphan.metadata.labels = own.metadata.labels.clone();
    bench.create(orphan);
    bench.modify::<Pod>("default", &own.metadata.name, |pod| {
        pod.metadata.labels.remove("app");
    });
    bench.live(3, RUNS);
    let orphan = bench.get::<Pod>("default", "orphan").expect("it is adopted");
    assert!(orphan.metadata.controller().is_some() && orphan.metadata.has_finalizer(TRACKING));
    let released = bench.get::<Pod>("default", &own.metadata.name).expect("it is let go");
    assert!(released.metadata.controller().is_none() && !released.metadata.has_finalizer(TRACKING));
    assert_eq!(bench.job().status.active, 1);
}

#[test]
fn the_finalizer_goes_when_nobody_counts_the_pod() {
    let tracked = |bench: &Bench| bench.pods().iter().any(|pod| pod.metadata.has_finalizer(TRACKING));
    let mut gone = bench(json!({}));
    gone.live(2, RUNS);
    let job = Job::wrap(std::rc::Rc::new(gone.job()));
    gone.delete(&job, Propagation::Background);
    assert!(tracked(&gone));
    gone.pass(Duration::from_millis(10));
    assert!(!tracked(&gone), "the Job is gone");

    let mut orphaned = bench(json!({}));
    orphaned.live(2, RUNS);
    let name = orphaned.pods()[0].metadata.name.clone();
    orphaned.modify::<Pod>("default", &name, |pod| {
        pod.metadata.owner_references.clear();
        pod.metadata.labels.remove("batch.kubernetes.io/controller-uid");
    });
    orphaned.pass(Duration::from_millis(10));
    let pod = orphaned.get::<Pod>("default", &name).expect("nobody deletes it");
    assert!(!pod.metadata.has_finalizer(TRACKING), "the pod has no owner any more");
}
