//! The objects that there would be: those that were written, and those of the cluster that they do not replace.

use super::paths::{each, text};
use orrery_api::{Kind, Object, ReplicaSet, Resource};
use orrery_apimachinery::{Str, StrMap, Value};
use orrery_apiserver::{ApiServer, Key};
use orrery_manifest::Located;
use std::collections::BTreeSet;

/// An object as a tree.
#[derive(Clone)]
pub(super) struct Thing {
    pub(super) key: Key,
    pub(super) tree: Value,
}

impl Thing {
    fn of_cluster(object: &Object) -> Thing {
        Thing { key: Key::of(object), tree: object.to_value() }
    }

    /// `Deployment "web"`.
    pub(super) fn title(&self) -> String {
        title(self.key.kind, &self.key.name)
    }

    /// The pod template, if objects of the kind have one, or the pod itself: its path and its tree.
    pub(super) fn template(&self) -> Option<(&'static str, &Value)> {
        let path = match self.key.kind {
            Kind::Pod => "",
            Kind::CronJob => "spec.jobTemplate.spec.template",
            Kind::PodTemplate => "template",
            _ => "spec.template",
        };
        let (_, template) = each(&self.tree, "", path).pop()?;
        template.get("spec")?.get("containers")?;
        Some((path, template))
    }

    /// The labels of its pods.
    pub(super) fn pod_labels(&self) -> StrMap {
        self.template()
            .and_then(|(_, template)| template.pointer("/metadata/labels"))
            .map(labels)
            .unwrap_or_default()
    }

    /// The ports that its containers declare: number and name.
    pub(super) fn pod_ports(&self) -> Vec<(i64, Option<&str>)> {
        let Some((_, template)) = self.template() else { return Vec::new() };
        let ports = ["spec.containers[].ports[]", "spec.initContainers[].ports[]"];
        let ports = ports.iter().flat_map(|pattern| each(template, "", pattern));
        ports
            .filter_map(|(_, port)| Some((port.get("containerPort")?.as_i64()?, text(port, "name"))))
            .collect()
    }
}

/// `ConfigMap "web"`.
pub(super) fn title(kind: Kind, name: &str) -> String {
    format!("{kind} \"{name}\"")
}

/// A map of texts.
pub(super) fn labels(value: &Value) -> StrMap {
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((Str::from(key.as_str()), Str::from(value.as_str()?)))).collect()
}

/// The objects that there would be.
pub(super) struct World<'w> {
    /// What was written, in its order.
    pub(super) written: Vec<Thing>,
    keys: BTreeSet<Key>,
    pub(super) api: &'w ApiServer,
}

impl<'w> World<'w> {
    pub(super) fn new(written: &[&Located], api: &'w ApiServer) -> Self {
        let thing = |located: &&Located| {
            let mut key = Key::of(&located.object);
            if key.kind.namespaced() && key.namespace.is_empty() {
                key.namespace = "default".into();
            }
            Thing { key, tree: located.document.value.clone() }
        };
        let written: Vec<Thing> = written.iter().map(thing).collect();
        let keys = written.iter().map(|thing| thing.key.clone()).collect();
        World { written, keys, api }
    }

    /// The object of that kind and name that one in `namespace` means.
    pub(super) fn find(&self, kind: Kind, namespace: &str, name: &str) -> Option<Thing> {
        let key = Key::new(kind, if kind.namespaced() { namespace } else { "" }, name);
        if self.keys.contains(&key) {
            return self.written.iter().rev().find(|thing| thing.key == key).cloned();
        }
        self.api.object(&key).map(Thing::of_cluster)
    }

    /// All objects of the kind in the namespace; nobody's ReplicaSets only.
    pub(super) fn all(&self, kind: Kind, namespace: &Str) -> Vec<Thing> {
        let here = |thing: &&Thing| {
            thing.key.kind == kind && (!kind.namespaced() || thing.key.namespace == *namespace)
        };
        let alone = |object: &&Object| {
            ReplicaSet::unwrap_ref(object).is_none_or(|rs| rs.metadata.controller().is_none())
        };
        let namespace = if kind.namespaced() { namespace.clone() } else { "".into() };
        let others = self.api.objects_in(kind, &namespace).filter(alone);
        let others = others.filter(|object| !self.keys.contains(&Key::of(object))).map(Thing::of_cluster);
        self.written.iter().filter(here).cloned().chain(others).collect()
    }

    /// The workloads of a namespace, and the pods that were written.
    pub(super) fn workloads(&self, namespace: &Str) -> Vec<Thing> {
        const WORKLOADS: [Kind; 7] = [
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::ReplicaSet,
            Kind::ReplicationController,
            Kind::Job,
            Kind::CronJob,
        ];
        let pods = self
            .written
            .iter()
            .filter(|thing| thing.key.kind == Kind::Pod && thing.key.namespace == *namespace);
        WORKLOADS.iter().flat_map(|kind| self.all(*kind, namespace)).chain(pods.cloned()).collect()
    }
}
