//! The server's state and the context of a request.

use crate::{
    Cause, Change, Compacted, Revision, Write, admission::Admission, index::Indexes, memory::Memories,
    metrics::MetricsApis, network::Network,
};
use imbl::Vector;
use orrery_api::{Kind, Object};
use orrery_apimachinery::{MicroTime, Str, Time};
use orrery_etcd::Store;
use orrery_sim::{Random, SimTime, TraceHash};

/// What the server is told when it starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The seed of the run; names, uids and addresses derive from it.
    pub seed: u64,
    /// The date at which virtual time begins.
    pub epoch: Time,
}

impl Default for Config {
    fn default() -> Self {
        // 2025-01-01T00:00:00Z, an instant within the life of 1.32.
        Config { seed: 1, epoch: Time(1_735_689_600) }
    }
}

/// Who asks, when, and because of what.
#[derive(Clone, Debug)]
pub struct Request {
    /// The virtual time of the request.
    pub now: SimTime,
    /// The name of who asks.
    pub actor: Str,
    /// What made the actor look.
    pub cause: Cause,
    /// Under which name the fields that the request sets are remembered (upstream: `fieldManager`). What
    /// none names is remembered only for objects whose fields are managed already, under the actor's program.
    pub field_manager: Option<Str>,
    /// Whether everything is done but the storing (upstream: `dryRun=All`).
    pub dry_run: bool,
    /// What becomes of fields that a patch sets and the kind does not have.
    pub field_validation: FieldValidation,
}

/// What becomes of fields that the kind does not have (upstream: `fieldValidation`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// The request is refused.
    #[default]
    Strict,
    /// They are dropped; the client may say so.
    Warn,
}

impl Request {
    /// A request of `actor` at `now`, because of nothing in the cluster, that names no field manager.
    pub fn new(now: SimTime, actor: impl Into<Str>) -> Self {
        Request {
            now,
            actor: actor.into(),
            cause: Cause::TIME,
            field_manager: None,
            dry_run: false,
            field_validation: FieldValidation::Strict,
        }
    }
}

/// The API server and its store. A clone is a snapshot of the whole cluster's objects.
#[derive(Clone, Debug)]
pub struct ApiServer {
    pub(crate) config: Config,
    pub(crate) store: Store<(Str, Str), Object>,
    pub(crate) indexes: Indexes,
    pub(crate) network: Network,
    pub(crate) admission: Admission,
    pub(crate) random: Random,
    pub(crate) memories: Memories,
    /// What is not in the store: the aggregated APIs for metrics.
    pub(crate) metrics: MetricsApis,
    pub(crate) writes: Vector<Write>,
    pub(crate) hash: TraceHash,
}

impl ApiServer {
    /// A server with an empty store.
    pub fn new(config: Config) -> Self {
        ApiServer {
            // The last bucket is that of custom objects.
            store: Store::new(Kind::ALL.len() + 1),
            indexes: Indexes::default(),
            network: Network::new(config.seed),
            admission: Admission::new(config.seed),
            random: Random::stream(config.seed, "kube-apiserver"),
            memories: Memories::new(Kind::ALL.len() + 1),
            metrics: MetricsApis::default(),
            writes: Vector::new(),
            hash: TraceHash::default(),
            config,
        }
    }

    /// Takes over what the store of `snapshot` holds. What the server draws by chance goes on: no uid comes twice.
    pub fn roll_back(&mut self, snapshot: &ApiServer) {
        let (random, mut hash) = (self.random.clone(), self.hash);
        hash.write_u64(snapshot.revision());
        *self = ApiServer { random, hash, ..snapshot.clone() };
    }

    /// The revision of the last write.
    pub fn revision(&self) -> Revision {
        self.store.revision()
    }

    /// The changes after `revision`, oldest first; an error when the watch must list again.
    pub fn watch(&self, revision: Revision) -> Result<impl Iterator<Item = &Change>, Compacted> {
        self.store.log().since(revision)
    }

    /// The change that made `revision`, while it is not compacted.
    pub fn change(&self, revision: Revision) -> Option<&Change> {
        self.store.log().get(revision)
    }

    /// Forgets changes up to `revision`; the record of who wrote stays.
    pub fn compact(&mut self, revision: Revision) {
        self.store.compact(revision);
    }

    /// All writes so far; the one that made revision `r` is at `r - 1`.
    pub fn writes(&self) -> &Vector<Write> {
        &self.writes
    }

    /// The write that made `revision`.
    pub fn write(&self, revision: Revision) -> Option<&Write> {
        self.writes.get(usize::try_from(revision.checked_sub(1)?).ok()?)
    }

    /// The fingerprint of everything written so far.
    pub fn trace_hash(&self) -> u64 {
        self.hash.finish()
    }

    /// The date of an instant, to the second, as objects carry it.
    pub fn date(&self, at: SimTime) -> Time {
        Time(self.config.epoch.0 + i64::try_from(at.as_secs()).unwrap_or(i64::MAX))
    }

    /// The date of an instant, to the microsecond.
    pub fn micro_date(&self, at: SimTime) -> MicroTime {
        MicroTime(self.config.epoch.0 * 1_000_000 + i64::try_from(at.as_micros()).unwrap_or(i64::MAX))
    }

    /// The instant of a date; the beginning for dates before it.
    pub fn instant(&self, date: Time) -> SimTime {
        SimTime::from_secs(u64::try_from(date.0 - self.config.epoch.0).unwrap_or(0))
    }
}
