//! A cloud's load balancers as its controller sets them up and as they send: which Services get one, and which nodes
//! are behind it (upstream: `k8s.io/cloud-provider/controllers/service`; of the health checks `pkg/proxy/healthcheck`).

use orrery_api::{EndpointSlice, LOAD_BALANCER, Node, Service};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use std::rc::Rc;

/// Marks the nodes that no load balancer leads to.
const EXCLUDE: &str = "node.kubernetes.io/exclude-from-external-load-balancers";
/// The taint of a node that the cluster autoscaler is about to delete.
pub const TO_BE_DELETED: &str = "ToBeDeletedByClusterAutoscaler";
/// The label of an EndpointSlice with the name of its Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// Whether the cloud makes a load balancer for the service: those of a class are somebody else's (upstream:
/// `wantsLoadBalancer`).
pub fn is_wanted(service: &Service) -> bool {
    service.spec.type_.as_deref() == Some(LOAD_BALANCER) && service.spec.load_balancer_class.is_none()
}

/// Whether load balancers may lead to the node (upstream: `nodeIncludedPredicate`).
pub fn is_included(node: &Node) -> bool {
    !node.metadata.labels.contains_key(EXCLUDE)
}

/// Whether the cluster autoscaler is about to delete the node.
pub fn is_to_be_deleted(node: &Node) -> bool {
    node.spec.taints.iter().any(|taint| &*taint.key == TO_BE_DELETED)
}

/// The service before which there is a load balancer with this address, whoever made it.
pub fn service_at<'a>(api: &'a ApiServer, address: &str) -> Option<&'a Rc<Service>> {
    let has_it = |service: &&Rc<Service>| {
        service.status.load_balancer.ingress.iter().any(|i| i.ip.as_deref() == Some(address))
    };
    api.list::<Service>().find(has_it)
}

/// The nodes that the load balancer before `service` sends to now: those that it was given and whose health check
/// answers. With `externalTrafficPolicy: Local` the answer is that of the service's health check node port, which is
/// good where it has a ready endpoint on the node; else it is that of the node's kube-proxy, which turns bad as the
/// cluster autoscaler is about to delete the node.
///
/// A node that has not been heard of for so long that its status is unknown does not answer. Upstream's balancers
/// find out a little earlier, after three checks that fail: the time in between is when requests to it are lost.
pub fn backends<'a>(api: &'a ApiServer, service: &Service) -> Vec<&'a Rc<Node>> {
    let local = service.needs_health_check();
    let mut nodes = Vec::new();
    for node in api.list::<Node>() {
        let answers = match local {
            true => has_ready_endpoint(api, service, &node.metadata.name),
            false => !is_to_be_deleted(node),
        };
        if is_included(node) && !node.metadata.terminating() && answers && is_heard_of(node) {
            nodes.push(node);
        }
    }
    nodes
}

fn is_heard_of(node: &Node) -> bool {
    let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready");
    ready.is_some_and(|c| &*c.status != "Unknown")
}

fn has_ready_endpoint(api: &ApiServer, service: &Service, node: &Str) -> bool {
    let meta = &service.metadata;
    api.list_in::<EndpointSlice>(&meta.namespace).any(|slice| {
        slice.metadata.labels.get(SERVICE_NAME) == Some(&meta.name)
            && slice
                .endpoints
                .iter()
                .any(|e| e.node_name.as_ref() == Some(node) && e.conditions.ready != Some(false))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::{Endpoint, EndpointConditions, Namespace, NodeCondition, Resource, Taint};
    use orrery_apimachinery::ObjectMeta;
    use orrery_apiserver::{Config, Request};
    use orrery_sim::SimTime;

    fn node(name: &str, ready: &str) -> Node {
        let mut node = Node { metadata: ObjectMeta::named("", name), ..Default::default() };
        let condition = NodeCondition { type_: "Ready".into(), status: ready.into(), ..Default::default() };
        node.status.conditions.push(condition);
        node
    }

    #[test]
    fn a_balancer_sends_to_the_nodes_that_answer_its_checks() {
        let mut api = ApiServer::new(Config::default());
        let request = Request::new(SimTime::ZERO, "test");
        let mut create = |object| api.create(&request, object).map(drop).expect("valid");
        create(Namespace { metadata: ObjectMeta::named("", "default"), ..Default::default() }.into());
        for (name, ready) in [("good", "True"), ("bare", "True"), ("unwell", "False"), ("silent", "Unknown")]
        {
            create(node(name, ready).into());
        }
        let mut excluded = node("excluded", "True");
        excluded.metadata.labels.insert(EXCLUDE, "");
        create(excluded.into());
        let mut leaving = node("leaving", "True");
        leaving.spec.taints.push(Taint {
            key: TO_BE_DELETED.into(),
            effect: "NoSchedule".into(),
            ..Default::default()
        });
        create(leaving.into());
        let mut slice = EndpointSlice {
            metadata: ObjectMeta::named("default", "web-1"),
            address_type: "IPv4".into(),
            ..Default::default()
        };
        slice.metadata.labels.insert(SERVICE_NAME, "web");
        for (i, (home, ready)) in
            [("good", true), ("bare", false), ("unwell", true), ("silent", true), ("leaving", true)]
                .into_iter()
                .enumerate()
        {
            slice.endpoints.push(Endpoint {
                addresses: vec![format!("10.244.0.{}", i + 2).into()],
                conditions: EndpointConditions { ready: Some(ready), ..Default::default() },
                node_name: Some(home.into()),
                ..Default::default()
            });
        }
        create(EndpointSlice::wrap(Rc::new(slice)));
        let mut service = Service { metadata: ObjectMeta::named("default", "web"), ..Default::default() };
        service.spec.type_ = Some(LOAD_BALANCER.into());
        for (policy, wanted) in [("Cluster", "bare good unwell"), ("Local", "good leaving unwell")] {
            service.spec.external_traffic_policy = Some(policy.into());
            let names: Vec<&str> = backends(&api, &service).iter().map(|node| &*node.metadata.name).collect();
            assert_eq!(names.join(" "), wanted, "{policy}");
        }
    }
}
