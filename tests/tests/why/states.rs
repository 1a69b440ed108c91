//! States that stay, how they come about, and what is done about them, as lines of scenarios.

use super::*;

/// What makes a container ready once it has a file.
const PROBED: &str = "readinessProbe: {periodSeconds: 1, exec: {command: [cat, /tmp/ok]}}";
/// What a shell does until it is ended.
const RUNS: &str = "image: busybox, command: [sh, -c, 'sleep 100000']";

fn job(command: &str, spec: &str) -> String {
    format!(
        "apply: {{apiVersion: batch/v1, kind: Job, metadata: {{name: j}}, spec: {{{spec}template: {{spec: {{restartPolicy: Never, containers: [{{name: c, image: busybox, command: [sh, -c, '{command}']}}]}}}}}}}}"
    )
}

fn volume(name: &str, size: &str) -> String {
    format!(
        "apply: {{apiVersion: v1, kind: PersistentVolume, metadata: {{name: {name}}}, spec: {{capacity: {{storage: {size}}}, accessModes: [ReadWriteOnce], storageClassName: '', hostPath: {{path: /mnt/{name}}}}}}}"
    )
}

fn claim(class: &str) -> String {
    format!(
        "apply: {{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: data}}, spec: {{storageClassName: '{class}', accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 5Gi}}}}}}}}"
    )
}

fn class(name: &str, provisioner: &str, binding: &str) -> String {
    format!(
        "apply: {{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: {name}}}, provisioner: {provisioner}, volumeBindingMode: {binding}}}"
    )
}

fn ingress(port: u16) -> String {
    format!(
        "minikube addons enable ingress\napply: {{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: in}}, spec: {{ingressClassName: nginx, rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: {port}}}}}}}}}]}}}}]}}}}"
    )
}

/// A state by name, how it comes about, the object of which it is told, the reason, and what is done about it.
pub type Row = (&'static str, String, &'static str, What, String);

/// Of pods.
fn pods() -> Vec<Row> {
    let exits = |code: u8| {
        pod(
            "one",
            &format!(
                "restartPolicy: Never, containers: [{{name: c, image: busybox, command: [sh, -c, 'exit {code}']}}]"
            ),
        )
    };
    let anew = lines(&["delete pod one", &exits(0), "wait 20s"]);
    let patch = |to: &str| format!("patch deployment web --type=json -p '[{to}]'\nwait 60s");
    let user = "containers: [{name: c, image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]";
    let mounts = "containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, configMap: {name: settings, items: [{key: a, path: a}]}}]";
    let heavy = |name: &str, class: &str| {
        pod(
            name,
            &format!(
                "{class}nodeSelector: {{kubernetes.io/hostname: node-2}}, terminationGracePeriodSeconds: 60, containers: [{{name: c, {RUNS}, resources: {{requests: {{cpu: '3'}}}}}}]"
            ),
        )
    };
    let ready = format!("containers: [{{name: c, {RUNS}, {PROBED}}}]");
    let probed = lines(&[
        &pod("one", &ready),
        &service("one", "selector: {app: one}, ports: [{port: 80}]"),
        "wait 20s",
    ]);
    let touch = "exec one -- touch /tmp/ok\nwait 5s".to_owned();
    vec![
        (
            "no node has a label that a pod asks for",
            pod("one", "nodeSelector: {disk: ssd}, containers: [{name: c, image: nginx}]") + "\nwait 5s",
            "Pod/one",
            What::Unschedulable,
            "label node node-2 disk=ssd\nwait 30s".into(),
        ),
        (
            "a pod has the place of another that still ends",
            lines(&[
                &heavy("low", ""),
                "wait 20s",
                "create priorityclass high --value=1000",
                &heavy("one", "priorityClassName: high, "),
                "wait 10s",
            ]),
            "Pod/one",
            What::Victims,
            "wait 80s".into(),
        ),
        (
            "a program ends again and again",
            lines(&[&deployment("web", 1, "image: busybox, command: [sh, -c, 'exit 3']"), "wait 60s"]),
            "Deployment/web",
            What::Crash,
            patch(
                r#"{"op":"replace","path":"/spec/template/spec/containers/0/command","value":["sleep","1000"]}"#,
            ),
        ),
        ("a program has ended and stays so", exits(2) + "\nwait 20s", "Pod/one", What::Exit, anew.clone()),
        ("a pod has failed", exits(2) + "\nwait 20s", "Pod/one", What::Failed, anew),
        (
            "a container was started again",
            lines(&[
                &deployment("web", 1, "image: busybox, command: [sh, -c, 'sleep 20; exit 1']"),
                "wait 60s",
            ]),
            "Pod/web",
            What::Restarted,
            "rollout restart deployment web\nwait 15s".into(),
        ),
        (
            "a container is made of a ConfigMap that is not there",
            lines(&[
                &pod(
                    "one",
                    "containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: settings}}]}]",
                ),
                "wait 20s",
            ]),
            "Pod/one",
            What::Config,
            "create configmap settings\nwait 30s".into(),
        ),
        (
            "a volume is made of a key that is not there",
            lines(&["create configmap settings", &pod("one", mounts), "wait 20s"]),
            "Pod/one",
            What::Mount,
            "patch configmap settings -p '{\"data\":{\"a\":\"b\"}}'\nwait 130s".into(),
        ),
        (
            "an init container waits for a name",
            lines(&[
                &pod(
                    "one",
                    "initContainers: [{name: i, image: busybox, command: [sh, -c, 'until nslookup web; do sleep 2; done']}], containers: [{name: c, image: nginx}]",
                ),
                "wait 20s",
            ]),
            "Pod/one",
            What::Init,
            "create service clusterip web --tcp=80\nwait 30s".into(),
        ),
        (
            "a pod names a claim that is not bound",
            lines(&[&claim(""), &pod("one", user), "wait 5s"]),
            "Pod/one",
            What::Claim,
            volume("v", "5Gi") + "\nwait 60s",
        ),
        (
            "a probe fails",
            lines(&[
                &deployment(
                    "web",
                    1,
                    "image: nginx, readinessProbe: {periodSeconds: 1, httpGet: {path: /nothing, port: 80}}",
                ),
                "wait 30s",
            ]),
            "Deployment/web",
            What::Probe,
            patch(
                r#"{"op":"replace","path":"/spec/template/spec/containers/0/readinessProbe/httpGet/path","value":"/"}"#,
            ),
        ),
        (
            "a Service does not lead to a pod that is not ready",
            probed.clone(),
            "Pod/one",
            What::NotInEndpoints,
            touch.clone(),
        ),
        ("a Service leads only to pods that are not ready", probed, "Service/one", What::NoneReady, touch),
        (
            "a pod is within its grace",
            lines(&[
                &pod("one", &format!("containers: [{{name: c, {RUNS}}}]")),
                "wait 20s",
                "delete pod one --wait=false",
                "wait 2s",
            ]),
            "Pod/one",
            What::Grace,
            "wait 40s".into(),
        ),
    ]
}

/// Of what asks for something, and of what is asked.
fn requests() -> Vec<Row> {
    let asks = pod("one", &format!("containers: [{{name: c, {RUNS}}}]"));
    let web = lines(&[
        &deployment("web", 1, "image: nginx, ports: [{containerPort: 80}]"),
        &service("web", "selector: {app: web}, ports: [{port: 80}]"),
        &asks,
        "wait 30s",
    ]);
    let policy = "apply: {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: few}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {role: client}}}]}]}}";
    let again = "ask one http://web/";
    let other = service("web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]");
    let leads =
        |object: &'static str| move |row, state: String, what, done: String| (row, state, object, what, done);
    let (of_service, of_ingress) = (leads("Service/web"), leads("Ingress/in"));
    let slice = "apply: {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}, addressType: IPv4, ports: [{port: 80}], endpoints: [{addresses: [192.0.2.7]}]}";
    let ports = r#"patch ingress in --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":80}]'"#;
    vec![
        (
            "a name means nothing",
            lines(&[&web, "ask one http://wbe/"]),
            "Pod/one",
            What::NoName,
            again.into(),
        ),
        (
            "a NetworkPolicy lets nobody in but clients",
            lines(&[&web, policy, "wait 5s", again]),
            "Pod/one",
            What::Denied,
            lines(&["label pod one role=client", "wait 5s", again]),
        ),
        (
            "nobody listens where a Service leads",
            lines(&[&web, &other, "wait 5s", again]),
            "Pod/one",
            What::NotListening,
            lines(&[
                r#"patch service web --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":80}]'"#,
                "wait 5s",
                again,
            ]),
        ),
        of_service(
            "no pod has a Service's labels",
            service("web", "selector: {app: web}, ports: [{port: 80}]") + "\nwait 5s",
            What::NoPods,
            web.clone(),
        ),
        of_service(
            "a Service has no selector",
            service("web", "ports: [{port: 80}]") + "\nwait 5s",
            What::NoSelector,
            slice.to_owned() + "\nwait 5s",
        ),
        of_service(
            "no cloud gives a load balancer",
            "minikube addons disable cloud-provider\n".to_owned()
                + &service("web", "type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]")
                + "\nwait 30s",
            What::LoadBalancer,
            "minikube addons enable cloud-provider\nwait 60s".into(),
        ),
        of_ingress(
            "an Ingress leads to a Service that leads to no pod",
            lines(&[&service("web", "selector: {app: web}, ports: [{port: 80}]"), &ingress(80), "wait 5s"]),
            What::EmptyBackend,
            web.clone(),
        ),
        of_ingress(
            "an Ingress leads to a port that a Service does not have",
            lines(&[&web, &ingress(8080), "wait 5s"]),
            What::NoBackendPort,
            ports.to_owned() + "\nwait 5s",
        ),
    ]
}

/// Of workloads.
fn workloads() -> Vec<Row> {
    let probed = format!("{RUNS}, {PROBED}");
    let set = format!(
        "apply: {{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db}}, spec: {{serviceName: db, replicas: 2, selector: {{matchLabels: {{app: db}}}}, template: {{metadata: {{labels: {{app: db}}}}, spec: {{containers: [{{name: c, {probed}}}]}}}}}}}}"
    );
    let daemons = "apply: {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: nginx}]}}}}";
    let never = "apply: {apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {schedule: '0 0 31 2 *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ['true']}]}}}}}}";
    vec![
        (
            "a pod of a Deployment is not ready",
            lines(&[&deployment("web", 1, &probed), "wait 20s"]),
            "Deployment/web",
            What::Unready,
            "exec deploy/web -- touch /tmp/ok\nwait 5s".into(),
        ),
        (
            "a StatefulSet waits for its first pod",
            lines(&[&set, "wait 20s"]),
            "StatefulSet/db",
            What::Ordinal,
            "exec db-0 -- touch /tmp/ok\nwait 20s".into(),
        ),
        (
            "no node has what a DaemonSet asks for",
            lines(&[daemons, "wait 10s"]),
            "DaemonSet/web",
            What::NoNode,
            "label node node-2 disk=ssd\nwait 30s".into(),
        ),
        (
            "a Job has failed",
            lines(&[&job("exit 2", "backoffLimit: 0, "), "wait 60s"]),
            "Job/j",
            What::JobFailed,
            lines(&["delete job j", &job("exit 0", ""), "wait 60s"]),
        ),
        (
            "pods of a Job fail, and others are tried",
            lines(&[&job("nslookup web", ""), "wait 30s"]),
            "Job/j",
            What::Retries,
            "create service clusterip web --tcp=80\nwait 300s".into(),
        ),
        (
            "a CronJob is due on no day",
            lines(&[never, "wait 70s"]),
            "CronJob/c",
            What::Missed,
            "patch cronjob c -p '{\"spec\":{\"schedule\":\"* * * * *\"}}'\nwait 70s".into(),
        ),
    ]
}

/// Of what a cluster stands on, and of storage.
fn cluster() -> Vec<Row> {
    let held = "apply: {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: old, finalizers: [example.com/hold]}}";
    let of_claim = |row, state: &[&str], what, done: String| {
        (row, lines(state) + "\nwait 10s", "PersistentVolumeClaim/data", what, done + "\nwait 60s")
    };
    let user = pod(
        "one",
        "containers: [{name: c, image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]",
    );
    let (immediate, first, minikube) = ("Immediate", "WaitForFirstConsumer", "k8s.io/minikube-hostpath");
    vec![
        (
            "a node is not ready",
            "stop-kubelet node-2\nwait 60s".into(),
            "Node/node-2",
            What::NotReady,
            "start node-2\nwait 30s".into(),
        ),
        (
            "a namespace that goes has something left in it",
            lines(&["create namespace old", held, "delete namespace old --wait=false", "wait 10s"]),
            "Namespace/old",
            What::NamespaceLeft,
            "patch configmap kept -n old --type=merge -p '{\"metadata\":{\"finalizers\":null}}'\nwait 30s"
                .into(),
        ),
        of_claim(
            "there is no class of a claim's",
            &[&claim("fast")],
            What::NoClass,
            class("fast", minikube, immediate),
        ),
        of_claim(
            "a claim waits for its first pod",
            &[&class("late", minikube, first), &claim("late")],
            What::WaitsForPod,
            user,
        ),
        of_claim(
            "a volume is too small",
            &[&volume("small", "1Gi"), &claim("")],
            What::NoFit,
            volume("large", "5Gi"),
        ),
        of_claim(
            "a provisioner is not there",
            &[
                "minikube addons disable storage-provisioner",
                &class("fast", minikube, immediate),
                &claim("fast"),
            ],
            What::Provisioner,
            "minikube addons enable storage-provisioner".into(),
        ),
    ]
}

/// All of them.
pub fn all() -> Vec<Row> {
    [pods(), requests(), workloads(), cluster()].concat()
}
