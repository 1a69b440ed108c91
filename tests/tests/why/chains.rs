//! Which writes led to a state, back to a person, a fault or nothing but time.

use super::*;

#[test]
fn a_chain_leads_from_a_status_back_to_the_person() {
    let cluster = play(&lines(&[
        &deployment("web", 1, "image: nginx"),
        "wait 30s",
        "scale deployment web --replicas=2",
        "wait 30s",
    ]));
    expect![[r#"
        Deployment/web

        How it came to be so, newest first:
            44.370s  deployment-controller        PUT deployments/web/status
                     status.availableReplicas: 1 -> 2
                     status.conditions[Available].message: Deployment does not have minimum availability. -> Deployment has minimum availability.
                     status.conditions[Available].reason: MinimumReplicasUnavailable -> MinimumReplicasAvailable
                     status.conditions[Available].status: False -> True
                     status.readyReplicas: 1 -> 2
                     status.unavailableReplicas: 1 -> 
                     and 2 more fields
            44.368s  replicaset-controller        PUT replicasets/web-77db66f68b/status
                     status.availableReplicas: 1 -> 2
                     status.readyReplicas: 1 -> 2
            44.364s  kubelet/node-2               PUT pods/web-77db66f68b-xjcch/status
                     status.conditions[ContainersReady].message: containers with unready status: [c] -> 
                     status.conditions[ContainersReady].reason: ContainersNotReady -> 
                     status.conditions[ContainersReady].status: False -> True
                     status.conditions[PodReadyToStartContainers].status: False -> True
                     status.conditions[Ready].message: containers with unready status: [c] -> 
                     status.conditions[Ready].reason: ContainersNotReady -> 
                     and 13 more fields
                     4.148s after:
            40.216s  kube-scheduler               POST pods/web-77db66f68b-xjcch/binding
                     spec.nodeName:  -> node-2
                     status.conditions[PodScheduled].status:  -> True
                     status.conditions[PodScheduled].type:  -> PodScheduled
                     status.conditions[PodScheduled].lastTransitionTime:  -> 2025-01-01T00:00:40Z
                     "Scheduled: Successfully assigned default/web-77db66f68b-xjcch to node-2"
            40.214s  replicaset-controller        POST pods/web-77db66f68b-xjcch
                     "SuccessfulCreate: Created pod: web-77db66f68b-xjcch"
            40.212s  deployment-controller        PUT replicasets/web-77db66f68b
                     metadata.annotations[deployment.kubernetes.io/desired-replicas]: 1 -> 2
                     metadata.annotations[deployment.kubernetes.io/max-replicas]: 2 -> 3
                     spec.replicas: 1 -> 2
                     "ScalingReplicaSet: Scaled up replica set web-77db66f68b from 1 to 2"
            40.210s  kubectl                      PUT deployments/web
                     spec.replicas: 1 -> 2
            40.210s  a person         kubectl scale deployment web --replicas=2

        Fields that changed, newest first:
            44.370s  deployment-controller        status.availableReplicas: 1 -> 2
            44.370s  deployment-controller        status.conditions[Available].lastTransitionTime: 2025-01-01T00:00:40Z -> 2025-01-01T00:00:44Z
            44.370s  deployment-controller        status.conditions[Available].lastUpdateTime: 2025-01-01T00:00:40Z -> 2025-01-01T00:00:44Z
            44.370s  deployment-controller        status.conditions[Available].message: Deployment does not have minimum availability. -> Deployment has minimum availability.
            44.370s  deployment-controller        status.conditions[Available].reason: MinimumReplicasUnavailable -> MinimumReplicasAvailable
            44.370s  deployment-controller        status.conditions[Available].status: False -> True
            44.370s  deployment-controller        status.readyReplicas: 1 -> 2
            44.370s  deployment-controller        status.unavailableReplicas: 1 -> 
            40.218s  deployment-controller        status.replicas: 1 -> 2
            40.218s  deployment-controller        status.updatedReplicas: 1 -> 2
            40.212s  deployment-controller        status.observedGeneration: 1 -> 2
            40.210s  kubectl                      spec.replicas: 1 -> 2
                     and 8 more
    "#]].assert_eq(&text(&cluster, &find(&cluster, "Deployment/web"), None).expect("it is there"));
    let field =
        text(&cluster, &find(&cluster, "ReplicaSet/web"), Some("spec.replicas")).expect("it is there");
    expect![[r#"
        ReplicaSet/web-77db66f68b

        How spec.replicas came to be so, newest first:
            40.212s  deployment-controller        PUT replicasets/web-77db66f68b
                     spec.replicas: 1 -> 2
                     metadata.annotations[deployment.kubernetes.io/desired-replicas]: 1 -> 2
                     metadata.annotations[deployment.kubernetes.io/max-replicas]: 2 -> 3
                     "ScalingReplicaSet: Scaled up replica set web-77db66f68b from 1 to 2"
            40.210s  kubectl                      PUT deployments/web
                     spec.replicas: 1 -> 2
            40.210s  a person         kubectl scale deployment web --replicas=2
    "#]]
    .assert_eq(&field);
}

#[test]
fn a_chain_of_a_machine_that_failed_ends_there() {
    let cluster = play("off node-2\nwait 60s");
    let field = text(&cluster, &find(&cluster, "Node/node-2"), Some("status.conditions[Ready].status"));
    expect![[r#"
        Node/node-2

        Why is it so?
          Its machine has no power.
            10.000s  a person         Node/node-2: power off
            -> Start it.
               start node-2
          The node lifecycle controller or its kubelet says that it is not ready.
            "Kubelet stopped posting node status."
            -> Its kubelet has to report in again.

        How status.conditions[Ready].status came to be so, newest first:
            55.000s  node-controller              PUT nodes/node-2/status
                     status.conditions[Ready].status: True -> Unknown
                     status.conditions[DiskPressure].message: kubelet has no disk pressure -> Kubelet stopped posting node status.
                     status.conditions[DiskPressure].reason: KubeletHasNoDiskPressure -> NodeStatusUnknown
                     status.conditions[DiskPressure].status: False -> Unknown
                     status.conditions[MemoryPressure].message: kubelet has sufficient memory available -> Kubelet stopped posting node status.
                     status.conditions[MemoryPressure].reason: KubeletHasSufficientMemory -> NodeStatusUnknown
                     and 10 more fields
                     "NodeNotReady: Node node-2 status is now: NodeNotReady"
                     45.000s after:
            10.000s  kubelet/node-2               PUT leases/node-2
                     metadata.annotations[orrery.dev/heartbeat]: steady -> 
                     spec.renewTime: 2025-01-01T00:00:00.000000Z -> 2025-01-01T00:00:10.000000Z
          because of nothing but time; before that:
            10.000s  a person         Node/node-2: power off
    "#]].assert_eq(&field.expect("it is there"));
}

#[test]
fn what_is_no_longer_kept_is_said_to_be() {
    let mut cluster = Cluster::new(Config { log_limit: 40, ..Config::lively(3) });
    cluster.pass(Duration::from_secs(10));
    kubectl(&mut cluster, "create deployment web --image=nginx", "");
    cluster.pass(Duration::from_secs(30));
    kubectl(&mut cluster, "create deployment other --image=nginx --replicas=12", "");
    cluster.pass(Duration::from_secs(60));
    let id = find(&cluster, "Deployment/web");
    let image = chain(&cluster, &id, Some("spec.template.spec.containers")).expect("it is there");
    assert!(matches!(image.start, Start::Older(_)), "{:?}", image.start);
    assert!(changed_fields(&cluster, &id).1, "something is no longer kept");
    let whole = chain(&cluster, &id, None).expect("it is there");
    assert!(matches!(whole.start, Start::Person(_)), "who wrote is kept for good: {:?}", whole.start);
}

/// A chain in short: who wrote what, what held them up, and where it begins.
fn short(cluster: &Cluster, object: &str, field: Option<&str>) -> String {
    let chain = chain(cluster, &find(cluster, object), field).expect("it is there");
    let mut out = String::new();
    let told = |done: &Done| format!("{}s {}", done.at / 1_000_000_000, deed(&done.act));
    for link in &chain.links {
        out += &format!("{} {}\n", link.actor, link.call);
        if let Some(held) = &link.held {
            let ended = held.ended.as_ref().map_or("by itself".into(), told);
            out += &format!("  {} could not work: {}; {ended}\n", held.who, told(&held.begun));
        }
        link.meanwhile.iter().for_each(|done| out += &format!("  meanwhile: {}\n", told(done)));
    }
    out + &match &chain.start {
        Start::Person(done) => told(done),
        Start::Time(before) => ["time, and before that"]
            .into_iter()
            .map(str::to_owned)
            .chain(before.iter().map(told))
            .collect::<Vec<_>>()
            .join(", "),
        other => format!("{other:?}"),
    } + "\n"
}

#[test]
fn what_was_late_says_what_held_it() {
    let one = pod("one", "containers: [{name: c, image: nginx}]");
    let web = deployment("web", 1, "image: nginx");
    let during = |begun: &str, what: &str, ended: &str| lines(&[begun, what, "wait 30s", ended, "wait 30s"]);
    let fixed = pod("one", "nodeName: node-2, containers: [{name: c, image: nginx}]");
    let unanswered =
        lines(&[&one, "stop kube-apiserver-1", "wait 30s", "start kube-apiserver-1", "wait 30s"]);
    let silent = lines(&["cut kube-apiserver-1", "wait 60s"]);
    let load = lines(&[
        &deployment("web", 1, "image: registry.k8s.io/hpa-example, resources: {requests: {cpu: 200m}}"),
        &service("web", "clusterIP: 10.96.0.80, selector: {app: web}, ports: [{port: 80}]"),
        "minikube addons enable metrics-server",
        "autoscale deployment web --min=1 --max=3 --cpu-percent=50",
        "wait 60s",
        "load 100 http://10.96.0.80/",
        "wait 180s",
    ]);
    let rows: [(&str, &str, &str, Option<&str>, Expect); 7] = [
        (
            "a pod that was given its node late, as the scheduler was stopped",
            &during("stop kube-scheduler-1", &one, "start kube-scheduler-1"),
            "Pod/one",
            Some("spec.nodeName"),
            expect![[r#"
                kube-scheduler POST pods/one/binding
                  kube-scheduler could not work: 10s stop kube-scheduler-1; 40s start kube-scheduler-1
                kubectl POST pods/one
                10s kubectl apply -f -
            "#]],
        ),
        (
            "a pod that was made late, as the controller manager was cut off",
            &during("cut kube-controller-manager-1", &web, "join kube-controller-manager-1"),
            "ReplicaSet/web",
            Some("spec.replicas"),
            expect![[r#"
                deployment-controller POST replicasets/web-77db66f68b
                  kube-controller-manager could not work: 10s cut off kube-controller-manager-1; 40s join again kube-controller-manager-1
                kubectl POST deployments/web
                10s kubectl apply -f -
            "#]],
        ),
        (
            "a pod that was started late, as its node's kubelet was stopped",
            &during("stop-kubelet node-2", &fixed, "start node-2"),
            "Pod/one",
            Some("status.podIP"),
            expect![[r#"
                kubelet/node-2 PUT pods/one/status
                  node-2 could not work: 10s stop the kubelet; 40s power on
                kubectl POST pods/one
                10s kubectl apply -f -
            "#]],
        ),
        (
            "a pod that was started late, as its node was cut off",
            &during("cut node-2", &fixed, "join node-2"),
            "Pod/one",
            Some("status.podIP"),
            expect![[r#"
                kubelet/node-2 PUT pods/one/status
                  node-2 could not work: 10s cut off from the network; 40s join the network again
                kubectl POST pods/one
                10s kubectl apply -f -
            "#]],
        ),
        (
            "a pod that was told of late, as no API server answered",
            &unanswered,
            "Pod/one",
            Some("spec.nodeName"),
            expect![[r#"
                kube-scheduler POST pods/one/binding
                  kube-scheduler could not work: 10s stop kube-apiserver-1; 40s start kube-apiserver-1
                kubectl POST pods/one
                10s kubectl apply -f -
            "#]],
        ),
        (
            "a node that is silent, as the API server is cut off",
            &lines(&[&silent, "join kube-apiserver-1", "wait 1s"]),
            "Lease/node-2",
            None,
            expect![[r#"
                kubelet/node-2 PUT leases/node-2
                time, and before that, 70s join again kube-apiserver-1, 10s cut off kube-apiserver-1
            "#]],
        ),
        (
            "more replicas, because of a load",
            &load,
            "Deployment/web",
            Some("spec.replicas"),
            expect![[r#"
                horizontal-pod-autoscaler PUT deployments/web
                  meanwhile: 70s load it: 100/s to http://10.96.0.80/
                kubectl POST horizontalpodautoscalers/web
                10s kubectl autoscale deployment web --min=1 --max=3 --cpu-percent=50
            "#]],
        ),
    ];
    for (row, scenario, object, field, want) in &rows {
        println!("{row}");
        want.assert_eq(&short(&play(scenario), object, *field));
    }
}
