//! `kubectl create`, `run`, `expose` and `autoscale`.

use crate::session::{check, check_web};
use expect_test::expect;

#[test]
fn objects_are_made_from_flags() {
    check(
        &[
            ("create deployment d --image=nginx:1.25 --image=redis:7 --replicas=2 --port=80", ""),
            (
                "get deploy d -o 'jsonpath={.spec.template.spec.containers[*].name} {.spec.template.spec.containers[0].ports} {.spec.selector}'",
                "",
            ),
            ("create configmap m --from-literal=a=b --from-file=k=-", "text"),
            ("get cm m -o jsonpath={.data}", ""),
            ("create secret generic s --from-literal=a=b", ""),
            ("get secret s -o 'jsonpath={.data} {.type}'", ""),
            ("create service clusterip v --tcp=80:8080", ""),
            ("get svc v -o 'jsonpath={.spec.ports} {.spec.selector}'", ""),
            ("create service externalname e --external-name=example.com", ""),
            ("create quota q --hard=pods=100,cpu=1k", ""),
            ("get quota q -o jsonpath={.spec.hard}", ""),
            (
                "create ingress i --rule=shop.example.com/*=web:80,tls=cert --rule=shop.example.com/api=api:http",
                "",
            ),
            ("get ingress i -o jsonpath={.spec}", ""),
            ("create role r --verb=get,list --resource=pods,deployments/scale", ""),
            ("get role r -o jsonpath={.rules}", ""),
            ("create rolebinding b --role=r --serviceaccount=default:default", ""),
            ("get rolebinding b -o jsonpath={.subjects}", ""),
            ("create pdb p --selector=app=web --min-available=50%", ""),
            ("get pdb p -o jsonpath={.spec}", ""),
            ("create cronjob c --image=busybox '--schedule=0 0 * * *' -- date", ""),
            ("get cronjob c -o jsonpath={.spec.jobTemplate.spec.template.spec.containers[*].command}", ""),
            ("run once --image=busybox --restart=Never --env=K=V --labels=a=b --command -- sleep 1", ""),
            (
                "get pod once -o 'jsonpath={.metadata.labels} {.spec.containers[0].command} {.spec.containers[0].env} {.spec.restartPolicy}'",
                "",
            ),
        ],
        expect![[r#"
            $ create deployment d --image=nginx:1.25 --image=redis:7 --replicas=2 --port=80
            deployment.apps/d created
            $ get deploy d -o 'jsonpath={.spec.template.spec.containers[*].name} {.spec.template.spec.containers[0].ports} {.spec.selector}'
            nginx redis [{"containerPort":80,"protocol":"TCP"}] {"matchLabels":{"app":"d"}}
            $ create configmap m --from-literal=a=b --from-file=k=-
            configmap/m created
            $ get cm m -o jsonpath={.data}
            {"a":"b","k":"text"}
            $ create secret generic s --from-literal=a=b
            secret/s created
            $ get secret s -o 'jsonpath={.data} {.type}'
            {"a":"Yg=="} Opaque
            $ create service clusterip v --tcp=80:8080
            service/v created
            $ get svc v -o 'jsonpath={.spec.ports} {.spec.selector}'
            [{"name":"80-8080","port":80,"protocol":"TCP","targetPort":8080}] {"app":"v"}
            $ create service externalname e --external-name=example.com
            service/e created
            $ create quota q --hard=pods=100,cpu=1k
            resourcequota/q created
            $ get quota q -o jsonpath={.spec.hard}
            {"cpu":"1k","pods":"100"}
            $ create ingress i --rule=shop.example.com/*=web:80,tls=cert --rule=shop.example.com/api=api:http
            ingress.networking.k8s.io/i created
            $ get ingress i -o jsonpath={.spec}
            {"rules":[{"host":"shop.example.com","http":{"paths":[{"backend":{"service":{"name":"web","port":{"number":80}}},"path":"/","pathType":"Prefix"},{"backend":{"service":{"name":"api","port":{"name":"http"}}},"path":"/api","pathType":"Exact"}]}}],"tls":[{"hosts":["shop.example.com"],"secretName":"cert"}]}
            $ create role r --verb=get,list --resource=pods,deployments/scale
            role.rbac.authorization.k8s.io/r created
            $ get role r -o jsonpath={.rules}
            [{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]},{"apiGroups":["apps"],"resources":["deployments/scale"],"verbs":["get","list"]}]
            $ create rolebinding b --role=r --serviceaccount=default:default
            rolebinding.rbac.authorization.k8s.io/b created
            $ get rolebinding b -o jsonpath={.subjects}
            [{"kind":"ServiceAccount","name":"default","namespace":"default"}]
            $ create pdb p --selector=app=web --min-available=50%
            poddisruptionbudget.policy/p created
            $ get pdb p -o jsonpath={.spec}
            {"minAvailable":"50%","selector":{"matchLabels":{"app":"web"}}}
            $ create cronjob c --image=busybox '--schedule=0 0 * * *' -- date
            cronjob.batch/c created
            $ get cronjob c -o jsonpath={.spec.jobTemplate.spec.template.spec.containers[*].command}
            ["date"]
            $ run once --image=busybox --restart=Never --env=K=V --labels=a=b --command -- sleep 1
            pod/once created
            $ get pod once -o 'jsonpath={.metadata.labels} {.spec.containers[0].command} {.spec.containers[0].env} {.spec.restartPolicy}'
            {"a":"b"} ["sleep","1"] [{"name":"K","value":"V"}] Never
        "#]],
    );
}

#[test]
fn what_cannot_be_made_is_refused_in_upstreams_words() {
    check(
        &[
            ("create deployment d --image=nginx", ""),
            ("create deployment d --image=nginx", ""),
            ("create namespace default", ""),
            ("create deployment x y --image=nginx", ""),
            ("create deployment x", ""),
            ("create foo", ""),
            ("create job j", ""),
            ("create ingress i --rule=nonsense", ""),
            ("create rolebinding b --role=r --clusterrole=c", ""),
            ("create pdb p --selector=a=b", ""),
            ("create service clusterip v", ""),
            ("run", ""),
            ("run --image=nginx", ""),
            ("run x --image=nginx --restart=Sometimes", ""),
        ],
        expect![[r#"
            $ create deployment d --image=nginx
            deployment.apps/d created
            $ create deployment d --image=nginx
            stderr: error: failed to create deployment: deployments.apps "d" already exists
            exit code 1
            $ create namespace default
            stderr: Error from server (AlreadyExists): namespaces "default" already exists
            exit code 1
            $ create deployment x y --image=nginx
            stderr: error: exactly one NAME is required, got 2
            stderr: See 'kubectl create deployment -h' for help and examples
            exit code 1
            $ create deployment x
            stderr: error: required flag(s) "image" not set
            exit code 1
            $ create foo
            stderr: error: Unexpected args: [foo]
            stderr: See 'kubectl create -h' for help and examples
            exit code 1
            $ create job j
            stderr: error: either --image or --from must be specified
            exit code 1
            $ create ingress i --rule=nonsense
            stderr: error: rule nonsense is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]
            exit code 1
            $ create rolebinding b --role=r --clusterrole=c
            stderr: error: exactly one of clusterrole or role must be specified
            exit code 1
            $ create pdb p --selector=a=b
            stderr: error: one of min-available or max-unavailable must be specified
            exit code 1
            $ create service clusterip v
            stderr: error: at least one tcp port specifier must be provided
            exit code 1
            $ run
            stderr: error: required flag(s) "image" not set
            exit code 1
            $ run --image=nginx
            stderr: error: NAME is required for run
            stderr: See 'kubectl run -h' for help and examples
            exit code 1
            $ run x --image=nginx --restart=Sometimes
            stderr: error: invalid restart policy: Sometimes
            stderr: See 'kubectl run -h' for help and examples
            exit code 1
        "#]],
    );
}

#[test]
fn workloads_are_exposed_scaled_and_scaled_by_themselves() {
    check_web(
        &[
            "expose deploy web",
            "get svc web -o 'jsonpath={.spec.ports} {.spec.selector} {.metadata.labels}'",
            "expose deploy web --port=80 --target-port=8080 --name=np --type=NodePort",
            "expose deploy web",
            "expose svc ghost --port=80",
            "scale deploy/web --replicas=3 --current-replicas=9",
            "scale deploy/web --replicas=3",
            "scale deploy/ghost --replicas=1",
            "scale svc/web --replicas=1",
            "scale deploy/web --replicas=-1",
            "scale deploy/web",
            "autoscale deploy web --min=2 --max=5 --cpu-percent=80",
            "get hpa web -o jsonpath={.spec.metrics}",
            "autoscale deploy web --min=5 --max=2",
            "autoscale svc web --max=2",
            "delete deploy web --dry-run=server",
            "delete deploy web --force",
            "delete deploy web",
            "delete deploy -l a=b",
            "delete deploy",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ expose deploy web
            service/web exposed
            $ get svc web -o 'jsonpath={.spec.ports} {.spec.selector} {.metadata.labels}'
            [{"port":80,"protocol":"TCP","targetPort":80}] {"app":"web"} {"app":"web"}
            $ expose deploy web --port=80 --target-port=8080 --name=np --type=NodePort
            service/np exposed
            $ expose deploy web
            stderr: Error from server (AlreadyExists): services "web" already exists
            exit code 1
            $ expose svc ghost --port=80
            stderr: Error from server (NotFound): services "ghost" not found
            exit code 1
            $ scale deploy/web --replicas=3 --current-replicas=9
            stderr: error: Expected replicas to be 9, was 2
            exit code 1
            $ scale deploy/web --replicas=3
            deployment.apps/web scaled
            $ scale deploy/ghost --replicas=1
            stderr: error: no objects passed to scale deployments.apps "ghost" not found
            exit code 1
            $ scale svc/web --replicas=1
            stderr: Error from server (NotFound): the server could not find the requested resource
            exit code 1
            $ scale deploy/web --replicas=-1
            stderr: error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0
            exit code 1
            $ scale deploy/web
            stderr: error: required flag(s) "replicas" not set
            exit code 1
            $ autoscale deploy web --min=2 --max=5 --cpu-percent=80
            horizontalpodautoscaler.autoscaling/web autoscaled
            $ get hpa web -o jsonpath={.spec.metrics}
            [{"resource":{"name":"cpu","target":{"averageUtilization":80,"type":"Utilization"}},"type":"Resource"}]
            $ autoscale deploy web --min=5 --max=2
            stderr: error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 5
            exit code 1
            $ autoscale svc web --max=2
            stderr: error: cannot autoscale a Service: could not find scale subresource for /v1, Resource=services in discovery information
            exit code 1
            $ delete deploy web --dry-run=server
            deployment.apps "web" deleted (server dry run)
            $ delete deploy web --force
            stderr: Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.
            deployment.apps "web" force deleted
            $ delete deploy web
            stderr: Error from server (NotFound): deployments.apps "web" not found
            exit code 1
            $ delete deploy -l a=b
            No resources found
            $ delete deploy
            stderr: error: resource(s) were provided, but no name was specified
            exit code 1
        "#]],
    );
}
