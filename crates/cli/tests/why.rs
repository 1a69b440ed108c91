//! `orrery why`: what it prints, and what it says when it cannot.

use expect_test::{Expect, expect};
use std::io::Write;
use std::process::{Command, Stdio};

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: kube-system}
spec: {selector: {app: web}, ports: [{port: 80}]}
";

/// What `orrery why ARGS -f -` prints of the manifests, errors last.
fn why(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orrery"));
    command.arg("why").args(args).args(["-f", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // Who asks wrongly may be answered before the manifests are read.
    let _ = child.stdin.take().expect("it has a standard input").write_all(WEB.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // What kubectl said of the manifests is no answer.
    let said: Vec<&str> =
        err.lines().filter(|line| !line.contains(".apps/web") && !line.contains("service/web")).collect();
    let code = output.status.code().filter(|code| *code != 0).map(|code| format!("exit code {code}\n"));
    [&*out, &said.join("\n"), "\n", &code.unwrap_or_default()].concat().trim_start().to_owned()
}

#[test]
fn what_is_asked_wrongly_is_told_with_what_was_meant() {
    let rows: [(&str, &[&str], Expect); 8] = [
        (
            "no kind before the name",
            &["web"],
            expect![[r#"
            error: 'web' is not KIND/NAME, such as deployment/web
            exit code 1
        "#]],
        ),
        (
            "a kind that is not there",
            &["deploymnt/web"],
            expect![[r#"
            error: there is no kind "deploymnt"; did you mean "deployment"?
            exit code 1
        "#]],
        ),
        (
            "a name that is not there",
            &["deployment/wbe"],
            expect![[r#"
            error: there is no Deployment/wbe; did you mean "web"?
            exit code 1
        "#]],
        ),
        (
            "a name that is nothing like any",
            &["deployment/shop"],
            expect![[r#"
            error: there is no Deployment/shop
            exit code 1
        "#]],
        ),
        (
            "a name of another namespace",
            &["service/web"],
            expect![[r#"
            error: there is no Service/web in namespace default, but in kube-system: -n kube-system
            exit code 1
        "#]],
        ),
        (
            "a field that is misspelled",
            &["deploy/web", "--field", "spec.replica"],
            expect![[r#"
            error: Deployment/web has no field "spec.replica"; did you mean "spec.replicas"?
            exit code 1
        "#]],
        ),
        (
            "a field without its beginning",
            &["deploy/web", "--field", "replicas"],
            expect![[r#"
            error: Deployment/web has no field "replicas"; did you mean "spec.replicas"?
            exit code 1
        "#]],
        ),
        (
            "an instant that is none",
            &["deploy/web", "--at", "soon"],
            expect![[r#"
            error: 'soon' is not a duration such as 90s, 5m or 1h, nor 'settled'
            exit code 1
        "#]],
        ),
    ];
    for (row, args, want) in rows {
        println!("{row}");
        want.assert_eq(&why(args));
    }
}

#[test]
fn an_object_can_be_asked_about_at_an_instant() {
    let rows: [(&str, &[&str], Expect); 3] = [
        (
            "in the end",
            &["rs/web", "--field", "spec.replicas", "--then", "scale deployment web --replicas=2"],
            expect![[r#"
                ReplicaSet/web-77db66f68b

                How spec.replicas came to be so, newest first:
                    12.464s  deployment-controller        PUT replicasets/web-77db66f68b
                             spec.replicas: 1 -> 2
                             metadata.annotations[deployment.kubernetes.io/desired-replicas]: 1 -> 2
                             metadata.annotations[deployment.kubernetes.io/max-replicas]: 2 -> 3
                             "ScalingReplicaSet: Scaled up replica set web-77db66f68b from 1 to 2"
                    12.462s  kubectl                      PUT deployments/web
                             spec.replicas: 1 -> 2
                    12.462s  a person         kubectl scale deployment web --replicas=2

            "#]],
        ),
        (
            "before that was done",
            &[
                "rs/web",
                "--field",
                "spec.replicas",
                "--then",
                "scale deployment web --replicas=2",
                "--at",
                "12.463s",
            ],
            expect![[r#"
                ReplicaSet/web-77db66f68b

                How spec.replicas came to be so, newest first:
                  It is as it was written when the object was made.
                     4.123s  deployment-controller        POST replicasets/web-77db66f68b
                             "ScalingReplicaSet: Scaled up replica set web-77db66f68b from 0 to 1"
                     4.121s  kubectl                      POST deployments/web
                     4.121s  a person         kubectl apply -f -

            "#]],
        ),
        (
            "while the pod is made",
            &["pod/web", "--at", "9s"],
            expect![[r#"
            Pod/web-77db66f68b-s9cvm

            How it came to be so, newest first:
                 8.357s  kubelet/node-1               PUT pods/web-77db66f68b-s9cvm/status
                         status.conditions[ContainersReady].message: containers with unready status: [c] -> 
                         status.conditions[ContainersReady].reason: ContainersNotReady -> 
                         status.conditions[ContainersReady].status: False -> True
                         status.conditions[PodReadyToStartContainers].status: False -> True
                         status.conditions[Ready].message: containers with unready status: [c] -> 
                         status.conditions[Ready].reason: ContainersNotReady -> 
                         and 13 more fields
                         4.230s after:
                 4.127s  kube-scheduler               POST pods/web-77db66f68b-s9cvm/binding
                         spec.nodeName:  -> node-1
                         status.conditions[PodScheduled].status:  -> True
                         status.conditions[PodScheduled].type:  -> PodScheduled
                         status.conditions[PodScheduled].lastTransitionTime:  -> 2025-01-01T00:00:04Z
                         "Scheduled: Successfully assigned default/web-77db66f68b-s9cvm to node-1"
                 4.125s  replicaset-controller        POST pods/web-77db66f68b-s9cvm
                         "SuccessfulCreate: Created pod: web-77db66f68b-s9cvm"
                 4.123s  deployment-controller        POST replicasets/web-77db66f68b
                         "ScalingReplicaSet: Scaled up replica set web-77db66f68b from 0 to 1"
                 4.121s  kubectl                      POST deployments/web
                 4.121s  a person         kubectl apply -f -

            Fields that changed, newest first:
                 8.357s  kubelet/node-1               status.conditions[ContainersReady].lastTransitionTime: 2025-01-01T00:00:04Z -> 2025-01-01T00:00:08Z
                 8.357s  kubelet/node-1               status.conditions[ContainersReady].message: containers with unready status: [c] -> 
                 8.357s  kubelet/node-1               status.conditions[ContainersReady].reason: ContainersNotReady -> 
                 8.357s  kubelet/node-1               status.conditions[ContainersReady].status: False -> True
                 8.357s  kubelet/node-1               status.conditions[PodReadyToStartContainers].lastTransitionTime: 2025-01-01T00:00:04Z -> 2025-01-01T00:00:08Z
                 8.357s  kubelet/node-1               status.conditions[PodReadyToStartContainers].status: False -> True
                 8.357s  kubelet/node-1               status.conditions[Ready].lastTransitionTime: 2025-01-01T00:00:04Z -> 2025-01-01T00:00:08Z
                 8.357s  kubelet/node-1               status.conditions[Ready].message: containers with unready status: [c] -> 
                 8.357s  kubelet/node-1               status.conditions[Ready].reason: ContainersNotReady -> 
                 8.357s  kubelet/node-1               status.conditions[Ready].status: False -> True
                 8.357s  kubelet/node-1               status.containerStatuses[c].containerID:  -> containerd://ddba0ddf9eaf410731f0246c1cdaee4863bccdb0c3600012483f27a17189c1ae
                 8.357s  kubelet/node-1               status.containerStatuses[c].imageID:  -> nginx
                         and 27 more

        "#]],
        ),
    ];
    for (row, args, want) in rows {
        println!("{row}");
        want.assert_eq(&why(args));
    }
}
