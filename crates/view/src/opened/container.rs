//! A container in its pod: state, image, ports, probes with their rhythm, what it uses, and how its runs ended.

use orrery_api::{Container, ContainerStatus, Pod, Probe, VolumeMount, resources};
use orrery_apimachinery::{IntOrString, Quantity, Str};
use orrery_cluster::Cluster;

use crate::countdown::Countdown;
use crate::pod;
use crate::scene::{PodState, Text};

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
    /// Command and arguments, as far as the pod says them.
    pub command: Text,
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
}

/// The containers of a pod in the order of its spec: init containers, containers, ephemeral ones.
pub(crate) fn containers(cluster: &Cluster, pod: &Pod, pulling: bool) -> Vec<ContainerBox> {
    let status = |all: &[ContainerStatus], name: &Str| all.iter().find(|s| s.name == *name).cloned();
    let mut all = Vec::new();
    for c in &pod.spec.init_containers {
        let role = if c.restart_policy.as_deref() == Some("Always") { Role::Sidecar } else { Role::Init };
        all.push(container(cluster, c, role, status(&pod.status.init_container_statuses, &c.name), pulling));
    }
    for c in &pod.spec.containers {
        all.push(container(cluster, c, Role::Main, status(&pod.status.container_statuses, &c.name), pulling));
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
        let status = status(&pod.status.ephemeral_container_statuses, &c.name);
        all.push(container(cluster, &same, Role::Ephemeral, status, pulling));
    }
    all
}

fn container(
    cluster: &Cluster,
    c: &Container,
    role: Role,
    status: Option<ContainerStatus>,
    pulling: bool,
) -> ContainerBox {
    let (api, status) = (cluster.api(), status.unwrap_or_default());
    let seconds = |at: Option<orrery_apimachinery::Time>| at.map(|at| api.instant(at).as_secs());
    let image = c.image.clone().unwrap_or_default();
    let words: Vec<&str> = c.command.iter().chain(&c.args).map(|word| &**word).collect();
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
        countdown: pod::back_off(api, cluster.now(), &status),
        registry: registry(&image).into(),
        image,
        command: words.join(" ").as_str().into(),
        ports: c.ports.iter().map(port).collect(),
        restarts: u32::try_from(status.restart_count).unwrap_or(0),
        last: status.last_state.terminated.as_ref().map(|e| {
            (e.reason.clone().unwrap_or_default(), e.exit_code, seconds(e.finished_at).unwrap_or_default())
        }),
        probes: probes(c, &status),
        amounts: amounts(c),
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

/// The registry of an image: what stands before the first slash, if it looks like a host.
fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

fn port(port: &orrery_api::ContainerPort) -> Text {
    let mut text = format!("{}/{}", port.container_port, port.protocol.as_deref().unwrap_or("TCP"));
    if port.host_port > 0 {
        text += &format!(" ← {}", port.host_port);
    }
    text.as_str().into()
}

fn mount(mount: &VolumeMount) -> (Text, Text, bool) {
    let path = match mount.sub_path.as_deref().filter(|path| !path.is_empty()) {
        Some(part) => format!("{} ({part})", mount.mount_path).as_str().into(),
        None => mount.mount_path.clone(),
    };
    (mount.name.clone(), path, mount.read_only)
}

fn probes(c: &Container, status: &ContainerStatus) -> Vec<ProbeRow> {
    let running = status.state.running.is_some();
    let all = [
        ("startup", &c.startup_probe, status.started),
        ("liveness", &c.liveness_probe, Some(true)),
        ("readiness", &c.readiness_probe, Some(status.ready)),
    ];
    let row = |(question, probe, passes): (&'static str, &Option<Box<Probe>>, Option<bool>)| {
        let probe = probe.as_ref()?;
        let count = |n: i32| u32::try_from(n).unwrap_or(1).max(1);
        Some(ProbeRow {
            question,
            asks: asks(probe),
            period: count(probe.period_seconds),
            failures: count(probe.failure_threshold),
            successes: count(probe.success_threshold),
            passes: passes.filter(|_| running),
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

fn amounts(c: &Container) -> Vec<Amount> {
    let text = |q: Option<&Quantity>| q.map(|q| Text::from(q.to_string()));
    let amount = |resource: &'static str| Amount {
        resource,
        request: text(c.resources.requests.get(resource)),
        limit: text(c.resources.limits.get(resource)),
    };
    let all = [resources::CPU, resources::MEMORY].map(amount);
    all.into_iter().filter(|a| a.request.is_some() || a.limit.is_some()).collect()
}
