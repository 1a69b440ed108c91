//! Ingresses and the controller's pods in text, what is written and told out.

use super::IngressNginx;
use crate::testing::Workbench;
use expect_test::expect;
use orrery_api::{Ingress, IngressClass, Kind, Node, Object, Pod, PodCondition, Resource, Secret, Service};
use orrery_apimachinery::Str;
use orrery_client::{DeleteOptions, Key};
use orrery_sim::Duration;
use serde_json::{Value, json};

fn make<R: Resource + Clone>(value: &Value) -> R {
    let (object, errors) = Object::decode(R::KIND, value);
    assert!(errors.is_empty(), "{errors:?}");
    (**object.get::<R>().expect("of the kind that was asked for")).clone()
}

fn bench() -> Workbench<IngressNginx> {
    let mut bench = Workbench::new();
    bench.create_namespace("ingress-nginx");
    bench.create::<Node>(make(&json!({
        "metadata": {"name": "node-1"},
        "status": {"addresses": [{"type": "InternalIP", "address": "192.168.49.2"}]}
    })));
    let class = json!({"metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}});
    bench.create::<IngressClass>(make(&class));
    bench
}

fn pod(bench: &mut Workbench<IngressNginx>, image: &str, args: &[&str]) {
    bench.create::<Pod>(make(&json!({
        "metadata": {"name": "controller", "namespace": "ingress-nginx"},
        "spec": {"nodeName": "node-1", "containers": [{"name": "controller", "image": image, "args": args}]}
    })));
}

fn ready(bench: &mut Workbench<IngressNginx>) {
    let date = bench.api.date(bench.now);
    bench.modify_status::<Pod>("ingress-nginx", "controller", |pod| {
        pod.status.conditions = vec![PodCondition {
            type_: "Ready".into(),
            status: "True".into(),
            last_transition_time: Some(date),
            ..Default::default()
        }];
    });
}

fn ingress(bench: &mut Workbench<IngressNginx>, name: &str, class: Option<&str>) {
    let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
    bench.create::<Ingress>(make(&json!({
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"ingressClassName": class, "defaultBackend": backend}
    })));
}

fn addresses(bench: &Workbench<IngressNginx>, name: &str) -> String {
    let ingress = bench.get::<Ingress>("default", name).expect("it is there");
    let texts: Vec<Str> = ingress.status.load_balancer.ingress.iter().filter_map(|i| i.ip.clone()).collect();
    texts.join(" ")
}

const IMAGE: &str = "registry.k8s.io/ingress-nginx/controller:v1.11.3@sha256:0123456789012345678901234567890123456789012345678901234567890123";

#[test]
fn ingresses_of_its_class_get_the_address_of_its_node_once_a_minute() {
    let mut bench = bench();
    ingress(&mut bench, "before", Some("nginx"));
    ingress(&mut bench, "other", None);
    pod(&mut bench, IMAGE, &["/nginx-ingress-controller", "--report-node-internal-ip-address"]);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.written(), "", "it is not ready");
    ready(&mut bench);
    bench.pass(Duration::from_secs(20));
    ingress(&mut bench, "after", Some("nginx"));
    bench.pass(Duration::from_secs(120));
    expect![[r#"
        00:00:10.002 PUT Ingress default/before/status
        00:01:10.000 PUT Ingress default/after/status
    "#]]
    .assert_eq(&bench.written());
    expect![[r#"
        Normal Sync Ingress/after: Scheduled for sync
        Normal Sync Ingress/before: Scheduled for sync
        Normal RELOAD Pod/controller: NGINX reload triggered due to a change in configuration
    "#]]
    .assert_eq(&bench.events());
    assert_eq!(addresses(&bench, "other"), "", "an Ingress without a class is nobody's");
    let options = DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
    let key = Key::new(Kind::Pod, "ingress-nginx", "controller");
    bench.api.delete(&bench.request(), &key, &options).expect("it is there");
    bench.pass(Duration::from_secs(1));
    assert_eq!(addresses(&bench, "before"), "", "as it ends it takes its addresses back");
}

#[test]
fn the_address_is_what_it_is_told() {
    for (row, args, expected) in [
        ("told", &["--publish-status-address=10.0.0.1, 10.0.0.2"][..], "10.0.0.1 10.0.0.2"),
        ("its Service's", &["--publish-service=$(POD_NAMESPACE)/lb"], "10.96.0.80"),
        ("a Service that is not there", &["--publish-service=default/none"], ""),
        ("nothing: its node's", &[], "192.168.49.2"),
    ] {
        let mut bench = bench();
        bench.create::<Service>(make(&json!({
            "metadata": {"name": "lb", "namespace": "ingress-nginx"},
            "spec": {"clusterIP": "10.96.0.80", "ports": [{"port": 80}]}
        })));
        pod(&mut bench, IMAGE, args);
        ready(&mut bench);
        ingress(&mut bench, "web", Some("nginx"));
        bench.pass(Duration::from_secs(65));
        assert_eq!(addresses(&bench, "web"), expected, "{row}");
    }
}

#[test]
fn the_job_beside_it_makes_the_certificate() {
    let mut bench = bench();
    let args =
        ["create", "--host=a,b", "--namespace=$(POD_NAMESPACE)", "--secret-name=ingress-nginx-admission"];
    pod(&mut bench, "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.4.4", &args);
    bench.pass(Duration::from_secs(1));
    assert!(bench.get::<Secret>("ingress-nginx", "ingress-nginx-admission").is_none());
    bench.modify_status::<Pod>("ingress-nginx", "controller", |pod| {
        pod.status.phase = Some("Succeeded".into());
    });
    bench.pass(Duration::from_secs(1));
    assert!(bench.get::<Secret>("ingress-nginx", "ingress-nginx-admission").is_some());
}
