//! What a scenario file can say. Each field's meaning is in `docs/scenarios.md` too.

use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, Value};
use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::group::Group;
use crate::values::{Line, Pace, Phrase, Place, Rate, Scalar, Seconds, View};

/// A scenario, as its YAML file states it.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Scenario {
    /// Its name, as those of objects are.
    pub name: Str,
    /// What a person reads above it.
    pub title: Option<Phrase>,
    /// What it is about, in a sentence.
    pub summary: Option<Phrase>,
    /// The seed of the run; 1 if it is not told.
    pub seed: Option<i32>,
    /// Where its commands go: `sc-NAME` if it is not told, which is made before the first step.
    pub namespace: Option<Str>,
    /// The cluster to run on, where it is another than that of the recordings.
    pub cluster: Machines,
    /// What is special about the nodes.
    pub nodes: Nodes,
    /// A KubeSchedulerConfiguration; only for `orrery run`.
    pub scheduler: Option<Value>,
    /// Namespaces that the steps make themselves and that are compared too.
    pub extra_namespaces: Vec<Str>,
    /// The second of the minute at which the first step begins; only for `orrery run`.
    pub start_second: Option<i32>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// A cluster: its machines, and what runs on them.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Machines {
    /// Where the control plane is.
    pub topology: Place,
    /// How many members etcd has; one if it is not told.
    pub etcd: Option<i32>,
    /// How many API servers there are, each with a scheduler and a controller manager; one if it is not told.
    pub control_planes: Option<i32>,
    /// How many nodes there are; three if it is not told.
    pub workers: Option<i32>,
    /// How long images and containers take under `orrery run`; shown and tested they take as long as for real.
    pub runtime: Pace,
    /// The node groups of the cloud beneath; only for `orrery run`.
    pub node_groups: Vec<Group>,
}

/// Labels and taints that nodes have before the first step.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Nodes {
    /// Labels by node.
    pub label: BTreeMap<Str, BTreeMap<Str, Scalar>>,
    /// Taints by node, as `kubectl taint` takes them.
    pub taint: BTreeMap<Str, Vec<Str>>,
}

/// One step: at most one thing that is done, what is waited for and expected then, and what is told and shown.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Step {
    /// The step's name.
    pub name: Str,
    /// A part of the story begins here.
    pub chapter: Option<Phrase>,
    /// What a person is told. Steps without a caption belong to the one before.
    pub caption: Option<Phrase>,
    /// The view that the picture turns to.
    pub view: Option<View>,
    /// The object that is selected, such as `Deployment/web`; the first of `Pod/web-*`.
    pub select: Option<Str>,
    /// The pod or node that is opened.
    pub open: Option<Str>,
    /// What is lit: objects as for `select`, or parts such as `part/kube-scheduler`.
    pub highlight: Vec<Str>,
    /// Virtual seconds in each real one while the step goes on.
    pub speed: Option<Rate>,
    /// A manifest for `kubectl apply -f -`.
    pub apply: Option<Str>,
    /// Arguments of kubectl.
    pub kubectl: Option<Line>,
    /// A command line of another program: docker, curl, hey, minikube or kind.
    pub run: Option<Line>,
    /// Standard input of that command.
    pub stdin: Str,
    /// What breaks, or is mended.
    pub fault: Option<Fault>,
    /// A steady load.
    pub load: Option<LoadStep>,
    /// A request that is sent and followed.
    pub request: Option<RequestStep>,
    /// Leave the scenario's namespace out of the command.
    pub no_namespace: bool,
    /// So long time passes.
    pub sleep: Option<Seconds>,
    /// What is waited for.
    pub wait: Option<Wait>,
    /// Without `sleep` and `wait` what was done has settled when no object has changed for so long; 4 seconds if it is
    /// not told.
    pub quiet: Option<Seconds>,
    /// After so long it is given up that it settles; 2 minutes if it is not told.
    pub timeout: Option<Seconds>,
    /// What must hold then.
    pub expect: Vec<Check>,
    /// Time stops here until the person goes on.
    pub pause: bool,
    /// Whether the state after the step was compared with a recording.
    pub snapshot: Option<bool>,
}

/// What is waited for, and how long.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Wait {
    /// What is to become true.
    #[json(name = "for")]
    pub goal: Check,
    /// How long it may take; 5 minutes if it is not told.
    pub timeout: Option<Seconds>,
}

/// Something that is true of a cluster, or not. All that is told must hold.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct Check {
    /// The exit code of the step's command.
    pub exit_code: Option<i32>,
    /// What the command, or the request, printed.
    pub stdout: Option<TextCheck>,
    /// What the command complained about.
    pub stderr: Option<TextCheck>,
    /// An object, such as `deployment/web`; with a `*` at the end any whose name begins so.
    pub object: Option<Str>,
    /// Whether it is there; with nothing else told of it, it is to be.
    pub exists: Option<bool>,
    /// Where in the object, as a JSONPath.
    pub path: Option<Str>,
    /// What is there.
    pub equals: Option<Scalar>,
    /// A text that is within what is there.
    pub contains: Option<Str>,
    /// A condition whose status is to be `True`.
    pub condition: Option<Str>,
    /// How many pods there are, and how many are ready.
    pub pods: Option<PodCheck>,
    /// An event that was recorded.
    pub event: Option<EventCheck>,
    /// What became of a load's requests.
    pub load: Option<LoadCheck>,
    /// How the last request ended.
    pub request: Option<RequestCheck>,
}

/// A printed text.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct TextCheck {
    /// It is this, but for blanks at its ends.
    pub equals: Option<Scalar>,
    /// This is within it.
    pub contains: Option<Str>,
    /// This is not within it.
    pub lacks: Option<Str>,
}

/// Pods that a selector picks.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct PodCheck {
    /// Which, as for `kubectl -l`; all of the namespace if it is not told.
    pub selector: Str,
    /// So many are there.
    pub count: Option<i32>,
    /// So many are ready.
    pub ready: Option<i32>,
    /// So many are bound to no node.
    pub unscheduled: Option<i32>,
    /// So many nodes have one.
    pub nodes: Option<i32>,
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct EventCheck {
    /// Its reason.
    pub reason: Str,
    /// The object that it is about, as for `object`.
    pub object: Option<Str>,
    /// A text within its message.
    pub message: Option<Str>,
}

/// The requests of a load.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct LoadCheck {
    /// The load.
    pub name: Str,
    /// So many came to nothing.
    pub failed: Option<i32>,
    /// At least so many came to nothing.
    pub failed_at_least: Option<i32>,
    /// At least so many were sent.
    pub sent_at_least: Option<i32>,
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct RequestCheck {
    /// The status of HTTP that was answered.
    pub status: Option<i32>,
    /// It was not answered.
    pub failed: bool,
}

/// A steady load that is turned on, or off.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct LoadStep {
    /// Its name.
    pub name: Str,
    /// What is asked for; not needed to stop it.
    pub to: Str,
    /// Who asks: `outside`, `node/NAME` or `pod/NAMESPACE/NAME`; outside if it is not told.
    pub from: Option<Str>,
    /// Requests in a second.
    pub rate: Rate,
    /// Clients keep their connections; else each request opens its own.
    pub keep_alive: bool,
    /// It ends by itself after so long.
    #[json(name = "for")]
    pub lasts: Option<Seconds>,
    /// Turns it off.
    pub stop: bool,
}

/// A request that is sent and followed.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct RequestStep {
    /// What is asked for.
    pub to: Str,
    /// Who asks; outside if it is not told.
    pub from: Option<Str>,
}

impl Scenario {
    /// The manifests that it begins with: they can be tried without being told anything.
    pub fn manifests(&self) -> Option<&str> {
        self.steps.first()?.apply.as_deref()
    }

    /// Where its commands go.
    pub fn home(&self) -> String {
        self.namespace.as_deref().map_or_else(|| format!("sc-{}", self.name), str::to_owned)
    }
}
