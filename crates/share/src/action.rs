//! What can be done to a cluster. Names of variants and fields are the format of links: they never change.

use serde::{Deserialize, Serialize};

use crate::File;

/// Everything a person can do to the cluster from the page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// `kubectl apply` of these manifests.
    Apply {
        /// All documents.
        text: String,
    },
    /// `kubectl delete`.
    Delete {
        /// Kind, as in a manifest.
        kind: String,
        /// Namespace, empty for cluster-scoped kinds.
        namespace: String,
        /// Name.
        name: String,
    },
    /// `kubectl scale`.
    Scale {
        /// Kind, as in a manifest.
        kind: String,
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
        /// The count wanted.
        replicas: u32,
    },
    /// The machine is switched off.
    StopNode {
        /// Name of the node.
        name: String,
    },
    /// The machine is switched on again.
    StartNode {
        /// Name of the node.
        name: String,
    },
    /// A machine joins.
    AddNode,
    /// The machine and its Node object go for good.
    RemoveNode {
        /// Name of the node.
        name: String,
    },
    /// The kubelet is stopped, its containers run on.
    StopKubelet {
        /// Name of the node.
        name: String,
    },
    /// The machine is cut off from the control plane and from all others.
    CutNode {
        /// Name of the node.
        name: String,
    },
    /// The machine that was cut off is joined again.
    JoinNode {
        /// Name of the node.
        name: String,
    },
    /// Something outside the pods uses up what the machine has.
    StrainNode {
        /// Name of the node.
        name: String,
        /// `memory`, `disk` or `pids`.
        what: String,
    },
    /// The machine gets back all that was used up.
    RelieveNode {
        /// Name of the node.
        name: String,
    },
    /// Something is done to a part of the control plane, or to a machine of it.
    Part {
        /// Its name, such as `kube-scheduler-1`.
        name: String,
        /// What is done.
        fault: Fault,
    },
    /// A snapshot of etcd is taken.
    Snapshot {
        /// Name of its file.
        name: String,
    },
    /// The cluster goes back to a snapshot.
    Restore {
        /// Name of its file.
        name: String,
    },
    /// A registry of images does not answer, or answers again.
    Registry {
        /// Its host, such as `docker.io`.
        host: String,
        /// Whether it answers.
        up: bool,
    },
    /// The main process of a container ends.
    EndContainer {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Name of the container.
        container: String,
        /// With this exit code.
        code: i32,
    },
    /// A container runs on and answers nobody, or answers again.
    HangContainer {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Name of the container.
        container: String,
        /// Whether it hangs.
        hangs: bool,
    },
    /// The main process of a container is killed.
    KillContainer {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Name of the container.
        container: String,
    },
    /// A request is sent, and followed.
    Request {
        /// By whom: `outside`, `node/NAME`, `pod/NAMESPACE/NAME`.
        from: String,
        /// What is asked for.
        url: String,
    },
    /// A steady load is turned on, or changed.
    Load {
        /// Its name.
        name: String,
        /// Who asks, as for a request.
        from: String,
        /// What is asked for.
        url: String,
        /// Thousandths of a request in a second.
        per_second_milli: u64,
        /// Whether its clients keep their connections.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keep_alive: bool,
        /// After so many milliseconds it ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_millis: Option<u64>,
    },
    /// A steady load is turned off.
    StopLoad {
        /// Its name.
        name: String,
    },
    /// A line of the console.
    Kubectl {
        /// The words after `kubectl`.
        line: Vec<String>,
        /// The files that `-f` can name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<File>,
    },
}

/// What is done to a part of the control plane.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It is stopped, and stays off.
    Stop,
    /// It is started again.
    Start,
    /// It is killed; its machine starts it again.
    Kill,
    /// It is cut off from all others.
    Cut,
    /// It is joined again.
    Join,
    /// A member of etcd loses its data, and stays off.
    Lose,
}
