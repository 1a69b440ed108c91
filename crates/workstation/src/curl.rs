//! `curl` on the person's own machine, outside the cluster, or on a node: the same program that images bring, in a place
//! whose network is that machine's.

use crate::{Desk, Workstation};
use orrery_apimachinery::Str;
use orrery_container_runtime::{
    Answer, ImageConfig, Message, Process, Reply, Start, Target, Unreachable, Userland, World,
};
use orrery_kubectl::{Output, Stdin};
use orrery_sim::Duration;
use serde_json::json;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// How long it takes to ask for a name.
const LOOK_UP: Duration = Duration::from_millis(1);

pub(crate) fn run(desk: &mut Desk<'_>, node: Option<&str>, argv: &[String]) -> Result<(), String> {
    let now = desk.station.now();
    let image =
        ImageConfig { name: "curl".into(), userland: Userland::Gnu, programs: "curl", ..Default::default() };
    let idle = ["sleep".into(), "infinity".into()].into();
    let hostname = node.unwrap_or("workstation").into();
    let start = Start { image: Rc::new(image), command: idle, hostname, ..Default::default() };
    let mut process = Process::start(Rc::new(start), now).map_err(|why| why.to_string())?;
    let mut words: Vec<Str> = vec!["curl".into()];
    words.extend(argv.iter().map(|word| Str::from(word.as_str())));
    // At a terminal there is no meter unless the answer goes to a file.
    if !argv.iter().any(|word| matches!(word.as_str(), "-o" | "-O" | "--output" | "--remote-name")) {
        words.insert(1, "-sS".into());
    }
    let result = process.exec(&words, now, &mut Here { station: desk.station, node });
    desk.station.pass(result.took.unwrap_or_default());
    desk.output.stdout.push_str(&result.stdout);
    desk.output.tell(&result.stderr);
    desk.output.code = result.code;
    Ok(())
}

/// The outside of a program of this machine. It has no files that others share.
struct Here<'a> {
    station: &'a mut dyn Workstation,
    /// The node on which it runs.
    node: Option<&'a str>,
}

/// The Status behind what kubectl says of it.
fn refusal(told: &str) -> String {
    let said = told.trim_end().strip_prefix("Error from server (").and_then(|rest| rest.split_once("): "));
    let (reason, message) = said.unwrap_or(("NotFound", told.trim_end()));
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": 404,
    });
    format!("{status:#}\n")
}

impl Here<'_> {
    /// What the API server answers through `kubectl proxy`.
    fn proxied(&mut self, path: &str) -> Answer<Result<Reply, Unreachable>> {
        let line = ["get", "--raw", path].map(str::to_owned);
        let Output { stdout, stderr, code, .. } =
            orrery_kubectl::run(&line, &Stdin::default(), self.station.session());
        let (status, body) = if code == 0 { (200, stdout) } else { (404, refusal(&stderr)) };
        let headers = vec![("Content-Type".into(), "application/json".into())];
        // What took its time has passed it already.
        Answer { took: LOOK_UP, result: Ok(Reply::Http { status, headers, body: body.into() }) }
    }
}

impl World for Here<'_> {
    fn lookup(&mut self, name: &str) -> Answer<Vec<Ipv4Addr>> {
        Answer { took: LOOK_UP, result: self.station.look_up(self.node, name) }
    }

    fn send(
        &mut self,
        to: Target,
        message: &Message,
        timeout: Duration,
    ) -> Answer<Result<Reply, Unreachable>> {
        if let Message::Http { path, .. } = message
            && self.node.is_none()
            && to.address.is_loopback()
            && self.station.serves(to.port)
        {
            return self.proxied(path);
        }
        let asked = match message {
            Message::Http { host, path, .. } => match to.port {
                80 => ["http://", host, path].concat(),
                443 => ["https://", host, path].concat(),
                port => format!("http://{}:{port}{path}", host.split(':').next().unwrap_or(host)),
            },
            _ => format!("{}:{}", to.address, to.port),
        };
        let answer = self.station.call(self.node, &asked.into(), to, message);
        match answer.took > timeout {
            true => Answer { took: timeout, result: Err(Unreachable::TimedOut) },
            false => answer,
        }
    }
}
