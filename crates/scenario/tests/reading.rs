//! Text in, what is wrong with it out; and what a scenario that is played comes to.

use expect_test::{Expect, expect};
use orrery_scenario::{Pace, Place, Play, View, read};
use std::path::{Path, PathBuf};

/// What is wrong with a text, a line each.
fn mistakes(text: &str) -> String {
    let line = |mistake: &orrery_manifest::Diagnostic| {
        let hint = mistake.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        format!("{}:{}: {}{hint}\n", mistake.line, mistake.column, mistake.message)
    };
    read(text).err().unwrap_or_default().iter().map(line).collect()
}

#[test]
fn each_mistake_is_told_at_its_place() {
    let rows: [(&str, &str, Expect); 9] = [
        (
            "fields that there are not, and what was meant",
            "name: a\nsteps:\n- aply: x\n- captoin: y\n  kubectl: get pods\n- wait: {for: {pod: {}}}\n",
            expect![[r#"
                3:3: unknown field "steps[0].aply"; did you mean "apply"?
                4:3: unknown field "steps[1].captoin"; did you mean "caption"?
                6:15: nothing is told that could be true
                6:16: unknown field "steps[2].wait.for.pod"; did you mean "pods"?
            "#]],
        ),
        (
            "values of another type",
            "name: a\ncluster: {workers: three}\nsteps:\n- kubectl: {get: pods}\n  pause: 1\n- sleep: soon\n- expect: {exitCode: 0}\n- caption: {en: only}\n",
            expect![[r#"
                2:20: a whole number is expected here, not a text
                4:12: a line, or a list of words, is expected here, not a map
                5:10: true or false is expected here, not a number
                6:10: a number of seconds is expected, or a duration such as 5m
                7:11: a list is expected here, not a map
                8:12: both languages are expected: en and ko
            "#]],
        ),
        (
            "words that are none of a list",
            "name: a\ncluster: {topology: mesh}\nsteps:\n- view: trafic\n- fault: {stopp: etcd-1}\n- fault: {killContainer: web}\n- fault: [stop]\n",
            expect![[r#"
                2:21: "mesh" is none of stacked, external-etcd, all-in-one
                4:9: "trafic" is none of nodes, owners, traffic, storage, charts, control-plane; did you mean "traffic"?
                5:10: there is no fault "stopp"; did you mean "stop"?
                6:10: killContainer needs POD/CONTAINER
                7:10: one fault and its target is expected, such as `stop: kube-scheduler-1`
            "#]],
        ),
        (
            "two things at once",
            "name: a\nsteps:\n- apply: x\n  kubectl: get pods\n- sleep: 1\n  wait: {for: {pods: {ready: 1}}}\n",
            expect![[r#"
                3:3: a step does one thing: apply, kubectl, run, fault, load or request
                6:9: a step sleeps, or it waits
            "#]],
        ),
        (
            "objects and selectors that cannot be",
            "name: a\nsteps:\n- select: web\n- highlight: [Deploymnt/web, part/etcd, 'Pod/<b>']\n- expect:\n  - object: pod/web\n    equals: 3\n  - pods: {selector: 'a in'}\n  - {}\n",
            expect![[r#"
                3:11: an object is written as KIND/NAME, such as Deployment/web
                4:15: there is no kind "Deploymnt"; did you mean "Deployment"?
                4:41: "<b>" is not the name of an object
                6:5: `path` tells where in the object
                8:22: unable to parse requirement: found '' expected: '('
                9:5: nothing is told that could be true
            "#]],
        ),
        (
            "requests to nobody, from nowhere",
            "name: a\nsteps:\n- request: {from: moon}\n- load: {name: l, rate: -1}\n",
            expect![[r#"
                3:12: `to` tells what is asked for, such as http://web.default/
                3:19: moon: not one of outside, node/NAME, pod/NAMESPACE/NAME, pod/NAMESPACE/NAME/CONTAINER
                4:9: `to` tells what is asked for, such as http://web.default/
                4:9: `rate` tells how many requests in a second
                4:25: a number is expected: so many in a second, at most 10000
            "#]],
        ),
        (
            "bounds",
            "name: A b\ncluster: {workers: 9999, etcd: 0}\nsteps: []\n",
            expect![[r#"
            1:7: a name is expected: lower case letters, digits and dashes
            2:20: a cluster has at least one node, and at most 1000
            2:32: there is at least one, and there are at most nine
            3:8: a scenario has at least one step, and at most 500
        "#]],
        ),
        (
            "no YAML at all",
            "name: [a\nsteps:\n",
            expect![[r#"
            2:6: yaml: line 1: did not find expected ',' or ']'; a list that starts with `[` ends with `]`
        "#]],
        ),
        (
            "two documents",
            "name: a\nsteps: [{}]\n---\nname: b\n",
            expect![[r#"
            1:1: a scenario is one document, and this text has 2
        "#]],
        ),
    ];
    for (row, text, expected) in rows {
        let found = mistakes(text);
        assert!(!found.is_empty(), "{row}");
        expected.assert_eq(&found);
    }
}

#[test]
fn a_scenario_states_its_cluster_what_is_done_and_what_is_told() {
    let text = "
name: plane
cluster: {topology: external-etcd, etcd: 3, controlPlanes: 1, workers: 2, runtime: lively}
steps:
- chapter: {en: One, ko: 하나}
  caption: Plainly
  view: control-plane
  fault: {stop: kube-scheduler-1}
  sleep: 1.5
- fault: addNode
- kubectl: [get, pods]
  timeout: 5m
";
    let scenario = read(text).expect("a scenario");
    let (cluster, steps) = (&scenario.cluster, &scenario.steps);
    assert_eq!(
        (cluster.topology, cluster.runtime, cluster.workers),
        (Place::ExternalEtcd, Pace::Lively, Some(2))
    );
    assert!(cluster.layout().external_etcd);
    assert_eq!(steps[0].view, Some(View::ControlPlane));
    assert_eq!(steps[0].chapter.as_ref().map(|chapter| &*chapter.ko), Some("하나"));
    assert_eq!(
        steps[0].caption.as_ref().map(|caption| (&*caption.en, &*caption.ko)),
        Some(("Plainly", "Plainly"))
    );
    assert_eq!(steps[0].sleep.map(|sleep| sleep.0.as_millis()), Some(1_500));
    assert_eq!(steps[2].timeout.map(|timeout| timeout.0.as_secs()), Some(300));
    assert_eq!(scenario.home(), "sc-plane");
}

/// Every scenario of the project.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["tests/conformance/scenarios", "web/assets/gallery"];
    let listed = folders.iter().filter_map(|folder| std::fs::read_dir(root.join(folder)).ok());
    listed.flatten().filter_map(|file| Some(file.ok()?.path())).collect()
}

#[test]
fn other_readers_of_yaml_find_the_same_in_our_files() {
    let files = files();
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("the file was just listed");
        let theirs: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        let ours = orrery_manifest::read(&text, &orrery_manifest::Limits::default());
        let ours: Vec<&serde_json::Value> = ours.documents.iter().map(|document| &document.value).collect();
        assert_eq!(ours, [&theirs], "{}", file.display());
        assert_eq!(mistakes(&text), "", "{}", file.display());
    }
}

#[test]
fn a_file_that_is_cut_or_garbled_is_refused_and_nothing_else_happens() {
    for file in files() {
        let text = std::fs::read_to_string(&file).expect("the file was just listed");
        for (at, _) in text.match_indices('\n').step_by(11) {
            let cut = &text[..at];
            let garbled = [cut, &text[at + 1..].replacen(": ", ":\t{[", 1)].concat();
            for hostile in [cut, &garbled] {
                for mistake in read(hostile).err().unwrap_or_default() {
                    let lines = hostile.lines().count() as u32 + 1;
                    assert!((1..=lines).contains(&mistake.line), "{}: {mistake:?}", file.display());
                }
            }
        }
    }
}

const WEB: &str = "
name: web
namespace: default
steps:
- apply: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: nginx}]}
  wait: {for: {pods: {selector: app=web, ready: 2}}}
  expect:
  - stdout: {equals: deployment.apps/web created}
  - object: deployment/web
    path: '{.status.readyReplicas}'
    equals: WANTED
  - object: deployment/web
    condition: Available
  - event: {reason: SuccessfulCreate, object: ReplicaSet/web-*}
- fault: {killContainer: web-*/web}
  expect:
  - event: {reason: Started, object: Pod/web-*}
- kubectl: get pod web
  expect:
  - exitCode: 1
    stderr: {contains: not found}
- wait: {for: {object: pod/other}, timeout: 2}
";

#[test]
fn what_holds_and_what_does_not_is_told_step_by_step() {
    let mut play = Play::new(read(&WEB.replace("WANTED", "3")).expect("a scenario"));
    let mut run = play.run().expect("a run");
    play.to_end(&mut run);
    let wrong = play
        .verdicts()
        .iter()
        .filter_map(|verdict| Some(format!("{}: {}", verdict.step, verdict.wrong.as_ref()?)));
    let wrong: Vec<String> = wrong.collect();
    assert_eq!(wrong, ["0: deployment/web: {.status.readyReplicas}: 2, not 3", "3: pod/other is not there"]);
    assert_eq!(play.verdicts().len(), 8);
}

#[test]
fn a_scenario_that_was_played_is_a_link_to_the_same_run() {
    let mut play = Play::new(read(&WEB.replace("WANTED", "2")).expect("a scenario"));
    let mut run = play.run().expect("a run");
    play.to_end(&mut run);
    let mut again = orrery_run::Run::of(&run.link(Vec::new(), 1.0));
    again.run(run.now(), &mut || true);
    assert_eq!(again.trace_hash(), run.trace_hash());
}

#[test]
fn a_cluster_that_no_link_can_hold_is_not_played() {
    let text =
        "name: a\ncluster: {topology: external-etcd, etcd: 3, controlPlanes: 3}\nsteps: [{sleep: 1}]\n";
    let play = Play::new(read(text).expect("a scenario"));
    assert!(play.run().is_err());
}

const REGISTRY: &str = "
name: registry
namespace: default
steps:
- fault: {stopRegistry: docker.io}
- kubectl: create deployment web --image=nginx:1.27
  wait: {for: {event: {reason: Failed, message: 503 Service Unavailable}}, timeout: 1m}
- fault: {startRegistry: docker.io}
  wait: {for: {pods: {selector: app=web, ready: 1}}, timeout: 2m}
- kubectl: expose deployment web --port=80
- kubectl: run client --image=curlimages/curl -- sleep infinity
  wait: {for: {object: pod/client, condition: Ready}, timeout: 1m}
- load: {name: kept, to: 'http://web/', from: pod/default/client, rate: 20, keepAlive: true, for: 5}
  sleep: 30
  expect:
  - load: {name: kept, failed: 0, sentAtLeast: 90}
- kubectl: delete pod client
- fault: {stopRegistry: nowhere}
  expect: [{exitCode: 1}]
";

#[test]
fn a_registry_is_taken_down_and_a_load_ends_by_itself() {
    let mut play = Play::new(read(REGISTRY).expect("a scenario"));
    let mut run = play.run().expect("a run");
    play.to_end(&mut run);
    let wrong: Vec<_> = play.verdicts().iter().filter_map(|verdict| verdict.wrong.as_deref()).collect();
    assert_eq!(wrong, [""; 0]);
    let load = run.cluster().load("kept").expect("it was turned on");
    assert!(load.load.keep_alive && load.stopped.is_some() && load.sent <= 100, "{load:?}");
}
