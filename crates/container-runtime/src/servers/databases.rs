//! Databases: what they want to know before they start, how long that takes, and the ports that they then listen on.

use super::{serve, servers, stamp};
use crate::programs::{Call, Outcome, Program};
use crate::world::{Message, Reply};
use orrery_sim::Duration;

pub(crate) const PROGRAMS: &[Program] = servers!["postgres" postgres, "mysqld" mysql, "mariadbd" mysql];

/// Why an entrypoint does not go on to a database: nobody said what its password is to be.
pub(super) fn refuse(call: &Call, program: &str) -> Option<String> {
    let set = |name: &str| call.shell.get(name).is_some_and(|value| !value.is_empty());
    match program {
        "postgres"
            if ![
                "POSTGRES_PASSWORD",
                "POSTGRES_PASSWORD_FILE",
                "POSTGRESQL_PASSWORD",
                "ALLOW_EMPTY_PASSWORD",
            ]
            .iter()
            .any(|name| set(name))
                && call.shell.get("POSTGRES_HOST_AUTH_METHOD").is_none_or(|method| &**method != "trust")
                && !is_initialized(call, POSTGRES_DATA, "PG_VERSION") =>
        {
            Some(NO_PASSWORD.into())
        }
        "mysqld" | "mariadbd" if !is_initialized(call, MYSQL_DATA, "ibdata1") => {
            let kinds = if program == "mysqld" { &["MYSQL"][..] } else { &["MARIADB", "MYSQL"] };
            let ways =
                ["ROOT_PASSWORD", "ALLOW_EMPTY_PASSWORD", "RANDOM_ROOT_PASSWORD", "ROOT_PASSWORD_FILE"];
            let told = kinds.iter().any(|kind| ways.iter().any(|way| set(&format!("{kind}_{way}"))));
            if told || set("ALLOW_EMPTY_PASSWORD") {
                return None;
            }
            let (at, kind) = (stamp(call.container, call.now, '-'), kinds[0]);
            let list: String = ways[..3].iter().map(|way| format!("\n    - {kind}_{way}")).collect();
            Some(format!(
                "{at}+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:{list}\n"
            ))
        }
        _ => None,
    }
}

const POSTGRES_DATA: &str = "/var/lib/postgresql/data";
const MYSQL_DATA: &str = "/var/lib/mysql";

const NO_PASSWORD: &str = "Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\".

       You may also use \"POSTGRES_HOST_AUTH_METHOD=trust\" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about \"trust\":
       https://www.postgresql.org/docs/current/auth-trust.html
";

/// Whether an earlier container has left its data on the volume.
fn is_initialized(call: &Call, directory: &str, file: &str) -> bool {
    call.container.files.read(&format!("{directory}/{file}")).is_some()
}

/// Makes the first files of a database; whether they were there.
fn initialize(call: &mut Call, directory: &str, file: &str) -> bool {
    let path = format!("{directory}/{file}");
    if call.container.read(&path, call.world).is_some() {
        return true;
    }
    // A volume that cannot be written to is left as it is.
    let _ = call.container.make_directory(directory, call.world);
    let _ = call.container.write(&path, "", call.world);
    false
}

fn postgres(call: &mut Call) -> Outcome {
    if call.stage == 0 {
        let directory = call.shell.get("PGDATA").map_or(POSTGRES_DATA.into(), |data| data.to_string());
        let known = initialize(call, &directory, "PG_VERSION");
        call.took = Duration::from_millis(if known { 400 } else { 2_500 });
        let what = match known {
            true => {
                "\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n"
            }
            false => "\nPostgreSQL init process complete; ready for start up.\n\n",
        };
        call.out.push_str(what);
        return Outcome::Again(1);
    }
    let at = stamp(call.container, call.now, '-');
    let version = super::tag(call.container).split('-').next().unwrap_or_default();
    let lines = [
        format!("starting PostgreSQL {version} on x86_64-pc-linux-gnu"),
        "listening on IPv4 address \"0.0.0.0\", port 5432".into(),
        "database system is ready to accept connections".into(),
    ];
    for line in lines {
        call.err.push_str(&format!("{at}.000 UTC [1] LOG:  {line}\n"));
    }
    serve(&[5432], 30, binary)
}

fn mysql(call: &mut Call) -> Outcome {
    if call.stage == 0 {
        let known = initialize(call, MYSQL_DATA, "ibdata1");
        call.took = Duration::from_millis(if known { 1_500 } else { 8_000 });
        return Outcome::Again(1);
    }
    let at = stamp(call.container, call.now, '-');
    let (name, version) = (call.name(), super::tag(call.container));
    let line = match name {
        "mysqld" => format!(
            "{}Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '{version}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.\n",
            at.replace(' ', "T")
        ),
        _ => format!(
            "{at} 0 [Note] mariadbd: ready for connections.\nVersion: '{version}-MariaDB'  socket: '/run/mysqld/mysqld.sock'  port: 3306\n"
        ),
    };
    call.err.push_str(&line);
    serve(&[3306], 380, binary)
}

/// Speaks a protocol of which only the connection is known.
pub(super) fn binary(asked: &mut crate::programs::Asked) -> Reply {
    match asked.message {
        Message::Connect => Reply::Connected,
        _ => Reply::Bytes("".into()),
    }
}
