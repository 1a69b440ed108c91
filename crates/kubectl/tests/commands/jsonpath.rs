//! `-o jsonpath=…`.

use crate::session::check_web;
use expect_test::expect;

#[test]
fn templates_pick_values_and_print_maps_as_json() {
    check_web(
        &[
            "get deploy web -o jsonpath={.metadata.name}",
            "get deploy web -o jsonpath={.metadata.nothing}",
            "get deploy web -o 'jsonpath=name: {.metadata.name}, {.spec.replicas} {.spec.paused}'",
            "get deploy web -o jsonpath={.spec.selector}",
            "get deploy -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name}{\"\\t\"}{range .spec.template.spec.containers[0].env[*]}{.name}={.value};{end}{end}.'",
            "get deploy web -o 'jsonpath={.spec.template.spec.containers[0].env[?(@.name==\"B\")].value}'",
            "get deploy web -o 'jsonpath={.spec.template.spec.containers[?(@.livenessProbe)].name}'",
            "get deploy web -o 'jsonpath={.spec.template.spec.containers[0].ports[?(@.containerPort<100)].protocol}'",
            "get deploy web -o 'jsonpath={.spec.template.spec.containers[0].env[-1:].name} {.spec.template.spec.containers[0].env[0,1].name}'",
            "get deploy web -o 'jsonpath={..containerPort} {.metadata.labels.*}'",
            "get deploy web -o jsonpath={.spec.template.spec.dnsPolicy}{true}{3}",
            "get deploy web -o jsonpath-as-json={.spec.replicas}",
            "get deploy web -o jsonpath={.spec.containers[0",
            "get deploy web -o jsonpath={.spec",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ get deploy web -o jsonpath={.metadata.name}
            web
            $ get deploy web -o jsonpath={.metadata.nothing}
            $ get deploy web -o 'jsonpath=name: {.metadata.name}, {.spec.replicas} {.spec.paused}'
            name: web, 2 
            $ get deploy web -o jsonpath={.spec.selector}
            {"matchLabels":{"app":"web"}}
            $ get deploy -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name}{"\t"}{range .spec.template.spec.containers[0].env[*]}{.name}={.value};{end}{end}.'
            Deployment/web	A=1;B=2;.
            $ get deploy web -o 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="B")].value}'
            2
            $ get deploy web -o 'jsonpath={.spec.template.spec.containers[?(@.livenessProbe)].name}'
            $ get deploy web -o 'jsonpath={.spec.template.spec.containers[0].ports[?(@.containerPort<100)].protocol}'
            TCP
            $ get deploy web -o 'jsonpath={.spec.template.spec.containers[0].env[-1:].name} {.spec.template.spec.containers[0].env[0,1].name}'
            B A B
            $ get deploy web -o 'jsonpath={..containerPort} {.metadata.labels.*}'
            80 web
            $ get deploy web -o jsonpath={.spec.template.spec.dnsPolicy}{true}{3}
            ClusterFirsttrue3
            $ get deploy web -o jsonpath-as-json={.spec.replicas}
            [
                2
            ]
            $ get deploy web -o jsonpath={.spec.containers[0
            stderr: error: error parsing jsonpath {.spec.containers[0, unterminated array
            exit code 1
            $ get deploy web -o jsonpath={.spec
            stderr: error: error parsing jsonpath {.spec, unclosed action
            exit code 1
        "#]],
    );
}
