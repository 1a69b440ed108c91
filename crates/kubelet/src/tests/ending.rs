//! How pods end: by themselves, by their deadline, by deletion.

use super::*;

#[test]
fn a_pod_that_ignores_sigterm_is_killed_after_its_grace() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec =
        r#"{"terminationGracePeriodSeconds": 8, "containers": [{"name": "c", "image": "nginx:1.25"}]}"#;
    world.pod("stubborn", spec, &[("orrery.dev/ignore-sigterm", "1")]);
    world.run(4_000);
    world.news();
    world.delete("stubborn");
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:04.000 stubborn Running terminating [PRTSC I R CR PS] c: running ready
        00:00:04.002   Normal Killing: Stopping container c
        00:00:12.002 stubborn Failed terminating [I PS] c: Error 137
        00:00:12.357 deleted stubborn Failed terminating [I PS] c: Error 137
    "#]]);
}

#[test]
fn a_pod_whose_time_is_up_fails() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"activeDeadlineSeconds": 4, "containers": [{"name": "c", "image": "nginx:1.25"}]}"#;
    world.pod("late", spec, &[]);
    world.run(2_000);
    world.news();
    world.run(6_000);
    world.expect(&expect![[r#"
        00:00:04.757   Normal DeadlineExceeded: Pod was active on the node longer than the specified deadline
        00:00:04.757 late Running [PRTSC I PS] c: running ready
        00:00:05.357   Normal Killing: Stopping container c
        00:00:05.357 late Failed DeadlineExceeded [I PS] c: Completed 0
    "#]]);
    assert_eq!(world.get("late").status.reason.as_deref(), Some("DeadlineExceeded"));
}

#[test]
fn a_pod_that_has_ended_makes_room_before_it_is_gone() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = |command: &str| {
        format!(
            r#"{{"restartPolicy": "Never", "containers": [{{"name": "c", "image": "nginx:1.25", "command": {command}, "resources": {{"requests": {{"cpu": "3"}}}}}}]}}"#
        )
    };
    world.pod("first", &spec(r#"["sleep", "3"]"#), &[]);
    let ended = |world: &World| world.get("first").status.phase.as_deref() == Some("Succeeded");
    while !ended(&world) {
        world.run(1);
    }
    world.pod("second", &spec(r#"["sleep", "60"]"#), &[]);
    world.run(2_000);
    assert_eq!(world.get("second").status.phase.as_deref(), Some("Running"));
    assert_eq!(
        world.get("first").status.pod_ip.as_deref(),
        Some("10.244.0.2"),
        "its status keeps its address"
    );
}

#[test]
fn a_pod_deleted_by_force_is_stopped_all_the_same() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(2_000);
    world.news();
    let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
    let request = world.request();
    world.api.delete(&request, &Key::new(Kind::Pod, "default", "web"), &options).expect("the pod is there");
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:02.000 deleted web Running [PRTSC I R CR PS] c: running ready
        00:00:02.002   Normal Killing: Stopping container c
    "#]]);
    assert_eq!(world.kubelet.next(), None, "nothing is left to do");
}
