//! What Tab offers behind a line.

use super::complete;
use crate::{Stdin, run};
use expect_test::expect;
use orrery_apiserver::{Config, Session, Still};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}, {name: log, image: busybox}]}
";

fn argv(line: &str) -> Vec<String> {
    line.split_whitespace().map(String::from).collect()
}

#[test]
fn tab_offers_what_could_be_meant() {
    let mut server = Still::new(Config::default());
    for line in [
        "create ns default",
        "create ns shop",
        "create sa default -n shop",
        "create deployment web --image=nginx",
        "create configmap settings",
        "create configmap web-settings",
        "create service clusterip web --tcp=80:8080",
        "apply -f - --validate=ignore",
    ] {
        run(&argv(line), &Stdin(POD.into()), &mut server);
    }
    let files = ["web.yaml".to_owned(), "shop.yaml".to_owned()];
    let mut seen = String::new();
    for line in [
        "ro",
        "rollout ",
        "rollout st",
        "create sec",
        "get dep",
        "get svc",
        "get cm ",
        "get cm settings ",
        "-n shop get pods ",
        "describe deployments/",
        "delete cm/w",
        "rollout restart d",
        "scale --replicas=3 s",
        "get pods -n ",
        "get pods --namespace=s",
        "get pods -o y",
        "get pods --output=j",
        "get pods --show",
        "get pods -l ",
        "apply -f ",
        "logs -n shop w",
        "logs -n shop web-1 -c ",
        "exec -n shop -it web-1 -c l",
        "port-forward -n shop pod/web-1 ",
        "port-forward svc/web ",
        "set image deploy/web ",
        "wait --for=",
        "explain depl",
        "nonsense ",
    ] {
        let words = argv(line);
        let (before, last) = match line.ends_with(' ') {
            true => (&words[..], ""),
            false => (&words[..words.len() - 1], words[words.len() - 1].as_str()),
        };
        let offers = complete(before, last, server.api(), &files);
        seen += &format!("{line}| {}\n", offers.join(" "));
    }
    expect![[r#"
        ro| rollout
        rollout | history pause restart resume status undo
        rollout st| status
        create sec| secret
        get dep| deploy deployments
        get svc| svc
        get cm | settings web-settings
        get cm settings | web-settings
        -n shop get pods | web-1
        describe deployments/| deployments/web
        delete cm/w| cm/web-settings
        rollout restart d| daemonsets deploy deployments ds
        scale --replicas=3 s| statefulsets sts
        get pods -n | default shop
        get pods --namespace=s| --namespace=shop
        get pods -o y| yaml
        get pods --output=j| --output=json --output=jsonpath=
        get pods --show| --show-labels --show-managed-fields
        get pods -l | app=web
        apply -f | - shop.yaml web.yaml
        logs -n shop w| web-1
        logs -n shop web-1 -c | log web
        exec -n shop -it web-1 -c l| log
        port-forward -n shop pod/web-1 | 8080:80
        port-forward svc/web | 8080:80
        set image deploy/web | 
        wait --for=| --for=condition=Available --for=condition=Complete --for=condition=Ready --for=create --for=delete --for=jsonpath=
        explain depl| deploy deployments
        nonsense | 
    "#]].assert_eq(&seen);
}
