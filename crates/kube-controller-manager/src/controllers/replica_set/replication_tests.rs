//! What a ReplicationController does, and what it does not touch.

use super::ReplicationManager;
use crate::testing::Workbench;
use expect_test::expect;
use orrery_api::{Kind, ReplicationController};
use orrery_sim::Duration;
use serde_json::json;

#[test]
fn a_replication_controller_keeps_its_number_of_pods() {
    let mut bench = Workbench::<ReplicationManager>::new();
    let labels = json!({"app": "web"});
    let pod = json!({"containers": [{"name": "c", "image": "nginx"}]});
    bench.apply(json!({
        "apiVersion": "v1", "kind": "Pod", "spec": pod,
        "metadata": {"name": "orphan", "namespace": "default", "labels": {"app": "web", "more": "yes"}},
    }));
    bench.apply(json!({
        "apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"replicas": 2, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }));
    bench.pass(Duration::from_millis(200));
    bench.run_pods(|_| true);
    bench.pass(Duration::from_millis(200));
    let status = |bench: &Workbench<_>| {
        let rc = bench.get::<ReplicationController>("default", "web").expect("it is there");
        (rc.status.clone(), rc.metadata.generation)
    };
    let (told, generation) = status(&bench);
    assert_eq!((told.replicas, told.available_replicas, told.observed_generation), (2, 2, generation));
    assert_eq!(told.fully_labeled_replicas, 2, "more labels than the template's do no harm");
    let owners = bench.pods().into_iter().map(|pod| pod.metadata.controller().map(|o| o.kind.to_string()));
    assert_eq!(
        owners.collect::<Vec<_>>(),
        [Some("ReplicationController".into()), Some("ReplicationController".into())]
    );
    bench.modify::<ReplicationController>("default", "web", |rc| rc.spec.replicas = Some(1));
    bench.pass(Duration::from_millis(200));
    bench.run_pods(|_| true);
    bench.pass(Duration::from_millis(200));
    assert_eq!((bench.api.count(Kind::Pod), status(&bench).0.replicas), (1, 1));
    let events: String = bench
        .events()
        .lines()
        .map(|line| line.rsplit_once(' ').map_or(line, |(head, _)| head).to_string() + "\n")
        .collect();
    expect![[r#"
        Normal SuccessfulCreate ReplicationController/web: Created pod:
        Normal SuccessfulDelete ReplicationController/web: Deleted pod:
    "#]]
    .assert_eq(&events);
}
