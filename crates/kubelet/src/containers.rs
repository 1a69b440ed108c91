//! The containers of a pod as a kubelet has its runtime make them: what it tells their processes, and what it does when
//! they end (upstream: `pkg/kubelet/kuberuntime`, `generateContainerConfig` and `getTerminationMessage`).

use crate::RuntimeProfile;
use crate::env::Environment;
use crate::fake_runtime;
use crate::outside::Outside;
use crate::pod_worker::{Instance, Life, is_sidecar};
use crate::resolver::Resolver;
use crate::runtime::{self, End, Note};
use crate::sync::Turn;
use crate::volumes::{Place, is_made, is_shared, place_of};
use orrery_api::{Container, Pod, resources};
use orrery_apimachinery::{Quantity, Str};
use orrery_container_runtime::images::Reference;
use orrery_container_runtime::{ImageConfig, Limits, Mount, Process, Signal, Start, StartError, Userland};
use orrery_sim::{Random, SimTime};
use std::net::Ipv4Addr;
use std::rc::Rc;

impl Turn<'_, '_> {
    /// The outside of the pod's containers.
    pub(crate) fn outside(&mut self) -> Outside<'_> {
        Outside {
            now: self.cx.now(),
            api: self.cx.api(),
            node: self.node,
            worker: self.worker,
            peers: self.peers.reborrow(),
            pod: &self.pod,
            index: 0,
            asked: false,
            client: None,
            sent: false,
        }
    }

    /// Makes and starts a container. The error is what its status says of a start that failed.
    pub(crate) fn start_container(&mut self, index: usize, spec: &Container, is_init: bool) -> Option<Str> {
        let (now, pod) = (self.now(), self.pod.clone());
        let run = &self.worker.runs[index];
        let attempt = run.current.as_ref().map_or(0, |i| i.attempt + 1);
        let completes =
            is_init && !is_sidecar(spec) || !is_init && pod.spec.restart_policy.as_deref() != Some("Always");
        let image = spec.image.clone().unwrap_or_default();
        let mut instance = Instance::new(attempt, image, now);
        let mut failure = None;
        match self.node.profile {
            RuntimeProfile::Immediate => instance.fake(fake_runtime::end_of(&pod, spec)),
            RuntimeProfile::Lively => match self.outside().start(index, spec, attempt, completes) {
                Ok(process) => {
                    let doom = runtime::decreed_end(&pod, spec);
                    let life = Life { process: Some(process), doom, ..Life::default() };
                    instance.life = Some(Box::new(life));
                }
                Err(error) => {
                    instance.fail(&error);
                    failure = Some(error.message);
                }
            },
        }
        let run = &mut self.worker.runs[index];
        run.previous = run.current.take().map(Box::new);
        run.current = Some(instance);
        self.outside().with(index, |process, outside| process.advance(now, outside));
        self.containers_changed();
        failure
    }

    /// Looks after the processes that are due, and into those that have ended.
    pub(crate) fn look_after_containers(&mut self) {
        let now = self.now();
        for index in 0..self.worker.runs.len() {
            let Some(instance) = &self.worker.runs[index].current else { continue };
            let ended = instance.ends.is_some_and(|at| at <= now);
            let Some(life) = &instance.life else { continue };
            if life.wake.is_none_or(|at| at > now) && (!ended || life.over) {
                continue;
            }
            let until = instance.ends.map_or(now, |end| end.min(now));
            self.outside().with(index, |process, outside| process.advance(until, outside));
            let pod = self.pod.clone();
            let spec = crate::pod_worker::container(&pod.spec, index).0;
            if let Some(instance) = &mut self.worker.runs[index].current {
                instance.look_into_end(&spec, now);
            }
        }
    }

    /// Sends a signal to a container.
    pub(crate) fn signal(&mut self, index: usize, signal: Signal) {
        let now = self.now();
        let ignores = signal == Signal::Term && runtime::ignores_sigterm(&self.pod);
        if ignores {
            return;
        }
        let sent = self.outside().with(index, |process, outside| process.signal(signal, now, outside));
        if sent.is_none()
            && let Some(instance) = &mut self.worker.runs[index].current
        {
            instance.end(now, if signal == Signal::Kill { 137 } else { 0 });
        }
    }
}

impl Instance {
    /// A run of a container that starts now and of whose end nothing is known.
    pub(crate) fn new(attempt: i32, image: Str, started: SimTime) -> Self {
        Instance { attempt, image, started, ends: None, exit_code: 0, note: None, life: None }
    }

    /// Nothing runs; its end is known.
    fn fake(&mut self, end: Option<End>) {
        self.ends = end.as_ref().map(|end| self.started + end.after);
        self.exit_code = end.as_ref().map_or(0, |end| end.exit_code);
        self.note = end.and_then(|end| end.note);
    }

    /// It could not be started.
    fn fail(&mut self, error: &StartError) {
        (self.ends, self.exit_code) = (Some(self.started), error.code);
        let (reason, message) = (Some(Str::from(error.reason)), Some(error.message.clone()));
        self.note = Some(Rc::new(Note { reason, message }));
    }

    /// Finds out how it ended, if it has.
    fn look_into_end(&mut self, spec: &Container, now: SimTime) {
        let Some(at) = self.ends.filter(|at| *at <= now) else { return };
        let Some(life) = self.life.as_mut().filter(|life| !life.over) else { return };
        let Some(process) = &mut life.process else { return };
        let doom = life.doom.as_ref().filter(|doom| self.started + doom.after <= at);
        if let Some(doom) = doom {
            process.end(at, doom.exit_code, "Error");
        }
        let ended_so = process.ended().map(|exit| (exit.at, exit.code));
        let doomed = doom.filter(|doom| ended_so == Some((self.started + doom.after, doom.exit_code)));
        let decreed = doomed.and_then(|doom| doom.note.as_ref()?.reason.clone());
        let own = process.ended().map(|exit| exit.reason).filter(|reason| *reason == "OOMKilled");
        let reason = self.note.as_ref().and_then(|note| note.reason.clone());
        let note = Note {
            reason: reason.or(own.map(Str::from)).or(decreed),
            message: last_words(spec, self.exit_code, &|path| process.file(path), &|| {
                process.log().tail(MAX_LAST_WORDS)
            }),
        };
        self.note = (note != Note::default()).then(|| Rc::new(note));
        (life.over, life.wake) = (true, None);
    }
}

/// The longest message that a status takes over (upstream: `kubecontainer.MaxContainerTerminationMessageLength`).
const MAX_LAST_WORDS: usize = 4096;

/// What a container wrote to the file for last words; after a failure the end of its output, if it wants that
/// (upstream: `getTerminationMessage`).
pub(crate) fn last_words(
    spec: &Container,
    exit_code: i32,
    written: &dyn Fn(&str) -> Option<String>,
    printed: &dyn Fn() -> String,
) -> Option<Str> {
    let path = spec.termination_message_path.as_deref().unwrap_or("/dev/termination-log");
    let falls_back = spec.termination_message_policy.as_deref() == Some("FallbackToLogsOnError");
    let words = match written(path) {
        Some(words) if !words.is_empty() => words,
        _ if falls_back && exit_code != 0 => printed(),
        _ => return None,
    };
    let mut start = words.len().saturating_sub(MAX_LAST_WORDS);
    while !words.is_char_boundary(start) {
        start += 1;
    }
    Some(words[start..].into()).filter(|words: &Str| !words.is_empty())
}

impl Outside<'_> {
    /// Starts the main process of a container.
    fn start(
        &mut self,
        index: usize,
        spec: &Container,
        attempt: i32,
        completes: bool,
    ) -> Result<Process, StartError> {
        self.index = index;
        let pod = self.pod;
        let address = self.address();
        let env = Environment::of(pod, spec, self.api, self.node, &address);
        let expand = |words: &[Str]| words.iter().map(|word| env.expand(word)).collect();
        let mut files = vec![("/etc/resolv.conf".into(), Resolver::of(pod).file())];
        files.extend(hosts(pod, &address).map(|hosts| ("/etc/hosts".into(), hosts)));
        let mounts = self.mounts(spec, &env, &mut files);
        let whose = [&*pod.metadata.uid, "/", &spec.name].concat();
        let start = Start {
            image: self.image(spec),
            command: expand(&spec.command),
            args: expand(&spec.args),
            working_dir: spec.working_dir.clone(),
            hostname: hostname(pod, self.node.config.name.clone()),
            address: address.parse::<Ipv4Addr>().ok(),
            files,
            mounts,
            limits: limits(spec),
            epoch: self.api.date(SimTime::ZERO),
            seed: Random::stream(u64::from(attempt.unsigned_abs()), &whose).next_u64(),
            completes,
            hosted: &[],
            stdin: spec.stdin,
            env: env.list(),
        };
        Process::start(Rc::new(start), self.now)
    }

    /// How the image of a container runs. One of which nothing is known listens where the pod says that it does.
    pub(crate) fn image(&mut self, spec: &Container) -> Rc<ImageConfig> {
        let reference = Reference::parse(spec.image.as_deref().unwrap_or_default());
        let known = reference.map(|reference| {
            let name = self.peers.network.registries().name(&reference);
            self.node.image_config(&reference, &name, self.now)
        });
        // A name that cannot be read was not pulled.
        let known = known.unwrap_or_default();
        let ports: Vec<u16> = stated_ports(spec).filter_map(|port| u16::try_from(port).ok()).collect();
        if known.userland != Userland::Unknown || !known.exposed_ports.is_empty() || ports.is_empty() {
            return known;
        }
        Rc::new(ImageConfig { exposed_ports: ports, ..(*known).clone() })
    }

    /// Where volumes are mounted. A single file of a volume that is made out of objects is put into the container as it
    /// is now, and stays so.
    fn mounts(&mut self, spec: &Container, env: &Environment, files: &mut Vec<(Str, Str)>) -> Vec<Mount> {
        let mut mounts = Vec::new();
        for mount in &spec.volume_mounts {
            let Some(place) = place_of(self.pod, mount, &|text| env.expand(text)) else { continue };
            let Place { volume, path, .. } = place;
            if is_made(volume) {
                let name = volume.name.clone();
                // Brought to the pod now, so that what changes later is told from it.
                let whole = mount.sub_path.is_none() && volume.projected.is_some();
                let made = if whole { Rc::default() } else { self.made(&name) };
                if let Some((_, text)) = made.iter().find(|(at, _)| *at == path) {
                    files.push((mount.mount_path.clone(), text.clone()));
                    continue;
                }
            }
            let path = mount.mount_path.trim_end_matches('/').into();
            mounts.push(Mount { path, prompt: is_shared(volume) });
        }
        mounts
    }
}

/// The ports on which a container is said to listen, by itself and by those who probe it.
fn stated_ports(spec: &Container) -> impl Iterator<Item = i32> {
    let probes = [&spec.startup_probe, &spec.liveness_probe, &spec.readiness_probe];
    let probed = probes.into_iter().flatten().filter_map(|probe| crate::ask::port_of(spec, probe));
    spec.ports.iter().map(|port| port.container_port).chain(probed.map(i32::from))
}

fn limits(spec: &Container) -> Limits {
    let limit = |resource: &str, value: fn(&Quantity) -> i64| {
        spec.resources.limits.get(resource).and_then(|amount| u64::try_from(value(amount)).ok())
    };
    Limits {
        cpu_millis: limit(resources::CPU, Quantity::milli_value),
        memory_bytes: limit(resources::MEMORY, Quantity::value),
    }
}

/// The host name of a pod (upstream: `GeneratePodHostNameAndDomain`).
fn hostname(pod: &Pod, node: Str) -> Str {
    if pod.spec.host_network {
        return node;
    }
    let name = pod.spec.hostname.as_ref().filter(|name| !name.is_empty()).unwrap_or(&pod.metadata.name);
    if pod.spec.set_hostname_as_fqdn == Some(true)
        && let Some(domain) = domain(pod)
    {
        return [name, ".", &*domain].concat().into();
    }
    let short: String = name.chars().take(63).collect();
    short.trim_end_matches(['-', '.']).into()
}

fn domain(pod: &Pod) -> Option<String> {
    let subdomain = pod.spec.subdomain.as_deref().filter(|name| !name.is_empty())?;
    Some(format!("{subdomain}.{}.svc.cluster.local", pod.metadata.namespace))
}

/// The text of `/etc/hosts`, where it says more than every pod's (upstream: `managedHostsFileContent`).
fn hosts(pod: &Pod, address: &str) -> Option<Str> {
    let domain = domain(pod);
    if pod.spec.host_aliases.is_empty() && domain.is_none() {
        return None;
    }
    let name = hostname(pod, Str::default());
    let full = domain.map(|domain| format!("\t{}.{domain}", name.split('.').next().unwrap_or_default()));
    let mut text = format!(
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n{address}{}\t{name}\n",
        full.unwrap_or_default()
    );
    if !pod.spec.host_aliases.is_empty() {
        text.push_str("\n# Entries added by HostAliases.\n");
    }
    for alias in &pod.spec.host_aliases {
        text.push_str(&format!("{}\t{}\n", alias.ip, alias.hostnames.join("\t")));
    }
    Some(text.into())
}
