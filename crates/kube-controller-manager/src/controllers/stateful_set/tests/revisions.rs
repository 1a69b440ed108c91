//! The templates that a StatefulSet keeps.

use super::{Bench, SOON, manifest, roll, set, settled, story};
use expect_test::expect;
use orrery_api::{ControllerRevision, Kind, Pod};
use serde_json::json;
use std::rc::Rc;

/// Every revision: its number and the tag of the image that it keeps.
pub(super) fn history(bench: &Bench) -> String {
    let line = |revision: &Rc<ControllerRevision>| {
        let data = revision.data.as_ref().expect("a revision keeps something");
        let image = data["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
        (revision.revision, image.trim_start_matches("app:").to_owned())
    };
    let mut lines: Vec<_> = bench.api.list::<ControllerRevision>().map(line).collect();
    lines.sort_unstable();
    lines.iter().map(|(number, tag)| format!("{number}:{tag}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn templates_are_kept_up_to_the_limit_and_an_old_one_is_used_again() {
    let mut bench = settled(json!({"replicas": 1, "revisionHistoryLimit": 2}));
    let mut told = String::new();
    for tag in ["2", "3", "2", "4", "5", "1"] {
        roll(&mut bench, tag);
        story(&mut bench, &|_| true);
        told += &format!("{}\n", history(&bench));
    }
    expect![[r#"
        1:1 2:2
        1:1 2:2 3:3
        1:1 3:3 4:2
        3:3 4:2 5:4
        4:2 5:4 6:5
        5:4 6:5 7:1
    "#]]
    .assert_eq(&told);
    let (set, pod) = (set(&bench), bench.get::<Pod>("default", "web-0").expect("it is there"));
    assert_eq!(set.status.current_revision, set.status.update_revision);
    assert_eq!(pod.metadata.labels.get("controller-revision-hash"), set.status.update_revision.as_ref());
}

#[test]
fn a_revision_whose_name_is_taken_gets_another_and_the_collision_is_counted() {
    let mut first = settled(json!({"replicas": 0}));
    let name = set(&first).status.update_revision.clone().expect("there is a revision");
    let mut taken = ControllerRevision { data: Some(json!({"other": true})), ..Default::default() };
    taken.metadata.name = name.clone();
    taken.metadata.namespace = "default".into();
    assert_eq!(first.api.count(Kind::ControllerRevision), 1);
    first = Bench::new();
    first.create(taken);
    first.apply(manifest(json!({"replicas": 0})));
    first.pass(SOON);
    let status = &set(&first).status;
    assert_eq!(status.collision_count, Some(1));
    assert_ne!(status.update_revision, Some(name));
}
