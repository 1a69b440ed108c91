//! What pods make of the life of their node.

use super::*;

#[test]
fn a_power_cut_ends_containers_and_silences_the_lease() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(25_000);
    let marked = |world: &World| {
        let lease = world.api.get::<Lease>("kube-node-lease", "node-1").expect("a lease");
        (lease.metadata.annotations.get(HEARTBEAT.0).is_some(), lease.spec.renew_time.map(|t| t.to_string()))
    };
    let now = world.now;
    world.kubelet.power_off(&mut world.api, now);
    assert_eq!(
        marked(&world),
        (false, Some("2025-01-01T00:00:20.000000Z".into())),
        "the last renewal was at 20 s"
    );
    world.run(10_000);
    world.news();
    let now = world.now;
    world.kubelet.start(&mut world.api, now);
    world.run(5_000);
    assert!(marked(&world).0);
    world.expect(&expect![[r#"
        00:00:35.000   Normal Starting: Starting kubelet. (x2)
        00:00:35.000   Normal NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory (x2)
        00:00:35.000   Normal NodeHasNoDiskPressure: Node node-1 status is now: NodeHasNoDiskPressure (x2)
        00:00:35.000   Normal NodeHasSufficientPID: Node node-1 status is now: NodeHasSufficientPID (x2)
        00:00:35.000   Normal NodeAllocatableEnforced: Updated Node Allocatable limit across pods (x2)
        00:00:35.000   Warning Rebooted: Node node-1 has been rebooted, boot id: 5c1e35c6-e0c0-4c52-9663-5863965f85a0
        00:00:35.000 web Running [I PS] c: Unknown 255
        00:00:35.000   Normal SandboxChanged: Pod sandbox changed, it will be killed and re-created.
        00:00:35.003   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:35.006   Normal Created: Created container: c (x2)
        00:00:35.006   Normal Started: Started container c (x2)
        00:00:35.357 web Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}

#[test]
fn containers_outlive_their_kubelet() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.pod("crash", NGINX, &[("orrery.dev/run.c", "8s:1")]);
    world.pod("gone", NGINX, &[]);
    world.run(5_000);
    let id = |world: &World| world.get("web").status.container_statuses[0].container_id.clone();
    let before = id(&world);
    let now = world.now;
    world.kubelet.stop(&mut world.api, now);
    world.news();
    world.delete_now("gone");
    world.pod("new", NGINX, &[]);
    world.run(20_000);
    world.expect(&expect![[r#"
        00:00:05.000 deleted gone Running [PRTSC I R CR PS] c: running ready
        00:00:05.000 new Pending [] 
        00:00:05.000 new Pending [PS] 
    "#]]);
    let now = world.now;
    world.kubelet.start(&mut world.api, now);
    world.run(3_000);
    assert_eq!(id(&world), before, "the container of web is the one that it was");
    world.expect(&expect![[r#"
        00:00:25.000   Normal Starting: Starting kubelet. (x2)
        00:00:25.000   Normal NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory (x2)
        00:00:25.000   Normal NodeHasNoDiskPressure: Node node-1 status is now: NodeHasNoDiskPressure (x2)
        00:00:25.000   Normal NodeHasSufficientPID: Node node-1 status is now: NodeHasSufficientPID (x2)
        00:00:25.000   Normal NodeAllocatableEnforced: Updated Node Allocatable limit across pods (x2)
        00:00:25.000 crash Running [PRTSC I PS] c: Error 1
        00:00:25.000   Normal Pulled: Container image "nginx:1.25" already present on machine (x2)
        00:00:25.000 new Pending [I PS] c: ContainerCreating
        00:00:25.000   Normal Killing: Stopping container c
        00:00:25.003   Normal Created: Created container: c (x2)
        00:00:25.003   Normal Started: Started container c (x2)
        00:00:25.003   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:25.006   Normal Created: Created container: c
        00:00:25.006   Normal Started: Started container c
        00:00:25.357 crash Running [PRTSC I R CR PS] c: running ready restarts=1
        00:00:25.357 new Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn a_kubelet_that_is_cut_off_goes_on_with_what_it_knows() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("crash", NGINX, &[("orrery.dev/run.c", "8s:1")]);
    world.pod("deleted", NGINX, &[]);
    world.pod("gone", NGINX, &[]);
    world.run(5_000);
    world.news();
    let now = world.now;
    world.kubelet.disconnect(&mut world.api, now);
    world.delete("deleted");
    world.delete_now("gone");
    world.pod("new", NGINX, &[]);
    world.run(30_000);
    world.expect(&expect![[r#"
        00:00:05.000 deleted Running terminating [PRTSC I R CR PS] c: running ready
        00:00:05.000 deleted gone Running [PRTSC I R CR PS] c: running ready
        00:00:05.000 new Pending [] 
        00:00:05.000 new Pending [PS] 
    "#]]);
    let now = world.now;
    world.kubelet.connect(&mut world.api, now);
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:35.000   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:35.000   Normal Created: Created container: c (x2)
        00:00:35.000   Normal Started: Started container c (x2)
        00:00:35.000   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414)
        00:00:35.000   Normal Pulled: Container image "nginx:1.25" already present on machine (x2)
        00:00:35.000   Normal Created: Created container: c (x3)
        00:00:35.000   Normal Started: Started container c (x3)
        00:00:35.000 crash Running [PRTSC I R CR PS] c: running ready restarts=2
        00:00:35.000   Normal Killing: Stopping container c
        00:00:35.000 deleted Succeeded terminating [I PS] c: Completed 0
        00:00:35.000 new Pending [I PS] c: ContainerCreating
        00:00:35.000   Normal Killing: Stopping container c
        00:00:35.003   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:35.006   Normal Created: Created container: c
        00:00:35.006   Normal Started: Started container c
        00:00:35.357 deleted deleted Succeeded terminating [I PS] c: Completed 0
        00:00:35.357 new Running [PRTSC I R CR PS] c: running ready
    "#]]);
}
