//! `--local`: files in, changed objects out, and no server.

use crate::session::{WEB, check};
use expect_test::expect;

const BINDING: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\n";

#[test]
fn what_files_hold_is_changed_without_a_server() {
    check(
        &[
            ("set image -f - c=nginx:2 --local", WEB),
            ("set image -f - c=nginx:2 --local -o 'jsonpath={.spec.template.spec.containers[0].image}'", WEB),
            ("label -f - a=b --local -o 'jsonpath={.metadata.labels}'", WEB),
            ("annotate -f - a=b --local --dry-run=client", WEB),
            ("patch -f - --local -p '{\"spec\":{\"replicas\":7}}' -o 'jsonpath={.spec.replicas}'", WEB),
            (
                "set subject -f - --user=jane --user=jane --serviceaccount=:robot --local -o 'jsonpath={.subjects}'",
                BINDING,
            ),
            ("get deploy", ""),
            ("set image deploy/web c=nginx:2 --local", ""),
            ("label deploy web a=b --local", ""),
            ("label a=b --local", ""),
            ("patch deploy web -p '{}' --local", ""),
            ("set image -f - c=nginx:2 --local --dry-run=server", WEB),
        ],
        expect![[r#"
            $ set image -f - c=nginx:2 --local
            deployment.apps/web image updated
            $ set image -f - c=nginx:2 --local -o 'jsonpath={.spec.template.spec.containers[0].image}'
            nginx:2
            $ label -f - a=b --local -o 'jsonpath={.metadata.labels}'
            {"a":"b","app":"web"}
            $ annotate -f - a=b --local --dry-run=client
            deployment.apps/web annotated (dry run)
            $ patch -f - --local -p '{"spec":{"replicas":7}}' -o 'jsonpath={.spec.replicas}'
            7
            $ set subject -f - --user=jane --user=jane --serviceaccount=:robot --local -o 'jsonpath={.subjects}'
            [{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"jane"},{"kind":"ServiceAccount","name":"robot","namespace":"default"}]
            $ get deploy
            stderr: No resources found in default namespace.
            $ set image deploy/web c=nginx:2 --local
            stderr: error: you must specify resources by --filename when --local is set.
            stderr: Example resource specifications include:
            stderr:    '-f rsrc.yaml'
            stderr:    '--filename=rsrc.json'
            exit code 1
            $ label deploy web a=b --local
            stderr: error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set
            exit code 1
            $ label a=b --local
            stderr: error: one or more files must be specified as -f pod.yaml or --filename=pod.json
            exit code 1
            $ patch deploy web -p '{}' --local
            stderr: error: cannot specify --local and server resources
            exit code 1
            $ set image -f - c=nginx:2 --local --dry-run=server
            stderr: error: cannot specify --local and --dry-run=server - did you mean --dry-run=client?
            exit code 1
        "#]],
    );
}

#[test]
fn bindings_get_subjects() {
    check(
        &[
            ("create -f -", BINDING),
            ("set subject rolebinding b --group=admins --serviceaccount=other:robot", ""),
            ("set subject rolebinding b --group=admins", ""),
            ("get rolebinding b -o 'jsonpath={.subjects}'", ""),
            ("set subject rolebinding b", ""),
            ("set subject rolebinding b --serviceaccount=robot", ""),
            ("set subject sa default --user=jane", ""),
        ],
        expect![[r#"
            $ create -f -
            rolebinding.rbac.authorization.k8s.io/b created
            $ set subject rolebinding b --group=admins --serviceaccount=other:robot
            rolebinding.rbac.authorization.k8s.io/b subjects updated
            $ set subject rolebinding b --group=admins
            $ get rolebinding b -o 'jsonpath={.subjects}'
            [{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"admins"},{"kind":"ServiceAccount","name":"robot","namespace":"other"}]
            $ set subject rolebinding b
            stderr: error: you must specify at least one value of user, group or serviceaccount
            exit code 1
            $ set subject rolebinding b --serviceaccount=robot
            stderr: error: serviceaccount must be <namespace>:<name>
            exit code 1
            $ set subject sa default --user=jane
            stderr: error: serviceaccounts/default setting subjects is only supported for RoleBinding/ClusterRoleBinding
            exit code 1
        "#]],
    );
}
