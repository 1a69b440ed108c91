//! The requests that are followed: what is recorded while one is on its way, and the last ones.

use orrery_apimachinery::Str;
use orrery_container_runtime::{Answer, Reply, Unreachable};
use orrery_kube_proxy::{End, Failure, Hop, Journey, Place};
use orrery_sim::{Duration, SimTime};
use std::collections::VecDeque;
use std::rc::Rc;

/// So many requests are remembered.
const REMEMBERED: usize = 64;

/// What records the steps of requests, while somebody wants to know them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracer {
    count: u64,
    last: VecDeque<Rc<Journey>>,
    open: Option<Open>,
    /// Why the last request stopped.
    failure: Option<Failure>,
    /// How many equal requests the one on its way stands for.
    batch: Option<u64>,
}

/// A request that is on its way.
#[derive(Clone, Debug, Default)]
struct Open {
    hops: Vec<Hop>,
    /// Where it stopped last, and why. A proxy that was stopped can still answer.
    stop: Option<(Failure, Str)>,
    /// What was answered last, if that was an answer.
    answered: Option<End>,
}

impl Tracer {
    /// The last requests, oldest first.
    pub(crate) fn journeys(&self) -> impl DoubleEndedIterator<Item = &Rc<Journey>> {
        self.last.iter()
    }

    /// Begins to record.
    pub(crate) fn open(&mut self) {
        self.open = Some(Open::default());
    }

    /// Whether steps are recorded.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Lets the next requests stand for as many, or for themselves again.
    pub(crate) fn set_batch(&mut self, batch: Option<u64>) {
        (self.batch, self.failure) = (batch, None);
    }

    /// How many equal requests the one on its way stands for; none when it is really a single one.
    pub(crate) fn batch(&self) -> Option<u64> {
        self.batch
    }

    /// Why the last request stopped, of which a client saw this.
    pub(crate) fn failure(&mut self, why: Unreachable) -> Failure {
        self.failure.take().unwrap_or_else(|| unexplained(why).0)
    }

    /// Records a step.
    pub(crate) fn hop(&mut self, hop: Hop) {
        if let Some(open) = &mut self.open {
            open.hops.push(hop);
        }
    }

    /// Records why it goes no further.
    pub(crate) fn stop(&mut self, failure: Failure, why: &str) {
        self.failure = Some(failure);
        if let Some(open) = &mut self.open {
            open.stop = Some((failure, why.into()));
        }
    }

    /// What seemed to stop it did not.
    pub(crate) fn go_on(&mut self) {
        self.failure = None;
        if let Some(open) = &mut self.open {
            open.stop = None;
        }
    }

    /// Records what a connection came to.
    pub(crate) fn heard(&mut self, result: &Result<Reply, Unreachable>) {
        if let Some(open) = &mut self.open {
            open.answered = result.as_ref().ok().map(answered);
        }
    }

    /// What was recorded of a command that has run, if it used the network: it ended as its last connection did.
    pub(crate) fn close_command(&mut self, at: SimTime, from: Place, asked: Str, took: Duration) {
        let Some(open) = self.open.take().filter(|open| !open.hops.is_empty()) else { return };
        let failed = open.stop.map(|(failure, why)| End::Failed(failure, why));
        let end = open.answered.or(failed).unwrap_or(End::Answered(None));
        self.remember(at, from, asked, open.hops, end, took);
    }

    /// What was recorded of a request that has come to its end.
    pub(crate) fn close(
        &mut self,
        at: SimTime,
        from: Place,
        asked: Str,
        answer: &Answer<Result<Reply, Unreachable>>,
    ) -> Rc<Journey> {
        let Open { hops, stop, .. } = self.open.take().unwrap_or_default();
        let end = match &answer.result {
            Ok(reply) => answered(reply),
            Err(why) => {
                let (failure, text) = stop.unwrap_or_else(|| unexplained(*why));
                End::Failed(failure, text)
            }
        };
        self.remember(at, from, asked, hops, end, answer.took)
    }

    fn remember(
        &mut self,
        at: SimTime,
        from: Place,
        asked: Str,
        hops: Vec<Hop>,
        end: End,
        took: Duration,
    ) -> Rc<Journey> {
        self.count += 1;
        let journey = Rc::new(Journey { number: self.count, at, from, asked, hops, end, took });
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(journey.clone());
        journey
    }
}

fn answered(reply: &Reply) -> End {
    match reply {
        Reply::Http { status, .. } => End::Answered(Some(*status)),
        _ => End::Answered(None),
    }
}

/// Why nobody answered, as far as the client can tell.
fn unexplained(why: Unreachable) -> (Failure, Str) {
    match why {
        Unreachable::Refused => (Failure::NotListening, "connection refused".into()),
        Unreachable::NoRoute => (Failure::NoRoute, "no route to host".into()),
        Unreachable::TimedOut => (Failure::TimedOut, "no answer in time".into()),
    }
}
