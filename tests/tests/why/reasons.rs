//! What keeps an object from getting on, and what would have to change.

use super::*;

#[test]
fn what_gets_on_has_no_reasons() {
    let web = lines(&[
        &deployment("web", 2, "image: nginx, ports: [{containerPort: 80}]"),
        &service("web", "selector: {app: web}, ports: [{port: 80}]"),
        "wait 60s",
    ]);
    for object in
        ["Deployment/web", "ReplicaSet/web", "Pod/web", "Service/web", "Node/node-1", "Namespace/default"]
    {
        assert_eq!(told(&web, object), "", "{object}");
    }
}

#[test]
fn a_pod_that_does_not_run_says_why() {
    let image = lines(&[&pod("one", "containers: [{name: c, image: nginx:nosuchtag}]"), "wait 40s"]);
    let crash = lines(&[
        &pod(
            "one",
            "containers: [{name: c, image: busybox, command: [sh, -c, 'echo no database >&2; exit 3']}]",
        ),
        "wait 60s",
    ]);
    let huge = lines(&[
        &pod("one", "containers: [{name: c, image: nginx, resources: {requests: {cpu: '9'}}}]"),
        "wait 5s",
    ]);
    let gated =
        pod("one", "schedulingGates: [{name: example.com/wait}], containers: [{name: c, image: nginx}]")
            + "\nwait 5s";
    let config = lines(&[
        &pod("one", "containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: settings}}]}]"),
        "wait 20s",
    ]);
    let secret = lines(&[
        &pod(
            "one",
            "containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /k}]}], volumes: [{name: v, secret: {secretName: key}}]",
        ),
        "wait 20s",
    ]);
    let claim = pod(
        "one",
        "containers: [{name: c, image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]",
    ) + "\nwait 5s";
    let init = lines(&[
        &pod(
            "one",
            "initContainers: [{name: i, image: busybox, command: [sleep, '1000']}], containers: [{name: c, image: nginx}]",
        ),
        "wait 20s",
    ]);
    let oom = lines(&[
        "apply: {apiVersion: v1, kind: Pod, metadata: {name: one, annotations: {orrery.dev/memory.c: '32Mi, 5s=512Mi'}}, spec: {containers: [{name: c, image: nginx, resources: {limits: {memory: 64Mi}}}]}}",
        "wait 18s",
    ]);
    check(&[
        (
            "an image that is not there",
            &image,
            "Pod/one",
            expect![[r#"
                The image nginx:nosuchtag of container c cannot be pulled. "Back-off pulling image "nginx:nosuchtag": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nosuchtag": failed to resolve reference "docker.io/library/nginx:nosuchtag": docker.io/library/nginx:nosuchtag: not found" -> Correct its name or its tag, or give the pod imagePullSecrets for its registry.
            "#]],
        ),
        (
            "a program that ends",
            &crash,
            "Pod/one",
            expect![[r#"
            Container c has ended with exit code 3, and is started again later each time. It runs: sh -c echo no database >&2; exit 3 "no database" -> What it wrote says why it ends; correct its command, its settings or its image. `kubectl logs one --previous`
        "#]],
        ),
        (
            "more than any node has",
            &huge,
            "Pod/one",
            expect![[r#"
            No node takes the pod. "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod." -> One of the nodes has to change, or what the pod asks for.
        "#]],
        ),
        (
            "a gate",
            &gated,
            "Pod/one",
            expect![[r#"
                The gate example.com/wait keeps the pod from the scheduler. -> Whoever set the gate takes it out of spec.schedulingGates. [kubectl patch pods one --type=merge -p '{"spec":{"schedulingGates":[]}}']
            "#]],
        ),
        (
            "a ConfigMap that is not there",
            &config,
            "Pod/one",
            expect![[r#"
                It names the ConfigMap settings, which does not exist. -> Create it, or correct the name; the kubelet tries again by itself. [kubectl create configmap settings]
                Container c cannot be made. "configmap "settings" not found" -> Create what it names, or correct the name.
            "#]],
        ),
        (
            "a Secret that is not there",
            &secret,
            "Pod/one",
            expect![[r#"
                It names the Secret key, which does not exist. -> Create it, or correct the name; the kubelet tries again by itself. [kubectl create secret generic key]
            "#]],
        ),
        (
            "a claim that is not there",
            &claim,
            "Pod/one",
            expect![[r#"
            No node takes the pod. "0/3 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling." -> One of the nodes has to change, or what the pod asks for.
            It names the PersistentVolumeClaim data, which does not exist. -> Create it, or correct the name; the kubelet tries again by itself.
        "#]],
        ),
        (
            "an init container that does not end",
            &init,
            "Pod/one",
            expect![[r#"
            The init container i still runs; the others start when it has ended. -> See what it waits for. `kubectl logs one -c i`
        "#]],
        ),
        (
            "more memory than the limit",
            &oom,
            "Pod/one",
            expect![[r#"
            Container c needed more memory than its limit of 64Mi and was killed (exit code 137). "2025/01/01 00:00:19 [notice] 1#1: start worker processes" -> Raise resources.limits.memory, or let it use less. `kubectl logs one --previous`
        "#]],
        ),
    ]);
}

#[test]
fn what_does_not_lead_on_says_why() {
    let web = deployment(
        "web",
        1,
        "image: nginx, ports: [{containerPort: 80}], readinessProbe: {periodSeconds: 1, httpGet: {path: /nothing, port: 80}}",
    );
    let unready = lines(&[&web, &service("web", "selector: {app: web}, ports: [{port: 80}]"), "wait 30s"]);
    let labels = lines(&[
        &deployment("web", 1, "image: nginx"),
        &service("web", "selector: {app: wbe}, ports: [{port: 80}]"),
        "wait 30s",
    ]);
    let port = lines(&[
        &deployment("web", 1, "image: nginx, ports: [{containerPort: 80}]"),
        &service("web", "selector: {app: web}, ports: [{port: 80, targetPort: http}]"),
        "wait 30s",
    ]);
    let ingress = lines(&[
        &service("empty", "selector: {app: nobody}, ports: [{port: 80}]"),
        "apply: {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: in}, spec: {ingressClassName: other, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /e, pathType: Prefix, backend: {service: {name: empty, port: {number: 80}}}}, {path: /p, pathType: Prefix, backend: {service: {name: empty, port: {number: 8080}}}}]}}]}}",
        "wait 5s",
    ]);
    check(&[
        (
            "a Service before pods that are not ready",
            &unready,
            "Service/web",
            expect![[r#"
            None of the 1 pods with its labels is ready. -> It leads on as soon as one of them is ready.
        "#]],
        ),
        (
            "such a pod",
            &unready,
            "Pod/web",
            expect![[r#"
            The readiness probe of container c fails. It asks: GET :80/nothing "Readiness probe failed: HTTP probe failed with statuscode: 404" -> Let the container answer that, or correct the probe.
            Service web does not lead here: the pod is not ready. -> It does as soon as the pod is ready.
        "#]],
        ),
        (
            "a Service with other labels",
            &labels,
            "Service/web",
            expect![[r#"
                No pod has the labels app=wbe. -> Make spec.selector and the pods' labels the same. `kubectl get pods --show-labels`
                The pods of Deployment/web have the labels app=web. -> Write these into the Service's spec.selector. [kubectl set selector service web app=web]
            "#]],
        ),
        (
            "the pod that was meant",
            &labels,
            "Pod/web",
            expect![[r#"
                Service web does not lead here: it looks for the labels app=wbe. -> Make the Service's selector and the pod's labels the same. [kubectl set selector service web app=web]
            "#]],
        ),
        (
            "a port by a name that no container has",
            &port,
            "Service/web",
            expect![[r#"
                Service web leads to a port called http, and no container of web-6c99b6c58f-sz4jh has one. -> Name the port under spec.containers[].ports, or correct the Service's targetPort. [kubectl patch service web --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":80}]']
            "#]],
        ),
        (
            "an Ingress without backends",
            &ingress,
            "Ingress/in",
            expect![[r#"
                Nobody serves it: there is no IngressClass other. -> Install an Ingress controller, and name its class in spec.ingressClassName. [minikube addons enable ingress]
                It leads to the Service web, which does not exist. -> Create the Service, or correct the backend's name.
                It leads to the Service empty, which leads to no pod. -> The Service's own reasons say why.
                It leads to port 8080 of Service empty, which has no such port. -> Correct the backend's port.
            "#]],
        ),
    ]);
}

#[test]
fn a_workload_that_does_not_get_on_says_why() {
    let bad = deployment("web", 1, "image: nginx:nosuchtag");
    let paused = lines(&[
        &deployment("web", 1, "image: nginx"),
        "wait 20s",
        "rollout pause deployment/web",
        "wait 2s",
    ]);
    let zero = lines(&[&deployment("web", 0, "image: nginx"), "wait 5s"]);
    let deadline =
        lines(&[&bad.replace("spec: {replicas", "spec: {progressDeadlineSeconds: 30, replicas"), "wait 60s"]);
    let quota = lines(&["create quota few --hard=pods=1", &deployment("web", 3, "image: nginx"), "wait 30s"]);
    let job = lines(&[
        "apply: {apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, 'exit 2']}]}}}}",
        "wait 90s",
    ]);
    let hpa = lines(&[
        &deployment("web", 1, "image: nginx"),
        "autoscale deployment web --min=1 --max=3 --cpu-percent=50",
        "wait 60s",
    ]);
    check(&[
        (
            "an image that does not come",
            &lines(&[&bad, "wait 40s"]),
            "Deployment/web",
            expect![[r#"
                Pod web-db87bd546-sz4jh is not ready. -> Its own reasons follow.
                The image nginx:nosuchtag of container c cannot be pulled. "Back-off pulling image "nginx:nosuchtag": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nosuchtag": failed to resolve reference "docker.io/library/nginx:nosuchtag": docker.io/library/nginx:nosuchtag: not found" -> Correct its name or its tag, or give the pod imagePullSecrets for its registry.
            "#]],
        ),
        (
            "a pause",
            &paused,
            "Deployment/web",
            expect![[r#"
                The rollout is paused. -> Resume it. [kubectl rollout resume deployment/web]
            "#]],
        ),
        (
            "no replicas",
            &zero,
            "Deployment/web",
            expect![[r#"
                It is asked for no pods: spec.replicas is 0. -> Scale it up. [kubectl scale deployment/web --replicas=1]
            "#]],
        ),
        (
            "a deadline that has passed",
            &deadline,
            "Deployment/web",
            expect![[r#"
                The rollout has not got on within spec.progressDeadlineSeconds. "ProgressDeadlineExceeded: ReplicaSet "web-db87bd546" has timed out progressing." -> Let the new pods get ready, or go back: kubectl rollout undo.
                Pod web-db87bd546-sz4jh is not ready. -> Its own reasons follow.
                The image nginx:nosuchtag of container c cannot be pulled. "rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nosuchtag": failed to resolve reference "docker.io/library/nginx:nosuchtag": docker.io/library/nginx:nosuchtag: not found" -> Correct its name or its tag, or give the pod imagePullSecrets for its registry.
            "#]],
        ),
        (
            "a quota",
            &quota,
            "Deployment/web",
            expect![[r#"
                Pods cannot be created. "FailedCreate: pods "web-77db66f68b-nsh6s" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1" -> What refuses them has to allow them: a quota, a limit, an account. [kubectl patch resourcequotas few --type=merge -p '{"spec":{"hard":{"pods":"4"}}}']
            "#]],
        ),
        (
            "the quota itself",
            &quota,
            "ResourceQuota/few",
            expect![[r#"
                pods: all is used, 1 of 1. -> Raise spec.hard, or let something go. [kubectl patch resourcequotas few --type=merge -p '{"spec":{"hard":{"pods":"2"}}}']
            "#]],
        ),
        (
            "a Job whose pods fail",
            &job,
            "Job/j",
            expect![[r#"
                The Job has failed. "BackoffLimitExceeded: Job has reached the specified backoff limit" -> Correct its pods' command and create it anew; raise backoffLimit or activeDeadlineSeconds if they were too low.
                Pod j-skqql is not ready. -> Its own reasons follow.
                The pod has failed and is not started again. -> What made it can make another one.
                Container c has ended with exit code 2. It runs: sh -c exit 2 -> What it wrote says why it ended; correct its command, its settings or its image. `kubectl logs j-skqql`
            "#]],
        ),
        (
            "an autoscaler of pods without requests",
            &hpa,
            "HorizontalPodAutoscaler/web",
            expect![[r#"
                It measures a share of what containers ask for, and they ask for nothing. "FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container c of Pod web-77db66f68b-sz4jh" -> Set resources.requests in every container of the pods. [kubectl set resources deployment/web --requests=cpu=100m,memory=64Mi]
            "#]],
        ),
    ]);
}

#[test]
fn what_does_not_go_or_is_not_ready_says_why() {
    let lost = lines(&[
        &pod("one", "nodeName: node-2, containers: [{name: c, image: nginx}]"),
        "wait 20s",
        "off node-2",
        "wait 60s",
        "delete pod one --wait=false",
    ]);
    let grace = lines(&[
        &pod("one", "containers: [{name: c, image: busybox, command: [sh, -c, 'sleep 1000']}]"),
        "wait 20s",
        "delete pod one --wait=false",
        "wait 2s",
    ]);
    let finalizer = lines(&[
        "apply: {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, finalizers: [example.com/hold]}}",
        "delete configmap kept --wait=false",
    ]);
    let namespace = lines(&[
        "create namespace old",
        "apply: {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: old, finalizers: [example.com/hold]}}",
        "delete namespace old --wait=false",
        "wait 10s",
    ]);
    let silent = "stop-kubelet node-3\nwait 60s\ncordon node-3";
    let claim = lines(&[
        "apply: {apiVersion: v1, kind: PersistentVolume, metadata: {name: small}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: '', hostPath: {path: /mnt/a}}}",
        "apply: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: '', accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}}",
        "apply: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: fast}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}}",
        "wait 5s",
    ]);
    let budget = lines(&[
        &deployment("web", 1, "image: nginx"),
        "create pdb web --selector=app=web --min-available=1",
        "wait 30s",
    ]);
    check(&[
        (
            "a pod on a node without power",
            &lost,
            "Pod/one",
            expect![[r#"
                Its node node-2 does not answer: nobody can say that its containers have ended. (since power off) -> Start the node or join it again; or delete the pod by force, if its machine is surely off. [start node-2] `kubectl delete pod one --grace-period=0 --force`
            "#]],
        ),
        (
            "a pod within its grace",
            &grace,
            "Pod/one",
            expect![[r#"
            Its containers still have 28 s to end. -> It goes then at the latest.
        "#]],
        ),
        (
            "a finalizer",
            &finalizer,
            "ConfigMap/kept",
            expect![[r#"
                It is deleted, and stays while there is a finalizer: example.com/hold -> Whoever set it takes it away when its work is done; by hand it skips that work. [kubectl patch configmaps kept --type=merge -p '{"metadata":{"finalizers":null}}']
            "#]],
        ),
        (
            "a namespace with something in it",
            &namespace,
            "Namespace/old",
            expect![[r#"
            It is being deleted, and there is something left in it: 1 configmaps "Some resources are remaining: configmaps. has 1 resource instances Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances" -> What is left has to go first; finalizers may hold it.
        "#]],
        ),
        (
            "a node whose kubelet is stopped",
            silent,
            "Node/node-3",
            expect![[r#"
                Its kubelet does not run; containers run on. (since stop the kubelet) -> Start it. [start node-3]
                The node lifecycle controller or its kubelet says that it is not ready. "Kubelet stopped posting node status." -> Its kubelet has to report in again.
                It is cordoned: no new pods come. -> Uncordon it. [kubectl uncordon node-3]
            "#]],
        ),
        (
            "a claim that no volume fits",
            &claim,
            "PersistentVolumeClaim/data",
            expect![[r#"
            Volume small does not fit: requested PV is too small -> Change the claim or the volume.
        "#]],
        ),
        (
            "a claim of a class that is not there",
            &claim,
            "PersistentVolumeClaim/fast",
            expect![[r#"
            There is no StorageClass fast. "storageclass.storage.k8s.io "fast" not found" -> Create it, or correct storageClassName.
            Volume small does not fit: requested PV is too small -> Change the claim or the volume.
        "#]],
        ),
        (
            "a budget that lets nobody go",
            &budget,
            "PodDisruptionBudget/web",
            expect![[r#"
                It lets nobody be evicted: 1 pods are healthy, and 1 have to be. -> Run more pods, wait until those that are not ready are, or ask for less in the budget. [kubectl scale deployment web --replicas=2]
            "#]],
        ),
    ]);
}
