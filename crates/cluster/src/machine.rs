//! What is answered by programs that are in no pod: the API server, to who does not say who it is, and the kube-proxy of
//! a node, to load balancers that ask for the health of a Service.

use crate::network::{ROUND_TRIP, Wires, refused};
use orrery_apimachinery::Str;
use orrery_container_runtime::{Answer, Message, Reply, Target, Unreachable};
use std::net::Ipv4Addr;

/// Where the API server listens: the only endpoint of the Service `kubernetes`.
const API_SERVER: Target = Target { address: Ipv4Addr::new(172, 18, 0, 2), port: 6443 };

impl Wires<'_> {
    /// What such a program answers, if one listens there.
    pub(crate) fn answer_of_machine(
        &self,
        to: Target,
        message: &Message,
    ) -> Option<Answer<Result<Reply, Unreachable>>> {
        let answered = |status, body: String| {
            let headers = vec![("Content-Type".into(), "application/json".into())];
            let reply = match message {
                Message::Http { .. } => Reply::Http { status, headers, body: body.into() },
                _ => Reply::Connected,
            };
            Some(Answer { took: ROUND_TRIP, result: Ok(reply) })
        };
        if to.address == API_SERVER.address {
            if to != API_SERVER || !self.serves {
                return Some(refused());
            }
            let (status, body) = anonymous(message);
            return answered(status, body);
        }
        let (number, _) = self.homes.find(to.address).filter(|(_, own)| *own)?;
        let node: &Str = &self.homes.get(number).name;
        let (port, endpoints) = self.proxy.health_check(node, to.port)?;
        let (namespace, name) = &port.service;
        // Upstream: `hcHandler` of `pkg/proxy/healthcheck/service_health.go`.
        let body = format!(
            "{{\n\t\"service\": {{\n\t\t\"namespace\": \"{namespace}\",\n\t\t\"name\": \"{name}\"\n\t}},\n\t\"localEndpoints\": {endpoints},\n\t\"serviceProxyHealthy\": true\n}}"
        );
        answered(if endpoints == 0 { 503 } else { 200 }, body)
    }
}

/// What the API server says to a request without credentials (upstream: the role `system:public-info-viewer`).
fn anonymous(message: &Message) -> (u16, String) {
    let Message::Http { method, path, .. } = message else { return (200, String::new()) };
    let place = path.split('?').next().unwrap_or_default();
    match place {
        "/healthz" | "/livez" | "/readyz" => return (200, "ok".into()),
        "/version" | "/version/" => {
            let text = "{\n  \"major\": \"1\",\n  \"minor\": \"32\",\n  \"gitVersion\": \"v1.32.13\",\n  \"platform\": \"linux/amd64\"\n}";
            return (200, text.into());
        }
        _ => {}
    }
    let verb = method.to_ascii_lowercase();
    let body = format!(
        "{{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {{}},\n  \"status\": \"Failure\",\n  \"message\": \"forbidden: User \\\"system:anonymous\\\" cannot {verb} path \\\"{place}\\\"\",\n  \"reason\": \"Forbidden\",\n  \"details\": {{}},\n  \"code\": 403\n}}"
    );
    (403, body)
}
