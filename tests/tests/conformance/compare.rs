//! Compares two runs of a scenario, check by check.

use crate::recording::Recording;
use serde_json::Value;
use std::collections::BTreeSet;

/// How many checks are equal, of how many, and what differs.
#[derive(Debug, Default)]
pub struct Verdict {
    pub equal: usize,
    pub total: usize,
    pub differences: Vec<String>,
}

struct Judge<'a> {
    name: &'a str,
    noise: &'a [(String, String, String)],
    verdict: Verdict,
}

impl Judge<'_> {
    /// Counts one check; what differs is only told when it does.
    fn check(&mut self, step: &str, what: &str, equal: bool, told: impl FnOnce() -> String) {
        if self.noise.iter().any(|(n, s, w)| n == self.name && s == step && w == what) {
            return;
        }
        self.verdict.total += 1;
        if equal {
            self.verdict.equal += 1;
        } else {
            self.verdict.differences.push(format!("{step} / {what}:\n{}", told()));
        }
    }
}

/// Compares `ours` with the `real` run of the scenario `name`.
pub fn compare(
    name: &str,
    real: &Recording,
    ours: &Recording,
    noise: &[(String, String, String)],
) -> Verdict {
    let mut judge = Judge { name, noise, verdict: Verdict::default() };
    let our_states = ours.states();
    for (step, objects) in real.states() {
        let title = step["step"].as_str().unwrap_or_default();
        let twin = our_states.iter().rev().find(|(s, _)| s["step"] == step["step"]);
        commands(&mut judge, title, real, ours, step, twin.map(|(s, _)| *s));
        let empty = Default::default();
        let (theirs, mine) = (real.normal(&objects), ours.normal(twin.map_or(&empty, |(_, o)| o)));
        let kinds: BTreeSet<&String> = theirs.keys().chain(mine.keys()).collect();
        for kind in kinds {
            let (a, b) =
                (theirs.get(kind).cloned().unwrap_or_default(), mine.get(kind).cloned().unwrap_or_default());
            judge.check(title, kind, a == b, || difference(&a, &b));
        }
        let (a, b) = (real.events(&objects), ours.events(twin.map_or(&empty, |(_, o)| o)));
        let rows = |set: &BTreeSet<[String; 6]>| set.iter().map(|r| r.join(" | ")).collect::<Vec<_>>();
        judge.check(title, "events", a == b, || difference(&rows(&a), &rows(&b)));
    }
    rollouts(&mut judge, real, ours);
    judge.verdict
}

fn commands(
    judge: &mut Judge<'_>,
    title: &str,
    real: &Recording,
    ours: &Recording,
    step: &Value,
    twin: Option<&Value>,
) {
    for what in ["rc", "stdout", "stderr"] {
        let Some(theirs) = step.get(what) else { continue };
        let mine = twin.and_then(|s| s.get(what)).unwrap_or(&Value::Null);
        let scrubbed =
            |run: &Recording, v: &Value| v.as_str().map_or(v.clone(), |t| Value::from(run.scrubber.text(t)));
        let (a, b) = (scrubbed(real, theirs), scrubbed(ours, mine));
        judge.check(title, &format!("command {what}"), a == b, || format!("  real {a}\n  ours {b}"));
    }
}

fn rollouts(judge: &mut Judge<'_>, real: &Recording, ours: &Recording) {
    let our_bounds = ours.rollouts();
    for (key, bounds) in real.rollouts() {
        let mine = our_bounds.get(&key);
        let good =
            mine.is_some_and(|m| m.most_asked == bounds.most_asked && m.fewest_ready >= bounds.fewest_ready);
        let (deployment, step) = &key;
        judge.check(step, &format!("rollout {deployment}"), good, || {
            format!("  real {bounds:?}\n  ours {mine:?}")
        });
    }
}

/// The rows that only one side has.
fn difference(real: &[String], ours: &[String]) -> String {
    let mut left: Vec<&String> = ours.iter().collect();
    let mut lines = Vec::new();
    for row in real {
        match left.iter().position(|o| *o == row) {
            Some(i) => {
                left.remove(i);
            }
            None => lines.push(format!("  only real {row}")),
        }
    }
    lines.extend(left.iter().map(|row| format!("  only ours {row}")));
    lines.join("\n")
}

/// The comparison itself is tested: it must be able to fail.
pub mod tests {
    use super::*;
    use libtest_mimic::Failed;
    use serde_json::json;

    fn run(phase: &str, stdout: &str) -> Recording {
        let pod =
            json!({"metadata": {"name": "p", "namespace": "n"}, "spec": {}, "status": {"phase": phase}});
        Recording::new(json!({
            "namespaces": ["n"],
            "steps": [{"step": "create", "t": 1.0, "rc": 0, "stdout": stdout, "stderr": ""}],
            "log": [[1.5, "1", "ADDED", "Pod", pod]],
        }))
    }

    pub fn a_difference_is_seen() -> Result<(), Failed> {
        let same = compare("s", &run("Running", "pod/p created"), &run("Running", "pod/p created"), &[]);
        let other = compare("s", &run("Running", "pod/p created"), &run("Pending", "pod/p configured"), &[]);
        let forgiven = [("s".to_string(), "create".to_string(), "Pod".to_string())];
        let noisy = compare("s", &run("Running", "a"), &run("Pending", "a"), &forgiven);
        let counts = [&same, &other, &noisy].map(|v| (v.equal, v.total));
        if counts == [(5, 5), (3, 5), (4, 4)] { Ok(()) } else { Err(format!("{counts:?}").into()) }
    }
}
