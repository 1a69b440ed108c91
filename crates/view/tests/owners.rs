//! Who owns what, in small clusters that really ran; and what a person can do to it.

mod common;

use orrery_apiserver::Session;
use orrery_cluster::Cluster;
use orrery_sim::SimTime;
use orrery_view::handle::handle;
use orrery_view::inspect::inspect;
use orrery_view::owners::Family;
use orrery_view::remedies::{Change, Remedy};
use orrery_view::scene::{ObjectRef, View, scene};
use orrery_view::scheduling::scheduling;

/// A cluster of three nodes to which these manifests were given, `seconds` later.
fn cluster(manifests: &str, seconds: u64) -> Cluster {
    common::cluster(3, manifests, seconds)
}

/// Gives manifests to the cluster, which then runs so much longer.
fn apply(cluster: &mut Cluster, manifests: &str, seconds: u64) {
    common::give(cluster, manifests);
    let end = cluster.now() + orrery_sim::Duration::from_secs(seconds);
    cluster.run(end, &mut || true);
}

fn families(cluster: &Cluster) -> Vec<Family> {
    scene(cluster, None, None, View::Owners).families.expect("they were asked for")
}

/// Each family as a line per branch: name, note, then the places, with `-` for a ghost.
fn told(families: &[Family]) -> String {
    let mut out = String::new();
    for family in families {
        out += &format!("{} {} {}/{}\n", family.id.kind, family.id.name, family.counts.0, family.counts.1);
        for branch in &family.branches {
            let place = |slot: &orrery_view::owners::Slot| {
                let claims = slot.claims.iter().map(|c| {
                    format!(
                        "+{}{}",
                        c.template,
                        if c.volume.is_some() {
                            "*"
                        } else if c.exists {
                            ""
                        } else {
                            "?"
                        }
                    )
                });
                let held = slot.pod.as_ref().map_or("-".to_owned(), |p| format!("{:?}", p.state));
                format!("{held}{}{}", claims.collect::<String>(), if slot.beyond { "!" } else { "" })
            };
            let places: Vec<String> = branch.slots.iter().map(place).collect();
            out += &format!("  {} [{}] {}\n", branch.id.kind, branch.note, places.join(" "));
        }
    }
    out
}

fn deployment(name: &str, replicas: u32, more: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: default}}\nspec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec: {{containers: [{{name: c, image: \"nginx:1.25\"}}]{more}}}\n---\n"
    )
}

#[test]
fn pods_hang_from_their_replica_set_and_those_of_nobody_stand_together() {
    let alone = "apiVersion: v1\nkind: Pod\nmetadata: {name: one, namespace: default}\nspec: {containers: [{name: c, image: \"nginx:1.25\"}]}\n";
    let cluster = cluster(&(deployment("web", 2, "") + alone), 60);
    let all = families(&cluster);
    let want = "Deployment web 2/2\n  ReplicaSet [1 · nginx:1.25] Ready Ready\nNamespace default 1/1\n  Namespace [] Ready\n";
    assert_eq!(told(&all), want);
    let picture = scene(&cluster, None, None, View::Owners);
    let labels: Vec<usize> = picture.pods().map(|p| p.label.len()).collect();
    assert_eq!(
        labels.iter().filter(|n| **n == 5).count(),
        2,
        "a pod is called by the end of its name: {labels:?}"
    );
}

#[test]
fn pods_that_may_not_be_made_are_ghosts() {
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: few, namespace: default}\nspec: {hard: {pods: 1}}\n---\n";
    let all = families(&cluster(&(quota.to_owned() + &deployment("web", 3, "")), 60));
    assert_eq!(told(&all), "Deployment web 1/3\n  ReplicaSet [1 · nginx:1.25] Ready - -\n");
}

/// A workload of a kind, around a template whose container does `does`.
fn workload(kind: &str, api: &str, spec: &str, does: &str) -> String {
    format!(
        "apiVersion: {api}\nkind: {kind}\nmetadata: {{name: it, namespace: default}}\nspec:\n{spec}\n  template:\n    metadata: {{labels: {{app: it}}}}\n    spec: {{containers: [{{name: c, image: \"nginx:1.25\"{does}}}]}}\n"
    )
}

#[test]
fn every_workload_has_the_places_that_are_its_own() {
    let data = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: ebs.csi.aws.com\n---\n";
    let stateful = "  replicas: 2\n  ordinals: {start: 3}\n  serviceName: it\n  selector: {matchLabels: {app: it}}\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}";
    let selector = "  selector: {matchLabels: {app: it}}";
    let ends = ", command: [sh, -c, exit 0]}], restartPolicy: Never, tolerations: [{operator: Exists";
    let rows = [
        (
            "an ordinal each, with its claim and its volume",
            data.to_owned() + &workload("StatefulSet", "apps/v1", stateful, ""),
            "StatefulSet it 2/2\n  StatefulSet [nginx:1.25] Ready+data* Ready+data*\n",
        ),
        (
            "a node each",
            workload("DaemonSet", "apps/v1", selector, ""),
            "DaemonSet it 3/3\n  DaemonSet [nginx:1.25] Ready Ready Ready\n",
        ),
        (
            "replicas of a controller from before ReplicaSets",
            workload("ReplicationController", "v1", "  replicas: 2\n  selector: {app: it}", ""),
            "ReplicationController it 2/2\n  ReplicationController [nginx:1.25] Ready Ready\n",
        ),
        (
            "the pods that a Job had so far",
            workload("Job", "batch/v1", "  completions: 2", ends),
            "Job it 2/2\n  Job [nginx:1.25] Completed Completed\n",
        ),
    ];
    for (name, manifests, want) in rows {
        assert_eq!(told(&families(&cluster(&manifests, 90))), want, "{name}");
    }
}

#[test]
fn ordinals_that_are_no_longer_wanted_keep_their_place_as_long_as_their_claims_do() {
    let spec = "  replicas: 2\n  serviceName: it\n  selector: {matchLabels: {app: it}}\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {storageClassName: none, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}";
    let mut cluster = cluster(&workload("StatefulSet", "apps/v1", spec, ""), 30);
    assert_eq!(
        told(&families(&cluster)),
        "StatefulSet it 0/2\n  StatefulSet [nginx:1.25] Pending+data -+data?\n",
        "the first waits for its claim, and the second for the first"
    );
    let (api, request) = cluster.send();
    let key = orrery_apiserver::Key::new(orrery_api::Kind::StatefulSet, "default", "it");
    api.scale(&request, &key, 0).expect("it can be scaled");
    cluster.run(SimTime::from_secs(90), &mut || true);
    assert_eq!(told(&families(&cluster)), "StatefulSet it 0/0\n  StatefulSet [nginx:1.25] -+data!\n");
}

#[test]
fn a_job_tells_how_far_it_is_and_when_it_tries_again() {
    let fails = ", command: [sh, -c, exit 1]}], restartPolicy: Never, tolerations: [{operator: Exists";
    let cluster = cluster(&workload("Job", "batch/v1", "  backoffLimit: 3", fails), 8);
    let all = families(&cluster);
    let job = all[0].branches[0].job.as_ref().expect("it is a Job");
    assert_eq!((job.completions, job.succeeded, job.limit), (Some(1), 0, Some(3)));
    assert!(job.failed > 0, "{job:?}");
    assert!(job.retry_in.is_some_and(|left| left <= 20), "{job:?}");
}

#[test]
fn a_cron_job_foretells_its_runs() {
    let spec = "  schedule: \"*/15 * * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}\n";
    let text = format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: it, namespace: default}}\nspec:\n{spec}"
    );
    let runs = families(&cluster(&text, 60)).remove(0).runs.expect("it is a CronJob");
    let left: Vec<u64> = runs.next.iter().map(|(_, left)| *left).collect();
    assert_eq!(left.len(), 5);
    assert!(left[0] <= 900, "{runs:?}");
    assert!(left.windows(2).all(|pair| pair[1] - pair[0] == 900), "{runs:?}");
    assert!(runs.next.iter().all(|(date, _)| date.ends_with(":00Z")), "{runs:?}");
}

/// What would have to change for the pod of this name: node and changes.
fn remedies(cluster: &Cluster, pod: &str) -> Vec<(String, Vec<Change>)> {
    let id = ObjectRef::new("Pod", "default", pod);
    let first = scheduling(cluster, &id).expect("the decision is kept").remedies.first;
    first.into_iter().map(|Remedy { node, changes, .. }| (node.to_string(), changes)).collect()
}

fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: one, namespace: default}}\nspec: {spec}\n")
}

#[test]
fn for_a_pod_that_waits_the_smallest_change_comes_first() {
    let c = |more: &str| format!("{{containers: [{{name: c, image: \"nginx:1.25\"{more}}}]}}");
    let asks = |cpu: &str| c(&format!(", resources: {{requests: {{cpu: {cpu:?}}}}}"));
    type Row = (&'static str, String, &'static [(&'static str, &'static str)], Vec<(String, Vec<Change>)>);
    let every = |change: fn(&str) -> Change| {
        ["node-1", "node-2", "node-3"].map(|n| (n.to_owned(), vec![change(n)])).to_vec()
    };
    let rows: [Row; 4] = [
        (
            "a node selector names the label that is missing",
            "{nodeSelector: {disk: ssd}, containers: [{name: c, image: \"nginx:1.25\"}]}".into(),
            &[],
            every(|_| Change::Label("disk=ssd".into())),
        ),
        (
            "who asks for more than any node has is told so once",
            asks("64"),
            &[],
            vec![("node-1".into(), vec![Change::TooSmall("cpu".into(), "64".into(), "4".into())])],
        ),
        (
            "a cordon is less than room that others hold",
            asks("3"),
            &[("node-1", "2"), ("node-2", "2"), ("node-3", "cordon")],
            vec![
                ("node-3".into(), vec![Change::Uncordon]),
                ("node-1".into(), vec![Change::Free("cpu".into(), "1".into())]),
                ("".into(), vec![Change::AddNode]),
            ],
        ),
        (
            "a node that needs several changes tells them all",
            asks("3"),
            &[
                ("node-1", "2"),
                ("node-1", "cordon"),
                ("node-2", "3500m"),
                ("node-3", "cordon"),
                ("node-3", "taint"),
            ],
            vec![
                ("node-3".into(), vec![Change::Uncordon, Change::Taint("only=db:NoSchedule".into())]),
                ("node-2".into(), vec![Change::Free("cpu".into(), "2500m".into())]),
                ("node-1".into(), vec![Change::Uncordon, Change::Free("cpu".into(), "1".into())]),
                ("".into(), vec![Change::AddNode]),
            ],
        ),
    ];
    for (name, spec, before, want) in rows {
        let mut cluster = cluster("", 1);
        for (i, (node, what)) in before.iter().enumerate() {
            let done = |cluster: &mut Cluster, change: fn(&mut orrery_api::Node)| {
                let (api, request) = cluster.send();
                api.modify::<orrery_api::Node>(&request, "", node, change).expect("the node is there");
            };
            match *what {
                "cordon" => done(&mut cluster, |n| n.spec.unschedulable = true),
                "taint" => done(&mut cluster, |n| {
                    n.spec.taints.push(orrery_api::Taint {
                        key: "only".into(),
                        value: Some("db".into()),
                        effect: "NoSchedule".into(),
                        ..Default::default()
                    });
                }),
                cpu => {
                    let held = format!(
                        "{{nodeName: {node}, containers: [{{name: c, image: \"nginx:1.25\", resources: {{requests: {{cpu: {cpu:?}}}}}}}]}}"
                    );
                    apply(&mut cluster, &pod(&held).replace("name: one", &format!("name: held-{i}")), 1);
                }
            }
        }
        apply(&mut cluster, &pod(&spec), 5);
        assert_eq!(remedies(&cluster, "one"), want, "{name}");
    }
}

#[test]
fn who_would_go_for_an_important_pod_is_told() {
    let class =
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n";
    let mut cluster = cluster(class, 1);
    let asks = |more: &str, cpu: u32| {
        pod(&format!(
            "{{{more}, containers: [{{name: c, image: \"nginx:1.25\", resources: {{requests: {{cpu: {cpu}}}}}}}]}}"
        ))
    };
    for node in 1..=3 {
        let held = asks(&format!("nodeName: node-{node}"), 3);
        apply(&mut cluster, &held.replace("name: one", &format!("name: held-{node}")), 1);
    }
    apply(&mut cluster, &asks("priorityClassName: high", 2), 0);
    cluster.run(SimTime::from_secs(90), &mut || true);
    let seen = scheduling(&cluster, &ObjectRef::new("Pod", "default", "one")).expect("the decision is kept");
    assert!(seen.verdicts.iter().any(|verdict| verdict.won), "it has its node in the end");
    let room = seen.preemption.first().expect("pods can make room");
    assert_eq!(room.victims.iter().map(|(_, priority)| *priority).collect::<Vec<_>>(), [0]);
    assert!(room.node.ends_with(&room.victims[0].0.name["held-".len()..]), "{room:?}");
    assert!(!seen.because.is_empty());
}

#[test]
fn a_change_that_a_command_makes_names_it() {
    let rows = [
        (Change::Uncordon, Some("uncordon n")),
        (Change::Taint("only=db:NoSchedule".into()), Some("taint nodes n only:NoSchedule-")),
        (Change::Taint("only:NoExecute".into()), Some("taint nodes n only:NoExecute-")),
        (Change::Label("disk=ssd".into()), Some("label nodes n disk=ssd --overwrite")),
        (Change::Affinity, None),
    ];
    for (change, want) in rows {
        assert_eq!(change.command("n").map(|line| line.join(" ")).as_deref(), want, "{change:?}");
    }
}

#[test]
fn a_pod_is_handled_by_the_workload_at_the_top_and_an_earlier_revision_can_be_gone_back_to() {
    let mut cluster = cluster(&deployment("web", 2, ""), 60);
    let id = scene(&cluster, None, None, View::Nodes).pods().next().expect("there is a pod").id.clone();
    let before = handle(&cluster, &id).expect("its Deployment can be scaled");
    assert_eq!(
        (&*before.id.kind, &*before.id.name, before.replicas, before.undoes),
        ("Deployment", "web", Some(2), false)
    );
    assert_eq!(before.scale(3).join(" "), "scale deployment web --replicas=3");
    let (api, request) = cluster.send();
    api.modify::<orrery_api::Deployment>(&request, "default", "web", |d| {
        std::rc::Rc::make_mut(&mut d.spec.template).metadata.labels.insert("v", "2");
    })
    .expect("the Deployment is there");
    cluster.run(SimTime::from_secs(120), &mut || true);
    let after = handle(&cluster, &before.id).expect("it is the Deployment itself");
    assert!(after.undoes);
    assert_eq!(after.undo(Some(1)).join(" "), "rollout undo deployment/web --to-revision=1");
    let seen = inspect(&cluster, &before.id).expect("it is there");
    let numbers: Vec<_> = seen.revisions.iter().map(|r| (r.number, r.current)).collect();
    assert_eq!(numbers, [(2, true), (1, false)]);
}
