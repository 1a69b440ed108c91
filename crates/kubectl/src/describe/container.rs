//! The containers of a pod (upstream: `describeContainers`).

use super::Story;
use orrery_api::resources::{CPU, ResourceList};
use orrery_api::{Container, ContainerPort, EnvFromSource, EnvVar, Probe, ResourceFieldSelector};
use orrery_apimachinery::Str;

/// All of a list, under its `title`.
pub(super) fn describe(story: &mut Story, title: &str, containers: &[Container]) {
    story.line(1, &format!("{title}:{}", if containers.is_empty() { " <none>" } else { "" }));
    for container in containers {
        story.line(1, &format!(" {}:", container.name));
        story.field(2, "Image", text(&container.image));
        ports(story, "Port", &container.ports, |port| port.container_port);
        ports(story, "Host Port", &container.ports, |port| port.host_port);
        seccomp(story, container);
        lines(story, "Command", &container.command);
        lines(story, "Args", &container.args);
        resources(story, "Limits", &container.resources.limits);
        resources(story, "Requests", &container.resources.requests);
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
        env(story, container);
        mounts(story, container);
    }
}

fn text(text: &Option<Str>) -> &str {
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

fn seccomp(story: &mut Story, container: &Container) {
    let profile = container.security_context.as_ref().and_then(|context| context.seccomp_profile.as_ref());
    if let Some(profile) = profile {
        story.field(2, "SeccompProfile", &profile.type_);
        if &*profile.type_ == "Localhost" {
            story.field(3, "LocalhostProfile", text(&profile.localhost_profile));
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

fn resources(story: &mut Story, name: &str, amounts: &ResourceList) {
    if amounts.is_empty() {
        return;
    }
    story.line(2, &format!("{name}:"));
    for (resource, amount) in amounts {
        story.field(3, resource, &amount.to_string());
    }
}

/// `http-get http://:80/healthz delay=0s timeout=1s period=10s #success=1 #failure=3` (upstream: `DescribeProbe`).
fn probe(probe: &Probe) -> String {
    let how = if let Some(exec) = &probe.exec {
        let words: Vec<&str> = exec.command.iter().map(|word| &**word).collect();
        format!("exec [{}]", words.join(" "))
    } else if let Some(get) = &probe.http_get {
        let scheme = text(&get.scheme).to_lowercase();
        format!("http-get {scheme}://{}:{}{}", text(&get.host), get.port, text(&get.path))
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

fn env(story: &mut Story, container: &Container) {
    story.line(2, if container.env.is_empty() { "Environment:\t<none>" } else { "Environment:" });
    for variable in &container.env {
        if let Some(value) = value_from(variable, container) {
            story.field(3, &variable.name, &value);
        } else if variable.value_from.is_none() {
            let mut lines = text(&variable.value).split('\n');
            story.field(3, &variable.name, lines.next().unwrap_or_default());
            lines.for_each(|line| story.line(3, &format!("\t{line}")));
        }
    }
}

/// Where a variable's value comes from, if it does not stand there.
fn value_from(variable: &EnvVar, container: &Container) -> Option<String> {
    let source = variable.value_from.as_ref()?;
    if let Some(field) = &source.field_ref {
        return Some(format!(" ({}:{})", text(&field.api_version), field.field_path));
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
    mounts.sort_by(|a, b| a.mount_path.cmp(&b.mount_path));
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
    devices.sort_by(|a, b| a.device_path.cmp(&b.device_path));
    for device in devices {
        story.line(3, &format!("{} from {}", device.device_path, device.name));
    }
}
