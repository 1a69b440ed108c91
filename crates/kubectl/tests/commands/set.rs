//! `kubectl set`.

use crate::session::check_web;
use expect_test::expect;

#[test]
fn pod_templates_are_changed_in_place() {
    check_web(
        &[
            "set env deploy/web X=1 A-",
            "set env deploy/web --list",
            "set env deploy/web X=1",
            "set resources deploy/web -c=c --requests=cpu=50m --limits=cpu=100m,memory=128Mi",
            "set image deploy/web *=nginx:3",
            "set serviceaccount deploy/web robot",
            "get deploy web -o 'jsonpath={.spec.template.spec.serviceAccountName} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].resources}'",
            "set image deploy/web zzz=nginx",
            "set image deploy/web",
            "set resources deploy/web",
            "set resources deploy/web --limits=cpu=1i",
            "set env deploy/web 1=2",
            "set env",
            "set selector deploy/web a=b",
            "set selector svc ghost a=b",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ set env deploy/web X=1 A-
            deployment.apps/web env updated
            $ set env deploy/web --list
            # Deployment web, container c
            B=2
            X=1
            $ set env deploy/web X=1
            $ set resources deploy/web -c=c --requests=cpu=50m --limits=cpu=100m,memory=128Mi
            deployment.apps/web resource requirements updated
            $ set image deploy/web *=nginx:3
            deployment.apps/web image updated
            $ set serviceaccount deploy/web robot
            deployment.apps/web serviceaccount updated
            $ get deploy web -o 'jsonpath={.spec.template.spec.serviceAccountName} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].resources}'
            robot nginx:3 {"limits":{"cpu":"100m","memory":"128Mi"},"requests":{"cpu":"50m"}}
            $ set image deploy/web zzz=nginx
            stderr: error: unable to find container named "zzz"
            exit code 1
            $ set image deploy/web
            stderr: error: at least one image update is required
            exit code 1
            $ set resources deploy/web
            stderr: error: you must specify an update to requests or limits (in the form of --requests/--limits)
            exit code 1
            $ set resources deploy/web --limits=cpu=1i
            stderr: error: unable to parse quantity's suffix
            exit code 1
            $ set env deploy/web 1=2
            stderr: error: "1" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')
            exit code 1
            $ set env
            stderr: error: one or more resources must be specified as <resource> <name> or <resource>/<name>
            exit code 1
            $ set selector deploy/web a=b
            stderr: error: setting a selector is only supported for Services
            exit code 1
            $ set selector svc ghost a=b
            stderr: Error from server (NotFound): services "ghost" not found
            exit code 1
        "#]],
    );
}
