//! Programs that ask the DNS: `nslookup`, `dig`, `host` and `getent`.

use super::lines::operands;
use super::{Call, Outcome};
use crate::dns::{Code, Data, RecordType, Records};

/// The name server that the container asks.
fn name_server(call: &mut Call) -> String {
    let text = call.container.read("/etc/resolv.conf", call.world).unwrap_or_default();
    let server = text.lines().find_map(|line| line.strip_prefix("nameserver "));
    server.unwrap_or("10.96.0.10").trim().to_owned()
}

/// Asks; the program waits for the answer.
fn ask(call: &mut Call, name: &str, kind: RecordType) -> Records {
    let answer = call.world.query(name, kind);
    call.took += answer.took;
    answer.result
}

/// The name under which the name of an address is kept: `20.0.96.10.in-addr.arpa`.
fn reverse(address: &str) -> Option<String> {
    let [a, b, c, d] = address.parse::<std::net::Ipv4Addr>().ok()?.octets();
    Some(format!("{d}.{c}.{b}.{a}.in-addr.arpa"))
}

pub(super) fn nslookup(call: &mut Call) -> Outcome {
    let Some(name) = operands(call, "").first().cloned() else { return call.fail(1, &["missing host"]) };
    let asked = call.args[1..].iter().find_map(|word| {
        let kind = word.strip_prefix("-type=").or(word.strip_prefix("-query=")).or(word.strip_prefix("-q="));
        kind.and_then(RecordType::named)
    });
    let server = name_server(call);
    let (full, kind) = match reverse(&name) {
        Some(full) => (full + ".", RecordType::Ptr),
        None => (name.to_string(), asked.unwrap_or(RecordType::A)),
    };
    let records = ask(call, &full, kind);
    // Until 1.28 busybox asked the C library and printed what that said.
    if call.container.start.image.name.contains(":1.28") {
        return old_nslookup(call, &name, &server, &records);
    }
    call.out = format!("Server:\t\t{server}\nAddress:\t{server}:53\n\n");
    if records.list.is_empty() {
        match records.code {
            Code::Silence => call.out = ";; connection timed out; no servers could be reached\n\n".into(),
            Code::NoError => call.out.push_str(&["*** Can't find ", &name, ": No answer\n\n"].concat()),
            Code::NxDomain => call.out.push_str(&["** server can't find ", &name, ": NXDOMAIN\n\n"].concat()),
        }
        return Outcome::Exit(1);
    }
    for record in &records.list {
        let name = &record.name;
        let line = match &record.data {
            Data::A(address) => format!("Name:\t{name}\nAddress: {address}\n"),
            Data::Cname(other) => format!("{name}\tcanonical name = {other}\n"),
            Data::Srv(weight, port, host) => format!("{name}\tservice = 0 {weight} {port} {host}\n"),
            Data::Ptr(other) => format!("{name}\tname = {other}\n"),
        };
        call.out.push_str(&line);
    }
    call.out.push('\n');
    Outcome::Exit(0)
}

fn old_nslookup(call: &mut Call, name: &str, server: &str, records: &Records) -> Outcome {
    call.out = format!("Server:    {server}\nAddress 1: {server} kube-dns.kube-system.svc.cluster.local\n\n");
    if records.list.is_empty() {
        return call.fail(1, &["can't resolve '", name, "'"]);
    }
    call.out.push_str(&["Name:      ", name, "\n"].concat());
    let full = records.list.last().map(|record| record.name.clone()).unwrap_or_default();
    for (i, address) in records.addresses().iter().enumerate() {
        call.out.push_str(&format!("Address {}: {address} {full}\n", i + 1));
    }
    Outcome::Exit(0)
}

pub(super) fn dig(call: &mut Call) -> Outcome {
    let words: Vec<String> = call.args[1..].iter().map(|word| word.to_string()).collect();
    let has = |flag: &str| words.iter().any(|word| word == flag);
    let kind = words.iter().find_map(|word| RecordType::named(word));
    let plain = |word: &&String| !word.starts_with(['+', '-', '@']) && RecordType::named(word).is_none();
    let Some(name) = words.iter().find(plain).cloned() else { return Outcome::Exit(0) };
    let (name, kind) = match reverse(&name).filter(|_| has("-x")) {
        Some(full) => (full, RecordType::Ptr),
        None => (name, kind.unwrap_or(RecordType::A)),
    };
    // A name is taken as it is, unless it is to be completed.
    let full = if has("+search") { name } else { [name.trim_end_matches('.'), "."].concat() };
    let records = ask(call, &full, kind);
    if records.code == Code::Silence {
        call.out.push_str(";; connection timed out; no servers could be reached\n");
        return Outcome::Exit(9);
    }
    if has("+short") {
        for record in &records.list {
            let text = record.to_string();
            call.out.push_str(text.splitn(5, '\t').last().unwrap_or_default());
            call.out.push('\n');
        }
        return Outcome::Exit(0);
    }
    let (count, code) = (records.list.len(), records.code.name());
    let asked = records.list.first().map_or(full.trim_end_matches('.'), |record| &record.name);
    call.out.push_str(&format!(
        "\n; <<>> DiG 9.18 <<>> {}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: {code}, id: 1\n;; flags: qr aa rd; QUERY: 1, ANSWER: {count}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;{asked}.\t\tIN\t{}\n\n",
        words.join(" "),
        kind.name()
    ));
    if count > 0 {
        call.out.push_str(";; ANSWER SECTION:\n");
        records.list.iter().for_each(|record| call.out.push_str(&format!("{record}\n")));
        call.out.push('\n');
    }
    let server = name_server(call);
    call.out.push_str(&format!(";; Query time: 1 msec\n;; SERVER: {server}#53({server}) (UDP)\n\n"));
    Outcome::Exit(0)
}

pub(super) fn host(call: &mut Call) -> Outcome {
    let Some(name) = operands(call, "").first().cloned() else { return Outcome::Exit(1) };
    let records = match reverse(&name) {
        Some(full) => ask(call, &[&full, "."].concat(), RecordType::Ptr),
        None => ask(call, &name, RecordType::A),
    };
    if records.list.is_empty() {
        call.out = format!("Host {name} not found: 3(NXDOMAIN)\n");
        return Outcome::Exit(1);
    }
    for record in &records.list {
        let name = &record.name;
        let line = match &record.data {
            Data::A(address) => format!("{name} has address {address}\n"),
            Data::Cname(other) => format!("{name} is an alias for {other}.\n"),
            Data::Ptr(other) => format!("{name} domain name pointer {other}.\n"),
            Data::Srv(weight, port, host) => format!("{name} has SRV record 0 {weight} {port} {host}.\n"),
        };
        call.out.push_str(&line);
    }
    Outcome::Exit(0)
}

/// `getent hosts name`
pub(super) fn getent(call: &mut Call) -> Outcome {
    let Some(name) = call.args.get(2).cloned() else { return Outcome::Exit(1) };
    let records = ask(call, &name, RecordType::A);
    let addresses = records.addresses();
    for address in &addresses {
        let full = records.list.last().map_or(&name, |record| &record.name);
        call.out.push_str(&format!("{:<15} {full}\n", address.to_string()));
    }
    Outcome::Exit(if addresses.is_empty() { 2 } else { 0 })
}
