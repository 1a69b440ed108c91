//! A container in its pod: state, image, ports, probes with their rhythm, what it uses, and how its runs ended.

use orrery_api::{Container, ContainerStatus, Pod, Probe, VolumeMount, resources};
use orrery_apimachinery::{IntOrString, Quantity, Str};
use orrery_cluster::{Cluster, ContainerFacts, ProbeFacts, Question};

use crate::countdown::{Countdown, Wait};
use crate::scene::{PodState, Text};
use crate::{pod, registries};

/// The part that a container has in its pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Runs to its end before the others.
    Init,
    /// Starts among the init containers and stays.
    Sidecar,
    /// Runs as long as the pod.
    Main,
    /// Was put in to look around.
    Ephemeral,
}

/// A container.
#[derive(Clone, PartialEq, Debug)]
pub struct ContainerBox {
    /// Its name.
    pub name: Text,
    /// Its part in the pod.
    pub role: Role,
    /// Its state, by the shapes of pods.
    pub state: PodState,
    /// That in the words of its status: `Running`, `CrashLoopBackOff`.
    pub reason: Text,
    /// Since when: virtual time in seconds.
    pub since_s: Option<u64>,
    /// What is said of it.
    pub message: Option<Text>,
    /// What runs out for it.
    pub countdown: Option<Countdown>,
    /// The image as it is written.
    pub image: Text,
    /// The registry that it comes from.
    pub registry: Text,
    /// Command and arguments, as far as they are known.
    pub command: Text,
    /// Why what it does is partly assumed.
    pub assumed: Option<Text>,
    /// `80/TCP`, with the port of the node where it has one.
    pub ports: Vec<Text>,
    /// Starts after the first.
    pub restarts: u32,
    /// How the run before ended: reason, exit code, when.
    pub last: Option<(Text, i32, u64)>,
    /// Its probes.
    pub probes: Vec<ProbeRow>,
    /// Processor and memory.
    pub amounts: Vec<Amount>,
    /// Where it sees which volume: the volume's name, the path, whether it is read-only.
    pub mounts: Vec<(Text, Text, bool)>,
}

/// A probe.
#[derive(Clone, PartialEq, Debug)]
pub struct ProbeRow {
    /// `startup`, `liveness` or `readiness`.
    pub question: &'static str,
    /// What is asked, `GET :80/ready`.
    pub asks: Text,
    /// Seconds from one time to the next.
    pub period: u32,
    /// Failures in a row that count.
    pub failures: u32,
    /// Successes in a row that count.
    pub successes: u32,
    /// What counts as its answer now; none before the first.
    pub passes: Option<bool>,
    /// The last answer, and how often it came in a row.
    pub last: (bool, u32),
    /// Milliseconds until it is asked again.
    pub next: Option<u32>,
}

/// An amount of a resource, in its unit's smallest step.
#[derive(Clone, PartialEq, Debug)]
pub struct Amount {
    /// The resource.
    pub resource: &'static str,
    /// What is set aside for it.
    pub request: Option<Text>,
    /// What it may not exceed.
    pub limit: Option<Text>,
    /// What it uses.
    pub used: Option<Text>,
    /// That as a share of the limit, or of the request where there is none.
    pub share: Option<f64>,
}

/// The containers of a pod in the order of its spec: init containers, containers, ephemeral ones.
pub(crate) fn containers(cluster: &Cluster, pod: &Pod, pulling: bool) -> Vec<ContainerBox> {
    let kubelet = pod.node_name.as_ref().and_then(|node| cluster.kubelet(node));
    let seen = kubelet
        .map(|k| k.containers(cluster.api(), &pod.metadata.namespace, &pod.metadata.name, cluster.now()));
    let seen = seen.unwrap_or_default();
    let make = |c: &Container, role: Role, all: &[ContainerStatus]| {
        let status = all.iter().find(|s| s.name == c.name).cloned();
        container(cluster, pod, c, role, status, seen.iter().find(|facts| facts.name == c.name), pulling)
    };
    let mut all = Vec::new();
    for c in &pod.spec.init_containers {
        let role = if c.restart_policy.as_deref() == Some("Always") { Role::Sidecar } else { Role::Init };
        all.push(make(c, role, &pod.status.init_container_statuses));
    }
    for c in &pod.spec.containers {
        all.push(make(c, Role::Main, &pod.status.container_statuses));
    }
    for c in &pod.spec.ephemeral_containers {
        let same = Container {
            name: c.name.clone(),
            image: c.image.clone(),
            command: c.command.clone(),
            args: c.args.clone(),
            volume_mounts: c.volume_mounts.clone(),
            ..Container::default()
        };
        all.push(make(&same, Role::Ephemeral, &pod.status.ephemeral_container_statuses));
    }
    all
}

fn container(
    cluster: &Cluster,
    pod: &Pod,
    c: &Container,
    role: Role,
    status: Option<ContainerStatus>,
    facts: Option<&ContainerFacts>,
    pulling: bool,
) -> ContainerBox {
    let (api, status) = (cluster.api(), status.unwrap_or_default());
    let seconds = |at: Option<orrery_apimachinery::Time>| at.map(|at| api.instant(at).as_secs());
    let image = c.image.clone().unwrap_or_default();
    let command = facts.map(|f| &f.command).filter(|words| !words.is_empty());
    let written: Vec<Str> = c.command.iter().chain(&c.args).cloned().collect();
    let words: Vec<&str> = command.unwrap_or(&written).iter().map(|word| &**word).collect();
    let (state, reason) = state(&status, role, pulling);
    let (running, ended) = (&status.state.running, &status.state.terminated);
    ContainerBox {
        name: c.name.clone(),
        role,
        state,
        reason,
        since_s: seconds(
            running.as_ref().and_then(|r| r.started_at).or(ended.as_ref().and_then(|e| e.finished_at)),
        ),
        message: status.state.waiting.as_ref().and_then(|w| w.message.clone()),
        countdown: countdown(cluster, pod, facts, &status)
            .or_else(|| pod::back_off(api, cluster.now(), &status)),
        assumed: facts.and_then(|f| f.assumed.clone()),
        registry: registries::host(&image).into(),
        image,
        command: words.join(" ").as_str().into(),
        ports: ports(c, facts),
        restarts: u32::try_from(status.restart_count).unwrap_or(0),
        last: status.last_state.terminated.as_ref().map(|e| {
            (e.reason.clone().unwrap_or_default(), e.exit_code, seconds(e.finished_at).unwrap_or_default())
        }),
        probes: probes(cluster, c, &status, facts),
        amounts: amounts(c, facts.filter(|_| status.state.running.is_some())),
        mounts: c.volume_mounts.iter().map(mount).collect(),
    }
}

/// The shape of a container's state, and the word of its status for it.
fn state(status: &ContainerStatus, role: Role, pulling: bool) -> (PodState, Text) {
    if let Some(ended) = &status.state.terminated {
        let reason = ended.reason.clone().unwrap_or_default();
        let state = if ended.exit_code == 0 { PodState::Completed } else { PodState::Failed };
        return (state, format!("{reason}, exit code {}", ended.exit_code).as_str().into());
    }
    if status.state.running.is_some() {
        // An init container or a visitor is never asked whether it is ready.
        let serves = status.ready || matches!(role, Role::Init | Role::Ephemeral);
        return (if serves { PodState::Ready } else { PodState::NotReady }, "Running".into());
    }
    let reason = pod::waiting_reason(&status.state).cloned().unwrap_or_else(|| "Waiting".into());
    let state = match &*reason {
        _ if pod::backs_off(status) => PodState::BackOff,
        "ContainerCreating" if pulling => PodState::Pulling,
        "ContainerCreating" => PodState::Creating,
        _ => PodState::Pending,
    };
    (state, reason)
}

/// What the kubelet waits with: a start after a crash, or a kill.
fn countdown(
    cluster: &Cluster,
    pod: &Pod,
    facts: Option<&ContainerFacts>,
    status: &ContainerStatus,
) -> Option<Countdown> {
    let facts = facts?;
    if let Some(end) = facts.grace_until {
        let grace = pod.metadata.deletion_grace_period_seconds.or(pod.spec.termination_grace_period_seconds);
        return Countdown::new(Wait::Grace, cluster.now(), end, grace.unwrap_or(0).unsigned_abs());
    }
    let of = u64::from(crate::pod::length(status)?);
    Countdown::new(Wait::BackOff, cluster.now(), facts.back_off_until?, of)
}

/// The ports that the pod tells of, and those on which the process listens besides.
fn ports(c: &Container, facts: Option<&ContainerFacts>) -> Vec<Text> {
    let mut ports: Vec<Text> = Vec::new();
    for port in &c.ports {
        let mut text = format!("{}/{}", port.container_port, port.protocol.as_deref().unwrap_or("TCP"));
        if port.host_port > 0 {
            text += &format!(" ← {}", port.host_port);
        }
        ports.push(text.as_str().into());
    }
    for port in facts.iter().flat_map(|f| &f.listens) {
        if !c.ports.iter().any(|p| p.container_port == i32::from(*port)) {
            ports.push(format!("{port}/TCP").as_str().into());
        }
    }
    ports
}

fn mount(mount: &VolumeMount) -> (Text, Text, bool) {
    let path = match mount.sub_path.as_deref().filter(|path| !path.is_empty()) {
        Some(part) => format!("{} ({part})", mount.mount_path).as_str().into(),
        None => mount.mount_path.clone(),
    };
    (mount.name.clone(), path, mount.read_only)
}

fn probes(
    cluster: &Cluster,
    c: &Container,
    status: &ContainerStatus,
    facts: Option<&ContainerFacts>,
) -> Vec<ProbeRow> {
    let running = status.state.running.is_some();
    let all = [
        ("startup", Question::Startup, &c.startup_probe, status.started),
        ("liveness", Question::Liveness, &c.liveness_probe, Some(true)),
        ("readiness", Question::Readiness, &c.readiness_probe, Some(status.ready)),
    ];
    let count = |n: i32| u32::try_from(n).unwrap_or(1).max(1);
    let row =
        |(question, which, probe, passes): (&'static str, Question, &Option<Box<Probe>>, Option<bool>)| {
            let probe = probe.as_ref()?;
            let facts = facts.and_then(|f| f.probes.iter().find(|p| p.question == which)).filter(|_| running);
            // Tenths of a second are as much as an eye can follow.
            let left = |p: &ProbeFacts| {
                let left = p.next?.since(cluster.now()).as_millis() / 100 * 100;
                u32::try_from(left).ok()
            };
            Some(ProbeRow {
                question,
                asks: asks(probe),
                period: count(probe.period_seconds),
                failures: count(probe.failure_threshold),
                successes: count(probe.success_threshold),
                passes: facts.map_or(passes, |p| p.result).filter(|_| running),
                last: facts.map_or((false, 0), |p| (p.last, u32::try_from(p.in_a_row).unwrap_or(0))),
                next: facts.and_then(left),
            })
        };
    all.into_iter().filter_map(row).collect()
}

fn asks(probe: &Probe) -> Text {
    let port = |port: &IntOrString| port.to_string();
    let text = if let Some(http) = &probe.http_get {
        format!("GET :{}{}", port(&http.port), http.path.as_deref().unwrap_or("/"))
    } else if let Some(tcp) = &probe.tcp_socket {
        format!("TCP :{}", port(&tcp.port))
    } else if let Some(grpc) = &probe.grpc {
        format!("gRPC :{} {}", grpc.port, grpc.service.as_deref().unwrap_or_default())
    } else if let Some(exec) = &probe.exec {
        exec.command.iter().map(|word| &**word).collect::<Vec<_>>().join(" ")
    } else {
        String::new()
    };
    text.trim_end().into()
}

fn amounts(c: &Container, facts: Option<&ContainerFacts>) -> Vec<Amount> {
    let text = |q: Option<&Quantity>| q.map(|q| Text::from(q.to_string()));
    let amount =
        |resource: &'static str, used: Option<u64>, unit: fn(&Quantity) -> i64, shown: fn(u64) -> String| {
            let (request, limit) = (c.resources.requests.get(resource), c.resources.limits.get(resource));
            let most = limit.or(request).map(unit);
            Amount {
                resource,
                request: text(request),
                limit: text(limit),
                used: used.map(|n| shown(n).as_str().into()),
                share: used.zip(most).map(|(n, most)| (n as f64 / most.max(1) as f64).min(1.0)),
            }
        };
    // What is nothing at all is not known.
    let cpu = facts.map(|f| f.cpu_millis).filter(|n| *n > 0);
    let memory = facts.map(|f| f.memory_bytes).filter(|n| *n > 0);
    let all = [
        amount(resources::CPU, cpu, Quantity::milli_value, |n| format!("{n}m")),
        amount(resources::MEMORY, memory, Quantity::value, |n| {
            if n >> 20 > 0 { format!("{}Mi", n >> 20) } else { format!("{}Ki", n >> 10) }
        }),
    ];
    all.into_iter().filter(|a| a.request.is_some() || a.limit.is_some() || a.used.is_some()).collect()
}
