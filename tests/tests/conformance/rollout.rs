//! What held at every instant of a rollout: the most that its ReplicaSets asked for, the fewest ready.

use crate::recording::{Change, Recording, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// The bounds within one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The most pods that the ReplicaSets' specs asked for at once (what maxSurge bounds).
    pub most_asked: i64,
    /// The fewest ready pods that are not being deleted.
    pub fewest_ready: usize,
}

type Table<'a> = BTreeMap<&'a str, &'a Value>;

fn owned_by(object: &Value, uid: &str) -> bool {
    let owners = object.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    owners.into_iter().flatten().any(|o| text(o, "/uid") == uid)
}

fn is_ready(pod: &Value) -> bool {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().any(|c| text(c, "/type") == "Ready" && text(c, "/status") == "True")
}

impl Recording {
    fn step_at(&self, time: f64) -> String {
        let begun = self.steps.iter().filter(|s| s["t"].as_f64().unwrap_or_default() <= time).count();
        text(&self.steps[begun.saturating_sub(1)], "/step").to_string()
    }

    /// The bounds by Deployment and step.
    pub fn rollouts(&self) -> BTreeMap<(String, String), Bounds> {
        let mut out = BTreeMap::new();
        let (mut deployments, mut sets, mut pods) = (Table::new(), Table::new(), Table::new());
        for change in &self.log {
            let table = match change.kind.as_str() {
                "Deployment" => &mut deployments,
                "ReplicaSet" => &mut sets,
                "Pod" => &mut pods,
                _ => continue,
            };
            if !self.namespaces.contains(text(&change.object, "/metadata/namespace")) {
                continue;
            }
            follow(table, change);
            let step = self.step_at(change.time);
            for (uid, deployment) in &deployments {
                let mine: Table<'_> =
                    sets.iter().filter(|(_, s)| owned_by(s, uid)).map(|(k, v)| (*k, *v)).collect();
                let asked: i64 = mine
                    .values()
                    .map(|s| s.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1))
                    .sum();
                let ready = pods
                    .values()
                    .filter(|p| p.pointer("/metadata/deletionTimestamp").is_none())
                    .filter(|p| mine.keys().any(|set| owned_by(p, set)) && is_ready(p))
                    .count();
                let key = (text(deployment, "/metadata/name").to_string(), step.clone());
                let bounds = out.entry(key).or_insert(Bounds { most_asked: 0, fewest_ready: usize::MAX });
                bounds.most_asked = bounds.most_asked.max(asked);
                bounds.fewest_ready = bounds.fewest_ready.min(ready);
            }
        }
        out
    }
}

fn follow<'a>(table: &mut Table<'a>, change: &'a Change) {
    let uid = text(&change.object, "/metadata/uid");
    if change.op == "DELETED" {
        table.remove(uid);
    } else {
        table.insert(uid, &change.object);
    }
}
