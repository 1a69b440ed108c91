//! Commands that look at what runs: `logs`, `exec`, `attach`, `debug`, `describe`, `events`.

use super::session::check;
use expect_test::expect;

/// A pod on a node, with a sidecar and an init container.
const POD: &str = "
apiVersion: v1
kind: Node
metadata: {name: node-1}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}, annotations: {note: hello}}
spec:
  nodeName: node-1
  initContainers: [{name: prepare, image: 'busybox:1.36', command: [sh, -c, 'sleep 1']}]
  containers:
  - name: main
    image: nginx:1.27
    ports: [{containerPort: 80, name: http}]
    env: [{name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
    livenessProbe: {httpGet: {path: /healthz, port: http}}
    resources: {limits: {cpu: 500m, memory: 64Mi}}
  - {name: crashy, image: 'busybox:1.36'}
";

#[test]
fn logs_are_those_of_the_container_that_is_meant() {
    check(
        &[
            ("apply -f -", POD),
            ("logs web", ""),
            ("logs web -c crashy --previous", ""),
            ("logs web crashy --tail=1 --timestamps", ""),
            ("logs -l app=web --prefix --tail=1", ""),
            ("logs web --all-containers --tail=1", ""),
            ("logs web -c main --since-time=2025-01-01T00:00:15Z", ""),
            ("logs web -c main --previous", ""),
            ("logs web -c nosuch", ""),
            ("logs ghost", ""),
            ("logs -l app=nosuch", ""),
            ("logs deployment/ghost", ""),
            ("logs configmap/none", ""),
            ("logs", ""),
            ("logs web --all-containers -c main", ""),
            ("logs web -c main --since=1s --since-time=2025-01-01T00:00:15Z", ""),
        ],
        expect![[r#"
            $ apply -f -
            node/node-1 created
            pod/web created
            $ logs web
            stderr: Defaulted container "main" out of: main, crashy, prepare (init)
            main now 0
            main now 1
            main now 2
            $ logs web -c crashy --previous
            crashy before 0
            crashy before 1
            crashy before 2
            $ logs web crashy --tail=1 --timestamps
            2025-01-01T00:00:20.250000000Z crashy now 2
            $ logs -l app=web --prefix --tail=1
            stderr: Defaulted container "main" out of: main, crashy, prepare (init)
            [pod/web/main] main now 2
            $ logs web --all-containers --tail=1
            prepare now 2
            main now 2
            crashy now 2
            $ logs web -c main --since-time=2025-01-01T00:00:15Z
            main now 2
            $ logs web -c main --previous
            stderr: Error from server (BadRequest): previous terminated container "main" in pod "web" not found
            exit code 1
            $ logs web -c nosuch
            stderr: error: container nosuch is not valid for pod web
            exit code 1
            $ logs ghost
            stderr: error: error from server (NotFound): pods "ghost" not found in namespace "default"
            exit code 1
            $ logs -l app=nosuch
            stderr: No resources found in default namespace.
            $ logs deployment/ghost
            stderr: error: error from server (NotFound): deployments.apps "ghost" not found in namespace "default"
            exit code 1
            $ logs configmap/none
            stderr: error: error from server (NotFound): configmaps "none" not found in namespace "default"
            exit code 1
            $ logs
            stderr: error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
            stderr: POD or TYPE/NAME is a required argument for the logs command
            stderr: See 'kubectl logs -h' for help and examples
            exit code 1
            $ logs web --all-containers -c main
            stderr: error: --all-containers=true should not be specified with container name main
            exit code 1
            $ logs web -c main --since=1s --since-time=2025-01-01T00:00:15Z
            stderr: error: at most one of `sinceTime` or `sinceSeconds` may be specified
            exit code 1
        "#]],
    );
}

#[test]
fn a_command_runs_in_the_container_that_is_meant() {
    check(
        &[
            ("apply -f -", POD),
            ("exec web -- hostname", ""),
            ("exec web -c crashy -it -- hostname", ""),
            ("exec web -c main -- frobnicate", ""),
            ("exec web -c nosuch -- hostname", ""),
            ("exec web hostname", ""),
            ("exec web", ""),
            ("exec", ""),
            ("exec ghost -- hostname", ""),
            ("attach web -c main", ""),
            ("attach web -c main -it", ""),
        ],
        expect![[r#"
            $ apply -f -
            node/node-1 created
            pod/web created
            $ exec web -- hostname
            stderr: Defaulted container "main" out of: main, crashy, prepare (init)
            main
            $ exec web -c crashy -it -- hostname
            stderr: Unable to use a TTY - input is not a terminal or the right kind of file
            crashy
            $ exec web -c main -- frobnicate
            stderr: no
            stderr: command terminated with exit code 3
            exit code 3
            $ exec web -c nosuch -- hostname
            stderr: error: container nosuch not found in pod web
            exit code 1
            $ exec web hostname
            stderr: error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead
            stderr: See 'kubectl exec -h' for help and examples
            exit code 1
            $ exec web
            stderr: error: you must specify at least one command for the container
            exit code 1
            $ exec
            stderr: error: pod, type/name or --filename must be specified
            exit code 1
            $ exec ghost -- hostname
            stderr: Error from server (NotFound): pods "ghost" not found
            exit code 1
            $ attach web -c main
            stderr: If you don't see a command prompt, try pressing enter.
            stderr: ^C
            exit code 130
            $ attach web -c main -it
            stderr: If you don't see a command prompt, try pressing enter.
            stderr: Session ended, resume using 'kubectl attach web -c main -i -t' command when the pod is running
        "#]],
    );
}

#[test]
fn a_debugging_container_is_added_or_a_copy_made() {
    check(
        &[
            ("apply -f -", POD),
            ("debug web --image=busybox -c look --target=main --profile=general", ""),
            ("get pod web -o jsonpath={.spec.ephemeralContainers}", ""),
            ("debug web --copy-to=web-2 --set-image=*=nginx:1.28", ""),
            ("debug web --copy-to=web-3 --image=busybox -c look --share-processes -- sleep 1d", ""),
            ("get pods -L app", ""),
            ("get pod web-3 -o jsonpath={.spec.containers[2].command}{.spec.shareProcessNamespace}", ""),
            ("debug node/node-1 --image=busybox -c look --quiet --profile=sysadmin", ""),
            ("debug web", ""),
            ("debug web --image=busybox --profile=nosuch", ""),
            ("debug web --image=busybox -t", ""),
        ],
        expect![[r#"
            $ apply -f -
            node/node-1 created
            pod/web created
            $ debug web --image=busybox -c look --target=main --profile=general
            Targeting container "main". If you don't see processes from this container it may be because the container runtime doesn't support this feature.
            $ get pod web -o jsonpath={.spec.ephemeralContainers}
            [{"image":"busybox","imagePullPolicy":"Always","name":"look","resources":{},"securityContext":{"capabilities":{"add":["SYS_PTRACE"]}},"targetContainerName":"main","terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}]
            $ debug web --copy-to=web-2 --set-image=*=nginx:1.28
            stderr: --profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".
            $ debug web --copy-to=web-3 --image=busybox -c look --share-processes -- sleep 1d
            stderr: --profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".
            $ get pods -L app
            NAME    READY   STATUS    RESTARTS   AGE   APP
            web     0/2     Pending   0          0s    web
            web-2   0/2     Pending   0          0s    web
            web-3   0/3     Pending   0          0s    
            $ get pod web-3 -o jsonpath={.spec.containers[2].command}{.spec.shareProcessNamespace}
            ["sleep","1d"]true
            $ debug node/node-1 --image=busybox -c look --quiet --profile=sysadmin
            $ debug web
            stderr: error: you must specify --image when not using --copy-to.
            exit code 1
            $ debug web --image=busybox --profile=nosuch
            stderr: error: unknown profile: nosuch
            exit code 1
            $ debug web --image=busybox -t
            stderr: error: -i/--stdin is required for containers with -t/--tty=true
            exit code 1
        "#]],
    );
}

#[test]
fn a_pod_and_its_node_are_described() {
    check(
        &[
            ("apply -f -", POD),
            ("describe pod web", ""),
            ("describe node node-1 --show-events=false", ""),
            ("describe pod ghost", ""),
            ("describe pods -l app=nosuch", ""),
            ("events --for pod/web", ""),
        ],
        expect![[r#"
            $ apply -f -
            node/node-1 created
            pod/web created
            $ describe pod web
            Name:             web
            Namespace:        default
            Priority:         0
            Service Account:  default
            Node:             node-1/
            Labels:           app=web
            Annotations:      note: hello
            Status:           Pending
            IP:               
            IPs:              <none>
            Init Containers:
              prepare:
                Image:      busybox:1.36
                Port:       <none>
                Host Port:  <none>
                Command:
                  sh
                  -c
                  sleep 1
                Environment:  <none>
                Mounts:
                  /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-8m5hj (ro)
            Containers:
              main:
                Image:      nginx:1.27
                Port:       80/TCP
                Host Port:  0/TCP
                Limits:
                  cpu:     500m
                  memory:  64Mi
                Requests:
                  cpu:     500m
                  memory:  64Mi
                Liveness:  http-get http://:http/healthz delay=0s timeout=1s period=10s #success=1 #failure=3
                Environment:
                  ME:  web (v1:metadata.name)
                  IP:   (v1:status.podIP)
                Mounts:
                  /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-8m5hj (ro)
              crashy:
                Image:        busybox:1.36
                Port:         <none>
                Host Port:    <none>
                Environment:  <none>
                Mounts:
                  /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-8m5hj (ro)
            Volumes:
              kube-api-access-8m5hj:
                Type:                    Projected (a volume that contains injected data from multiple sources)
                TokenExpirationSeconds:  3607
                ConfigMapName:           kube-root-ca.crt
                ConfigMapOptional:       <nil>
                DownwardAPI:             true
            QoS Class:                   Burstable
            Node-Selectors:              <none>
            Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                                         node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
            Events:                      <none>
            $ describe node node-1 --show-events=false
            Name:               node-1
            Roles:              <none>
            Labels:             <none>
            Annotations:        <none>
            CreationTimestamp:  Wed, 01 Jan 2025 00:00:00 +0000
            Taints:             node.kubernetes.io/not-ready:NoSchedule
            Unschedulable:      false
            Lease:              Failed to get lease: leases.coordination.k8s.io "node-1" not found
            Addresses:
            System Info:
              Machine ID:                 
              System UUID:                
              Boot ID:                    
              Kernel Version:             
              OS Image:                   
              Operating System:           
              Architecture:               
              Container Runtime Version:  
              Kubelet Version:            
              Kube-Proxy Version:         
            Non-terminated Pods:          (1 in total)
              Namespace                   Name    CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
              ---------                   ----    ------------  ----------  ---------------  -------------  ---
              default                     web     500m (0%)     500m (0%)   64Mi (0%)        64Mi (0%)      0s
            Allocated resources:
              (Total limits may be over 100 percent, i.e., overcommitted.)
              Resource           Requests   Limits
              --------           --------   ------
              cpu                500m (0%)  500m (0%)
              memory             64Mi (0%)  64Mi (0%)
              ephemeral-storage  0 (0%)     0 (0%)
            $ describe pod ghost
            stderr: Error from server (NotFound): pods "ghost" not found
            exit code 1
            $ describe pods -l app=nosuch
            stderr: No resources found in default namespace.
            $ events --for pod/web
            stderr: No events found in default namespace.
        "#]],
    );
}

#[test]
fn the_server_is_told_of() {
    check(
        &[
            ("version", ""),
            ("cluster-info", ""),
            ("api-versions", ""),
            ("api-resources --api-group=apps", ""),
            ("top pods", ""),
            ("get --raw /healthz", ""),
        ],
        expect![[r#"
            $ version
            Client Version: v1.32.13
            Kustomize Version: v5.5.0
            Server Version: v1.32.13
            $ cluster-info
            Kubernetes control plane is running at https://127.0.0.1:6443

            To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.
            $ api-versions
            admissionregistration.k8s.io/v1
            apiextensions.k8s.io/v1
            apiregistration.k8s.io/v1
            apps/v1
            authentication.k8s.io/v1
            authorization.k8s.io/v1
            autoscaling/v1
            autoscaling/v2
            batch/v1
            certificates.k8s.io/v1
            coordination.k8s.io/v1
            discovery.k8s.io/v1
            events.k8s.io/v1
            flowcontrol.apiserver.k8s.io/v1
            networking.k8s.io/v1
            node.k8s.io/v1
            policy/v1
            rbac.authorization.k8s.io/v1
            scheduling.k8s.io/v1
            storage.k8s.io/v1
            v1
            $ api-resources --api-group=apps
            NAME                  SHORTNAMES   APIVERSION   NAMESPACED   KIND
            controllerrevisions                apps/v1      true         ControllerRevision
            daemonsets            ds           apps/v1      true         DaemonSet
            deployments           deploy       apps/v1      true         Deployment
            replicasets           rs           apps/v1      true         ReplicaSet
            statefulsets          sts          apps/v1      true         StatefulSet
            $ top pods
            stderr: error: Metrics API not available
            exit code 1
            $ get --raw /healthz
            ok
        "#]],
    );
}
