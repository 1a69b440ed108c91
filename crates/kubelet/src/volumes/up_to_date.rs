//! When what has changed in objects arrives in the volumes that are made of them.
//!
//! Upstream mounts such volumes again whenever it looks at their pod, at least every minute or so (`syncFrequency`), and
//! never because a ConfigMap or a Secret was written. Here nobody looks until somebody reads: then the objects are taken
//! as they were when the kubelet last looked.

use super::{Made, Payload, Volumes, config_map, downward_api, projected, secret};
use crate::node::Node;
use orrery_api::{Pod, Resource, Volume};
use orrery_client::{ApiServer, WATCH_LATENCY};
use orrery_sim::{Random, SimTime};
use std::rc::Rc;

/// How often, in nanoseconds, a kubelet looks at a pod of which it hears nothing (upstream: `syncFrequency`).
const PERIOD: u64 = 60_000_000_000;

/// For whom the content of a volume is made, and when.
pub(crate) struct Maker<'a> {
    pub pod: &'a Pod,
    pub api: &'a ApiServer,
    pub node: &'a Node,
    pub address: &'a str,
    /// When the objects are looked at.
    pub at: SimTime,
    /// Whether the files are wanted, not only what is wrong with them.
    pub writes: bool,
}

impl Maker<'_> {
    /// An object of the pod's namespace, as the kubelet knew it at the time.
    pub(super) fn object<R: Resource>(&self, name: &str) -> Option<Rc<R>> {
        let mut object = self.api.get::<R>(&self.pod.metadata.namespace, name)?.clone();
        // What nobody remembers was long ago.
        while let Some(change) = self.api.change(object.metadata().resource_version) {
            if change.time + WATCH_LATENCY <= self.at {
                break;
            }
            object = R::unwrap_ref(change.previous.as_ref()?)?.clone();
        }
        Some(object)
    }

    /// The files of a volume that is made of objects. The error is why it cannot be mounted.
    pub(super) fn payload(&self, volume: &Volume) -> Result<Payload, String> {
        let mut files = Payload::new();
        if let Some(s) = &volume.config_map {
            config_map::add(s.name.as_deref(), &s.items, s.optional == Some(true), self, &mut files)?;
        } else if let Some(s) = &volume.secret {
            secret::add(s.secret_name.as_deref(), &s.items, s.optional == Some(true), self, &mut files)?;
        } else if let Some(s) = &volume.downward_api {
            downward_api::add(&s.items, self, &mut files);
        } else if let Some(s) = &volume.projected {
            projected::add(s, self, &mut files)?;
        }
        Ok(files)
    }
}

/// When the kubelet last looked at a pod by `now`, if it finished its last look that something made it take at `last`;
/// while it is taking one, that is now.
pub(crate) fn last_look(pod: &Pod, last: Option<SimTime>, now: SimTime) -> SimTime {
    let Some(last) = last else { return now };
    let next = next_look(&pod.metadata.uid, now).as_nanos();
    let beat = SimTime::from_nanos(next.saturating_sub(PERIOD).min(now.as_nanos()));
    last.max(beat)
}

/// When the kubelet next looks at the pod with this uid, if nothing makes it look earlier.
pub(crate) fn next_look(uid: &str, now: SimTime) -> SimTime {
    let phase = Random::stream(0, uid).below(PERIOD);
    let since = now.as_nanos().saturating_sub(phase);
    SimTime::from_nanos(phase + (since / PERIOD + 1) * PERIOD)
}

impl Volumes {
    /// The files of a volume that is made of objects, as they are now. Where that cannot be told any more, they stay as
    /// they were.
    pub(crate) fn made(&mut self, volume: &Volume, maker: &Maker<'_>) -> Rc<Payload> {
        let entry = self.entry(&volume.name);
        let known = entry.made.take().filter(|made| made.at <= maker.at);
        let files = match (maker.payload(volume), known) {
            (Ok(files), Some(known)) if *known.files == files => known.files,
            (Ok(files), _) => Rc::new(files),
            (Err(_), known) => known.map(|known| known.files).unwrap_or_default(),
        };
        entry.made = Some(Made { at: maker.at, files: files.clone() });
        files
    }
}
