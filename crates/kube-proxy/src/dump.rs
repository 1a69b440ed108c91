//! All rules of a node, as `iptables-save` prints them.

use crate::iptables::{LARGE_CLUSTER, MASQUERADE, Writer};
use crate::service_port::{Policy, ServicePort};
use crate::table::{Entry, Table};
use orrery_apimachinery::Str;

/// A chain with its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// `nat` or `filter`.
    pub table: &'static str,
    /// `KUBE-SERVICES`
    pub name: Str,
    /// The rules in order, each a line of `iptables-save`.
    pub rules: Vec<Str>,
}

/// The chains that the kernel itself asks, and the rules by which it comes to those of kube-proxy
/// (`iptablesJumpChains`).
const BUILT_IN: [(&str, &str, &[&str]); 6] = [
    (
        "filter",
        "INPUT",
        &[
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
            "-m comment --comment \"kubernetes health check service ports\" -j KUBE-NODEPORTS",
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes externally-visible service portals\" -j KUBE-EXTERNAL-SERVICES",
        ],
    ),
    (
        "filter",
        "FORWARD",
        &[
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
            "-m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD",
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes externally-visible service portals\" -j KUBE-EXTERNAL-SERVICES",
        ],
    ),
    (
        "filter",
        "OUTPUT",
        &[
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
            "-m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        ],
    ),
    ("nat", "PREROUTING", &["-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES"]),
    ("nat", "OUTPUT", &["-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES"]),
    ("nat", "POSTROUTING", &["-m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING"]),
];

/// The rules that there are whatever Services there are.
const FIXED: [(&str, &str, &[&str]); 7] = [
    ("filter", "KUBE-EXTERNAL-SERVICES", &[]),
    (
        "filter",
        "KUBE-FORWARD",
        &[
            "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
            "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding rules\" -m mark --mark 0x4000/0x4000 -j ACCEPT",
            "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding conntrack rule\" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        ],
    ),
    ("filter", "KUBE-NODEPORTS", &[]),
    ("filter", "KUBE-PROXY-FIREWALL", &[]),
    ("filter", "KUBE-SERVICES", &[]),
    ("nat", "KUBE-MARK-MASQ", &["-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"]),
    (
        "nat",
        "KUBE-POSTROUTING",
        &[
            "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
            "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
            MASQUERADE,
        ],
    ),
];

/// The last rule of `KUBE-SERVICES`.
const NODE_PORTS: &str = "-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS";

/// The chains of a node in a zone, those of each table by their names.
pub(crate) fn chains(table: &Table, node: &str, zone: Option<&str>) -> Vec<Chain> {
    let mut book = Book { chains: Vec::new() };
    for (table, name, rules) in BUILT_IN {
        let rules = rules.iter().map(|rule| Str::from(format!("-A {name} {rule}"))).collect();
        book.chains.push(Chain { table, name: name.into(), rules });
    }
    for (table, name, rules) in FIXED {
        let rules = rules.iter().map(|rule| Str::from(*rule)).collect();
        book.chains.push(Chain { table, name: name.into(), rules });
    }
    // They are there even while they are empty.
    book.chain("nat", "KUBE-NODEPORTS");
    book.chain("nat", "KUBE-SERVICES");
    let large = table.endpoints > LARGE_CLUSTER;
    for port in table.ports() {
        book.write(&Writer::new(port, large), node, zone);
    }
    book.add("nat", "KUBE-SERVICES", NODE_PORTS.into());
    let mut chains = book.chains;
    chains[BUILT_IN.len()..].sort_unstable_by(|a, b| (a.table, &a.name).cmp(&(b.table, &b.name)));
    chains
}

/// The chains of one table as `iptables-save -t` prints them.
pub(crate) fn save(chains: &[Chain], table: &str) -> String {
    let mut text = format!("*{table}\n");
    let of_table = || chains.iter().filter(|chain| chain.table == table);
    for chain in of_table() {
        let policy = if chain.name.starts_with("KUBE-") { "-" } else { "ACCEPT" };
        text.push_str(&format!(":{} {policy} [0:0]\n", chain.name));
    }
    for rule in of_table().flat_map(|chain| &chain.rules) {
        text.push_str(rule);
        text.push('\n');
    }
    text.push_str("COMMIT\n");
    text
}

struct Book {
    chains: Vec<Chain>,
}

impl Book {
    /// The chain of this name, which comes to be if it is not there.
    fn chain(&mut self, table: &'static str, name: &str) -> &mut Chain {
        // What was begun last is written to most.
        let at = self.chains.iter().rposition(|chain| chain.table == table && &*chain.name == name);
        let at = at.unwrap_or_else(|| {
            self.chains.push(Chain { table, name: name.into(), rules: Vec::new() });
            self.chains.len() - 1
        });
        &mut self.chains[at]
    }

    fn add(&mut self, table: &'static str, chain: &str, rule: String) {
        self.chain(table, chain).rules.push(rule.into());
    }

    /// Writes a rule into the chain that it names.
    fn rule(&mut self, table: &'static str, rule: String) {
        let chain = rule.split(' ').nth(1).unwrap_or_default().to_owned();
        self.add(table, &chain, rule);
    }

    /// Writes the rules of a port of a Service.
    fn write(&mut self, writer: &Writer, node: &str, zone: Option<&str>) {
        let port = writer.port;
        let cluster = port.endpoints_for(Policy::Cluster, node, zone);
        let local = port.endpoints_for(Policy::Local, node, zone);
        self.captures(writer, !local.is_empty());
        if port.health_check_node_port != 0 {
            self.rule("filter", writer.health_check());
        }
        if !port.has_endpoints() {
            return;
        }
        if !port.internal_local || !local.is_empty() {
            self.rule("nat", writer.mark_foreign());
        }
        if port.externally_accessible() {
            self.external(writer, !local.is_empty());
        }
        let mut reached = Vec::new();
        for (policy, endpoints) in [(Policy::Cluster, cluster), (Policy::Local, local)] {
            let used = if policy == Policy::Cluster { port.uses_cluster() } else { port.uses_local() };
            if !used {
                continue;
            }
            for endpoint in &endpoints {
                if let Some(stays) = port.sticky {
                    self.rule("nat", writer.stay(policy, endpoint, stays));
                }
            }
            for (place, endpoint) in endpoints.iter().enumerate() {
                self.rule("nat", writer.choice(policy, endpoint, endpoints.len() - place));
                if !reached.contains(endpoint) {
                    reached.push(*endpoint);
                }
            }
        }
        for endpoint in reached {
            self.rule("nat", writer.hairpin(endpoint));
            self.rule("nat", writer.rewrite(endpoint));
        }
    }

    /// The rules by which connections come to the chains of a port, or are turned away.
    fn captures(&mut self, writer: &Writer, has_local: bool) {
        for (entry, address) in entries(writer.port) {
            let port = writer.port;
            let local = if entry == Entry::ClusterIp { port.internal_local } else { port.external_local };
            if !port.has_endpoints() {
                self.rule("filter", writer.refusal(entry, address, " has no endpoints", "REJECT"));
                continue;
            }
            let reaches = !local || has_local;
            if reaches || entry != Entry::ClusterIp {
                self.rule("nat", writer.entry(entry, address));
            }
            if !reaches {
                self.rule("filter", writer.refusal(entry, address, " has no local endpoints", "DROP"));
            }
            if entry == Entry::LoadBalancer && !port.source_ranges.is_empty() {
                self.rule("filter", writer.firewall_drop(address));
            }
        }
    }

    /// The rules for what comes from without.
    fn external(&mut self, writer: &Writer, has_local: bool) {
        let port = writer.port;
        if port.external_local {
            self.rule("nat", writer.short_cut());
            writer.own_traffic().into_iter().for_each(|rule| self.rule("nat", rule));
        } else {
            self.rule("nat", writer.mark_external());
        }
        if !port.external_local || has_local {
            self.rule("nat", writer.external_policy());
        }
        if !port.load_balancer_vips.is_empty() && !port.source_ranges.is_empty() {
            for range in &port.source_ranges {
                self.rule("nat", writer.firewall_pass(range));
            }
        }
    }
}

/// How connections come to a port, and to which address.
fn entries(port: &ServicePort) -> Vec<(Entry, std::net::Ipv4Addr)> {
    let mut found = vec![(Entry::ClusterIp, port.cluster_ip)];
    found.extend(port.external_ips.iter().map(|address| (Entry::ExternalIp, *address)));
    found.extend(port.load_balancer_vips.iter().map(|address| (Entry::LoadBalancer, *address)));
    if port.node_port != 0 {
        found.push((Entry::NodePort, port.cluster_ip));
    }
    found
}
