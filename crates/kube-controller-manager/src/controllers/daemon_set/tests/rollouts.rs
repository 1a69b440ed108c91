//! How a DaemonSet goes from one template to the next, and what it keeps of the last.

use super::super::template::REVISION_HASH;
use super::*;
use orrery_api::ControllerRevision;
use orrery_apimachinery::IntOrString;

fn set_image(bench: &mut Bench, image: &str) {
    change(bench, |set| {
        let template = Rc::make_mut(&mut set.spec.template);
        Rc::make_mut(&mut template.spec).containers[0].image = Some(image.into());
    });
}

fn limit(bench: &mut Bench, max_surge: i32, max_unavailable: i32) {
    change(bench, |set| {
        let rolling = set.spec.update_strategy.rolling_update.as_mut().expect("it is the default");
        rolling.max_surge = Some(IntOrString::Int(max_surge));
        rolling.max_unavailable = Some(IntOrString::Int(max_unavailable));
    });
}

/// Number and name of every revision, and how many pods go by it.
fn revisions(bench: &Bench) -> String {
    let mut revisions: Vec<_> = bench.api.list::<ControllerRevision>().cloned().collect();
    revisions.sort_by_key(|revision| revision.revision);
    let line = |revision: &Rc<ControllerRevision>| {
        let hash = revision.metadata.labels.get(REVISION_HASH);
        let pods = bench.pods().iter().filter(|p| p.metadata.labels.get(REVISION_HASH) == hash).count();
        format!("{} {} {pods}\n", revision.revision, revision.metadata.name)
    };
    revisions.iter().map(line).collect()
}

#[test]
fn an_update_replaces_pods_within_its_limits() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 6] = [
        (
            "one node after the other",
            |_| {},
            expect![[r#"
                node-1 agent:1 going, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 ready, 3 available
                1 s
                node-1 agent:2 waiting, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 1 updated, 2 ready, 2 available, 1 unavailable
                2 s
                node-1 agent:2 ready, node-2 agent:1 going, node-3 agent:1 ready
                3 desired, 3 current, 1 updated, 3 ready, 3 available
                3 s
                node-1 agent:2 ready, node-2 agent:2 waiting, node-3 agent:1 ready
                3 desired, 3 current, 2 updated, 2 ready, 2 available, 1 unavailable
                5 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:1 going
                3 desired, 3 current, 2 updated, 3 ready, 3 available
                6 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 waiting
                3 desired, 3 current, 3 updated, 2 ready, 2 available, 1 unavailable
                7 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
        (
            "two at once",
            |bench| limit(bench, 0, 2),
            expect![[r#"
                node-1 agent:1 going, node-2 agent:1 going, node-3 agent:1 ready
                3 desired, 3 current, 3 ready, 3 available
                1 s
                node-1 agent:2 waiting, node-2 agent:2 waiting, node-3 agent:1 ready
                3 desired, 3 current, 2 updated, 1 ready, 1 available, 2 unavailable
                2 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:1 going
                3 desired, 3 current, 2 updated, 3 ready, 3 available
                3 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 waiting
                3 desired, 3 current, 3 updated, 2 ready, 2 available, 1 unavailable
                5 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
        (
            "beside the old one, which stays until the new one can serve",
            |bench| limit(bench, 1, 0),
            expect![[r#"
                node-1 agent:1 ready, node-1 agent:2 waiting, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 ready, 3 available
                1 s
                node-1 agent:1 going, node-1 agent:2 ready, node-2 agent:1 ready, node-2 agent:2 waiting, node-3 agent:1 ready
                3 desired, 3 current, 3 ready, 3 available
                2 s
                node-1 agent:2 ready, node-2 agent:1 going, node-2 agent:2 ready, node-3 agent:1 ready, node-3 agent:2 waiting
                3 desired, 3 current, 1 updated, 3 ready, 3 available
                3 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:1 going, node-3 agent:2 ready
                3 desired, 3 current, 2 updated, 3 ready, 3 available
                5 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
        (
            "nothing happens until somebody deletes a pod",
            |bench| {
                change(bench, |set| {
                    set.spec.update_strategy.type_ = Some("OnDelete".into());
                    set.spec.update_strategy.rolling_update = None;
                });
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 ready, 3 available
            "#]],
        ),
        (
            "what does not serve anyway goes first, and counts",
            |bench| {
                let pods = bench.pods();
                let third = pods.iter().find(|pod| pod.node_name.as_deref() == Some("node-3"));
                bench.set_ready(third.expect("there is one on each"), "10.244.0.1", false);
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 going
                3 desired, 3 current, 2 ready, 2 available, 1 unavailable
                1 s
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:2 waiting
                3 desired, 3 current, 1 updated, 2 ready, 2 available, 1 unavailable
                2 s
                node-1 agent:1 going, node-2 agent:1 ready, node-3 agent:2 ready
                3 desired, 3 current, 1 updated, 3 ready, 3 available
                3 s
                node-1 agent:2 waiting, node-2 agent:1 ready, node-3 agent:2 ready
                3 desired, 3 current, 2 updated, 2 ready, 2 available, 1 unavailable
                5 s
                node-1 agent:2 ready, node-2 agent:1 going, node-3 agent:2 ready
                3 desired, 3 current, 2 updated, 3 ready, 3 available
                6 s
                node-1 agent:2 ready, node-2 agent:2 waiting, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 2 ready, 2 available, 1 unavailable
                7 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
        (
            "a new pod counts when it has been ready for long enough",
            |bench| {
                change(bench, |set| set.spec.min_ready_seconds = 5);
                bench.pass(Duration::from_secs(6));
            },
            expect![[r#"
                node-1 agent:1 going, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 ready, 3 available
                7 s
                node-1 agent:2 waiting, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 1 updated, 2 ready, 2 available, 1 unavailable
                8 s
                node-1 agent:2 ready, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 1 updated, 3 ready, 2 available, 1 unavailable
                14 s
                node-1 agent:2 ready, node-2 agent:2 waiting, node-3 agent:1 ready
                3 desired, 3 current, 2 updated, 2 ready, 2 available, 1 unavailable
                15 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:1 ready
                3 desired, 3 current, 2 updated, 3 ready, 2 available, 1 unavailable
                22 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 waiting
                3 desired, 3 current, 3 updated, 2 ready, 2 available, 1 unavailable
                23 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 3 ready, 2 available, 1 unavailable
                29 s
                node-1 agent:2 ready, node-2 agent:2 ready, node-3 agent:2 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
    ];
    for (row, prepare, expected) in rows {
        let mut bench = bench(manifest(&plain()));
        prepare(&mut bench);
        bench.pass(SOON);
        set_image(&mut bench, "agent:2");
        bench.pass(SOON);
        let mut last = picture(&bench);
        let mut film = last.clone();
        for _ in 0..30 {
            bench.pass(Duration::from_secs(1));
            nodes_work(&mut bench, |_| true);
            let now = picture(&bench);
            if now != last {
                write!(film, "{} s\n{now}", bench.now.as_nanos() / 1_000_000_000).expect("it is memory");
                last = now;
            }
        }
        expected.assert_eq(&film);
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn an_update_that_does_not_get_ready_stops() {
    for (row, max_surge, max_unavailable, ready, broken) in [
        ("one node is without", 0, 1, 2, 1),
        ("two nodes are without", 0, 2, 1, 2),
        ("a broken pod stands beside an old one", 1, 0, 3, 1),
    ] {
        let mut bench = bench(manifest(&plain()));
        limit(&mut bench, max_surge, max_unavailable);
        set_image(&mut bench, "agent:broken");
        bench.pass(SOON);
        for _ in 0..6 {
            nodes_work(&mut bench, |_| false);
        }
        let text = pods(&bench);
        let count = |what: &str| text.matches(what).count();
        assert_eq!((count("agent:1 ready"), count("agent:broken Running")), (ready, broken), "{row}: {text}");
        limit(&mut bench, 0, 1);
        set_image(&mut bench, "agent:1");
        settle(&mut bench);
        assert_eq!(pods(&bench).matches("agent:1 ready").count(), 3, "{row}: it is mended");
    }
}

#[test]
fn revisions_come_back_with_a_new_number_and_the_oldest_go() {
    let mut bench = bench(manifest(&plain()));
    change(&mut bench, |set| set.spec.revision_history_limit = Some(1));
    let mut text = String::new();
    for image in ["agent:2", "agent:1", "agent:3"] {
        set_image(&mut bench, image);
        for _ in 0..3 {
            settle(&mut bench);
        }
        write!(text, "{image}\n{}", revisions(&bench)).expect("it is memory");
    }
    expect![[r#"
        agent:2
        1 agent-55bf49f497 0
        2 agent-96b46897d 3
        agent:1
        2 agent-96b46897d 0
        3 agent-55bf49f497 3
        agent:3
        3 agent-55bf49f497 0
        4 agent-55c658d999 3
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_revision_is_made_again_and_a_name_that_is_taken_gives_way() {
    let mut bench = bench(manifest(&plain()));
    let first = bench.api.list::<ControllerRevision>().next().expect("there is one").clone();
    bench.drop_object(&first);
    bench.pass(SOON);
    assert_eq!(revisions(&bench), format!("1 {} 3\n", first.metadata.name));

    let mut bench = Bench::new();
    let stranger = ControllerRevision {
        metadata: ObjectMeta::named("default", first.metadata.name.clone()),
        data: Some(json!({})),
        revision: 7,
    };
    bench.create(stranger);
    bench.apply(manifest(&plain()));
    bench.pass(Duration::from_secs(1));
    let set = bench.get::<DaemonSet>("default", "agent").expect("it is there");
    assert_eq!((set.status.collision_count, set.status.observed_generation), (Some(1), 1));
    assert_eq!(bench.api.list::<ControllerRevision>().count(), 2);
}
