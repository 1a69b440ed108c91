//! `etcdctl` and `etcdutl`, as far as people need them beside kubectl: who the members are, how they are, and snapshots
//! (upstream: `etcdctl/ctlv3/command`).

use crate::{Cluster, MemberStatus, PartId, Program, Role};
use orrery_apiserver::{ExecOutput, Session};
use orrery_sim::Duration;

/// The etcd that comes with Kubernetes 1.32.
const VERSION: &str = "3.5.16";
/// How long a request to etcd takes, and after how long one is given up.
const ROUND_TRIP: Duration = Duration::from_millis(10);
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5);

type Table = (&'static [&'static str], Vec<Vec<String>>);

/// Runs one command line of etcdctl or etcdutl, without the leading word.
pub(crate) fn run(argv: &[String], cluster: &mut Cluster) -> ExecOutput {
    let is_table = argv.iter().any(|word| matches!(word.as_str(), "table" | "-wtable" | "--write-out=table"));
    let all = argv.iter().any(|word| word == "--cluster");
    let mut skip = false;
    let words = argv.iter().map(String::as_str).filter(|word| {
        let value = std::mem::take(&mut skip);
        skip = matches!(*word, "-w" | "--write-out" | "--endpoints" | "--data-dir");
        !value && !word.starts_with('-')
    });
    let words: Vec<&str> = words.collect();
    cluster.pass(ROUND_TRIP);
    match words[..] {
        ["member", "list"] => members(cluster).map(|table| print(&table, is_table)),
        ["endpoint", "status"] => status(cluster, all).map(|table| print(&table, is_table)),
        ["endpoint", "health"] => health(cluster, all),
        ["snapshot", "save", file] => save(cluster, file),
        ["snapshot", "status", file] => snapshot_status(cluster, file).map(|table| print(&table, is_table)),
        ["snapshot", "restore", file] => restore(cluster, file),
        _ => Err("Error: unknown command; there are: member list, endpoint status, endpoint health, snapshot save, snapshot status, snapshot restore".into()),
    }
    .unwrap_or_else(|stderr| ExecOutput { stderr: stderr + "\n", code: 1, ..Default::default() })
}

fn said(stdout: String) -> ExecOutput {
    ExecOutput { stdout, ..Default::default() }
}

/// A member's id: it follows from its name.
fn id_of(member: usize) -> String {
    let mut random = orrery_sim::Random::stream(0, &part(member).to_string());
    format!("{:x}", random.next_u64())
}

fn part(member: usize) -> PartId {
    PartId { program: Program::Etcd, number: member + 1 }
}

fn endpoint(cluster: &Cluster, member: usize) -> String {
    format!("https://{}:2379", cluster.topology().machine(part(member)))
}

/// Upstream: `makeMemberListTable`.
fn members(cluster: &mut Cluster) -> Result<Table, String> {
    // The list is read from a majority.
    if cluster.outage().is_some_and(|why| why.is_of_store()) {
        cluster.pass(COMMAND_TIMEOUT);
        return Err("Error: context deadline exceeded".into());
    }
    let row = |(i, member): (usize, &MemberStatus)| {
        let client = endpoint(cluster, i);
        let peer = client.replace("2379", "2380");
        vec![id_of(i), "started".into(), part(i).to_string(), peer, client, member.learner.to_string()]
    };
    let rows = cluster.etcd().0.iter().enumerate().map(row).collect();
    Ok((&["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"], rows))
}

/// The members that are asked: that beside the first API server, or all.
fn asked(cluster: &Cluster, all: bool) -> Vec<(usize, MemberStatus)> {
    let members = cluster.etcd().0;
    let count = if all { members.len() } else { 1 };
    members.into_iter().enumerate().take(count).collect()
}

/// Upstream: `makeEndpointStatusTable`.
fn status(cluster: &mut Cluster, all: bool) -> Result<Table, String> {
    let mut rows = Vec::new();
    for (i, member) in asked(cluster, all) {
        if !member.up || cluster.part_is_cut(part(i)) {
            continue;
        }
        let (leads, errors) =
            (member.role == Role::Leader, if member.leader.is_none() { "etcdserver: no leader" } else { "" });
        rows.push(vec![
            endpoint(cluster, i),
            id_of(i),
            VERSION.into(),
            size(cluster.api().revision()),
            leads.to_string(),
            member.learner.to_string(),
            member.term.to_string(),
            member.index.to_string(),
            member.commit.to_string(),
            errors.into(),
        ]);
    }
    if rows.is_empty() {
        return Err(format!(
            "Failed to get the status of endpoint {} (context deadline exceeded)",
            endpoint(cluster, 0)
        ));
    }
    let head = &[
        "ENDPOINT",
        "ID",
        "VERSION",
        "DB SIZE",
        "IS LEADER",
        "IS LEARNER",
        "RAFT TERM",
        "RAFT INDEX",
        "RAFT APPLIED INDEX",
        "ERRORS",
    ];
    Ok((head, rows))
}

/// What so many writes take on the disk.
fn size(revision: u64) -> String {
    let kilobytes = 20 + revision * 2;
    if kilobytes < 1_000 {
        format!("{kilobytes} kB")
    } else {
        format!("{}.{} MB", kilobytes / 1_000, kilobytes % 1_000 / 100)
    }
}

/// Upstream: `epHealthCommandFunc`: a member is healthy if it can read what a majority agrees on.
fn health(cluster: &mut Cluster, all: bool) -> Result<ExecOutput, String> {
    let (mut output, has_leader) =
        (ExecOutput::default(), cluster.outage().is_none_or(|why| !why.is_of_store()));
    for (i, member) in asked(cluster, all) {
        let endpoint = endpoint(cluster, i);
        let leads = member.leader.is_some() || member.role == Role::Leader;
        if member.up && leads && has_leader && !cluster.part_is_cut(part(i)) {
            let line = format!("{endpoint} is healthy: successfully committed proposal: took = 8.418ms\n");
            output.stdout.push_str(&line);
        } else {
            let line =
                format!("{endpoint} is unhealthy: failed to commit proposal: context deadline exceeded\n");
            output.stderr.push_str(&line);
            output.code = 1;
        }
    }
    if output.code != 0 {
        cluster.pass(COMMAND_TIMEOUT);
        output.stderr.push_str("Error: unhealthy cluster\n");
    }
    Ok(output)
}

fn save(cluster: &mut Cluster, file: &str) -> Result<ExecOutput, String> {
    if cluster.snapshot(file) {
        return Ok(said(format!("Snapshot saved at {file}\n")));
    }
    cluster.pass(COMMAND_TIMEOUT);
    Err("Error: context deadline exceeded".into())
}

/// Upstream: `dbStatus`.
fn snapshot_status(cluster: &mut Cluster, file: &str) -> Result<Table, String> {
    let snapshot = cluster.snapshots().iter().find(|snapshot| *snapshot.name == *file);
    let snapshot = snapshot.ok_or(format!("Error: stat {file}: no such file or directory"))?;
    let revision = snapshot.revision();
    let mut random = orrery_sim::Random::stream(revision, file);
    let hash = format!("{:08x}", random.next_u64() >> 32);
    let row = vec![hash, revision.to_string(), snapshot.keys().to_string(), size(revision)];
    Ok((&["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"], vec![row]))
}

/// Upstream only writes a data directory; here every member is started with it, and everybody else anew.
fn restore(cluster: &mut Cluster, file: &str) -> Result<ExecOutput, String> {
    if !cluster.restore(file) {
        return Err(format!("Error: snapshot file \"{file}\" not found"));
    }
    let revision = cluster.api().revision();
    Ok(said(format!(
        "restored snapshot {file}: every member of etcd starts with revision {revision}; API servers, schedulers, controller managers and kubelets restart\n"
    )))
}

/// A table as it is told to print it: fields with commas between them, or with its frame.
fn print((head, rows): &Table, framed: bool) -> ExecOutput {
    if !framed {
        return said(rows.iter().map(|row| row.join(", ") + "\n").collect());
    }
    let widest = |i: usize| rows.iter().map(|row| row[i].len()).chain([head[i].len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(widest).collect();
    let line: String = widths.iter().map(|width| format!("+{}", "-".repeat(width + 2))).collect();
    let line = line + "+\n";
    let cells = |cells: Vec<String>| cells.concat() + "|\n";
    let title = |i: usize| format!("| {:^1$} ", head[i], widths[i]);
    let mut text = line.clone() + &cells((0..head.len()).map(title).collect()) + &line;
    for row in rows {
        text += &cells((0..head.len()).map(|i| format!("| {:>1$} ", row[i], widths[i])).collect());
    }
    said(text + &line)
}
