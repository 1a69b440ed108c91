//! What a container's processes reach outside it: the other containers of its pod, its volumes, other pods, the network.

use crate::env::Environment;
use crate::node::Node;
use crate::pod_worker::{Instance, PodWorker, container};
use crate::resolver::Resolver;
use crate::volumes::{Maker, Payload, Place, Store, is_made, last_look, place_of};
use crate::{Arrival, Caller, Network, ip};
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Cause, WorkQueue};
use orrery_container_runtime::dns::{RecordType, Records};
use orrery_container_runtime::{
    Answer, Files, Kind, Message, Process, Reply, Route, Target, Unreachable, World, parent,
};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// How long a refusal, or the opening of a connection, takes.
const ROUND_TRIP: Duration = Duration::from_millis(1);
/// How long it takes a machine to find out that an address of its own network is nobody's.
const NOBODY: Duration = Duration::from_secs(3);

/// Who else is on the node, and the way beyond it.
pub(crate) struct Peers<'a> {
    /// The workers of all pods but those at work.
    pub workers: &'a mut BTreeMap<Str, Rc<PodWorker>>,
    pub queue: &'a mut WorkQueue<Str>,
    pub network: &'a mut dyn Network,
}

impl Peers<'_> {
    /// The same, for a shorter while.
    pub(crate) fn reborrow(&mut self) -> Peers<'_> {
        Peers { workers: self.workers, queue: self.queue, network: self.network }
    }

    /// Lets something happen in a pod of the node that is not at work.
    pub(crate) fn visit<T>(
        &mut self,
        uid: &str,
        api: &ApiServer,
        node: &mut Node,
        now: SimTime,
        act: impl FnOnce(&mut Outside<'_>) -> T,
    ) -> Option<T> {
        let mut shared = self.workers.remove(uid)?;
        let worker = Rc::make_mut(&mut shared);
        let done = worker.pod(api).map(|pod| {
            let mut outside = Outside {
                api,
                node,
                worker,
                peers: self.reborrow(),
                pod: &pod,
                index: 0,
                now,
                asked: false,
                client: None,
                sent: false,
            };
            act(&mut outside)
        });
        if let Some(at) = worker.next() {
            self.queue.add(worker.uid.clone(), at.max(now), Cause::TIME);
        }
        self.workers.insert(uid.into(), shared);
        done
    }

    /// Lets whoever listens there answer a message that has reached the node.
    pub(crate) fn answer(
        &mut self,
        api: &ApiServer,
        node: &mut Node,
        Arrival { to, source }: Arrival,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        // Pods without an address of their own have the node's.
        let address = Some(u32::from(to.address)).filter(|a| node.addresses.covers(*a));
        let there = |worker: &&Rc<PodWorker>| worker.address == address;
        let uids: Vec<Str> = self.workers.values().filter(there).map(|worker| worker.uid.clone()).collect();
        let mut answer = match address {
            Some(_) if uids.is_empty() => Answer { took: NOBODY, result: Err(Unreachable::NoRoute) },
            _ => refused(),
        };
        for uid in uids {
            let asked = self.visit(&uid, api, node, now, |outside| {
                outside.client = Some(source);
                outside.serve_request(to.port, message)
            });
            if let Some(Some(asked)) = asked {
                answer = asked;
                break;
            }
        }
        answer
    }
}

fn refused() -> Answer<Result<Reply, Unreachable>> {
    Answer { took: ROUND_TRIP, result: Err(Unreachable::Refused) }
}

/// A process of another container: its number here, its container's number and its own there, and what it runs.
type Seen = (u32, Option<(usize, u32)>, Str);

/// The outside of one container of a pod.
pub(crate) struct Outside<'a> {
    pub api: &'a ApiServer,
    pub node: &'a mut Node,
    pub worker: &'a mut PodWorker,
    pub peers: Peers<'a>,
    pub pod: &'a Pod,
    /// The number of the container.
    pub index: usize,
    pub now: SimTime,
    /// Whether something was asked whose answer others can change.
    pub asked: bool,
    /// Who asks it, if somebody from beyond the pod does.
    pub client: Option<Ipv4Addr>,
    /// Whether something was sent to others.
    pub sent: bool,
}

impl<'p> Outside<'p> {
    /// The pod, as who opens a connection from its node.
    fn caller<'a>(&self, node: &'a Str) -> Caller<'a>
    where
        'p: 'a,
    {
        let address = self.address().parse().unwrap_or(Ipv4Addr::UNSPECIFIED);
        Caller { node, address, pod: self.worker.address.map(|_| self.pod) }
    }
}

impl Outside<'_> {
    /// Does something with the process of one of the pod's containers, if it has one that is not at work.
    pub(crate) fn with<T>(
        &mut self,
        index: usize,
        act: impl FnOnce(&mut Process, &mut Self) -> T,
    ) -> Option<T> {
        let mut process = self.worker.runs[index].current.as_mut()?.life.as_mut()?.process.take()?;
        let before = std::mem::replace(&mut self.index, index);
        let done = act(&mut process, self);
        self.index = before;
        let instance = self.worker.runs[index].current.as_mut().expect("its process was at work just now");
        let (started, now) = (instance.started, self.now);
        let over = instance.life.as_mut().is_none_or(|life| {
            life.process = Some(process);
            life.note_pace(started, now);
            life.over
        });
        instance.foresee();
        if let Some(end) = instance.ends.filter(|_| !over) {
            let seen = self.node.relist.from(end.max(self.now));
            self.worker.relist_at = Some(self.worker.relist_at.map_or(seen, |at| at.min(seen)));
        }
        Some(done)
    }

    /// The address of the pod.
    pub(crate) fn address(&self) -> Str {
        self.worker.address.map_or_else(|| self.node.address.clone(), ip::text)
    }

    /// Sends a message to whoever is at an address, after the rules for Services.
    fn deliver(&mut self, to: Target, message: &Message) -> Answer<Result<Reply, Unreachable>> {
        if to.address.is_loopback() {
            return self.serve_request(to.port, message).unwrap_or_else(refused);
        }
        let own = self.worker.address.map(Ipv4Addr::from);
        let node = self.node.config.name.clone();
        let caller = self.caller(&node);
        let arrival = match self.peers.network.connect(self.api, &caller, to, message.protocol(), self.now) {
            Ok(arrival) => arrival,
            Err(Unreachable::Refused) => return refused(),
            Err(why) => return Answer { took: Duration::MAX, result: Err(why) },
        };
        let answer = if Some(arrival.to.address) == own {
            self.serve_request(arrival.to.port, message).unwrap_or_else(refused)
        } else if self.node.has_address(arrival.to.address) {
            self.peers.answer(self.api, self.node, arrival, message, self.now)
        } else {
            self.peers.network.send(self.api, &node, arrival, message, self.now)
        };
        self.peers.network.heard(self.api, arrival, &answer.result);
        answer
    }

    /// The processes of other containers that this one sees, as `ps` numbers them.
    fn seen(&self) -> Vec<Seen> {
        let spec = &self.pod.spec;
        let first = spec.init_containers.len() + spec.containers.len();
        let own = self.index.checked_sub(first).and_then(|at| spec.ephemeral_containers.get(at));
        let target = own.and_then(|own| own.target_container_name.as_deref());
        let shared = spec.share_process_namespace == Some(true);
        let mut seen = if shared { vec![(1, None, "/pause".into())] } else { Vec::new() };
        for (index, run) in self.worker.runs.iter().enumerate() {
            let sees = shared || target == Some(&*container(spec, index).0.name);
            let there = run.current.as_ref().filter(|_| sees && index != self.index && run.runs_at(self.now));
            let before = seen.last().map_or(0, |(pid, ..)| *pid);
            let all = there.and_then(Instance::process).map(Process::processes).unwrap_or_default();
            seen.extend(all.iter().map(|(pid, words)| (before + pid, Some((index, *pid)), words.clone())));
        }
        seen
    }

    /// Where a path of the container is among the pod's volumes.
    fn place(&self, path: &str) -> Option<Place<'_>> {
        let spec = container(&self.pod.spec, self.index).0;
        let below = |at: &str| {
            let at = at.trim_end_matches('/');
            path.strip_prefix(at).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let covers = |mount: &&orrery_api::VolumeMount| below(&mount.mount_path).is_some();
        let mount = spec.volume_mounts.iter().filter(covers).max_by_key(|mount| mount.mount_path.len())?;
        let mut place = place_of(self.pod, mount, &|text| self.environment().expand(text))?;
        place.path.push_str(below(&mount.mount_path)?);
        Some(place)
    }

    fn environment(&self) -> Environment {
        let spec = container(&self.pod.spec, self.index).0;
        Environment::of(self.pod, &spec, self.api, self.node, &self.address())
    }

    /// The files of a volume that is made out of objects.
    pub(crate) fn made(&mut self, volume: &str) -> Rc<Payload> {
        let address = self.address();
        // While a look is being taken, what is there now is what is brought.
        let last = self.worker.last_sync.filter(|_| self.worker.plan.is_none());
        let at = last_look(self.pod, last, self.now);
        let maker =
            Maker { pod: self.pod, api: self.api, node: self.node, address: &address, at, writes: true };
        let volume = self.pod.spec.volumes.iter().find(|v| &*v.name == volume);
        let volumes = self.worker.volumes.get_or_insert_default();
        volume.map(|volume| volumes.made(volume, &maker)).unwrap_or_default()
    }

    /// Lets the other containers that share a volume with this one write what they had to by now.
    fn catch_up(&mut self, volume: &str) {
        for index in 0..self.worker.runs.len() {
            let shares = container(&self.pod.spec, index).0.volume_mounts.iter().any(|m| &*m.name == volume);
            if shares && index != self.index {
                self.with(index, |process, outside| process.advance(outside.now, outside));
            }
        }
    }

    /// Where what is written to a path stays, if it is on a volume. The error is why nothing can be written.
    fn writable(&mut self, path: &str) -> Result<Store<'_>, Str> {
        let pod = self.pod;
        let Some(place) = self.place(path) else { return Err("No such file or directory".into()) };
        let (name, path, read_only) = (place.volume.name.clone(), place.path, place.read_only);
        let volume = pod.spec.volumes.iter().find(|v| v.name == name).expect("the place is on it");
        if read_only || self.is_read_only(volume) {
            return Err("Read-only file system".into());
        }
        Ok(self.store(volume, &path))
    }

    /// The same, for a file that is to have so many bytes more.
    fn writable_file(&mut self, path: &str, bytes: u64) -> Result<Store<'_>, Str> {
        let store = self.writable(path)?;
        check_writable(store.files, &store.at)?;
        store.check_room(bytes)?;
        Ok(store)
    }

    /// Reads from the volume that a path is on: from the files that are made, or from those that are kept.
    fn look<T>(
        &mut self,
        path: &str,
        made: impl FnOnce(&[(String, Str)], &str) -> Option<T>,
        kept: impl FnOnce(&Files, &str) -> Option<T>,
    ) -> Option<T> {
        self.asked = true;
        let pod = self.pod;
        let place = self.place(path)?;
        let (name, path) = (place.volume.name.clone(), place.path);
        let volume = pod.spec.volumes.iter().find(|v| v.name == name)?;
        if is_made(volume) {
            return made(&self.made(&name), &path);
        }
        self.catch_up(&name);
        let store = self.store(volume, &path);
        kept(store.files, &store.at)
    }
}

impl World for Outside<'_> {
    fn client(&self) -> Option<Ipv4Addr> {
        self.client
    }

    fn processes(&mut self) -> Vec<(u32, Str)> {
        self.seen().into_iter().map(|(pid, _, words)| (pid, words)).collect()
    }

    fn signal(&mut self, pid: u32, signal: &str) {
        let seen = self.seen();
        let whose = seen.into_iter().find(|(shown, ..)| *shown == pid).and_then(|(_, whose, _)| whose);
        if let Some((index, own)) = whose {
            self.with(index, |process, outside| process.kill(own, signal, outside.now, outside));
        }
    }

    fn lookup(&mut self, name: &str) -> Answer<Vec<Ipv4Addr>> {
        self.asked = true;
        let node = self.node.config.name.clone();
        let from = self.caller(&node);
        Resolver::of(self.pod).lookup(name, self.api, &from, self.peers.network)
    }

    fn query(&mut self, name: &str, kind: RecordType) -> Answer<Records> {
        self.asked = true;
        let node = self.node.config.name.clone();
        let from = self.caller(&node);
        Resolver::of(self.pod).query(name, kind, self.api, &from, self.peers.network)
    }

    fn send(
        &mut self,
        to: Target,
        message: &Message,
        timeout: Duration,
    ) -> Answer<Result<Reply, Unreachable>> {
        (self.asked, self.sent) = (true, true);
        let answer = self.deliver(to, message);
        if answer.took > timeout {
            return Answer { took: timeout, result: Err(Unreachable::TimedOut) };
        }
        Answer { took: answer.took.max(ROUND_TRIP), ..answer }
    }

    fn read(&mut self, path: &str) -> Option<Str> {
        let made = |files: &[(String, Str)], path: &str| {
            files.iter().find(|(at, _)| at == path).map(|(_, text)| text.clone())
        };
        self.look(path, made, |files, at| files.read(at).map(|text| Str::from(&**text)))
    }

    fn write(&mut self, path: &str, content: &str) -> Result<(), Str> {
        let mut store = self.writable_file(path, 0)?;
        store.room = store.room.map(|room| room.saturating_add(store.files.size(&store.at)));
        store.check_room(content.len() as u64)?;
        store.files.write(&store.at, content);
        Ok(())
    }

    fn append(&mut self, path: &str, content: &str) -> Result<(), Str> {
        let store = self.writable_file(path, content.len() as u64)?;
        store.files.append(&store.at, content);
        Ok(())
    }

    fn size(&mut self, path: &str) -> u64 {
        let made = |files: &[(String, Str)], path: &str| {
            files.iter().find(|(at, _)| at == path).map(|(_, text)| text.len() as u64)
        };
        self.look(path, made, |files, at| Some(files.size(at))).unwrap_or_default()
    }

    fn grow(&mut self, path: &str, bytes: u64) -> Result<(), Str> {
        let store = self.writable_file(path, 0)?;
        let fits = store.room.unwrap_or(u64::MAX).min(bytes);
        store.files.grow(&store.at, fits);
        store.check_room(bytes)
    }

    fn make_directory(&mut self, path: &str) -> Result<(), Str> {
        let store = self.writable(path)?;
        store.files.make_directory(&store.at);
        Ok(())
    }

    fn remove(&mut self, path: &str) -> bool {
        self.writable(path).is_ok_and(|store| store.files.remove(&store.at))
    }

    fn list(&mut self, path: &str) -> Option<Vec<Str>> {
        let made = |files: &[(String, Str)], path: &str| {
            let below = [path, "/"].concat();
            let mut names: Vec<Str> = Vec::new();
            for (at, _) in files {
                let name = at.strip_prefix(&*below).and_then(|rest| rest.split('/').next());
                names.extend(name.filter(|name| !names.iter().any(|n| &**n == *name)).map(Str::from));
            }
            (!names.is_empty() || path.is_empty()).then_some(names)
        };
        self.look(path, made, |files, at| files.list(at))
    }

    fn route(&mut self, args: &[Str], tls: bool, host: &str, path: &str) -> Route {
        let from = self.address().parse().unwrap_or(Ipv4Addr::UNSPECIFIED);
        self.peers.network.route(self.api, self.pod, from, args, tls, (host, path))
    }
}

/// Whether a file can be written at a path of a volume.
fn check_writable(files: &Files, at: &str) -> Result<(), Str> {
    if files.kind(at) == Some(Kind::Directory) {
        return Err("Is a directory".into());
    }
    match files.kind(parent(at)) {
        Some(Kind::File) => Err("Not a directory".into()),
        None => Err("No such file or directory".into()),
        Some(Kind::Directory) => Ok(()),
    }
}
