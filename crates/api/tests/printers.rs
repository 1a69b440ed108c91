//! What `kubectl get` prints: objects in, the table out. The rows are those of a real 1.32.

mod tables;

use expect_test::expect;
use orrery_api::Kind;
use orrery_api::printers::Options;
use serde_json::{Value, json};
use tables::{CREATED, check, options};

/// A pod of so many containers that are called after their place.
fn pod(name: &str, containers: usize, status: Value) -> Value {
    let containers: Vec<Value> = (0..containers).map(|i| json!({"name": format!("c{i}")})).collect();
    json!({"metadata": {"name": name}, "spec": {"containers": containers}, "status": status})
}

fn waiting(reason: &str, restarts: i32, ended: Option<&str>) -> Value {
    let last = ended.map_or(json!({}), |at| json!({"terminated": {"exitCode": 1, "finishedAt": at}}));
    json!({"name": "c0", "restartCount": restarts, "lastState": last, "state": {"waiting": {"reason": reason}}})
}

fn running() -> Value {
    json!({"name": "c1", "ready": true, "state": {"running": {"startedAt": CREATED}}})
}

fn ended(code: i32, reason: &str) -> Value {
    json!({"name": "c0", "state": {"terminated": {"exitCode": code, "reason": reason, "finishedAt": CREATED}}})
}

#[test]
fn a_pods_status_says_more_than_its_phase() {
    let gate = json!([{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]);
    let ready = json!([{"type": "Ready", "status": "True"}]);
    let crash = waiting("CrashLoopBackOff", 5, Some("2026-11-21T11:16:43Z"));
    let full = waiting("CrashLoopBackOff", 5, Some("2026-11-21T11:16:49Z"));
    let pods = [
        pod("crash", 1, json!({"phase": "Running", "containerStatuses": [crash]})),
        pod("full", 2, json!({"phase": "Running", "containerStatuses": [full, running()]})),
        pod("done", 1, json!({"phase": "Succeeded", "containerStatuses": [ended(0, "Completed")]})),
        pod("failed", 1, json!({"phase": "Failed", "containerStatuses": [ended(3, "Error")]})),
        pod("killed", 1, json!({"phase": "Running", "containerStatuses": [ended(137, "")]})),
        pod("evicted", 1, json!({"phase": "Failed", "reason": "Evicted"})),
        pod("moved", 1, json!({"phase": "Failed", "reason": "NodeAffinity"})),
        pod("hungry", 1, json!({"phase": "Running", "containerStatuses": [ended(137, "OOMKilled")]})),
        pod(
            "forgotten",
            1,
            json!({"phase": "Failed", "containerStatuses": [ended(137, "ContainerStatusUnknown")]}),
        ),
        pod(
            "starting",
            1,
            json!({"phase": "Pending", "containerStatuses": [waiting("PodInitializing", 0, None)]}),
        ),
        pod(
            "unpulled",
            1,
            json!({"phase": "Pending", "containerStatuses": [waiting("ImagePullBackOff", 0, None)]}),
        ),
        pod("gated", 1, json!({"phase": "Pending", "conditions": gate})),
        pod("waitpvc", 1, json!({"phase": "Pending"})),
        pod(
            "noconfig",
            1,
            json!({"phase": "Pending", "containerStatuses": [waiting("CreateContainerConfigError", 0, None)]}),
        ),
        pod("half", 2, json!({"phase": "Running", "containerStatuses": [ended(0, "Completed"), running()]})),
        pod(
            "half-ready",
            2,
            json!({"phase": "Running", "conditions": ready, "containerStatuses": [ended(0, "Completed"), running()]}),
        ),
    ];
    check(
        Kind::Pod,
        pods,
        &options(),
        expect![[r#"
            NAME         READY   STATUS                       RESTARTS      AGE
            crash        0/1     CrashLoopBackOff             5 (88s ago)   4m26s
            full         1/2     CrashLoopBackOff             5 (82s ago)   4m26s
            done         0/1     Completed                    0             4m26s
            failed       0/1     Error                        0             4m26s
            killed       0/1     ExitCode:137                 0             4m26s
            evicted      0/1     Evicted                      0             4m26s
            moved        0/1     NodeAffinity                 0             4m26s
            hungry       0/1     OOMKilled                    0             4m26s
            forgotten    0/1     ContainerStatusUnknown       0             4m26s
            starting     0/1     PodInitializing              0             4m26s
            unpulled     0/1     ImagePullBackOff             0             4m26s
            gated        0/1     SchedulingGated              0             4m26s
            waitpvc      0/1     Pending                      0             4m26s
            noconfig     0/1     CreateContainerConfigError   0             4m26s
            half         1/2     NotReady                     0             4m26s
            half-ready   1/2     Running                      0             4m26s
        "#]],
    );
}

#[test]
fn init_containers_are_counted_until_the_last_has_done_its_part() {
    let with_init = |name: &str, policy: Option<&str>, init: Value, conditions: Value, main: Value| {
        let mut first = json!({"name": "first"});
        if let Some(policy) = policy {
            first["restartPolicy"] = policy.into();
        }
        json!({
            "metadata": {"name": name},
            "spec": {"initContainers": [first, {"name": "then"}], "containers": [{"name": "c1"}]},
            "status": {"phase": if policy.is_some() { "Running" } else { "Pending" }, "conditions": conditions, "initContainerStatuses": init, "containerStatuses": [main]},
        })
    };
    let first = |state: Value| json!({"name": "first", "restartCount": 2, "state": state});
    let done = json!({"terminated": {"exitCode": 0, "reason": "Completed"}});
    let not_yet = || waiting("PodInitializing", 0, None);
    let sidecar =
        json!({"name": "first", "ready": true, "started": true, "restartCount": 1, "state": {"running": {}}});
    let then = json!({"name": "then", "state": done});
    let initialized = json!([{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}]);
    let pods = [
        with_init("first-runs", None, json!([first(json!({"running": {}}))]), json!([]), not_yet()),
        with_init(
            "first-done",
            None,
            json!([first(done.clone()), {"name": "then", "state": {"running": {}}}]),
            json!([]),
            not_yet(),
        ),
        with_init(
            "first-fails",
            None,
            json!([first(json!({"terminated": {"exitCode": 1, "reason": "Error"}}))]),
            json!([]),
            not_yet(),
        ),
        with_init(
            "first-waits",
            None,
            json!([first(json!({"waiting": {"reason": "CrashLoopBackOff"}}))]),
            json!([]),
            not_yet(),
        ),
        with_init("sidecar", Some("Always"), json!([sidecar, then]), initialized, running()),
    ];
    check(
        Kind::Pod,
        pods,
        &options(),
        expect![[r#"
        NAME          READY   STATUS                  RESTARTS   AGE
        first-runs    0/1     Init:0/2                2          4m26s
        first-done    0/1     Init:1/2                2          4m26s
        first-fails   0/1     Init:Error              2          4m26s
        first-waits   0/1     Init:CrashLoopBackOff   2          4m26s
        sidecar       2/2     Running                 1          4m26s
    "#]],
    );
}

#[test]
fn a_pod_that_is_deleted_terminates_unless_it_has_ended() {
    let deleted = |name: &str, status: Value| {
        let mut tree = pod(name, 1, status);
        tree["metadata"]["deletionTimestamp"] = CREATED.into();
        tree
    };
    let pods = [
        deleted("going", json!({"phase": "Running", "containerStatuses": [running()]})),
        deleted("ended", json!({"phase": "Succeeded", "containerStatuses": [ended(0, "Completed")]})),
        deleted("lost", json!({"phase": "Running", "reason": "NodeLost"})),
    ];
    check(
        Kind::Pod,
        pods,
        &options(),
        expect![[r#"
        NAME    READY   STATUS        RESTARTS   AGE
        going   1/1     Terminating   0          4m26s
        ended   0/1     Completed     0          4m26s
        lost    0/1     Unknown       0          4m26s
    "#]],
    );
}

#[test]
fn wide_tables_add_columns_and_prefixes_come_before_names() {
    let mut bound = pod("crash", 1, json!({"phase": "Running", "podIPs": [{"ip": "10.244.2.6"}]}));
    bound["metadata"]["namespace"] = "shop".into();
    bound["metadata"]["labels"] = json!({"app": "crash", "tier": "back"});
    bound["spec"]["nodeName"] = "node-1".into();
    let all = Options {
        wide: true,
        with_namespace: true,
        with_kind: true,
        show_labels: true,
        label_columns: vec!["example.com/app".into(), "tier".into()],
        ..options()
    };
    check(
        Kind::Pod,
        [bound],
        &all,
        expect![[r#"
        NAMESPACE   NAME        READY   STATUS    RESTARTS   AGE     IP           NODE     NOMINATED NODE   READINESS GATES   APP   TIER   LABELS
        shop        pod/crash   0/1     Running   0          4m26s   10.244.2.6   node-1   <none>           <none>                  back   app=crash,tier=back
    "#]],
    );
    let bare = Options { no_headers: true, with_namespace: true, ..options() };
    let node = json!({"metadata": {"name": "n"}, "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}});
    check(
        Kind::Node,
        [node],
        &bare,
        expect![[r#"
        n     NotReady   <none>   4m26s   
    "#]],
    );
}

#[test]
fn workloads_show_what_is_there_of_what_is_wanted() {
    let template = json!({"spec": {"containers": [{"name": "nginx", "image": "nginx:1.26"}, {"name": "log", "image": "log:1"}]}});
    let selector = json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]});
    let spec = json!({"replicas": 3, "selector": selector, "template": template});
    let wide = Options { wide: true, ..options() };
    let status = json!({"replicas": 4, "readyReplicas": 2, "updatedReplicas": 3, "availableReplicas": 1});
    let deployment = json!({"metadata": {"name": "web"}, "spec": spec, "status": status});
    check(
        Kind::Deployment,
        [deployment],
        &wide,
        expect![[r#"
        NAME   READY   UP-TO-DATE   AVAILABLE   AGE     CONTAINERS   IMAGES             SELECTOR
        web    2/3     3            1           4m26s   nginx,log    nginx:1.26,log:1   a in (x,y),app=web
    "#]],
    );
    let status = json!({"replicas": 4, "readyReplicas": 2});
    let replica_set = json!({"metadata": {"name": "web-1"}, "spec": spec, "status": status});
    check(
        Kind::ReplicaSet,
        [replica_set],
        &options(),
        expect![[r#"
        NAME    DESIRED   CURRENT   READY   AGE
        web-1   3         4         2       4m26s
    "#]],
    );
}

#[test]
fn services_show_how_they_are_reached() {
    let service = |name: &str, spec: Value, status: Value| json!({"metadata": {"name": name}, "spec": spec, "status": status});
    let balanced = json!({"loadBalancer": {"ingress": [{"hostname": "a-long-name.example.com"}]}});
    let services = [
        service(
            "db",
            json!({"type": "ClusterIP", "clusterIPs": ["None"], "ports": [{"port": 5432, "protocol": "TCP"}], "selector": {"app": "db"}}),
            json!({}),
        ),
        service("ext", json!({"type": "ExternalName", "externalName": "api.example.com"}), json!({})),
        service(
            "web-lb",
            json!({"type": "LoadBalancer", "clusterIPs": ["10.109.61.68"], "ports": [{"port": 80, "nodePort": 30081, "protocol": "TCP"}]}),
            json!({}),
        ),
        service(
            "web-lb2",
            json!({"type": "LoadBalancer", "clusterIPs": ["10.109.61.69"], "externalIPs": ["1.2.3.4"]}),
            balanced,
        ),
    ];
    check(
        Kind::Service,
        services,
        &options(),
        expect![[r#"
            NAME      TYPE           CLUSTER-IP     EXTERNAL-IP                       PORT(S)        AGE
            db        ClusterIP      None           <none>                            5432/TCP       4m26s
            ext       ExternalName   <none>         api.example.com                   <none>         4m26s
            web-lb    LoadBalancer   10.109.61.68   <pending>                         80:30081/TCP   4m26s
            web-lb2   LoadBalancer   10.109.61.69   a-long-name.example.com,1.2.3.4   <none>         4m26s
        "#]],
    );
}

#[test]
fn many_endpoints_are_counted_after_the_third() {
    let addresses: Vec<Value> = (1..=5).map(|i| json!({"ip": format!("10.0.0.{i}")})).collect();
    let endpoints = [
        json!({"metadata": {"name": "web"}, "subsets": [{"addresses": addresses, "ports": [{"port": 80}]}]}),
        json!({"metadata": {"name": "headless"}, "subsets": [{"addresses": addresses[..2]}]}),
        json!({"metadata": {"name": "nobody"}}),
    ];
    check(
        Kind::Endpoints,
        endpoints,
        &options(),
        expect![[r#"
            NAME       ENDPOINTS                                         AGE
            web        10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...   4m26s
            headless   10.0.0.1,10.0.0.2                                 4m26s
            nobody     <none>                                            4m26s
        "#]],
    );
    let slices = [
        json!({"metadata": {"name": "web-np"}, "addressType": "IPv4", "ports": [{"port": 80}, {"port": 8443}], "endpoints": [{"addresses": ["10.244.0.17"]}]}),
        json!({"metadata": {"name": "nobody"}, "addressType": "IPv4", "endpoints": []}),
    ];
    check(
        Kind::EndpointSlice,
        slices,
        &options(),
        expect![[r#"
        NAME     ADDRESSTYPE   PORTS     ENDPOINTS     AGE
        web-np   IPv4          80,8443   10.244.0.17   4m26s
        nobody   IPv4          <unset>   <unset>       4m26s
    "#]],
    );
}

#[test]
fn storage_shows_who_holds_it() {
    let volumes = [
        json!({"metadata": {"name": "pv-bound"}, "spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "fast", "claimRef": {"namespace": "shop", "name": "data-db-0"}}, "status": {"phase": "Bound"}}),
        json!({"metadata": {"name": "pv-free"}, "spec": {"capacity": {"storage": "20Gi"}, "accessModes": ["ReadOnlyMany", "ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "slow"}, "status": {"phase": "Available"}}),
    ];
    check(
        Kind::PersistentVolume,
        volumes,
        &options(),
        expect![[r#"
        NAME       CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS      CLAIM            STORAGECLASS   VOLUMEATTRIBUTESCLASS   REASON   AGE
        pv-bound   5Gi        RWO            Retain           Bound       shop/data-db-0   fast           <unset>                          4m26s
        pv-free    20Gi       RWO,ROX        Retain           Available                    slow           <unset>                          4m26s
    "#]],
    );
    let claims = [
        json!({"metadata": {"name": "data-db-0"}, "spec": {"volumeName": "pv-bound", "storageClassName": "fast"}, "status": {"phase": "Bound", "capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"]}}),
        json!({"metadata": {"name": "lazy"}, "spec": {"storageClassName": "local", "accessModes": ["ReadWriteOnce"]}, "status": {"phase": "Pending"}}),
    ];
    check(
        Kind::PersistentVolumeClaim,
        claims,
        &options(),
        expect![[r#"
        NAME        STATUS    VOLUME     CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE
        data-db-0   Bound     pv-bound   5Gi        RWO            fast           <unset>                 4m26s
        lazy        Pending                                        local          <unset>                 4m26s
    "#]],
    );
    let class = json!({"metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}, "provisioner": "example.com/none", "allowVolumeExpansion": true});
    check(
        Kind::StorageClass,
        [class],
        &options(),
        expect![[r#"
        NAME                 PROVISIONER        RECLAIMPOLICY   VOLUMEBINDINGMODE   ALLOWVOLUMEEXPANSION   AGE
        standard (default)   example.com/none   Delete          Immediate           true                   4m26s
    "#]],
    );
}

#[test]
fn events_show_when_they_were_last_seen_and_only_the_first_line() {
    let old = json!({
        "metadata": {"name": "crash.1"}, "type": "Warning", "reason": "BackOff", "count": 7, "message": "Back-off\nagain",
        "involvedObject": {"kind": "Pod", "name": "crash", "fieldPath": "spec.containers{c}"},
        "source": {"component": "kubelet", "host": "node-1"},
        "firstTimestamp": CREATED, "lastTimestamp": "2026-11-21T11:18:02Z",
    });
    let new = json!({
        "metadata": {"name": "web.1"}, "type": "Normal", "reason": "Scheduled", "message": "Successfully assigned shop/web to node-1",
        "involvedObject": {"kind": "Pod", "name": "web"}, "reportingComponent": "default-scheduler",
        "eventTime": "2026-11-21T11:13:45.500000Z",
    });
    check(
        Kind::Event,
        [old.clone(), new.clone()],
        &options(),
        expect![[r#"
        LAST SEEN   TYPE      REASON      OBJECT      MESSAGE
        9s          Warning   BackOff     pod/crash   Back-off...
        4m26s       Normal    Scheduled   pod/web     Successfully assigned shop/web to node-1
    "#]],
    );
    check(
        Kind::Event,
        [old, new],
        &Options { wide: true, with_kind: true, ..options() },
        expect![[r#"
        LAST SEEN   TYPE      REASON      OBJECT      SUBOBJECT            SOURCE              MESSAGE                                    FIRST SEEN   COUNT   NAME
        9s          Warning   BackOff     pod/crash   spec.containers{c}   kubelet, node-1     Back-off...                                4m26s        7       event/crash.1
        4m26s       Normal    Scheduled   pod/web                          default-scheduler   Successfully assigned shop/web to node-1   4m26s        1       event/web.1
    "#]],
    );
}

#[test]
fn a_node_shows_its_roles_and_whether_it_takes_pods() {
    let node = json!({
        "metadata": {"name": "node-2", "labels": {"node-role.kubernetes.io/worker": "", "kubernetes.io/role": "edge"}},
        "spec": {"unschedulable": true},
        "status": {
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": "172.18.0.4"}],
            "nodeInfo": {"kubeletVersion": "v1.32.13", "osImage": "Hollow Linux", "containerRuntimeVersion": "containerd://1.7.0"},
        },
    });
    check(
        Kind::Node,
        [node],
        &Options { wide: true, ..options() },
        expect![[r#"
        NAME     STATUS                     ROLES         AGE     VERSION    INTERNAL-IP   EXTERNAL-IP   OS-IMAGE       KERNEL-VERSION   CONTAINER-RUNTIME
        node-2   Ready,SchedulingDisabled   edge,worker   4m26s   v1.32.13   172.18.0.4    <none>        Hollow Linux   <unknown>        containerd://1.7.0
    "#]],
    );
}

#[test]
fn a_job_says_how_it_ended_how_far_it_is_and_how_long_it_took() {
    let job = |name: &str, spec: Value, status: Value| json!({"metadata": {"name": name}, "spec": spec, "status": status});
    let is = |type_: &str| json!([{"type": type_, "status": "True"}]);
    let jobs = [
        job("fails", json!({"completions": 1}), json!({"startTime": CREATED, "conditions": is("Failed")})),
        job(
            "indexed",
            json!({"completions": 3}),
            json!({"startTime": CREATED, "completionTime": "2026-11-21T11:13:50Z", "succeeded": 3, "conditions": is("Complete")}),
        ),
        job("paused", json!({"completions": 1}), json!({"conditions": is("Suspended")})),
        job("queue", json!({"parallelism": 4}), json!({"startTime": CREATED, "succeeded": 2})),
        job(
            "wide",
            json!({"parallelism": 1, "selector": {"matchLabels": {"a": "b"}},
                "template": {"spec": {"containers": [{"name": "w", "image": "busybox:1.36"}]}}}),
            json!({"startTime": CREATED, "conditions": is("FailureTarget")}),
        ),
    ];
    check(
        Kind::Job,
        jobs,
        &Options { wide: true, ..options() },
        expect![[r#"
            NAME      STATUS          COMPLETIONS   DURATION   AGE     CONTAINERS   IMAGES         SELECTOR
            fails     Failed          0/1           4m26s      4m26s                               <none>
            indexed   Complete        3/3           5s         4m26s                               <none>
            paused    Suspended       0/1                      4m26s                               <none>
            queue     Running         2/1 of 4      4m26s      4m26s                               <none>
            wide      FailureTarget   0/1           4m26s      4m26s   w            busybox:1.36   a=b
        "#]],
    );
}

#[test]
fn a_cron_job_says_when_and_where_and_whether() {
    let spec = json!({"schedule": "*/5 * * * *", "suspend": true});
    let zoned = json!({"schedule": "0 3 * * *", "timeZone": "Etc/UTC", "suspend": false});
    check(
        Kind::CronJob,
        [
            json!({"metadata": {"name": "off"}, "spec": spec}),
            json!({"metadata": {"name": "report"}, "spec": zoned, "status": {"active": [{}], "lastScheduleTime": "2026-11-21T11:18:00Z"}}),
        ],
        &options(),
        expect![[r#"
            NAME     SCHEDULE      TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
            off      */5 * * * *   <none>     True      0        <none>          4m26s
            report   0 3 * * *     Etc/UTC    False     1        11s             4m26s
        "#]],
    );
}

#[test]
fn an_autoscaler_says_what_its_metrics_are_and_should_be() {
    let resource = |target: Value| json!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
    let percent = resource(json!({"averageUtilization": 80}));
    let amount = resource(json!({"averageValue": "100Mi"}));
    let external = json!({"type": "External", "external": {"target": {"averageValue": "30"}}});
    let object = json!({"type": "Object", "object": {"target": {"value": "10k"}}});
    let pods = json!({"type": "Pods", "pods": {"target": {"averageValue": "5"}}});
    let half =
        json!({"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 50}}});
    let hpa = |name: &str, metrics: Value, seen: Value| {
        json!({"metadata": {"name": name},
            "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 4, "minReplicas": 1, "metrics": metrics},
            "status": {"currentReplicas": 3, "currentMetrics": seen}})
    };
    check(
        Kind::HorizontalPodAutoscaler,
        [
            hpa("ghost", json!([percent]), json!([])),
            hpa("many", json!([external, object, pods, amount]), json!([])),
            hpa("none", json!([]), json!([])),
            hpa("web", json!([percent, amount]), json!([half])),
        ],
        &options(),
        expect![[r#"
            NAME    REFERENCE        TARGETS                                         MINPODS   MAXPODS   REPLICAS   AGE
            ghost   Deployment/web   cpu: <unknown>/80%                              1         4         3          4m26s
            many    Deployment/web   <unknown>/30 (avg), <unknown>/10k + 2 more...   1         4         3          4m26s
            none    Deployment/web   <none>                                          1         4         3          4m26s
            web     Deployment/web   cpu: 50%/80%, cpu: <unknown>/100Mi              1         4         3          4m26s
        "#]],
    );
}

#[test]
fn a_budget_says_its_bound_and_what_is_left_of_it() {
    let budget = |name: &str, spec: Value| json!({"metadata": {"name": name}, "spec": spec, "status": {"disruptionsAllowed": 1}});
    check(
        Kind::PodDisruptionBudget,
        [budget("pct", json!({"maxUnavailable": "50%"})), budget("web", json!({"minAvailable": 2}))],
        &options(),
        expect![[r#"
            NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
            pct    N/A             50%               1                     4m26s
            web    2               N/A               1                     4m26s
        "#]],
    );
}
