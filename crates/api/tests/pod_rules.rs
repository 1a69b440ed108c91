//! What the API server refuses of pods, in upstream's words: a good one, and what is said when a part of it is
//! replaced.

mod manifests;

use manifests::{created, object, updated};
use serde_json::{Value, json};

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

fn pod() -> Value {
    object("v1", "Pod", json!({"spec": {"containers": [{"name": "c", "image": "nginx"}]}}))
}

fn spec(spec: Value) -> Value {
    json!({"spec": spec})
}

/// A pod with one container, called `c` as in the good one.
fn container(fields: Value) -> Value {
    let mut container = json!({"name": "c", "image": "nginx"});
    orrery_apimachinery::patch::json_merge(&mut container, &fields);
    spec(json!({"containers": [container]}))
}

fn volume(source: Value) -> Value {
    let mut volume = json!({"name": "v"});
    orrery_apimachinery::patch::json_merge(&mut volume, &source);
    spec(json!({"volumes": [volume]}))
}

#[test]
fn a_volume_has_one_source_that_is_complete() {
    created(
        pod(),
        &[
            (
                "two sources",
                volume(json!({"emptyDir": {}, "hostPath": {"path": "/x"}, "downwardAPI": {}})),
                "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type\n\
                 spec.volumes[0].downwarAPI: Forbidden: may not specify more than 1 volume type",
            ),
            (
                "a source behind a closed feature gate is none",
                volume(json!({"image": {"reference": "nginx"}})),
                "spec.volumes[0]: Required value: must specify a volume type",
            ),
            (
                "a repository outside",
                volume(json!({"gitRepo": {"repository": "", "directory": "../x"}})),
                "spec.volumes[0].gitRepo.repository: Required value\n\
                 spec.volumes[0].gitRepo.directory: Invalid value: \"../x\": must not contain '..'",
            ),
            (
                "a disk without a name",
                volume(json!({"gcePersistentDisk": {"pdName": "", "partition": 300}})),
                "spec.volumes[0].persistentDisk.pdName: Required value\n\
                 spec.volumes[0].persistentDisk.partition: Invalid value: 300: must be between 1 and 255, inclusive",
            ),
            (
                "a target that is none",
                volume(
                    json!({"iscsi": {"targetPortal": "", "iqn": "abc", "lun": 256, "chapAuthSession": true, "initiatorName": "iqn.x"}}),
                ),
                "spec.volumes[0].iscsi.targetPortal: Required value\n\
                 spec.volumes[0].iscsi.iqn: Invalid value: \"abc\": must be valid format starting with iqn, eui, or naa\n\
                 spec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive\n\
                 spec.volumes[0].iscsi.secretRef: Required value\n\
                 spec.volumes[0].iscsi.initiatorname: Invalid value: \"iqn.x\": must be valid format",
            ),
            (
                "a target that is one",
                volume(
                    json!({"iscsi": {"targetPortal": "10.0.2.15:3260", "iqn": "iqn.2001-04.com.example:storage.disk2", "lun": 0}}),
                ),
                "",
            ),
            (
                "two ways to one disk",
                volume(json!({"fc": {"targetWWNs": ["a"], "wwids": ["b"]}})),
                "spec.volumes[0].fc.targetWWNs: Invalid value: []string{\"a\"}: targetWWNs and wwids can not be specified simultaneously\n\
                 spec.volumes[0].fc.lun: Required value: lun is required if targetWWNs is specified",
            ),
            (
                "registries without ports",
                volume(json!({"quobyte": {"registry": "a:1,b", "volume": ""}})),
                "spec.volumes[0].quobyte.registry: Invalid value: \"a:1,b\": must be a host:port pair or multiple pairs separated by commas\n\
                 spec.volumes[0].quobyte.volume: Required value",
            ),
            (
                "a reserved option",
                volume(json!({"flexVolume": {"driver": "a/b", "options": {"fs.kubernetes.io/x": "y"}}})),
                "spec.volumes[0].flexVolume.options[fs.kubernetes.io/x]: Invalid value: \"fs.kubernetes.io/x\": kubernetes.io and k8s.io namespaces are reserved",
            ),
            (
                "a managed disk by an address of blobs",
                volume(
                    json!({"azureDisk": {"diskName": "d", "diskURI": "https://x", "kind": "Managed", "cachingMode": "Some"}}),
                ),
                "spec.volumes[0].azureDisk.cachingMode: Unsupported value: \"Some\": supported values: \"None\", \"ReadOnly\", \"ReadWrite\"\n\
                 spec.volumes[0].azureDisk.diskURI: Unsupported value: \"https://x\": supported values: \"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}\"",
            ),
            (
                "no driver",
                volume(json!({"csi": {"driver": "", "nodePublishSecretRef": {}}})),
                &format!(
                    "spec.volumes[0].csi.driver: Required value\n\
                     spec.volumes[0].csi.driver: Invalid value: \"\": {SUBDOMAIN}\n\
                     spec.volumes[0].csi.nodePublishSecretRef.name: Required value"
                ),
            ),
            (
                "a claim that is made for the pod, and says more than it may",
                spec(json!({"volumes": [
                    {"name": "a", "ephemeral": {"volumeClaimTemplate": {"metadata": {"name": "n"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}},
                    {"name": "b", "persistentVolumeClaim": {"claimName": "x-a"}}]})),
                "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set\n\
                 spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: \"x-a\": must not reference a PVC that gets created for an ephemeral volume",
            ),
            (
                "one file twice, and two sources in one",
                volume(json!({"projected": {"sources": [
                    {"secret": {"name": "s", "items": [{"key": "k", "path": "f"}]}, "configMap": {"name": "m", "items": [{"key": "k", "path": "f"}]}}]}})),
                "spec.volumes[0].projected: Invalid value: \"m\": conflicting duplicate paths\n\
                 spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source",
            ),
            (
                "a token for a minute, and of nobody",
                volume(
                    json!({"projected": {"sources": [{"serviceAccountToken": {"path": "/t", "expirationSeconds": 60}}]}}),
                ),
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes\n\
                 spec.volumes[0].projected.path: Invalid value: \"/t\": must be a relative path\n\
                 spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set",
            ),
            (
                "a file that shows nothing",
                volume(json!({"downwardAPI": {"items": [{"path": ""}]}})),
                "spec.volumes[0].downwardAPI.path: Required value\n\
                 spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
            ),
        ],
    );
}

#[test]
fn containers_mount_what_there_is() {
    let disk = json!([{"name": "d", "persistentVolumeClaim": {"claimName": "d"}}, {"name": "e", "emptyDir": {}}, {"name": "bad", "nfs": {"server": "s", "path": "p"}}]);
    let mounting = |mut fields: Value| {
        fields["name"] = "c".into();
        fields["image"] = "nginx".into();
        spec(json!({"volumes": disk.clone(), "containers": [fields]}))
    };
    let bad = "spec.volumes[2].nfs.path: Invalid value: \"p\": must be an absolute path\n";
    created(
        pod(),
        &[
            (
                "a volume that is not right is not there",
                mounting(
                    json!({"volumeMounts": [{"name": "bad", "mountPath": "/a"}, {"name": "d", "mountPath": "/a"}]}),
                ),
                &format!(
                    "{bad}spec.containers[0].volumeMounts[0].name: Not found: \"bad\"\n\
                     spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique"
                ),
            ),
            (
                "reading all the way down only what is only read",
                mounting(
                    json!({"volumeMounts": [{"name": "e", "mountPath": "/a", "recursiveReadOnly": "Enabled", "mountPropagation": "Bidirectional"}]}),
                ),
                &format!(
                    "{bad}spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers\n\
                     spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true\n\
                     spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified"
                ),
            ),
            (
                "disks",
                mounting(json!({"volumeMounts": [{"name": "d", "mountPath": "/dev/x"}],
                    "volumeDevices": [{"name": "d", "devicePath": "/dev/x"}, {"name": "d", "devicePath": "/dev/../y"}, {"name": "e", "devicePath": ""}]})),
                &format!(
                    "{bad}spec.containers[0].volumeMounts[0].name: Invalid value: \"d\": must not already exist in volumeDevices\n\
                     spec.containers[0].volumeMounts[0].mountPath: Invalid value: \"/dev/x\": must not already exist as a path in volumeDevices\n\
                     spec.containers[0].volumeDevices[0].name: Invalid value: \"d\": must not already exist in volumeMounts\n\
                     spec.containers[0].volumeDevices[0].devicePath: Invalid value: \"/dev/x\": must not already exist as a path in volumeMounts\n\
                     spec.containers[0].volumeDevices[1].name: Invalid value: \"d\": must be unique\n\
                     spec.containers[0].volumeDevices[1].devicePath: Invalid value: \"/dev/../y\": can not contain backsteps ('..')\n\
                     spec.containers[0].volumeDevices[1].name: Invalid value: \"d\": must not already exist in volumeMounts\n\
                     spec.containers[0].volumeDevices[2].name: Invalid value: \"e\": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode\n\
                     spec.containers[0].volumeDevices[2].devicePath: Required value"
                ),
            ),
        ],
    );
}

#[test]
fn containers_ask_for_amounts_and_show_fields_that_there_are() {
    let limits = |limits: Value| container(json!({"resources": {"limits": limits}}));
    let shows = |from: Value| container(json!({"env": [{"name": "A", "valueFrom": from}]}));
    let field = |path: &str| shows(json!({"fieldRef": {"fieldPath": path}}));
    created(
        pod(),
        &[
            (
                "half a page, and nothing else",
                limits(json!({"hugepages-2Mi": "3Mi"})),
                "spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of hugepages-2Mi\n\
                 spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of hugepages-2Mi\n\
                 spec.containers[0].resources: Forbidden: HugePages require cpu or memory",
            ),
            ("whole pages", limits(json!({"hugepages-2Mi": "4Mi", "cpu": "1"})), ""),
            (
                "a device asked for without a limit",
                container(json!({"resources": {"requests": {"example.com/gpu": "1"}}})),
                "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources",
            ),
            (
                "more than the limit",
                container(json!({"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}})),
                "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
            ),
            (
                "claims are behind a closed feature gate",
                container(
                    json!({"resources": {"claims": [{"name": "a"}]}, "resizePolicy": [{"resourceName": "x", "restartPolicy": "y"}]}),
                ),
                "",
            ),
            ("one label", field("metadata.labels['app']"), ""),
            (
                "a label that cannot be",
                field("metadata.labels['a b']"),
                "spec.containers[0].env[0].valueFrom.fieldRef: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            ),
            (
                "a part of something without parts",
                field("metadata.name['a']"),
                "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"metadata.name['a']\": error converting fieldPath: field label does not support subscript: metadata.name['a']",
            ),
            ("the name of old for a node", field("spec.host"), ""),
            (
                "a field that a variable does not show",
                field("status.phase"),
                "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\": supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"",
            ),
            (
                "cores by the thousand",
                shows(json!({"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1k"}})),
                "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are supported with the cpu resource",
            ),
            (
                "bytes by the thousandth",
                shows(json!({"resourceFieldRef": {"resource": "limits.memory", "divisor": "1m"}})),
                "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.memory\": only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource",
            ),
        ],
    );
}

#[test]
fn rights_are_those_of_the_system_that_the_pod_is_for() {
    let context = |context: Value| spec(json!({"securityContext": context}));
    created(
        pod(),
        &[
            (
                "parameters of the node",
                spec(json!({"hostNetwork": true, "hostIPC": true, "securityContext": {"sysctls": [
                    {"name": "net/ipv4/x", "value": "1"}, {"name": "kernel.shmmax", "value": "1"}, {"name": "A", "value": "1"}]}})),
                "spec.securityContext.sysctls[0].name: Invalid value: \"net/ipv4/x\": may not be specified when 'hostNetwork' is true\n\
                 spec.securityContext.sysctls[1].name: Invalid value: \"kernel.shmmax\": may not be specified when 'hostIPC' is true\n\
                 spec.securityContext.sysctls[2].name: Invalid value: \"A\": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
            ),
            (
                "profiles",
                context(
                    json!({"seccompProfile": {"type": "Unconfined", "localhostProfile": "x"}, "appArmorProfile": {"type": "Localhost", "localhostProfile": " x"}}),
                ),
                "spec.securityContext.seccompProfile.localhostProfile: Invalid value: core.SeccompProfile{Type:\"Unconfined\", LocalhostProfile:(*string)(0xc000000000)}: can only be set when seccomp type is Localhost\n\
                 spec.securityContext.appArmorProfile.localhostProfile: Invalid value: \" x\": must not be padded with whitespace",
            ),
            (
                "more rights and no more rights",
                container(
                    json!({"securityContext": {"privileged": true, "allowPrivilegeEscalation": false}}),
                ),
                "spec.containers[0].securityContext: Invalid value: core.SecurityContext{Capabilities:(*core.Capabilities)(nil), Privileged:(*bool)(0xc000000000), SELinuxOptions:(*core.SELinuxOptions)(nil), WindowsOptions:(*core.WindowsSecurityContextOptions)(nil), RunAsUser:(*int64)(nil), RunAsGroup:(*int64)(nil), RunAsNonRoot:(*bool)(nil), ReadOnlyRootFilesystem:(*bool)(nil), AllowPrivilegeEscalation:(*bool)(0xc000000000), ProcMount:(*core.ProcMountType)(nil), SeccompProfile:(*core.SeccompProfile)(nil), AppArmorProfile:(*core.AppArmorProfile)(nil)}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
            ),
            (
                "users of Windows",
                context(json!({"windowsOptions": {"runAsUserName": "a.b.\\..", "gmsaCredentialSpec": ""}})),
                "spec.securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: \"\": gmsaCredentialSpec cannot be an empty string\n\
                 spec.securityContext.windowsOptions.runAsUserName: Invalid value: \"a.b.\\\\..\": runAsUserName's User cannot contain only periods or spaces",
            ),
            (
                "a process of the node without its network",
                context(json!({"windowsOptions": {"hostProcess": true}})),
                "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers",
            ),
            (
                "Windows options on Linux",
                spec(json!({"os": {"name": "linux"}, "securityContext": {"windowsOptions": {}}})),
                "spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod",
            ),
            (
                "Linux options on Windows",
                spec(
                    json!({"os": {"name": "windows"}, "hostPID": true, "securityContext": {"runAsUser": 1, "sysctls": [{"name": "a", "value": "b"}]},
                    "containers": [{"name": "c", "image": "nginx", "securityContext": {"privileged": true}}]}),
                ),
                "spec.hostPID: Forbidden: cannot be set for a windows pod\n\
                 spec.securityContext.sysctls: Forbidden: cannot be set for a windows pod\n\
                 spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod\n\
                 spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod",
            ),
            (
                "another system",
                spec(json!({"os": {"name": "plan9"}})),
                "spec.os: Unsupported value: \"plan9\": supported values: \"linux\", \"windows\"",
            ),
            (
                "annotations that say otherwise",
                json!({"metadata": {"annotations": {
                    "controller.kubernetes.io/pod-deletion-cost": "+1",
                    "container.seccomp.security.alpha.kubernetes.io/c": "nothing",
                    "container.apparmor.security.beta.kubernetes.io/d": "x",
                    "seccomp.security.alpha.kubernetes.io/pod": "unconfined"}},
                    "spec": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}}),
                "metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"+1\": must be a 32bit integer\n\
                 metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: \"nothing\": must be a valid seccomp profile\n\
                 metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: \"d\": container not found\n\
                 metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: \"x\": invalid AppArmor profile name: \"x\"\n\
                 spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match",
            ),
        ],
    );
}

#[test]
fn a_pod_says_where_it_can_run_and_how_it_is_called() {
    let spread = |mut constraint: Value| {
        constraint["maxSkew"] = 1.into();
        constraint["topologyKey"] = "zone".into();
        constraint["whenUnsatisfiable"] = "DoNotSchedule".into();
        spec(json!({"topologySpreadConstraints": [constraint]}))
    };
    let near = |mut term: Value| {
        term["topologyKey"] = "zone".into();
        spec(json!({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}))
    };
    let at = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]";
    created(
        pod(),
        &[
            (
                "keys without a selector",
                spread(json!({"matchLabelKeys": ["a"]})),
                "spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set",
            ),
            (
                "a key that is selected already",
                spread(json!({"matchLabelKeys": ["a"], "labelSelector": {"matchLabels": {"a": "b"}}})),
                "spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector",
            ),
            (
                "keys of a wish without a selector",
                near(json!({"mismatchLabelKeys": ["a"]})),
                &format!(
                    "{at}.mismatchLabelKeys: Forbidden: must not be specified when labelSelector is not set"
                ),
            ),
            (
                "a key that is to match and not to match",
                near(json!({"labelSelector": {}, "matchLabelKeys": ["a"], "mismatchLabelKeys": ["a"]})),
                &format!(
                    "{at}.matchLabelKeys[0]: Invalid value: \"a\": exists in both matchLabelKeys and mismatchLabelKeys"
                ),
            ),
            (
                "a node that cannot be",
                spec(
                    json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["N"]}]}]}}}}),
                ),
                &format!(
                    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: \"N\": {SUBDOMAIN}"
                ),
            ),
            (
                "too many servers for names",
                spec(
                    json!({"dnsConfig": {"nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"], "options": [{}]}}),
                ),
                "spec.dnsConfig.nameservers: Invalid value: []string{\"1.1.1.1\", \"1.1.1.2\", \"1.1.1.3\", \"1.1.1.4\"}: must not have more than 3 nameservers\n\
                 spec.dnsConfig.options[0]: Required value: must not be empty",
            ),
            (
                "names and an overhead",
                spec(json!({"hostname": "A", "overhead": {"cpu": "-1"}, "preemptionPolicy": "Always"})),
                &format!(
                    "spec.hostname: Invalid value: \"A\": {LABEL}\n\
                     spec.preemptionPolicy: Unsupported value: \"Always\": supported values: \"PreemptLowerPriority\", \"Never\"\n\
                     spec.overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0"
                ),
            ),
            (
                "a sidecar that never comes back, and one like the other",
                spec(json!({"initContainers": [
                    {"name": "s", "image": "i", "restartPolicy": "Never", "livenessProbe": {"tcpSocket": {"port": 1}}},
                    {"name": "c", "image": "i", "restartPolicy": "Always", "livenessProbe": {"tcpSocket": {"port": 0}}}]})),
                "spec.initContainers[0].restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"\n\
                 spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always\n\
                 spec.initContainers[1].name: Duplicate value: \"c\"\n\
                 spec.initContainers[1].livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive",
            ),
            (
                "a container for a look, from the beginning",
                spec(
                    json!({"ephemeralContainers": [{"name": "c", "image": " i", "targetContainerName": "z", "ports": [{"containerPort": 1}]}]}),
                ),
                "spec.ephemeralContainers[0].image: Invalid value: \" i\": must not have leading or trailing whitespace\n\
                 spec.ephemeralContainers[0].name: Duplicate value: \"c\"\n\
                 spec.ephemeralContainers[0].targetContainerName: Not found: \"z\"\n\
                 spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container\n\
                 spec.ephemeralContainers: Forbidden: cannot be set on create",
            ),
        ],
    );
}

#[test]
fn a_pod_behind_a_gate_narrows_its_nodes() {
    let nodes = |expressions: Value| json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": expressions}]}}});
    let disk = json!({"key": "disk", "operator": "In", "values": ["ssd"]});
    let zone = json!({"key": "zone", "operator": "Exists"});
    let gated = object(
        "v1",
        "Pod",
        json!({"spec": {"containers": [{"name": "c", "image": "nginx"}], "schedulingGates": [{"name": "a.b/c"}],
            "nodeSelector": {"os": "linux"}, "affinity": nodes(json!([disk]))}}),
    );
    let terms = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    updated(
        gated,
        &[
            (
                "more is asked of nodes",
                spec(
                    json!({"nodeSelector": {"disk": "ssd"}, "affinity": nodes(json!([disk, zone])), "schedulingGates": []}),
                ),
                "",
            ),
            (
                "something else is asked of nodes",
                spec(json!({"nodeSelector": {"os": "windows"}, "affinity": nodes(json!([zone]))})),
                &format!(
                    "spec.nodeSelector: Invalid value: map[string]string{{\"os\":\"windows\"}}: only additions to spec.nodeSelector are allowed (no mutations or deletions)\n\
                     {terms}[0]: Invalid value: core.NodeSelectorTerm{{MatchExpressions:[]core.NodeSelectorRequirement{{core.NodeSelectorRequirement{{Key:\"zone\", Operator:\"Exists\", Values:[]string(nil)}}}}, MatchFields:[]core.NodeSelectorRequirement(nil)}}: only additions are allowed (no mutations or deletions)"
                ),
            ),
            (
                "nothing is asked of nodes any more",
                spec(json!({"affinity": null})),
                &format!(
                    "{terms}: Invalid value: []core.NodeSelectorTerm(nil): no additions/deletions to non-empty NodeSelectorTerms list are allowed"
                ),
            ),
            (
                "another gate, and annotations of old",
                json!({"metadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/c": "unconfined"}},
                    "spec": {"schedulingGates": [{"name": "a.b/c"}, {"name": "d.e/f"}]}}),
                "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Forbidden: may not add AppArmor annotations\n\
                 spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'd.e/f'",
            ),
        ],
    );
}
