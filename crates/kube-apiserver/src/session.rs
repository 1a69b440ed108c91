//! A person's connection to the cluster.

use crate::{ApiServer, Request};
use orrery_sim::{Duration, SimTime};

/// What a person's program (kubectl, the page) can do: read, send one request, let time pass.
pub trait Session {
    /// The objects, read in place.
    fn api(&self) -> &ApiServer;

    /// The virtual time.
    fn now(&self) -> SimTime;

    /// The server, and the context for one request of this person.
    fn send(&mut self) -> (&mut ApiServer, Request);

    /// Lets virtual time pass, in which the cluster works.
    fn pass(&mut self, duration: Duration);
}
