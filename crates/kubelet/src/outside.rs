//! What a container's processes reach outside it.

use crate::Network;
use crate::pod_worker::PodWorker;
use orrery_apimachinery::Str;
use orrery_client::WorkQueue;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Who else is on the node, and the way beyond it.
pub(crate) struct Peers<'a> {
    pub workers: &'a mut BTreeMap<Str, Rc<PodWorker>>,
    pub queue: &'a mut WorkQueue<Str>,
    pub network: &'a mut dyn Network,
}
