//! The normal form of an object: what two runs of the same scenario must agree on.

use crate::recording::{Key, Objects, Recording, text};
use crate::scrub::pattern;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds that are compared.
pub const KINDS: &[&str] = &[
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "ControllerRevision",
    "Job",
    "CronJob",
    "Pod",
    "Service",
    "Endpoints",
    "EndpointSlice",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "ConfigMap",
    "Secret",
    "ServiceAccount",
    "ResourceQuota",
    "LimitRange",
    "Namespace",
    "Ingress",
    "NetworkPolicy",
    "ReplicationController",
];

/// What an event says: about whom (kind, name), who, type, reason, message.
pub type EventRow = [String; 6];

type Fields = Map<String, Value>;

impl Recording {
    fn mine(&self, (kind, namespace, name): &Key) -> bool {
        match kind.as_str() {
            "Namespace" => self.namespaces.contains(name),
            "PersistentVolume" => true,
            _ => self.namespaces.contains(namespace),
        }
    }

    /// The compared objects by kind, each as sorted texts.
    pub fn normal(&self, objects: &Objects) -> BTreeMap<String, Vec<String>> {
        let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, object) in objects {
            if KINDS.contains(&key.0.as_str()) && self.mine(key) {
                out.entry(key.0.clone()).or_default().push(self.norm(&key.0, object).to_string());
            }
        }
        out.values_mut().for_each(|rows| rows.sort());
        out
    }

    /// The set of events, whose number and order are a race.
    pub fn events(&self, objects: &Objects) -> BTreeSet<EventRow> {
        let events = objects.iter().filter(|(key, _)| key.0 == "Event");
        events.filter_map(|(key, event)| self.event(&key.1, event)).collect()
    }

    fn event(&self, namespace: &str, event: &Value) -> Option<EventRow> {
        let about = |field: &str| text(event, &format!("/involvedObject/{field}")).to_string();
        if !self.namespaces.contains(namespace) && about("kind") != "PersistentVolume" {
            return None;
        }
        let reason = text(event, "/reason");
        // Whether a node has the image is a matter of which pods it got before.
        if matches!(reason, "Pulling" | "Pulled") {
            return None;
        }
        let source = match text(event, "/source/component") {
            "" => text(event, "/reportingComponent"),
            component => component,
        };
        let message = match reason {
            "ScalingReplicaSet" => "<sizes race>".to_string(),
            _ => self.scrubber.text(text(event, "/message")),
        };
        let name = self.scrubber.name(&about("name"));
        Some([about("kind"), name, source.into(), text(event, "/type").into(), reason.into(), message])
    }

    fn conditions(&self, object: &Value) -> Value {
        let mut rows: Vec<Value> = list(object, "/status/conditions")
            .iter()
            .map(|c| {
                let fields = ["type", "status", "reason", "message"].iter();
                let told = fields.filter(|f| !text(c, &format!("/{f}")).is_empty());
                Value::Object(
                    told.map(|f| (f.to_string(), json!(self.scrubber.text(text(c, &format!("/{f}"))))))
                        .collect(),
                )
            })
            .collect();
        rows.sort_by_key(|c| c["type"].to_string());
        Value::Array(rows)
    }

    fn containers(&self, statuses: &[Value]) -> Value {
        statuses.iter().map(|c| self.container(c)).collect()
    }

    fn container(&self, c: &Value) -> Value {
        let first = |pointer: &str| c.pointer(pointer)?.as_object()?.iter().next();
        let (state, detail) = first("/state").map_or(("waiting", &Value::Null), |(k, v)| (k.as_str(), v));
        let mut row = json!({
            "name": c["name"], "ready": c["ready"], "started": c["started"], "restarts": c["restartCount"], "state": state,
        });
        for field in ["reason", "exitCode"] {
            if let Some(value) = detail.get(field) {
                row[field] = value.clone();
            }
        }
        if !text(detail, "/message").is_empty() {
            row["message"] = json!(self.scrubber.text(text(detail, "/message")));
        }
        if let Some((_, last)) = first("/lastState") {
            row["last"] = pick(last, &["reason", "exitCode"]);
        }
        row
    }

    fn norm(&self, kind: &str, object: &Value) -> Value {
        let meta = &object["metadata"];
        let owners: Vec<String> = list(meta, "/ownerReferences")
            .iter()
            .map(|r| self.scrubber.text(&format!("{}/{}", text(r, "/kind"), text(r, "/name"))))
            .collect();
        let mut n = fields(json!({
            "kind": kind,
            "name": pattern(kind, object),
            "owners": owners,
            "terminating": meta.get("deletionTimestamp").is_some_and(|d| !d.is_null()),
            "finalizers": meta["finalizers"],
            "generation": meta["generation"],
            "annotations": told_annotations(meta),
        }));
        // How many writes it took is a race; the outcome is compared.
        if matches!(kind, "ReplicaSet" | "EndpointSlice") {
            n.remove("generation");
        }
        n.extend(fields(self.details(kind, object)));
        n.retain(|_, v| !is_nothing(v));
        Value::Object(n)
    }

    fn details(&self, kind: &str, object: &Value) -> Value {
        let (spec, status) = (&object["spec"], &object["status"]);
        match kind {
            "Pod" => self.pod(object),
            "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "ReplicationController" => {
                let dropped: &[&str] = if kind == "ReplicaSet" {
                    &["conditions", "observedGeneration"]
                } else {
                    &["conditions"]
                };
                let mut out = pick(
                    spec,
                    &[
                        "strategy",
                        "updateStrategy",
                        "revisionHistoryLimit",
                        "progressDeadlineSeconds",
                        "podManagementPolicy",
                    ],
                );
                out["specReplicas"] = spec["replicas"].clone();
                out["status"] = without(status, dropped);
                out["conditions"] = self.conditions(object);
                out
            }
            "Job" | "CronJob" => self.job(object),
            "Service" => service(spec, status),
            "Endpoints" => {
                json!({"subsets": list(object, "/subsets").iter().map(subset).collect::<Vec<_>>()})
            }
            "EndpointSlice" => self.slice(object),
            "PersistentVolumeClaim" => json!({
                "phase": status["phase"],
                "volumeName": self.scrubber.text(text(spec, "/volumeName")),
                "storageClass": spec["storageClassName"],
                "request": spec.pointer("/resources/requests").unwrap_or(&Value::Null),
                "capacity": status["capacity"],
                "accessModes": status["accessModes"],
                "conditions": self.conditions(object),
            }),
            "PersistentVolume" => {
                let claim = &spec["claimRef"];
                let name = (!claim.is_null())
                    .then(|| format!("{}/{}", text(claim, "/namespace"), text(claim, "/name")));
                json!({
                    "phase": status["phase"], "capacity": spec["capacity"], "reclaim": spec["persistentVolumeReclaimPolicy"],
                    "storageClass": spec["storageClassName"], "claim": name, "reason": status["reason"],
                    "message": self.scrubber.text(text(status, "/message")),
                })
            }
            "Namespace" => json!({
                "phase": status["phase"], "labels": object["metadata"]["labels"], "conditions": self.conditions(object),
                "specFinalizers": spec["finalizers"],
            }),
            "HorizontalPodAutoscaler" | "PodDisruptionBudget" => json!({
                "spec": spec, "status": without(status, &["conditions", "lastScaleTime"]), "conditions": self.conditions(object),
            }),
            "ResourceQuota" | "LimitRange" | "Ingress" | "NetworkPolicy" => {
                json!({"spec": spec, "status": status})
            }
            "ConfigMap" | "Secret" => {
                let keys: Vec<&String> = object["data"].as_object().into_iter().flat_map(Map::keys).collect();
                json!({"keys": keys, "type": object["type"]})
            }
            _ => json!({}),
        }
    }

    fn pod(&self, object: &Value) -> Value {
        let (spec, status) = (&object["spec"], &object["status"]);
        let labels: Fields = object["metadata"]["labels"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), json!(self.scrubber.text(v.as_str().unwrap_or_default()))))
            .collect();
        let toleration = |t: &Value| {
            let seconds = t["tolerationSeconds"].as_i64().map(|s| s.to_string()).unwrap_or_default();
            format!("{}:{}:{seconds}", text(t, "/key"), text(t, "/effect"))
        };
        json!({
            "labels": labels,
            "scheduled": !text(spec, "/nodeName").is_empty(),
            "phase": status["phase"],
            "reason": status["reason"],
            "message": self.scrubber.text(text(status, "/message")),
            "qos": status["qosClass"],
            "conditions": self.conditions(object),
            "containers": self.containers(list(status, "/containerStatuses")),
            "initContainers": self.containers(list(status, "/initContainerStatuses")),
            "podIP": !text(status, "/podIP").is_empty(),
            "restartPolicy": spec["restartPolicy"],
            "grace": spec["terminationGracePeriodSeconds"],
            "priority": spec["priority"],
            "tolerations": list(spec, "/tolerations").iter().map(toleration).collect::<Vec<_>>(),
        })
    }

    fn job(&self, object: &Value) -> Value {
        let dated = ["conditions", "startTime", "completionTime", "lastScheduleTime", "lastSuccessfulTime"];
        let mut status = fields(without(&object["status"], &dated));
        // A CronJob's list of active jobs names them.
        status.retain(|k, v| k != "active" || v.is_i64());
        json!({
            "spec": pick(&object["spec"], &["completions", "parallelism", "backoffLimit", "completionMode", "suspend", "schedule", "concurrencyPolicy", "podReplacementPolicy"]),
            "status": status,
            "conditions": self.conditions(object),
        })
    }

    fn slice(&self, object: &Value) -> Value {
        let endpoint = |e: &Value| {
            let mut row = fields(e["conditions"].clone());
            let target = e.get("targetRef").map(|t| self.scrubber.name(text(t, "/name")));
            row.insert("target".into(), json!(target));
            Value::Object(row)
        };
        let mut endpoints: Vec<Value> = list(object, "/endpoints").iter().map(endpoint).collect();
        endpoints.sort_by_key(Value::to_string);
        json!({"labels": object["metadata"]["labels"], "ports": object["ports"], "endpoints": endpoints})
    }
}

fn told_annotations(meta: &Value) -> Value {
    let told = |key: &str| {
        let prefix = key.split('/').next().unwrap_or_default();
        matches!(prefix, "deployment.kubernetes.io" | "pv.kubernetes.io") || key.starts_with("volume.")
    };
    let all = meta["annotations"].as_object().into_iter().flatten();
    Value::Object(all.filter(|(k, _)| told(k)).map(|(k, v)| (k.clone(), v.clone())).collect())
}

fn service(spec: &Value, status: &Value) -> Value {
    let port = |p: &Value| {
        let mut row = pick(p, &["name", "port", "protocol", "targetPort"]);
        row["nodePort"] = json!(p["nodePort"].as_i64().is_some_and(|n| n != 0));
        row
    };
    let mut out = pick(
        spec,
        &[
            "selector",
            "sessionAffinity",
            "ipFamilies",
            "ipFamilyPolicy",
            "internalTrafficPolicy",
            "externalTrafficPolicy",
            "externalName",
        ],
    );
    out["type"] = spec["type"].clone();
    out["clusterIP"] = match text(spec, "/clusterIP") {
        "None" => json!("None"),
        ip => json!(!ip.is_empty()),
    };
    out["ports"] = list(spec, "/ports").iter().map(port).collect();
    out["status"] = status.clone();
    out
}

fn subset(s: &Value) -> Value {
    json!({"addresses": list(s, "/addresses").len(), "notReady": list(s, "/notReadyAddresses").len(), "ports": s["ports"]})
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn pick(value: &Value, keys: &[&str]) -> Value {
    let found = keys.iter().filter_map(|k| Some((k.to_string(), value.get(k)?.clone())));
    Value::Object(found.collect())
}

fn without(value: &Value, keys: &[&str]) -> Value {
    let mut map = fields(value.clone());
    map.retain(|k, _| !keys.contains(&k.as_str()));
    Value::Object(map)
}

/// What the normal form leaves out: null, false, and empty lists, maps and texts that stand for nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}
