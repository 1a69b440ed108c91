//! What would be refused if manifests were applied: it is tried on a copy of the API server, so that nothing changes.

use crate::apply::{Refusal, apply};
use orrery_apimachinery::Value;
use orrery_apiserver::{ApiServer, Request, Session};
use orrery_sim::{Duration, SimTime};

/// A copy of the server that a person talks to while time stands still.
struct Copy {
    api: ApiServer,
    now: SimTime,
}

impl Session for Copy {
    fn api(&self) -> &ApiServer {
        &self.api
    }

    fn now(&self) -> SimTime {
        self.now
    }

    fn send(&mut self) -> (&mut ApiServer, Request) {
        let request = Request::new(self.now, "kubectl");
        (&mut self.api, request)
    }

    fn pass(&mut self, _duration: Duration) {}
}

/// Applies the manifests in their order, so that a later one finds what an earlier one makes, to a copy of `api`.
/// The result says which of them are refused, and why.
pub fn refusals<'t>(
    manifests: impl Iterator<Item = &'t Value>,
    namespace: &str,
    api: &ApiServer,
    now: SimTime,
) -> Vec<(usize, Refusal)> {
    let mut copy = Copy { api: api.clone(), now };
    let mut refused = |tree: &Value| apply(&mut copy, tree, namespace).err();
    manifests.enumerate().filter_map(|(at, tree)| Some((at, refused(tree)?))).collect()
}
