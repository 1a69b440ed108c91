//! `kubectl auth reconcile`, and what is told of the whole cluster: `cluster-info dump`, `get componentstatuses`.

use crate::session::{check, check_web};
use expect_test::expect;

const ROLE: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, labels: {a: b}}
rules:
- {apiGroups: [''], resources: [pods, services], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: passed-over}
";

#[test]
fn roles_and_bindings_are_reconciled_with_files() {
    let wider = ROLE.replace("[get, list]", "[get, watch]").replace("jane", "john");
    let other = ROLE.replace("name: r}\nsubjects", "name: other}\nsubjects");
    check(
        &[
            ("auth reconcile -f - --dry-run=client", ROLE),
            ("auth reconcile -f -", ROLE),
            ("auth reconcile -f -", ROLE),
            ("auth reconcile -f -", &wider),
            ("auth reconcile -f - --remove-extra-permissions --remove-extra-subjects", &wider),
            ("get role r -o jsonpath={.rules}", ""),
            ("get rolebinding b -o jsonpath={.subjects[*].name}", ""),
            ("auth reconcile -f -", &other),
            ("auth reconcile -f - --dry-run=server", ROLE),
            ("auth reconcile", ""),
        ],
        expect![[r#"
            $ auth reconcile -f - --dry-run=client
            role.rbac.authorization.k8s.io/r reconciled (dry run)
            stderr: 	reconciliation required create
            stderr: 	missing rules added:
            stderr: 		{Verbs:[get list] APIGroups:[] Resources:[pods services] ResourceNames:[] NonResourceURLs:[]}
            rolebinding.rbac.authorization.k8s.io/b reconciled (dry run)
            stderr: 	reconciliation required create
            stderr: 	missing subjects added:
            stderr: 		{Kind:User APIGroup:rbac.authorization.k8s.io Name:jane Namespace:}
            $ auth reconcile -f -
            role.rbac.authorization.k8s.io/r reconciled
            stderr: 	reconciliation required create
            stderr: 	missing rules added:
            stderr: 		{Verbs:[get list] APIGroups:[] Resources:[pods services] ResourceNames:[] NonResourceURLs:[]}
            rolebinding.rbac.authorization.k8s.io/b reconciled
            stderr: 	reconciliation required create
            stderr: 	missing subjects added:
            stderr: 		{Kind:User APIGroup:rbac.authorization.k8s.io Name:jane Namespace:}
            $ auth reconcile -f -
            role.rbac.authorization.k8s.io/r reconciled
            rolebinding.rbac.authorization.k8s.io/b reconciled
            $ auth reconcile -f -
            role.rbac.authorization.k8s.io/r reconciled
            stderr: 	reconciliation required update
            stderr: 	missing rules added:
            stderr: 		{Verbs:[watch] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
            stderr: 		{Verbs:[watch] APIGroups:[] Resources:[services] ResourceNames:[] NonResourceURLs:[]}
            rolebinding.rbac.authorization.k8s.io/b reconciled
            stderr: 	reconciliation required update
            stderr: 	missing subjects added:
            stderr: 		{Kind:User APIGroup:rbac.authorization.k8s.io Name:john Namespace:}
            $ auth reconcile -f - --remove-extra-permissions --remove-extra-subjects
            role.rbac.authorization.k8s.io/r reconciled
            stderr: 	reconciliation required update
            stderr: 	extra rules removed:
            stderr: 		{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
            stderr: 		{Verbs:[list] APIGroups:[] Resources:[services] ResourceNames:[] NonResourceURLs:[]}
            rolebinding.rbac.authorization.k8s.io/b reconciled
            stderr: 	reconciliation required update
            stderr: 	extra subjects removed:
            stderr: 		{Kind:User APIGroup:rbac.authorization.k8s.io Name:jane Namespace:}
            $ get role r -o jsonpath={.rules}
            [{"apiGroups":[""],"resources":["pods","services"],"verbs":["get","watch"]}]
            $ get rolebinding b -o jsonpath={.subjects[*].name}
            john
            $ auth reconcile -f -
            role.rbac.authorization.k8s.io/r reconciled
            stderr: 	reconciliation required update
            stderr: 	missing rules added:
            stderr: 		{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}
            stderr: 		{Verbs:[list] APIGroups:[] Resources:[services] ResourceNames:[] NonResourceURLs:[]}
            rolebinding.rbac.authorization.k8s.io/b reconciled
            stderr: 	reconciliation required recreate
            $ auth reconcile -f - --dry-run=server
            stderr: error: --dry-run=server for command reconcile is not supported yet
            exit code 1
            $ auth reconcile
            stderr: error: must specify one of -f and -k
            exit code 1
        "#]],
    );
}

#[test]
fn the_parts_that_a_server_asks_how_they_are() {
    check(
        &[
            ("get cs", ""),
            ("get cs etcd-0 -o yaml", ""),
            ("get componentstatuses/scheduler --no-headers", ""),
            ("get cs nobody", ""),
        ],
        expect![[r#"
            $ get cs
            stderr: Warning: v1 ComponentStatus is deprecated in v1.19+
            NAME                 STATUS      MESSAGE                                                                                        ERROR
            controller-manager   Unhealthy   Get "https://127.0.0.1:10257/healthz": dial tcp 127.0.0.1:10257: connect: connection refused   
            scheduler            Unhealthy   Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused   
            etcd-0               Healthy     ok                                                                                             
            $ get cs etcd-0 -o yaml
            stderr: Warning: v1 ComponentStatus is deprecated in v1.19+
            apiVersion: v1
            conditions:
            - message: ok
              status: "True"
              type: Healthy
            kind: ComponentStatus
            metadata:
              creationTimestamp: null
              name: etcd-0
            $ get componentstatuses/scheduler --no-headers
            stderr: Warning: v1 ComponentStatus is deprecated in v1.19+
            scheduler   Unhealthy   Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused   
            $ get cs nobody
            stderr: Warning: v1 ComponentStatus is deprecated in v1.19+
            stderr: Error from server (NotFound): componentstatuses "nobody" not found
            exit code 1
        "#]],
    );
}

#[test]
fn parts_of_objects_and_columns_that_are_asked_for() {
    check_web(
        &[
            "get deploy web --subresource=scale",
            "get deploy web --subresource=scale -o yaml",
            "get deploy web --subresource=status",
            "get deploy --subresource=status",
            "get deploy web --subresource=other",
            "get deploy web --show-kind",
            "get deploy web --show-labels -o yaml",
            "get deploy web --output-watch-events",
            "get deploy web -w --output-watch-events",
            "create priorityclass p --value=1000 --global-default --description=high -o yaml",
            "cluster-info dump --namespaces=default -o yaml",
            "cluster-info dump --output-directory=out",
        ],
        expect![[r#"
            $ apply -f -
            deployment.apps/web created
            $ get deploy web --subresource=scale
            NAME   DESIRED   AVAILABLE   AGE
            web    2         0           0s
            $ get deploy web --subresource=scale -o yaml
            apiVersion: autoscaling/v1
            kind: Scale
            metadata:
              creationTimestamp: "2025-01-01T00:00:00Z"
              name: web
              namespace: default
              resourceVersion: "3"
              uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
            spec:
              replicas: 2
            status:
              replicas: 0
              selector: app=web
            $ get deploy web --subresource=status
            NAME   READY   UP-TO-DATE   AVAILABLE   AGE
            web    0/2     0            0           0s
            $ get deploy --subresource=status
            stderr: error: subresource cannot be used when bulk resources are specified
            exit code 1
            $ get deploy web --subresource=other
            stderr: Error from server (NotFound): the server could not find the requested resource
            exit code 1
            $ get deploy web --show-kind
            NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
            deployment.apps/web   0/2     0            0           0s
            $ get deploy web --show-labels -o yaml
            stderr: error: --show-labels option cannot be used with yaml printer
            exit code 1
            $ get deploy web --output-watch-events
            stderr: error: --output-watch-events option can only be used with --watch or --watch-only
            exit code 1
            $ get deploy web -w --output-watch-events
            EVENT        NAME   READY   UP-TO-DATE   AVAILABLE   AGE
            ADDED        web    0/2     0            0           1s
            stderr: ^C
            exit code 130
            $ create priorityclass p --value=1000 --global-default --description=high -o yaml
            apiVersion: scheduling.k8s.io/v1
            description: high
            globalDefault: true
            kind: PriorityClass
            metadata:
              creationTimestamp: "2025-01-01T00:01:01Z"
              generation: 1
              name: p
              resourceVersion: "4"
              uid: a9921aa3-541a-4e08-90f0-be4bb5a76c70
            preemptionPolicy: PreemptLowerPriority
            value: 1000
            $ cluster-info dump --namespaces=default -o yaml
            apiVersion: v1
            items: []
            kind: NodeList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: v1
            items: []
            kind: EventList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: v1
            items: []
            kind: ReplicationControllerList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: v1
            items: []
            kind: ServiceList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: apps/v1
            items: []
            kind: DaemonSetList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: apps/v1
            items:
            - metadata:
                annotations:
                  kubectl.kubernetes.io/last-applied-configuration: |
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{},"labels":{"app":"web"},"name":"web","namespace":"default"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"image":"nginx:1","name":"c","ports":[{"containerPort":80}]}]}}}}
                creationTimestamp: "2025-01-01T00:00:00Z"
                generation: 1
                labels:
                  app: web
                name: web
                namespace: default
                resourceVersion: "3"
                uid: 230f6949-8c8c-46cb-824a-5634ad00e4c1
              spec:
                progressDeadlineSeconds: 600
                replicas: 2
                revisionHistoryLimit: 10
                selector:
                  matchLabels:
                    app: web
                strategy:
                  rollingUpdate:
                    maxSurge: 25%
                    maxUnavailable: 25%
                  type: RollingUpdate
                template:
                  metadata:
                    creationTimestamp: null
                    labels:
                      app: web
                  spec:
                    containers:
                    - env:
                      - name: A
                        value: "1"
                      - name: B
                        value: "2"
                      image: nginx:1
                      imagePullPolicy: IfNotPresent
                      name: c
                      ports:
                      - containerPort: 80
                        protocol: TCP
                      resources: {}
                      terminationMessagePath: /dev/termination-log
                      terminationMessagePolicy: File
                    dnsPolicy: ClusterFirst
                    restartPolicy: Always
                    schedulerName: default-scheduler
                    securityContext: {}
                    terminationGracePeriodSeconds: 30
              status: {}
            kind: DeploymentList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: apps/v1
            items: []
            kind: ReplicaSetList
            metadata:
              resourceVersion: "4"
            ---
            apiVersion: v1
            items: []
            kind: PodList
            metadata:
              resourceVersion: "4"
            $ cluster-info dump --output-directory=out
            Cluster info dumped to out
        "#]],
    );
}
