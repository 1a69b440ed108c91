//! Names of objects, and labels of pods and nodes, where a field refers to them.

use super::{Sort, Suggestion, value};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;
use orrery_apiserver::ApiServer;
use orrery_manifest::{Cursor, Place, Step, cursor};
use orrery_schema::Field;
use std::collections::{BTreeMap, BTreeSet};

/// How many objects of a kind are looked at: more names than a person would read.
const MOST: usize = 500;

/// How many lines of a document are looked at for what they state.
const LONGEST: usize = 1_000;

/// The fields that name an object, and its kind.
const REFERENCES: [(&str, &str, &str); 25] = [
    ("ConfigMapEnvSource", "name", "ConfigMap"),
    ("ConfigMapKeySelector", "name", "ConfigMap"),
    ("ConfigMapProjection", "name", "ConfigMap"),
    ("ConfigMapVolumeSource", "name", "ConfigMap"),
    ("IngressServiceBackend", "name", "Service"),
    ("IngressSpec", "ingressClassName", "IngressClass"),
    ("IngressTLS", "secretName", "Secret"),
    ("LocalObjectReference", "name", "Secret"),
    ("ObjectMeta", "namespace", "Namespace"),
    ("PersistentVolumeClaimSpec", "storageClassName", "StorageClass"),
    ("PersistentVolumeClaimSpec", "volumeName", "PersistentVolume"),
    ("PersistentVolumeClaimVolumeSource", "claimName", "PersistentVolumeClaim"),
    ("PersistentVolumeSpec", "storageClassName", "StorageClass"),
    ("PodSpec", "nodeName", "Node"),
    ("PodSpec", "priorityClassName", "PriorityClass"),
    ("PodSpec", "runtimeClassName", "RuntimeClass"),
    ("PodSpec", "serviceAccount", "ServiceAccount"),
    ("PodSpec", "serviceAccountName", "ServiceAccount"),
    ("SecretEnvSource", "name", "Secret"),
    ("SecretKeySelector", "name", "Secret"),
    ("SecretProjection", "name", "Secret"),
    ("SecretVolumeSource", "secretName", "Secret"),
    ("StatefulSetSpec", "serviceName", "Service"),
    ("autoscaling/v1.CrossVersionObjectReference", "name", "Deployment StatefulSet ReplicaSet"),
    ("autoscaling/v2.CrossVersionObjectReference", "name", "Deployment StatefulSet ReplicaSet"),
];

/// The kinds whose pods carry the labels of a template.
const TEMPLATES: [&str; 6] =
    ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"];

/// The objects that there are and will be.
pub(super) struct Names<'a> {
    pub(super) api: &'a ApiServer,
    pub(super) written: &'a dyn Fn() -> Vec<Object>,
    /// The namespace of the object that is being written.
    pub(super) namespace: &'a str,
    /// The text that the cursor is in.
    pub(super) text: &'a str,
}

impl Names<'_> {
    /// The names that fit a field of `holder`.
    pub(super) fn at(&self, cursor: &Cursor, holder: &str, field: &Field) -> Vec<Suggestion> {
        let reference = REFERENCES.iter().find(|(ty, name, _)| *ty == holder && *name == field.name);
        if let Some((_, _, kinds)) = reference {
            return self.objects(kinds);
        }
        match (holder, field.name) {
            ("ServiceSpec" | "ReplicationControllerSpec", "selector") | ("LabelSelector", "matchLabels") => {
                self.pairs(cursor, self.pod_labels())
            }
            ("VolumeMount" | "VolumeDevice", "name") => self.volumes(cursor),
            ("ConfigMapKeySelector", "key") => self.keys(cursor, "ConfigMap"),
            ("SecretKeySelector", "key") => self.keys(cursor, "Secret"),
            ("PodSpec", "nodeSelector") => self.pairs(cursor, self.node_labels()),
            ("TopologySpreadConstraint" | "PodAffinityTerm", "topologyKey") => {
                let keys: BTreeSet<String> = self.node_labels().into_keys().map(|(key, _)| key).collect();
                keys.iter().map(|key| name(key, "Node")).collect()
            }
            _ => Vec::new(),
        }
    }

    fn of_kind(&self, name: &str) -> Vec<Object> {
        let kind = Kind::ALL.iter().copied().find(|kind| kind.name() == name);
        let stored = kind.into_iter().flat_map(|kind| self.api.objects(kind).take(MOST).cloned());
        let written = (self.written)().into_iter().filter(|object| object.kind().name() == name);
        stored.chain(written).collect()
    }

    /// Objects of the namespace, or of none.
    fn objects(&self, kinds: &str) -> Vec<Suggestion> {
        let mut found = BTreeMap::new();
        for kind in kinds.split(' ') {
            for object in self.of_kind(kind) {
                let meta = object.metadata();
                let here = !object.kind().namespaced() || self.namespace == or_default(&meta.namespace);
                if here && !meta.name.is_empty() {
                    found.entry(meta.name.to_string()).or_insert_with(|| name(&meta.name, kind));
                }
            }
        }
        found.into_values().collect()
    }

    /// The volumes of the pod that is being written.
    fn volumes(&self, cursor: &Cursor) -> Vec<Suggestion> {
        let key =
            |step: &Step, names: &[&str]| matches!(step, Step::Key(name) if names.contains(&name.as_str()));
        let pod =
            cursor.path.iter().rposition(|step| key(step, &["containers", "initContainers"])).unwrap_or(0);
        let of_pod = |path: &[Step]| match path.split_at_checked(pod) {
            Some((before, [volumes, Step::Index(_), name])) => {
                *before == cursor.path[..pod] && key(volumes, &["volumes"]) && key(name, &["name"])
            }
            _ => false,
        };
        self.stated(cursor, &of_pod).iter().map(|volume| name(volume, "volume")).collect()
    }

    /// The keys of the object that stands beside the cursor by its name.
    fn keys(&self, cursor: &Cursor, kind: &str) -> Vec<Suggestion> {
        let beside = |path: &[Step]| match (path.split_last(), cursor.path.split_last()) {
            (Some((Step::Key(key), before)), Some((_, here))) => key == "name" && before == here,
            _ => false,
        };
        let Some(wanted) = self.stated(cursor, &beside).into_iter().next() else { return Vec::new() };
        let mut keys = BTreeSet::new();
        for object in self.of_kind(kind) {
            let meta = object.metadata();
            if *meta.name == *wanted && self.namespace == or_default(&meta.namespace) {
                for part in ["/data", "/stringData", "/binaryData"] {
                    keys.extend(entries(&object, part).into_iter().map(|(key, _)| key));
                }
            }
        }
        keys.iter().map(|key| name(key, &wanted)).collect()
    }

    /// What the document of the cursor says at the paths that are asked for, as far as it has been written.
    fn stated(&self, at: &Cursor, asked: &dyn Fn(&[Step]) -> bool) -> Vec<String> {
        let (first, last) = (at.first_line as usize, at.last_line as usize);
        let lines: Vec<&str> =
            self.text.split('\n').skip(first - 1).take((last + 1 - first).min(LONGEST)).collect();
        let document = lines.join("\n");
        // A line tells where it is as a cursor at its end would.
        let end = |(index, line): (usize, &&str)| {
            let written = line.split(" #").next().unwrap_or_default().trim_end();
            cursor(&document, index as u32 + 1, written.chars().count() as u32 + 1)
        };
        let ends = lines.iter().enumerate().filter(|(_, line)| line.contains("name:")).filter_map(end);
        let found = ends.filter(|found| found.place == Place::Value && asked(&found.path));
        let names = found.map(|found| found.typed.trim_matches(['"', '\'']).to_owned());
        names.filter(|name| !name.is_empty()).take(MOST).collect()
    }

    /// Labels as a map takes them: a key with its value, or a value for the key that stands there.
    fn pairs(&self, cursor: &Cursor, labels: BTreeMap<(String, String), String>) -> Vec<Suggestion> {
        let key = match (cursor.place, cursor.path.last()) {
            (Place::Value, Some(Step::Key(key))) => Some(key),
            _ => None,
        };
        let free = |label: &str| !cursor.beside.iter().any(|name| name == label);
        let fitting =
            labels.into_iter().filter(|((label, _), _)| key.map_or(free(label), |key| key == label));
        fitting
            .map(|((label, word), whose)| {
                let written = value(&word, &whose);
                match key {
                    Some(_) => Suggestion { sort: Sort::Name, ..written },
                    None => Suggestion {
                        sort: Sort::Name,
                        label: format!("{label}: {word}"),
                        insert: format!("{label}: {}", written.insert),
                        ..written
                    },
                }
            })
            .collect()
    }

    /// The labels that pods of the namespace have or will have, and whose they are.
    fn pod_labels(&self) -> BTreeMap<(String, String), String> {
        let mut labels = BTreeMap::new();
        for kind in TEMPLATES.iter().chain(&["Pod"]) {
            let pointer = if *kind == "Pod" { "/metadata/labels" } else { "/spec/template/metadata/labels" };
            let here = |object: &Object| self.namespace == or_default(&object.metadata().namespace);
            for object in self.of_kind(kind).iter().filter(|object| here(object)) {
                let whose = format!("{kind} {}", object.metadata().name);
                // What controllers add is theirs.
                let own = |key: &str| !key.ends_with("-template-hash") && !key.starts_with("controller-");
                for (key, value) in entries(object, pointer).into_iter().filter(|(key, _)| own(key)) {
                    labels.entry((key, value)).or_insert_with(|| whose.clone());
                }
            }
        }
        labels
    }

    fn node_labels(&self) -> BTreeMap<(String, String), String> {
        let mut labels = BTreeMap::new();
        for node in self.of_kind("Node") {
            for label in entries(&node, "/metadata/labels") {
                labels.entry(label).or_insert_with(|| node.metadata().name.to_string());
            }
        }
        labels
    }
}

fn or_default(namespace: &str) -> &str {
    if namespace.is_empty() { "default" } else { namespace }
}

fn name(word: &str, detail: &str) -> Suggestion {
    Suggestion { sort: Sort::Name, rank: 1, ..value(word, detail) }
}

/// The texts of a map in an object.
fn entries(object: &Object, pointer: &str) -> Vec<(String, String)> {
    let tree = object.to_value();
    let Some(Value::Object(entries)) = tree.pointer(pointer) else { return Vec::new() };
    entries.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
