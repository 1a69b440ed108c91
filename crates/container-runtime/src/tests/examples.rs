//! What the documentation of Kubernetes shows.

use super::{Village, check, outcome, run, start};
use crate::{ImageConfig, Mount, Process, Start, Userland};
use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::rc::Rc;

#[test]
fn the_examples_of_the_documentation_do_what_it_says() {
    check(&[
        (
            "liveness by a command",
            "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600",
            "0 after 630002 ms: ",
        ),
        (
            "a Job of a few lines",
            "for i in 9 8 7 6 5 4 3 2 1; do echo $i; done",
            "0 after 0 ms: 9\n8\n7\n6\n5\n4\n3\n2\n1\n",
        ),
        (
            "a CronJob",
            "date; echo Hello from the Kubernetes cluster",
            "0 after 1 ms: Wed Jan  1 00:00:00 UTC 2025\nHello from the Kubernetes cluster\n",
        ),
        ("last words", "sleep 10 && echo Sleep expired > /dev/termination-log", "0 after 10000 ms: "),
        (
            "a Job that fails",
            "echo \"Hello world!\" && sleep 5 && exit 42",
            "42 after 5000 ms: Hello world!\n",
        ),
        (
            "a script with a here-document",
            "cat > /tmp/a.sh <<'EOF'\n#!/bin/sh\nset -ex\n[ -n \"$1\" ] || exit 9\necho \"got $1\"\nEOF\nchmod +x /tmp/a.sh && /tmp/a.sh it",
            "0 after 2 ms: + [ -n it ]\n+ echo got it\ngot it\n",
        ),
        (
            "StatefulSet's server id",
            "[[ $(hostname) =~ -([0-9]+)$ ]] || exit 1; echo $((100 + ${HOSTNAME##*-}))",
            "0 after 1 ms: 100\n",
        ),
        (
            "the downward API's loop",
            "n=0; while [ $n -lt 2 ]; do printenv HOSTNAME; n=$((n+1)); sleep 10; done",
            "0 after 20002 ms: web-0\nweb-0\n",
        ),
    ]);
}

#[test]
fn an_init_container_waits_for_a_service() {
    let script = "until nslookup myservice.$(cat /var/run/secrets/kubernetes.io/serviceaccount/namespace).svc.cluster.local; do echo waiting for myservice; sleep 2; done";
    let mut start = start(script);
    start.mounts =
        vec![Mount { path: "/var/run/secrets/kubernetes.io/serviceaccount".into(), prompt: false }];
    start.files = vec![("/etc/resolv.conf".into(), "nameserver 10.96.0.10\n".into())];
    let mut village = Village::default();
    village.volume.insert("/var/run/secrets/kubernetes.io/serviceaccount/namespace".into(), "default".into());
    let mut process = Process::start(Rc::new(start), SimTime::ZERO).expect("it starts");
    process.advance(SimTime::from_secs(5), &mut village);
    let lost = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find myservice.default.svc.cluster.local: NXDOMAIN\n\nwaiting for myservice\n";
    assert_eq!(outcome(&process), format!("runs: {}", lost.repeat(3)));
    village.names.insert("myservice.default.svc.cluster.local", [10, 96, 0, 7].into());
    process.advance(SimTime::from_secs(7), &mut village);
    assert_eq!(process.ended().map(|exit| (exit.code, exit.at.as_secs())), Some((0, 6)));
    assert!(
        outcome(&process).ends_with("Name:\tmyservice.default.svc.cluster.local\nAddress: 10.96.0.7\n\n")
    );
}

#[test]
fn a_counter_prints_a_line_a_second() {
    let mut process = Process::start(
        Rc::new(start("i=0; while true; do echo \"$i: $(date)\"; i=$((i+1)); sleep 1; done")),
        SimTime::ZERO,
    )
    .expect("it starts");
    process.advance(SimTime::from_secs(2), &mut Village::default());
    assert_eq!(outcome(&process), "runs: 0: Wed Jan  1 00:00:00 UTC 2025\n1: Wed Jan  1 00:00:01 UTC 2025\n");
}

#[test]
fn a_job_computes_pi() {
    let command: Vec<Str> = ["perl", "-Mbignum=bpi", "-wle", "print bpi(2000)"].map(Str::from).into();
    let image = ImageConfig {
        name: "perl:5.34.0".into(),
        userland: Userland::Gnu,
        programs: "perl",
        ..ImageConfig::default()
    };
    let process = run(Start { image: Rc::new(image), command, ..start("") }, &mut Village::default());
    let exit = process.ended().expect("it completes");
    assert_eq!((exit.code, exit.reason, exit.at.as_secs()), (0, "Completed", 5));
    let printed: String = process.log().lines().map(|line| &*line.text).collect();
    assert!(printed.starts_with("3.14159265358979323846264338327950288419716939937510"), "{printed}");
    assert!(printed.trim_end().ends_with("908658326459958133904780275900"), "{printed}");
}

#[test]
fn two_streams_are_printed_by_their_sidecars() {
    let mut writer = start("i=0; while true; do echo \"$i\" >> /data/1.log; i=$((i+1)); sleep 1; done");
    let mut reader = start("tail -n+1 -F /data/1.log | while read n; do echo $n; done");
    let mounts = vec![Mount { path: "/data".into(), prompt: false }];
    (writer.mounts, reader.mounts) = (mounts.clone(), mounts);
    let mut village = Village::default();
    let mut writer = Process::start(Rc::new(writer), SimTime::ZERO).expect("it starts");
    let mut reader = Process::start(Rc::new(reader), SimTime::ZERO).expect("it starts");
    for second in [2, 4] {
        writer.advance(SimTime::from_secs(second), &mut village);
        reader.advance(SimTime::from_secs(second), &mut village);
    }
    assert_eq!(outcome(&reader), "runs: 0\n1\n2\n3\n4\n");
}
