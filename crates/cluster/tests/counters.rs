//! What a run costs, in numbers that do not depend on the machine: a change that makes a component
//! write or wake more than it has to is found here first.

use orrery_api::{Kind, Object, Pod};
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config};
use orrery_sim::{Duration, SimTime};
use serde_json::json;

/// What it took until all pods of a Deployment ran.
#[derive(Debug)]
struct Cost {
    events: u64,
    /// How often objects of each kind were written.
    writes: Vec<(Kind, u64)>,
}

impl Cost {
    fn writes(&self, kinds: &[Kind]) -> u64 {
        self.writes.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, n)| n).sum()
    }

    fn all_writes(&self) -> u64 {
        self.writes(Kind::ALL)
    }
}

fn to_running(nodes: usize, pods: usize) -> Cost {
    let mut cluster = Cluster::new(Config::lively(nodes));
    cluster.run(SimTime::from_secs(10), &mut || true);
    let (events, revision) = (cluster.events(), cluster.api().revision());
    let labels = json!({"app": "web"});
    let container = json!({"name": "web", "image": "nginx:1.27", "resources": {"requests": {"cpu": "10m"}}});
    let deployment = json!({
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": pods,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    });
    let (object, problems) = Object::decode(Kind::Deployment, &deployment);
    assert_eq!(problems, vec![]);
    let (api, request) = cluster.send();
    api.create(&request, object).expect("the object is valid and new");
    let running =
        |c: &Cluster| c.api().list::<Pod>().filter(|p| p.status.phase.as_deref() == Some("Running")).count();
    while running(&cluster) < pods {
        assert!(cluster.now() < SimTime::from_secs(600), "only {} of {pods} pods run", running(&cluster));
        cluster.pass(Duration::from_secs(1));
    }
    let count = |kind: Kind| {
        let written = cluster.api().writes().iter().filter(|w| w.revision > revision && w.kind == kind);
        (kind, written.count() as u64)
    };
    Cost { events: cluster.events() - events, writes: Kind::ALL.iter().copied().map(count).collect() }
}

#[test]
fn a_hundred_pods_run_at_a_bounded_price() {
    let cost = to_running(10, 100);
    let workloads = cost.writes(&[Kind::Deployment, Kind::ReplicaSet]);
    for (row, count, bound) in [
        ("a pod is created, bound, told to be pending and told to run", cost.writes(&[Kind::Pod]), 400),
        (
            "a pod is scheduled, its image pulled, its container created and started",
            cost.writes(&[Kind::Event]),
            560,
        ),
        ("many pods that change are told of together by those that own them", workloads, 100),
        (
            "nobody writes anything else",
            cost.all_writes() - cost.writes(&[Kind::Pod, Kind::Event]) - workloads,
            4,
        ),
        ("a worker wakes when something is due, and not in between", cost.events, 1_600),
    ] {
        assert!(count <= bound, "{row}: {count} and not at most {bound}");
    }
}

#[test]
fn twice_the_pods_cost_twice_as_much() {
    let (one, two) = (to_running(20, 200), to_running(20, 400));
    for (row, one, two) in
        [("events", one.events, two.events), ("writes", one.all_writes(), two.all_writes())]
    {
        assert!(two * 10 <= one * 22, "{row}: {one} for 200 pods, {two} for 400");
    }
}
