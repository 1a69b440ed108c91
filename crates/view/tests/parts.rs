//! What the picture is told of the control plane.

use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, Program, Settle, Topology};
use orrery_sim::Duration;
use orrery_view::parts::{Consequence, Parts, Presence, Standing, parts};

fn cluster(topology: Topology) -> Cluster {
    let mut cluster = Cluster::new(Config::lively(2).with_topology(topology));
    cluster.settle(Settle::default());
    cluster
}

fn standings(parts: &Parts, program: &str) -> Vec<Standing> {
    let cards = parts.machines.iter().flat_map(|machine| &machine.parts);
    cards.filter(|card| &*card.program == program).map(|card| card.standing).collect()
}

#[test]
fn every_part_stands_on_its_machine_and_one_of_several_leads() {
    let told = parts(&cluster(Topology::new(3, 2)));
    let machines: Vec<(&str, usize)> = told.machines.iter().map(|m| (&*m.name, m.parts.len())).collect();
    let want = [
        ("etcd-node-1", 1),
        ("etcd-node-2", 1),
        ("etcd-node-3", 1),
        ("control-plane-1", 3),
        ("control-plane-2", 3),
    ];
    assert_eq!(machines, want);
    assert!(told.balanced && told.consequences.is_empty(), "{told:?}");
    assert_eq!((told.quorum.have, told.quorum.need, told.quorum.of), (3, 2, 3));
    for program in ["etcd", "kube-scheduler", "kube-controller-manager"] {
        let leaders = standings(&told, program).iter().filter(|s| **s == Standing::Leader).count();
        assert_eq!(leaders, 1, "{program}");
    }
    let one = parts(&cluster(Topology::all_in_one()));
    assert!(one.machines.len() == 1 && one.machines[0].is_node && one.machines[0].parts.len() == 4);
}

#[test]
fn what_is_missing_is_told_with_what_does_not_work_because_of_it() {
    type Break = fn(&mut Cluster) -> bool;
    let rows: [(&str, Break, &[Consequence]); 6] = [
        ("the scheduler", |c| c.stop("kube-scheduler-1"), &[Consequence::NoScheduler]),
        (
            "the API server",
            |c| c.stop("kube-apiserver-1"),
            &[Consequence::NoServer, Consequence::NoScheduler, Consequence::NoControllerManager],
        ),
        ("the way to it", |c| c.cut("control-plane-1"), &[Consequence::NoWayToServer]),
        ("one of three members", |c| c.stop("etcd-1"), &[Consequence::NoMemberToSpare]),
        (
            "two of three members",
            |c| c.stop("etcd-1") && c.stop("etcd-2"),
            &[Consequence::NoQuorum, Consequence::NoScheduler, Consequence::NoControllerManager],
        ),
        ("the data of a follower", |c| c.lose("etcd-3") && c.start("etcd-3"), &[]),
    ];
    for (row, broken, want) in rows {
        let several = row.contains("member") || row.contains("data");
        let topology = if several {
            Topology { external_etcd: true, ..Topology::new(3, 1) }
        } else {
            Topology::default()
        };
        let mut cluster = cluster(topology);
        assert!(broken(&mut cluster), "{row}: it is there");
        cluster.pass(Duration::from_secs(10));
        assert_eq!(parts(&cluster).consequences, want, "{row}");
    }
}

#[test]
fn a_takeover_is_counted_down() {
    let mut cluster = cluster(Topology::new(1, 2));
    let leader = cluster.leader(Program::Scheduler).expect("one leads");
    cluster.stop_part(leader);
    cluster.pass(Duration::from_secs(1));
    let told = parts(&cluster);
    let stopped = leader.to_string();
    let card = told.machines.iter().flat_map(|m| &m.parts).find(|card| *card.name == *stopped);
    assert_eq!(card.map(|card| (card.presence, card.standing)), Some((Presence::Off, Standing::None)));
    assert_eq!(told.consequences, [Consequence::NoScheduler]);
    let (name, ring) = &told.takeovers[0];
    assert!(&**name == "kube-scheduler" && (10..=25).contains(&ring.remaining), "{ring:?}");
}
