//! Package managers: what is installed is there afterwards. The way to their mirrors is assumed to be open.

use super::lines::operands;
use super::{Call, Found, Outcome, Program, Reach};
use orrery_sim::Duration;

const fn program(name: &'static str, found: Found) -> Program {
    Program { name, found, reach: Reach::Others, run: install }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("apk", Found::Busybox),
    program("apt", Found::Gnu),
    program("apt-get", Found::Gnu),
    program("dnf", Found::Apart),
    program("yum", Found::Apart),
];

/// Packages that bring programs of other names.
const BRING: [(&str, &str); 12] = [
    ("bind-tools", "dig nslookup host"),
    ("bind-utils", "dig nslookup host"),
    ("dnsutils", "dig nslookup host"),
    ("iputils-ping", "ping"),
    ("mysql-client", "mysql mysqladmin"),
    ("default-mysql-client", "mysql mysqladmin"),
    ("netcat-openbsd", "nc"),
    ("netcat-traditional", "nc"),
    ("postgresql-client", "psql pg_isready"),
    ("procps", "ps pkill"),
    ("redis", "redis-cli"),
    ("redis-tools", "redis-cli"),
];

/// `apk add curl`, `apt-get install -y curl`, and what prepares that.
fn install(call: &mut Call) -> Outcome {
    let words = operands(call, "");
    let Some((verb, packages)) = words.split_first() else { return Outcome::Exit(0) };
    call.took = Duration::from_secs(2);
    if !matches!(&**verb, "add" | "install") {
        return Outcome::Exit(0);
    }
    let total = packages.len();
    for (i, package) in packages.iter().enumerate() {
        call.took += Duration::from_secs(1);
        let name = package.split(['=', '~', '<', '>']).next().unwrap_or_default();
        let brings = BRING.iter().find(|(known, _)| *known == name).map_or(name, |(_, programs)| programs);
        for program in brings.split(' ') {
            call.container.files.write(&["/usr/bin/", program].concat(), "");
        }
        match call.name() == "apk" {
            true => call.out.push_str(&format!("({}/{total}) Installing {name}\n", i + 1)),
            false => call.out.push_str(&format!("Setting up {name} ...\n")),
        }
    }
    Outcome::Exit(0)
}
