//! Which fields of what a person wrote are accepted and not simulated. `support.txt` is made of
//! `crates/api/support.yaml` by the tests that hold both true.

use orrery_apimachinery::Value;
use orrery_manifest::{Located, Range};
use std::collections::BTreeMap;

const TEXT: &str = include_str!("support.txt");

/// The annotations of ingress-nginx that are heeded.
pub const INGRESS_NGINX: [&str; 7] = [
    "app-root",
    "force-ssl-redirect",
    "permanent-redirect",
    "rewrite-target",
    "ssl-redirect",
    "temporal-redirect",
    "use-regex",
];

/// Labels and annotations that a cluster, or what is usually installed in it, acts on: of what, which map, how they
/// begin, and how those go on that are heeded here.
const KEYS: [(&str, &str, &str, &[&str]); 6] = [
    ("Namespace", "labels", "pod-security.kubernetes.io/", &[]),
    ("Ingress", "annotations", "nginx.ingress.kubernetes.io/", &INGRESS_NGINX),
    ("Service", "annotations", "service.beta.kubernetes.io/", &["load-balancer-source-ranges"]),
    ("Pod", "annotations", "container.apparmor.security.beta.kubernetes.io/", &[]),
    ("Pod", "annotations", "kubernetes.io/ingress-bandwidth", &[]),
    ("Pod", "annotations", "kubernetes.io/egress-bandwidth", &[]),
];

/// Switches that are on when they are not stated: to state that they are off says something.
const ON_BY_DEFAULT: [&str; 2] = ["allowPrivilegeEscalation", "hostUsers"];

/// A field that is kept and printed, and that nothing happens because of.
#[derive(Clone, Debug, PartialEq)]
pub struct NotSimulated {
    /// Where in the object, such as `spec.dnsPolicy`.
    pub path: String,
    /// Where in the text.
    pub range: Range,
}

/// The last name of a path: that of the field, or the key of a label or an annotation.
pub fn last_name(path: &str) -> &str {
    match path.strip_suffix(']').and_then(|path| path.rsplit_once('[')) {
        Some((_, key)) => key,
        None => path.rsplit('.').next().unwrap_or(path),
    }
}

/// What is known of the fields of a type.
type Fields = BTreeMap<&'static str, Next>;

#[derive(Clone, Copy)]
enum Next {
    Accepted,
    Type(&'static str),
}

/// By type: the fields that are not simulated, and those that lead to such.
pub struct Support(BTreeMap<&'static str, Fields>);

impl Default for Support {
    fn default() -> Self {
        let field = |word: &'static str| match word.split_once('>') {
            Some((name, ty)) => (name, Next::Type(ty)),
            None => (&word[1..], Next::Accepted),
        };
        let line = |line: &'static str| {
            let (ty, fields) = line.split_once(' ')?;
            Some((ty, fields.split(' ').map(field).collect()))
        };
        Support(TEXT.lines().filter_map(line).collect())
    }
}

impl Support {
    /// The fields of the object that are not simulated; of fields within each other the outermost.
    pub fn not_simulated(&self, located: &Located) -> Vec<NotSimulated> {
        let kind = located.object.kind();
        let qualified = format!("{}.{}", kind.api_version(), kind.name());
        let ty = if self.0.contains_key(&*qualified) { &qualified } else { kind.name() };
        let mut paths = Vec::new();
        self.walk(ty, &located.document.value, String::new(), &mut paths);
        let range = |path: &String| {
            let span = located.document.positions.of(path);
            span.key.unwrap_or(span.value)
        };
        paths.into_iter().map(|path| NotSimulated { range: range(&path), path }).collect()
    }

    fn walk(&self, ty: &str, value: &Value, path: String, paths: &mut Vec<String>) {
        if let Value::Array(items) = value {
            let items = items.iter().enumerate();
            return items.for_each(|(i, item)| self.walk(ty, item, format!("{path}[{i}]"), paths));
        }
        let (Some(fields), Value::Object(entries)) = (self.0.get(ty), value) else { return };
        for (name, value) in entries.iter().filter(|(name, value)| says_something(name, value)) {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{name}");
            match fields.get(name.as_str()) {
                Some(Next::Accepted) => paths.push(path),
                Some(Next::Type("ObjectMeta")) => {
                    keys(ty, value, &path, paths);
                    self.walk("ObjectMeta", value, path, paths);
                }
                Some(Next::Type(ty)) => self.walk(ty, value, path, paths),
                None => {}
            }
        }
    }
}

/// The labels and annotations in `metadata` of an object, or a template, of the type that nothing happens because of.
fn keys(ty: &str, metadata: &Value, path: &str, paths: &mut Vec<String>) {
    let ty = if ty == "PodTemplateSpec" { "Pod" } else { ty };
    for (_, map, start, heeded) in KEYS.iter().filter(|(of, ..)| *of == ty) {
        let Some(Value::Object(entries)) = metadata.get(map) else { continue };
        for (key, _) in entries.iter() {
            if key.strip_prefix(start).is_some_and(|rest| !heeded.contains(&rest)) {
                paths.push([path, ".", map, "[", key, "]"].concat());
            }
        }
    }
}

/// Whether the field would be missed: `securityContext: {}` would not.
fn says_something(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(false) => ON_BY_DEFAULT.contains(&name),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The notice of a manifest: line and path of every field.
    fn notice(text: &str) -> String {
        let read = orrery_manifest::objects(text);
        assert_eq!(read.diagnostics, [], "{text}");
        let support = Support::default();
        let found = read.objects.iter().flat_map(|located| support.not_simulated(located));
        let mut found: Vec<String> =
            found.map(|field| format!("{} {}", field.range.line, field.path)).collect();
        found.sort();
        found.join(", ")
    }

    #[test]
    fn fields_that_nothing_happens_because_of_are_named_with_their_lines() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  securityContext: {}\n  containers:\n  - name: a\n    image: b\n    tty: true\n    stdin: false\n    securityContext:\n      privileged: true\n";
        let expected =
            "10 spec.containers[0].tty, 13 spec.containers[0].securityContext.privileged, 5 spec.hostPID";
        assert_eq!(notice(text), expected);
    }

    const POD: &str =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: c, image: b}]\n";
    const CONTAINER: &str =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    image: b\n";

    #[test]
    fn what_a_pod_says_is_simulated_or_said_not_to_be() {
        for (row, start, more, expected) in [
            ("a node's directory", POD, "  volumes: [{name: v, hostPath: {path: /d, type: Directory}}]", ""),
            ("a share", POD, "  volumes: [{name: v, nfs: {server: s, path: /d, readOnly: true}}]", ""),
            (
                "a CSI driver's parameters",
                POD,
                "  volumes: [{name: v, csi: {driver: d, readOnly: true, volumeAttributes: {a: b}}}]",
                "6 spec.volumes[0].csi.volumeAttributes",
            ),
            (
                "a repository that is not cloned",
                POD,
                "  volumes: [{name: v, gitRepo: {repository: r, revision: x}}]",
                "6 spec.volumes[0].gitRepo.repository, 6 spec.volumes[0].gitRepo.revision",
            ),
            (
                "modes of files",
                POD,
                "  volumes: [{name: v, secret: {secretName: s, defaultMode: 0400, items: [{key: k, path: p, mode: 0400}]}}]",
                "6 spec.volumes[0].secret.defaultMode, 6 spec.volumes[0].secret.items[0].mode",
            ),
            ("hosts of its own", POD, "  hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]", ""),
            (
                "resolv.conf",
                POD,
                "  dnsConfig: {nameservers: [10.0.0.1], searches: [a], options: [{name: ndots}]}",
                "",
            ),
            ("what a runtime costs", POD, "  runtimeClassName: r", ""),
            ("namespaces of the node", POD, "  hostIPC: true", "6 spec.hostIPC"),
            ("users of its own", POD, "  hostUsers: false", "6 spec.hostUsers"),
            ("one view of processes", POD, "  shareProcessNamespace: true", ""),
            (
                "who the processes are",
                POD,
                "  securityContext: {runAsUser: 1, runAsNonRoot: true, fsGroup: 2, runAsGroup: 3}",
                "6 spec.securityContext.fsGroup, 6 spec.securityContext.runAsGroup",
            ),
            (
                "seccomp, AppArmor and SELinux",
                POD,
                "  securityContext: {seccompProfile: {type: RuntimeDefault}, appArmorProfile: {type: Unconfined}, seLinuxOptions: {level: a}}",
                "6 spec.securityContext.appArmorProfile, 6 spec.securityContext.seLinuxOptions, 6 spec.securityContext.seccompProfile",
            ),
            (
                "kernel parameters",
                POD,
                "  securityContext: {sysctls: [{name: a.b, value: c}]}",
                "6 spec.securityContext.sysctls",
            ),
            (
                "a pod that wants to be near its like",
                POD,
                "  affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, labelSelector: {}, matchLabelKeys: [b], mismatchLabelKeys: [c]}]}}",
                "",
            ),
            ("a port of the node", CONTAINER, "    ports: [{containerPort: 80, hostPort: 80}]", ""),
            ("huge pages", CONTAINER, "    resources: {limits: {hugepages-2Mi: 4Mi, memory: 1Gi}}", ""),
            (
                "its last words",
                CONTAINER,
                "    terminationMessagePath: /m\n    terminationMessagePolicy: File",
                "",
            ),
            (
                "an expanded path",
                CONTAINER,
                "    volumeMounts: [{name: v, mountPath: /d, subPathExpr: a}]\n  volumes: [{name: v, emptyDir: {}}]",
                "",
            ),
            (
                "a raw device",
                CONTAINER,
                "    volumeDevices: [{name: v, devicePath: /dev/a}]\n  volumes: [{name: v, persistentVolumeClaim: {claimName: a}}]",
                "",
            ),
            (
                "hooks",
                CONTAINER,
                "    lifecycle: {preStop: {sleep: {seconds: 1}}, postStart: {tcpSocket: {port: 1}}}",
                "",
            ),
            (
                "a resize in place",
                CONTAINER,
                "    resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]",
                "8 spec.containers[0].resizePolicy",
            ),
            (
                "how mounts spread",
                CONTAINER,
                "    volumeMounts: [{name: v, mountPath: /d, mountPropagation: HostToContainer}]\n  volumes: [{name: v, emptyDir: {}}]",
                "8 spec.containers[0].volumeMounts[0].mountPropagation",
            ),
            (
                "no more rights",
                CONTAINER,
                "    securityContext: {allowPrivilegeEscalation: false, privileged: false}",
                "8 spec.containers[0].securityContext.allowPrivilegeEscalation",
            ),
        ] {
            assert_eq!(notice(&[start, more, "\n"].concat()), expected, "{row}");
        }
    }

    #[test]
    fn what_other_kinds_say_is_simulated_or_said_not_to_be() {
        let template = "template: {metadata: {labels: {a: b}}, spec: {restartPolicy: Never, containers: [{name: c, image: b}]}}";
        for (row, kind, more, expected) in [
            ("another name", "v1 Service", "spec: {type: ExternalName, externalName: a.b}", ""),
            (
                "the node's own pods",
                "v1 Service",
                "spec: {internalTrafficPolicy: Local, ports: [{port: 80}]}",
                "",
            ),
            (
                "a client's pod",
                "v1 Service",
                "spec: {ipFamilies: [IPv4], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}, ports: [{port: 80}]}",
                "",
            ),
            (
                "a range with a hole",
                "networking.k8s.io/v1 NetworkPolicy",
                "spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}",
                "",
            ),
            ("what is not to change", "v1 Secret", "immutable: true\ntype: Opaque", ""),
            (
                "rights",
                "rbac.authorization.k8s.io/v1 Role",
                "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]",
                "4 rules",
            ),
            (
                "a job's rules",
                "batch/v1 Job",
                &format!(
                    "spec: {{completionMode: Indexed, completions: 2, podFailurePolicy: {{rules: [{{action: Ignore, onPodConditions: [{{type: A, status: 'True'}}]}}]}}, successPolicy: {{rules: [{{succeededCount: 1}}]}}, {template}}}"
                ),
                "",
            ),
            (
                "a schema",
                "apiextensions.k8s.io/v1 CustomResourceDefinition",
                "spec: {group: b.c, scope: Cluster, names: {plural: a, kind: A}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}",
                "4 spec.versions[0].schema, 4 spec.versions[0].storage",
            ),
            (
                "metrics of all types",
                "autoscaling/v2 HorizontalPodAutoscaler",
                "spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, metrics: [{type: Pods, pods: {metric: {name: a}, target: {type: AverageValue, averageValue: 1}}}, {type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: a}, metric: {name: a}, target: {type: Value, value: 1}}}, {type: External, external: {metric: {name: a}, target: {type: Value, value: 1}}}]}",
                "",
            ),
            (
                "a copy of another claim",
                "v1 PersistentVolumeClaim",
                "spec: {accessModes: [ReadWriteOnce], dataSource: {kind: PersistentVolumeClaim, name: b}, resources: {requests: {storage: 1Gi}, limits: {storage: 2Gi}}}",
                "4 spec.dataSource, 4 spec.resources.limits",
            ),
        ] {
            let (version, kind) = kind.split_once(' ').expect("a version and a kind");
            let name = if kind == "CustomResourceDefinition" { "a.b.c" } else { "a" };
            let text = format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{more}\n");
            assert_eq!(notice(&text), expected, "{row}");
        }
    }

    #[test]
    fn labels_and_annotations_that_a_cluster_acts_on_are_heeded_or_named() {
        for (kind, metadata, expected) in [
            (
                "v1 Namespace",
                "labels: {team: a, pod-security.kubernetes.io/enforce: restricted}",
                "3 metadata.labels[pod-security.kubernetes.io/enforce]",
            ),
            (
                "networking.k8s.io/v1 Ingress",
                "annotations: {nginx.ingress.kubernetes.io/rewrite-target: /, nginx.ingress.kubernetes.io/canary: 'true'}",
                "3 metadata.annotations[nginx.ingress.kubernetes.io/canary]",
            ),
            ("v1 Service", "annotations: {service.kubernetes.io/topology-mode: Auto, my.io/note: a}", ""),
        ] {
            let (version, kind) = kind.split_once(' ').expect("a version and a kind");
            let spec = match kind {
                "Service" => "spec: {ports: [{port: 80}]}",
                "Ingress" => "spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}",
                _ => "spec: {}",
            };
            let text =
                format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, {metadata}}}\n{spec}\n");
            assert_eq!(notice(&text), expected, "{kind}");
        }
        assert_eq!(last_name("metadata.labels[a.b/c]"), "a.b/c");
        assert_eq!(last_name("spec.volumes[0].csi.fsType"), "fsType");
    }
}
