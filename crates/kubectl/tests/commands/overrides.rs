//! `--overrides` of `run` and `expose`.

use crate::session::{check, check_web};
use expect_test::expect;

#[test]
fn a_generated_object_is_changed_before_it_is_sent() {
    check(
        &[
            (
                "run p --image=nginx --overrides '{\"spec\":{\"nodeName\":\"node-1\",\"odd\":1}}' --dry-run=client -o 'jsonpath={.spec.nodeName} {.spec.containers[0].image}'",
                "",
            ),
            (
                "run p --image=nginx --overrides '{\"spec\":{\"containers\":[{\"name\":\"p\",\"tty\":true}]}}' --dry-run=client -o 'jsonpath={.spec.containers}'",
                "",
            ),
            (
                "run p --image=nginx --override-type=strategic --overrides '{\"spec\":{\"containers\":[{\"name\":\"p\",\"tty\":true}]}}' --dry-run=client -o 'jsonpath={.spec.containers}'",
                "",
            ),
            (
                "run p --image=nginx --override-type=json --overrides '[{\"op\":\"replace\",\"path\":\"/metadata/name\",\"value\":\"q\"}]'",
                "",
            ),
            ("run p --image=nginx --override-type=other --overrides '{}'", ""),
            ("run p --image=nginx --overrides '{'", ""),
            ("run p --image=nginx --override-type=json --overrides '[x'", ""),
            ("run p --image=nginx --overrides '{\"spec\":{\"containers\":7}}'", ""),
            ("run p --image=nginx --port=80 --expose --dry-run=client -o yaml", ""),
            ("run p --image=nginx -i --dry-run=client", ""),
        ],
        expect![[r#"
            $ run p --image=nginx --overrides '{"spec":{"nodeName":"node-1","odd":1}}' --dry-run=client -o 'jsonpath={.spec.nodeName} {.spec.containers[0].image}'
            node-1 nginx
            $ run p --image=nginx --overrides '{"spec":{"containers":[{"name":"p","tty":true}]}}' --dry-run=client -o 'jsonpath={.spec.containers}'
            [{"name":"p","resources":{},"tty":true}]
            $ run p --image=nginx --override-type=strategic --overrides '{"spec":{"containers":[{"name":"p","tty":true}]}}' --dry-run=client -o 'jsonpath={.spec.containers}'
            [{"image":"nginx","name":"p","resources":{},"tty":true}]
            $ run p --image=nginx --override-type=json --overrides '[{"op":"replace","path":"/metadata/name","value":"q"}]'
            pod/q created
            $ run p --image=nginx --override-type=other --overrides '{}'
            stderr: error: invalid override type: other
            exit code 1
            $ run p --image=nginx --overrides '{'
            stderr: error: Invalid JSON Patch
            exit code 1
            $ run p --image=nginx --override-type=json --overrides '[x'
            stderr: error: invalid character 'x' looking for beginning of value
            exit code 1
            $ run p --image=nginx --overrides '{"spec":{"containers":7}}'
            stderr: error: json: cannot unmarshal number into Go struct field PodSpec.spec.containers of type []v1.Container
            exit code 1
            $ run p --image=nginx --port=80 --expose --dry-run=client -o yaml
            apiVersion: v1
            kind: Service
            metadata:
              creationTimestamp: null
              name: p
            spec:
              ports:
              - port: 80
                protocol: TCP
                targetPort: 80
              selector:
                run: p
            status:
              loadBalancer: {}
            ---
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              creationTimestamp: null
              labels:
                run: p
              name: p
            spec:
              containers:
              - image: nginx
                name: p
                ports:
                - containerPort: 80
                resources: {}
              dnsPolicy: ClusterFirst
              restartPolicy: Always
            status: {}
            $ run p --image=nginx -i --dry-run=client
            stderr: error: --dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)
            stderr: See 'kubectl run -h' for help and examples
            exit code 1
        "#]],
    );
    check_web(
        &[
            "expose deploy web --port=80 --overrides '{\"spec\":{\"type\":\"NodePort\"}}' --dry-run=client -o 'jsonpath={.spec.type}'",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ expose deploy web --port=80 --overrides '{"spec":{"type":"NodePort"}}' --dry-run=client -o 'jsonpath={.spec.type}'
            NodePort
        "#]],
    );
}
