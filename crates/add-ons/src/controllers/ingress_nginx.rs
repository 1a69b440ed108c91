//! What ingress-nginx's controller writes while a pod of it is ready: the addresses of Ingresses and what it tells of
//! them (upstream: `internal/ingress/status/status.go`, `internal/ingress/controller/store/store.go`); and the Secret
//! that the Job beside it makes (`images/kube-webhook-certgen`). Its requests are the work of the pod's own program.
//!
//! Deviation: of several replicas the first that is ready stands for all, without a Lease.

use crate::{Action, Controller, Wake};
use orrery_api::{Bytes, Ingress, IngressLoadBalancerIngress, Kind, Node, Object, Pod, Secret, Service};
use orrery_apimachinery::{ObjectMeta, Order, StatusResult, Str, Time};
use orrery_client::{ApiServer, Change, Context, EventType, IngressController, Key, Op, Revision};
use orrery_sim::{Duration, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;

/// How often the addresses are compared (upstream: `UpdateInterval`).
const UPDATE_INTERVAL: Duration = Duration::from_secs(60);
/// How long the configuration stays as it is at least (upstream: `--sync-rate-limit` of 0.3).
const RELOAD_INTERVAL: Duration = Duration::from_millis(3_333);
/// The image of the Jobs beside it.
const CERTGEN: &str = "ingress-nginx/kube-webhook-certgen";

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct IngressNginx {
    /// The controller's pods.
    pods: BTreeSet<Key>,
    /// The Ingresses as it has taken them in: their revision, and the generation of what they want.
    seen: BTreeMap<Key, (Revision, i64)>,
    /// When the address of an Ingress is next compared.
    due: BTreeMap<Key, SimTime>,
    /// The Ingresses that it has given an address.
    published: BTreeSet<Key>,
    reloaded: Option<SimTime>,
}

impl Controller for IngressNginx {
    const NAME: &'static str = "nginx-ingress-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let key = Key::of(&change.value);
        match &change.value {
            Object::Ingress(_) => wake.key(key),
            Object::IngressClass(_) => wake_all(api, wake),
            Object::Pod(pod) if IngressController::in_pod(pod).is_some() => {
                if change.op == Op::Deleted {
                    self.pods.remove(&key);
                } else {
                    self.pods.insert(key);
                }
                let before = change.previous.as_ref().and_then(|object| object.get::<Pod>());
                let same = before.is_some_and(|before| is_ready(before) == is_ready(pod));
                if change.op != Op::Modified || !same {
                    wake_all(api, wake);
                }
            }
            Object::Pod(pod) if change.op != Op::Deleted && certificate_of(pod).is_some() => wake.key(key),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        match key.kind {
            Kind::Pod => make_certificate(key, cx),
            _ => self.sync_ingress(key, cx),
        }
    }
}

impl IngressNginx {
    fn sync_ingress(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(ingress) = cx.get::<Ingress>(&key.namespace, &key.name) else {
            self.seen.remove(key);
            self.due.remove(key);
            self.published.remove(key);
            return Ok(Action::AwaitChange);
        };
        let Some((leader, controller)) = self.leader(cx.api()) else {
            self.seen.clear();
            self.due.clear();
            return self.withdraw(key, cx);
        };
        if !controller.serves(cx.api(), &ingress) {
            self.seen.remove(key);
            return Ok(Action::AwaitChange);
        }
        self.take_in(key, &ingress, &leader, cx);
        let addresses = self.addresses(&controller, cx.api());
        if ingress.status.load_balancer.ingress == addresses {
            self.due.remove(key);
            return Ok(Action::AwaitChange);
        }
        let now = cx.now();
        let due = *self.due.entry(key.clone()).or_insert_with(|| next_update(cx.api(), &leader, now));
        if due > now {
            return Ok(Action::RequeueAfter(due.since(now)));
        }
        cx.modify_status::<Ingress>(&key.namespace, &key.name, |ingress| {
            ingress.status.load_balancer.ingress = addresses;
        })?;
        self.due.remove(key);
        self.published.insert(key.clone());
        Ok(Action::AwaitChange)
    }

    /// Tells of an Ingress that is new or another than before, and of the configuration that follows from it.
    fn take_in(&mut self, key: &Key, ingress: &Rc<Ingress>, leader: &Pod, cx: &mut Context<'_>) {
        let meta = &ingress.metadata;
        let seen = (meta.resource_version, meta.generation);
        let before = self.seen.insert(key.clone(), seen);
        if before == Some(seen) {
            return;
        }
        cx.event(&**ingress, EventType::Normal, "Sync", "Scheduled for sync");
        let rests = self.reloaded.is_some_and(|at| cx.now() < at + RELOAD_INTERVAL);
        if before.is_none_or(|before| before.1 != meta.generation) && !rests {
            self.reloaded = Some(cx.now());
            let message = "NGINX reload triggered due to a change in configuration";
            cx.event(leader, EventType::Normal, "RELOAD", message);
        }
    }

    /// The first of its pods that is ready, and what it was told.
    fn leader(&self, api: &ApiServer) -> Option<(Rc<Pod>, IngressController)> {
        let mut pods = self.pods.iter().filter_map(|key| api.get::<Pod>(&key.namespace, &key.name));
        let leader = pods.find(|pod| is_ready(pod) && !pod.metadata.terminating())?;
        Some((leader.clone(), IngressController::in_pod(leader)?))
    }

    /// As the last of its pods ends it takes its addresses back (upstream: `Shutdown`).
    fn withdraw(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        if self.pods.is_empty() && self.published.remove(key) {
            cx.modify_status::<Ingress>(&key.namespace, &key.name, |ingress| {
                ingress.status.load_balancer.ingress.clear();
            })?;
        }
        Ok(Action::AwaitChange)
    }

    /// Where its Ingresses are reached (upstream: `runningAddresses`).
    fn addresses(&self, controller: &IngressController, api: &ApiServer) -> Vec<IngressLoadBalancerIngress> {
        let mut texts: Vec<Str> = Vec::new();
        let service = controller.publish_service.as_deref().and_then(|service| service.split_once('/'));
        if let Some(told) = &controller.publish_address {
            texts.extend(told.split(',').map(|text| Str::from(text.trim())));
        } else if let Some((namespace, name)) = service {
            texts = api.get::<Service>(namespace, name).map(|s| addresses_of(s)).unwrap_or_default();
        } else {
            for key in &self.pods {
                let Some(pod) = api.get::<Pod>(&key.namespace, &key.name) else { continue };
                let node = pod.node_name.as_deref().filter(|_| is_ready(pod));
                let node = node.and_then(|node| api.get::<Node>("", node));
                texts.extend(node.and_then(|node| address_of(node, controller.internal_address)));
            }
        }
        texts.order();
        texts.dedup();
        let mut entrances = Vec::new();
        for text in texts {
            let is_address = text.parse::<IpAddr>().is_ok();
            let (ip, hostname) = if is_address { (Some(text), None) } else { (None, Some(text)) };
            entrances.push(IngressLoadBalancerIngress { ip, hostname, ..Default::default() });
        }
        entrances
    }
}

fn wake_all(api: &ApiServer, wake: &mut Wake) {
    for ingress in api.list::<Ingress>() {
        let meta = &ingress.metadata;
        wake.key(Key::new(Kind::Ingress, meta.namespace.clone(), meta.name.clone()));
    }
}

fn ready_since(pod: &Pod) -> Option<Time> {
    let ready = pod.status.conditions.iter().find(|c| &*c.type_ == "Ready" && &*c.status == "True");
    ready.and_then(|condition| condition.last_transition_time)
}

fn is_ready(pod: &Pod) -> bool {
    ready_since(pod).is_some()
}

/// When the leader next compares addresses: as it begins, and then at every interval.
fn next_update(api: &ApiServer, leader: &Pod, now: SimTime) -> SimTime {
    let begun = ready_since(leader).map_or(now, |date| api.instant(date));
    let past = now.max(begun).since(begun).as_secs();
    let rounds = if past < 2 { 0 } else { past / UPDATE_INTERVAL.as_secs() + 1 };
    begun + Duration::from_secs(rounds * UPDATE_INTERVAL.as_secs())
}

/// Where a Service is reached (upstream: `statusAddressFromService`).
fn addresses_of(service: &Service) -> Vec<Str> {
    let spec = &service.spec;
    match spec.type_.as_deref() {
        Some("ExternalName") => spec.external_name.iter().cloned().collect(),
        Some("LoadBalancer") => {
            let mut texts: Vec<Str> = spec.external_ips.clone();
            let entrances = &service.status.load_balancer.ingress;
            texts.extend(entrances.iter().filter_map(|i| i.ip.clone().or(i.hostname.clone())));
            texts
        }
        Some("NodePort") if !spec.external_ips.is_empty() => spec.external_ips.clone(),
        _ => spec.cluster_ip.iter().cloned().collect(),
    }
}

/// A node's address (upstream: `GetNodeIPOrName`).
fn address_of(node: &Node, internal: bool) -> Option<Str> {
    let addresses = &node.status.addresses;
    let of = |type_: &str| addresses.iter().find(|a| &*a.type_ == type_).map(|a| a.address.clone());
    let own = of("InternalIP");
    if internal { own } else { of("ExternalIP").or(own) }
}

/// The Secret that the container of a Job is told to make: its namespace and name.
fn certificate_of(pod: &Pod) -> Option<(Str, Str)> {
    let is_certgen = |image: &Str| image.contains(CERTGEN);
    let container = pod.spec.containers.iter().find(|c| c.image.as_ref().is_some_and(is_certgen))?;
    let flag = |name: &str| container.args.iter().find_map(|arg| arg.strip_prefix(name));
    let creates = container.args.first().is_some_and(|verb| &**verb == "create");
    let namespace = flag("--namespace=").filter(|namespace| !namespace.starts_with('$'));
    let namespace = namespace.map_or_else(|| pod.metadata.namespace.clone(), Str::from);
    Some((namespace, flag("--secret-name=").filter(|_| creates)?.into()))
}

/// Makes the certificate of the webhook once the Job's container has done its work.
fn make_certificate(key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
    let pod = cx.get::<Pod>(&key.namespace, &key.name);
    let done = pod.filter(|pod| pod.status.phase.as_deref() == Some("Succeeded"));
    let Some((namespace, name)) = done.as_deref().and_then(certificate_of) else {
        return Ok(Action::AwaitChange);
    };
    if cx.get::<Secret>(&namespace, &name).is_none() {
        let mut data: BTreeMap<Str, Bytes> = BTreeMap::new();
        for part in ["ca", "cert", "key"] {
            data.insert(part.into(), Bytes::from(part.as_bytes()));
        }
        cx.create(Secret { metadata: ObjectMeta::named(namespace, name), data, ..Default::default() })?;
    }
    Ok(Action::AwaitChange)
}

#[cfg(test)]
mod tests;
