//! ResourceQuotas and LimitRanges: what is filled in, refused, printed, and what objects use.

use expect_test::{Expect, expect};
use orrery_api::printers::{Options, table};
use orrery_api::{Kind, Object, ResourceQuotaSpec, quota};
use orrery_apimachinery::{Time, decode};
use serde_json::{Value, json};

/// An object as the server has read it.
fn read(kind: Kind, tree: &Value) -> Object {
    let (mut object, problems) = Object::decode(kind, tree);
    assert_eq!(problems, [], "{tree}");
    object.apply_defaults();
    object
}

fn check(kind: Kind, spec: Value, expected: Expect) {
    let tree = json!({"metadata": {"name": "q", "namespace": "default"}, "spec": spec});
    let said: Vec<_> = read(kind, &tree).validate().iter().map(ToString::to_string).collect();
    expected.assert_eq(&said.join("\n"));
}

#[test]
fn a_limit_range_that_contradicts_itself_is_refused() {
    let limits = |item: Value| json!({"limits": [item]});
    check(
        Kind::LimitRange,
        limits(json!({"type": "Container", "min": {"memory": "1Gi"}, "max": {"memory": "500Mi"}})),
        expect![[r#"
            spec.limits[0].min[memory]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1073741824, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1Gi", Format:"BinarySI"}: min value 1Gi is greater than max value 500Mi
            spec.limits[0].defaultRequest[memory]: Invalid value: resource.Quantity{i:resource.int64Amount{value:524288000, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"500Mi", Format:"BinarySI"}: min value 1Gi is greater than default request value 500Mi
            spec.limits[0].default[memory]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1073741824, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1Gi", Format:"BinarySI"}: min value 1Gi is greater than default value 500Mi"#]],
    );
    check(
        Kind::LimitRange,
        limits(json!({"type": "Pod", "default": {"cpu": "1"}, "max": {"pods": "3"},
            "min": {"cpu": "1"}, "maxLimitRequestRatio": {"cpu": "500m"}})),
        expect![[r#"
            spec.limits[0].max[pods]: Invalid value: pods: must be a standard resource for containers
            spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'
            spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"500m", Format:"DecimalSI"}: ratio 500m is less than 1"#]],
    );
    check(
        Kind::LimitRange,
        json!({"limits": [{"type": "PersistentVolumeClaim"}, {"type": "Claim"}, {"type": "Claim"}]}),
        expect![[r#"
            spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided
            spec.limits[1].type: Invalid value: "Claim": must be a standard limit type or fully qualified
            spec.limits[2].type: Invalid value: "Claim": must be a standard limit type or fully qualified
            spec.limits[2].type: Duplicate value: "Claim""#]],
    );
    check(
        Kind::LimitRange,
        limits(
            json!({"type": "Pod", "min": {"cpu": "1"}, "max": {"cpu": "3"}, "maxLimitRequestRatio": {"cpu": "4"}}),
        ),
        expect![[
            r#"spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:4, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"4", Format:"DecimalSI"}: ratio 4 is greater than max/min = 3.000000"#
        ]],
    );
}

#[test]
fn a_quota_bounds_only_what_there_is() {
    check(
        Kind::ResourceQuota,
        json!({"hard": {"pods": "1500m", "storage": "1Gi", "cpus": "-1", "count/jobs.batch": "3"}}),
        expect![[r#"
            spec.hard[cpus]: Invalid value: cpus: must be a standard resource type or fully qualified
            spec.hard[cpus]: Invalid value: cpus: must be a standard resource for quota
            spec.hard[cpus]: Invalid value: "-1": must be greater than or equal to 0
            spec.hard[pods]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer
            spec.hard[storage]: Invalid value: storage: must be a standard resource for quota"#]],
    );
    check(
        Kind::ResourceQuota,
        json!({"hard": {"cpu": "1"}, "scopes": ["BestEffort", "NotBestEffort", "Huge"]}),
        expect![[r#"
            spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort", "Huge"}: unsupported scope applied to resource
            spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort", "Huge"}: unsupported scope
            spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort", "Huge"}: conflicting scopes"#]],
    );
    let selector = |requirement: Value| json!({"scopeSelector": {"matchExpressions": [requirement]}});
    check(
        Kind::ResourceQuota,
        selector(json!({"scopeName": "Terminating", "operator": "In"})),
        expect![[r#"
            spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity
            spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"#]],
    );
    check(
        Kind::ResourceQuota,
        selector(json!({"scopeName": "PriorityClass", "operator": "Exists", "values": ["gold"]})),
        expect![[
            r#"spec.scopeSelector.matchExpressions.values: Invalid value: []string{"gold"}: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"#
        ]],
    );
}

#[test]
fn a_quota_keeps_its_scopes() {
    let quota = |scopes: Value| {
        read(Kind::ResourceQuota, &json!({"metadata": {"name": "q"}, "spec": {"scopes": scopes}}))
    };
    let (old, new) = (quota(json!(["Terminating"])), quota(json!(["NotTerminating"])));
    let said: Vec<_> = new.validate_update(&old).iter().map(ToString::to_string).collect();
    expect![[
        r#"spec.scopes: Invalid value: []core.ResourceQuotaScope{"NotTerminating"}: field is immutable"#
    ]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn what_a_limit_range_leaves_out_follows_from_the_rest() {
    for (row, given, default, request) in [
        ("the limit is the most", json!({"max": {"cpu": "2"}}), "2", "2"),
        ("the request is the limit", json!({"max": {"cpu": "2"}, "default": {"cpu": "1"}}), "1", "1"),
        (
            "a request that is given stays",
            json!({"default": {"cpu": "1"}, "defaultRequest": {"cpu": "1m"}}),
            "1",
            "1m",
        ),
    ] {
        let mut item = given;
        item["type"] = "Container".into();
        let filled = read(Kind::LimitRange, &json!({"spec": {"limits": [item]}})).to_value();
        let item = &filled["spec"]["limits"][0];
        assert_eq!(
            (&item["default"]["cpu"], &item["defaultRequest"]["cpu"]),
            (&json!(default), &json!(request)),
            "{row}"
        );
    }
    let of_pods =
        read(Kind::LimitRange, &json!({"spec": {"limits": [{"type": "Pod", "max": {"cpu": "2"}}]}}));
    assert_eq!(of_pods.to_value()["spec"]["limits"][0].get("default"), None, "pods get no defaults");
}

#[test]
fn quotas_are_printed_with_what_is_used_of_them() {
    let created = "2026-11-21T11:13:45Z";
    let options = Options { now: Time::parse("2026-11-21T11:13:49Z").expect("a date"), ..Default::default() };
    let quota = read(
        Kind::ResourceQuota,
        &json!({"metadata": {"name": "q", "creationTimestamp": created}, "status": {
            "hard": {"limits.cpu": "2", "pods": "5", "requests.cpu": "1"},
            "used": {"limits.cpu": "700m", "pods": "3"}}}),
    );
    expect![[r#"
        NAME   AGE   REQUEST                        LIMIT
        q      4s    pods: 3/5, requests.cpu: 0/1   limits.cpu: 700m/2
    "#]]
    .assert_eq(&table(Kind::ResourceQuota, &[&quota], &options));
    let range = read(Kind::LimitRange, &json!({"metadata": {"name": "lr", "creationTimestamp": created}}));
    expect![[r#"
        NAME   CREATED AT
        lr     2026-11-21T11:13:45Z
    "#]]
    .assert_eq(&table(Kind::LimitRange, &[&range], &options));
}

/// A second of the day on which these objects live.
fn second(n: i64) -> Time {
    Time(Time::parse("2026-11-21T11:00:00Z").expect("a date").0 + n)
}

#[test]
fn objects_use_what_they_ask_for() {
    let resources = json!({"requests": {"cpu": "100m", "nvidia.com/gpu": "1"},
        "limits": {"cpu": "200m", "memory": "64Mi", "nvidia.com/gpu": "1"}});
    let pod = |metadata: Value, phase: &str| {
        json!({"metadata": metadata, "status": {"phase": phase},
            "spec": {"containers": [{"name": "c", "image": "i", "resources": resources}]}})
    };
    let going = json!({"deletionTimestamp": "2026-11-21T11:00:10Z", "deletionGracePeriodSeconds": 10});
    let service = |r#type: &str, allocate: bool| {
        json!({"spec": {"type": r#type, "allocateLoadBalancerNodePorts": allocate,
            "ports": [{"port": 80}, {"port": 81, "nodePort": 30081}]}})
    };
    let claim =
        json!({"spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "1500m"}}}});
    let everything = "count/pods=1 limits.cpu=200m limits.memory=64Mi memory=64Mi pods=1 cpu=100m requests.cpu=100m requests.memory=64Mi requests.nvidia.com/gpu=1";
    for (row, kind, tree, at, expected) in [
        ("a pod that runs", Kind::Pod, pod(json!({}), "Running"), 0, everything),
        ("a pod that has ended is only there", Kind::Pod, pod(json!({}), "Succeeded"), 0, "count/pods=1"),
        ("a pod that is going still counts", Kind::Pod, pod(going.clone(), "Running"), 20, everything),
        ("one that is overdue does not", Kind::Pod, pod(going, "Running"), 21, "count/pods=1"),
        (
            "a claim counts for its class too",
            Kind::PersistentVolumeClaim,
            claim,
            0,
            "count/persistentvolumeclaims=1 fast.storageclass.storage.k8s.io/persistentvolumeclaims=1 fast.storageclass.storage.k8s.io/requests.storage=2 persistentvolumeclaims=1 requests.storage=2",
        ),
        (
            "every port of a NodePort service takes one of the nodes'",
            Kind::Service,
            service("NodePort", true),
            0,
            "count/services=1 services=1 services.loadbalancers=0 services.nodeports=2",
        ),
        (
            "a balancer that allocates no ports takes those that are named",
            Kind::Service,
            service("LoadBalancer", false),
            0,
            "count/services=1 services=1 services.loadbalancers=1 services.nodeports=1",
        ),
        ("some kinds have two names", Kind::Secret, json!({}), 0, "count/secrets=1 secrets=1"),
        ("most have one", Kind::Deployment, json!({}), 0, "count/deployments.apps=1"),
    ] {
        let used = quota::usage(&read(kind, &tree), second(at));
        let mut told: Vec<_> = used.iter().map(|(name, amount)| format!("{name}={amount}")).collect();
        let mut expected: Vec<_> = expected.split(' ').collect();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected, "{row}");
        for name in used.keys() {
            assert!(quota::concerns(kind, name), "{row}: {name}");
        }
    }
    for (kind, name) in [
        (Kind::Pod, "count/services"),
        (Kind::Pod, "requests.storage"),
        (Kind::Deployment, "count/deployments"),
        (Kind::Event, "count/events"),
        (Kind::Node, "count/nodes"),
    ] {
        assert!(!quota::concerns(kind, name), "{kind} does not use {name}");
    }
}

#[test]
fn scopes_pick_pods() {
    let pod = |spec: Value| {
        let mut tree = json!({"spec": {"containers": [{"name": "c", "image": "i"}]}});
        orrery_apimachinery::patch::json_merge(&mut tree["spec"], &spec);
        read(Kind::Pod, &tree)
    };
    let busy = json!({"containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": "1"}}}]});
    let elsewhere = json!({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "zone", "namespaceSelector": {}}]}}});
    let class = |operator: &str, values: Value| {
        json!({"scopeSelector": {"matchExpressions": [
            {"scopeName": "PriorityClass", "operator": operator, "values": values}]}})
    };
    let gold = json!({"priorityClassName": "gold"});
    for (row, spec, quota, expected) in [
        ("without scopes all count", json!({}), json!({}), true),
        (
            "a deadline ends a pod",
            json!({"activeDeadlineSeconds": 5}),
            json!({"scopes": ["Terminating"]}),
            true,
        ),
        ("without one it goes on", json!({}), json!({"scopes": ["Terminating"]}), false),
        ("it asks for nothing", json!({}), json!({"scopes": ["BestEffort"]}), true),
        ("it asks for something", busy, json!({"scopes": ["NotBestEffort", "NotTerminating"]}), true),
        ("all scopes must match", json!({}), json!({"scopes": ["BestEffort", "Terminating"]}), false),
        ("its class is named", gold.clone(), class("In", json!(["gold", "silver"])), true),
        ("its class is excluded", gold.clone(), class("NotIn", json!(["gold"])), false),
        ("it has a class", gold, class("Exists", json!([])), true),
        ("it has none", json!({}), class("DoesNotExist", json!([])), true),
        ("it looks elsewhere", elsewhere, json!({"scopes": ["CrossNamespacePodAffinity"]}), true),
    ] {
        let (quota, problems) = decode::decode::<ResourceQuotaSpec>(&quota);
        assert_eq!(problems, [], "{row}");
        assert_eq!(quota::matches(&quota, &pod(spec)), expected, "{row}");
        if quota != ResourceQuotaSpec::default() {
            assert!(
                !quota::matches(&quota, &read(Kind::Secret, &json!({}))),
                "{row}: no other kind is in a scope"
            );
        }
    }
}
