//! How containers start and stop: hooks, grace, the turns of sidecars, and what is added for a look.

use super::*;

#[test]
fn sidecars_end_after_the_containers_and_one_after_the_other() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"initContainers": [
            {"name": "first", "image": "busybox:1", "command": ["serve"], "restartPolicy": "Always"},
            {"name": "second", "image": "busybox:1", "command": ["serve"], "restartPolicy": "Always",
                "lifecycle": {"preStop": {"sleep": {"seconds": 4}}}}],
        "containers": [{"name": "main", "image": "nginx:1.25",
            "lifecycle": {"preStop": {"sleep": {"seconds": 2}}}}]}"#;
    world.pod("web", spec, &[]);
    world.run(5_000);
    world.news();
    world.delete("web");
    world.run(12_000);
    let pod =
        world.api.watch(0).expect("nothing is compacted").filter_map(|c| Pod::unwrap_ref(&c.value)).last();
    let ends = |list: &[orrery_api::ContainerStatus]| {
        let end = |s: &orrery_api::ContainerStatus| {
            let at = s.state.terminated.as_ref().and_then(|t| t.finished_at).map(|t| t.to_string());
            format!("{} {}", s.name, at.unwrap_or_default())
        };
        list.iter().map(end).collect::<Vec<_>>().join(", ")
    };
    let status = &pod.expect("the pod was there").status;
    expect!["main 2025-01-01T00:00:07Z"].assert_eq(&ends(&status.container_statuses));
    expect!["first 2025-01-01T00:00:09Z, second 2025-01-01T00:00:09Z"]
        .assert_eq(&ends(&status.init_container_statuses));
    world.expect(&expect![[r#"
        00:00:05.000 web Running terminating [PRTSC I R CR PS] first: running ready, second: running ready, main: running ready
        00:00:05.002   Normal Killing: Stopping container main
        00:00:05.002   Normal Killing: Stopping container second
        00:00:05.002   Normal Killing: Stopping container first
        00:00:09.002 web Succeeded terminating [I PS] first: Completed 0, second: Completed 0, main: Completed 0
        00:00:09.357 deleted web Succeeded terminating [I PS] first: Completed 0, second: Completed 0, main: Completed 0
    "#]]);
}

#[test]
fn a_probe_may_state_a_grace_of_its_own() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"terminationGracePeriodSeconds": 30, "containers": [{"name": "c", "image": "nginx:1.25",
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1, "failureThreshold": 1,
            "terminationGracePeriodSeconds": 3}}]}"#;
    let annotations = [("orrery.dev/probe.c.liveness", "fail-after=5s"), ("orrery.dev/ignore-sigterm", "1")];
    world.pod("stubborn", spec, &annotations);
    world.run(4_000);
    world.news();
    world.run(6_000);
    world.expect(&expect![[r#"
        00:00:05.002   Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500
        00:00:05.002   Normal Killing: Container c failed liveness probe, will be restarted
        00:00:08.002   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:08.005   Normal Created: Created container: c (x2)
        00:00:08.005   Normal Started: Started container c (x2)
        00:00:08.357 stubborn Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}

#[test]
fn a_container_counts_as_started_when_its_hook_is_through() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"containers": [
        {"name": "slow", "image": "nginx:1.25", "lifecycle": {"postStart": {"sleep": {"seconds": 3}}}},
        {"name": "next", "image": "nginx:1.25"}]}"#;
    world.pod("web", spec, &[]);
    world.run(6_000);
    world.expect(&expect![[r#"
        00:00:00.000 web Pending [] 
        00:00:00.000 web Pending [PS] 
        00:00:00.002 web Pending [I PS] next: ContainerCreating, slow: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: slow
        00:00:00.008   Normal Started: Started container slow
        00:00:03.008   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:03.011   Normal Created: Created container: next
        00:00:03.011   Normal Started: Started container next
        00:00:03.357 web Running [PRTSC I R CR PS] next: running ready, slow: running ready
    "#]]);
}

#[test]
fn a_container_whose_first_hook_fails_is_stopped_and_backed_off() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "lifecycle": {"postStart": {"exec": {"command": ["sh", "-c", "exit 1"]}}}}]}"#;
    world.pod("web", spec, &[]);
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:00.000 web Pending [] 
        00:00:00.000 web Pending [PS] 
        00:00:00.002 web Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.008   Warning FailedPostStartHook: PostStartHook failed
        00:00:00.008   Normal Killing: FailedPostStartHook
        00:00:00.357 web Running [PRTSC I PS] c: PostStartHookError
        00:00:00.357   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:00.360   Normal Created: Created container: c (x2)
        00:00:00.360   Normal Started: Started container c (x2)
        00:00:00.360   Warning FailedPostStartHook: PostStartHook failed (x2)
        00:00:00.360   Normal Killing: FailedPostStartHook (x2)
        00:00:01.357 web Running [PRTSC I PS] c: PostStartHookError restarts=1
        00:00:01.357   Warning BackOff: Back-off restarting failed container c in pod web_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414)
    "#]]);
}

#[test]
fn a_hook_that_no_kubelet_runs_fails() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "lifecycle": {"postStart": {"tcpSocket": {"port": 80}}}}]}"#;
    world.pod("web", spec, &[]);
    world.run(500);
    let waiting = world.get("web").status.container_statuses[0].state.waiting.clone().expect("it waits");
    expect!["PostStartHookError: Cannot run handler: invalid handler: &LifecycleHandler{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{Port:{0 80 },Host:,},Sleep:nil,}"]
        .assert_eq(&format!("{}: {}", waiting.reason.unwrap_or_default(), waiting.message.unwrap_or_default()));
}

#[test]
fn a_container_that_is_added_for_a_look_runs_once() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(2_000);
    world.news();
    let mut pod = Pod::clone(world.get("web"));
    Rc::make_mut(&mut pod.spec).ephemeral_containers = vec![orrery_api::EphemeralContainer {
        name: "debugger".into(),
        image: Some("busybox:1.36".into()),
        command: ["sleep", "2"].map(Str::from).into(),
        ..Default::default()
    }];
    let request = world.request();
    world.api.update_ephemeral_containers(&request, pod.into()).expect("one may be added");
    world.run(15_000);
    world.expect(&expect![[r#"
        00:00:02.000 web Running [PRTSC I R CR PS] c: running ready
        00:00:02.002 web Running [PRTSC I R CR PS] c: running ready
        00:00:02.002   Normal Pulling: Pulling image "busybox:1.36"
        00:00:02.002   Normal Pulled: Successfully pulled image "busybox:1.36" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:02.005   Normal Created: Created container: debugger
        00:00:02.005   Normal Started: Started container debugger
        00:00:02.357 web Running [PRTSC I R CR PS] c: running ready
        00:00:04.357 web Running [PRTSC I R CR PS] c: running ready
    "#]]);
    let status = &world.get("web").status;
    let looks: Vec<String> = status.ephemeral_container_statuses.iter().map(container_line).collect();
    assert_eq!(looks, ["debugger: Completed 0"]);
    assert_eq!(world.kubelet.next(), None, "nothing is left to do");
}
