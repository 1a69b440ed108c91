//! Scripts at the console of a cluster, and what is seen.

use super::Shell;
use expect_test::{Expect, expect};
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
                3 root      0:00 sh -c cd '/'
            ps
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
sleep 40";
    let (_, shell) = typed(&[WEB, script].concat());
    let run = shell.run();
    let link = decode(&encode(&run.link(Vec::new(), 1.0))).expect("a link that was just made");
    let mut again = Run::of(&link);
    again.seek(run.now(), &mut || true);
    assert_eq!((again.steps().len(), again.trace_hash()), (run.steps().len(), run.trace_hash()));
}
