//! Runs every controller: a queue, an identity and one worker for each.

use crate::controllers::{AnyController, all};
use crate::{Action, Wake};
use orrery_client::{ApiServer, Change, Component, Identity, Key, Recorder, WorkQueue};
use orrery_sim::{Duration, SimTime};

/// How long one look at one key takes …
const SYNC_TIME: Duration = Duration::from_millis(1);
/// … and each write that follows from it: a loop cannot flood the server in an instant.
const WRITE_TIME: Duration = Duration::from_millis(1);

/// One loop with all that it owns.
#[derive(Clone, Debug)]
struct Worker {
    controller: AnyController,
    identity: Identity,
    queue: WorkQueue<Key>,
    busy_until: SimTime,
}

impl Worker {
    fn next(&self) -> Option<SimTime> {
        self.queue.next().map(|due| due.max(self.busy_until))
    }

    fn run(&mut self, api: &mut ApiServer, now: SimTime) {
        let Some((key, cause)) = self.queue.pop(now) else { return };
        let before = api.revision();
        let mut cx = self.identity.act(api, now, cause);
        match self.controller.sync(&key, &mut cx) {
            Ok(Action::AwaitChange) => self.queue.forget(&key),
            Ok(Action::RequeueAfter(delay)) => {
                self.queue.forget(&key);
                self.queue.add_after(key, now + delay, 0);
            }
            Ok(Action::RetryWithin(delay)) => {
                self.queue.retry(key.clone(), now, cause, self.controller.tries());
                self.queue.add_after(key, now + delay, 0);
            }
            Err(_) => self.queue.retry(key, now, cause, self.controller.tries()),
        }
        let writes = u32::try_from(api.revision() - before).unwrap_or(u32::MAX);
        self.busy_until = now + SYNC_TIME + WRITE_TIME.saturating_mul(writes);
    }
}

/// The program.
#[derive(Clone, Debug)]
pub struct ControllerManager {
    workers: Vec<Worker>,
}

impl ControllerManager {
    /// All controllers of the registry, for the run with `seed`.
    pub fn new(seed: u64) -> Self {
        let worker = |controller: AnyController| {
            let name = controller.name();
            Worker {
                identity: Identity::new(seed, name, Recorder::new(name, None)),
                queue: WorkQueue::new(controller.retry()),
                controller,
                busy_until: SimTime::ZERO,
            }
        };
        ControllerManager { workers: all().into_iter().map(worker).collect() }
    }

    /// The name of every loop and whether it has something to do at `now`.
    pub fn activity(&self, now: SimTime) -> impl Iterator<Item = (&'static str, bool)> {
        self.workers.iter().map(move |w| (w.controller.name(), w.queue.next().is_some_and(|due| due <= now)))
    }
}

impl Component for ControllerManager {
    fn observe(&mut self, change: &Change, api: &ApiServer, now: SimTime) {
        let mut wake = Wake::default();
        for worker in &mut self.workers {
            worker.controller.observe(change, api, &mut wake);
            if !wake.is_empty() {
                wake.fill(&mut worker.queue, now, change.revision);
            }
        }
    }

    fn next(&self) -> Option<SimTime> {
        self.workers.iter().filter_map(Worker::next).min()
    }

    fn run(&mut self, api: &mut ApiServer, now: SimTime) {
        // The first of the registry goes first among those due at the same instant.
        if let Some(worker) = self.workers.iter_mut().find(|w| w.next().is_some_and(|due| due <= now)) {
            worker.run(api, now);
        }
    }
}
