//! Command lines that kubectl refuses: what it says, which goes before what else it could say.

use super::session::check_web;
use expect_test::expect;

#[test]
fn what_does_not_go_together_is_told_before_anything_is_done() {
    check_web(
        &[
            "label",
            "annotate",
            "label deploy web",
            "annotate deploy web",
            "label deploy web a=b --list -o yaml",
            "label deploy --all -l a=b c=d",
            "logs web -c c other",
            "logs web --limit-bytes=-1",
            "port-forward deploy/web 8080:",
            "delete deploy --all -l a=b",
            "delete deploy web --now --grace-period=3",
            "delete deploy web --cascade=never",
            "delete deploy web -o yaml",
            "delete deploy",
            "get deploy web -l a=b",
            "get deploy/web svc",
            "get deploy/web -l a=b",
            "delete deploy web --all",
            "delete -l a=b",
            "expose deploy web --selector=a=b --port=80 --dry-run=client",
            "get deploy web -o jsonpath",
            "get deploy web -o custom-columns=",
            "describe deploy -x",
            "scale deploy web",
            "scale deploy web --replicas=-1",
            "rollout nosuch",
            "rollout restart",
            "rollout undo pod/web",
            "set nosuch",
            "top nosuch",
            "wait deploy/web",
            "wait deploy/web --for=jsonpath=",
            "explain",
            "explain deploy svc",
            "explain nosuch",
            "patch deploy web",
            "patch deploy web -p {} --type=odd",
            "replace",
            "apply",
            "diff",
            "get -f nosuch.yaml",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ label
            stderr: error: one or more resources must be specified as <resource> <name> or <resource>/<name>
            exit code 1
            $ annotate
            stderr: error: one or more resources must be specified as <resource> <name> or <resource>/<name>
            exit code 1
            $ label deploy web
            stderr: error: at least one label update is required
            exit code 1
            $ annotate deploy web
            stderr: error: at least one annotation update is required
            exit code 1
            $ label deploy web a=b --list -o yaml
            stderr: error: --list and --output may not be specified together
            exit code 1
            $ label deploy --all -l a=b c=d
            stderr: error: cannot set --all and --selector at the same time
            exit code 1
            $ logs web -c c other
            stderr: error: only one of -c or an inline [CONTAINER] arg is allowed
            exit code 1
            $ logs web --limit-bytes=-1
            stderr: error: --limit-bytes must be greater than 0
            exit code 1
            $ port-forward deploy/web 8080:
            stderr: error: timed out waiting for the condition
            exit code 1
            $ delete deploy --all -l a=b
            stderr: error: cannot set --all and --selector at the same time
            exit code 1
            $ delete deploy web --now --grace-period=3
            stderr: error: --now and --grace-period cannot be specified together
            exit code 1
            $ delete deploy web --cascade=never
            stderr: error: invalid cascade value (never). Must be "background", "foreground", or "orphan"
            exit code 1
            $ delete deploy web -o yaml
            stderr: error: unexpected -o output mode: yaml. We only support '-o name'
            exit code 1
            $ delete deploy
            stderr: error: resource(s) were provided, but no name was specified
            exit code 1
            $ get deploy web -l a=b
            stderr: error: name cannot be provided when a selector is specified
            exit code 1
            $ get deploy/web svc
            stderr: error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'
            exit code 1
            $ get deploy/web -l a=b
            stderr: error: selectors and the all flag cannot be used when passing resource/name arguments
            exit code 1
            $ delete deploy web --all
            stderr: error: name cannot be provided when a selector is specified
            exit code 1
            $ delete -l a=b
            stderr: error: at least one resource must be specified to use a selector
            exit code 1
            $ expose deploy web --selector=a=b --port=80 --dry-run=client
            service/web exposed (dry run)
            $ get deploy web -o jsonpath
            stderr: error: template format specified but no template given
            exit code 1
            $ get deploy web -o custom-columns=
            stderr: error: custom-columns format specified but no custom columns given
            exit code 1
            $ describe deploy -x
            stderr: error: unknown shorthand flag: 'x' in -x
            stderr: See 'kubectl describe --help' for usage.
            exit code 1
            $ scale deploy web
            stderr: error: required flag(s) "replicas" not set
            exit code 1
            $ scale deploy web --replicas=-1
            stderr: error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0
            exit code 1
            $ rollout nosuch
            stderr: error: unknown command "nosuch"
            stderr: See 'kubectl rollout -h' for help and examples
            exit code 1
            $ rollout restart
            stderr: error: required resource not specified
            exit code 1
            $ rollout undo pod/web
            stderr: Error from server (NotFound): pods "web" not found
            exit code 1
            $ set nosuch
            stderr: error: unknown command "nosuch"
            stderr: See 'kubectl set -h' for help and examples
            exit code 1
            $ top nosuch
            stderr: error: unknown command "nosuch"
            stderr: See 'kubectl top -h' for help and examples
            exit code 1
            $ wait deploy/web
            stderr: error: unrecognized condition: ""
            exit code 1
            $ wait deploy/web --for=jsonpath=
            stderr: error: jsonpath expression cannot be empty
            exit code 1
            $ explain
            stderr: error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.
            exit code 1
            $ explain deploy svc
            stderr: error: We accept only this format: explain RESOURCE
            exit code 1
            $ explain nosuch
            stderr: the server doesn't have a resource type "nosuch"
            exit code 1
            $ patch deploy web
            stderr: error: must specify --patch or --patch-file containing the contents of the patch
            exit code 1
            $ patch deploy web -p {} --type=odd
            stderr: error: --type must be one of [json merge strategic], not "odd"
            exit code 1
            $ replace
            stderr: error: must specify one of -f and -k
            exit code 1
            $ apply
            stderr: error: must specify one of -f and -k
            exit code 1
            $ diff
            stderr: error: must specify one of -f and -k
            exit code 2
            $ get -f nosuch.yaml
            stderr: error: the path "nosuch.yaml" does not exist
            exit code 1
        "#]],
    );
}
