//! Jobs with pods whose ends the tests decide.

mod counting;
mod ending;
mod failing;
mod indexed;
mod owning;

use super::JobController;
use crate::testing::Workbench;
use orrery_api::{ContainerState, ContainerStateTerminated, ContainerStatus, Job, Pod};
use orrery_sim::Duration;
use serde_json::{Value, json};
use std::ops::{Deref, DerefMut};

/// A workbench with what these tests do on it.
struct Bench(Workbench<JobController>);

impl Deref for Bench {
    type Target = Workbench<JobController>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Bench {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// How a pod ends: its exit code, or `None` while it goes on.
type Fate<'a> = &'a dyn Fn(&Pod) -> Option<i32>;

const SUCCEEDS: Fate = &|_| Some(0);
const FAILS: Fate = &|_| Some(1);
const RUNS: Fate = &|_| None;

/// A bench with one Job, called `work`.
fn bench(spec: Value) -> Bench {
    let mut bench = Bench(Workbench::new());
    let mut job = json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"namespace": "default", "name": "work"},
        "spec": {"template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}
    });
    for (field, value) in spec.as_object().expect("a spec has fields") {
        job["spec"][field] = value.clone();
    }
    bench.apply(job);
    bench
}

impl Bench {
    fn job(&self) -> Job {
        (*self.get::<Job>("default", "work").expect("nobody deletes it")).clone()
    }

    /// Lets seconds pass. After each, pods that run meet their fate, pods that are deleted end and go, and new ones run.
    fn live(&mut self, seconds: u64, fate: Fate) {
        for _ in 0..seconds {
            self.pass(Duration::from_secs(1));
            for pod in self.pods() {
                let leaves = pod.metadata.terminating().then_some(137);
                let running = pod.status.phase.as_deref() == Some("Running");
                if let Some(code) = leaves.or_else(|| fate(&pod)).filter(|_| running) {
                    self.end(&pod, code);
                }
            }
            self.run_pods(|_| true);
        }
    }

    /// Ends the containers of a pod.
    fn end(&mut self, pod: &Pod, code: i32) {
        let date = self.api.date(self.now);
        let terminated =
            ContainerStateTerminated { exit_code: code, finished_at: Some(date), ..Default::default() };
        let state = ContainerState { terminated: Some(Box::new(terminated)), ..Default::default() };
        self.modify_status::<Pod>("default", &pod.metadata.name, |pod| {
            pod.status.phase = Some(if code == 0 { "Succeeded" } else { "Failed" }.into());
            pod.status.conditions.retain(|c| &*c.type_ != "Ready");
            pod.status.container_statuses =
                vec![ContainerStatus { name: "main".into(), state, ..Default::default() }];
        });
    }

    /// The status in one line: counts, indexes and the true conditions with their reasons.
    fn status(&self) -> String {
        let status = self.job().status;
        let mut text = format!("active {}", status.active);
        let counts = [
            ("ready", status.ready.unwrap_or(0)),
            ("terminating", status.terminating.unwrap_or(0)),
            ("succeeded", status.succeeded),
            ("failed", status.failed),
        ];
        for (what, count) in counts.iter().filter(|(_, count)| *count > 0) {
            text += &format!(", {what} {count}");
        }
        for (what, indexes) in [("completed", &status.completed_indexes), ("failed", &status.failed_indexes)]
        {
            if let Some(indexes) = indexes.as_ref().filter(|indexes| !indexes.is_empty()) {
                text += &format!(", indexes {what}: {indexes}");
            }
        }
        for c in &status.conditions {
            let not = if &*c.status == "True" { "" } else { "not " };
            text += &format!("; {not}{} ({})", c.type_, c.reason.clone().unwrap_or_default());
        }
        text
    }

    /// When pods were created, in seconds.
    fn creations(&self) -> Vec<u64> {
        let created = |w: &&orrery_apiserver::Write| {
            w.kind == orrery_api::Kind::Pod && w.op == orrery_client::Op::Added
        };
        self.api.writes().iter().filter(created).map(|w| w.time.as_secs()).collect()
    }
}
