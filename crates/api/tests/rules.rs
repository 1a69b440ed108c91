//! What the API server refuses of the kinds that few recordings have, in upstream's words: a good object, and
//! what is said when a part of it is replaced.

mod manifests;

use manifests::{created, object, updated};
use orrery_apimachinery::patch::json_merge;
use serde_json::{Value, json};

fn ingress() -> Value {
    object(
        "networking.k8s.io/v1",
        "Ingress",
        json!({"spec": {"rules": [{"http": {"paths": [
        {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}),
    )
}

/// An ingress with one path.
fn path(path: Value) -> Value {
    json!({"spec": {"rules": [{"http": {"paths": [path]}}]}})
}

fn backend(backend: Value) -> Value {
    path(json!({"path": "/", "pathType": "Prefix", "backend": backend}))
}

#[test]
fn ingresses_send_requests_for_hosts_and_paths_to_one_backend() {
    let web = json!({"service": {"name": "web", "port": {"number": 80}}});
    created(
        ingress(),
        &[
            (
                "nothing to send and nowhere",
                json!({"spec": {"rules": null}}),
                "spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified",
            ),
            ("a default backend alone", json!({"spec": {"rules": null, "defaultBackend": web}}), ""),
            (
                "a wildcard",
                json!({"spec": {"rules": [{"host": "*.example.com"}], "tls": [{"hosts": ["*.a.b"]}]}}),
                "",
            ),
            (
                "an address, and a star in the middle",
                json!({"spec": {"rules": [{"host": "10.0.0.1"}, {"host": "a.*.com"}], "tls": [{"hosts": ["A"], "secretName": "S"}]}}),
                "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address\n\
                 spec.rules[1].host: Invalid value: \"a.*.com\": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n\
                 spec.tls[0].hosts[0]: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n\
                 spec.tls[0].secretName: Invalid value: \"S\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            ),
            (
                "no path",
                json!({"spec": {"rules": [{"http": {}}]}}),
                "spec.rules[0].http.paths: Required value",
            ),
            (
                "a path that is none",
                path(json!({"path": "a//b/..", "pathType": "Exact", "backend": web})),
                "spec.rules[0].http.paths[0].path: Invalid value: \"a//b/..\": must be an absolute path\n\
                 spec.rules[0].http.paths[0].path: Invalid value: \"a//b/..\": must not contain '//'\n\
                 spec.rules[0].http.paths[0].path: Invalid value: \"a//b/..\": cannot end with '/..'",
            ),
            (
                "a path that only the controller understands",
                path(json!({"pathType": "ImplementationSpecific", "backend": web})),
                "",
            ),
            (
                "an unknown way to compare",
                path(json!({"path": "/", "pathType": "Regex", "backend": web})),
                "spec.rules[0].http.paths[0].pathType: Unsupported value: \"Regex\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"",
            ),
            (
                "no backend",
                backend(json!({})),
                "spec.rules[0].http.paths[0].backend: Invalid value: \"\": resource or service backend is required",
            ),
            (
                "two backends",
                backend(json!({"service": {"name": "web"}, "resource": {"kind": "B", "name": "b"}})),
                "spec.rules[0].http.paths[0].backend: Invalid value: \"\": cannot set both resource and service backends",
            ),
            (
                "a resource without a name",
                backend(json!({"resource": {"kind": "a/b", "name": ""}})),
                "spec.rules[0].http.paths[0].backend.resource.kind: Invalid value: \"a/b\": may not contain '/'\n\
                 spec.rules[0].http.paths[0].backend.resource.name: Required value: name is required",
            ),
            (
                "a service without a port",
                backend(json!({"service": {"name": ""}})),
                "spec.rules[0].http.paths[0].backend.service.name: Required value\n\
                 spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
            ),
            (
                "a port by name and number",
                backend(json!({"service": {"name": "web", "port": {"name": "http", "number": 80}}})),
                "spec.rules[0].http.paths[0].backend: Invalid value: \"\": cannot set both port name & port number",
            ),
            (
                "a port that there cannot be",
                backend(json!({"service": {"name": "web", "port": {"number": 70000}}})),
                "spec.rules[0].http.paths[0].backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive",
            ),
            (
                "two classes",
                json!({"metadata": {"annotations": {"kubernetes.io/ingress.class": "a"}}, "spec": {"ingressClassName": "b"}}),
                "annotations.kubernetes.io/ingress.class: Invalid value: \"a\": must match `ingressClassName` when both are specified",
            ),
        ],
    );
    updated(
        ingress(),
        &[
            (
                "two classes, later",
                json!({"metadata": {"annotations": {"kubernetes.io/ingress.class": "a"}}, "spec": {"ingressClassName": "b"}}),
                "",
            ),
            (
                "an entrance that is no address",
                json!({"status": {"loadBalancer": {"ingress": [{"ip": "x"}, {"hostname": "1.2.3.4"}]}}}),
                "status.loadBalancer.ingress[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\n\
                 status.loadBalancer.ingress[1].hostname: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address",
            ),
        ],
    );
}

#[test]
fn an_ingress_class_names_its_controller_for_good() {
    let good = object("networking.k8s.io/v1", "IngressClass", json!({"spec": {"controller": "acme.io/foo"}}));
    let parameters = |mut more: Value| {
        json_merge(&mut more, &json!({"kind": "K", "name": "n"}));
        json!({"spec": {"parameters": more}})
    };
    created(
        good.clone(),
        &[
            ("no controller", json!({"spec": {"controller": null}}), "spec.controller: Required value"),
            (
                "no domain",
                json!({"spec": {"controller": "foo"}}),
                "spec.controller: Invalid value: \"foo\": must be a domain-prefixed path (such as \"acme.io/foo\")",
            ),
            (
                "a path with a blank",
                json!({"spec": {"controller": "acme.io/f o"}}),
                "spec.controller: Invalid value: \"f o\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
            ),
            ("parameters of the cluster", parameters(json!({})), ""),
            (
                "parameters of the cluster in a namespace",
                parameters(json!({"namespace": "a"})),
                "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
            ),
            (
                "parameters of no namespace",
                parameters(json!({"scope": "Namespace"})),
                "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
            ),
            (
                "parameters of elsewhere",
                parameters(json!({"scope": "Planet"})),
                "spec.parameters.scope: Unsupported value: \"Planet\": supported values: \"Cluster\", \"Namespace\"",
            ),
        ],
    );
    updated(
        good,
        &[(
            "another controller",
            json!({"spec": {"controller": "acme.io/bar"}}),
            "spec.controller: Invalid value: \"acme.io/bar\": field is immutable",
        )],
    );
}

#[test]
fn a_network_policy_names_peers_and_ports() {
    let good = object("networking.k8s.io/v1", "NetworkPolicy", json!({"spec": {"podSelector": {}}}));
    let from = |peer: Value| json!({"spec": {"ingress": [{"from": [peer]}]}});
    let to = |port: Value| json!({"spec": {"egress": [{"ports": [port]}]}});
    created(
        good,
        &[
            ("nobody", from(json!({})), "spec.ingress[0].from[0]: Required value: must specify a peer"),
            (
                "pods and addresses at once",
                from(json!({"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}})),
                "spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer",
            ),
            ("pods of namespaces", from(json!({"podSelector": {}, "namespaceSelector": {}})), ""),
            (
                "no range",
                from(json!({"ipBlock": {"cidr": ""}})),
                "spec.ingress[0].from[0].ipBlock.cidr: Required value",
            ),
            (
                "holes elsewhere, and as large as the range",
                from(
                    json!({"ipBlock": {"cidr": "10.1.2.3/16", "except": ["10.1.128.0/17", "10.2.0.0/24", "10.1.0.0/16", "x"]}}),
                ),
                "spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: \"10.2.0.0/24\": must be a strict subset of `cidr`\n\
                 spec.ingress[0].from[0].ipBlock.except[2]: Invalid value: \"10.1.0.0/16\": must be a strict subset of `cidr`\n\
                 spec.ingress[0].from[0].ipBlock.except[3]: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            ),
            ("a range of ports", to(json!({"port": 80, "endPort": 90})), ""),
            (
                "a range that runs backwards",
                to(json!({"port": 80, "endPort": 70, "protocol": "HTTP"})),
                "spec.egress[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"TCP\", \"UDP\", \"SCTP\"\n\
                 spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`",
            ),
            (
                "a range from a name",
                to(json!({"port": "http", "endPort": 70})),
                "spec.egress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is non-numeric",
            ),
            (
                "a range from nowhere",
                to(json!({"endPort": 70})),
                "spec.egress[0].ports[0].endPort: Invalid value: 70: may not be specified when `port` is not specified",
            ),
            (
                "too many types",
                json!({"spec": {"policyTypes": ["Ingress", "Egress", "Ingress"]}}),
                "spec.policyTypes: Invalid value: []networking.PolicyType{\"Ingress\", \"Egress\", \"Ingress\"}: may not specify more than two policyTypes",
            ),
            (
                "an unknown type",
                json!({"spec": {"policyTypes": ["Both"]}}),
                "spec.policyTypes[0]: Unsupported value: \"Both\": supported values: \"Ingress\", \"Egress\"",
            ),
        ],
    );
}

#[test]
fn roles_and_bindings_say_who_may_do_what() {
    const RBAC: &str = "rbac.authorization.k8s.io/v1";
    let rules = |rule: Value| json!({"rules": [rule]});
    let urls = json!({"verbs": ["get"], "nonResourceURLs": ["/healthz"]});
    created(
        object(RBAC, "Role", rules(json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}))),
        &[
            ("a name with a colon", json!({"metadata": {"name": "system:reader"}}), ""),
            (
                "a name that is a path",
                json!({"metadata": {"name": "a/b%"}}),
                "metadata.name: Invalid value: \"a/b%\": may not contain '/'\n\
                 metadata.name: Invalid value: \"a/b%\": may not contain '%'",
            ),
            (
                "nothing on nothing",
                rules(json!({})),
                "rules[0].verbs: Required value: verbs must contain at least one value\n\
                 rules[0].apiGroups: Required value: resource rules must supply at least one api group\n\
                 rules[0].resources: Required value: resource rules must supply at least one resource",
            ),
            (
                "addresses in a namespace",
                rules(urls.clone()),
                "rules[0].nonResourceURLs: Invalid value: []string{\"/healthz\"}: namespaced rules cannot apply to non-resource URLs",
            ),
        ],
    );
    created(
        object(RBAC, "ClusterRole", rules(urls)),
        &[
            (
                "addresses and resources",
                rules(json!({"verbs": ["get"], "resources": ["pods"], "nonResourceURLs": ["/a", "/b"]})),
                "rules[0].nonResourceURLs: Invalid value: []string{\"/a\", \"/b\"}: rules cannot apply to both regular resources and non-resource URLs",
            ),
            (
                "taken from no role",
                json!({"aggregationRule": {}}),
                "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil",
            ),
        ],
    );
    let bound = json!({"roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "User", "name": "eve"}]});
    let subject = |subject: Value| json!({"subjects": [subject]});
    created(
        object(RBAC, "RoleBinding", bound.clone()),
        &[
            (
                "a role of another kind",
                json!({"roleRef": {"apiGroup": "x", "kind": "King", "name": ""}}),
                "roleRef.apiGroup: Unsupported value: \"x\": supported values: \"rbac.authorization.k8s.io\"\n\
                 roleRef.kind: Unsupported value: \"King\": supported values: \"Role\", \"ClusterRole\"\n\
                 roleRef.name: Required value",
            ),
            (
                "a subject of another kind",
                subject(json!({"kind": "Robot", "name": "r"})),
                "subjects[0].kind: Unsupported value: \"Robot\": supported values: \"ServiceAccount\", \"User\", \"Group\"",
            ),
            (
                "an account of a group",
                subject(json!({"kind": "ServiceAccount", "name": "sa", "apiGroup": "x"})),
                "subjects[0].apiGroup: Unsupported value: \"x\": supported values: \"\"",
            ),
        ],
    );
    updated(
        object(RBAC, "RoleBinding", bound.clone()),
        &[(
            "another role",
            json!({"roleRef": {"name": "edit"}}),
            "roleRef: Invalid value: rbac.RoleRef{APIGroup:\"rbac.authorization.k8s.io\", Kind:\"ClusterRole\", Name:\"edit\"}: cannot change roleRef",
        )],
    );
    created(
        object(RBAC, "ClusterRoleBinding", bound),
        &[
            (
                "a role of a namespace",
                json!({"roleRef": {"kind": "Role"}}),
                "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"",
            ),
            (
                "an account of no namespace",
                subject(json!({"kind": "ServiceAccount", "name": "sa"})),
                "subjects[0].namespace: Required value",
            ),
        ],
    );
}

#[test]
fn priority_classes_of_the_system_are_the_systems() {
    let good = object("scheduling.k8s.io/v1", "PriorityClass", json!({"value": 1_000_000_000}));
    let named = |name: &str, value: i32, default: bool| json!({"metadata": {"name": name}, "value": value, "globalDefault": default});
    created(
        good.clone(),
        &[
            ("the system's own", named("system-node-critical", 2_000_001_000, false), ""),
            (
                "too high",
                json!({"value": 1_000_000_001}),
                "value: Forbidden: maximum allowed value of a user defined priority is 1000000000",
            ),
            (
                "a name of the system",
                named("system-mine", 1, false),
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
            ),
            (
                "another value for the system's",
                named("system-node-critical", 7, false),
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000",
            ),
            (
                "the system's for everyone",
                named("system-cluster-critical", 2_000_000_000, true),
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: globalDefault of system-cluster-critical PriorityClass must be false",
            ),
            (
                "an unknown policy",
                json!({"preemptionPolicy": "Always"}),
                "preemptionPolicy: Unsupported value: \"Always\": supported values: \"PreemptLowerPriority\", \"Never\"",
            ),
        ],
    );
    updated(
        good,
        &[
            ("for everyone from now on", json!({"globalDefault": true, "description": "d"}), ""),
            (
                "another value",
                json!({"value": 1, "preemptionPolicy": "Never"}),
                "value: Forbidden: may not be changed in an update.\n\
                 preemptionPolicy: Invalid value: \"Never\": field is immutable",
            ),
        ],
    );
}

#[test]
fn runtime_classes_and_what_csi_drivers_say_of_themselves() {
    let label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    let runtime = object("node.k8s.io/v1", "RuntimeClass", json!({"handler": "runc"}));
    let twice = json!([{"key": "a", "operator": "Exists"}, {"key": "a", "operator": "Exists"}]);
    created(
        runtime.clone(),
        &[
            ("no handler", json!({"handler": ""}), &format!("handler: Invalid value: \"\": {label}")),
            (
                "an overhead below zero",
                json!({"overhead": {"podFixed": {"cpu": "-1"}}}),
                "overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0",
            ),
            (
                "one toleration twice",
                json!({"scheduling": {"tolerations": twice}}),
                "scheduling.tolerations[1]: Duplicate value: core.Toleration{Key:\"a\", Operator:\"Exists\", Value:\"\", Effect:\"\", TolerationSeconds:(*int64)(nil)}",
            ),
        ],
    );
    updated(
        runtime,
        &[(
            "another handler",
            json!({"handler": "kata"}),
            "handler: Invalid value: \"kata\": field is immutable",
        )],
    );
    let driver = object("storage.k8s.io/v1", "CSIDriver", json!({}));
    created(
        driver.clone(),
        &[
            (
                "unknown words",
                json!({"spec": {"fsGroupPolicy": "Some", "volumeLifecycleModes": ["Forever"]}}),
                "spec.fsGroupPolicy: Unsupported value: \"Some\": supported values: \"File\", \"None\", \"ReadWriteOnceWithFSType\"\n\
                 spec.volumeLifecycleModes: Unsupported value: \"Forever\": supported values: \"Persistent\", \"Ephemeral\"",
            ),
            (
                "a token for a minute, and one twice",
                json!({"spec": {"tokenRequests": [{"audience": "a", "expirationSeconds": 60}, {"audience": "a"}]}}),
                "spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes\n\
                 spec.tokenRequests[1].audience: Duplicate value: \"a\"",
            ),
        ],
    );
    updated(
        driver,
        &[(
            "what cannot change",
            json!({"spec": {"attachRequired": false, "volumeLifecycleModes": ["Ephemeral"], "podInfoOnMount": true}}),
            "spec.attachedRequired: Invalid value: false: field is immutable\n\
             spec.volumeLifecycleModes: Invalid value: []storage.VolumeLifecycleMode{\"Ephemeral\"}: field is immutable",
        )],
    );
    let disk = json!({"name": "csi.example.com", "nodeID": "n1", "topologyKeys": ["zone"]});
    let mut other = disk.clone();
    other["nodeID"] = "n2".into();
    let node = object("storage.k8s.io/v1", "CSINode", json!({"spec": {"drivers": [disk.clone()]}}));
    created(
        node.clone(),
        &[
            (
                "one driver twice",
                json!({"spec": {"drivers": [disk.clone(), disk]}}),
                "spec.drivers[1].name: Duplicate value: \"csi.example.com\"",
            ),
            (
                "a driver that does not know the node",
                json!({"spec": {"drivers": [{"name": "a", "nodeID": "", "topologyKeys": ["b", "b"], "allocatable": {"count": -1}}]}}),
                "spec.drivers[0].nodeID: Required value\n\
                 spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0\n\
                 spec.drivers[0]: Duplicate value: \"b\"",
            ),
        ],
    );
    updated(
        node,
        &[(
            "a driver that calls the node otherwise",
            json!({"spec": {"drivers": [other]}}),
            "CSINodeDriver: Invalid value: storage.CSINodeDriver{Name:\"csi.example.com\", NodeID:\"n2\", TopologyKeys:[]string{\"zone\"}, Allocatable:(*storage.VolumeNodeResources)(nil)}: field is immutable",
        )],
    );
}

#[test]
fn an_attachment_is_of_one_volume_to_one_node() {
    let good = object(
        "storage.k8s.io/v1",
        "VolumeAttachment",
        json!({"spec": {"attacher": "csi.example.com", "nodeName": "n1", "source": {"persistentVolumeName": "pv"}}}),
    );
    let inline =
        json!({"accessModes": ["ReadWriteOnce"], "csi": {"driver": "csi.example.com", "volumeHandle": "1"}});
    created(
        good.clone(),
        &[
            (
                "no volume",
                json!({"spec": {"source": {"persistentVolumeName": null}}}),
                "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName",
            ),
            (
                "two volumes",
                json!({"spec": {"source": {"inlineVolumeSpec": inline}}}),
                "spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName",
            ),
            (
                "a volume that is no object",
                json!({"spec": {"source": {"persistentVolumeName": null, "inlineVolumeSpec": inline}}}),
                "",
            ),
            (
                "a volume that is no object, but would be one",
                json!({"spec": {"source": {"persistentVolumeName": null, "inlineVolumeSpec":
                    {"accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}, "capacity": {"storage": "1Gi"},
                     "storageClassName": "fast", "volumeMode": "Block", "persistentVolumeReclaimPolicy": "Delete"}}}}),
                "spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes\n\
                 spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes\n\
                 spec.source.inlineVolumeSpec.persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes\n\
                 spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes\n\
                 spec.source.inlineVolumeSpec.volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of inline volumes",
            ),
        ],
    );
    updated(
        good,
        &[(
            "another node",
            json!({"spec": {"nodeName": "n2"}}),
            "spec: Invalid value: storage.VolumeAttachmentSpec{Attacher:\"csi.example.com\", Source:storage.VolumeAttachmentSource{PersistentVolumeName:(*string)(0xc000000000), InlineVolumeSpec:(*core.PersistentVolumeSpec)(nil)}, NodeName:\"n2\"}: field is immutable",
        )],
    );
}
