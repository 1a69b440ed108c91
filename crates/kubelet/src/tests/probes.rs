//! Probes: when containers are asked, what counts, and that nothing is lost by not asking those that are well.

use super::*;
use orrery_sim::Random;

/// A probe with random figures.
fn probe(random: &mut Random, liveness: bool) -> String {
    let mut figure = |least: u64, most: u64| least + random.below(most - least + 1);
    let (period, delay, failures) = (figure(1, 4), figure(0, 5), figure(1, 3));
    let successes = if liveness { 1 } else { figure(1, 3) };
    format!(
        r#"{{"httpGet": {{"port": 80}}, "periodSeconds": {period}, "initialDelaySeconds": {delay},
            "failureThreshold": {failures}, "successThreshold": {successes}}}"#
    )
}

/// A container with random probes, and how they and the container behave.
fn container(random: &mut Random, name: &str, more: &str) -> (String, Vec<(String, String)>) {
    let mut spec = format!(r#"{{"name": "{name}", "image": "nginx:1.25"{more}"#);
    let mut annotations = Vec::new();
    for question in ["startup", "liveness", "readiness"] {
        if random.below(3) == 0 {
            continue;
        }
        let probe = probe(random, question != "readiness");
        write!(spec, r#", "{question}Probe": {probe}"#).expect("strings take everything");
        let seconds = random.below(25);
        let answer = match random.below(6) {
            0 => "fail".into(),
            1 => format!("pass-after={seconds}s"),
            2 => format!("fail-after={seconds}s"),
            _ => "pass".into(),
        };
        annotations.push((format!("orrery.dev/probe.{name}.{question}"), answer));
    }
    if random.below(3) == 0 {
        let (seconds, code) = (1 + random.below(40), random.below(2));
        annotations.push((format!("orrery.dev/run.{name}"), format!("{seconds}s:{code}")));
    }
    (spec + "}", annotations)
}

/// What happens to a random pod in two minutes. It is alone on its node: whose turn comes first of two that are due
/// at one instant depends on which was looked at before.
fn story(seed: u64, asks_each_probe: bool) -> (String, u64) {
    let mut world = World::new(RuntimeProfile::Lively);
    world.asks_each_probe = asks_each_probe;
    let random = &mut Random::stream(seed, "pods");
    let policy = ["Always", "OnFailure", "Never"][random.below(3) as usize];
    let (side, mut annotations) = container(random, "side", r#", "restartPolicy": "Always""#);
    let (main, others) = container(random, "main", "");
    annotations.extend(others);
    let init = if random.below(2) == 0 { format!(r#""initContainers": [{side}],"#) } else { String::new() };
    let spec = format!(r#"{{"restartPolicy": "{policy}", {init} "containers": [{main}]}}"#);
    let given: Vec<(&str, &str)> = annotations.iter().map(|(k, v)| (&**k, &**v)).collect();
    world.pod("pod", &spec, &given);
    world.run(90_000);
    world.delete("pod");
    world.run(30_000);
    (world.news(), world.api.trace_hash())
}

#[test]
fn not_asking_a_container_that_is_well_changes_nothing() {
    let mut failures = 0;
    for seed in 0..200 {
        let (rests, asks) = (story(seed, false), story(seed, true));
        failures += rests.0.matches("Unhealthy").count();
        let mut lines = rests.0.lines().zip(asks.0.lines());
        assert_eq!(lines.find(|(rests, asks)| rests != asks), None, "seed {seed}");
        assert_eq!(rests.1, asks.1, "seed {seed}");
    }
    assert!(failures > 1_000, "the stories are about something: {failures}");
}

#[test]
fn nothing_happens_in_an_hour_of_good_answers() {
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "startupProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1},
        "livenessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 1},
        "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1}}]}"#;
    let mut world = World::new(RuntimeProfile::Lively);
    world.pod("web", spec, &[]);
    // The node tells of its new image, too.
    world.run(60_000);
    assert!(world.get("web").status.container_statuses[0].ready);
    world.news();
    assert_eq!(world.kubelet.next(), None, "nothing is to be done");
    world.run(3_600_000);
    assert_eq!(world.news(), "");
}

#[test]
fn an_answer_that_a_person_changes_is_heard_at_the_next_beat() {
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5, "failureThreshold": 1}}]}"#;
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", spec, &[]);
    world.run(12_000);
    world.news();
    let request = world.request();
    let fail = |pod: &mut Pod| {
        pod.metadata.annotations.insert("orrery.dev/probe.c.readiness", "fail");
    };
    world.api.modify::<Pod>(&request, "default", "web", fail).expect("an annotation");
    world.run(5_000);
    world.expect(&expect![[r#"
        00:00:12.000 web Running [PRTSC I R CR PS] c: running ready
        00:00:15.357   Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500
        00:00:15.357 web Running [PRTSC I PS] c: running
        00:00:15.357   Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500 (x2)
    "#]]);
}

#[test]
fn whether_a_pod_can_serve_is_asked_to_its_end() {
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "lifecycle": {"preStop": {"sleep": {"seconds": 10}}},
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1, "failureThreshold": 1},
        "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 2, "failureThreshold": 1}}]}"#;
    let fails = "fail-after=8s";
    let annotations = [("orrery.dev/probe.c.liveness", fails), ("orrery.dev/probe.c.readiness", fails)];
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", spec, &annotations);
    world.run(6_000);
    world.news();
    world.delete("web");
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:06.000 web Running terminating [PRTSC I R CR PS] c: running ready
        00:00:06.002   Normal Killing: Stopping container c
        00:00:08.357   Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500
        00:00:08.357 web Running terminating [PRTSC I PS] c: running
        00:00:10.357   Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500 (x2)
        00:00:12.357   Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500 (x3)
        00:00:14.357   Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500 (x4)
        00:00:16.002 web Succeeded terminating [I PS] c: Completed 0
        00:00:16.357 deleted web Succeeded terminating [I PS] c: Completed 0
    "#]]);
}

#[test]
fn a_container_that_has_ended_fails_its_probes() {
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3}}]}"#;
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", spec, &[("orrery.dev/run.c", "1s:1")]);
    world.run(2_500);
    world.news();
    world.run(6_000);
    world.expect(&expect![[r#"
        00:00:03.357 web Running [PRTSC I PS] c: Error 1 restarts=1
        00:00:03.357   Warning BackOff: Back-off restarting failed container c in pod web_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414)
        00:00:06.002 web Running [PRTSC I PS] c: CrashLoopBackOff restarts=1
        00:00:06.002   Warning BackOff: Back-off restarting failed container c in pod web_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414) (x2)
    "#]]);
}

#[test]
fn an_image_of_which_nothing_is_known_serves_where_its_pod_says() {
    let spec = r#"{"containers": [{"name": "c", "image": "ghcr.io/acme/shop:1.2", "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
        "livenessProbe": {"tcpSocket": {"port": 8081}}}]}"#;
    let mut world = World::new(RuntimeProfile::Lively);
    world.pod("web", spec, &[]);
    world.run(30_000);
    let ready = |world: &World| world.get("web").status.container_statuses[0].ready;
    assert!(ready(&world), "{}", world.news());
}

#[test]
fn a_healthy_pod_costs_nothing_while_it_runs() {
    let probed = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1},
        "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1}}]}"#;
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("plain", NGINX, &[]);
    world.pod("probed", probed, &[]);
    world.run(10_000);
    assert_eq!(world.get("probed").status.phase.as_deref(), Some("Running"));
    assert!(world.get("probed").status.container_statuses[0].ready);
    assert_eq!(world.kubelet.next(), None);
}

#[test]
fn a_failed_liveness_probe_restarts_the_container() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25", "livenessProbe":
        {"httpGet": {"port": 80}, "periodSeconds": 2, "failureThreshold": 2}}]}"#;
    world.pod("live", spec, &[("orrery.dev/probe.c.liveness", "fail-after=5s")]);
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:00.000 live Pending [] 
        00:00:00.000 live Pending [PS] 
        00:00:00.002 live Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 live Running [PRTSC I R CR PS] c: running ready
        00:00:06.002   Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500
        00:00:08.002   Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500 (x2)
        00:00:08.002   Normal Killing: Container c failed liveness probe, will be restarted
        00:00:08.002   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:08.005   Normal Created: Created container: c (x2)
        00:00:08.005   Normal Started: Started container c (x2)
        00:00:08.357 live Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}
