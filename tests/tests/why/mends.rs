//! What a reason offers, done: the state that it explained is gone then.

use super::*;

/// Does what a reason offers.
fn apply(cluster: &mut Cluster, mend: &Mend) {
    match mend {
        Mend::Command(line) => kubectl(cluster, line, ""),
        Mend::StartNode(name) | Mend::StartPart(name) => assert!(cluster.start(name), "{name}"),
        Mend::JoinNode(name) | Mend::JoinPart(name) => assert!(cluster.join(name), "{name}"),
        Mend::StartRegistry(host) => assert!(cluster.set_registry(host, true), "{host}"),
        Mend::Relieve(name) => assert!(cluster.relieve_node(name), "{name}"),
    }
}

/// A state by name, how it comes about, the object of which it is told, and the reason that offers what ends it.
type Row = (&'static str, String, &'static str, What);

/// The states that what a reason offers ends.
pub fn rows() -> Vec<Row> {
    let web = deployment("web", 1, "image: nginx, ports: [{containerPort: 80}]");
    let one = pod("one", "containers: [{name: c, image: nginx}]");
    let with = |spec: &str| pod("one", spec) + "\nwait 20s";
    let ingress = |class: &str| {
        format!(
            "apply: {{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: in}}, spec: {{{class}rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}]}}}}"
        )
    };
    let template = |kind: &str, extra: &str, spec: &str| {
        format!(
            "apply: {{apiVersion: apps/v1, kind: {kind}, metadata: {{name: web}}, spec: {{{extra}selector: {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{{spec}containers: [{{name: c, image: nginx}}]}}}}}}}}"
        )
    };
    let broken = lines(&[&web, "wait 30s", "set image deployment/web c=nginx:nosuchtag", "wait 40s"]);
    let claim = |class: &str| {
        format!(
            "apply: {{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: data}}, spec: {{{class}accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}"
        )
    };
    let class = "apply: {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local}, provisioner: k8s.io/minikube-hostpath}";
    let user = "containers: [{name: c, image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]";
    let cron = |spec: &str| {
        format!(
            "apply: {{apiVersion: batch/v1, kind: CronJob, metadata: {{name: c}}, spec: {{schedule: '* * * * *', {spec}jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: c, image: busybox, command: [sleep, '1000']}}]}}}}}}}}}}}}"
        )
    };
    let prefers = "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-2]}]}}]}}, ";
    vec![
        ("a scheduler that is stopped", lines(&["stop kube-scheduler-1", &one, "wait 5s"]), "Pod/one", What::NoScheduler),
        ("a controller manager that is cut off", lines(&["cut kube-controller-manager-1", &web, "wait 5s"]), "Deployment/web", What::NoControllerManager),
        ("an API server that is stopped", lines(&[&one, "stop kube-apiserver-1", "wait 5s"]), "Pod/one", What::NoApiServer),
        ("etcd that is stopped", lines(&[&one, "stop etcd-1", "wait 5s"]), "Pod/one", What::NoApiServer),
        ("a gate", with("schedulingGates: [{name: example.com/wait}], containers: [{name: c, image: nginx}]"), "Pod/one", What::Gated),
        ("a ConfigMap that is not there", with("containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: settings}}]}]"), "Pod/one", What::Missing),
        ("a key of a ConfigMap that is not there", with("containers: [{name: c, image: nginx, env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}]}]"), "Pod/one", What::Missing),
        ("a Secret that is not there", with("containers: [{name: c, image: nginx, envFrom: [{secretRef: {name: key}}]}]"), "Pod/one", What::Missing),
        ("a readiness gate", with("readinessGates: [{conditionType: example.com/ok}], containers: [{name: c, image: nginx}]"), "Pod/one", What::ReadinessGate),
        ("a new image that does not come", broken.clone(), "Deployment/web", What::Image),
        ("a registry that does not answer", lines(&["stop-registry docker.io", &one, "wait 40s"]), "Pod/one", What::Registry),
        ("too little memory", lines(&["apply: {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}, annotations: {orrery.dev/memory.c: '32Mi, 5s=100Mi'}}, spec: {containers: [{name: c, image: nginx, resources: {limits: {memory: 64Mi}}}]}}}}", "wait 18s"]), "Deployment/web", What::Memory),
        ("a node without power", "off node-2\nwait 60s".into(), "Node/node-2", What::PoweredOff),
        ("a kubelet that is stopped", "stop-kubelet node-2\nwait 60s".into(), "Node/node-2", What::KubeletStopped),
        ("a node that is cut off", "cut node-2\nwait 60s".into(), "Node/node-2", What::CutOff),
        ("a pod on a node without power", lines(&[&pod("one", "nodeName: node-2, containers: [{name: c, image: nginx}]"), "wait 20s", "off node-2", "wait 60s"]), "Pod/one", What::NodeLost),
        ("a cordon", "cordon node-2\nwait 2s".into(), "Node/node-2", What::Cordoned),
        ("a node that cannot be drained", lines(&[&template("Deployment", "", prefers), "create pdb web --selector=app=web --min-available=1", "wait 30s", "cordon node-2", "wait 2s"]), "Node/node-2", What::Undrained),
        ("a node short of memory", "strain node-2\nwait 60s".into(), "Node/node-2", What::Pressure),
        ("a Service with other labels", lines(&[&web, &service("web", "selector: {app: wbe}, ports: [{port: 80}]"), "wait 30s"]), "Service/web", What::AlmostLabels),
        ("the pod that was meant", lines(&[&web, &service("web", "selector: {app: wbe}, ports: [{port: 80}]"), "wait 30s"]), "Pod/web", What::OtherLabels),
        ("a Service without a selector", lines(&[&web, &service("web", "ports: [{port: 80}]"), "wait 30s"]), "Service/web", What::AlmostLabels),
        ("a port by a name that no container has", lines(&[&web, &service("web", "selector: {app: web}, ports: [{port: 80, targetPort: http}]"), "wait 30s"]), "Service/web", What::PortName),
        ("a port on which nobody listens", lines(&[&web, &service("web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"), "wait 30s"]), "Service/web", What::OtherPort),
        ("an Ingress before a Service that is not there", lines(&[&web, &ingress("ingressClassName: nginx, "), "wait 30s"]), "Ingress/in", What::NoBackend),
        ("an Ingress of another class", lines(&["minikube addons enable ingress", &web, &ingress("ingressClassName: other, "), "wait 30s"]), "Ingress/in", What::NoIngressController),
        ("an Ingress that nobody serves", lines(&[&web, &ingress("ingressClassName: nginx, "), "wait 30s"]), "Ingress/in", What::NoIngressController),
        ("a pause", lines(&[&web, "wait 20s", "rollout pause deployment/web", "wait 2s"]), "Deployment/web", What::Paused),
        ("no replicas", lines(&[&deployment("web", 0, "image: nginx"), "wait 5s"]), "Deployment/web", What::Zero),
        ("a quota", lines(&["create quota few --hard=pods=1", &deployment("web", 3, "image: nginx"), "wait 30s"]), "Deployment/web", What::Refused),
        ("a service account that is not there", lines(&[&template("Deployment", "", "serviceAccountName: build, "), "wait 30s"]), "Deployment/web", What::Refused),
        ("a priority class that is not there", lines(&[&template("Deployment", "", "priorityClassName: high, "), "wait 30s"]), "Deployment/web", What::Refused),
        ("the quota itself", lines(&["create quota few --hard=pods=1", &one, "wait 10s"]), "ResourceQuota/few", What::Quota),
        ("a taint that a DaemonSet does not tolerate", lines(&["taint nodes node-3 gpu=yes:NoSchedule", &template("DaemonSet", "", ""), "wait 30s"]), "DaemonSet/web", What::Tainted),
        ("an autoscaler without metrics", lines(&["minikube addons disable metrics-server", &deployment("web", 1, "image: nginx, resources: {requests: {cpu: 10m}}"), "wait 20s", "autoscale deployment web --max=3 --cpu-percent=50", "wait 60s"]), "HorizontalPodAutoscaler/web", What::Autoscaler),
        ("an autoscaler of pods without requests", lines(&["minikube addons enable metrics-server", &web, "wait 60s", "autoscale deployment web --max=3 --cpu-percent=50", "wait 60s"]), "HorizontalPodAutoscaler/web", What::NoRequests),
        ("a Job that is suspended", "apply: {apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ['true']}]}}}}\nwait 10s".into(), "Job/j", What::Suspended),
        ("a CronJob that is suspended", cron("suspend: true, ") + "\nwait 10s", "CronJob/c", What::Suspended),
        ("a CronJob whose last Job still runs", cron("concurrencyPolicy: Forbid, ") + "\nwait 130s", "CronJob/c", What::StillRuns),
        ("a CronJob whose Jobs a quota refuses", lines(&["create quota none --hard=count/jobs.batch=0", &cron("concurrencyPolicy: Forbid, "), "wait 70s"]), "CronJob/c", What::Missed),
        ("a budget that lets nobody go", lines(&[&web, "create pdb web --selector=app=web --min-available=1", "wait 30s"]), "PodDisruptionBudget/web", What::Budget),
        ("a finalizer", "apply: {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, finalizers: [example.com/hold]}}\ndelete configmap kept --wait=false".into(), "ConfigMap/kept", What::Finalizer),
        ("a claim without a class", lines(&["delete storageclass --all", &claim(""), class, "wait 10s"]), "PersistentVolumeClaim/data", What::NoDefaultClass),
        ("a claim that is in use", lines(&[class, "apply: {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce], storageClassName: '', hostPath: {path: /mnt/a}}}", &claim("storageClassName: '', "), &pod("one", user), "wait 30s", "delete pvc data --wait=false", "wait 2s"]), "PersistentVolumeClaim/data", What::InUse),
        ("a volume whose claim is gone", lines(&["apply: {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOnce], storageClassName: '', hostPath: {path: /mnt/a}}}", &claim("storageClassName: '', "), "wait 10s", "delete pvc data", "wait 10s"]), "PersistentVolume/v", What::Released),
        ("a rollout whose deadline has passed", broken + "\nwait 700s", "Deployment/web", What::Deadline),
    ]
}

#[test]
fn what_a_reason_offers_ends_it() {
    let mut wrong = Vec::new();
    for (row, scenario, object, what) in &rows() {
        let mut cluster = play(scenario);
        let id = find(&cluster, object);
        let told = stuck(&cluster, &id);
        let mend = told.iter().find(|reason| reason.what == *what).and_then(|reason| reason.mend.clone());
        let Some(mend) = mend else {
            wrong.push(format!("{row}: it offers nothing: {told:?}"));
            continue;
        };
        apply(&mut cluster, &mend);
        // A kubelet that was short of something says so for five minutes more.
        cluster.pass(Duration::from_secs(400));
        if let Some(left) = stuck(&cluster, &id).iter().find(|reason| reason.what == *what) {
            wrong.push(format!("{row}: {} did not end it: {left:?}", mended(&mend)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
