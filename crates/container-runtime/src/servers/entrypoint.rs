//! The scripts that images begin with: they check their environment, and go on with the program that follows.

use super::{databases, servers, stamp};
use crate::programs::{self, Call, Outcome, Program};
use orrery_apimachinery::Str;
use orrery_sim::Duration;

pub(crate) const PROGRAMS: &[Program] = servers![
    "docker-entrypoint.sh" enter,
    "docker-php-entrypoint" enter,
    "docker-entrypoint" enter,
    "entrypoint.sh" enter,
    "run.sh" enter,
    "hello" |call| {
        call.out.push_str("\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n");
        Outcome::Exit(0)
    },
    "tini" enter,
    "dumb-init" enter,
];

fn enter(call: &mut Call) -> Outcome {
    let Some(at) = call.args[1..].iter().position(|word| !word.starts_with('-')).map(|at| at + 1) else {
        return Outcome::Exit(0);
    };
    let name = programs::base_name(&call.args[at]);
    if call.stage == 0 {
        if let Some(refusal) = databases::refuse(call, name) {
            call.err.push_str(&refusal);
            return Outcome::Exit(1);
        }
        if name == "nginx" {
            call.out.push_str(NGINX);
            call.took = Duration::from_millis(30);
            return Outcome::Again(1);
        }
    }
    if call.stage == 0 && matches!(name, "mysqld" | "mariadbd") {
        let at = stamp(call.container, call.now, '-');
        let kind = if name == "mysqld" { "MySQL" } else { "MariaDB" };
        call.out.push_str(&format!(
            "{at}+00:00 [Note] [Entrypoint]: Entrypoint script for {kind} Server started.\n"
        ));
    }
    let args: Vec<Str> = call.args[at..].into();
    run(call, &args)
}

const NGINX: &str = "\
/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
";

/// Goes on as another program. The stages are that program's.
fn run(call: &mut Call, args: &[Str]) -> Outcome {
    let Some(program) = programs::known(&args[0]) else {
        call.container.assume(&args[0], "run");
        return super::assumed(&call.container.start.image.exposed_ports.clone());
    };
    let mut inner = Call {
        args,
        stage: call.stage,
        now: call.now,
        shell: &mut *call.shell,
        container: &mut *call.container,
        world: &mut *call.world,
        input: &mut *call.input,
        out: std::mem::take(&mut call.out),
        err: std::mem::take(&mut call.err),
        took: Duration::ZERO,
    };
    let then = (program.run)(&mut inner);
    (call.out, call.err, call.took) = (inner.out, inner.err, inner.took);
    then
}
