//! kube-proxy's rules of a node, chain by chain: what each is about, with which chance, and where it leads.

use orrery_cluster::Cluster;

use crate::scene::{ObjectRef, Text};

/// A chain with its rules.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleChain {
    /// `nat` or `filter`.
    pub table: &'static str,
    /// `KUBE-SERVICES`.
    pub name: Text,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// The line of `iptables-save`.
    pub line: Text,
    /// What its comment says, mostly the port of a Service: `default/web:http`.
    pub about: Text,
    /// With which chance it applies, in percent; always where none is told.
    pub chance: Option<Text>,
    /// The chain or the action that it leads to.
    pub jump: Text,
    /// The address that it rewrites the destination to.
    pub to: Option<Text>,
}

/// The rules of a node, of those chains that have any, for the port of a Service, an address or a chain, or for all.
pub fn rules(cluster: &Cluster, node: &ObjectRef, filter: &str) -> Vec<RuleChain> {
    let mut found = Vec::new();
    for chain in cluster.kube_proxy().rules(cluster.api(), &node.name) {
        let named = chain.name.contains(filter);
        let lines = chain.rules.iter().filter(|line| named || line.contains(filter));
        let rules: Vec<Rule> = lines.map(rule).collect();
        if !rules.is_empty() {
            found.push(RuleChain { table: chain.table, name: chain.name.clone(), rules });
        }
    }
    found
}

fn rule(line: &Text) -> Rule {
    let after = |flag: &str| line.split_once(flag).map(|(_, rest)| rest);
    let word = |flag: &str| after(flag).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let comment = after("--comment ").unwrap_or_default();
    let about = match comment.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => comment.split_whitespace().next(),
    };
    let chance = word("--probability ").parse::<f64>().ok();
    Rule {
        line: line.clone(),
        about: about.unwrap_or_default().into(),
        chance: chance.map(|p| format!("{:.0} %", p * 100.0).as_str().into()),
        jump: word("-j ").into(),
        to: Some(word("--to-destination ")).filter(|to| !to.is_empty()).map(Text::from),
    }
}
