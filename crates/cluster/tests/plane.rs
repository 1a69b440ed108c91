//! Parts of the control plane fail, and what follows is what follows for real.

use orrery_api::{Lease, Pod};
use orrery_apimachinery::Value;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, PartId, Program, Settle, Topology};
use orrery_sim::{Duration, Random};
use serde_json::json;

fn cluster(topology: Topology) -> Cluster {
    let mut cluster = Cluster::new(Config::lively(3).with_topology(topology));
    cluster.settle(Settle::default());
    cluster
}

fn deployment(name: &str, replicas: usize) -> Value {
    let labels = json!({"app": name});
    let container = json!({"name": "web", "image": "nginx:1.27"});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    })
}

fn apply(cluster: &mut Cluster, name: &str, replicas: usize) -> Result<(), String> {
    Session::reach(cluster)?;
    let (object, problems) =
        orrery_api::Object::decode(orrery_api::Kind::Deployment, &deployment(name, replicas));
    assert!(problems.is_empty());
    let (api, request) = cluster.send();
    api.create(&request, object).map(drop).map_err(|status| status.message)
}

fn running(cluster: &Cluster) -> usize {
    cluster.api().list::<Pod>().filter(|p| p.status.phase.as_deref() == Some("Running")).count()
}

fn pods(cluster: &Cluster) -> usize {
    cluster.api().list::<Pod>().count()
}

fn seconds(cluster: &mut Cluster, seconds: u64) {
    cluster.pass(Duration::from_secs(seconds));
}

fn part(name: &str) -> PartId {
    PartId::parse(name).expect("a part")
}

fn holder(cluster: &Cluster, lease: &str) -> String {
    let lease = cluster.api().get::<Lease>("kube-system", lease).expect("somebody leads");
    lease.spec.holder_identity.as_deref().unwrap_or_default().to_string()
}

#[test]
fn without_a_scheduler_pods_wait_and_with_it_they_get_their_nodes() {
    let mut cluster = cluster(Topology::default());
    assert!(cluster.stop_part(part("kube-scheduler-1")));
    apply(&mut cluster, "web", 3).expect("the API server is there");
    seconds(&mut cluster, 120);
    assert_eq!((pods(&cluster), running(&cluster)), (3, 0));
    cluster.start_part(part("kube-scheduler-1"));
    seconds(&mut cluster, 20);
    assert_eq!(running(&cluster), 3);
}

#[test]
fn without_a_controller_manager_nothing_heals() {
    let mut cluster = cluster(Topology::default());
    cluster.stop_part(part("kube-controller-manager-1"));
    apply(&mut cluster, "web", 3).expect("the API server is there");
    seconds(&mut cluster, 60);
    assert_eq!(pods(&cluster), 0, "a Deployment is only a wish");
    cluster.start_part(part("kube-controller-manager-1"));
    seconds(&mut cluster, 20);
    assert_eq!(running(&cluster), 3);
}

#[test]
fn without_an_api_server_containers_run_on_and_nobody_is_asked() {
    let mut cluster = cluster(Topology::default());
    apply(&mut cluster, "web", 3).expect("the API server is there");
    seconds(&mut cluster, 20);
    cluster.stop_part(part("kube-apiserver-1"));
    let refused =
        "The connection to the server 172.18.0.2:6443 was refused - did you specify the right host or port?";
    assert_eq!(Session::reach(&mut cluster), Err(refused.into()));
    let revision = cluster.api().revision();
    seconds(&mut cluster, 600);
    assert_eq!(cluster.api().revision(), revision, "nothing is written while nobody takes it");
    cluster.start_part(part("kube-apiserver-1"));
    seconds(&mut cluster, 120);
    assert_eq!((pods(&cluster), running(&cluster)), (3, 3), "the grace of the nodes begins anew");
}

#[test]
fn another_scheduler_takes_over_when_the_lease_has_ended() {
    let mut cluster = cluster(Topology::new(3, 2));
    let first = cluster.leader(Program::Scheduler).expect("one leads");
    let name = holder(&cluster, "kube-scheduler");
    assert!(name.starts_with(&format!("control-plane-{}_", first.number)), "{name}");
    cluster.stop_part(first);
    apply(&mut cluster, "web", 2).expect("the API servers are there");
    seconds(&mut cluster, 14);
    assert_eq!((pods(&cluster), cluster.leader(Program::Scheduler)), (2, None));
    seconds(&mut cluster, 20);
    let second = cluster.leader(Program::Scheduler).expect("the other one has taken over");
    assert!(second != first && holder(&cluster, "kube-scheduler").starts_with("control-plane-"));
    let lease = cluster.api().get::<Lease>("kube-system", "kube-scheduler").expect("it is there");
    assert_eq!(lease.spec.lease_transitions, Some(1));
    assert_eq!(running(&cluster), 2);
}

#[test]
fn who_loses_its_api_server_loses_its_lease() {
    let mut cluster = cluster(Topology::new(3, 2));
    let first = cluster.leader(Program::ControllerManager).expect("one leads");
    cluster.stop_part(PartId { program: Program::ApiServer, number: first.number });
    assert_eq!(Session::reach(&mut cluster), Ok(()), "the other one answers");
    assert_eq!(cluster.leader(Program::ControllerManager), Some(first), "it does not know yet");
    seconds(&mut cluster, 40);
    assert_ne!(cluster.leader(Program::ControllerManager), Some(first));
    apply(&mut cluster, "web", 2).expect("the other one answers");
    seconds(&mut cluster, 20);
    assert_eq!(running(&cluster), 2);
}

#[test]
fn an_api_server_that_is_back_in_time_costs_nobody_the_lease() {
    let mut cluster = cluster(Topology::new(1, 2));
    let first = cluster.leader(Program::Scheduler).expect("one leads");
    cluster.stop_part(PartId { program: Program::ApiServer, number: first.number });
    seconds(&mut cluster, 5);
    cluster.start_part(PartId { program: Program::ApiServer, number: first.number });
    seconds(&mut cluster, 60);
    assert_eq!(cluster.leader(Program::Scheduler), Some(first));
}

#[test]
fn a_request_waits_while_etcd_elects_and_is_refused_when_no_majority_is_left() {
    let mut cluster = cluster(Topology::new(3, 2));
    let leader =
        cluster.etcd().0.iter().position(|m| m.role == orrery_cluster::Role::Leader).expect("one leads");
    let member = |id: usize| PartId { program: Program::Etcd, number: id % 3 + 1 };
    cluster.stop_part(member(leader));
    let before = cluster.now();
    apply(&mut cluster, "web", 1).expect("two of three elect");
    let waited = cluster.now().since(before);
    assert!(waited >= Duration::from_millis(800) && waited < Duration::from_secs(5), "{waited:?}");
    cluster.stop_part(member(leader + 1));
    let refused = Err("Error from server: etcdserver: request timed out".into());
    assert_eq!(Session::reach(&mut cluster), refused);
    seconds(&mut cluster, 60);
    assert_eq!(running(&cluster), 0);
    cluster.start_part(member(leader + 1));
    seconds(&mut cluster, 90);
    assert_eq!(running(&cluster), 1);
    cluster.start_part(member(leader));
    seconds(&mut cluster, 10);
    assert!(cluster.etcd().0.iter().all(|m| m.up && m.lag == 0));
}

#[test]
fn a_restored_cluster_is_as_it_was_at_the_snapshot() {
    let mut cluster = cluster(Topology::default());
    apply(&mut cluster, "old", 2).expect("the API server is there");
    seconds(&mut cluster, 20);
    assert!(cluster.snapshot("backup.db"));
    let revision = cluster.api().revision();
    apply(&mut cluster, "new", 2).expect("the API server is there");
    seconds(&mut cluster, 20);
    assert_eq!(running(&cluster), 4);
    cluster.lose_part(part("etcd-1"));
    assert!(Session::reach(&mut cluster).is_err());
    assert!(!cluster.snapshot("late.db"), "there is nothing left to save");
    assert!(cluster.restore("backup.db") && cluster.api().revision() == revision);
    seconds(&mut cluster, 60);
    assert_eq!((pods(&cluster), running(&cluster)), (2, 2));
}

#[test]
fn a_single_etcd_that_lost_its_data_knows_nothing() {
    let mut cluster = cluster(Topology::default());
    apply(&mut cluster, "web", 2).expect("the API server is there");
    seconds(&mut cluster, 20);
    cluster.lose_part(part("etcd-1"));
    cluster.start_part(part("etcd-1"));
    seconds(&mut cluster, 60);
    assert_eq!(pods(&cluster), 0);
    assert_eq!(cluster.api().list::<orrery_api::Node>().count(), 3, "the nodes register again");
    apply(&mut cluster, "web", 2).expect("it works, from the beginning");
    seconds(&mut cluster, 20);
    assert_eq!(running(&cluster), 2);
}

#[test]
fn all_in_one_has_nothing_left_when_its_machine_is_off() {
    let mut cluster = Cluster::new(Config::lively(1).with_topology(Topology::all_in_one()));
    cluster.settle(Settle::default());
    apply(&mut cluster, "web", 2).expect("it is on");
    seconds(&mut cluster, 20);
    assert!(cluster.stop_node("node-1") && Session::reach(&mut cluster).is_err());
    seconds(&mut cluster, 60);
    assert!(cluster.start_node("node-1"));
    seconds(&mut cluster, 60);
    assert_eq!(running(&cluster), 2);
}

/// Lets time pass, event by event: while no API server can write, nothing is written.
fn watch(cluster: &mut Cluster, seconds: u64) {
    let until = cluster.now() + Duration::from_secs(seconds);
    while cluster.next_event_at().is_some_and(|at| at <= until) {
        let (outage, revision) = (cluster.outage(), cluster.api().revision());
        cluster.step();
        if outage.is_some() && cluster.outage().is_some() {
            assert_eq!(cluster.api().revision(), revision, "{outage:?} at {}", cluster.now());
        }
    }
    cluster.run(until, &mut || true);
}

#[test]
fn whatever_parts_fail_the_cluster_converges_when_they_are_mended() {
    let (mut outages, mut elections) = (0, 0);
    for seed in 0..60 {
        let mut random = Random::stream(seed, "faults");
        let config = Config { seed, ..Config::lively(3).with_topology(Topology::new(3, 2)) };
        let mut cluster = Cluster::new(config);
        cluster.settle(Settle::default());
        apply(&mut cluster, "web", 3).expect("nothing is broken yet");
        let parts: Vec<PartId> = cluster.topology().parts().collect();
        for _ in 0..14 {
            let part = parts[random.below(parts.len() as u64) as usize];
            match random.below(6) {
                0 | 1 => cluster.stop_part(part),
                2 => cluster.start_part(part),
                3 => cluster.kill_part(part),
                4 => cluster.cut_part(part),
                _ => cluster.join_part(part),
            };
            watch(&mut cluster, random.below(40));
            outages += usize::from(cluster.outage().is_some());
        }
        for part in &parts {
            cluster.join_part(*part);
            cluster.start_part(*part);
        }
        watch(&mut cluster, 60);
        assert_eq!(cluster.outage(), None, "seed {seed}");
        apply(&mut cluster, "new", 2).expect("everything is mended");
        watch(&mut cluster, 600);
        assert_eq!((pods(&cluster), running(&cluster)), (5, 5), "seed {seed}");
        let (members, _) = cluster.etcd();
        assert!(members.iter().all(|m| m.lag == 0 && m.leader.is_some()), "seed {seed}: {members:?}");
        for (program, lease) in
            [(Program::Scheduler, "kube-scheduler"), (Program::ControllerManager, "kube-controller-manager")]
        {
            let leader = cluster.leader(program).expect("somebody leads");
            assert!(holder(&cluster, lease).starts_with(&format!("control-plane-{}_", leader.number)));
            let lease = cluster.api().get::<Lease>("kube-system", lease).expect("it is there");
            elections += lease.spec.lease_transitions.unwrap_or(0);
        }
    }
    assert!(outages > 100 && elections > 50, "{outages} outages, {elections} elections: too calm");
}
