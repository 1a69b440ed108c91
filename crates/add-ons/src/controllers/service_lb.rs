//! A cloud and the load balancers that it makes for Services (upstream: the `service` controller of
//! `k8s.io/cloud-provider`, and any cloud behind it).
//!
//! The cloud takes its time: seconds until a balancer stands, or is gone. It gives addresses of a range for
//! documentation, or the one that a Service asks for. To which nodes a balancer sends is in
//! [`orrery_client::load_balancer`].

use crate::{Action, Controller, Wake};
use orrery_api::{LOAD_BALANCER, LoadBalancerIngress, Node, Object, Service};
use orrery_apimachinery::{Reason, Status, StatusResult, Str};
use orrery_client::load_balancer::{is_included, is_to_be_deleted, is_wanted};
use orrery_client::{ApiServer, Backoff, Change, Context, EventType, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

const FINALIZER: &str = "service.kubernetes.io/load-balancer-cleanup";
/// How long the cloud takes to make a balancer …
const MAKING: Duration = Duration::from_secs(5);
/// … to change one, or to take it away.
const CHANGING: Duration = Duration::from_secs(2);

/// The controller, and what the cloud has made.
#[derive(Clone, Debug, Default)]
pub struct ServiceLoadBalancer {
    balancers: BTreeMap<Key, Balancer>,
}

/// What is known of the load balancer of a Service.
#[derive(Clone, Debug, Default)]
struct Balancer {
    /// Its address, once it was asked for.
    address: Option<Str>,
    /// The nodes that it was given; `None` before it was made.
    nodes: Option<Vec<Str>>,
    /// What the cloud is doing about it, and until when.
    task: Option<(Task, SimTime)>,
    /// Whether a change was not looked at yet.
    is_changed: bool,
}

#[derive(Clone, Copy, Debug)]
enum Task {
    Ensure,
    Delete,
}

impl Controller for ServiceLoadBalancer {
    const NAME: &'static str = "service-controller";

    /// Upstream: `minRetryDelay`, `maxRetryDelay`.
    const RETRY: Backoff = Backoff { base: Duration::from_secs(5), cap: Duration::from_secs(300) };

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let key = Key::of(&change.value);
        match (&change.value, change.previous.as_ref().filter(|_| change.op == Op::Modified)) {
            (Object::Service(_), _) if change.op == Op::Deleted => {
                self.balancers.remove(&key);
            }
            (Object::Service(service), before) => {
                let before = before.and_then(|object| object.get::<Service>());
                let news = before.map_or(is_wanted(service), |before| needs_update(before, service));
                if news || needs_cleanup(service) {
                    self.balancers.entry(key.clone()).or_default().is_changed = true;
                    wake.key(key);
                }
            }
            (Object::Node(node), before) => {
                let before = before.and_then(|object| object.get::<Node>());
                // Taints alone move nothing (upstream: `shouldSyncUpdatedNode`).
                if before.is_none_or(|before| is_included(before) != is_included(node)) {
                    for key in self.balancers.keys() {
                        wake.key(key.clone());
                    }
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(service) = cx.get::<Service>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let Some(balancer) = self.balancers.get_mut(key) else { return Ok(Action::AwaitChange) };
        if let Some((task, until)) = balancer.task {
            if until > cx.now() {
                return Ok(Action::RequeueAfter(until.since(cx.now())));
            }
            balancer.task = None;
            let done = match task {
                Task::Ensure => ensured(balancer, &service, cx),
                Task::Delete => {
                    *balancer = Balancer { is_changed: balancer.is_changed, ..Default::default() };
                    deleted(&service, cx)
                }
            };
            balancer.is_changed |= done.is_err();
            done?;
            // What has changed in the meantime is looked at next.
            return Ok(if balancer.is_changed {
                Action::RequeueAfter(Duration::ZERO)
            } else {
                Action::AwaitChange
            });
        }
        if std::mem::take(&mut balancer.is_changed) {
            return self.begin(key, &service, cx).inspect_err(|_| {
                // What failed is tried again.
                if let Some(balancer) = self.balancers.get_mut(key) {
                    balancer.is_changed = true;
                }
            });
        }
        update_hosts(balancer, &service, cx);
        Ok(Action::AwaitChange)
    }
}

impl ServiceLoadBalancer {
    /// Sets the cloud to work (upstream: `syncLoadBalancerIfNeeded`, up to the cloud's answer).
    fn begin(&mut self, key: &Key, service: &Service, cx: &mut Context<'_>) -> StatusResult<Action> {
        let stands = self.balancers.get(key).is_some_and(|balancer| balancer.address.is_some());
        let (task, time) = if !is_wanted(service) || needs_cleanup(service) {
            if !stands {
                deleted(service, cx)?;
                return Ok(Action::AwaitChange);
            }
            cx.event(service, EventType::Normal, "DeletingLoadBalancer", "Deleting load balancer");
            (Task::Delete, CHANGING)
        } else {
            cx.event(service, EventType::Normal, "EnsuringLoadBalancer", "Ensuring load balancer");
            if !service.metadata.has_finalizer(FINALIZER) {
                cx.modify::<Service>(&key.namespace, &key.name, |service| {
                    service.metadata.finalizers.push(FINALIZER.into());
                })?;
            }
            if nodes(cx.api()).is_empty() {
                warn_of_no_nodes(service, cx);
            }
            (Task::Ensure, if stands { CHANGING } else { MAKING })
        };
        let address = match task {
            Task::Ensure => Some(self.address_for(key, service).map_err(|why| failed(service, &why, cx))?),
            Task::Delete => None,
        };
        if let Some(balancer) = self.balancers.get_mut(key) {
            balancer.task = Some((task, cx.now() + time));
            balancer.address = address.or(balancer.address.take());
        }
        Ok(Action::RequeueAfter(time))
    }

    /// The address that the service asks for, the one that it has, or the first that is free.
    fn address_for(&self, key: &Key, service: &Service) -> Result<Str, String> {
        let is_taken = |address: &str| {
            self.balancers.iter().any(|(k, b)| k != key && b.address.as_deref() == Some(address))
        };
        if let Some(asked) = service.spec.load_balancer_ip.as_ref().filter(|ip| !ip.is_empty()) {
            return if is_taken(asked) {
                Err(format!("requested ip \"{asked}\" is neither static nor assigned to the LB"))
            } else {
                Ok(asked.clone())
            };
        }
        // After a restart the status tells which one it has.
        let shown = service.status.load_balancer.ingress.first().and_then(|ingress| ingress.ip.clone());
        let own = self.balancers.get(key).and_then(|balancer| balancer.address.clone()).or(shown);
        if let Some(own) = own.filter(|own| !is_taken(own)) {
            return Ok(own);
        }
        let mut free = (1..=254).map(|i| format!("198.51.100.{i}"));
        free.find(|address| !is_taken(address))
            .map(Str::from)
            .ok_or_else(|| "all addresses are in use".into())
    }
}

fn failed(service: &Service, why: &str, cx: &mut Context<'_>) -> Status {
    let message = format!("Error syncing load balancer: failed to ensure load balancer: {why}");
    cx.event(service, EventType::Warning, "SyncLoadBalancerFailed", message);
    Status::new(Reason::Unknown, why)
}

/// The cloud has made the balancer, or changed it.
fn ensured(balancer: &mut Balancer, service: &Service, cx: &mut Context<'_>) -> StatusResult<()> {
    balancer.nodes = Some(nodes(cx.api()));
    cx.event(service, EventType::Normal, "EnsuredLoadBalancer", "Ensured load balancer");
    let ingress = LoadBalancerIngress {
        ip: balancer.address.clone(),
        ip_mode: Some("VIP".into()),
        ..Default::default()
    };
    // Somebody may have given the service another type in the meantime.
    if is_wanted(service) { write_status(service, vec![ingress], cx) } else { Ok(()) }
}

/// The cloud has taken the balancer away, or never had one.
fn deleted(service: &Service, cx: &mut Context<'_>) -> StatusResult<()> {
    let meta = &service.metadata;
    if meta.has_finalizer(FINALIZER) {
        cx.modify::<Service>(&meta.namespace, &meta.name, |service| {
            service.metadata.finalizers.retain(|finalizer| &**finalizer != FINALIZER);
        })?;
    }
    cx.event(service, EventType::Normal, "DeletedLoadBalancer", "Deleted load balancer");
    if cx.get::<Service>(&meta.namespace, &meta.name).is_some() {
        write_status(service, Vec::new(), cx)?;
    }
    Ok(())
}

fn write_status(
    service: &Service,
    ingress: Vec<LoadBalancerIngress>,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let meta = &service.metadata;
    cx.modify_status::<Service>(&meta.namespace, &meta.name, |service| {
        service.status.load_balancer.ingress = ingress;
    })
    .map(drop)
}

/// Gives the balancer the nodes that there are now, if they are others (upstream: `nodeSyncService`).
fn update_hosts(balancer: &mut Balancer, service: &Service, cx: &mut Context<'_>) {
    let present = nodes(cx.api());
    if !is_wanted(service) || balancer.nodes.as_ref().is_none_or(|known| *known == present) {
        return;
    }
    if present.is_empty() {
        warn_of_no_nodes(service, cx);
    } else {
        let message = "Updated load balancer with new hosts";
        cx.event(service, EventType::Normal, "UpdatedLoadBalancer", message);
    }
    balancer.nodes = Some(present);
}

fn warn_of_no_nodes(service: &Service, cx: &mut Context<'_>) {
    let message = "There are no available nodes for LoadBalancer";
    cx.event(service, EventType::Warning, "UnAvailableLoadBalancer", message);
}

/// The names of the nodes that a balancer is given (upstream: `stableNodeSetPredicates`).
fn nodes(api: &ApiServer) -> Vec<Str> {
    let usable = |node: &&std::rc::Rc<Node>| {
        !node.metadata.terminating() && is_included(node) && !is_to_be_deleted(node)
    };
    api.list::<Node>().filter(usable).map(|node| node.metadata.name.clone()).collect()
}

/// Whether a balancer that there may be has to go (upstream: `needsCleanup`).
fn needs_cleanup(service: &Service) -> bool {
    let meta = &service.metadata;
    meta.has_finalizer(FINALIZER)
        && (meta.terminating() || service.spec.type_.as_deref() != Some(LOAD_BALANCER))
}

/// Whether a change concerns the balancer (upstream: `needsUpdate`).
fn needs_update(before: &Service, now: &Service) -> bool {
    let (a, b) = (&before.spec, &now.spec);
    (is_wanted(before) || is_wanted(now))
        && (is_wanted(before) != is_wanted(now)
            || a.load_balancer_source_ranges != b.load_balancer_source_ranges
            || a.ports != b.ports
            || a.session_affinity != b.session_affinity
            || a.session_affinity_config != b.session_affinity_config
            || a.load_balancer_ip != b.load_balancer_ip
            || a.external_ips != b.external_ips
            || before.metadata.annotations != now.metadata.annotations
            || before.metadata.uid != now.metadata.uid
            || a.external_traffic_policy != b.external_traffic_policy
            || a.health_check_node_port != b.health_check_node_port
            || a.ip_families.len() != b.ip_families.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use expect_test::expect;
    use serde_json::json;

    type Bench = Workbench<ServiceLoadBalancer>;

    fn node(name: &str) -> serde_json::Value {
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    }

    fn service(name: &str, spec: serde_json::Value) -> serde_json::Value {
        let mut all = json!({"type": "LoadBalancer", "ports": [{"port": 80}]});
        orrery_apimachinery::patch::json_merge(&mut all, &spec);
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": all})
    }

    fn address(bench: &Bench, name: &str) -> String {
        let service = bench.get::<Service>("default", name).expect("it is there");
        let ingress = &service.status.load_balancer.ingress;
        ingress
            .iter()
            .map(|i| format!("{} {}", i.ip.as_deref().unwrap(), i.ip_mode.as_deref().unwrap()))
            .collect()
    }

    #[test]
    fn a_balancer_comes_follows_the_nodes_and_goes_with_its_service() {
        let mut bench = Bench::new();
        bench.apply(service("web", json!({})));
        bench.pass(Duration::from_secs(3));
        assert_eq!(address(&bench, "web"), "", "the cloud is still at it");
        bench.pass(Duration::from_secs(3));
        assert_eq!(address(&bench, "web"), "198.51.100.1 VIP");
        bench.apply(node("node-1"));
        bench.pass(Duration::from_secs(3));
        bench.modify::<Node>("", "node-1", |node| {
            node.metadata.labels.insert("node.kubernetes.io/exclude-from-external-load-balancers", "");
        });
        bench.pass(Duration::from_secs(3));
        let web = bench.get::<Service>("default", "web").expect("it is there");
        bench.drop_object(&web);
        bench.pass(Duration::from_secs(1));
        assert!(bench.get::<Service>("default", "web").is_some(), "it waits for the cloud");
        bench.pass(Duration::from_secs(3));
        assert!(bench.get::<Service>("default", "web").is_none());
        expect![[r#"
            00:00:00.002 PUT Service default/web
            00:00:05.002 PUT Service default/web/status
            00:00:14.002 DELETE Service default/web (gone)
            Normal EnsuringLoadBalancer Service/web: Ensuring load balancer
            Warning UnAvailableLoadBalancer Service/web: There are no available nodes for LoadBalancer
            Normal EnsuredLoadBalancer Service/web: Ensured load balancer
            Normal UpdatedLoadBalancer Service/web: Updated load balancer with new hosts
            Normal DeletingLoadBalancer Service/web: Deleting load balancer
            Normal DeletedLoadBalancer Service/web: Deleted load balancer
        "#]]
        .assert_eq(&(bench.written() + &bench.events()));
    }

    #[test]
    fn which_services_get_which_addresses() {
        for (row, spec, wanted) in [
            ("any", json!({}), "198.51.100.2 VIP"),
            ("the one that it asks for", json!({"loadBalancerIP": "192.0.2.7"}), "192.0.2.7 VIP"),
            ("one that another has", json!({"loadBalancerIP": "198.51.100.1"}), ""),
            ("a service of a class is somebody else's", json!({"loadBalancerClass": "a.b/c"}), ""),
            ("no load balancer", json!({"type": "NodePort"}), ""),
        ] {
            let mut bench = Bench::new();
            bench.apply(service("first", json!({})));
            bench.pass(Duration::from_secs(10));
            bench.apply(service("web", spec));
            bench.pass(Duration::from_secs(10));
            assert_eq!(address(&bench, "web"), wanted, "{row}");
        }
    }

    #[test]
    fn a_service_that_changes_its_type_loses_its_balancer_and_may_get_one_again() {
        let mut bench = Bench::new();
        bench.apply(service("web", json!({})));
        bench.pass(Duration::from_secs(10));
        bench.modify::<Service>("default", "web", |service| service.spec.type_ = Some("ClusterIP".into()));
        assert_eq!(address(&bench, "web"), "", "at once");
        bench.pass(Duration::from_secs(10));
        let web = bench.get::<Service>("default", "web").expect("it is there");
        assert!(web.metadata.finalizers.is_empty());
        bench.modify::<Service>("default", "web", |service| service.spec.type_ = Some("LoadBalancer".into()));
        bench.pass(Duration::from_secs(10));
        assert_eq!(address(&bench, "web"), "198.51.100.1 VIP");
    }
}
