//! Who of several equal programs works: the one that holds a Lease (upstream: `client-go/tools/leaderelection`).
//!
//! Upstream renews the Lease every two seconds. Here a leader marks it with [`HEARTBEAT`], which stands for these
//! renewals; where they end, the time of the last one is left behind, and those who wait begin to count.

use crate::{ApiServer, Cause, EventType, Identity, Recorder};
use orrery_api::{Lease, LeaseSpec};
use orrery_apimachinery::{MicroTime, ObjectMeta, Str};
use orrery_sim::{Duration, Random, SimTime};

/// The annotation, and its value, by which a Lease counts as renewed until now.
pub const HEARTBEAT: (&str, &str) = ("orrery.dev/heartbeat", "steady");

/// How long a Lease outlives its last renewal …
const LEASE: Duration = Duration::from_secs(15);
/// … for how long a leader tries to renew it before it gives up …
const RENEW_DEADLINE: Duration = Duration::from_secs(10);
/// … and how often it renews it, or others look at it.
const RETRY: Duration = Duration::from_secs(2);
/// The namespace of these Leases.
const NAMESPACE: &str = "kube-system";

/// What a look at the Lease led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing has changed.
    Same,
    /// The program leads from now on.
    Elected,
    /// The program could not renew the Lease in time, and ends.
    Lost,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// The program does not run.
    Off,
    /// Somebody else leads, as far as is known: the Lease as it was last seen, and when.
    Waiting { seen: Option<(u64, SimTime)>, look_at: SimTime },
    /// It renews the Lease every two seconds from `since` on.
    Leading { since: SimTime },
    /// It leads and cannot renew the Lease; then it gives up.
    Losing { gives_up_at: SimTime },
}

/// The part of a program that stands for election.
#[derive(Clone, Debug)]
pub struct Elector {
    identity: Identity,
    /// The name of the Lease, which is that of the program.
    lease: Str,
    /// The name of the machine, which begins the holder's name.
    host: Str,
    holder: Str,
    random: Random,
    connected: bool,
    state: State,
}

impl Elector {
    /// Stands for election as `lease` from `host`, under the name of the program's `recorder`. It is off at first.
    pub fn new(seed: u64, lease: &str, host: &str, recorder: Recorder) -> Self {
        Elector {
            identity: Identity::new(seed, lease, recorder),
            lease: lease.into(),
            host: host.into(),
            holder: "".into(),
            random: Random::stream(seed, &format!("{lease}/{host}")),
            connected: true,
            state: State::Off,
        }
    }

    /// Whether it leads, or believes that it does.
    pub fn leads(&self) -> bool {
        matches!(self.state, State::Leading { .. } | State::Losing { .. })
    }

    /// The name that it leaves in the Lease.
    pub fn holder(&self) -> &Str {
        &self.holder
    }

    /// When it looks at the Lease or gives up.
    pub fn next(&self) -> Option<SimTime> {
        match self.state {
            State::Waiting { look_at, .. } if self.connected => {
                Some(look_at).filter(|at| *at < SimTime::NEVER)
            }
            State::Losing { gives_up_at } => Some(gives_up_at),
            _ => None,
        }
    }

    /// The program starts, under a name of its own.
    pub fn start(&mut self, now: SimTime) {
        self.holder = format!("{}_{}", self.host, self.random.uuid()).into();
        self.state = State::Waiting { seen: None, look_at: now };
    }

    /// The program ends. It does not give the Lease back (upstream: `ReleaseOnCancel` is off).
    pub fn stop(&mut self, api: &mut ApiServer, now: SimTime) {
        self.leave_last_renewal(api, now);
        self.state = State::Off;
    }

    /// The way to the API server breaks.
    pub fn disconnect(&mut self, api: &mut ApiServer, now: SimTime) {
        self.connected = false;
        if let Some(renewed) = self.leave_last_renewal(api, now) {
            // It notices with the next renewal.
            self.state = State::Losing { gives_up_at: renewed + RETRY + RENEW_DEADLINE };
        }
    }

    /// The way to the API server is open again.
    pub fn connect(&mut self, api: &mut ApiServer, now: SimTime) {
        self.connected = true;
        match self.state {
            State::Losing { .. } => self.hold(api, now),
            State::Waiting { .. } => self.state = State::Waiting { seen: None, look_at: self.later(now) },
            State::Off | State::Leading { .. } => {}
        }
    }

    /// Hears that the Lease was written.
    pub fn observe(&mut self, lease: &Lease, now: SimTime) {
        if let State::Waiting { look_at: SimTime::NEVER, .. } = self.state
            && *lease.metadata.name == *self.lease
            && !is_steady(lease)
        {
            // The look after which the Lease has not changed.
            let at = self.later(now);
            self.wait(lease.metadata.resource_version, at);
        }
    }

    /// Looks at the Lease, or gives up.
    pub fn run(&mut self, api: &mut ApiServer, now: SimTime) -> Turn {
        match self.state {
            State::Losing { gives_up_at } if gives_up_at <= now => {
                self.state = State::Off;
                Turn::Lost
            }
            State::Waiting { seen, look_at } if self.connected && look_at <= now => self.look(seen, api, now),
            _ => Turn::Same,
        }
    }

    fn look(&mut self, seen: Option<(u64, SimTime)>, api: &mut ApiServer, now: SimTime) -> Turn {
        if let Some(lease) = api.get::<Lease>(NAMESPACE, &self.lease).cloned() {
            let revision = lease.metadata.resource_version;
            if is_steady(&lease) {
                self.state = State::Waiting { seen, look_at: SimTime::NEVER };
                return Turn::Same;
            }
            let expired = seen.is_some_and(|(known, at)| known == revision && at + LEASE < now);
            if !expired && lease.spec.holder_identity.as_deref().is_some_and(|holder| !holder.is_empty()) {
                self.wait(revision, now);
                return Turn::Same;
            }
        }
        self.hold(api, now);
        if self.leads() { Turn::Elected } else { Turn::Same }
    }

    /// The Lease was seen at `at`; the next look that matters is the first after its end.
    fn wait(&mut self, revision: u64, at: SimTime) {
        let mut look_at = self.later(at);
        while look_at <= at + LEASE {
            look_at = self.later(look_at);
        }
        self.state = State::Waiting { seen: Some((revision, at)), look_at };
    }

    /// The look after one at `at` (upstream: `wait.JitterUntil` with `JitterFactor`).
    fn later(&mut self, at: SimTime) -> SimTime {
        at + RETRY + Duration::from_millis(self.random.below(2_400))
    }

    /// Takes the Lease, or renews it from now on.
    fn hold(&mut self, api: &mut ApiServer, now: SimTime) {
        let known = api.get::<Lease>(NAMESPACE, &self.lease).map(|lease| lease.spec.clone());
        let own = known.as_ref().is_some_and(|spec| spec.holder_identity.as_ref() == Some(&self.holder));
        let spec = self.claim(known.as_ref().filter(|_| own), known.as_ref(), api.micro_date(now));
        let mut cx = self.identity.act(api, now, Cause::TIME);
        let mark = |metadata: &mut ObjectMeta| metadata.annotations.insert(HEARTBEAT.0, HEARTBEAT.1);
        let written = if known.is_some() {
            let change = |lease: &mut Lease| {
                mark(&mut lease.metadata);
                lease.spec = spec;
            };
            cx.modify::<Lease>(NAMESPACE, &self.lease, change).map(drop)
        } else {
            let mut metadata = ObjectMeta::named(NAMESPACE, self.lease.clone());
            mark(&mut metadata);
            cx.create(Lease { metadata, spec }).map(drop)
        };
        let Some(lease) = cx.get::<Lease>(NAMESPACE, &self.lease).filter(|_| written.is_ok()) else {
            let look_at = self.later(now);
            self.state = State::Waiting { seen: None, look_at };
            return;
        };
        if !own {
            let message = format!("{} became leader", self.holder);
            cx.event(&*lease, EventType::Normal, "LeaderElection", message);
        }
        self.state = State::Leading { since: now };
    }

    /// What the Lease says of this holder: `mine` is what it said when it was this one's already.
    fn claim(&self, mine: Option<&LeaseSpec>, before: Option<&LeaseSpec>, now: MicroTime) -> LeaseSpec {
        let transitions = before.and_then(|spec| spec.lease_transitions);
        LeaseSpec {
            acquire_time: mine.map_or(Some(now), |spec| spec.acquire_time),
            lease_duration_seconds: i32::try_from(LEASE.as_secs()).ok(),
            lease_transitions: match (mine, before) {
                (Some(_), _) => transitions,
                (None, Some(_)) => Some(transitions.unwrap_or(0) + 1),
                (None, None) => Some(0),
            },
            renew_time: Some(now),
            holder_identity: Some(self.holder.clone()),
            ..Default::default()
        }
    }

    /// Renewals end: the last one becomes visible. `None` when there were none.
    fn leave_last_renewal(&mut self, api: &mut ApiServer, now: SimTime) -> Option<SimTime> {
        let State::Leading { since } = self.state else { return None };
        let times = u32::try_from(now.since(since).as_secs() / RETRY.as_secs()).unwrap_or(u32::MAX);
        let renewed = since + RETRY * times;
        let date = api.micro_date(renewed);
        let mut cx = self.identity.act(api, now, Cause::TIME);
        // The Lease can have been deleted: then there is nothing to leave behind.
        let _ = cx.modify::<Lease>(NAMESPACE, &self.lease, |lease| {
            lease.metadata.annotations.remove(HEARTBEAT.0);
            lease.spec.renew_time = Some(date);
        });
        Some(renewed)
    }
}

/// Whether a Lease counts as renewed until now.
pub fn is_steady(lease: &Lease) -> bool {
    lease.metadata.annotations.get(HEARTBEAT.0).is_some_and(|mark| &**mark == HEARTBEAT.1)
}
