//! The rules as `iptables-save` prints them, each a line (upstream: `syncProxyRules` and
//! `writeServiceToEndpointRules` of `pkg/proxy/iptables/proxier.go`).

use crate::chain_hash::hash;
use crate::service_port::{Cidr, Endpoint, Policy, ServicePort};
use crate::table::Entry;
use orrery_sim::Duration;
use std::net::Ipv4Addr;

/// The range of all pods' addresses, as kube-proxy is told (`--cluster-cidr`).
pub const CLUSTER_CIDR: &str = "10.244.0.0/16";
/// With more endpoints than this, rules carry no comments of their Services (`largeClusterEndpointsThreshold`).
pub(crate) const LARGE_CLUSTER: usize = 1_000;
pub(crate) const MARK_MASQ: &str = "KUBE-MARK-MASQ";
/// Rewrites the source of what is marked.
pub const MASQUERADE: &str = "-A KUBE-POSTROUTING -m comment --comment \"kubernetes service traffic requiring SNAT\" -j MASQUERADE --random-fully";

/// The rules of one port of a Service.
pub(crate) struct Writer<'a> {
    pub port: &'a ServicePort,
    /// `shop/web:http`
    pub name: String,
    /// Whether there are so many endpoints that comments are left out.
    pub large: bool,
}

impl<'a> Writer<'a> {
    pub fn new(port: &'a ServicePort, large: bool) -> Self {
        Writer { port, name: port.full_name(), large }
    }

    fn protocol(&self) -> &'static str {
        self.port.protocol.name()
    }

    /// A chain of the port by its prefix: `KUBE-SVC-`, `KUBE-SVL-`, `KUBE-EXT-`, `KUBE-FW-`.
    pub fn chain(&self, prefix: &str) -> String {
        [prefix, &hash(&[&self.name, self.protocol()].concat())].concat()
    }

    /// The chain of the endpoints that a policy leads to.
    pub fn policy_chain(&self, policy: Policy) -> String {
        self.chain(if policy == Policy::Cluster { "KUBE-SVC-" } else { "KUBE-SVL-" })
    }

    pub fn external_chain(&self) -> String {
        self.chain("KUBE-EXT-")
    }

    pub fn endpoint_chain(&self, endpoint: &Endpoint) -> String {
        ["KUBE-SEP-", &hash(&[&self.name, self.protocol(), &endpoint.text].concat())].concat()
    }

    /// ` -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80`
    fn portal(&self, comment: &str, dport: u16) -> String {
        let protocol = self.protocol();
        let comment = self.comment(comment);
        format!(" -p {protocol}{comment} -m {protocol} --dport {dport}")
    }

    /// ` -m comment --comment "shop/web cluster IP"`
    fn comment(&self, rest: &str) -> String {
        format!(" -m comment --comment \"{}{rest}\"", self.name)
    }

    /// What rules within the chains of endpoints say of their Service.
    fn remark(&self, rest: &str) -> String {
        if self.large { String::new() } else { self.comment(rest) }
    }

    /// The chain that an entry leads to where nothing is in the way.
    pub fn target(&self, entry: Entry) -> String {
        match entry {
            Entry::ClusterIp if self.port.internal_local => self.policy_chain(Policy::Local),
            Entry::ClusterIp => self.policy_chain(Policy::Cluster),
            Entry::LoadBalancer if !self.port.source_ranges.is_empty() => self.chain("KUBE-FW-"),
            _ => self.external_chain(),
        }
    }

    /// The rule by which a connection comes to the chains of the port.
    pub fn entry(&self, entry: Entry, address: Ipv4Addr) -> String {
        let target = self.target(entry);
        let (what, dport) = match entry {
            Entry::ClusterIp => (" cluster IP", self.port.port),
            Entry::ExternalIp => (" external IP", self.port.port),
            Entry::LoadBalancer => (" loadbalancer IP", self.port.port),
            Entry::NodePort => {
                let portal = self.portal("", self.port.node_port);
                return format!("-A KUBE-NODEPORTS{portal} -j {target}");
            }
        };
        format!("-A KUBE-SERVICES -d {address}/32{} -j {target}", self.portal(what, dport))
    }

    /// The rule by which a connection is turned away: `why` is ` has no endpoints` or the like.
    pub fn refusal(&self, entry: Entry, address: Ipv4Addr, why: &str, target: &str) -> String {
        let target = if target == "REJECT" { "REJECT --reject-with icmp-port-unreachable" } else { target };
        match entry {
            Entry::ClusterIp => {
                format!("-A KUBE-SERVICES -d {address}/32{} -j {target}", self.portal(why, self.port.port))
            }
            Entry::NodePort => format!(
                "-A KUBE-EXTERNAL-SERVICES -p {p}{} -m addrtype --dst-type LOCAL -m {p} --dport {} -j {target}",
                self.comment(why),
                self.port.node_port,
                p = self.protocol(),
            ),
            _ => format!(
                "-A KUBE-EXTERNAL-SERVICES -d {address}/32{} -j {target}",
                self.portal(why, self.port.port)
            ),
        }
    }

    /// The rule that drops what no range of sources let in.
    pub fn firewall_drop(&self, address: Ipv4Addr) -> String {
        let why = format!(" traffic not accepted by {}", self.chain("KUBE-FW-"));
        format!("-A KUBE-PROXY-FIREWALL -d {address}/32{} -j DROP", self.portal(&why, self.port.port))
    }

    /// The rule that lets clients of a range in.
    pub fn firewall_pass(&self, range: &Cidr) -> String {
        let (chain, comment) = (self.chain("KUBE-FW-"), self.comment(" loadbalancer IP"));
        let Cidr { base, bits } = range;
        format!("-A {chain} -s {base}/{bits}{comment} -j {}", self.external_chain())
    }

    /// The rule that marks what comes to the Service's address from without.
    pub fn mark_foreign(&self) -> String {
        let chain = self.target(Entry::ClusterIp);
        let portal = self.portal(" cluster IP", self.port.port);
        format!("-A {chain} ! -s {CLUSTER_CIDR} -d {}/32{portal} -j {MARK_MASQ}", self.port.cluster_ip)
    }

    /// A rule of the chain for what comes from without, whose comment goes round the name.
    fn external(&self, before: &str, matches: &str, target: &str) -> String {
        let (chain, name) = (self.external_chain(), &self.name);
        format!(
            "-A {chain} -m comment --comment \"{before} {name} external destinations\"{matches} -j {target}"
        )
    }

    /// The rule that marks all that comes from without.
    pub fn mark_external(&self) -> String {
        self.external("masquerade traffic for", "", MARK_MASQ)
    }

    /// The rule that leads pods of the cluster past the policy Local.
    pub fn short_cut(&self) -> String {
        let (chain, name) = (self.external_chain(), &self.name);
        let target = self.policy_chain(Policy::Cluster);
        format!(
            "-A {chain} -s {CLUSTER_CIDR} -m comment --comment \"pod traffic for {name} external destinations\" -j {target}"
        )
    }

    /// The rules that mark what the node itself sends, and lead it past the policy Local.
    pub fn own_traffic(&self) -> [String; 2] {
        let local = " -m addrtype --src-type LOCAL";
        [
            self.external("masquerade LOCAL traffic for", local, MARK_MASQ),
            self.external("route LOCAL traffic for", local, &self.policy_chain(Policy::Cluster)),
        ]
    }

    /// The rule that leads from the chain for what comes from without to that of its policy.
    pub fn external_policy(&self) -> String {
        let policy = if self.port.external_local { Policy::Local } else { Policy::Cluster };
        format!("-A {} -j {}", self.external_chain(), self.policy_chain(policy))
    }

    /// The rule by which a client stays with its endpoint.
    pub fn stay(&self, policy: Policy, endpoint: &Endpoint, stays: Duration) -> String {
        let (chain, to) = (self.policy_chain(policy), self.endpoint_chain(endpoint));
        let remark = self.remark(&[" -> ", &endpoint.text].concat());
        format!(
            "-A {chain}{remark} -m recent --rcheck --seconds {} --reap --name {to} --mask 255.255.255.255 --rsource -j {to}",
            stays.as_secs()
        )
    }

    /// The rule that leads to an endpoint, `left` of which are left to choose from.
    pub fn choice(&self, policy: Policy, endpoint: &Endpoint, left: usize) -> String {
        let (chain, to) = (self.policy_chain(policy), self.endpoint_chain(endpoint));
        let remark = self.remark(&[" -> ", &endpoint.text].concat());
        let chance = match left {
            0 | 1 => String::new(),
            _ => [" -m statistic --mode random --probability ", &probability(left)].concat(),
        };
        format!("-A {chain}{remark}{chance} -j {to}")
    }

    /// The rule that marks what an endpoint sends to itself.
    pub fn hairpin(&self, endpoint: &Endpoint) -> String {
        let (chain, remark) = (self.endpoint_chain(endpoint), self.remark(""));
        format!("-A {chain} -s {}/32{remark} -j {MARK_MASQ}", endpoint.target.address)
    }

    /// The rule that rewrites where a connection goes.
    pub fn rewrite(&self, endpoint: &Endpoint) -> String {
        let (chain, remark, p) = (self.endpoint_chain(endpoint), self.remark(""), self.protocol());
        let recent = match self.port.sticky {
            Some(_) => format!(" -m recent --set --name {chain} --mask 255.255.255.255 --rsource"),
            None => String::new(),
        };
        format!("-A {chain} -p {p}{remark}{recent} -m {p} -j DNAT --to-destination {}", endpoint.text)
    }

    /// The rule that lets load balancers ask for the health of the Service on the node.
    pub fn health_check(&self) -> String {
        let comment = self.comment(" health check node port");
        let port = self.port.health_check_node_port;
        format!("-A KUBE-NODEPORTS -p tcp{comment} -m tcp --dport {port} -j ACCEPT")
    }
}

/// One part in `n`, as iptables prints it: kube-proxy states ten digits, and the kernel keeps 31 bits of them.
fn probability(n: usize) -> String {
    let n = n as u64;
    let stated = (10_000_000_000 + n / 2) / n;
    let kept = ((u128::from(stated) << 31) + 5_000_000_000) / 10_000_000_000;
    let shown = ((kept * 100_000_000_000) + (1 << 30)) >> 31;
    format!("{}.{:011}", shown / 100_000_000_000, shown % 100_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_printed_as_the_kernel_keeps_it() {
        let printed: Vec<String> = [2, 3, 4, 5, 6, 7].map(probability).into();
        let expected = [
            "0.50000000000",
            "0.33333333349",
            "0.25000000000",
            "0.20000000019",
            "0.16666666651",
            "0.14285714272",
        ];
        assert_eq!(printed, expected);
    }
}
