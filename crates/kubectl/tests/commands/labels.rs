//! `kubectl label` and `kubectl annotate`.

use crate::session::check_web;
use expect_test::expect;

#[test]
fn labels_are_set_kept_overwritten_and_removed() {
    check_web(
        &[
            "label deploy web x=1",
            "label deploy web x=1",
            "label deploy web x=2",
            "label deploy web x=2 --overwrite",
            "label deploy web --list",
            "label deploy web x-",
            "label deploy web x-",
            "label deployments --all y=1",
            "label deploy web 'x=a b'",
            "label deploy web",
            "label deploy web x=1 x-",
            "label deploy ghost x=1",
            "label deploy web x=1 pods",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ label deploy web x=1
            deployment.apps/web labeled
            $ label deploy web x=1
            deployment.apps/web not labeled
            $ label deploy web x=2
            stderr: error: 'x' already has a value (1), and --overwrite is false
            exit code 1
            $ label deploy web x=2 --overwrite
            deployment.apps/web labeled
            $ label deploy web --list
            x=2
            app=web
            $ label deploy web x-
            deployment.apps/web unlabeled
            $ label deploy web x-
            label "x" not found.
            deployment.apps/web not labeled
            $ label deployments --all y=1
            deployment.apps/web labeled
            $ label deploy web 'x=a b'
            stderr: error: invalid label value: "x=a b": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            exit code 1
            $ label deploy web
            stderr: error: at least one label update is required
            exit code 1
            $ label deploy web x=1 x-
            stderr: error: can not both modify and remove a label in the same command
            exit code 1
            $ label deploy ghost x=1
            stderr: Error from server (NotFound): deployments.apps "ghost" not found
            exit code 1
            $ label deploy web x=1 pods
            stderr: error: all resources must be specified before label changes: pods
            exit code 1
        "#]],
    );
}

#[test]
fn annotations_are_set_kept_overwritten_and_removed() {
    check_web(
        &[
            "annotate deploy web note=hi",
            "annotate deploy web note=ho",
            "annotate deploy web note=ho --overwrite",
            "annotate deploy web note-",
            "annotate deploy web kubernetes.io/change-cause=a",
            "annotate deploy web kubernetes.io/change-cause=b",
            "annotate deploy web note=1 note-",
            "annotate deploy web",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ annotate deploy web note=hi
            deployment.apps/web annotated
            $ annotate deploy web note=ho
            stderr: error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (hi)
            exit code 1
            $ annotate deploy web note=ho --overwrite
            deployment.apps/web annotated
            $ annotate deploy web note-
            deployment.apps/web annotated
            $ annotate deploy web kubernetes.io/change-cause=a
            deployment.apps/web annotated
            $ annotate deploy web kubernetes.io/change-cause=b
            deployment.apps/web annotated
            $ annotate deploy web note=1 note-
            stderr: error: can not both modify and remove the following annotation(s) in the same command: note
            exit code 1
            $ annotate deploy web
            stderr: error: at least one annotation update is required
            exit code 1
        "#]],
    );
}
