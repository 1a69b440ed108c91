//! How the names that a pod asks for are completed (upstream: `pkg/kubelet/network/dns`).

use crate::{Caller, Network};
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_container_runtime::Answer;
use orrery_container_runtime::dns::{Code, RecordType, Records};
use orrery_sim::Duration;
use std::net::Ipv4Addr;

/// The address of the cluster's DNS.
const CLUSTER_DNS: &str = "10.96.0.10";
/// The address of the resolver that nodes have.
const NODE_DNS: &str = "172.18.0.1";
/// How long an answer takes.
const LOOKUP: Duration = Duration::from_millis(1);

/// What a pod's `/etc/resolv.conf` says.
pub(crate) struct Resolver {
    servers: Vec<Str>,
    searches: Vec<Str>,
    options: Vec<Str>,
}

impl Resolver {
    /// The resolver of a pod.
    pub(crate) fn of(pod: &Pod) -> Self {
        let spec = &pod.spec;
        let mut resolver = match spec.dns_policy.as_deref() {
            Some("None") => Resolver { servers: Vec::new(), searches: Vec::new(), options: Vec::new() },
            Some("ClusterFirst") | None if spec.host_network => Resolver::of_node(),
            Some("Default") => Resolver::of_node(),
            _ => {
                let namespace = &pod.metadata.namespace;
                let searches = [&*format!("{namespace}.svc."), "svc.", ""];
                Resolver {
                    servers: vec![CLUSTER_DNS.into()],
                    searches: searches.map(|part| Str::from([part, "cluster.local"].concat())).into(),
                    options: vec!["ndots:5".into()],
                }
            }
        };
        if let Some(more) = &spec.dns_config {
            resolver.servers.extend(more.nameservers.iter().cloned());
            resolver.searches.extend(more.searches.iter().cloned());
            for option in &more.options {
                let name = option.name.as_deref().unwrap_or_default();
                // One that is stated again wins.
                resolver.options.retain(|o| o.split(':').next() != Some(name));
                let value = option.value.as_deref().map(|value| [":", value].concat()).unwrap_or_default();
                resolver.options.push([name, &value].concat().into());
            }
        }
        resolver
    }

    fn of_node() -> Self {
        Resolver { servers: vec![NODE_DNS.into()], searches: Vec::new(), options: Vec::new() }
    }

    /// The text of the file.
    pub(crate) fn file(&self) -> Str {
        let mut text = String::new();
        if !self.searches.is_empty() {
            text.push_str(&format!("search {}\n", self.searches.join(" ")));
        }
        for server in &self.servers {
            text.push_str(&format!("nameserver {server}\n"));
        }
        if !self.options.is_empty() {
            text.push_str(&format!("options {}\n", self.options.join(" ")));
        }
        text.into()
    }

    /// The addresses of a name.
    pub(crate) fn lookup(
        &self,
        name: &str,
        api: &ApiServer,
        from: &Caller<'_>,
        network: &mut dyn Network,
    ) -> Answer<Vec<Ipv4Addr>> {
        if let Ok(address) = name.parse() {
            return Answer { took: Duration::ZERO, result: vec![address] };
        }
        let Answer { took, result } = self.query(name, RecordType::A, api, from, network);
        Answer { took, result: result.addresses() }
    }

    /// Looks a name up: as it is and below each of the domains, in the order that its dots ask for.
    pub(crate) fn query(
        &self,
        name: &str,
        kind: RecordType,
        api: &ApiServer,
        from: &Caller<'_>,
        network: &mut dyn Network,
    ) -> Answer<Records> {
        let option = self.options.iter().find_map(|o| o.strip_prefix("ndots:")?.parse().ok());
        let enough = name.matches('.').count() >= option.unwrap_or(1usize);
        let mut names: Vec<String> = Vec::new();
        if !name.ends_with('.') {
            names.extend(self.searches.iter().map(|domain| format!("{name}.{domain}")));
        }
        names.insert(if enough { 0 } else { names.len() }, name.to_owned());
        let cluster = self.servers.iter().any(|server| &**server == CLUSTER_DNS);
        let (mut took, mut result) = (Duration::ZERO, Records::none(Code::NxDomain));
        for name in &names {
            took += LOOKUP;
            result = network.query(api, from, name, kind, cluster);
            if !result.list.is_empty() {
                break;
            }
        }
        Answer { took, result }
    }
}

/// The addresses of a name as a pod on the node called `node` finds them.
pub fn resolve(
    pod: &Pod,
    name: &str,
    api: &ApiServer,
    node: &Str,
    network: &mut dyn Network,
) -> Vec<Ipv4Addr> {
    let address = pod.status.pod_ip.as_deref().and_then(|ip| ip.parse().ok());
    let from = Caller { node, address: address.unwrap_or(Ipv4Addr::UNSPECIFIED), pod: Some(pod) };
    Resolver::of(pod).lookup(name, api, &from, network).result
}
