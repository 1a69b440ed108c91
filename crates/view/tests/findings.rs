//! What does not fit together, found before anything is applied.

use expect_test::expect;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config};
use orrery_manifest::{Located, objects};
use orrery_sim::SimTime;
use orrery_view::findings::findings;
use std::fmt::Write;

/// A cluster that has these objects.
fn cluster(manifests: &str) -> Cluster {
    let mut cluster = Cluster::new(Config::lively(1));
    cluster.run(SimTime::from_millis(10), &mut || true);
    for located in objects(manifests).objects {
        let mut object = located.object;
        object.metadata_mut().namespace = "default".into();
        let (api, request) = cluster.send();
        api.create(&request, object).expect("the objects of this test are valid");
    }
    cluster
}

/// The findings about a text: where, what, and what to do.
fn print(text: &str, cluster: &Cluster) -> String {
    let read = objects(text);
    assert_eq!(read.diagnostics, [], "{text}");
    let written: Vec<&Located> = read.objects.iter().collect();
    let mut out = String::new();
    for finding in findings(&written, cluster.api()) {
        let d = finding.diagnostic;
        writeln!(out, "{}:{} {} {}", d.line, d.column, d.path, d.message).expect("a string takes it");
        writeln!(out, "  {}", d.hint.unwrap_or_default()).expect("a string takes it");
    }
    out
}

const SOUND: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: debug}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
      - name: web
        image: nginx
        ports: [{name: http, containerPort: 80}]
        readinessProbe: {httpGet: {port: http}}
        env:
        - {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}
        - {name: MORE, valueFrom: {secretKeyRef: {name: more, key: more, optional: true}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080, targetPort: http}]}
";

#[test]
fn what_fits_together_is_left_alone() {
    assert_eq!(print(SOUND, &cluster("")), "");
}

#[test]
fn what_is_in_the_cluster_need_not_be_written() {
    let (service, rest) =
        SOUND.rsplit_once("---\n").map(|(rest, service)| (service, rest)).expect("three parts");
    assert_eq!(print(service, &cluster(rest)), "");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: web}}\nspec: {containers: [{name: a, image: a}]}\n";
    assert_eq!(print(&service.replace("http", "80"), &cluster(pod)), "", "a pod of nobody");
}

#[test]
fn each_thing_that_does_not_fit_is_told_at_its_line_with_what_to_write() {
    let rows = [
        ("a Service that selects nothing", "spec: {selector: {app: web}", "spec: {selector: {app: wbe}"),
        ("a port by a name that no container declares", "targetPort: http", "targetPort: https"),
        ("a port by a number that no container declares", "targetPort: http", "targetPort: 8080"),
        ("a port that is left out and not declared", ", targetPort: http", ""),
        ("a ConfigMap with another name", "name: settings, key: level", "name: setings, key: level"),
        ("a key with another name", "key: level", "key: levle"),
        ("a Secret that is nowhere", "key: more, optional: true", "key: more"),
        ("a probe on a port that is not declared", "port: http}", "port: web}"),
        ("an account that is nowhere", "    spec:\n", "    spec:\n      serviceAccountName: robot\n"),
        ("a class of priority that is nowhere", "    spec:\n", "    spec:\n      priorityClassName: high\n"),
        (
            "a claim that is nowhere",
            "    spec:\n",
            "    spec:\n      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n",
        ),
        (
            "a namespace that is nowhere",
            "metadata: {name: settings}",
            "metadata: {name: settings, namespace: prod}",
        ),
        (
            "two Deployments with one selector",
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: twin}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: a, image: b, ports: [{name: http, containerPort: 81}]}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
        ),
    ];
    let cluster = cluster("");
    let mut out = String::new();
    for (name, from, to) in rows {
        assert!(SOUND.contains(from), "{name}");
        write!(out, "# {name}\n{}", print(&SOUND.replacen(from, to, 1), &cluster))
            .expect("a string takes it");
    }
    expect![[r##"
        # a Service that selects nothing
        26:18 spec.selector no pod has the labels app=wbe: this Service leads nowhere
          the pods of Deployment "web" have app=web,tier=front
        # a port by a name that no container declares
        26:63 spec.ports[0].targetPort no container of the pods that it selects declares port "https"
          declared: 80 (http)
        # a port by a number that no container declares
        26:63 spec.ports[0].targetPort no container of the pods that it selects declares port 8080
          declared: 80 (http)
        # a port that is left out and not declared
        26:45 spec.ports[0].port no container of the pods that it selects declares port 8080
          declared: 80 (http)
        # a ConfigMap with another name
        20:61 spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.name ConfigMap "setings" is in no file and not in the cluster
          did you mean "settings"?
        # a key with another name
        20:76 spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.key ConfigMap "settings" has no key "levle"
          did you mean "level"?
        # a Secret that is nowhere
        21:57 spec.template.spec.containers[0].env[1].valueFrom.secretKeyRef.name Secret "more" is in no file and not in the cluster
          add Secret "more" to namespace "default", or name one that is there
        # a probe on a port that is not declared
        18:42 spec.template.spec.containers[0].readinessProbe.httpGet.port the container declares no port called "web"
          declared: 80 (http)
        # an account that is nowhere
        14:27 spec.template.spec.serviceAccountName ServiceAccount "robot" is in no file and not in the cluster
          add ServiceAccount "robot" to namespace "default", or name one that is there
        # a class of priority that is nowhere
        14:26 spec.template.spec.priorityClassName PriorityClass "high" is in no file and not in the cluster
          add PriorityClass "high", or name one that is there
        # a claim that is nowhere
        14:62 spec.template.spec.volumes[0].persistentVolumeClaim.claimName PersistentVolumeClaim "data" is in no file and not in the cluster
          add PersistentVolumeClaim "data" to namespace "default", or name one that is there
        # a namespace that is nowhere
        3:39 metadata.namespace Namespace "prod" is in no file and not in the cluster
          add Namespace "prod", or name one that is there
        20:61 spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.name ConfigMap "settings" is in no file and not in the cluster
          add ConfigMap "settings" to namespace "default", or name one that is there
        # two Deployments with one selector
        10:13 spec.selector Deployment "twin" selects the same pods
          give each its own labels, such as `app: …`, in selector and template
        27:13 spec.selector Deployment "web" selects the same pods
          give each its own labels, such as `app: …`, in selector and template
    "##]].assert_eq(&out);
}

#[test]
fn other_kinds_name_objects_too() {
    let cluster = cluster(SOUND);
    let mut out = String::new();
    for text in [
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {storageClassName: fast}\n",
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {storageClassName: standrad}\n",
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {storageClassName: \"\"}\n",
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wbe}\n  maxReplicas: 3\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  defaultBackend: {service: {name: wbe, port: {number: 8080}}}\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  rules:\n  - http:\n      paths:\n      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n      - {path: /a, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}\n",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers: [{name: a, image: b, envFrom: [{configMapRef: {name: other}}]}]\n",
    ] {
        write!(out, "{}", print(text, &cluster)).expect("a string takes it");
    }
    expect![[r#"
        4:26 spec.storageClassName StorageClass "fast" is in no file and not in the cluster
          add StorageClass "fast", or name one that is there
        4:26 spec.storageClassName StorageClass "standrad" is in no file and not in the cluster
          did you mean "standard"?
        5:65 spec.scaleTargetRef.name Deployment "wbe" is in no file and not in the cluster
          did you mean "web"?
        5:36 spec.defaultBackend.service.name Service "wbe" is in no file and not in the cluster
          did you mean "web"?
        2:7 kind no Ingress controller is installed: nobody will serve it
          install one with: minikube addons enable ingress
        2:7 kind no Ingress controller is installed: nobody will serve it
          install one with: minikube addons enable ingress
        8:83 spec.rules[0].http.paths[0].backend.service.port.number Service "web" has no port 80
          it has 8080
        9:82 spec.rules[0].http.paths[1].backend.service.port.name Service "web" has no port "http"
          it has 8080
        11:76 spec.jobTemplate.spec.template.spec.containers[0].envFrom[0].configMapRef.name ConfigMap "other" is in no file and not in the cluster
          add ConfigMap "other" to namespace "default", or name one that is there
    "#]].assert_eq(&out);
}
