//! `kubectl port-forward` (upstream: `kubectl/pkg/cmd/portforward`).
//!
//! Where nobody follows it the command returns, and the port stays open, as if it ran on in a terminal of its own.

use crate::command::Cx;
use crate::create::usage;
use crate::follow::{Errand, Follow};
use crate::{Args, Failure, pods};
use orrery_api::{Object, Pod, Service};
use orrery_apimachinery::IntOrString;

/// Where random ports of a machine begin.
const RANDOM: u16 = 32_768;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [word, ports @ ..] = &args.words[..] else {
        return Err(usage(args, "TYPE/NAME and list of ports are required for port-forward"));
    };
    if ports.is_empty() {
        return Err(usage(args, "TYPE/NAME and list of ports are required for port-forward"));
    }
    let object = pods::named(cx, args, word)?;
    let pod = pods::of(cx, args, &object, "attach to", false)?.remove(0);
    let mut pairs = Vec::new();
    for text in ports {
        pairs.push(match &object {
            Object::Service(service) => of_service(service, &pod, text)?,
            _ => of_pod(&pod, text)?,
        });
    }
    let phase = pod.status.phase.as_deref().unwrap_or_default();
    if phase != "Running" {
        return Err(Failure::usage(format!(
            "unable to forward port because pod is not running. Current status={phase}"
        )));
    }
    let address = args.flag("address").unwrap_or("localhost");
    let meta = &pod.metadata;
    let mut forwarding = Forwarding { ports: Vec::new(), closes: false };
    for (local, port) in pairs {
        cx.session.forward(&meta.namespace, &meta.name, local, port)?;
        let places: &[&str] = match address {
            "localhost" => &["127.0.0.1", "[::1]"],
            other => &[other],
        };
        for place in places {
            cx.output.stdout += &format!("Forwarding from {place}:{local} -> {port}\n");
        }
        forwarding.ports.push((local, 0));
    }
    cx.follow(args, Box::new(forwarding))
}

/// Ports that are kept open.
struct Forwarding {
    /// Each with how many connections were told of.
    ports: Vec<(u16, u64)>,
    /// Whether they are to be closed.
    closes: bool,
}

impl Follow for Forwarding {
    fn look(&mut self, cx: &mut Cx<'_>, _: &Args) -> Result<bool, Failure> {
        for (local, told) in &mut self.ports {
            let handled =
                cx.session.forwarded(*local).ok_or_else(|| Failure::usage("lost connection to pod"))?;
            while *told < handled {
                *told += 1;
                cx.output.stdout += &format!("Handling connection for {local}\n");
            }
        }
        Ok(false)
    }

    fn stays(&self) -> bool {
        true
    }

    fn errand(&mut self) -> Option<Errand> {
        if !std::mem::take(&mut self.closes) {
            return None;
        }
        let ports: Vec<String> = self.ports.iter().map(|(local, _)| format!("{local}/tcp")).collect();
        let mut errand = Errand::of(&["fuser", "-k"]);
        errand.line.extend(ports);
        Some(errand)
    }

    fn leave(&mut self) {
        self.closes = true;
    }
}

/// The two halves of `8080:80`; of `80` both are the same.
fn split(text: &str) -> (&str, &str) {
    text.split_once(':').unwrap_or((text, text))
}

/// The number of a port of the person's machine; without one a free port is taken.
fn local(text: &str, whole: &str) -> Result<u16, Failure> {
    match text {
        "" | "0" => Ok(RANDOM),
        _ => text.parse().map_err(|_| {
            Failure::usage(format!(
                "error parsing local port '{text}': strconv.ParseUint: parsing \"{text}\": invalid syntax in {whole}"
            ))
        }),
    }
}

fn remote(text: &str) -> Result<u16, Failure> {
    let number = text.parse::<u16>().map_err(|_| {
        let why = format!("strconv.ParseUint: parsing \"{text}\": invalid syntax");
        Failure::usage(format!("error parsing remote port '{text}': {why}"))
    })?;
    if number == 0 {
        return Err(Failure::usage("remote port must be > 0"));
    }
    Ok(number)
}

/// Upstream: `convertPodNamedPortToNumber`.
fn of_pod(pod: &Pod, text: &str) -> Result<(u16, u16), Failure> {
    let (near, far) = split(text);
    if far.is_empty() {
        return Err(Failure::usage("remote port cannot be empty"));
    }
    if far.parse::<u32>().is_ok() {
        let port = remote(far)?;
        return Ok((local(near, text)?, port));
    }
    let port = named(pod, far)?;
    Ok((if near == far { port } else { local(near, text)? }, port))
}

/// The number of a port that a container of the pod names (upstream: `LookupContainerPortNumberByName`).
fn named(pod: &Pod, name: &str) -> Result<u16, Failure> {
    let mut ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    let port = ports.find(|port| port.name.as_deref() == Some(name));
    let number = port.and_then(|port| u16::try_from(port.container_port).ok());
    number.ok_or_else(|| {
        let whose = &pod.metadata.name;
        Failure::usage(format!("Pod '{whose}' does not have a named port '{name}'"))
    })
}

/// Upstream: `translateServicePortToTargetPort`.
fn of_service(service: &Service, pod: &Pod, text: &str) -> Result<(u16, u16), Failure> {
    let (near, far) = split(text);
    let ports = &service.spec.ports;
    let whose = &service.metadata.name;
    let port = match far.parse::<i32>() {
        Ok(number) => ports.iter().find(|port| port.port == number).ok_or_else(|| {
            Failure::usage(format!("Service {whose} does not have a service port {number}"))
        })?,
        Err(_) => ports
            .iter()
            .find(|port| port.name.as_deref() == Some(far))
            .ok_or_else(|| Failure::usage(format!("Service '{whose}' does not have a named port '{far}'")))?,
    };
    let target = match (&port.target_port, service.spec.cluster_ip.as_deref()) {
        // The clients of a headless Service go to its port as it is.
        (_, Some("None")) | (IntOrString::Int(0), _) => u16::try_from(port.port).unwrap_or(0),
        (IntOrString::Int(number), _) => u16::try_from(*number).unwrap_or(0),
        (IntOrString::String(name), _) => named(pod, name)?,
    };
    let own = u16::try_from(port.port).unwrap_or(0);
    Ok((if near == far { own } else { local(near, text)? }, target))
}
