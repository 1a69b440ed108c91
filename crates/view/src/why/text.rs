//! Why something is so, as text: what `orrery why` prints.

use orrery_cluster::Cluster;

use super::words::{deed, given, mended, sentences};
use super::{Chain, Done, Link, Reason, Start, What, chain, changed_fields, stuck};
use crate::remedies::{Change, Remedy};
use crate::scene::ObjectRef;
use crate::scheduling::scheduling;

/// So many changed fields are printed.
const FIELDS: usize = 12;

/// Why an object does not get on, and how it, or one of its fields, came to be so; `None` when nothing is known of it.
pub fn text(cluster: &Cluster, id: &ObjectRef, field: Option<&str>) -> Option<String> {
    let chain = chain(cluster, id, field)?;
    let mut out = format!("{}/{}\n", id.kind, id.name);
    let reasons = stuck(cluster, id);
    if !reasons.is_empty() {
        out += "\nWhy is it so?\n";
        reasons.iter().for_each(|reason| put_reason(&mut out, cluster, id, reason));
    }
    match field {
        Some(field) => out += &format!("\nHow {field} came to be so, newest first:\n"),
        None => out += "\nHow it came to be so, newest first:\n",
    }
    put_chain(&mut out, &chain);
    let (rows, older) = changed_fields(cluster, id);
    if field.is_none() && (older || !rows.is_empty()) {
        out += "\nFields that changed, newest first:\n";
        for row in rows.iter().take(FIELDS) {
            let at = seconds(row.at);
            let c = &row.change;
            out += &format!("  {at:>9}  {:<28} {}: {} -> {}\n", &*row.actor, c.path, c.old, c.new);
        }
        match rows.len().saturating_sub(FIELDS) {
            0 => {}
            more => out += &format!("             and {more} more\n"),
        }
        if older {
            out += "  what changed before that is no longer kept\n";
        }
    }
    Some(out)
}

fn put_reason(out: &mut String, cluster: &Cluster, id: &ObjectRef, reason: &Reason) {
    let (why, remedy) = sentences(reason);
    *out += &format!("  {why}\n");
    if let Some(says) = &reason.says {
        *out += &format!("    \"{says}\"\n");
    }
    if let Some(held) = &reason.by {
        *out += &format!("  {}\n", told(&held.begun));
    }
    *out += &format!("    -> {remedy}\n");
    if let Some(mend) = &reason.mend {
        *out += &format!("       {}\n", mended(mend));
    }
    if let Some(command) = &reason.command {
        *out += &format!("       {command}\n");
    }
    if reason.what == What::Unschedulable {
        let remedies = scheduling(cluster, id).map(|it| it.remedies.first).unwrap_or_default();
        remedies.iter().for_each(|remedy| *out += &format!("       {}\n", way(remedy)));
    }
}

/// One way to place a pod: `node-1: uncordon; free 500m of cpu`.
fn way(remedy: &Remedy) -> String {
    let changes: Vec<String> = remedy.changes.iter().map(change).collect();
    let node = if remedy.node.is_empty() { "" } else { &*remedy.node };
    let others = match remedy.others {
        0 => String::new(),
        others => format!(" (and {others} others)"),
    };
    format!("{node}{others}: {}", changes.join("; ")).trim_start_matches(": ").to_owned()
}

fn change(change: &Change) -> String {
    match change {
        Change::Uncordon => "uncordon it".into(),
        Change::Start => "start its machine".into(),
        Change::State(taint) => format!("its state has to change: {taint}"),
        Change::Taint(taint) => format!("take the taint {taint} away, or tolerate it"),
        Change::Label(label) => format!("label it {label}"),
        Change::Affinity => "other rules of node affinity do not let it in".into(),
        Change::Free(resource, amount) => format!("free {amount} of {resource}"),
        Change::FewerPods(most) => format!("it has as many pods as it takes: {most}"),
        Change::TooSmall(resource, asked, has) => {
            format!("too small: {asked} of {resource} asked, {has} there")
        }
        Change::Port(port, pod) => format!("port {port} is taken by {pod}"),
        Change::Said(plugin, words) => format!("{words} ({plugin})"),
        Change::Gate(gate) => format!("take the gate {gate} away"),
        Change::AddNode => "add a node".into(),
    }
}

fn put_chain(out: &mut String, chain: &Chain) {
    chain.given.iter().for_each(|it| *out += &format!("  {}\n", given(*it)));
    chain.links.iter().for_each(|link| put_link(out, link));
    *out += &match &chain.start {
        Start::Person(done) => format!("  {}\n", told(done)),
        Start::Time(before) if before.is_empty() => "  because of nothing but time\n".into(),
        Start::Time(before) => {
            let before: Vec<String> = before.iter().map(|done| format!("  {}\n", told(done))).collect();
            format!("  because of nothing but time; before that:\n{}", before.concat())
        }
        Start::Cluster => "  the cluster began so\n".into(),
        Start::Longer => "  and so on\n".into(),
        Start::Older(None) => "  by no write that is still kept\n".into(),
        Start::Older(Some(manager)) => {
            format!("  by no write that is still kept; {manager} manages the field\n")
        }
    };
}

fn told(done: &Done) -> String {
    let about = done.about.as_ref().map(|id| format!("{}/{}: ", id.kind, id.name)).unwrap_or_default();
    format!("{:>9}  a person         {about}{}", seconds(done.at), deed(&done.act))
}

fn put_link(out: &mut String, link: &Link) {
    *out += &format!("  {:>9}  {:<28} {}\n", seconds(link.at), &*link.actor, link.call);
    for field in &link.fields {
        *out += &format!("             {}: {} -> {}\n", field.path, field.old, field.new);
    }
    if link.more > 0 {
        *out += &format!("             and {} more fields\n", link.more);
    }
    if !link.kept {
        *out += "             what it changed is no longer kept\n";
    }
    if let Some(says) = &link.says {
        *out += &format!("             \"{says}\"\n");
    }
    if let Some(held) = &link.held {
        *out += &format!("             {} could not work:\n", held.who);
        held.ended.iter().for_each(|done| *out += &format!("    {}\n", told(done)));
        *out += &format!("    {}\n", told(&held.begun));
    }
    link.meanwhile.iter().for_each(|done| *out += &format!("    {}\n", told(done)));
    if let Some(waited) = link.waited {
        *out += &format!("             {} after:\n", seconds(waited));
    }
}

fn seconds(nanos: u64) -> String {
    format!("{}.{:03}s", nanos / 1_000_000_000, nanos / 1_000_000 % 1_000)
}
