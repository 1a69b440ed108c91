//! Services, their endpoints, storage, settings and nodes: what is refused of them, when they are made and when they
//! change.

use orrery_api::{Kind, Object};
use orrery_apimachinery::patch;
use serde_json::{Value, json};

fn read(kind: Kind, tree: &Value) -> Object {
    let (mut object, problems) = Object::decode(kind, tree);
    assert_eq!(problems, [], "{tree}");
    object.apply_defaults();
    object
}

/// An object called `x` with these fields.
fn made(kind: Kind, fields: Value) -> Object {
    let mut tree = json!({"metadata": {"name": "x"}});
    if kind.namespaced() {
        tree["metadata"]["namespace"] = "default".into();
    }
    patch::json_merge(&mut tree, &fields);
    read(kind, &tree)
}

fn said(errors: &[orrery_api::FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Every row is what it is called, the fields of a new object, and what is wrong with them.
fn refused(kind: Kind, rows: &[(&str, Value, &str)]) {
    for (row, fields, text) in rows {
        assert_eq!(said(&made(kind, fields.clone()).validate()), *text, "{kind}: {row}");
    }
}

/// Every row is what it is called, a change of an object with such fields, and what is wrong with it.
fn refused_changes(kind: Kind, fields: &Value, rows: &[(&str, Value, &str)]) {
    let old = made(kind, fields.clone());
    assert_eq!(old.validate(), [], "{kind}");
    for (row, change, text) in rows {
        let mut tree = old.to_value();
        patch::json_merge(&mut tree, change);
        let said = said(&read(kind, &tree).validate_update(&old));
        // The difference of two structs, which follows some refusals, is tested where it is made.
        let lines = said.lines().filter(|line| !line.is_empty() && !line.contains('\u{a0}'));
        assert_eq!(lines.collect::<Vec<_>>().join("\n"), *text, "{kind}: {row}");
    }
}

#[test]
fn services_fit_together() {
    let service = |spec: Value| {
        let mut tree = json!({"spec": {"ports": [{"port": 80}]}});
        patch::json_merge(&mut tree, &json!({"spec": spec}));
        tree
    };
    refused(
        Kind::Service,
        &[
            (
                "a load balancer in front of kubelets",
                service(json!({"type": "LoadBalancer", "ports": [{"port": 10250}]})),
                "spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet",
            ),
            (
                "a range that is none, and a class of nobody",
                service(
                    json!({"loadBalancerSourceRanges": [" 10.0.0.0/8 ", "10.0.0.0/33"], "loadBalancerClass": "x"}),
                ),
                "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'\n\
                 spec.LoadBalancerSourceRanges[1]: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)\n\
                 spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
            ),
            (
                "a range of old that is none",
                json!({"metadata": {"annotations": {"service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8,x"}},
                    "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}),
                "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            ),
            (
                "another name with families",
                service(
                    json!({"type": "ExternalName", "externalName": "x.", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}),
                ),
                "spec.ipFamilies: Forbidden: may not be set for ExternalName services\n\
                 spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services",
            ),
            (
                "one family twice, and a policy that there is not",
                service(json!({"ipFamilies": ["IPv4", "IPv4"], "ipFamilyPolicy": "Both"})),
                "spec.ipFamilies[1]: Duplicate value: \"IPv4\"\n\
                 spec.ipFamilyPolicy: Unsupported value: \"Both\": supported values: \"PreferDualStack\", \"RequireDualStack\", \"SingleStack\"",
            ),
            (
                "a port to ask for pods that nobody asks on",
                service(json!({"healthCheckNodePort": 30000})),
                "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
            ),
            (
                "an address that is none, and one that means somebody else to everyone",
                service(json!({"externalIPs": ["1.2.3", "127.0.0.1"]})),
                "spec.externalIPs[0]: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\n\
                 spec.externalIPs[1]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
            ),
            (
                "a client that stays for more than a day",
                service(
                    json!({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}}}),
                ),
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400",
            ),
            (
                "two words for one thing that differ",
                json!({"metadata": {"annotations": {"service.kubernetes.io/topology-mode": "Auto", "service.kubernetes.io/topology-aware-hints": "auto"}},
                    "spec": {"ports": [{"port": 80}]}}),
                "metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: \"Auto\": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified",
            ),
        ],
    );
}

#[test]
fn endpoints_can_be_reached() {
    let subset =
        |address: Value, port: Value| json!({"subsets": [{"addresses": [address], "ports": [port]}]});
    refused(
        Kind::Endpoints,
        &[
            (
                "an address that is none, and names that are none",
                subset(json!({"ip": "1.2.3", "hostname": "a.b", "nodeName": "A"}), json!({"port": 80})),
                "subsets[0].addresses[0].ip: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\n\
                 subsets[0].addresses[0].hostname: Invalid value: \"a.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')\n\
                 subsets[0].addresses[0].nodeName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n\
                 subsets[0].addresses[0].ip: Invalid value: \"1.2.3\": must be a valid IP address",
            ),
            (
                "ports without an address",
                json!({"subsets": [{"ports": [{"port": 0}]}]}),
                "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`\n\
                 subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            ),
        ],
    );
    let slice =
        |kind: &str, address: &str| json!({"addressType": kind, "endpoints": [{"addresses": [address]}]});
    refused(
        Kind::EndpointSlice,
        &[
            ("no type", json!({}), "addressType: Required value"),
            ("a good slice", slice("IPv4", "10.0.0.1"), ""),
            (
                "an address of another family",
                slice("IPv6", "10.0.0.1"),
                "endpoints[0].addresses[0]: Invalid value: \"10.0.0.1\": must be a valid IPv6 address",
            ),
            (
                "an address that is none",
                slice("IPv4", "x"),
                "endpoints[0].addresses[0]: Invalid value: \"x\": must be a valid IPv4 address\n\
                 endpoints[0].addresses[0]: Invalid value: \"x\": must be a valid IP address",
            ),
            (
                "a name of one part",
                slice("FQDN", "x."),
                "endpoints[0].addresses[0]: Invalid value: \"x\": should be a domain with at least two segments separated by dots",
            ),
            (
                "too many addresses, too many zones, and one port twice",
                json!({"addressType": "X", "endpoints": [{"addresses": vec!["a"; 101], "hints": {"forZones": vec![json!({"name": "z"}); 9]}}],
                    "ports": [{"port": 1}, {"port": 2}]}),
                "addressType: Unsupported value: \"X\": supported values: \"FQDN\", \"IPv4\", \"IPv6\"\n\
                 endpoints[0].addresses: Too many: 101: must have at most 100 items\n\
                 endpoints[0].hints.forZones: Too many: 9: must have at most 8 items\n\
                 ports[1].name: Duplicate value: \"\"",
            ),
        ],
    );
    refused_changes(
        Kind::EndpointSlice,
        &slice("IPv4", "10.0.0.1"),
        &[(
            "another type",
            slice("IPv6", "fd00::1"),
            "addressType: Invalid value: \"IPv6\": field is immutable",
        )],
    );
}

#[test]
fn settings_have_keys_and_bounds() {
    let large = "x".repeat(1024 * 1024);
    refused(
        Kind::ConfigMap,
        &[
            ("a megabyte", json!({"data": {"a": large}}), ""),
            (
                "a byte more",
                json!({"data": {"a": large}, "binaryData": {"b": "eA=="}}),
                "[]: Too long: may not be more than 1048576 bytes",
            ),
            (
                "one key in both parts",
                json!({"data": {"a": "x"}, "binaryData": {"a": "eA=="}}),
                "data[a]: Invalid value: \"a\": duplicate of key present in binaryData",
            ),
        ],
    );
    refused(
        Kind::Secret,
        &[
            (
                "more than a megabyte",
                json!({"stringData": {"a": large, "b": "x"}}),
                "data: Too long: may not be more than 1048576 bytes",
            ),
            (
                "an empty key of ssh",
                json!({"type": "kubernetes.io/ssh-auth", "data": {"ssh-privatekey": ""}}),
                "data[ssh-privatekey]: Required value",
            ),
            (
                "half a certificate",
                json!({"type": "kubernetes.io/tls", "stringData": {"tls.crt": "x"}}),
                "data[tls.key]: Required value",
            ),
        ],
    );
    refused_changes(
        Kind::Secret,
        &json!({"immutable": true, "stringData": {"a": "b"}}),
        &[
            ("a label", json!({"metadata": {"labels": {"a": "b"}}}), ""),
            (
                "what is sealed, and the seal",
                json!({"immutable": false, "stringData": {"a": "c"}}),
                "immutable: Forbidden: field is immutable when `immutable` is set\n\
                 data: Forbidden: field is immutable when `immutable` is set",
            ),
        ],
    );
}

#[test]
fn storage_classes_stay_what_they_are() {
    let many: serde_json::Map<String, Value> = (0..513).map(|i| (i.to_string(), "".into())).collect();
    let term = |values: Value| json!({"matchLabelExpressions": [{"key": "zone", "values": values}]});
    refused(
        Kind::StorageClass,
        &[
            (
                "too many parameters",
                json!({"provisioner": "x", "parameters": many}),
                "parameters: Too long: may not be more than 512 bytes",
            ),
            (
                "a parameter without a name",
                json!({"provisioner": "x", "parameters": {"": "y"}}),
                "parameters: Invalid value: \"\": field can not be empty.",
            ),
            (
                "a label without values",
                json!({"provisioner": "x", "allowedTopologies": [term(json!([]))]}),
                "allowedTopologies[0].matchLabelExpressions[0].values: Required value",
            ),
            (
                "one value twice, one place twice, and no place",
                json!({"provisioner": "x", "allowedTopologies": [term(json!(["a", "a"])), term(json!(["a"])), {}]}),
                "allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: \"a\"\n\
                 allowedTopologies[1].matchLabelExpressions: Duplicate value: \"\"\n\
                 allowedTopologies[2].matchLabelExpressions: Duplicate value: \"\"",
            ),
        ],
    );
    refused_changes(
        Kind::StorageClass,
        &json!({"provisioner": "x", "parameters": {"a": "b"}}),
        &[
            ("whether claims can grow", json!({"allowVolumeExpansion": true, "mountOptions": ["ro"]}), ""),
            (
                "everything else",
                json!({"provisioner": "y", "parameters": null, "reclaimPolicy": "Retain", "volumeBindingMode": "WaitForFirstConsumer"}),
                "parameters: Forbidden: updates to parameters are forbidden.\n\
                 provisioner: Forbidden: updates to provisioner are forbidden.\n\
                 reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.\n\
                 volumeBindingMode: Invalid value: \"WaitForFirstConsumer\": field is immutable",
            ),
        ],
    );
}

#[test]
fn claims_and_volumes_stay_what_they_are() {
    let claim = |spec: Value| {
        let mut tree = json!({"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}});
        patch::json_merge(&mut tree, &json!({"spec": spec}));
        tree
    };
    refused(
        Kind::PersistentVolumeClaim,
        &[
            (
                "another claim to start from",
                claim(json!({"dataSource": {"kind": "PersistentVolumeClaim", "name": "y"}})),
                "",
            ),
            (
                "nothing to start from",
                claim(
                    json!({"dataSource": {"kind": "Pod", "name": ""}, "dataSourceRef": {"apiGroup": "A", "kind": "Pod", "name": ""}}),
                ),
                "spec.dataSource.name: Required value\n\
                 spec.dataSource: Invalid value: \"Pod\": must be 'PersistentVolumeClaim' when referencing the default apiGroup\n\
                 spec.dataSourceRef.name: Required value\n\
                 spec.dataSourceRef.apiGroup: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n\
                 spec: Invalid value: field.Path{name:\"dataSource\", index:\"\", parent:(*field.Path)(0xc000000000)}: must match dataSourceRef",
            ),
        ],
    );
    let fixed = "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
    let beta = "volume.beta.kubernetes.io/storage-class";
    let mut annotated = claim(json!({}));
    annotated["metadata"] = json!({"annotations": {beta: "fast"}});
    refused_changes(
        Kind::PersistentVolumeClaim,
        &annotated,
        &[
            ("the class moves to its field", json!({"spec": {"storageClassName": "fast"}}), ""),
            ("another class", json!({"spec": {"storageClassName": "slow"}}), fixed),
            (
                "another class in the annotation",
                json!({"metadata": {"annotations": {beta: "slow"}}}),
                "metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: \"slow\": field is immutable",
            ),
        ],
    );
    let mut bound = claim(json!({}));
    bound["status"] = json!({"phase": "Bound", "capacity": {"storage": "4Gi"}});
    refused_changes(
        Kind::PersistentVolumeClaim,
        &bound,
        &[
            ("more", claim(json!({"resources": {"requests": {"storage": "6Gi"}}})), ""),
            (
                "less than there is",
                claim(json!({"resources": {"requests": {"storage": "3Gi"}}})),
                "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity",
            ),
        ],
    );
    let terms = json!([{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]);
    let spec = json!({"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "csi": {"driver": "d", "volumeHandle": "h"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": terms}}});
    refused_changes(
        Kind::PersistentVolume,
        &json!({"spec": spec}),
        &[
            (
                "how it grows, and who has it",
                json!({"spec": {"csi": {"controllerExpandSecretRef": {"name": "s", "namespace": "n"}}, "persistentVolumeReclaimPolicy": "Delete"}}),
                "",
            ),
            (
                "where it is, and what it is",
                json!({"spec": {"csi": {"volumeHandle": "i"}, "nodeAffinity": null, "volumeMode": "Block"}}),
                "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n\
                 volumeMode: Invalid value: \"Block\": field is immutable\n\
                 nodeAffinity: Invalid value: \"null\": field is immutable, except for updating from beta label to GA",
            ),
        ],
    );
}

#[test]
fn nodes_are_marked_and_numbered_once() {
    let taint = json!({"key": "a", "value": "b", "effect": "NoSchedule"});
    refused(
        Kind::Node,
        &[
            (
                "one taint twice",
                json!({"spec": {"taints": [taint, taint]}}),
                "metadata.taints[1]: Duplicate value: core.Taint{Key:\"a\", Value:\"b\", Effect:\"NoSchedule\", TimeAdded:<nil>}: taints must be unique by key and effect pair",
            ),
            (
                "two ranges of one family",
                json!({"spec": {"podCIDRs": ["10.0.0.0/24", "10.0.0.0/24"]}}),
                "spec.podCIDRs: Invalid value: []string{\"10.0.0.0/24\", \"10.0.0.0/24\"}: may specify no more than one CIDR for each IP family\n\
                 spec.podCIDRs[1]: Duplicate value: \"10.0.0.0/24\"",
            ),
            ("a range of each family", json!({"spec": {"podCIDRs": ["10.0.0.0/24", "fd00::/64"]}}), ""),
        ],
    );
    let address = json!({"type": "InternalIP", "address": "10.0.0.1"});
    refused_changes(
        Kind::Node,
        &json!({"spec": {"podCIDRs": ["10.0.0.0/24"], "providerID": "p"}}),
        &[
            ("whether pods come", json!({"spec": {"unschedulable": true, "taints": [taint]}}), ""),
            (
                "its range and its machine",
                json!({"spec": {"podCIDRs": ["10.0.1.0/24"], "providerID": "q", "externalID": "e"}}),
                "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid\n\
                 spec.providerID: Forbidden: node updates may not change providerID except from \"\" to valid\n\
                 spec.externalID: Forbidden: may not be updated",
            ),
            (
                "one address twice",
                json!({"status": {"addresses": [address, address]}}),
                "status.addresses[1]: Duplicate value: core.NodeAddress{Type:\"InternalIP\", Address:\"10.0.0.1\"}",
            ),
        ],
    );
}

#[test]
fn leases_last_and_objects_have_one_controller() {
    refused(
        Kind::Lease,
        &[(
            "a lease that never began",
            json!({"spec": {"leaseDurationSeconds": 0, "leaseTransitions": -1}}),
            "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0\n\
             spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0",
        )],
    );
    let owner = |kind: &str, controller: bool| json!({"apiVersion": "v1", "kind": kind, "name": "o", "uid": "u", "controller": controller});
    let owned = |owners: Value| json!({"metadata": {"ownerReferences": owners}});
    refused(
        Kind::ServiceAccount,
        &[
            ("an owner and a controller", owned(json!([owner("A", false), owner("B", true)])), ""),
            (
                "an owner that is nobody",
                owned(json!([{"apiVersion": "", "kind": "", "name": "", "uid": ""}])),
                "metadata.ownerReferences.apiVersion: Invalid value: \"\": version must not be empty\n\
                 metadata.ownerReferences.kind: Invalid value: \"\": kind must not be empty\n\
                 metadata.ownerReferences.name: Invalid value: \"\": name must not be empty\n\
                 metadata.ownerReferences.uid: Invalid value: \"\": uid must not be empty",
            ),
            (
                "two controllers",
                owned(json!([owner("A", true), owner("B", true)])),
                "metadata.ownerReferences: Invalid value: []v1.OwnerReference{\
                 v1.OwnerReference{APIVersion:\"v1\", Kind:\"A\", Name:\"o\", UID:\"u\", Controller:(*bool)(0xc000000000), BlockOwnerDeletion:(*bool)(nil)}, \
                 v1.OwnerReference{APIVersion:\"v1\", Kind:\"B\", Name:\"o\", UID:\"u\", Controller:(*bool)(0xc000000000), BlockOwnerDeletion:(*bool)(nil)}}: \
                 Only one reference can have Controller set to true. Found \"true\" in references for A/o and B/o",
            ),
            (
                "a finalizer of nobody, and two that exclude each other",
                json!({"metadata": {"finalizers": ["mine", "orphan", "foregroundDeletion"]}}),
                "metadata.finalizers: Invalid value: []string{\"mine\", \"orphan\", \"foregroundDeletion\"}: finalizer orphan and foregroundDeletion cannot be both set\n\
                 metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified",
            ),
        ],
    );
    refused(
        Kind::Namespace,
        &[(
            "a finalizer of nobody",
            json!({"spec": {"finalizers": ["kubernetes", "mine"]}}),
            "spec.finalizers: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified",
        )],
    );
}
