//! What becomes of a wish: bounds, policies and stabilization, in rows.

use super::super::explanation::Recommendation;
use super::super::normalize::{Past, Wish};
use orrery_api::{HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscalerBehavior};
use orrery_sim::SimTime;

/// It is this many seconds since the cluster began.
const NOW: u64 = 10_000;

/// Rules from text such as `300: Pods 4/15 Percent 100/15 Min`.
fn rules(text: &str) -> HPAScalingRules {
    let (window, rest) = text.split_once(':').expect("a window");
    let (mut policies, mut select, mut type_) = (Vec::new(), "Max", "");
    for word in rest.split_whitespace() {
        match word.split_once('/') {
            Some((value, period)) => policies.push(HPAScalingPolicy {
                type_: type_.into(),
                value: value.parse().expect("an amount"),
                period_seconds: period.parse().expect("seconds"),
            }),
            None if matches!(word, "Pods" | "Percent") => type_ = word,
            None => select = word,
        }
    }
    HPAScalingRules {
        policies: Some(policies),
        select_policy: Some(select.into()),
        stabilization_window_seconds: Some(window.parse().expect("seconds")),
    }
}

/// A past such as `5@60 +15@30 -2@30`: five were proposed a minute ago, fifteen were added half a minute ago …
fn past(text: &str, behavior: &HorizontalPodAutoscalerBehavior) -> Past {
    let mut past = Past::default();
    for word in text.split_whitespace() {
        let (change, ago) = word.split_once('@').expect("what and when");
        let at = SimTime::from_secs(NOW - ago.parse::<u64>().expect("seconds"));
        let number: i32 = change.parse().expect("a number");
        if change.starts_with(['+', '-']) {
            past.scaled(behavior, 100, 100 + number, at);
        } else {
            past.recommendations.push(Recommendation { at, replicas: number });
        }
    }
    past
}

/// `replicas: why it is able to scale, what limits it`.
fn normalized(behavior: Option<(&str, &str)>, text: &str, wish: [i32; 4]) -> String {
    let behavior = behavior.map(|(up, down)| HorizontalPodAutoscalerBehavior {
        scale_up: Some(rules(up)),
        scale_down: Some(rules(down)),
    });
    let mut past = past(text, &behavior.clone().unwrap_or_default());
    let [min_replicas, max_replicas, current_replicas, desired_replicas] = wish;
    let (now, behavior) = (SimTime::from_secs(NOW), behavior.as_ref());
    let wish = Wish { now, behavior, min_replicas, max_replicas, current_replicas, desired_replicas };
    let made = past.normalize(wish);
    let latest = Recommendation { at: now, replicas: desired_replicas };
    assert!(
        past.recommendations.contains(&latest),
        "the proposal itself is remembered, not what became of it"
    );
    assert_eq!(made.limited, made.scaling_limited.0 != "DesiredWithinRange");
    format!("{}: {}, {}", made.replicas, made.able_to_scale.0, made.scaling_limited.0)
}

#[test]
fn without_behavior_replicas_double_at_most_and_shrink_after_five_minutes() {
    // The bounds, what there is, what is proposed.
    for (row, past, wish, expected) in [
        ("within the bounds", "", [3, 8, 5, 7], "7: ReadyForNewScale, DesiredWithinRange"),
        ("fewer than the least", "", [2, 8, 3, 1], "2: ReadyForNewScale, TooFewReplicas"),
        ("none, where none is allowed", "", [0, 10, 1, 0], "0: ReadyForNewScale, DesiredWithinRange"),
        ("more than the most", "", [1, 10, 20, 1000], "10: ReadyForNewScale, TooManyReplicas"),
        ("more than twice as many", "", [1, 2000, 100, 1000], "200: ReadyForNewScale, ScaleUpLimit"),
        ("of one or two, four are always allowed", "", [1, 10, 1, 9], "4: ReadyForNewScale, ScaleUpLimit"),
        (
            "the handbook's six of two take two steps",
            "2@15",
            [2, 10, 2, 6],
            "4: ReadyForNewScale, ScaleUpLimit",
        ),
        ("the second of them", "2@30 6@15", [2, 10, 4, 6], "6: ReadyForNewScale, DesiredWithinRange"),
        (
            "what was proposed four minutes ago holds",
            "6@240",
            [2, 10, 6, 3],
            "6: ScaleDownStabilized, DesiredWithinRange",
        ),
        (
            "what was proposed five minutes ago to the second holds",
            "6@300",
            [2, 10, 6, 3],
            "6: ScaleDownStabilized, DesiredWithinRange",
        ),
        (
            "what was proposed longer ago does not",
            "6@301",
            [2, 10, 6, 3],
            "3: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "the highest of several holds",
            "5@240 4@120 3@60",
            [2, 10, 6, 3],
            "5: ScaleDownStabilized, DesiredWithinRange",
        ),
        (
            "lower proposals do not hold growth back",
            "1@120 2@60",
            [1, 10, 2, 4],
            "4: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "what holds may be above the most",
            "50@60",
            [1, 10, 8, 3],
            "10: ScaleDownStabilized, TooManyReplicas",
        ),
    ] {
        assert_eq!(normalized(None, past, wish), expected, "{row}");
    }
}

/// A sentence, the policies up and down, what was before, the numbers, and what comes of it.
type Row = (&'static str, &'static str, &'static str, &'static str, [i32; 4], &'static str);

#[test]
fn policies_say_how_fast_it_goes() {
    const UP: &str = "0: Pods 4/15 Percent 100/15";
    const DOWN: &str = "0: Percent 100/15";
    let rows: [Row; 28] = [
        (
            "by default six of two are reached at once",
            UP,
            DOWN,
            "",
            [2, 10, 2, 6],
            "6: ReadyForNewScale, DesiredWithinRange",
        ),
        ("four more than two, not more", UP, DOWN, "", [1, 1000, 2, 50], "6: ReadyForNewScale, ScaleUpLimit"),
        (
            "twice as many as ten, not more",
            UP,
            DOWN,
            "",
            [1, 1000, 10, 50],
            "20: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "by default it shrinks at once",
            UP,
            DOWN,
            "",
            [1, 1000, 100, 5],
            "5: ReadyForNewScale, DesiredWithinRange",
        ),
        ("the most limits first", UP, DOWN, "", [1, 3, 2, 50], "3: ReadyForNewScale, TooManyReplicas"),
        ("the least limits first", UP, DOWN, "", [5, 10, 8, 1], "5: ReadyForNewScale, TooFewReplicas"),
        (
            "a percent of a few is one more",
            "0: Percent 1/60",
            DOWN,
            "",
            [1, 2000, 3, 1000],
            "4: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "twenty fewer in a minute",
            UP,
            "0: Pods 20/60",
            "",
            [3, 2000, 1000, 3],
            "980: ReadyForNewScale, ScaleDownLimit",
        ),
        (
            "a hundred pods are more than a hundred percent of ten",
            "0: Pods 100/60 Percent 100/60",
            DOWN,
            "",
            [1, 1000, 10, 500],
            "110: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "a hundred percent of ten are more than two pods",
            "0: Pods 2/60 Percent 100/60",
            DOWN,
            "",
            [1, 1000, 10, 500],
            "20: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "the least change when growing",
            "0: Pods 2/60 Percent 100/60 Min",
            DOWN,
            "",
            [1, 1000, 10, 500],
            "12: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "twice as many more",
            "0: Percent 200/60",
            DOWN,
            "",
            [1, 1000, 10, 50],
            "30: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "no growth",
            "0: Pods 4/60 Disabled",
            DOWN,
            "",
            [1, 1000, 10, 50],
            "10: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "no shrinking",
            UP,
            "0: Pods 4/60 Disabled",
            "",
            [1, 1000, 10, 2],
            "10: ReadyForNewScale, ScaleDownLimit",
        ),
        (
            "twenty pods are more than a percent",
            UP,
            "0: Pods 20/60 Percent 1/60",
            "",
            [1, 1000, 100, 2],
            "80: ReadyForNewScale, ScaleDownLimit",
        ),
        (
            "the least change when shrinking",
            UP,
            "0: Pods 20/60 Percent 1/60 Min",
            "",
            [1, 1000, 100, 2],
            "99: ReadyForNewScale, ScaleDownLimit",
        ),
        (
            "half of ten",
            UP,
            "0: Percent 50/60",
            "",
            [1, 1000, 10, 5],
            "5: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "more than all, to the least",
            UP,
            "0: Percent 100/60",
            "",
            [5, 1000, 10, 2],
            "5: ReadyForNewScale, TooFewReplicas",
        ),
        (
            "what was added in the period counts",
            "0: Pods 150/120",
            DOWN,
            "+1@100 +5@70 +9@10",
            [1, 1000, 100, 500],
            "235: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "in percent too",
            "0: Percent 200/120",
            DOWN,
            "+1@100 +5@70 +9@10",
            [1, 1000, 100, 500],
            "255: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "more was added than the policy allows: it stays",
            "0: Pods 5/120",
            DOWN,
            "+1@100 +5@70 +9@10",
            [1, 1000, 100, 500],
            "100: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "what was added before the period does not count",
            "0: Pods 5/60",
            DOWN,
            "+9@70",
            [1, 1000, 100, 500],
            "105: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "nor what was added when it began",
            "0: Pods 5/60",
            DOWN,
            "+9@60",
            [1, 1000, 100, 500],
            "105: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "what was taken away counts against it",
            "0: Percent 300/300",
            DOWN,
            "+4@60 -2@60",
            [1, 1000, 6, 24],
            "16: ReadyForNewScale, ScaleUpLimit",
        ),
        (
            "what was taken away in the period counts",
            UP,
            "0: Pods 20/120",
            "-1@100 -5@70 -9@10",
            [1, 1000, 100, 0],
            "95: ReadyForNewScale, ScaleDownLimit",
        ),
        (
            "more was taken away than the policy allows: it stays",
            UP,
            "0: Pods 5/120",
            "-1@100 -5@70 -9@10",
            [1, 1000, 100, 0],
            "100: ReadyForNewScale, ScaleDownLimit",
        ),
        (
            "a percentage of what there was",
            UP,
            "0: Percent 50/180",
            "-15@30",
            [1, 1000, 100, 0],
            "57: ReadyForNewScale, ScaleDownLimit",
        ),
        ("nothing is wanted", UP, DOWN, "", [1, 10, 5, 5], "5: ReadyForNewScale, DesiredWithinRange"),
    ];
    for (row, up, down, past, wish, expected) in rows {
        assert_eq!(normalized(Some((up, down)), past, wish), expected, "{row}");
    }
}

#[test]
fn windows_hold_both_directions() {
    for (row, up, down, past, wish, expected) in [
        ("nothing was proposed", 0, 0, "", [1, 200, 100, 5], "5: ReadyForNewScale, DesiredWithinRange"),
        (
            "the highest of three minutes holds when shrinking",
            0,
            180,
            "4@120 5@60",
            [1, 200, 100, 3],
            "5: ScaleDownStabilized, DesiredWithinRange",
        ),
        (
            "the lowest of five minutes holds when growing",
            300,
            0,
            "4@120 5@60",
            [1, 200, 1, 7],
            "4: ScaleUpStabilized, DesiredWithinRange",
        ),
        (
            "a window for growing does not hold shrinking",
            300,
            0,
            "1@120 2@60",
            [1, 200, 100, 3],
            "3: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "a window for shrinking does not hold growing",
            0,
            300,
            "4@120 5@60",
            [1, 200, 1, 3],
            "3: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "too old proposals hold nothing",
            0,
            0,
            "10@600 9@540",
            [1, 200, 100, 3],
            "3: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "a proposal at the edge of the window holds nothing",
            0,
            180,
            "9@180",
            [1, 200, 100, 3],
            "3: ReadyForNewScale, DesiredWithinRange",
        ),
        (
            "two windows of their own",
            150,
            300,
            "10@6000 6@60 5@120 9@180",
            [1, 200, 1, 100],
            "5: ScaleUpStabilized, DesiredWithinRange",
        ),
        (
            "between what held it down and what held it up it stays",
            300,
            300,
            "2@60 9@60",
            [1, 200, 5, 7],
            "5: ScaleUpStabilized, DesiredWithinRange",
        ),
    ] {
        let rule = |window: i32| format!("{window}: Percent 10000/15");
        let behavior = (rule(up), rule(down));
        assert_eq!(normalized(Some((&behavior.0, &behavior.1)), past, wish), expected, "{row}");
    }
}
