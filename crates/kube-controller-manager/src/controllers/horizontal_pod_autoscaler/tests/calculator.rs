//! How many replicas metrics want, in rows. Most numbers are those by which upstream checks itself.

use super::super::explanation::{Kept, PodGroup};
use super::super::replica_calculator::*;
use orrery_api::{Container, Pod, PodCondition, PodSpec};
use orrery_apimachinery::{ObjectMeta, Quantity, Time};
use std::rc::Rc;

/// It is this long since the cluster began.
const NOW: i64 = 10_000;

/// A pod of one word, such as `hot:300/200`: how it is, the thousandths that it uses and that it requests.
fn pod(nth: usize, word: &str) -> (Rc<Pod>, Option<PodMetric>) {
    let (state, amounts) = word.split_once(':').expect("a state and amounts");
    let (usage, request) = amounts.split_once('/').unwrap_or((amounts, "1000"));
    // When it started, when it last became ready or unready, and whether it is ready.
    let (start, since, ready) = match state {
        "hot" => (NOW - 30, NOW - 20, "True"),
        "warm" => (NOW - 200, NOW - 60, "True"),
        "starting" => (NOW - 60, NOW - 50, "False"),
        "never" => (NOW - 900, NOW - 895, "False"),
        "broken" => (NOW - 900, NOW - 500, "False"),
        _ => (NOW - 900, NOW - 890, "True"),
    };
    let mut pod = Pod { metadata: ObjectMeta::named("default", format!("p{nth}")), ..Default::default() };
    let phase = match state {
        "pending" => "Pending",
        "failed" => "Failed",
        "done" => "Succeeded",
        _ => "Running",
    };
    pod.status.phase = Some(phase.into());
    pod.status.start_time = Some(Time(start)).filter(|_| state != "unborn");
    pod.metadata.deletion_timestamp = (state == "deleted").then_some(Time(NOW - 5));
    pod.status.conditions.push(PodCondition {
        type_: "Ready".into(),
        status: ready.into(),
        last_transition_time: Some(Time(since)),
        ..Default::default()
    });
    let mut container = Container { name: "c".into(), ..Default::default() };
    if let Ok(request) = request.parse() {
        container.resources.requests.insert("cpu".into(), Quantity::from_millis(request));
    }
    pod.spec = Rc::new(PodSpec { containers: vec![container], ..Default::default() });
    let value = usage.parse().ok();
    let metric = value.map(|value| PodMetric { timestamp: Time(NOW), window: 60, value });
    (Rc::new(pod), metric)
}

/// `replicas (current, average)`, and why they stay, or the error.
fn told(counted: Result<Count, String>) -> String {
    match counted {
        Err(error) => error,
        Ok(count) => {
            let kept = match count.formula.kept {
                None => "",
                Some(Kept::WithinTolerance) => " within tolerance",
                Some(Kept::OtherDirection) => " other direction",
            };
            format!("{} ({}, {}){kept}", count.replicas, count.current, count.average)
        }
    }
}

fn counted(replicas: i32, goal: Goal, words: &str) -> String {
    let (pods, metrics): (Vec<_>, Vec<_>) =
        words.split_whitespace().enumerate().map(|(nth, word)| pod(nth, word)).unzip();
    let percent = matches!(goal, Goal::Utilization(_));
    let mut shares = group_pods(&pods, &metrics, if percent { "cpu" } else { "" }, Time(NOW));
    if percent {
        match pod_requests(&pods, "", "cpu") {
            Err(error) => return error,
            Ok(requests) => shares.iter_mut().zip(requests).for_each(|(s, r)| s.request = r),
        }
    }
    told(replicas_for_pods(&mut shares, replicas, goal))
}

#[test]
fn the_use_of_the_processor_is_compared_with_what_is_requested() {
    let rows: [(&str, i32, i64, &str, &str); 38] = [
        ("the handbook's first case", 2, 50, "ready:300/200 ready:300/200", "6 (150, 300)"),
        (
            "the handbook's second case",
            6,
            50,
            "ready:50/200 ready:50/200 ready:50/200 ready:50/200 ready:50/200 ready:50/200",
            "3 (25, 50)",
        ),
        ("the handbook's third case", 3, 50, "ready:50/200 ready:50/200 ready:50/200", "2 (25, 50)"),
        ("three pods that use more", 3, 30, "ready:300 ready:500 ready:700", "5 (50, 500)"),
        (
            "five pods that use less",
            5,
            50,
            "ready:100 ready:300 ready:500 ready:250 ready:250",
            "3 (28, 280)",
        ),
        ("an unready pod makes for less growth", 3, 30, "never:300 ready:500 ready:700", "4 (60, 600)"),
        ("so does one that has just started", 3, 30, "hot:300 ready:500 ready:700", "4 (60, 600)"),
        (
            "two unready pods make for none",
            3,
            30,
            "ready:400 never:500 never:700",
            "3 (40, 400) other direction",
        ),
        (
            "two starting pods make for none",
            3,
            30,
            "ready:400 starting:500 starting:700",
            "3 (40, 400) other direction",
        ),
        ("failed pods do not count", 2, 30, "ready:500 ready:700 failed:- failed:-", "4 (60, 600)"),
        (
            "pods that are being deleted do not count",
            2,
            30,
            "ready:500 ready:700 deleted:900 deleted:-",
            "4 (60, 600)",
        ),
        (
            "unready pods are left out when shrinking",
            5,
            50,
            "ready:100 ready:300 ready:500 never:250 never:250",
            "2 (30, 300)",
        ),
        (
            "pods without a node are left out when shrinking",
            5,
            50,
            "ready:100 pending:- pending:- pending:- pending:-",
            "1 (10, 100)",
        ),
        (
            "pods that have just started are left out when shrinking",
            5,
            50,
            "ready:100 ready:300 ready:500 hot:250 hot:250",
            "2 (30, 300)",
        ),
        (
            "failed pods are left out when shrinking",
            5,
            50,
            "ready:100 ready:300 ready:500 ready:250 ready:250 failed:- failed:-",
            "3 (28, 280)",
        ),
        (
            "deleted pods are left out when shrinking",
            5,
            50,
            "ready:100 ready:300 ready:500 ready:250 ready:250 deleted:- deleted:-",
            "3 (28, 280)",
        ),
        (
            "two percent more are tolerated",
            3,
            100,
            "ready:1010/900 ready:1030 ready:1020/1100",
            "3 (102, 1020) within tolerance",
        ),
        (
            "nine percent more are tolerated",
            2,
            100,
            "ready:1090 ready:1090",
            "2 (109, 1090) within tolerance",
        ),
        ("ten percent more are not", 2, 100, "ready:1100 ready:1100", "3 (110, 1100)"),
        (
            "ten percent less are tolerated",
            10,
            100,
            "ready:900 ready:900 ready:900",
            "10 (90, 900) within tolerance",
        ),
        ("eleven percent less are not", 10, 100, "ready:890 ready:890 ready:890", "3 (89, 890)"),
        (
            "unmeasured pods use all they request when shrinking",
            4,
            100,
            "ready:400 ready:95 ready:- ready:-",
            "3 (24, 247)",
        ),
        (
            "nothing follows where what is measured is right",
            2,
            100,
            "ready:1000 ready:-",
            "2 (100, 1000) within tolerance",
        ),
        (
            "an unmeasured pod uses nothing when growing",
            2,
            100,
            "ready:1900 ready:-",
            "2 (190, 1900) within tolerance",
        ),
        ("an unmeasured pod uses all when shrinking", 2, 100, "ready:600 ready:-", "2 (60, 600)"),
        (
            "an unready and an unmeasured pod hold the rest",
            3,
            50,
            "never:100 ready:450 ready:-",
            "3 (45, 450) other direction",
        ),
        (
            "a starting and an unmeasured pod hold the rest",
            3,
            50,
            "hot:100 ready:450 ready:-",
            "3 (45, 450) other direction",
        ),
        (
            "much use outweighs an unready and an unmeasured pod",
            3,
            50,
            "never:100 ready:2000 ready:-",
            "4 (200, 2000)",
        ),
        (
            "much use outweighs a starting and an unmeasured pod",
            3,
            50,
            "starting:100 ready:2000 ready:-",
            "4 (200, 2000)",
        ),
        (
            "little use outweighs an unready and an unmeasured pod",
            4,
            50,
            "never:100 ready:100 ready:100 ready:-",
            "3 (10, 100)",
        ),
        (
            "unmeasured pods use what is aimed at if that is more than all",
            4,
            300,
            "never:200/1000 ready:100/1000 ready:100/2000 ready:-/2000",
            "2 (6, 100)",
        ),
        (
            "during a rollout more pods count than are asked for",
            2,
            50,
            "ready:100 ready:100 ready:-",
            "2 (10, 100) other direction",
        ),
        ("a pod whose first whole window has passed counts", 1, 50, "warm:900", "2 (90, 900)"),
        ("a pod that was ready once counts although it is not", 1, 50, "broken:900", "2 (90, 900)"),
        (
            "a pod that has not begun does not count",
            1,
            50,
            "unborn:900",
            "did not receive metrics for targeted pods (pods might be unready)",
        ),
        (
            "a container that requests nothing",
            1,
            100,
            "ready:200/none",
            "missing request for cpu in container c of Pod p0",
        ),
        ("requests of nothing", 1, 100, "ready:200/0", "no metrics returned matched known pods"),
        (
            "a pod that has done its work is as good as unmeasured",
            2,
            50,
            "ready:100 done:-",
            "2 (10, 100) other direction",
        ),
    ];
    for (row, replicas, percent, pods, expected) in rows {
        assert_eq!(counted(replicas, Goal::Utilization(percent), pods), expected, "{row}");
    }
}

#[test]
fn an_amount_for_each_pod_is_compared_with_the_average() {
    let rows: [(&str, i32, i64, &str, &str); 12] = [
        ("three pods that do more", 3, 15_000, "ready:20000 ready:10000 ready:30000", "4 (20000, 20000)"),
        (
            "five pods that do less",
            5,
            20_000,
            "ready:12000 ready:12000 ready:12000 ready:12000 ready:12000",
            "3 (12000, 12000)",
        ),
        (
            "that a pod is unready or starting does not matter",
            3,
            15_000,
            "ready:50000 ready:10000 starting:30000",
            "6 (30000, 30000)",
        ),
        ("not even if most are", 3, 15_000, "hot:50000 ready:15000 never:30000", "7 (31666, 31666)"),
        (
            "a little more is tolerated",
            3,
            20_000,
            "ready:20000 ready:21000 ready:21000",
            "3 (20666, 20666) within tolerance",
        ),
        (
            "unmeasured pods change nothing where all is right",
            5,
            20_000,
            "ready:20000 ready:19000 ready:21000 ready:- ready:-",
            "5 (20000, 20000) within tolerance",
        ),
        ("an unmeasured pod does nothing when growing", 2, 1_000, "ready:4000 ready:-", "4 (4000, 4000)"),
        (
            "an unmeasured pod does what it should when shrinking",
            4,
            1_000,
            "ready:100 ready:100 ready:100 ready:-",
            "2 (100, 100)",
        ),
        (
            "during a rollout more pods count than are asked for",
            2,
            17_000,
            "ready:10000 ready:10000 ready:-",
            "2 (10000, 10000) other direction",
        ),
        (
            "a pod without a node does nothing when growing",
            2,
            1_000,
            "ready:4000 pending:-",
            "4 (4000, 4000)",
        ),
        (
            "pods without a node are left out when shrinking",
            3,
            1_000,
            "ready:100 pending:- pending:-",
            "1 (100, 100)",
        ),
        (
            "nobody can be measured",
            1,
            1_000,
            "pending:-",
            "did not receive metrics for targeted pods (pods might be unready)",
        ),
    ];
    for (row, replicas, average, pods, expected) in rows {
        assert_eq!(counted(replicas, Goal::Average(average), pods), expected, "{row}");
    }
}

#[test]
fn an_amount_for_all_is_compared_with_the_target() {
    let rows: [(&str, i32, i64, i64, &str, &str); 10] = [
        ("more than wanted", 3, 20_000, 15_000, "ready:0 ready:0 ready:0", "4 (20000, 20000)"),
        (
            "less than wanted",
            5,
            12_000,
            20_000,
            "ready:0 ready:0 ready:0 ready:0 ready:0",
            "3 (12000, 12000)",
        ),
        ("only ready pods are multiplied", 3, 50_000, 10_000, "never:0 ready:0 never:0", "5 (50000, 50000)"),
        (
            "which can make fewer of them although there is more to do",
            3,
            8_600,
            4_400,
            "never:0 ready:0 never:0",
            "2 (8600, 8600)",
        ),
        (
            "a little more is tolerated",
            3,
            20_666,
            20_000,
            "ready:0 ready:0 ready:0",
            "3 (20666, 20666) within tolerance",
        ),
        (
            "a little less is tolerated",
            3,
            8_600,
            8_888,
            "ready:0 ready:0 ready:0",
            "3 (8600, 8600) within tolerance",
        ),
        ("without pods the quotient counts", 0, 20_000, 15_000, "", "2 (20000, 20000)"),
        ("and nothing is tolerated", 0, 10_000, 10_000, "", "1 (10000, 10000)"),
        ("nothing to do needs no pods", 3, 0, 10_000, "ready:0 ready:0 ready:0", "0 (0, 0)"),
        (
            "pods that are asked for and not there",
            3,
            50_000,
            10_000,
            "",
            "unable to calculate ready pods: no pods returned by selector while calculating replica count",
        ),
    ];
    for (row, replicas, usage, target, words, expected) in rows {
        let pods: Vec<_> = words.split_whitespace().enumerate().map(|(nth, word)| pod(nth, word).0).collect();
        assert_eq!(told(replicas_for_value(usage, target, replicas, &pods)), expected, "{row}");
    }
}

#[test]
fn an_amount_is_divided_among_pods() {
    let rows: [(&str, i32, i64, i64, &str); 9] = [
        ("more than three can do", 3, 20_000, 5_000, "4 (20000, 6667)"),
        ("more than three can do, outside", 3, 8_600, 2_150, "4 (8600, 2867)"),
        ("less than five can do", 5, 6_000, 2_000, "3 (6000, 1200)"),
        ("less than five can do, outside", 5, 8_600, 2_867, "3 (8600, 1720)"),
        ("a little more is tolerated", 4, 20_166, 5_000, "4 (20166, 5042) within tolerance"),
        ("a little less is tolerated", 3, 8_600, 2_900, "3 (8600, 2867) within tolerance"),
        ("one more is wanted for the smallest rest", 1, 4_001, 2_000, "3 (4001, 4001)"),
        ("something to do and nobody there", 0, 4_000, 2_000, "2 (4000, -9223372036854775808)"),
        ("nothing to do and nobody there", 0, 0, 2_000, "0 (0, -9223372036854775808) within tolerance"),
    ];
    for (row, replicas, usage, target, expected) in rows {
        assert_eq!(told(Ok(replicas_for_average(usage, target, replicas))), expected, "{row}");
    }
}

#[test]
fn pods_are_sorted_by_what_can_be_said_of_them() {
    use PodGroup::{Ignored, Missing, Ready, Unready};
    for (word, cpu, other) in [
        ("ready:5", Ready, Ready),
        ("warm:5", Ready, Ready),
        ("broken:5", Ready, Ready),
        ("hot:5", Unready, Ready),
        ("starting:5", Unready, Ready),
        ("never:5", Unready, Ready),
        ("unborn:5", Unready, Ready),
        ("pending:5", Unready, Unready),
        ("ready:-", Missing, Missing),
        ("done:-", Missing, Missing),
        ("failed:5", Ignored, Ignored),
        ("deleted:5", Ignored, Ignored),
    ] {
        let (pod, metric) = pod(0, word);
        for (resource, expected) in [("cpu", cpu), ("memory", other)] {
            let shares = group_pods(std::slice::from_ref(&pod), &[metric], resource, Time(NOW));
            assert_eq!(shares[0].group, expected, "{word} by its {resource}");
        }
    }
}
