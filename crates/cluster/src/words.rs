//! What a person's program prints when the control plane does not answer.

use crate::{Cluster, Unreachable};

/// Where people reach the API server, or the load balancer before several.
const ADDRESS: &str = "172.18.0.2:6443";

impl Cluster {
    /// Upstream: `CheckErr` of `kubectl/pkg/cmd/util/helpers.go`; what a load balancer without a server does is to
    /// close the connection.
    pub(crate) fn words_for(&self, why: Unreachable) -> String {
        let balanced = self.topology().control_planes > 1;
        match why {
            Unreachable::Refused if balanced => "Unable to connect to the server: EOF".into(),
            Unreachable::Refused => format!(
                "The connection to the server {ADDRESS} was refused - did you specify the right host or port?"
            ),
            Unreachable::Silent => format!("Unable to connect to the server: dial tcp {ADDRESS}: i/o timeout"),
            Unreachable::NoLeader => "Error from server: etcdserver: request timed out".into(),
            Unreachable::StoreRefused => "Error from server: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused\"".into(),
        }
    }
}
