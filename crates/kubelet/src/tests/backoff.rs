//! How long a container that has ended waits for its next start, and when that is forgotten.

use super::*;

/// When the container of the pod was started, in seconds, as far as events tell.
fn starts(world: &mut World) -> Vec<u64> {
    let news = world.news();
    let lines = news.lines().filter(|line| line.contains("Normal Started"));
    let seconds = |line: &str| {
        let parts = line[..8].split(':').map(|part| part.parse::<u64>().expect("a part of a time"));
        parts.fold(0, |sum, part| sum * 60 + part)
    };
    lines.map(seconds).collect()
}

#[test]
fn every_crash_doubles_the_wait_up_to_five_minutes() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let crash = r#"{"containers": [{"name": "c", "image": "busybox:1", "command": ["sh", "-c", "exit 1"]}]}"#;
    world.pod("crash", crash, &[]);
    world.run(1_500_000);
    expect!["[0, 0, 14, 41, 94, 186, 356, 669, 982, 1295]"].assert_eq(&format!("{:?}", starts(&mut world)));
}

#[test]
fn a_container_that_ran_for_ten_minutes_starts_at_once() {
    let mut world = World::new(RuntimeProfile::Immediate);
    world.pod("long", NGINX, &[("orrery.dev/run.c", "11m:1")]);
    world.run(2_100_000);
    expect!["[0, 660, 1321, 1982]"].assert_eq(&format!("{:?}", starts(&mut world)));
}

#[test]
fn a_new_image_is_tried_at_once() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let crash = r#"{"containers": [{"name": "c", "image": "busybox:1", "command": ["sh", "-c", "exit 1"]}]}"#;
    world.pod("crash", crash, &[]);
    world.run(60_000);
    world.news();
    let request = world.request();
    let change = |pod: &mut Pod| Rc::make_mut(&mut pod.spec).containers[0].image = Some("busybox:2".into());
    world.api.modify::<Pod>(&request, "default", "crash", change).expect("an image may change");
    world.run(5_000);
    expect!["[60]"].assert_eq(&format!("{:?}", starts(&mut world)));
}

#[test]
fn a_crashing_container_shows_the_error_first_and_the_back_off_later() {
    let mut world = World::new(RuntimeProfile::Immediate);
    let crash = r#"{"containers": [{"name": "c", "image": "busybox:1", "command": ["sh", "-c", "exit 1"]}]}"#;
    world.pod("crash", crash, &[]);
    world.run(32_000);
    world.expect(&expect![[r#"
        00:00:00.000 crash Pending [] 
        00:00:00.000 crash Pending [PS] 
        00:00:00.002 crash Pending [I PS] c: ContainerCreating
        00:00:00.005   Normal Pulling: Pulling image "busybox:1"
        00:00:00.005   Normal Pulled: Successfully pulled image "busybox:1" in 0s (0s including waiting). Image size: 1048576 bytes.
        00:00:00.008   Normal Created: Created container: c
        00:00:00.008   Normal Started: Started container c
        00:00:00.357 crash Running [PRTSC I PS] c: Error 1
        00:00:00.357   Normal Pulled: Container image "busybox:1" already present on machine
        00:00:00.360   Normal Created: Created container: c (x2)
        00:00:00.360   Normal Started: Started container c (x2)
        00:00:01.357 crash Running [PRTSC I PS] c: Error 1 restarts=1
        00:00:01.357   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414)
        00:00:14.757 crash Running [PRTSC I PS] c: CrashLoopBackOff restarts=1
        00:00:14.757   Normal Pulled: Container image "busybox:1" already present on machine (x2)
        00:00:14.760   Normal Created: Created container: c (x3)
        00:00:14.760   Normal Started: Started container c (x3)
        00:00:15.357 crash Running [PRTSC I PS] c: Error 1 restarts=2
        00:00:15.357   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414) (x2)
        00:00:28.757 crash Running [PRTSC I PS] c: CrashLoopBackOff restarts=2
        00:00:28.757   Warning BackOff: Back-off restarting failed container c in pod crash_default(9c0804f5-aac5-4d80-8827-ff12c9a4b414) (x3)
    "#]]);
}
