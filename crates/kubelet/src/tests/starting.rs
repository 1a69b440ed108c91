//! What it takes for a pod to come up: images, volumes, init containers, room.

use super::*;

#[test]
fn a_pod_comes_up_and_goes_in_the_order_of_the_recordings() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:00.000 web Pending [] 
        00:00:00.000 web Pending [PS] 
        00:00:00.002 web Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 web Running [PRTSC I R CR PS] c: running ready
    "#]]);
    world.delete("web");
    world.run(3_000);
    world.expect(&expect![[r#"
        00:00:03.000 web Running terminating [PRTSC I R CR PS] c: running ready
        00:00:03.002   Normal Killing: Stopping container c
        00:00:03.002 web Succeeded terminating [I PS] c: Completed 0
        00:00:03.357 deleted web Succeeded terminating [I PS] c: Completed 0
    "#]]);
    assert!(world.api.get::<Pod>("default", "web").is_none());
    assert_eq!(world.kubelet.next(), None, "nothing is left to do");
}

#[test]
fn an_image_that_is_not_there_is_tried_again_and_again() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("noimage", r#"{"containers": [{"name": "c", "image": "nosuch/image:1"}]}"#, &[]);
    world.run(20_000);
    world.expect(&expect![[r#"
        00:00:00.000 noimage Pending [] 
        00:00:00.000 noimage Pending [PS] 
        00:00:00.002 noimage Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nosuch/image:1"
        00:00:00.005   Warning Failed: Failed to pull image "nosuch/image:1": rpc error: code = NotFound desc = failed to pull and unpack image "nosuch/image:1": failed to resolve reference "nosuch/image:1": nosuch/image:1: not found
        00:00:00.005   Warning Failed: Error: ErrImagePull
        00:00:00.357 noimage Pending [PRTSC I PS] c: ErrImagePull
        00:00:00.357   Normal BackOff: Back-off pulling image "nosuch/image:1"
        00:00:00.357   Warning Failed: Error: ImagePullBackOff
        00:00:13.757 noimage Pending [PRTSC I PS] c: ImagePullBackOff
        00:00:13.757   Normal Pulling: Pulling image "nosuch/image:1" (x2)
        00:00:13.757   Warning Failed: Failed to pull image "nosuch/image:1": rpc error: code = NotFound desc = failed to pull and unpack image "nosuch/image:1": failed to resolve reference "nosuch/image:1": nosuch/image:1: not found (x2)
        00:00:13.757   Warning Failed: Error: ErrImagePull (x2)
    "#]]);
}

#[test]
fn init_containers_run_one_by_one_and_sidecars_stay() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"restartPolicy": "Never",
        "initContainers": [
            {"name": "side", "image": "busybox:1", "command": ["serve"], "restartPolicy": "Always"},
            {"name": "init", "image": "busybox:1", "command": ["sleep", "1"]}],
        "containers": [{"name": "main", "image": "busybox:1", "command": ["sleep", "2"]}]}"#;
    world.pod("job", spec, &[]);
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:00.000 job Pending [] 
        00:00:00.000 job Pending [PS] 
        00:00:00.002 job Pending [PS] side: PodInitializing, init: PodInitializing, main: PodInitializing
        00:00:00.005   Normal Pulling: Pulling image "busybox:1"
        00:00:00.005   Normal Pulled: Successfully pulled image "busybox:1" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: side
        00:00:00.008   Normal Started: Started container side
        00:00:00.357 job Pending [PRTSC PS] side: running ready, init: PodInitializing, main: PodInitializing
        00:00:00.357   Normal Pulled: Container image "busybox:1" already present on machine
        00:00:00.360   Normal Created: Created container: init
        00:00:00.360   Normal Started: Started container init
        00:00:01.357 job Pending [PRTSC PS] side: running ready, init: running, main: PodInitializing
        00:00:02.357 job Pending [PRTSC I PS] side: running ready, init: Completed 0 ready, main: PodInitializing
        00:00:02.357   Normal Pulled: Container image "busybox:1" already present on machine
        00:00:02.360   Normal Created: Created container: main
        00:00:02.360   Normal Started: Started container main
        00:00:03.357 job Running [PRTSC I R CR PS] side: running ready, init: Completed 0 ready, main: running ready
        00:00:05.357 job Running [PRTSC I PS] side: running ready, init: Completed 0 ready, main: Completed 0
        00:00:05.357   Normal Killing: Stopping container side
        00:00:06.357 job Running [I PS] side: Completed 0, init: Completed 0 ready, main: Completed 0
        00:00:08.357 job Succeeded [I PS] side: Completed 0, init: Completed 0 ready, main: Completed 0
    "#]]);
}

#[test]
fn images_take_time_where_things_are_lively() {
    let mut world = World::new(RuntimeProfile::Lively);
    world.pod("one", NGINX, &[]);
    world.pod("two", NGINX, &[]);
    world.run(12_000);
    world.expect(&expect![[r#"
        00:00:00.000 one Pending [] 
        00:00:00.000 one Pending [PS] 
        00:00:00.000 two Pending [] 
        00:00:00.000 two Pending [PS] 
        00:00:00.002 one Pending [I PS] c: ContainerCreating
        00:00:00.002 two Pending [I PS] c: ContainerCreating
        00:00:00.209   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.366   Normal Pulling: Pulling image "nginx:1.25"
        00:00:03.237   Normal Pulled: Successfully pulled image "nginx:1.25" in 3.028s (3.028s including waiting). Image size: 78022084 bytes.
        00:00:03.392   Normal Created: Created container: c
        00:00:03.392   Normal Started: Started container c
        00:00:03.684   Normal Pulled: Successfully pulled image "nginx:1.25" in 447ms (3.318s including waiting). Image size: 78022084 bytes.
        00:00:03.898   Normal Created: Created container: c
        00:00:03.898   Normal Started: Started container c
        00:00:04.357 two Running [PRTSC I R CR PS] c: running ready
        00:00:04.357 one Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn a_pod_waits_for_the_config_map_that_it_mounts() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec = r#"{"volumes": [{"name": "v", "configMap": {"name": "cfg"}}],
        "containers": [{"name": "c", "image": "nginx:1.25", "volumeMounts": [{"name": "v", "mountPath": "/etc/cfg"}]}]}"#;
    world.pod("web", spec, &[]);
    world.run(3_000);
    let map = ConfigMap { metadata: ObjectMeta::named("default", "cfg"), ..Default::default() };
    let request = world.request();
    world.api.create(&request, map.into()).expect("a new config map");
    world.run(4_000);
    world.expect(&expect![[r#"
        00:00:00.000 web Pending [] 
        00:00:00.000 web Pending [PS] 
        00:00:00.002 web Pending [I PS] c: ContainerCreating
        00:00:00.002   Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cfg" not found
        00:00:00.502   Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cfg" not found (x2)
        00:00:01.502   Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cfg" not found (x3)
        00:00:03.605   Normal Pulling: Pulling image "nginx:1.25"
        00:00:03.605   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:03.608   Normal Created: Created container: c
        00:00:03.608   Normal Started: Started container c
        00:00:04.357 web Running [PRTSC I R CR PS] c: running ready
    "#]]);
}

#[test]
fn a_pod_that_the_node_has_no_room_for_is_turned_away() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let spec =
        r#"{"containers": [{"name": "c", "image": "nginx:1.25", "resources": {"requests": {"cpu": "3"}}}]}"#;
    world.pod("first", spec, &[]);
    world.run(2_000);
    world.news();
    world.pod("second", spec, &[]);
    world.run(2_000);
    world.expect(&expect![[r#"
        00:00:02.000 second Pending [] 
        00:00:02.000 second Pending [PS] 
        00:00:02.002   Warning OutOfcpu: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000
        00:00:02.002 second Failed OutOfcpu [] 
    "#]]);
    world.delete("first");
    world.delete("second");
    world.run(3_000);
    world.news();
    world.pod("third", spec, &[]);
    world.run(2_000);
    assert_eq!(world.get("third").status.phase.as_deref(), Some("Running"), "what a pod took is given back");
}

#[test]
fn a_new_image_restarts_the_container() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(3_000);
    world.news();
    let request = world.request();
    let change = |pod: &mut Pod| Rc::make_mut(&mut pod.spec).containers[0].image = Some("nginx:1.26".into());
    world.api.modify::<Pod>(&request, "default", "web", change).expect("an image may change");
    world.run(2_000);
    world.expect(&expect![[r#"
        00:00:03.000 web Running [PRTSC I R CR PS] c: running ready
        00:00:03.002   Normal Killing: Container c definition changed, will be restarted
        00:00:03.002   Normal Pulling: Pulling image "nginx:1.26"
        00:00:03.002   Normal Pulled: Successfully pulled image "nginx:1.26" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:03.005   Normal Created: Created container: c (x2)
        00:00:03.005   Normal Started: Started container c (x2)
        00:00:03.357 web Running [PRTSC I R CR PS] c: running ready restarts=1
    "#]]);
}

#[test]
fn what_is_kept_of_a_pod_stays_small_because_there_are_150_000_of_them() {
    use crate::pod_worker::{PodWorker, Run};
    for (what, size, bound) in [("PodWorker", size_of::<PodWorker>(), 264), ("Run", size_of::<Run>(), 88)] {
        assert!(size <= bound, "{what} grew to {size} bytes");
    }
}
