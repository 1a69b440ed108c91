//! What to do about objects that cannot be used as they are.

use orrery_api::Kind;
use orrery_apimachinery::decode::{ProblemKind, closest};

/// Versions that Kubernetes had once: group and version, the kind, and the release that removed it.
const REMOVED: &[(&str, &str, &str)] = &[
    ("extensions/v1beta1", "DaemonSet", "1.16"),
    ("extensions/v1beta1", "Deployment", "1.16"),
    ("extensions/v1beta1", "Ingress", "1.22"),
    ("extensions/v1beta1", "NetworkPolicy", "1.16"),
    ("extensions/v1beta1", "ReplicaSet", "1.16"),
    ("apps/v1beta1", "Deployment", "1.16"),
    ("apps/v1beta1", "StatefulSet", "1.16"),
    ("apps/v1beta2", "DaemonSet", "1.16"),
    ("apps/v1beta2", "Deployment", "1.16"),
    ("apps/v1beta2", "ReplicaSet", "1.16"),
    ("apps/v1beta2", "StatefulSet", "1.16"),
    ("networking.k8s.io/v1beta1", "Ingress", "1.22"),
    ("networking.k8s.io/v1beta1", "IngressClass", "1.22"),
    ("batch/v1beta1", "CronJob", "1.25"),
    ("policy/v1beta1", "PodDisruptionBudget", "1.25"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", "1.25"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", "1.25"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26"),
    ("storage.k8s.io/v1beta1", "StorageClass", "1.22"),
    ("coordination.k8s.io/v1beta1", "Lease", "1.22"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", "1.22"),
];

/// Kinds of Kubernetes 1.32 that a cluster here may not serve.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "v1",
        &[
            "LimitRange",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Binding",
            "ComponentStatus",
        ],
    ),
    ("apps/v1", &["ControllerRevision", "DaemonSet", "StatefulSet"]),
    ("batch/v1", &["CronJob", "Job"]),
    ("autoscaling/v1", &["HorizontalPodAutoscaler"]),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"]),
    ("policy/v1", &["PodDisruptionBudget", "Eviction"]),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "NetworkPolicy"]),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    ("storage.k8s.io/v1", &["CSIDriver", "CSINode", "CSIStorageCapacity", "VolumeAttachment"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    ("flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"]),
    (
        "admissionregistration.k8s.io/v1",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
];

/// About an object without `apiVersion` or `kind`.
pub(crate) fn missing(field: &str, kind: Option<&str>) -> String {
    match (field, kind.and_then(api_version_of)) {
        ("apiVersion", Some(version)) => format!("add a line `apiVersion: {version}`"),
        ("apiVersion", None) => "add a line such as `apiVersion: v1`".into(),
        _ => "add a line such as `kind: Pod`".into(),
    }
}

/// The version that serves a kind.
fn api_version_of(kind: &str) -> Option<&'static str> {
    let served = Kind::ALL.iter().find(|k| k.name() == kind).map(|k| k.api_version());
    served.or_else(|| KNOWN.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(version, _)| *version))
}

/// About a kind that is not served: the field to change, and how.
pub(crate) fn no_match(api_version: &str, kind: &str) -> (&'static str, Option<String>) {
    let removed = REMOVED.iter().find(|(version, k, _)| *version == api_version && *k == kind);
    if KNOWN.iter().any(|(version, kinds)| *version == api_version && kinds.contains(&kind)) {
        return ("kind", Some("Kubernetes 1.32 has this kind, but it is not simulated here".into()));
    }
    if let Some(right) = api_version_of(kind) {
        let history = removed.map(|(version, _, release)| format!("; {version} was removed in {release}"));
        return ("apiVersion", Some(format!("use `apiVersion: {right}`{}", history.unwrap_or_default())));
    }
    let names =
        Kind::ALL.iter().map(|k| k.name()).chain(KNOWN.iter().flat_map(|(_, kinds)| kinds.iter().copied()));
    ("kind", closest(kind, names).map(|meant| format!("did you mean \"{meant}\"?")))
}

/// About a field that cannot be read; `text` is what the manifest says there.
pub(crate) fn problem(kind: &ProblemKind, text: &str) -> Option<String> {
    match kind {
        ProblemKind::UnknownField { did_you_mean } => {
            did_you_mean.as_ref().map(|meant| format!("did you mean \"{meant}\"?"))
        }
        ProblemKind::WrongType { expected, found, .. } => wrong_type(expected, found, text),
        ProblemKind::OutOfRange { .. } | ProblemKind::Custom(_) => None,
    }
}

fn wrong_type(expected: &str, found: &str, text: &str) -> Option<String> {
    let scalar = matches!(expected, "string" | "bool" | "int32" | "int64" | "float64");
    let list = expected.starts_with("[]");
    let advice = match (found, expected) {
        ("bool", "string") => format!("plain `{text}` is a truth value: write \"{text}\""),
        (found, "string") if found.starts_with("number") => {
            format!("plain `{text}` is a number: write \"{text}\"")
        }
        ("string", "bool") => "write `true` or `false`, without quotes".into(),
        ("string", "int32" | "int64") if text.starts_with(['"', '\'']) => {
            "write the number without quotes".into()
        }
        (_, "int32" | "int64") => "a whole number is expected".into(),
        ("object", _) if list => "a list is expected: start each element with `- `".into(),
        (_, _) if list => "a list is expected: one element a line, each after `- `".into(),
        ("array", _) if !scalar => "a map is expected: leave out the `- `".into(),
        (_, _) if !scalar => "a map is expected: lines of `key: value`, indented".into(),
        _ => return None,
    };
    Some(advice)
}
