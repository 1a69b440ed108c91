//! Scripts at the console of a cluster, and what is seen.

use super::Shell;
use expect_test::{Expect, expect};
use orrery_api::Pod;
use orrery_run::Run;
use orrery_share::{Link, decode, encode};
use orrery_sim::Duration;

const WEB: &str = "cat <<EOF | kubectl apply -f -
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
EOF
";

/// Types a script on two nodes, and tells what is seen of it from the line `---` on.
fn typed(script: &str) -> (String, Shell) {
    let link = Link { seed: 1, nodes: 2, speed: 1.0, at: 30_000_000_000, ..Link::default() };
    let mut shell = Shell::new(&link, Duration::from_secs(60));
    let (mut seen, mut whole) = (String::new(), String::new());
    for line in script.lines() {
        if line == "---" {
            seen.clear();
            continue;
        }
        whole += line;
        whole.push('\n');
        if orrery_workstation::console::is_unfinished(whole.trim_end()) {
            continue;
        }
        let entered = std::mem::take(&mut whole);
        seen += &format!("{}{entered}", shell.console.prompt());
        shell.enter(entered.trim_end(), &mut |_, text| seen += text);
    }
    (seen, shell)
}

fn check(script: &str, expected: Expect) {
    expected.assert_eq(&typed(&[WEB, script].concat()).0);
}

#[test]
fn a_drain_waits_for_the_budget_and_tries_again() {
    check(
        "kubectl create pdb web --selector=app=web --min-available=2
sleep 10
POD=$(kubectl get pods -o name --field-selector=spec.nodeName=node-1 | head -1)
---
kubectl drain node-1 --ignore-daemonsets --timeout=7s; echo $?
kubectl drain node-1 --ignore-daemonsets &
sleep 7; kubectl delete pdb web; sleep 10
kubectl get $POD",
        expect![[r#"
            $ kubectl drain node-1 --ignore-daemonsets --timeout=7s; echo $?
            node/node-1 cordoned
            evicting pod default/web-c4b45475-psjbz
            error when evicting pods/"web-c4b45475-psjbz" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            evicting pod default/web-c4b45475-psjbz
            error when evicting pods/"web-c4b45475-psjbz" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            evicting pod default/web-c4b45475-psjbz
            There are pending pods in node "node-1" when an error occurred: error when evicting pods/"web-c4b45475-psjbz" -n "default": global timeout reached: 7s
            pod/web-c4b45475-psjbz
            error: unable to drain node "node-1" due to error: error when evicting pods/"web-c4b45475-psjbz" -n "default": global timeout reached: 7s, continuing command...
            There are pending nodes to be drained:
             node-1
            error when evicting pods/"web-c4b45475-psjbz" -n "default": global timeout reached: 7s
            1
            $ kubectl drain node-1 --ignore-daemonsets &
            node/node-1 already cordoned
            evicting pod default/web-c4b45475-psjbz
            error when evicting pods/"web-c4b45475-psjbz" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            $ sleep 7; kubectl delete pdb web; sleep 10
            evicting pod default/web-c4b45475-psjbz
            error when evicting pods/"web-c4b45475-psjbz" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
            poddisruptionbudget.policy "web" deleted
            evicting pod default/web-c4b45475-psjbz
            pod/web-c4b45475-psjbz evicted
            node/node-1 drained
            $ kubectl get $POD
            Error from server (NotFound): pods "web-c4b45475-psjbz" not found
        "#]],
    );
}

#[test]
fn a_person_sits_in_a_new_pod_and_it_goes_with_them() {
    check(
        "---
kubectl run -it --rm box --image=busybox:1.36
NAME=there
echo $NAME from $(hostname)
exit
sleep 40; kubectl get pod box
kubectl run -it --rm loop --image=busybox:1.36 -- sh -c 'echo begun; sleep 1000'
echo $?
kubectl run once --image=busybox:1.36 --restart=Never -i --rm -- sh -c 'echo out; exit 3'; echo $?
kubectl run stays --image=busybox:1.36 -it
exit
sleep 3; kubectl get pod stays
kubectl attach -it stays
ps
exit",
        expect![[r#"
            $ kubectl run -it --rm box --image=busybox:1.36
            If you don't see a command prompt, try pressing enter.
            / # NAME=there
            / # echo $NAME from $(hostname)
            there from box
            / # exit
            pod "box" deleted
            $ sleep 40; kubectl get pod box
            Error from server (NotFound): pods "box" not found
            $ kubectl run -it --rm loop --image=busybox:1.36 -- sh -c 'echo begun; sleep 1000'
            If you don't see a command prompt, try pressing enter.
            begun
            ^C
            pod "loop" deleted
            $ echo $?
            130
            $ kubectl run once --image=busybox:1.36 --restart=Never -i --rm -- sh -c 'echo out; exit 3'; echo $?
            out
            pod "once" deleted
            pod default/once terminated (Error)
            3
            $ kubectl run stays --image=busybox:1.36 -it
            If you don't see a command prompt, try pressing enter.
            / # exit
            Session ended, resume using 'kubectl attach stays -c stays -i -t' command when the pod is running
            $ sleep 3; kubectl get pod stays
            NAME    READY   STATUS    RESTARTS     AGE
            stays   1/1     Running   1 (3s ago)   5s
            $ kubectl attach -it stays
            If you don't see a command prompt, try pressing enter.
            / # ps
            PID   USER     TIME  COMMAND
                1 root      0:00 sh
                3 root      0:00 sh
                4 root      0:00 ps
            / # exit
            Session ended, resume using 'kubectl attach stays -c stays -i -t' command when the pod is running
        "#]],
    );
}

#[test]
fn what_is_deleted_is_waited_for_and_what_has_no_end_is_left() {
    check(
        "sleep 8
---
kubectl delete pod -l app=web --timeout=10ms; echo $?
kubectl delete deployment web && kubectl wait --for=delete pod -l app=web && kubectl get pods
kubectl create configmap a -o name; kubectl get configmap a -w -o name
echo $?
kubectl events -w --for=pod/nothing & sleep 1; echo on",
        expect![[r#"
            $ kubectl delete pod -l app=web --timeout=10ms; echo $?
            pod "web-c4b45475-psjbz" deleted
            pod "web-c4b45475-sq4s9" deleted
            error: timed out waiting for the condition on pods/web-c4b45475-psjbz
            1
            $ kubectl delete deployment web && kubectl wait --for=delete pod -l app=web && kubectl get pods
            deployment.apps "web" deleted
            No resources found in default namespace.
            $ kubectl create configmap a -o name; kubectl get configmap a -w -o name
            configmap/a
            configmap/a
            ^C
            $ echo $?
            130
            $ kubectl events -w --for=pod/nothing & sleep 1; echo on
            on
        "#]],
    );
}

#[test]
fn a_port_leads_to_a_pod_until_the_pod_goes() {
    check(
        "sleep 8
---
kubectl port-forward deployment/web 8080:80 &
curl -s -o /dev/null -w '%{http_code}\\n' localhost:8080; sleep 1
kubectl delete pods -l app=web --now; sleep 1
curl -s localhost:8080; echo $?
sleep 8; kubectl port-forward deployment/web 8080:80
curl -s localhost:8080; echo $?",
        expect![[r#"
            $ kubectl port-forward deployment/web 8080:80 &
            Forwarding from 127.0.0.1:8080 -> 80
            Forwarding from [::1]:8080 -> 80
            $ curl -s -o /dev/null -w '%{http_code}\n' localhost:8080; sleep 1
            200
            Handling connection for 8080
            $ kubectl delete pods -l app=web --now; sleep 1
            pod "web-c4b45475-psjbz" deleted
            pod "web-c4b45475-sq4s9" deleted
            error: lost connection to pod
            $ curl -s localhost:8080; echo $?
            curl: (52) Empty reply from server
            52
            $ sleep 8; kubectl port-forward deployment/web 8080:80
            Forwarding from 127.0.0.1:8080 -> 80
            Forwarding from [::1]:8080 -> 80
            ^C
            $ curl -s localhost:8080; echo $?
            curl: (7) Failed to connect to localhost port 8080 after 1 ms: Could not connect to server
            7
        "#]],
    );
}

#[test]
fn files_go_into_a_container_and_out_of_it() {
    check(
        "sleep 8; POD=$(kubectl get pods -o name | head -1 | cut -d/ -f2)
---
echo hello > sh-in.txt; kubectl cp sh-in.txt $POD:/tmp/there.txt; rm sh-in.txt
kubectl exec $POD -- cat /tmp/there.txt
kubectl exec $POD -- sh -c 'echo back > /tmp/back.txt'; kubectl cp $POD:/tmp/back.txt sh-out.txt; cat sh-out.txt; rm sh-out.txt
kubectl expose deployment web --port=80 --type=NodePort; minikube service web --url | sed 's/:3[0-9]*$/:PORT/'
curl -s -o /dev/null -w '%{http_code}\\n' $(minikube service web --url)",
        expect![[r#"
            $ echo hello > sh-in.txt; kubectl cp sh-in.txt $POD:/tmp/there.txt; rm sh-in.txt
            $ kubectl exec $POD -- cat /tmp/there.txt
            hello
            $ kubectl exec $POD -- sh -c 'echo back > /tmp/back.txt'; kubectl cp $POD:/tmp/back.txt sh-out.txt; cat sh-out.txt; rm sh-out.txt
            tar: removing leading '/' from member names
            back
            $ kubectl expose deployment web --port=80 --type=NodePort; minikube service web --url | sed 's/:3[0-9]*$/:PORT/'
            service/web exposed
            http://172.18.0.3:PORT
            $ curl -s -o /dev/null -w '%{http_code}\n' $(minikube service web --url)
            200
        "#]],
    );
}

#[test]
fn a_session_is_the_same_run_again_from_its_link() {
    let script = "NAME=web; kubectl scale deployment/$NAME --replicas=3
kubectl create configmap made --from-literal=a=b --dry-run=client -o yaml | kubectl apply -f -
for n in 1 2; do kubectl label pod -l app=web n=$n --overwrite; done
kubectl get pods -o name | tail -1 | xargs kubectl delete --grace-period=2
kubectl create pdb web --selector=app=web --min-available=3; sleep 5
kubectl drain node-1 --ignore-daemonsets &
sleep 7; kubectl delete pdb web; sleep 10
kubectl run -it --rm box --image=busybox:1.36
echo inside > /tmp/file
exit
sleep 40
echo hi | kubectl run piped --image=busybox:1.36 -i --rm --restart=Never -- cat
kubectl run loop --image=busybox:1.36 -- sh -c 'while true; do sleep 5; done'
kubectl wait --for=condition=Ready pod/loop
kubectl create deployment again --image=nginx --dry-run=client -o yaml | kubectl apply -f -
kubectl get deployment again -o yaml | kubectl replace --force -f -
kubectl rollout status deployment again
kubectl proxy &
curl -s localhost:8001/api/v1/namespaces/default/pods | jq -r '.items[].metadata.name' | xargs -I{} kubectl label pod {} by=proxy
kubectl exec loop -- sh -c 'while true; do wget -q -O /dev/null http://web; sleep 7; done'
kubectl exec -i loop -- sh -c 'while read line; do echo $line >> /tmp/file; done'
typed
kubectl";
    let (_, shell) = typed(&[WEB, script].concat());
    let run = shell.run();
    let marked = run.cluster().api().list::<Pod>().filter(|pod| pod.metadata.labels.get("by").is_some());
    assert_eq!(marked.count(), 5, "the proxy told their names");
    let link = decode(&encode(&run.link(Vec::new(), 1.0))).expect("a link that was just made");
    let mut again = Run::of(&link);
    again.seek(run.now(), &mut || true);
    assert_eq!((again.steps().len(), again.trace_hash()), (run.steps().len(), run.trace_hash()));
}

const BOX: &str = "kubectl run box --image=busybox:1.36 -- sh -c 'while true; do sleep 5; done'
kubectl wait --for=condition=Ready pod/box
---
";

#[test]
fn what_is_piped_in_reaches_the_container() {
    check(
        &[
            BOX,
            "echo hi | kubectl run one --image=busybox:1.36 --restart=Never -i --rm -- cat
printf 'a\\nb\\n' | kubectl run two --image=busybox:1.36 --restart=Never -it --rm -q -- wc -l
echo 'echo from $HOSTNAME; exit 3' | kubectl exec -i box -- sh; echo $?
printf 'x\\ny\\n' | kubectl exec -i box -- grep -n y
printf 'x\\ny\\n' | kubectl exec box -- wc -l
echo kept | kubectl exec -it box -- tee /tmp/kept; kubectl exec box -- cat /tmp/kept
kubectl run reads --image=busybox:1.36 --restart=Never -i --attach=false -- sed s/a/b/
sleep 3; echo late | kubectl attach -i reads",
        ]
        .concat(),
        expect![[r#"
            $ echo hi | kubectl run one --image=busybox:1.36 --restart=Never -i --rm -- cat
            If you don't see a command prompt, try pressing enter.
            hi
            pod "one" deleted
            $ printf 'a\nb\n' | kubectl run two --image=busybox:1.36 --restart=Never -it --rm -q -- wc -l
            Unable to use a TTY - input is not a terminal or the right kind of file
            2
            $ echo 'echo from $HOSTNAME; exit 3' | kubectl exec -i box -- sh; echo $?
            from box
            command terminated with exit code 3
            3
            $ printf 'x\ny\n' | kubectl exec -i box -- grep -n y
            2:y
            $ printf 'x\ny\n' | kubectl exec box -- wc -l
            0
            $ echo kept | kubectl exec -it box -- tee /tmp/kept; kubectl exec box -- cat /tmp/kept
            Unable to use a TTY - input is not a terminal or the right kind of file
            kept
            kept
            $ kubectl run reads --image=busybox:1.36 --restart=Never -i --attach=false -- sed s/a/b/
            pod/reads created
            $ sleep 3; echo late | kubectl attach -i reads
            If you don't see a command prompt, try pressing enter.
            lbte
        "#]],
    );
}

#[test]
fn a_command_that_goes_on_is_followed() {
    check(
        &[
            BOX,
            "kubectl exec box -- sh -c 'echo begun; sleep 5; echo done; exit 4'; echo $?
kubectl exec box -- ping -c 3 10.96.0.1
kubectl exec box -- sh -c 'while true; do sleep 25; echo tick; done'
kubectl exec box -- ps
kubectl exec -it box -- sh
sleep 5; echo later
while true; do sleep 40; echo tick; done
exit
kubectl exec -i box -- cat
hello",
        ]
        .concat(),
        expect![[r#"
            $ kubectl exec box -- sh -c 'echo begun; sleep 5; echo done; exit 4'; echo $?
            begun
            done
            command terminated with exit code 4
            4
            $ kubectl exec box -- ping -c 3 10.96.0.1
            PING 10.96.0.1 (10.96.0.1): 56 data bytes
            64 bytes from 10.96.0.1: seq=0 ttl=64 time=0.100 ms
            64 bytes from 10.96.0.1: seq=1 ttl=64 time=0.100 ms
            64 bytes from 10.96.0.1: seq=2 ttl=64 time=0.100 ms

            --- 10.96.0.1 ping statistics ---
            3 packets transmitted, 3 packets received, 0% packet loss
            round-trip min/avg/max = 0.100/0.100/0.100 ms
            $ kubectl exec box -- sh -c 'while true; do sleep 25; echo tick; done'
            tick
            tick
            ^C
            $ kubectl exec box -- ps
            PID   USER     TIME  COMMAND
                1 root      0:00 sh -c while true; do sleep 5; done
                6 root      0:00 ps
            $ kubectl exec -it box -- sh
            / # sleep 5; echo later
            later
            / # while true; do sleep 40; echo tick; done
            tick
            ^C
            / # exit
            $ kubectl exec -i box -- cat
            hello
            hello
        "#]],
    );
}

#[test]
fn a_forced_replacement_waits_until_the_old_object_is_gone() {
    let pod = "apiVersion: v1
kind: Pod
metadata: {name: box, labels: {v: two}}
spec: {containers: [{name: box, image: 'busybox:1.36', command: [sleep, '1000']}]}
EOF
";
    let replace = |flags: &str| format!("cat <<EOF | kubectl replace --force {flags} -f -\n{pod}");
    check(
        &[
            BOX,
            &replace("--grace-period=5 --timeout=2s"),
            "sleep 10\n",
            &replace("--grace-period=5"),
            "kubectl get pod box -L v\n",
            &replace("--grace-period=3 -o name"),
        ]
        .concat(),
        expect![[r#"
            $ cat <<EOF | kubectl replace --force --grace-period=5 --timeout=2s -f -
            apiVersion: v1
            kind: Pod
            metadata: {name: box, labels: {v: two}}
            spec: {containers: [{name: box, image: 'busybox:1.36', command: [sleep, '1000']}]}
            EOF
            pod "box" deleted
            error: context deadline exceeded
            $ sleep 10
            $ cat <<EOF | kubectl replace --force --grace-period=5 -f -
            apiVersion: v1
            kind: Pod
            metadata: {name: box, labels: {v: two}}
            spec: {containers: [{name: box, image: 'busybox:1.36', command: [sleep, '1000']}]}
            EOF
            pod/box replaced
            $ kubectl get pod box -L v
            NAME   READY   STATUS              RESTARTS   AGE   V
            box    0/1     ContainerCreating   0          0s    two
            $ cat <<EOF | kubectl replace --force --grace-period=3 -o name -f -
            apiVersion: v1
            kind: Pod
            metadata: {name: box, labels: {v: two}}
            spec: {containers: [{name: box, image: 'busybox:1.36', command: [sleep, '1000']}]}
            EOF
            pod/box
            pod/box
        "#]],
    );
}

#[test]
fn what_kept_the_revisions_is_printed() {
    check(
        "kubectl set image deploy/web web=nginx:1.28
kubectl rollout status deploy/web
kubectl create -f - <<EOF
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: 'nginx:1.27'}]}
EOF
sleep 5; kubectl set image ds/agent agent=nginx:1.28; sleep 5
---
kubectl rollout history deploy/web -o name
kubectl rollout history deploy/web -o yaml | grep -E '^---|^kind:| image:'
kubectl rollout history deploy/web --revision=1 -o jsonpath='{.spec.template.spec.containers[0].image}{\"\\n\"}'
kubectl rollout history ds/agent --revision=1 -o json | grep -E '^ +\"(kind|image)\":'
kubectl rollout history deploy/web --revision=7 -o yaml",
        expect![[r#"
            $ kubectl rollout history deploy/web -o name
            replicaset.apps/web-c4b45475
            replicaset.apps/web-f68fd5fd4
            $ kubectl rollout history deploy/web -o yaml | grep -E '^---|^kind:| image:'
            kind: ReplicaSet
                  - image: nginx:1.27
            ---
            kind: ReplicaSet
                  - image: nginx:1.28
            $ kubectl rollout history deploy/web --revision=1 -o jsonpath='{.spec.template.spec.containers[0].image}{"\n"}'
            nginx:1.27
            $ kubectl rollout history ds/agent --revision=1 -o json | grep -E '^ +"(kind|image)":'
                "kind": "DaemonSet",
                                    "image": "nginx:1.27",
            $ kubectl rollout history deploy/web --revision=7 -o yaml
            error: unable to find the specified revision
        "#]],
    );
}

#[test]
fn a_debugging_container_sees_the_processes_of_its_target() {
    check(
        "POD=$(kubectl get pods -o name | head -1)
kubectl debug $POD -q --image=busybox:1.36 --target=web -c look --profile=general -- sleep 1000
sleep 5
---
kubectl exec $POD -c look -- ps
kubectl exec $POD -c look -- top -b -n 1
kubectl exec $POD -c look -- kill 9
kubectl exec $POD -c look -- kill 1
sleep 5; kubectl get $POD --no-headers",
        expect![[r#"
            $ kubectl exec $POD -c look -- ps
            PID   USER     TIME  COMMAND
                1 root      0:00 /docker-entrypoint.sh nginx -g daemon off;
                2 root      0:00 sleep 1000
                3 root      0:00 ps
            $ kubectl exec $POD -c look -- top -b -n 1
              PID USER     STAT COMMAND
                1 root     S    /docker-entrypoint.sh nginx -g daemon off;
                2 root     S    sleep 1000
                4 root     S    top -b -n 1
            $ kubectl exec $POD -c look -- kill 9
            kill: can't kill pid 9: No such process
            command terminated with exit code 1
            $ kubectl exec $POD -c look -- kill 1
            $ sleep 5; kubectl get $POD --no-headers
            web-c4b45475-psjbz   1/1   Running   1 (5s ago)   10s
        "#]],
    );
}

#[test]
fn the_shell_remembers_pages_and_watches() {
    check(
        "---
kubectl get deploy web -o name | less
history | tail -2
NAME=kept
watch -n 25 kubectl get deploy web -o name
watch -n 1 -t 'echo a | tr a b; exit'
sh -c 'NAME=lost'
echo $NAME",
        expect![[r#"
            $ kubectl get deploy web -o name | less
            deployment.apps/web
            $ history | tail -2
               12  kubectl get deploy web -o name | less
               13  history | tail -2
            $ NAME=kept
            $ watch -n 25 kubectl get deploy web -o name
            Every 25.0s: kubectl get deploy web -o name

            deployment.apps/web
            Every 25.0s: kubectl get deploy web -o name

            deployment.apps/web
            Every 25.0s: kubectl get deploy web -o name

            deployment.apps/web
            ^C
            $ watch -n 1 -t 'echo a | tr a b; exit'
            b
            $ sh -c 'NAME=lost'
            $ echo $NAME
            kept
        "#]],
    );
}

#[test]
fn a_proxy_answers_what_the_server_does() {
    check(
        "---
kubectl proxy --port=8002 &
sleep 1; curl -s localhost:8002/api/v1/namespaces/default/pods | jq '.items | length'
curl -s localhost:8002/version | jq -r .gitVersion; curl -s localhost:8002/healthz
curl -s -o /dev/null -w '%{http_code}\\n' localhost:8002/api/v1/nosuch
curl -s localhost:8002/api/v1/namespaces/default/pods/nosuch
kubectl proxy -p 8002
fuser -k 8002/tcp; sleep 1; curl -s localhost:8002/healthz; echo $?
kubectl proxy
curl -s localhost:8001/healthz; echo $?",
        expect![[r#"
            $ kubectl proxy --port=8002 &
            Starting to serve on 127.0.0.1:8002
            $ sleep 1; curl -s localhost:8002/api/v1/namespaces/default/pods | jq '.items | length'
            2
            $ curl -s localhost:8002/version | jq -r .gitVersion; curl -s localhost:8002/healthz
            v1.32.13
            ok$ curl -s -o /dev/null -w '%{http_code}\n' localhost:8002/api/v1/nosuch
            404
            $ curl -s localhost:8002/api/v1/namespaces/default/pods/nosuch
            {
              "apiVersion": "v1",
              "code": 404,
              "kind": "Status",
              "message": "pods \"nosuch\" not found",
              "metadata": {},
              "reason": "NotFound",
              "status": "Failure"
            }
            $ kubectl proxy -p 8002
            error: listen tcp 127.0.0.1:8002: bind: address already in use
            $ fuser -k 8002/tcp; sleep 1; curl -s localhost:8002/healthz; echo $?
            8002/tcp:
            curl: (7) Failed to connect to localhost port 8002 after 1 ms: Could not connect to server
            7
            $ kubectl proxy
            Starting to serve on 127.0.0.1:8001
            ^C
            $ curl -s localhost:8001/healthz; echo $?
            curl: (7) Failed to connect to localhost port 8001 after 1 ms: Could not connect to server
            7
        "#]],
    );
}

#[test]
fn what_is_typed_reaches_what_reads_it_until_its_end() {
    for (row, command, expected) in [
        ("a command in a container", "kubectl exec -i box -- wc -l", "2\n"),
        ("one in a shell there", "kubectl exec -it box -- sh\nwc -l", "2\n"),
        (
            "a new container",
            "kubectl run new --image=busybox:1.36 --restart=Never -i --rm -q -- sort",
            "a\nb\n",
        ),
    ] {
        let (_, mut shell) = typed(&[BOX, command, "\nb\na"].concat());
        let mut seen = String::new();
        assert!(shell.end_input(&mut |_, text| seen += text), "{row}: it reads");
        assert!(!shell.console.is_busy(), "{row}: it is over");
        assert_eq!(seen, expected, "{row}");
    }
}
