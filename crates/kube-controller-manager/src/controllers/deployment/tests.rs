//! Rollouts, told by the scaling events and the statuses that they leave behind.

use super::{DeploymentController, replica_sets};
use crate::controllers::replica_set::ReplicaSetController;
use crate::testing::Workbench;
use crate::{Action, Controller, Wake};
use expect_test::{Expect, expect};
use orrery_api::{Deployment, Kind, Pod, ReplicaSet};
use orrery_apimachinery::{StatusResult, Value};
use orrery_client::{ApiServer, Change, Context, Key};
use orrery_sim::Duration;
use serde_json::json;
use std::rc::Rc;

/// The controllers of Deployments and of ReplicaSets at one bench.
#[derive(Default)]
struct Both {
    deployments: DeploymentController,
    sets: ReplicaSetController,
}

impl Controller for Both {
    const NAME: &'static str = "both";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        self.sets.observe(change, api, wake);
        self.deployments.observe(change, api, wake);
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        match key.kind {
            Kind::Deployment => self.deployments.sync(key, cx),
            _ => self.sets.sync(key, cx),
        }
    }
}

type Bench = Workbench<Both>;

const SOON: Duration = Duration::from_millis(50);

fn manifest(replicas: i32, strategy: Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas, "strategy": strategy, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}},
        },
    })
}

fn rolling(surge: i32, unavailable: i32) -> Value {
    json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}})
}

fn bench(replicas: i32, strategy: Value) -> Bench {
    let mut bench = Bench::new();
    bench.apply(manifest(replicas, strategy));
    settle(&mut bench, |_| true);
    bench
}

/// Runs until nothing changes; pods of which `ready` says so become ready.
fn settle(bench: &mut Bench, ready: impl Fn(&Pod) -> bool + Copy) {
    loop {
        let before = bench.api.revision();
        bench.pass(SOON);
        bench.run_pods(ready);
        bench.pass(SOON);
        if bench.api.revision() == before {
            return;
        }
    }
}

fn good(pod: &Pod) -> bool {
    pod.spec.containers[0].image.as_deref() != Some("nginx:bad")
}

fn set_image(bench: &mut Bench, image: &'static str) {
    bench.modify::<Deployment>("default", "web", |d| {
        let template = Rc::make_mut(&mut d.spec.template);
        Rc::make_mut(&mut template.spec).containers[0].image = Some(image.into());
    });
}

fn deployment(bench: &Bench) -> Rc<Deployment> {
    bench.get::<Deployment>("default", "web").expect("the deployment is there")
}

/// The ReplicaSets by the tag of their image: tag, revision, how many pods.
fn sets(bench: &Bench) -> Vec<(String, String, i32)> {
    let describe = |set: &Rc<ReplicaSet>| {
        let image = set.spec.template.spec.containers[0].image.clone().expect("the image is given");
        let revision =
            set.metadata.annotations.get("deployment.kubernetes.io/revision").expect("all are numbered");
        (image.replace("nginx:", ""), revision.to_string(), set.spec.replicas.expect("defaulted"))
    };
    let mut sets: Vec<_> = bench.api.list::<ReplicaSet>().map(describe).collect();
    sets.sort();
    sets
}

/// The scaling events in order, ReplicaSets by the tag of their image.
fn scaling(bench: &Bench) -> String {
    let mut events: Vec<_> = bench.api.list::<orrery_api::Event>().cloned().collect();
    events.retain(|e| e.reason.as_deref() == Some("ScalingReplicaSet"));
    events.sort_by_key(|e| e.metadata.resource_version);
    let mut text = String::new();
    for event in events {
        text += event.message.as_deref().unwrap_or_default();
        text += "\n";
    }
    for set in bench.api.list::<ReplicaSet>() {
        let image = set.spec.template.spec.containers[0].image.clone().expect("the image is given");
        text = text.replace(&*set.metadata.name, &image);
    }
    text
}

fn condition(bench: &Bench, r#type: &str) -> String {
    let deployment = deployment(bench);
    let found = deployment.status.conditions.iter().find(|c| &*c.type_ == r#type);
    found.map_or("none".to_owned(), |c| {
        format!(
            "{} {}: {}",
            c.status,
            c.reason.as_deref().unwrap_or_default(),
            c.message.as_deref().unwrap_or_default()
        )
    })
}

#[test]
fn a_new_template_replaces_the_old_pods_as_the_strategy_says() {
    let check = |row: &str, replicas, strategy, steps: Expect| {
        let mut bench = bench(replicas, strategy);
        set_image(&mut bench, "nginx:2");
        settle(&mut bench, |_| true);
        steps.assert_eq(&format!("{row}\n{}", scaling(&bench)));
        let status = &deployment(&bench).status;
        let numbers = [status.replicas, status.updated_replicas, status.available_replicas];
        assert_eq!((numbers, status.unavailable_replicas), ([replicas; 3], 0), "{row}");
        assert!(condition(&bench, "Progressing").starts_with("True NewReplicaSetAvailable"), "{row}");
    };
    check(
        "one at a time, never fewer",
        3,
        rolling(1, 0),
        expect![[r#"
        one at a time, never fewer
        Scaled up replica set nginx:1 from 0 to 3
        Scaled up replica set nginx:2 from 0 to 1
        Scaled down replica set nginx:1 from 3 to 2
        Scaled up replica set nginx:2 from 1 to 2
        Scaled down replica set nginx:1 from 2 to 1
        Scaled up replica set nginx:2 from 2 to 3
        Scaled down replica set nginx:1 from 1 to 0
    "#]],
    );
    check(
        "one at a time, never more",
        3,
        rolling(0, 1),
        expect![[r#"
        one at a time, never more
        Scaled up replica set nginx:1 from 0 to 3
        Scaled down replica set nginx:1 from 3 to 2
        Scaled up replica set nginx:2 from 0 to 1
        Scaled down replica set nginx:1 from 2 to 1
        Scaled up replica set nginx:2 from 1 to 2
        Scaled down replica set nginx:1 from 1 to 0
        Scaled up replica set nginx:2 from 2 to 3
    "#]],
    );
    check(
        "both at once",
        4,
        rolling(2, 1),
        expect![[r#"
        both at once
        Scaled up replica set nginx:1 from 0 to 4
        Scaled up replica set nginx:2 from 0 to 2
        Scaled down replica set nginx:1 from 4 to 3
        Scaled up replica set nginx:2 from 2 to 3
        Scaled down replica set nginx:1 from 3 to 0
        Scaled up replica set nginx:2 from 3 to 4
    "#]],
    );
    check(
        "all at once",
        2,
        rolling(2, 2),
        expect![[r#"
        all at once
        Scaled up replica set nginx:1 from 0 to 2
        Scaled up replica set nginx:2 from 0 to 2
        Scaled down replica set nginx:1 from 2 to 0
    "#]],
    );
    check(
        "first down, then up",
        3,
        json!({"type": "Recreate"}),
        expect![[r#"
        first down, then up
        Scaled up replica set nginx:1 from 0 to 3
        Scaled down replica set nginx:1 from 3 to 0
        Scaled up replica set nginx:2 from 0 to 3
    "#]],
    );
}

#[test]
fn shares_of_the_pods_are_rounded_up_for_the_surge_and_down_for_those_that_may_be_missing() {
    for (row, replicas, surge, unavailable, expected) in [
        ("what is usual", 10, json!("25%"), json!("25%"), (3, 2)),
        ("few pods", 3, json!("10%"), json!("10%"), (1, 0)),
        ("numbers", 10, json!(4), json!(1), (4, 1)),
        ("neither may be: one goes, so that something moves", 3, json!("0%"), json!("10%"), (0, 1)),
        ("no more are missing than there are", 2, json!(0), json!(5), (0, 2)),
        ("no pods at all", 0, json!("50%"), json!("50%"), (0, 0)),
    ] {
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}});
        let deployment = deployment(&bench(replicas, strategy));
        let most = (replica_sets::max_surge(&deployment), replica_sets::max_unavailable(&deployment));
        assert_eq!(most, expected, "{row}");
    }
}

#[test]
fn recreate_waits_until_the_last_old_pod_is_gone() {
    let mut bench = bench(2, json!({"type": "Recreate"}));
    set_image(&mut bench, "nginx:2");
    bench.pass(SOON);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 0)], "the old pods are on their way out");
    let old = bench.pods();
    bench.remove_pod(&old[0]);
    bench.pass(SOON);
    assert_eq!(sets(&bench).len(), 1, "one is still there");
    bench.remove_pod(&old[1]);
    bench.pass(SOON);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 0), ("2".into(), "2".into(), 2)]);
}

#[test]
fn a_rollout_that_cannot_go_on_keeps_enough_old_pods_and_is_told_at_its_deadline() {
    let mut bench = bench(3, rolling(1, 0));
    set_image(&mut bench, "nginx:bad");
    settle(&mut bench, good);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 3), ("bad".into(), "2".into(), 1)]);
    assert!(condition(&bench, "Progressing").starts_with("True ReplicaSetUpdated"));
    bench.pass(Duration::from_secs(601));
    let name = &bench
        .api
        .list::<ReplicaSet>()
        .find(|s| s.status.ready_replicas == 0)
        .expect("the new one")
        .metadata
        .name;
    let expected =
        format!("False ProgressDeadlineExceeded: ReplicaSet \"{name}\" has timed out progressing.");
    assert_eq!(condition(&bench, "Progressing"), expected);
    assert!(condition(&bench, "Available").starts_with("True MinimumReplicasAvailable"));

    set_image(&mut bench, "nginx:1");
    settle(&mut bench, good);
    assert_eq!(
        sets(&bench),
        [("1".into(), "3".into(), 3), ("bad".into(), "2".into(), 0)],
        "used again, numbered anew"
    );
    assert!(condition(&bench, "Progressing").starts_with("True NewReplicaSetAvailable"));
    let first = bench.api.list::<ReplicaSet>().find(|s| s.spec.replicas == Some(3)).expect("the first one");
    let history = first.metadata.annotations.get("deployment.kubernetes.io/revision-history");
    assert_eq!(history.map(|h| &**h), Some("1"), "its old number is remembered");
}

#[test]
fn scaling_amid_a_rollout_is_shared_in_proportion() {
    let mut bench = bench(10, rolling(3, 2));
    set_image(&mut bench, "nginx:bad");
    settle(&mut bench, good);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 8), ("bad".into(), "2".into(), 5)]);
    bench.modify::<Deployment>("default", "web", |d| d.spec.replicas = Some(15));
    settle(&mut bench, good);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 11), ("bad".into(), "2".into(), 7)]);
}

#[test]
fn a_paused_deployment_scales_but_does_not_roll() {
    let mut bench = bench(2, rolling(1, 0));
    bench.modify::<Deployment>("default", "web", |d| d.spec.paused = true);
    set_image(&mut bench, "nginx:2");
    settle(&mut bench, |_| true);
    bench.modify::<Deployment>("default", "web", |d| d.spec.replicas = Some(4));
    settle(&mut bench, |_| true);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 4)]);
    assert_eq!(condition(&bench, "Progressing"), "Unknown DeploymentPaused: Deployment is paused");
    bench.modify::<Deployment>("default", "web", |d| d.spec.paused = false);
    settle(&mut bench, |_| true);
    assert_eq!(sets(&bench), [("1".into(), "1".into(), 0), ("2".into(), "2".into(), 4)]);
    assert!(condition(&bench, "Progressing").starts_with("True NewReplicaSetAvailable"));
}

#[test]
fn old_replica_sets_are_forgotten_beyond_the_limit() {
    let mut bench = bench(1, rolling(1, 0));
    bench.modify::<Deployment>("default", "web", |d| d.spec.revision_history_limit = Some(1));
    for image in ["nginx:2", "nginx:3", "nginx:4"] {
        set_image(&mut bench, image);
        settle(&mut bench, |_| true);
    }
    assert_eq!(sets(&bench), [("3".into(), "3".into(), 0), ("4".into(), "4".into(), 1)]);
    let revision = deployment(&bench).metadata.annotations.get("deployment.kubernetes.io/revision").cloned();
    assert_eq!(revision.as_deref(), Some("4"));
}

#[test]
fn a_name_that_another_has_taken_leads_to_another_hash() {
    let first = bench(1, rolling(1, 0));
    let taken = first.api.list::<ReplicaSet>().next().expect("one ReplicaSet").metadata.name.clone();
    let mut bench = Bench::new();
    bench.apply(json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": *taken, "namespace": "default"},
        "spec": {
            "replicas": 0, "selector": {"matchLabels": {"app": "other"}},
            "template": {"metadata": {"labels": {"app": "other"}}, "spec": {"containers": [{"name": "c", "image": "other:1"}]}},
        },
    }));
    bench.apply(manifest(1, rolling(1, 0)));
    settle(&mut bench, |_| true);
    assert_eq!(deployment(&bench).status.collision_count, Some(1));
    let owned = bench.api.list::<ReplicaSet>().filter(|s| s.metadata.controller().is_some()).count();
    assert_eq!((owned, deployment(&bench).status.available_replicas), (1, 1));
}

#[test]
fn a_replica_set_without_a_controller_is_adopted() {
    let mut bench = bench(1, rolling(1, 0));
    let name = bench.api.list::<ReplicaSet>().next().expect("one ReplicaSet").metadata.name.clone();
    bench.modify::<ReplicaSet>("default", &name, |set| set.metadata.owner_references.clear());
    settle(&mut bench, |_| true);
    let adopted = bench.get::<ReplicaSet>("default", &name).expect("it is still there");
    let owner = adopted.metadata.controller().map(|o| o.uid.clone());
    assert_eq!(owner, Some(deployment(&bench).metadata.uid.clone()));
    assert_eq!(bench.api.count(Kind::ReplicaSet), 1, "and no other was made");
}

#[test]
fn a_deployment_goes_back_as_the_annotation_of_former_versions_says() {
    let told = |bench: &Bench| {
        let events = bench.events();
        let line = events.lines().find(|line| line.contains("Rollback") || line.contains("Rolled back"));
        line.unwrap_or_default().to_string()
    };
    for (row, to, event, image) in [
        (
            "to the last but one",
            "0",
            "Normal RollbackDone Deployment/web: Rolled back deployment \"web\" to revision 1",
            "nginx:1",
        ),
        (
            "to a revision by its number",
            "1",
            "Normal RollbackDone Deployment/web: Rolled back deployment \"web\" to revision 1",
            "nginx:1",
        ),
        (
            "to what it is already",
            "2",
            "Warning RollbackTemplateUnchanged Deployment/web: The rollback revision contains the same template as current deployment \"web\"",
            "nginx:2",
        ),
        (
            "to what never was",
            "7",
            "Warning RollbackRevisionNotFound Deployment/web: Unable to find the revision to rollback to.",
            "nginx:2",
        ),
    ] {
        let mut bench = bench(1, rolling(1, 0));
        bench.modify::<Deployment>("default", "web", |d| {
            d.metadata.annotations.insert("kubernetes.io/change-cause", "two");
        });
        set_image(&mut bench, "nginx:2");
        settle(&mut bench, |_| true);
        bench.modify::<Deployment>("default", "web", |d| {
            d.metadata.annotations.insert("deprecated.deployment.rollback.to", to);
        });
        settle(&mut bench, |_| true);
        assert_eq!(told(&bench), event, "{row}");
        let deployment = deployment(&bench);
        assert_eq!(deployment.spec.template.spec.containers[0].image.as_deref(), Some(image), "{row}");
        let annotations = &deployment.metadata.annotations;
        assert_eq!(annotations.get("deprecated.deployment.rollback.to"), None, "{row}");
        let cause = annotations.get("kubernetes.io/change-cause").is_some();
        assert_eq!(cause, image == "nginx:2", "{row}: annotations are those of the revision");
        let new = bench.api.list::<ReplicaSet>().find(|set| set.spec.replicas == Some(1)).expect("it runs");
        assert_eq!(new.status.available_replicas, 1, "{row}");
    }
}
