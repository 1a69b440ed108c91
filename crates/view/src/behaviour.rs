//! What a person can make a container or a node do, each as the command that does it, and the command that takes it back.

use orrery_api::{Node, Pod};
use orrery_cluster::Cluster;

use crate::handle::line;
use crate::scene::{ObjectRef, Text};

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Does {
    /// A probe of this name fails from now on.
    FailProbe(&'static str),
    /// It is answered as the container answers again.
    LetProbe(&'static str),
    /// From its next start on, the container ends with an error.
    Crash,
    /// It runs as its image and its command say again.
    LetRun,
    /// It uses much of this resource.
    Use(&'static str),
    /// It uses what it needs again.
    Ease(&'static str),
    /// The pod's processes do not heed SIGTERM.
    Deafen,
    /// They heed it again.
    Heed,
    /// It runs on and answers nobody.
    Hang,
    /// It answers again.
    Answer,
    /// Its first process ends with this exit code.
    Exit(i32),
    /// Its first process is killed.
    Kill,
    /// No new pods come.
    Cordon,
    /// They come again.
    Uncordon,
    /// All pods leave.
    Drain,
    /// Pods that do not tolerate it leave.
    Taint,
    /// The taint goes.
    Untaint,
    /// The kubelet stops, containers run on.
    StopKubelet,
    /// The machine loses its power.
    PowerOff,
    /// Machine and kubelet run again.
    Start,
    /// Something outside the pods uses this up.
    Strain(&'static str),
    /// The machine has all of it back.
    Relieve,
    /// Nothing comes through to the machine.
    Cut,
    /// Everything comes through again.
    Join,
    /// The machine is taken away.
    Remove,
}

/// One thing that can be done.
#[derive(Clone, PartialEq, Debug)]
pub struct Can {
    /// What.
    pub does: Does,
    /// The container that it is done to.
    pub container: Option<Text>,
    /// The words after `kubectl`; none where no command does it.
    pub line: Option<Vec<String>>,
}

/// The key of the taint that the page puts on nodes.
const TAINT: &str = "example.com/broken";

/// What can be done to a pod's containers or to a node; nothing for other kinds.
pub fn behaviour(cluster: &Cluster, id: &ObjectRef) -> Vec<Can> {
    let api = cluster.api();
    match &*id.kind {
        "Pod" => api.get::<Pod>(&id.namespace, &id.name).map(|pod| of_pod(cluster, pod)).unwrap_or_default(),
        "Node" => api.get::<Node>("", &id.name).map(|node| of_node(cluster, node)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn of_pod(cluster: &Cluster, pod: &Pod) -> Vec<Can> {
    let meta = &pod.metadata;
    let sidecars = pod.spec.init_containers.iter().filter(|c| c.restart_policy.as_deref() == Some("Always"));
    let kubelet = pod.node_name.as_ref().and_then(|node| cluster.kubelet(node));
    let seen = kubelet.map(|k| k.containers(cluster.api(), &meta.namespace, &meta.name, cluster.now()));
    let seen = seen.unwrap_or_default();
    let mut can = Vec::new();
    for c in pod.spec.containers.iter().chain(sidecars) {
        let mut offer = |does, words: &[&str]| {
            let line = (!words.is_empty()).then(|| line(words, &meta.namespace));
            can.push(Can { does, container: Some(c.name.clone()), line });
        };
        let probes = [
            ("liveness", c.liveness_probe.is_some()),
            ("readiness", c.readiness_probe.is_some()),
            ("startup", c.startup_probe.is_some()),
        ];
        // Each is an annotation that is set, and taken away again.
        let mut toggle = |on, off, key: &str, value: &str| {
            if meta.annotations.get(key).is_some() {
                offer(off, &["annotate", "pod", &meta.name, &format!("{key}-")]);
            } else {
                offer(on, &["annotate", "pod", &meta.name, &format!("{key}={value}")]);
            }
        };
        for (question, _) in probes.into_iter().filter(|(_, there)| *there) {
            let key = format!("orrery.dev/probe.{}.{question}", c.name);
            toggle(Does::FailProbe(question), Does::LetProbe(question), &key, "fail");
        }
        toggle(Does::Crash, Does::LetRun, &format!("orrery.dev/run.{}", c.name), "2s:1");
        toggle(Does::Use("cpu"), Does::Ease("cpu"), &format!("orrery.dev/cpu.{}", c.name), "2");
        toggle(Does::Use("memory"), Does::Ease("memory"), &format!("orrery.dev/memory.{}", c.name), "8Gi");
        toggle(Does::Deafen, Does::Heed, "orrery.dev/ignore-sigterm", "1");
        let running = pod.status.container_statuses.iter().chain(&pod.status.init_container_statuses);
        if running.into_iter().any(|s| s.name == c.name && s.state.running.is_some()) {
            let hangs = seen.iter().any(|facts| facts.name == c.name && facts.hangs);
            for does in
                [if hangs { Does::Answer } else { Does::Hang }, Does::Exit(0), Does::Exit(1), Does::Kill]
            {
                offer(does, &[]);
            }
        }
    }
    can
}

fn of_node(cluster: &Cluster, node: &Node) -> Vec<Can> {
    let name = &*node.metadata.name;
    let can = |does, words: &[&str]| Can {
        does,
        container: None,
        line: (!words.is_empty()).then(|| line(words, "")),
    };
    let tainted = node.spec.taints.iter().any(|t| &*t.key == TAINT);
    let mut all = vec![if node.spec.unschedulable {
        can(Does::Uncordon, &["uncordon", name])
    } else {
        can(Does::Cordon, &["cordon", name])
    }];
    let drain = ["drain", name, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s"];
    all.push(can(Does::Drain, &drain));
    all.push(if tainted {
        can(Does::Untaint, &["taint", "nodes", name, &format!("{TAINT}-")])
    } else {
        can(Does::Taint, &["taint", "nodes", name, &format!("{TAINT}=:NoExecute")])
    });
    if cluster.kubelet_runs(name) == Some(true) {
        all.push(can(Does::StopKubelet, &[]));
    } else {
        all.push(can(Does::Start, &[]));
    }
    if cluster.node_is_on(name) == Some(true) {
        all.push(can(Does::PowerOff, &[]));
    }
    let cut = cluster.node_is_cut(name) == Some(true);
    all.push(can(if cut { Does::Join } else { Does::Cut }, &[]));
    all.extend(["memory", "disk", "pids"].map(|what| can(Does::Strain(what), &[])));
    all.push(can(Does::Relieve, &[]));
    all.push(can(Does::Remove, &[]));
    all
}
