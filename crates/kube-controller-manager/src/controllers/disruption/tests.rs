//! What budgets tell of the pods that they select.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{Container, PodCondition, PodDisruptionBudgetSpec, PodSpec};
use orrery_apimachinery::{IntOrString, ObjectMeta, StrMap};

type Bench = Workbench<DisruptionController>;

fn labels() -> StrMap {
    StrMap::from_iter([("app", "web")])
}

fn budget(bench: &mut Bench, least: Option<IntOrString>, most: Option<IntOrString>) {
    let selector = Some(LabelSelector { match_labels: labels(), ..Default::default() });
    let spec = PodDisruptionBudgetSpec {
        min_available: least,
        max_unavailable: most,
        selector,
        ..Default::default()
    };
    bench.create(PodDisruptionBudget {
        metadata: ObjectMeta::named("default", "b"),
        spec,
        ..Default::default()
    });
}

fn pods(bench: &mut Bench, ready: &[bool]) {
    for (i, ready) in ready.iter().enumerate() {
        let metadata =
            ObjectMeta { labels: labels(), ..ObjectMeta::named("default", format!("web-{i}").as_str()) };
        let container = Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() };
        let spec = Rc::new(PodSpec { containers: vec![container], ..Default::default() });
        bench.create(Pod { metadata, spec, ..Default::default() });
        let status = if *ready { "True" } else { "False" };
        bench.modify_status::<Pod>("default", &format!("web-{i}"), |pod| {
            let type_ = "Ready".into();
            let ready = PodCondition { type_, status: status.into(), ..Default::default() };
            pod.status.conditions = vec![ready];
        });
    }
}

/// The budget's numbers and its condition, then the events.
fn told(bench: &Bench) -> String {
    let budget = bench.get::<PodDisruptionBudget>("default", "b").expect("the budget is there");
    let status = &budget.status;
    let condition = status.conditions.first().expect("the condition is told");
    format!(
        "{} of {} healthy, {} needed, {} may go: {} {}\n{}",
        status.current_healthy,
        status.expected_pods,
        status.desired_healthy,
        status.disruptions_allowed,
        condition.status,
        condition.reason,
        bench.events()
    )
}

#[test]
fn a_budget_tells_how_many_pods_may_go() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 5] = [
        (
            "no pods: nothing may go",
            |bench| budget(bench, Some(IntOrString::Int(1)), None),
            expect![[r#"
            no pods: nothing may go
            0 of 0 healthy, 1 needed, 0 may go: False InsufficientPods
            Normal NoPods PodDisruptionBudget/b: No matching pods found
        "#]],
        ),
        (
            "a number of pods must stay",
            |bench| {
                pods(bench, &[true, true, true]);
                budget(bench, Some(IntOrString::Int(2)), None);
            },
            expect![[r#"
                a number of pods must stay
                3 of 3 healthy, 2 needed, 1 may go: True SufficientPods
            "#]],
        ),
        (
            "pods that are not ready do not count as healthy",
            |bench| {
                pods(bench, &[true, false, true]);
                budget(bench, Some(IntOrString::Int(2)), None);
            },
            expect![[r#"
                pods that are not ready do not count as healthy
                2 of 3 healthy, 2 needed, 0 may go: False InsufficientPods
            "#]],
        ),
        (
            "a share of pods without a controller is a share of nothing",
            |bench| {
                pods(bench, &[true, true]);
                budget(bench, None, Some(IntOrString::String("50%".into())));
            },
            expect![[r#"
                a share of pods without a controller is a share of nothing
                2 of 0 healthy, 0 needed, 0 may go: False InsufficientPods
                Warning UnmanagedPods PodDisruptionBudget/b: Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.
            "#]],
        ),
        (
            "a budget that says nothing lets nothing go",
            |bench| {
                pods(bench, &[true]);
                budget(bench, None, None);
            },
            expect![[r#"
                a budget that says nothing lets nothing go
                1 of 0 healthy, 0 needed, 0 may go: False InsufficientPods
            "#]],
        ),
    ];
    for (row, given, expected) in rows {
        let mut bench = Bench::new();
        given(&mut bench);
        bench.pass(Duration::from_secs(5));
        expected.assert_eq(&format!("{row}\n{}", told(&bench)));
    }
}

#[test]
fn a_pod_whose_eviction_was_granted_is_waited_for_two_minutes() {
    let mut bench = Bench::new();
    pods(&mut bench, &[true, true]);
    budget(&mut bench, Some(IntOrString::Int(1)), None);
    bench.pass(Duration::from_secs(5));
    let since = bench.api.date(bench.now);
    bench.modify_status::<PodDisruptionBudget>("default", "b", |b| {
        b.status.disrupted_pods.insert("web-0".into(), since);
    });
    bench.pass(Duration::from_secs(60));
    let allowed = |bench: &Bench| {
        bench
            .get::<PodDisruptionBudget>("default", "b")
            .expect("the budget is there")
            .status
            .disruptions_allowed
    };
    assert_eq!(allowed(&bench), 0);
    bench.pass(Duration::from_secs(120));
    assert_eq!(allowed(&bench), 1, "it was not deleted after all");
}

#[test]
fn a_disruption_that_does_not_come_is_taken_back_after_two_minutes() {
    let mut bench = Bench::new();
    pods(&mut bench, &[true, true, true]);
    for (i, reason) in ["EvictionByEvictionAPI", "TerminationByKubelet"].into_iter().enumerate() {
        let date = bench.api.date(bench.now);
        bench.modify_status::<Pod>("default", &format!("web-{i}"), |pod| {
            let condition = crate::conditions::disruption_target(reason, "it must go");
            set_condition(&mut pod.status.conditions, condition, date);
        });
    }
    let announced = |bench: &Bench| -> Vec<String> {
        let mut all = Vec::new();
        for pod in bench.pods() {
            let condition = pod.status.conditions.iter().find(|c| &*c.type_ == "DisruptionTarget");
            all.extend(condition.map(|c| format!("{} {:?}", c.status, c.reason)));
        }
        all
    };
    bench.pass(Duration::from_secs(120));
    let kubelets = "True Some(\"TerminationByKubelet\")";
    assert_eq!(announced(&bench), ["True Some(\"EvictionByEvictionAPI\")", kubelets]);
    bench.pass(Duration::from_secs(2));
    assert_eq!(announced(&bench), ["False None", kubelets]);
}

#[test]
fn a_pod_with_two_budgets_is_told_of() {
    let mut bench = Bench::new();
    budget(&mut bench, Some(IntOrString::Int(1)), None);
    let twin = bench.get::<PodDisruptionBudget>("default", "b").expect("made");
    bench.create(PodDisruptionBudget {
        metadata: ObjectMeta::named("default", "c"),
        spec: twin.spec.clone(),
        ..Default::default()
    });
    pods(&mut bench, &[true]);
    bench.pass(Duration::from_secs(1));
    let told = bench.events().lines().find(|line| line.contains("Multiple")).map(str::to_owned);
    let expected = r#"Warning MultiplePodDisruptionBudgets Pod/web-0: Pod "default"/"web-0" matches multiple PodDisruptionBudgets.  Chose "b" arbitrarily."#;
    assert_eq!(told.as_deref(), Some(expected));
}
