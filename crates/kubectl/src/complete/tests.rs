//! What Tab offers behind a line.

use super::{Known, complete};
use crate::{Stdin, run};
use expect_test::expect;
use orrery_apiserver::{Config, Session, Still};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}, {name: log, image: busybox}]}
";

const CONFIG: &str = "
current-context: here
contexts: [{name: here, context: {}}, {name: shop, context: {namespace: shop}}]
users: [{name: admin}]
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
        "help roll",
        "get pods,depl",
        "get nodes,n",
        "top pods ",
        "--context=shop get pods ",
        "get pods --context ",
        "config use-context ",
        "config delete-user ",
        "delete pods -o ",
        "explain pods -o ",
        "api-resources --output=",
        "version -o y",
        "expose po",
        "autoscale dep",
        "delete pod web-1 --cascade=",
        "create deployment x --dry-run=",
        "create rolebinding r --clusterrole=v",
        "get pods -n shop -l ",
        "events --types=",
        "taint nodes ",
    ] {
        let words = argv(line);
        let known = Known { api: server.api(), files: &files, config: Some(CONFIG) };
        let (before, last) = match line.ends_with(' ') {
            true => (&words[..], ""),
            false => (&words[..words.len() - 1], words[words.len() - 1].as_str()),
        };
        let offers = complete(before, last, &known);
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
        get pods --show| --show-kind --show-labels --show-managed-fields
        get pods -l | 
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
        help roll| rollout
        get pods,depl| pods,deploy pods,deployments
        get nodes,n| nodes,namespaces nodes,netpol nodes,networkpolicies nodes,no nodes,nodes nodes,ns
        top pods | 
        --context=shop get pods | web-1
        get pods --context | here shop
        config use-context | here shop
        config delete-user | admin
        delete pods -o | name
        explain pods -o | plaintext
        api-resources --output=| --output=name --output=wide
        version -o y| yaml
        expose po| po pods
        autoscale dep| deploy deployments
        delete pod web-1 --cascade=| --cascade=background --cascade=foreground --cascade=orphan
        create deployment x --dry-run=| --dry-run=client --dry-run=none --dry-run=server
        create rolebinding r --clusterrole=v| 
        get pods -n shop -l | app=web
        events --types=| --types=Normal --types=Warning
        taint nodes | 
    "#]].assert_eq(&seen);
    let known = Known { api: server.api(), files: &files, config: None };
    for flag in ["-A", "-n", "--watch", "--output="] {
        let offers = complete(&argv("get pods"), "-", &known);
        assert!(offers.iter().any(|offer| offer == flag), "{flag} is offered behind a dash");
    }
}
