//! A NetworkPolicy.

use super::Story;
use super::story::{joined, list, selected, shown};
use orrery_apimachinery::{Time, Value};

/// What one direction is called.
struct Way {
    word: &'static str,
    rules: &'static str,
    peers: &'static str,
    title: &'static str,
    open: &'static str,
}

const INGRESS: Way = Way {
    word: "ingress",
    rules: "ingress",
    peers: "from",
    title: "From:",
    open: "From: <any> (traffic not restricted by source)",
};
const EGRESS: Way = Way {
    word: "egress",
    rules: "egress",
    peers: "to",
    title: "To:",
    open: "To: <any> (traffic not restricted by destination)",
};

pub(super) fn describe(story: &mut Story, tree: &Value) {
    let spec = &tree["spec"];
    story.tell(tree, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}");
    story.field(0, "Created on", &created(tree["metadata"]["creationTimestamp"].as_str()));
    story.tell(tree, "Labels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}\nSpec:");
    let picked = match selected(&spec["podSelector"]) {
        all if all == "<none>" => {
            "<none> (Allowing the specific traffic to all pods in this namespace)".into()
        }
        selector => selector,
    };
    // Upstream writes the selector at a level of its own behind the word.
    story.line(1, &["PodSelector:     ", &picked].concat());
    let types = list(&spec["policyTypes"]);
    for (name, way) in [("Ingress", INGRESS), ("Egress", EGRESS)] {
        match types.iter().any(|known| *known == name) {
            true => traffic(story, &way, list(&spec[way.rules])),
            false => story.line(1, &["Not affecting ", way.word, " traffic"].concat()),
        }
    }
    let types = joined(&spec["policyTypes"], ", ");
    story.line(1, &["Policy Types: ", if types.is_empty() { "<none>" } else { &types }].concat());
}

/// Go prints dates so when nobody says how.
fn created(date: Option<&str>) -> String {
    let (year, month, day, hour, minute, second) = date.and_then(Time::parse).unwrap_or_default().civil();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} +0000 UTC")
}

fn traffic(story: &mut Story, way: &Way, rules: &[Value]) {
    story.line(1, &["Allowing ", way.word, " traffic:"].concat());
    if rules.is_empty() {
        let text = ["<none> (Selected pods are isolated for ", way.word, " connectivity)"].concat();
        story.line(2, &text);
    }
    for (nth, rule) in rules.iter().enumerate() {
        if nth > 0 {
            story.line(2, "----------");
        }
        let ports = list(&rule["ports"]);
        if ports.is_empty() {
            story.line(2, "To Port: <any> (traffic allowed to all ports)");
        }
        for port in ports {
            story.tell(
                port,
                match port.get("endPort") {
                    None => "    To Port: {port?<nil>}/{protocol?TCP}",
                    Some(_) => "    To Port Range: {port}-{endPort}/{protocol?TCP}",
                },
            );
        }
        let peers = list(&rule[way.peers]);
        if peers.is_empty() {
            story.line(2, way.open);
        }
        for peer in peers {
            story.line(2, way.title);
            told(story, peer);
        }
    }
}

fn told(story: &mut Story, peer: &Value) {
    for (field, name) in [("namespaceSelector", "NamespaceSelector: "), ("podSelector", "PodSelector: ")] {
        if let Some(selector) = peer.get(field) {
            story.line(3, &[name, &selected(selector)].concat());
        }
    }
    if let Some(block) = peer.get("ipBlock") {
        story.line(3, "IPBlock:");
        story.line(4, &["CIDR: ", &shown(&block["cidr"])].concat());
        story.line(4, &["Except: ", &joined(&block["except"], ", ")].concat());
    }
}
