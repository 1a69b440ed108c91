//! Runs every controller of a program: a queue, an identity and one worker for each.

use crate::{Action, Wake};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Backoff, Change, Component, Context, Identity, Key, Recorder, WorkQueue};
use orrery_sim::{Duration, SimTime};

/// How long one look at one key takes …
const SYNC_TIME: Duration = Duration::from_millis(1);
/// … and each write that follows from it: a loop cannot flood the server in an instant.
const WRITE_TIME: Duration = Duration::from_millis(1);

/// Any of a program's controllers: what [`controllers!`](crate::controllers) makes of its registry.
pub trait Loop {
    /// As [`Controller::NAME`](crate::Controller::NAME).
    fn name(&self) -> &'static str;

    /// As [`Controller::RETRY`](crate::Controller::RETRY).
    fn retry(&self) -> Backoff;

    /// As [`Controller::TRIES`](crate::Controller::TRIES).
    fn tries(&self) -> u32;

    /// As [`Controller::observe`](crate::Controller::observe).
    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake);

    /// As [`Controller::sync`](crate::Controller::sync).
    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action>;
}

/// The registry of a program's controllers: a name and a type each. Makes the type of any of them, `AnyController`,
/// and `all`, one of each.
#[macro_export]
macro_rules! controllers {
    ($($name:ident => $ty:path;)*) => {
        /// Any of the controllers.
        #[derive(Clone, Debug)]
        #[expect(missing_docs, reason = "each variant is the controller of that name")]
        pub enum AnyController {
            $($name($ty),)*
        }

        /// One of each.
        pub fn all() -> Vec<AnyController> {
            vec![$(AnyController::$name(Default::default()),)*]
        }

        impl $crate::Loop for AnyController {
            fn name(&self) -> &'static str {
                match self { $(AnyController::$name(_) => <$ty as $crate::Controller>::NAME,)* }
            }

            fn retry(&self) -> orrery_client::Backoff {
                match self { $(AnyController::$name(_) => <$ty as $crate::Controller>::RETRY,)* }
            }

            fn tries(&self) -> u32 {
                match self { $(AnyController::$name(_) => <$ty as $crate::Controller>::TRIES,)* }
            }

            fn observe(
                &mut self,
                change: &orrery_client::Change,
                api: &orrery_client::ApiServer,
                wake: &mut $crate::Wake,
            ) {
                match self { $(AnyController::$name(c) => $crate::Controller::observe(c, change, api, wake),)* }
            }

            fn sync(
                &mut self,
                key: &orrery_client::Key,
                cx: &mut orrery_client::Context<'_>,
            ) -> orrery_apimachinery::StatusResult<$crate::Action> {
                match self { $(AnyController::$name(c) => $crate::Controller::sync(c, key, cx),)* }
            }
        }
    };
}

/// One loop with all that it owns.
#[derive(Clone, Debug)]
struct Worker<L> {
    controller: L,
    identity: Identity,
    queue: WorkQueue<Key>,
    busy_until: SimTime,
}

impl<L: Loop> Worker<L> {
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
                self.queue.add_after(key, now + delay, cause);
            }
            Ok(Action::RetryWithin(delay)) => {
                self.queue.retry(key.clone(), now, cause, self.controller.tries());
                self.queue.add_after(key, now + delay, cause);
            }
            Err(_) => self.queue.retry(key, now, cause, self.controller.tries()),
        }
        let writes = u32::try_from(api.revision() - before).unwrap_or(u32::MAX);
        self.busy_until = now + SYNC_TIME + WRITE_TIME.saturating_mul(writes);
    }
}

/// A program made of control loops.
#[derive(Clone, Debug)]
pub struct Manager<L> {
    workers: Vec<Worker<L>>,
}

impl<L: Loop> Manager<L> {
    /// Runs these controllers, in the run with `seed`.
    pub fn new(seed: u64, controllers: Vec<L>) -> Self {
        let worker = |controller: L| {
            let name = controller.name();
            Worker {
                identity: Identity::new(seed, name, Recorder::new(name, None)),
                queue: WorkQueue::new(controller.retry()),
                controller,
                busy_until: SimTime::ZERO,
            }
        };
        Manager { workers: controllers.into_iter().map(worker).collect() }
    }

    /// Every loop, for who reads what it remembers.
    pub fn loops(&self) -> impl Iterator<Item = &L> {
        self.workers.iter().map(|w| &w.controller)
    }
}

impl<L: Loop> Component for Manager<L> {
    fn observe(&mut self, change: &Change, api: &ApiServer, now: SimTime) {
        let mut wake = Wake::default();
        for worker in &mut self.workers {
            worker.controller.observe(change, api, &mut wake);
            if !wake.is_empty() {
                wake.fill(&mut worker.queue, now, change.revision.into());
            }
        }
    }

    fn next(&self) -> Option<SimTime> {
        self.workers.iter().filter_map(|w| w.next()).min()
    }

    fn run(&mut self, api: &mut ApiServer, now: SimTime) {
        // The first of the registry goes first among those due at the same instant.
        if let Some(worker) = self.workers.iter_mut().find(|w| w.next().is_some_and(|due| due <= now)) {
            worker.run(api, now);
        }
    }
}
