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
