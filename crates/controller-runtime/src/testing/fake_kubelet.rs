//! What nodes do with pods, for tests of controllers: no more than their statuses.

use super::Workbench;
use crate::Controller;
use orrery_api::{Object, Pod, PodCondition, PodIP, Resource};
use orrery_client::{DeleteOptions, Key, Propagation};
use std::rc::Rc;

impl<C: Controller + Default> Workbench<C> {
    /// All pods, by name.
    pub fn pods(&self) -> Vec<Rc<Pod>> {
        self.api.list::<Pod>().cloned().collect()
    }

    /// Runs every pod for which `ready` says so, and removes those that are being deleted.
    pub fn run_pods(&mut self, ready: impl Fn(&Pod) -> bool) {
        for (i, pod) in self.pods().into_iter().enumerate() {
            if pod.metadata.terminating() {
                self.remove_pod(&pod);
            } else if pod.node_name.is_none() {
                let request = self.request();
                let node = format!("node-{}", i % 3 + 1);
                let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
                self.api.bind(&request, namespace, name, &node).expect("the pod is bound for the first time");
                let ip = format!("10.244.{}.{}", i / 250, i % 250 + 1);
                self.set_ready(&pod, &ip, ready(&pod));
            }
        }
    }

    /// Lets a pod run, ready or not.
    pub fn set_ready(&mut self, pod: &Pod, ip: &str, ready: bool) {
        let date = self.api.date(self.now);
        self.modify_status::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |pod| {
            pod.status.phase = Some("Running".into());
            pod.status.pod_ip = Some(ip.into());
            pod.status.pod_ips = vec![PodIP { ip: ip.into() }];
            pod.status.conditions.retain(|c| &*c.type_ != "Ready");
            pod.status.conditions.push(PodCondition {
                type_: "Ready".into(),
                status: if ready { "True" } else { "False" }.into(),
                last_transition_time: Some(date),
                ..Default::default()
            });
        });
    }

    /// Confirms that a pod is gone.
    pub fn remove_pod(&mut self, pod: &Pod) {
        let request = self.request();
        let key = Key::of(&Pod::wrap(Rc::new(pod.clone())));
        let options = DeleteOptions::now(pod.metadata.uid.clone());
        self.api.delete(&request, &key, &options).expect("the pod is there");
    }

    /// Deletes an object as a person would.
    pub fn drop_object<R: Resource>(&mut self, object: &Rc<R>) {
        self.delete(&R::wrap(object.clone()), Propagation::Background);
    }

    /// Creates what a manifest in JSON says.
    pub fn apply(&mut self, manifest: orrery_apimachinery::Value) {
        let text = |key: &str| manifest[key].as_str().expect("a manifest names its kind").to_owned();
        let kind =
            orrery_api::Kind::by_gvk(&text("apiVersion"), &text("kind")).expect("a kind that is served");
        let (object, problems) = Object::decode(kind, &manifest);
        assert_eq!(problems, [], "the manifest is valid");
        let request = self.request();
        self.api.create(&request, object).expect("the manifest is accepted");
    }
}
