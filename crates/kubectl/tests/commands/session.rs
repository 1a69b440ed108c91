//! A server on which nothing works by itself, and command lines sent to it one after another.

use expect_test::Expect;
use orrery_apimachinery::{Reason, Status, StatusResult};
use orrery_apiserver::{ApiServer, Config, Exec, ExecOutput, LogLine, Request, Session};
use orrery_kubectl::{Files, Stdin, run};
use orrery_sim::{Duration, SimTime};

struct Still {
    api: ApiServer,
    now: SimTime,
}

/// What is piped in, if anything is.
struct Piped<'a>(&'a str);

impl Files for Piped<'_> {
    fn read(&self, name: &str) -> Option<String> {
        (name == "-" && !self.0.is_empty()).then(|| self.0.to_owned())
    }
}

impl Session for Still {
    fn api(&self) -> &ApiServer {
        &self.api
    }

    fn now(&self) -> SimTime {
        self.now
    }

    fn send(&mut self) -> (&mut ApiServer, Request) {
        let request = Request::new(self.now, "kubectl");
        (&mut self.api, request)
    }

    fn pass(&mut self, duration: Duration) {
        self.now += duration;
    }

    /// Every container has written three lines, one every ten seconds; only `crashy` has run before.
    fn logs(&self, _: &str, _: &str, container: &str, previous: bool) -> StatusResult<Vec<LogLine>> {
        if previous && container != "crashy" {
            let text = format!("previous terminated container {container:?} in pod \"web\" not found");
            return Err(Status::new(Reason::BadRequest, text));
        }
        let run = if previous { "before" } else { "now" };
        let line = |nth: u64| LogLine {
            at: SimTime::from_millis(nth * 10_000 + 250),
            error: false,
            text: format!("{container} {run} {nth}").into(),
        };
        Ok((0..3).map(line).collect())
    }

    /// Every container knows two commands.
    fn exec(&mut self, _: &str, _: &str, container: &str, exec: Exec<'_>) -> StatusResult<ExecOutput> {
        match &*exec.command[0] {
            "hostname" => Ok(ExecOutput { stdout: format!("{container}\n"), ..Default::default() }),
            _ => Ok(ExecOutput { stderr: "no\n".into(), code: 3, ..Default::default() }),
        }
    }
}

/// A Deployment as people write it.
pub const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: c, image: 'nginx:1', env: [{name: A, value: '1'}, {name: B, value: '2'}], ports: [{containerPort: 80}]}
";

/// The words of a command line; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(String::from)),
            _ => words.push(part.into()),
        }
    }
    words
}

/// Runs command lines, each with its standard input, and compares what they printed, in the order in which a terminal
/// shows it.
pub fn check(lines: &[(&str, &str)], expected: Expect) {
    let mut still = Still { api: ApiServer::new(Config::default()), now: SimTime::default() };
    run(&words("create namespace default"), &Stdin::default(), &mut still);
    run(&words("create serviceaccount default"), &Stdin::default(), &mut still);
    let mut text = String::new();
    for (line, stdin) in lines {
        let output = run(&words(line), &Piped(stdin), &mut still);
        text += &format!("$ {line}\n");
        for (printed, told) in output.in_order() {
            text += printed;
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.extend(told.lines().map(|line| format!("stderr: {line}\n")));
        }
        if output.code != 0 {
            text += &format!("exit code {}\n", output.code);
        }
    }
    expected.assert_eq(&text);
}

/// The same for commands that read nothing.
pub fn check_web(lines: &[&str], expected: Expect) {
    let first = [("apply -f -", WEB)];
    let lines: Vec<(&str, &str)> = first.into_iter().chain(lines.iter().map(|line| (*line, ""))).collect();
    check(&lines, expected);
}
