//! How far a Job is: what succeeded, failed and runs, index by index where it has indexes, and when it tries again.

use std::rc::Rc;

use orrery_api::{Job, Pod};
use orrery_apimachinery::Time;
use orrery_cluster::Cluster;

use crate::owner::unsigned;
use crate::owners::suffix;
use crate::scene::Text;

/// The annotation that names a pod's index.
const INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// The first new pod after a failure waits so long; the time doubles (upstream: `DefaultJobPodFailureBackOff`).
const FIRST_BACK_OFF_S: i64 = 10;
/// No pod waits longer (upstream: `MaxJobPodFailureBackOff`).
const LONGEST_BACK_OFF_S: i64 = 600;
/// The strip has at most so many cells; then one stands for several indexes.
const CELLS: usize = 60;

/// One cell of the strip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Not begun.
    Waiting,
    /// A pod of it runs.
    Active,
    /// Done.
    Done,
    /// Failed for good.
    Failed,
}

/// How far a Job is.
#[derive(Clone, PartialEq, Debug)]
pub struct JobProgress {
    /// Pods that must succeed; none when the first to succeed decides.
    pub completions: Option<u32>,
    /// So many at a time.
    pub parallelism: u32,
    /// Pods that run or are about to.
    pub active: u32,
    /// Pods or indexes that succeeded.
    pub succeeded: u32,
    /// Pods that failed.
    pub failed: u32,
    /// So many may fail; none when it is counted by index.
    pub limit: Option<u32>,
    /// Each index has its own count.
    pub indexed: bool,
    /// The indexes in order, or the completions in the order in which they come.
    pub cells: Vec<Cell>,
    /// Seconds until the next pod is made after one that failed.
    pub retry_in: Option<u32>,
    /// How it ended or why it stands still: the condition's type, and its reason and message.
    pub end: Option<(Text, Text)>,
}

/// What tells a pod from its siblings: its index, or the end of its name.
pub(crate) fn label(pod: &Pod) -> Text {
    pod.metadata.annotations.get(INDEX).cloned().unwrap_or_else(|| suffix(&pod.metadata))
}

/// Reads a Job and its pods.
pub(crate) fn progress(cluster: &Cluster, job: &Job, pods: &[&Rc<Pod>]) -> JobProgress {
    let (spec, status) = (&job.spec, &job.status);
    let indexed = spec.completion_mode.as_deref() == Some("Indexed");
    let completions = spec.completions.map(unsigned);
    let told = |kind: &str| status.conditions.iter().find(|c| &*c.type_ == kind && &*c.status == "True");
    let end =
        ["Complete", "Failed", "FailureTarget", "SuccessCriteriaMet", "Suspended"].into_iter().find_map(told);
    JobProgress {
        completions,
        parallelism: unsigned(spec.parallelism.unwrap_or(1)),
        active: unsigned(status.active),
        succeeded: unsigned(status.succeeded),
        failed: unsigned(status.failed),
        limit: spec.backoff_limit.filter(|n| *n != i32::MAX).map(unsigned),
        indexed,
        cells: if indexed { by_index(job, pods) } else { in_order(job) },
        retry_in: if end.is_none() && status.active == 0 { retry_in(cluster, pods) } else { None },
        end: end.map(|c| {
            let words = [c.reason.as_deref(), c.message.as_deref()].into_iter().flatten();
            (c.type_.clone(), words.collect::<Vec<_>>().join(": ").as_str().into())
        }),
    }
}

/// Completions that differ in nothing: those that are there, those that run, those that lack.
fn in_order(job: &Job) -> Vec<Cell> {
    let (done, active) = (job.status.succeeded, job.status.active);
    let total = job.spec.completions.unwrap_or(1).max(done);
    let all = (0..total).map(|n| match n {
        n if n < done => Cell::Done,
        n if n < done.saturating_add(active) => Cell::Active,
        _ => Cell::Waiting,
    });
    gathered(all, total)
}

fn by_index(job: &Job, pods: &[&Rc<Pod>]) -> Vec<Cell> {
    let total = job.spec.completions.unwrap_or(0);
    let mut cells = vec![Cell::Waiting; usize::try_from(total).unwrap_or(0).min(100_000)];
    for pod in pods {
        let cell = match pod.status.phase.as_deref() {
            Some("Failed") => continue,
            // The controller has yet to count it.
            Some("Succeeded") => Cell::Done,
            _ => Cell::Active,
        };
        if let Ok(index) = label(pod).parse() {
            set(&mut cells, index, index, cell);
        }
    }
    let lists = [(&job.status.completed_indexes, Cell::Done), (&job.status.failed_indexes, Cell::Failed)];
    for (list, cell) in lists {
        for range in list.as_deref().unwrap_or_default().split(',') {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
                set(&mut cells, from, to, cell);
            }
        }
    }
    gathered(cells.into_iter(), total)
}

fn set(cells: &mut [Cell], from: usize, to: usize, cell: Cell) {
    cells.iter_mut().take(to.saturating_add(1)).skip(from).for_each(|c| *c = cell);
}

/// A cell for every so many: what fails or runs among them shows, and they are done when all are.
fn gathered(all: impl Iterator<Item = Cell>, total: i32) -> Vec<Cell> {
    let each = usize::try_from(total).unwrap_or(0).div_ceil(CELLS).max(1);
    let all: Vec<Cell> = all.collect();
    let one = |some: &[Cell]| {
        let first = [Cell::Failed, Cell::Active, Cell::Waiting].into_iter().find(|c| some.contains(c));
        first.unwrap_or(Cell::Done)
    };
    all.chunks(each).map(one).collect()
}

/// What is left of the back-off after pods that failed in a row (upstream: `backoff_utils.go`, `getRemainingTime`).
fn retry_in(cluster: &Cluster, pods: &[&Rc<Pod>]) -> Option<u32> {
    let ended = |phase: &str| {
        let of = pods.iter().filter(|p| p.status.phase.as_deref() == Some(phase));
        of.filter_map(|p| finished(p)).map(|t| t.0).collect::<Vec<i64>>()
    };
    let last_success = ended("Succeeded").into_iter().max().unwrap_or(i64::MIN);
    let failures = ended("Failed");
    let in_a_row = failures.iter().filter(|at| **at > last_success).count().checked_sub(1)?;
    let delay = FIRST_BACK_OFF_S.checked_shl(in_a_row.min(6) as u32)?.min(LONGEST_BACK_OFF_S);
    let due = failures.into_iter().max()? + delay;
    u32::try_from(due - cluster.api().date(cluster.now()).0).ok().filter(|left| *left > 0)
}

/// When the last container of a pod ended.
fn finished(pod: &Pod) -> Option<Time> {
    let ends = pod.status.container_statuses.iter().filter_map(|s| s.state.terminated.as_ref()?.finished_at);
    ends.max_by_key(|t| t.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::{JobSpec, JobStatus};

    fn strip(completions: i32, completed: &str, failed: &str) -> String {
        let spec = JobSpec { completions: Some(completions), ..Default::default() };
        let status = JobStatus {
            completed_indexes: Some(completed.into()),
            failed_indexes: Some(failed.into()),
            ..Default::default()
        };
        let cells = by_index(&Job { spec, status, ..Default::default() }, &[]);
        cells
            .into_iter()
            .map(|c| match c {
                Cell::Waiting => '.',
                Cell::Active => '>',
                Cell::Done => '#',
                Cell::Failed => 'x',
            })
            .collect()
    }

    #[test]
    fn the_strip_has_a_cell_for_an_index_or_for_several() {
        let rows = [
            ("ranges and single indexes are done", strip(6, "0-2,5", ""), "###..#"),
            ("an index that failed stands out", strip(4, "0", "2"), "#.x."),
            ("an index that does not exist is nowhere", strip(2, "0-9", "7"), "##"),
            (
                "of two indexes in one cell both must be done",
                strip(120, "0-2", "119"),
                &format!("#{}x", ".".repeat(58)),
            ),
        ];
        for (name, got, want) in rows {
            assert_eq!(got, want, "{name}");
        }
    }
}
