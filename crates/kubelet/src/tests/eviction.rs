//! What a kubelet does when its machine runs short of something.

use super::*;
use crate::Strain;
use orrery_api::PriorityClass;

fn memory(request: &str, class: &str) -> String {
    format!(
        r#"{{"priorityClassName": "{class}", "containers": [{{"name": "c", "image": "nginx:1.25",
            "resources": {{"requests": {{"memory": "{request}"}}}}}}]}}"#
    )
}

#[test]
fn of_those_that_exceed_their_requests_the_least_important_goes_first() {
    let mut world = World::new(RuntimeProfile::Immediate);
    for (name, value) in [("low", 0), ("high", 10)] {
        let class = PriorityClass { metadata: ObjectMeta::named("", name), value, ..Default::default() };
        let request = world.request();
        world.api.create(&request, class.into()).expect("a new class");
    }
    world.pod("modest", &memory("8Gi", "low"), &[("orrery.dev/memory.c", "7Gi")]);
    world.pod("dear", &memory("1Gi", "high"), &[("orrery.dev/memory.c", "1Gi, 15s=5Gi")]);
    world.pod("cheap", &memory("1Gi", "low"), &[("orrery.dev/memory.c", "1Gi, 20s=4Gi")]);
    world.run(12_000);
    world.news();
    world.run(30_000);
    world.expect(&expect![[r#"
        00:00:20.370   Normal NodeHasInsufficientMemory: Node node-1 status is now: NodeHasInsufficientMemory
        00:00:20.370   Warning EvictionThresholdMet: Attempting to reclaim memory
        00:00:20.370   Warning Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. Container c was using 4Gi, request is 1Gi, has larger consumption of memory. 
        00:00:20.370 cheap Running [DT PRTSC I PS] c: running ready
        00:00:21.357   Normal Killing: Stopping container c
        00:00:21.357 cheap Failed Evicted [DT I PS] c: Completed 0
    "#]]);
    world.pod("none", NGINX, &[]);
    world.pod("burst", &memory("1Mi", "low"), &[]);
    world.run(300_000);
    world.expect(&expect![[r#"
        00:00:42.000 none Pending [] 
        00:00:42.000 none Pending [PS] 
        00:00:42.000 burst Pending [] 
        00:00:42.000 burst Pending [PS] 
        00:00:42.002   Warning Evicted: The node had condition: [MemoryPressure]. 
        00:00:42.002 none Failed Evicted [] 
        00:00:42.002 burst Pending [I PS] c: ContainerCreating
        00:00:42.005   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:42.008   Normal Created: Created container: c
        00:00:42.008   Normal Started: Started container c
        00:00:42.357 burst Running [PRTSC I R CR PS] c: running ready
        00:05:20.370   Normal NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory (x2)
    "#]]);
}

#[test]
fn a_full_disk_costs_pods_until_somebody_tidies_up() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("web", NGINX, &[]);
    world.run(5_000);
    world.news();
    let now = world.now;
    world.kubelet.strain(Strain::Disk, now);
    world.run(30_000);
    world.expect(&expect![[r#"
        00:00:10.370   Normal NodeHasDiskPressure: Node node-1 status is now: NodeHasDiskPressure
        00:00:10.370   Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage
        00:00:10.370   Warning Evicted: The node was low on resource: ephemeral-storage. Threshold quantity: 10737418400, available: 5Gi. 
        00:00:10.370 web Running [DT PRTSC I PS] c: running ready
        00:00:11.357   Normal Killing: Stopping container c
        00:00:11.357 web Failed Evicted [DT I PS] c: Completed 0
        00:00:11.370   Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage (x2)
        00:00:20.370   Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage (x3)
        00:00:30.370   Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage (x4)
    "#]]);
    let now = world.now;
    world.kubelet.relieve(now);
    world.run(310_000);
    world.expect(&expect![[r#"
        00:05:30.370   Normal NodeHasNoDiskPressure: Node node-1 status is now: NodeHasNoDiskPressure (x2)
    "#]]);
    assert_eq!(world.kubelet.next(), None, "what is well costs nothing");
}

#[test]
fn a_pod_that_keeps_more_than_it_may_is_evicted() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let limited = r#"{"containers": [{"name": "c", "image": "nginx:1.25",
        "resources": {"limits": {"ephemeral-storage": "1Gi"}}}]}"#;
    world.pod("layer", limited, &[("orrery.dev/disk.c", "1Mi, 12s=2Gi")]);
    let cache = r#"{"volumes": [{"name": "cache", "emptyDir": {"sizeLimit": "500Mi"}}],
        "containers": [{"name": "c", "image": "nginx:1.25"}]}"#;
    world.pod("cache", cache, &[("orrery.dev/disk.cache", "600Mi")]);
    world.run(30_000);
    world.expect(&expect![[r#"
        00:00:00.000 layer Pending [] 
        00:00:00.000 layer Pending [PS] 
        00:00:00.000 cache Pending [] 
        00:00:00.000 cache Pending [PS] 
        00:00:00.002 layer Pending [I PS] c: ContainerCreating
        00:00:00.002 cache Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "nginx:1.25"
        00:00:00.005   Normal Pulled: Successfully pulled image "nginx:1.25" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.005   Normal Pulled: Container image "nginx:1.25" already present on machine
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 layer Running [PRTSC I R CR PS] c: running ready
        00:00:00.357 cache Running [PRTSC I R CR PS] c: running ready
        00:00:00.370   Warning Evicted: Usage of EmptyDir volume "cache" exceeds the limit "500Mi". 
        00:00:01.357 cache Running [PRTSC I PS] c: running ready
        00:00:02.357   Normal Killing: Stopping container c
        00:00:02.357 cache Failed Evicted [I PS] c: Completed 0
        00:00:20.370   Warning Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. 
        00:00:20.370 layer Running [PRTSC I PS] c: running ready
        00:00:21.357   Normal Killing: Stopping container c
        00:00:21.357 layer Failed Evicted [I PS] c: Completed 0
    "#]]);
}
