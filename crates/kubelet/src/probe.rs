//! What a probe hears, in upstream's words (upstream: `pkg/probe/{exec,http,tcp,grpc}`).

use orrery_api::{Container, GRPCAction, HTTPGetAction, Probe};
use orrery_apimachinery::{IntOrString, Str};
use orrery_container_runtime::{ExecResult, Message, Reply, Unreachable};
use orrery_sim::{Duration, SimTime};

/// How a probe was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    /// A success of which something is to be said.
    Warning(String),
    Failure(String),
    /// It could not be asked, which counts for nothing.
    Error(String),
}

/// What a probe hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub outcome: Outcome,
    /// How long the answer took.
    pub took: Duration,
    /// The first instant at which another answer may come.
    pub until: SimTime,
}

impl Heard {
    /// An answer that comes at once and stays.
    pub(crate) fn for_good(outcome: Outcome) -> Self {
        Heard { outcome, took: Duration::ZERO, until: SimTime::NEVER }
    }
}

/// How long an answer may take.
pub(crate) fn timeout(probe: &Probe) -> Duration {
    Duration::from_secs(u64::try_from(probe.timeout_seconds).unwrap_or(0).max(1))
}

/// The number of a port that may be named (upstream: `ResolveContainerPort`).
pub(crate) fn port(port: &IntOrString, container: &Container) -> Result<u16, String> {
    let number = match port {
        IntOrString::Int(number) => i64::from(*number),
        IntOrString::String(name) => match container.ports.iter().find(|p| p.name.as_ref() == Some(name)) {
            Some(named) => i64::from(named.container_port),
            None => {
                name.parse().map_err(|_| format!("strconv.Atoi: parsing {:?}: invalid syntax", &**name))?
            }
        },
    };
    u16::try_from(number).ok().filter(|port| *port > 0).ok_or(format!("invalid port number: {number}"))
}

/// What came of a command (upstream: `execProber.Probe` and the client of the runtime).
pub(crate) fn of_exec(result: &ExecResult, timeout: Duration) -> Outcome {
    if let Some(error) = &result.error {
        return Outcome::Error(format!(
            "rpc error: code = Unknown desc = failed to exec in container: {error}"
        ));
    }
    if result.took.is_none_or(|took| took > timeout) {
        let seconds = timeout.as_secs();
        return Outcome::Failure(format!(
            "command timed out: rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout {seconds}s exceeded: context deadline exceeded"
        ));
    }
    match result.code {
        0 => Outcome::Success,
        _ => Outcome::Failure([&*result.stdout, &*result.stderr].concat()),
    }
}

/// A request for a page, as a prober makes it, and the URL that messages show (upstream: `NewRequestForHTTPGetAction`).
pub(crate) fn request(get: &HTTPGetAction, host: &str, port: u16) -> (Message, String) {
    let path = get.path.as_deref().unwrap_or("/");
    let scheme = get.scheme.as_deref().unwrap_or("HTTP").to_ascii_lowercase();
    let headers = get.http_headers.iter().map(|h| (h.name.clone(), h.value.clone()));
    let mut headers: Vec<(Str, Str)> = headers.collect();
    let named =
        |headers: &[(Str, Str)], name: &str| headers.iter().position(|h| h.0.eq_ignore_ascii_case(name));
    let asked = named(&headers, "Host").map(|at| headers.remove(at).1);
    for (name, value) in [("User-Agent", "kube-probe/1.32"), ("Accept", "*/*")] {
        if named(&headers, name).is_none() {
            headers.push((name.into(), value.into()));
        }
    }
    let authority = format!("{host}:{port}");
    let url = format!("{scheme}://{authority}{}{path}", if path.starts_with('/') { "" } else { "/" });
    let host = asked.unwrap_or_else(|| authority.as_str().into());
    let message = Message::Http { method: "GET".into(), path: path.into(), host, headers, body: "".into() };
    (message, url)
}

/// What came of a request (upstream: `DoHTTPProbe`).
pub(crate) fn of_http(url: &str, authority: &str, answer: &Result<Reply, Unreachable>) -> Outcome {
    let failed = |why: &str| Outcome::Failure(format!("Get \"{url}\": {why}"));
    match answer {
        Err(why) => match why {
            Unreachable::Refused | Unreachable::NoRoute => failed(&dial(authority, *why)),
            Unreachable::TimedOut => {
                failed("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
            }
        },
        Ok(Reply::Http { status: 200..=299, .. }) => Outcome::Success,
        Ok(Reply::Http { status: 300..=399, body, .. }) => {
            Outcome::Warning(format!("Probe terminated redirects, Response body: {body}"))
        }
        Ok(Reply::Http { status, .. }) => {
            Outcome::Failure(format!("HTTP probe failed with statuscode: {status}"))
        }
        Ok(Reply::Connected) => failed("EOF"),
        Ok(Reply::Bytes(bytes)) => failed(&format!(
            "net/http: HTTP/1.x transport connection broken: malformed HTTP response {:?}",
            &**bytes
        )),
    }
}

/// Where an answer of the same host sends whoever asked, if it does.
pub(crate) fn redirect(answer: &Result<Reply, Unreachable>, authority: &str) -> Option<Str> {
    let Ok(Reply::Http { status: 301 | 302 | 303 | 307 | 308, headers, .. }) = answer else { return None };
    let location = &headers.iter().find(|h| h.0.eq_ignore_ascii_case("Location"))?.1;
    if location.starts_with('/') {
        return Some(location.clone());
    }
    let rest = location.strip_prefix("http://")?.strip_prefix(authority)?;
    Some(if rest.is_empty() { "/".into() } else { rest.into() })
}

/// What came of opening a connection (upstream: `DoTCPProbe`).
pub(crate) fn of_tcp(authority: &str, answer: &Result<Reply, Unreachable>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Success,
        Err(why) => Outcome::Failure(dial(authority, *why)),
    }
}

/// Why a connection does not stand, as Go tells it.
fn dial(authority: &str, why: Unreachable) -> String {
    let why = match why {
        Unreachable::Refused => "connect: connection refused",
        Unreachable::NoRoute => "connect: no route to host",
        Unreachable::TimedOut => "i/o timeout",
    };
    format!("dial tcp {authority}: {why}")
}

/// The question of a gRPC probe: the method of the health service, and the service that is asked about.
pub(crate) fn health_check(grpc: &GRPCAction, authority: &str) -> Message {
    Message::Http {
        method: "POST".into(),
        path: "/grpc.health.v1.Health/Check".into(),
        host: authority.into(),
        headers: vec![("Content-Type".into(), "application/grpc".into())],
        body: grpc.service.clone().unwrap_or_default(),
    }
}

/// What came of a health check (upstream: `grpcProber.Probe`). Whoever answers anything but a status does not speak
/// the protocol: the prober tries until its time is up.
pub(crate) fn of_grpc(authority: &str, timeout: Duration, answer: &Result<Reply, Unreachable>) -> Outcome {
    let seconds = timeout.as_secs();
    let status = match answer {
        Ok(Reply::Http { status: 200, body, .. }) => &**body,
        _ => "",
    };
    match status {
        "SERVING" => Outcome::Success,
        "UNIMPLEMENTED" => Outcome::Failure(
            "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health".into(),
        ),
        "NOT_SERVING" | "UNKNOWN" | "SERVICE_UNKNOWN" => {
            Outcome::Failure(format!("service unhealthy (responded with \"{status}\")"))
        }
        _ => Outcome::Failure(format!(
            "timeout: failed to connect service \"{authority}\" within {seconds}s: context deadline exceeded"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::{ContainerPort, HTTPHeader};

    const SECOND: Duration = Duration::from_secs(1);

    fn text(outcome: Outcome) -> String {
        match outcome {
            Outcome::Success => "success".into(),
            Outcome::Warning(text) => format!("warning: {text}"),
            Outcome::Failure(text) => format!("failed: {text}"),
            Outcome::Error(text) => format!("errored: {text}"),
        }
    }

    #[test]
    fn a_command_speaks_through_its_code_and_its_output() {
        let result = |code, stdout: &str, stderr: &str, millis| ExecResult {
            took: Some(Duration::from_millis(millis)),
            code,
            stdout: stdout.into(),
            stderr: stderr.into(),
            ..ExecResult::default()
        };
        let missing = "cat: can't open '/tmp/healthy': No such file or directory\n";
        for (row, result, expected) in [
            ("zero is a success", result(0, "ok\n", "", 10), "success"),
            (
                "else the output tells",
                result(1, "", missing, 10),
                "failed: cat: can't open '/tmp/healthy': No such file or directory\n",
            ),
            (
                "what takes too long has failed",
                result(0, "", "", 1_500),
                "failed: command timed out: rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context deadline exceeded",
            ),
            (
                "what cannot be run counts for nothing",
                ExecResult { error: Some("no such program".into()), ..ExecResult::default() },
                "errored: rpc error: code = Unknown desc = failed to exec in container: no such program",
            ),
        ] {
            assert_eq!(text(of_exec(&result, SECOND)), expected, "{row}");
        }
    }

    #[test]
    fn a_page_speaks_through_its_status() {
        let (authority, url) = ("10.244.1.5:8080", "http://10.244.1.5:8080/healthz");
        let http = |status| Ok(Reply::Http { status, headers: Vec::new(), body: "moved".into() });
        for (answer, expected) in [
            (http(204), "success"),
            (http(302), "warning: Probe terminated redirects, Response body: moved"),
            (http(404), "failed: HTTP probe failed with statuscode: 404"),
            (
                Err(Unreachable::Refused),
                "failed: Get \"http://10.244.1.5:8080/healthz\": dial tcp 10.244.1.5:8080: connect: connection refused",
            ),
            (
                Err(Unreachable::NoRoute),
                "failed: Get \"http://10.244.1.5:8080/healthz\": dial tcp 10.244.1.5:8080: connect: no route to host",
            ),
            (
                Err(Unreachable::TimedOut),
                "failed: Get \"http://10.244.1.5:8080/healthz\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            ),
        ] {
            assert_eq!(text(of_http(url, authority, &answer)), expected);
        }
        let location = |to: &str| {
            Ok(Reply::Http { status: 302, headers: vec![("location".into(), to.into())], body: "".into() })
        };
        assert_eq!(redirect(&location("/login"), authority).as_deref(), Some("/login"));
        assert_eq!(redirect(&location("http://10.244.1.5:8080/login"), authority).as_deref(), Some("/login"));
        assert_eq!(redirect(&location("http://example.com/"), authority), None, "another host is not asked");
    }

    #[test]
    fn a_connection_and_a_health_service_speak_as_upstream_hears_them() {
        let authority = "10.244.1.5:9090";
        assert_eq!(text(of_tcp(authority, &Ok(Reply::Connected))), "success");
        assert_eq!(
            text(of_tcp(authority, &Err(Unreachable::TimedOut))),
            "failed: dial tcp 10.244.1.5:9090: i/o timeout"
        );
        let says = |body: &str| Ok(Reply::Http { status: 200, headers: Vec::new(), body: body.into() });
        for (answer, expected) in [
            (says("SERVING"), "success"),
            (says("NOT_SERVING"), "failed: service unhealthy (responded with \"NOT_SERVING\")"),
            (
                Err(Unreachable::Refused),
                "failed: timeout: failed to connect service \"10.244.1.5:9090\" within 1s: context deadline exceeded",
            ),
        ] {
            assert_eq!(text(of_grpc(authority, SECOND, &answer)), expected);
        }
    }

    #[test]
    fn a_request_goes_where_the_probe_says() {
        let web = ContainerPort { name: Some("web".into()), container_port: 8080, ..Default::default() };
        let container = Container { ports: vec![web], ..Default::default() };
        assert_eq!(port(&IntOrString::String("web".into()), &container), Ok(8080));
        assert_eq!(port(&IntOrString::Int(0), &container), Err("invalid port number: 0".into()));
        let unknown = "strconv.Atoi: parsing \"nope\": invalid syntax";
        assert_eq!(port(&IntOrString::String("nope".into()), &container), Err(unknown.into()));
        let get = HTTPGetAction {
            path: Some("healthz".into()),
            scheme: Some("HTTPS".into()),
            http_headers: vec![HTTPHeader { name: "Host".into(), value: "example.com".into() }],
            ..Default::default()
        };
        let (message, url) = request(&get, "10.244.1.5", 8080);
        assert_eq!(url, "https://10.244.1.5:8080/healthz");
        let Message::Http { host, headers, .. } = message else { panic!("a page is asked for") };
        assert_eq!((&*host, headers.len()), ("example.com", 2));
    }
}
