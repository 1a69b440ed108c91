//! The containers of a pod (upstream: `describeContainers`).

use super::Story;
use super::service::join;
use super::story::date;
use orrery_api::resources::CPU;
use orrery_api::{
    Container, ContainerPort, ContainerState, ContainerStatus, EnvFromSource, EnvVar, Probe,
    ResourceFieldSelector, ResourceRequirements, SeccompProfile,
};
use orrery_apimachinery::Order;
use orrery_apimachinery::{ObjectMeta, Str};

/// What is told of a list of containers.
pub(super) struct Containers<'a> {
    /// What stands above them.
    pub(super) title: &'a str,
    pub(super) list: &'a [Container],
    /// What became of them, in a pod.
    pub(super) statuses: &'a [ContainerStatus],
    /// The pod, out of which variables come.
    pub(super) pod: Option<&'a ObjectMeta>,
}

/// All of a list, under its title. In a template everything stands further to the right.
pub(super) fn describe(story: &mut Story, containers: &Containers<'_>) {
    let template = containers.pod.is_none();
    let none = if containers.list.is_empty() { " <none>" } else { "" };
    story.line(usize::from(template), &[containers.title, ":", none].concat());
    for container in containers.list {
        let status = containers.statuses.iter().find(|status| status.name == container.name);
        story.line(1, &[if template { " " } else { "" }, &container.name, ":"].concat());
        if let Some(status) = status {
            story.field(2, "Container ID", text(&status.container_id));
        }
        story.field(2, "Image", text(&container.image));
        if let Some(status) = status {
            story.field(2, "Image ID", &status.image_id);
        }
        ports(story, "Port", &container.ports, |port| port.container_port);
        ports(story, "Host Port", &container.ports, |port| port.host_port);
        let profile =
            container.security_context.as_ref().and_then(|context| context.seccomp_profile.as_ref());
        seccomp(story, 2, profile);
        lines(story, "Command", &container.command);
        lines(story, "Args", &container.args);
        if let Some(status) = status {
            states(story, status);
        }
        resources(story, 2, &container.resources);
        for (name, check) in [
            ("Liveness", &container.liveness_probe),
            ("Readiness", &container.readiness_probe),
            ("Startup", &container.startup_probe),
        ] {
            if let Some(check) = check {
                story.field(2, name, &probe(check));
            }
        }
        env_from(story, &container.env_from);
        env(story, container, containers.pod);
        mounts(story, container);
    }
}

/// What a container does, what it did before, and how often it was started anew.
fn states(story: &mut Story, status: &ContainerStatus) {
    state(story, "State", &status.state);
    if status.last_state.terminated.is_some() {
        state(story, "Last State", &status.last_state);
    }
    story.field(2, "Ready", if status.ready { "True" } else { "False" });
    story.field(2, "Restart Count", &status.restart_count.to_string());
}

/// One state (upstream: `describeStatus`).
fn state(story: &mut Story, name: &str, state: &ContainerState) {
    if let Some(running) = &state.running {
        story.field(2, name, "Running");
        story.field(3, "Started", &date(running.started_at));
    } else if let Some(ended) = state.terminated.as_ref().filter(|_| state.waiting.is_none()) {
        story.field(2, name, "Terminated");
        optional(story, "Reason", text(&ended.reason));
        optional(story, "Message", text(&ended.message));
        story.field(3, "Exit Code", &ended.exit_code.to_string());
        if ended.signal > 0 {
            story.field(3, "Signal", &ended.signal.to_string());
        }
        story.field(3, "Started", &date(ended.started_at));
        story.field(3, "Finished", &date(ended.finished_at));
    } else {
        story.field(2, name, "Waiting");
        if let Some(waiting) = &state.waiting {
            optional(story, "Reason", text(&waiting.reason));
        }
    }
}

fn optional(story: &mut Story, name: &str, value: &str) {
    if !value.is_empty() {
        story.field(3, name, value);
    }
}

/// The text, or nothing.
pub(super) fn text(text: &Option<Str>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn ports(story: &mut Story, name: &str, ports: &[ContainerPort], number: fn(&ContainerPort) -> i32) {
    let told: Vec<String> =
        ports.iter().map(|port| format!("{}/{}", number(port), text(&port.protocol))).collect();
    match &told[..] {
        [] => story.field(2, name, "<none>"),
        [one] => story.field(2, name, one),
        many => story.field(2, &format!("{name}s"), &many.join(", ")),
    }
}

/// The profile by which system calls are kept from a pod or a container.
pub(super) fn seccomp(story: &mut Story, level: usize, profile: Option<&SeccompProfile>) {
    if let Some(profile) = profile {
        story.field(level, "SeccompProfile", &profile.type_);
        if &*profile.type_ == "Localhost" {
            story.field(level + level / 2, "LocalhostProfile", text(&profile.localhost_profile));
        }
    }
}

fn lines(story: &mut Story, name: &str, words: &[Str]) {
    if words.is_empty() {
        return;
    }
    story.line(2, &format!("{name}:"));
    for line in words.iter().flat_map(|word| word.split('\n')) {
        story.line(3, line);
    }
}

/// What a container, or a whole pod, may use and is sure to get.
pub(super) fn resources(story: &mut Story, level: usize, resources: &ResourceRequirements) {
    for (name, amounts) in [("Limits:", &resources.limits), ("Requests:", &resources.requests)] {
        if amounts.is_empty() {
            continue;
        }
        story.line(level, name);
        for (resource, amount) in amounts {
            story.field(level + 1, resource, &amount.to_string());
        }
    }
}

/// `http-get http://:80/healthz delay=0s timeout=1s period=10s #success=1 #failure=3` (upstream: `DescribeProbe`).
fn probe(probe: &Probe) -> String {
    let how = if let Some(exec) = &probe.exec {
        let words: Vec<&str> = exec.command.iter().map(|word| &**word).collect();
        format!("exec [{}]", words.join(" "))
    } else if let Some(get) = &probe.http_get {
        let scheme = text(&get.scheme).to_lowercase();
        let host = join(text(&get.host), &get.port.to_string());
        format!("http-get {scheme}://{host}{}", url_path(text(&get.path)))
    } else if let Some(socket) = &probe.tcp_socket {
        format!("tcp-socket {}:{}", text(&socket.host), socket.port)
    } else if let Some(grpc) = &probe.grpc {
        format!("grpc <pod>:{} {}", grpc.port, text(&grpc.service))
    } else {
        "unknown".into()
    };
    let (delay, timeout, period) = (probe.initial_delay_seconds, probe.timeout_seconds, probe.period_seconds);
    let (success, failure) = (probe.success_threshold, probe.failure_threshold);
    format!("{how} delay={delay}s timeout={timeout}s period={period}s #success={success} #failure={failure}")
}

/// A path as it stands in an address (Go: `URL.EscapedPath`).
fn url_path(path: &str) -> String {
    let mut url = String::new();
    if !path.is_empty() && !path.starts_with('/') {
        url.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url += &format!("%{byte:02X}");
        }
    }
    url
}

fn env_from(story: &mut Story, sources: &[EnvFromSource]) {
    if !sources.is_empty() {
        story.line(2, "Environment Variables from:");
    }
    for source in sources {
        let (kind, name, optional) = match (&source.config_map_ref, &source.secret_ref) {
            (Some(map), _) => ("ConfigMap", &map.name, map.optional),
            (None, Some(secret)) => ("Secret", &secret.name, secret.optional),
            (None, None) => ("", &None, None),
        };
        let (name, optional) = (text(name), optional.unwrap_or(false));
        let prefix =
            source.prefix.as_ref().map_or(String::new(), |prefix| format!(" with prefix '{prefix}'"));
        story.line(3, &format!("{name}\t{kind}{prefix}\tOptional: {optional}"));
    }
}

fn env(story: &mut Story, container: &Container, pod: Option<&ObjectMeta>) {
    story.line(2, if container.env.is_empty() { "Environment:\t<none>" } else { "Environment:" });
    for variable in &container.env {
        if let Some(value) = value_from(variable, container, pod) {
            story.field(3, &variable.name, &value);
        } else if variable.value_from.is_none() {
            let mut lines = text(&variable.value).split('\n');
            story.field(3, &variable.name, lines.next().unwrap_or_default());
            lines.for_each(|line| story.line(3, &format!("\t{line}")));
        }
    }
}

/// Where a variable's value comes from, if it does not stand there.
fn value_from(variable: &EnvVar, container: &Container, pod: Option<&ObjectMeta>) -> Option<String> {
    let source = variable.value_from.as_ref()?;
    if let Some(field) = &source.field_ref {
        // Upstream's client knows no other field of a pod by its label.
        let value = match (&*field.field_path, pod) {
            ("metadata.name", Some(pod)) => &*pod.name,
            ("metadata.namespace", Some(pod)) => &*pod.namespace,
            _ => "",
        };
        return Some(format!("{value} ({}:{})", text(&field.api_version), field.field_path));
    }
    if let Some(field) = &source.resource_field_ref {
        return Some(format!("{} ({})", amount(field, container), field.resource));
    }
    if let Some(secret) = &source.secret_key_ref {
        let (key, name, optional) = (&secret.key, text(&secret.name), secret.optional.unwrap_or(false));
        return Some(format!("<set to the key '{key}' in secret '{name}'>\tOptional: {optional}"));
    }
    let map = source.config_map_key_ref.as_ref()?;
    let (key, name, optional) = (&map.key, text(&map.name), map.optional.unwrap_or(false));
    Some(format!("<set to the key '{key}' of config map '{name}'>\tOptional: {optional}"))
}

/// A container's limit or request in the unit that is asked for, rounded up
/// (upstream: `ExtractContainerResourceValue`).
fn amount(field: &ResourceFieldSelector, container: &Container) -> String {
    let (list, name) = field.resource.split_once('.').unwrap_or_default();
    let amounts = if list == "limits" { &container.resources.limits } else { &container.resources.requests };
    let given = amounts.get(name).copied().unwrap_or_default();
    let (given, unit) = if name == CPU {
        (given.milli_value(), if field.divisor.is_zero() { 1_000 } else { field.divisor.milli_value() })
    } else {
        (given.value(), if field.divisor.is_zero() { 1 } else { field.divisor.value() })
    };
    let count = given / unit + i64::from(given % unit != 0);
    if count == 0 && matches!(&*field.resource, "limits.cpu" | "limits.memory") {
        return "node allocatable".into();
    }
    count.to_string()
}

fn mounts(story: &mut Story, container: &Container) {
    let none = if container.volume_mounts.is_empty() { "\t<none>" } else { "" };
    story.line(2, &format!("Mounts:{none}"));
    let mut mounts: Vec<_> = container.volume_mounts.iter().collect();
    mounts.order_by(|a, b| a.mount_path.cmp(&b.mount_path));
    for mount in mounts {
        let mode = if mount.read_only { "ro" } else { "rw" };
        let part = mount.sub_path.as_ref().map_or(String::new(), |path| format!(",path={:?}", &**path));
        story.line(3, &format!("{} from {} ({mode}{part})", mount.mount_path, mount.name));
    }
    if container.volume_devices.is_empty() {
        return;
    }
    story.line(2, &format!("Devices:{none}"));
    let mut devices: Vec<_> = container.volume_devices.iter().collect();
    devices.order_by(|a, b| a.device_path.cmp(&b.device_path));
    for device in devices {
        story.line(3, &format!("{} from {}", device.device_path, device.name));
    }
}
