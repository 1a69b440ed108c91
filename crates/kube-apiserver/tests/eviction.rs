//! What an eviction asks before it deletes, and what it leaves behind.

use orrery_api::{Kind, Object, Pod, PodDisruptionBudget};
use orrery_apiserver::{ApiServer, Config, DeleteOptions, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

fn create(api: &mut ApiServer, tree: Value) {
    let kind = tree["kind"].as_str().and_then(Kind::lookup).expect("a known kind");
    let (object, problems) = Object::decode(kind, &tree);
    assert!(problems.is_empty(), "{problems:?}");
    api.create(&request(), object).expect("valid");
}

/// A server with the pod `web` in a phase, ready or not, and budgets with numbers: needed, healthy, allowed.
fn server(phase: &str, ready: bool, budgets: &[(Value, [i32; 3])]) -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    create(&mut api, json!({"kind": "Namespace", "metadata": {"name": "default"}}));
    create(
        &mut api,
        json!({"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}}),
    );
    create(
        &mut api,
        json!({"kind": "Pod", "metadata": {"name": "web", "namespace": "default", "labels": {"app": "web"}},
            "spec": {"nodeName": "node-1", "containers": [{"name": "c", "image": "nginx"}]}}),
    );
    api.modify_status::<Pod>(&request(), "default", "web", |pod| {
        pod.status.phase = Some(phase.into());
        pod.status.conditions = vec![orrery_api::PodCondition {
            type_: "Ready".into(),
            status: if ready { "True" } else { "False" }.into(),
            ..Default::default()
        }];
    })
    .expect("valid");
    for (i, (spec, [needed, healthy, allowed])) in budgets.iter().enumerate() {
        let mut spec = spec.clone();
        spec["selector"] = json!({"matchLabels": {"app": "web"}});
        let name = format!("b{i}");
        create(
            &mut api,
            json!({"kind": "PodDisruptionBudget", "metadata": {"name": name, "namespace": "default"}, "spec": spec}),
        );
        api.modify_status::<PodDisruptionBudget>(&request(), "default", &name, |budget| {
            budget.status.observed_generation = i64::from(*allowed != -9);
            budget.status.desired_healthy = *needed;
            budget.status.current_healthy = *healthy;
            budget.status.disruptions_allowed = (*allowed).max(-1);
        })
        .expect("valid");
    }
    api
}

const VIOLATED: &str = "TooManyRequests: Cannot evict pod as it would violate the pod's disruption budget.";

/// What comes of the eviction: `gone` or the refusal, and what is then left of the first budget.
#[test]
fn a_pod_is_evicted_if_its_budget_allows_it() {
    let plain = json!({"minAvailable": 1});
    let always = json!({"minAvailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"});
    type Row<'a> = (&'a str, &'a str, bool, Vec<(Value, [i32; 3])>, &'a str, Option<i32>);
    let rows: [Row<'_>; 11] = [
        ("no budget", "Running", true, vec![], "gone", None),
        ("a budget with something left", "Running", true, vec![(plain.clone(), [1, 3, 2])], "gone", Some(1)),
        ("a budget that is used up", "Running", true, vec![(plain.clone(), [1, 1, 0])], VIOLATED, Some(0)),
        (
            "a budget that nobody has looked at",
            "Running",
            true,
            vec![(plain.clone(), [1, 1, -9])],
            VIOLATED,
            Some(-1),
        ),
        (
            "a budget that is overdrawn",
            "Running",
            true,
            vec![(plain.clone(), [1, 1, -1])],
            "Forbidden: poddisruptionbudget.policy \"b0\" is forbidden: pdb disruptions allowed is negative",
            Some(-1),
        ),
        (
            "two budgets",
            "Running",
            true,
            vec![(plain.clone(), [1, 3, 2]), (plain.clone(), [1, 3, 2])],
            ": This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
            Some(2),
        ),
        ("an ended pod is no loss", "Failed", false, vec![(plain.clone(), [1, 1, 0])], "gone", Some(0)),
        ("nor is one that never ran", "Pending", false, vec![(plain.clone(), [1, 1, 0])], "gone", Some(0)),
        (
            "one that is not ready goes while the others suffice",
            "Running",
            false,
            vec![(plain.clone(), [1, 1, 0])],
            "gone",
            Some(0),
        ),
        ("but not while they do not", "Running", false, vec![(plain, [1, 0, 0])], VIOLATED, Some(0)),
        ("unless it always may", "Running", false, vec![(always, [1, 0, 0])], "gone", Some(0)),
    ];
    for (row, phase, ready, budgets, outcome, left) in rows {
        let mut api = server(phase, ready, &budgets);
        let told = match api.evict(&request(), "default", "web", &DeleteOptions::default()) {
            Ok(_) => "gone".to_string(),
            Err(status) => format!("{}: {status}", status.reason_name()),
        };
        assert_eq!(told, outcome, "{row}");
        let budget = api.get::<PodDisruptionBudget>("default", "b0");
        assert_eq!(budget.map(|b| b.status.disruptions_allowed), left, "{row}");
        let pod = api.get::<Pod>("default", "web");
        let there = pod.is_some_and(|pod| !pod.metadata.terminating());
        assert_eq!(there, outcome != "gone", "{row}");
    }
}

#[test]
fn an_eviction_is_told_on_the_pod_and_on_its_budget() {
    let mut api = server("Running", true, &[(json!({"minAvailable": 1}), [1, 2, 1])]);
    api.modify_status::<PodDisruptionBudget>(&request(), "default", "b0", |budget| {
        let type_ = "DisruptionAllowed".into();
        let condition = orrery_api::Condition { type_, status: "True".into(), ..Default::default() };
        budget.status.conditions.push(condition);
    })
    .expect("valid");
    let rehearsal = Request { dry_run: true, ..request() };
    api.evict(&rehearsal, "default", "web", &DeleteOptions::default()).expect("allowed");
    assert_eq!(api.get::<Pod>("default", "web").map(|p| p.status.conditions.len()), Some(1), "a dry run");
    api.evict(&request(), "default", "web", &DeleteOptions::default()).expect("allowed");
    let pod = api.get::<Pod>("default", "web").expect("it is still stopping");
    let told = pod.status.conditions.last().and_then(|c| c.message.as_deref());
    assert_eq!(
        (told, pod.metadata.deletion_grace_period_seconds),
        (Some("Eviction API: evicting"), Some(30))
    );
    let status = &api.get::<PodDisruptionBudget>("default", "b0").expect("there").status;
    let condition = &status.conditions[0];
    assert_eq!((&*condition.status, &*condition.reason), ("False", "InsufficientPods"));
    assert_eq!(status.disrupted_pods.keys().map(|k| &**k).collect::<Vec<_>>(), ["web"]);
}
