//! The cluster behind the page, with the list of everything that was done to it. The list makes a run repeatable: going back is
//! replaying from the start, and a link is the list.

use orrery_cluster::{Cluster, Config, Load, Origin, Strain, Topology as Layout};
use orrery_kubectl::Output;
use orrery_kubectl::apply::apply;
use orrery_kubectl::trial;
use orrery_manifest::{Located, Objects, objects_of};
use orrery_schema::Schema;
use orrery_share::{Action, Fault, File, Link, Step, Topology};
use orrery_sim::SimTime;
use orrery_view::add_ons::{self, Installed};
use orrery_view::assist::{Offer, complete};
use orrery_view::behaviour::{Can, behaviour};
use orrery_view::charts::{Chart, charts};
use orrery_view::findings::{Finding, findings};
use orrery_view::handle::{self, Handle};
use orrery_view::hpa::{self, Autoscaler};
use orrery_view::journey::{self, Followed};
use orrery_view::load::{self, Stream};
use orrery_view::logs::{Logs, logs};
use orrery_view::opened::node::{OpenedNode, opened_node};
use orrery_view::opened::pod::{OpenedPod, opened_pod};
use orrery_view::opened::rules::{self, RuleChain};
use orrery_view::parts::{Parts, parts};
use orrery_view::records::{self, Record};
use orrery_view::requests::{self, Offers};
use orrery_view::scene::{ObjectRef, Scene, View};
use orrery_view::storage::lives::{StorageView, storage};
use orrery_view::timeline::{Density, Mark, Timeline};
use orrery_view::{calls, crowd, events, inspect, scene, scheduling, workloads};

use crate::assist;
use crate::refusals::marks;

/// Nodes of a new cluster.
pub const NODES: u32 = 3;
/// Seed of a new cluster.
pub const SEED: u64 = 1;

/// No load is heavier, in thousandths of a request in a second: links are hostile input.
const MOST_MILLI: u64 = 10_000_000;

/// A cluster and what was done to it.
pub struct Engine {
    seed: u64,
    nodes: u32,
    topology: Option<Topology>,
    cluster: Cluster,
    steps: Vec<Step>,
    /// How many steps have been taken; the others lie ahead.
    taken: usize,
    density: Density,
}

/// What an action came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// Objects that were created, changed or left as they were.
    pub applied: usize,
    /// What was refused: the line of what was applied, the field, and the server's words.
    pub refused: Vec<Refused>,
}

/// One refusal.
#[derive(Clone, PartialEq, Debug)]
pub struct Refused {
    /// Line in the text that was applied, from 1; zero when there was no text.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// The server's words.
    pub message: String,
}

impl Engine {
    /// A cluster at the beginning of virtual time.
    pub fn new(seed: u64, nodes: u32) -> Self {
        Self::laid_out(seed, nodes, None)
    }

    /// As [`Self::new`], with a control plane that is laid out otherwise.
    pub fn laid_out(seed: u64, nodes: u32, topology: Option<Topology>) -> Self {
        let cluster = build(seed, nodes, topology);
        Self { seed, nodes, topology, cluster, steps: Vec::new(), taken: 0, density: Density::default() }
    }

    /// The cluster of a link, at the beginning of its run.
    pub fn of(link: &Link) -> Self {
        Self {
            steps: link.steps.clone(),
            ..Self::laid_out(link.seed, link.nodes.clamp(1, 5_000), link.topology)
        }
    }

    /// What a link to this run holds.
    pub fn link(&self, files: Vec<File>, speed: f64) -> Link {
        let steps = self.steps[..self.taken].to_vec();
        let (seed, nodes, topology) = (self.seed, self.nodes, self.topology);
        Link { files, steps, seed, nodes, topology, at: self.now(), speed }
    }

    /// Virtual time in nanoseconds.
    pub fn now(&self) -> u64 {
        self.cluster.now().as_nanos()
    }

    /// The end of what is known of the run.
    pub fn end(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.at).max(self.now())
    }

    /// Runs to a moment, taking the steps that lie before it, as long as `more` says so.
    pub fn run(&mut self, to: u64, more: &mut dyn FnMut() -> bool) {
        while let Some(step) = self.steps.get(self.taken).filter(|step| step.at <= to).cloned() {
            self.cluster.run(SimTime::from_nanos(step.at), more);
            if self.now() < step.at {
                return self.density.follow(self.cluster.api());
            }
            self.taken += 1;
            perform(&mut self.cluster, &step.action);
        }
        self.cluster.run(SimTime::from_nanos(to), more);
        self.density.follow(self.cluster.api());
    }

    /// Runs to the next event that changes an object.
    pub fn step(&mut self) {
        self.cluster.step_change();
        self.density.follow(self.cluster.api());
    }

    /// Back to the beginning; the steps lie ahead again.
    pub fn rewind(&mut self) {
        self.cluster = build(self.seed, self.nodes, self.topology);
        self.taken = 0;
        self.density = Density::default();
    }

    /// Does something now. Steps that lay ahead are dropped: from here on it is another run.
    pub fn act(&mut self, action: Action) -> Outcome {
        self.steps.truncate(self.taken);
        let at = self.now();
        let outcome = perform(&mut self.cluster, &action);
        self.steps.push(Step { at, action });
        self.taken = self.steps.len();
        self.density.follow(self.cluster.api());
        outcome
    }

    /// Runs a command line of the console. Only what changes the cluster, or takes time, belongs to the run.
    pub fn kubectl(&mut self, line: Vec<String>, files: Vec<File>) -> Output {
        let (at, revision) = (self.now(), self.cluster.api().revision());
        let output = orrery_workstation::run(&line, &Named(&files), &mut self.cluster);
        if self.now() != at || self.cluster.api().revision() != revision {
            self.steps.truncate(self.taken);
            let named = |file: &File| line.contains(&file.name) || file.name == "Dockerfile";
            let files = files.into_iter().filter(named).collect();
            self.steps.push(Step { at, action: Action::Kubectl { line, files } });
            self.taken = self.steps.len();
            self.density.follow(self.cluster.api());
        }
        output
    }

    /// The picture.
    pub fn scene(&self, namespace: Option<&str>, chosen: Option<&ObjectRef>, view: View) -> Scene {
        scene::scene(&self.cluster, namespace, chosen, view)
    }

    /// The charts.
    pub fn charts(&self, namespace: Option<&str>, chosen: Option<&ObjectRef>) -> Vec<Chart> {
        charts(&self.cluster, namespace, chosen)
    }

    /// The storage view.
    pub fn storage(&self, namespace: Option<&str>, chosen: Option<&ObjectRef>) -> StorageView {
        storage(&self.cluster, namespace, chosen)
    }

    /// What can be done to the workload of an object.
    pub fn handle(&self, id: &ObjectRef) -> Option<Handle> {
        handle::handle(&self.cluster, id)
    }

    /// Whether the picture is a map.
    pub fn is_crowd(&self) -> bool {
        crowd::is_crowd(&self.cluster)
    }

    /// The map.
    pub fn crowd(&self, namespace: Option<&str>) -> crowd::Crowd {
        crowd::crowd(&self.cluster, namespace)
    }

    /// The control plane, part by part.
    pub fn parts(&self) -> Parts {
        parts(&self.cluster)
    }

    /// The latest calls.
    pub fn calls(&self, most: usize) -> Vec<calls::Call> {
        calls::calls(&self.cluster, most)
    }

    /// The latest events.
    pub fn events(
        &self,
        namespace: Option<&str>,
        about: Option<&ObjectRef>,
        most: usize,
    ) -> Vec<events::EventRow> {
        events::events(&self.cluster, namespace, about, most)
    }

    /// One object.
    pub fn inspect(&self, id: &ObjectRef) -> Option<inspect::Inspection> {
        inspect::inspect(&self.cluster, id)
    }

    /// A pod from within.
    pub fn opened_pod(&self, id: &ObjectRef) -> Option<OpenedPod> {
        opened_pod(&self.cluster, id)
    }

    /// A node from within.
    pub fn opened_node(&self, id: &ObjectRef) -> Option<OpenedNode> {
        opened_node(&self.cluster, id)
    }

    /// What can be done to a pod's containers or to a node.
    pub fn behaviour(&self, id: &ObjectRef) -> Vec<Can> {
        behaviour(&self.cluster, id)
    }

    /// The end of a container's log.
    pub fn logs(&self, pod: &ObjectRef, container: Option<&str>, previous: bool, most: usize) -> Logs {
        logs(&self.cluster, pod, container, previous, most)
    }

    /// Who can ask, and what for.
    pub fn offers(&self, namespace: Option<&str>) -> Offers {
        requests::offers(&self.cluster, namespace)
    }

    /// The last requests that were followed, the latest first.
    pub fn journeys(&self, most: usize) -> Vec<Followed> {
        journey::journeys(&self.cluster, most)
    }

    /// A request that was followed.
    pub fn journey(&self, number: u64) -> Option<Followed> {
        journey::journey(&self.cluster, number)
    }

    /// How the autoscaler of an object decides: itself, or the one that scales it.
    pub fn autoscaler(&self, id: &ObjectRef) -> Option<Autoscaler> {
        hpa::autoscaler(&self.cluster, &hpa::of(self.cluster.api(), id)?)
    }

    /// kube-proxy's rules on a node that hold a text.
    pub fn rules(&self, node: &ObjectRef, filter: &str) -> Vec<RuleChain> {
        rules::rules(&self.cluster, node, filter)
    }

    /// What is installed beside Kubernetes' own programs.
    pub fn add_ons(&self) -> Vec<Installed> {
        add_ons::add_ons(&self.cluster)
    }

    /// What DNS answers.
    pub fn records(&self, namespace: Option<&str>) -> Vec<Record> {
        records::records(&self.cluster, namespace)
    }

    /// The steady loads.
    pub fn streams(&self) -> Vec<Stream> {
        load::streams(&self.cluster)
    }

    /// The number of the last request.
    pub fn latest_journey(&self) -> Option<u64> {
        self.cluster.journeys().next_back().map(|journey| journey.number)
    }

    /// What the scheduler thought of each node for a pod.
    pub fn scheduling(&self, id: &ObjectRef) -> Option<scheduling::Scheduling> {
        scheduling::scheduling(&self.cluster, id)
    }

    /// How many pods are ready, of how many.
    pub fn tally(&self, namespace: Option<&str>) -> (usize, usize) {
        scene::tally(&self.cluster, namespace)
    }

    /// What of the manifests an object comes from.
    pub fn origin(&self, id: &ObjectRef) -> ObjectRef {
        inspect::origin(&self.cluster, id)
    }

    /// All workloads.
    pub fn workloads(&self, namespace: Option<&str>) -> Vec<workloads::WorkloadRow> {
        workloads::workloads(&self.cluster, namespace)
    }

    /// All namespaces.
    pub fn namespaces(&self) -> Vec<String> {
        scene::namespaces(&self.cluster)
    }

    /// How many things were done so far.
    pub fn done(&self) -> usize {
        self.taken
    }

    /// The objects of a text, of the kinds that the cluster serves by now.
    pub fn objects(&self, text: &str) -> Objects {
        objects(&self.cluster, text)
    }

    /// What the cluster would refuse of these objects, and what does not fit together between them and with those
    /// of the cluster. What is refused is told once, with the advice of the finding about the same field.
    pub fn findings(&self, written: &[&Located]) -> Vec<Finding> {
        let (api, now) = (self.cluster.api(), self.cluster.now());
        let trees = written.iter().map(|located| &located.document.value);
        let mut found = Vec::new();
        for (object, refusal) in trial::refusals(trees, "default", api, now) {
            let marks = marks(&refusal, &written[object].document);
            found.extend(marks.into_iter().map(|diagnostic| Finding { object, diagnostic }));
        }
        for finding in findings(written, api) {
            let same =
                |f: &&mut Finding| f.object == finding.object && f.diagnostic.path == finding.diagnostic.path;
            match found.iter_mut().find(same) {
                Some(refused) => refused.diagnostic.hint = finding.diagnostic.hint,
                None => found.push(finding),
            }
        }
        found
    }

    /// What can be written at a place of a text. `files` is all that the person wrote.
    pub fn offer(&self, text: &str, at: (u32, u32), schema: &Schema, files: &[File]) -> Option<Offer> {
        let objects =
            |file: &File| self.objects(&file.text).objects.into_iter().map(|located| located.object);
        complete(text, at, schema, self.cluster.api(), &|| files.iter().flat_map(objects).collect())
    }

    /// Whether the cluster has the object.
    pub fn has(&self, id: &ObjectRef) -> bool {
        inspect::inspect(&self.cluster, id).is_some()
    }

    /// The strip of the run.
    pub fn timeline(&self, bins: usize) -> Timeline {
        self.density.timeline(self.end(), bins)
    }

    /// What was done, as marks on the strip.
    pub fn marks(&self) -> Vec<Mark> {
        self.steps
            .iter()
            .map(|step| Mark { at: step.at, label: label(&step.action).as_str().into() })
            .collect()
    }
}

/// The editor's files, as the console's `-f` finds them.
struct Named<'a>(&'a [File]);

impl orrery_kubectl::Files for Named<'_> {
    fn read(&self, name: &str) -> Option<String> {
        self.0.iter().find(|file| file.name == name).map(|file| file.text.clone())
    }

    fn schema(&self) -> Option<&Schema> {
        assist::table()
    }
}

fn build(seed: u64, nodes: u32, topology: Option<Topology>) -> Cluster {
    let config = Config { seed, ..Config::lively(nodes as usize) };
    Cluster::new(match topology {
        Some(Topology { all_in_one: true, .. }) => config.with_topology(Layout::all_in_one()),
        Some(told) => config.with_topology(Layout::new(told.etcd.into(), told.control_planes.into())),
        None => config,
    })
}

/// One or two words for a mark.
fn label(action: &Action) -> String {
    match action {
        Action::Apply { .. } => "apply".into(),
        Action::Delete { name, .. } => format!("delete {name}"),
        Action::Scale { name, replicas, .. } => format!("scale {name} {replicas}"),
        Action::StopNode { name } => format!("{name} off"),
        Action::StartNode { name } => format!("{name} on"),
        Action::AddNode => "+ node".into(),
        Action::RemoveNode { name } => format!("\u{2212} {name}"),
        Action::StopKubelet { name } => format!("{name} kubelet off"),
        Action::CutNode { name } => format!("{name} cut"),
        Action::JoinNode { name } => format!("{name} joined"),
        Action::StrainNode { name, what } => format!("{name} {what} full"),
        Action::RelieveNode { name } => format!("{name} relieved"),
        Action::KillContainer { pod, container, .. } => format!("kill {pod}/{container}"),
        Action::EndContainer { pod, container, code, .. } => format!("{pod}/{container} exits {code}"),
        Action::HangContainer { pod, container, hangs, .. } => {
            format!("{pod}/{container} {}", if *hangs { "hangs" } else { "answers" })
        }
        Action::Part { name, fault } => format!("{name} {}", word(*fault)),
        Action::Snapshot { name } => format!("save {name}"),
        Action::Restore { name } => format!("restore {name}"),
        Action::Load { per_second_milli, .. } => format!("load {}/s", per_second_milli / 1000),
        Action::StopLoad { .. } => "load off".into(),
        Action::Request { url, .. } => url.trim_start_matches("http://").to_owned(),
        Action::Kubectl { line, .. } => line.iter().take(3).cloned().collect::<Vec<_>>().join(" "),
    }
}

/// What a mark says of a fault.
fn word(fault: Fault) -> &'static str {
    match fault {
        Fault::Stop => "off",
        Fault::Start => "on",
        Fault::Kill => "killed",
        Fault::Cut => "cut",
        Fault::Join => "joined",
        Fault::Lose => "lost",
    }
}

fn strike(cluster: &mut Cluster, name: &str, fault: Fault) -> bool {
    match fault {
        Fault::Stop => cluster.stop(name),
        Fault::Start => cluster.start(name),
        Fault::Kill => cluster.kill(name),
        Fault::Cut => cluster.cut(name),
        Fault::Join => cluster.join(name),
        Fault::Lose => cluster.lose(name),
    }
}

/// The command line of an action, without `kubectl`; none for what is done to machines.
pub fn command(action: &Action) -> Option<Vec<String>> {
    match action {
        Action::Apply { .. } => Some(handle::line(&["apply", "-f", "-"], "")),
        Action::Delete { kind, namespace, name } => {
            Some(handle::delete(&ObjectRef::new(kind, namespace, name)))
        }
        Action::Scale { kind, namespace, name, replicas } => {
            let replicas = format!("--replicas={replicas}");
            Some(handle::line(&["scale", &kind.to_lowercase(), name, &replicas], namespace))
        }
        Action::Kubectl { line, .. } => Some(line.clone()),
        Action::StopNode { .. }
        | Action::StartNode { .. }
        | Action::AddNode
        | Action::RemoveNode { .. }
        | Action::StopKubelet { .. }
        | Action::CutNode { .. }
        | Action::JoinNode { .. }
        | Action::StrainNode { .. }
        | Action::RelieveNode { .. }
        | Action::Part { .. }
        | Action::Snapshot { .. }
        | Action::Restore { .. }
        | Action::EndContainer { .. }
        | Action::HangContainer { .. }
        | Action::KillContainer { .. }
        | Action::Request { .. }
        | Action::Load { .. }
        | Action::StopLoad { .. } => None,
    }
}

fn perform(cluster: &mut Cluster, action: &Action) -> Outcome {
    match action {
        Action::Apply { text } => return apply_text(cluster, text),
        Action::StopNode { name } => drop(cluster.stop_node(name)),
        Action::StartNode { name } => drop(cluster.start_node(name)),
        Action::AddNode => drop(cluster.add_node()),
        Action::RemoveNode { name } => drop(cluster.remove_node(name)),
        Action::StopKubelet { name } => drop(cluster.stop_kubelet(name)),
        Action::CutNode { name } => drop(cluster.cut_node(name)),
        Action::JoinNode { name } => drop(cluster.join_node(name)),
        Action::StrainNode { name, what } => {
            if let Some(strain) = Strain::named(what) {
                cluster.strain_node(name, strain);
            }
        }
        Action::RelieveNode { name } => drop(cluster.relieve_node(name)),
        Action::Part { name, fault } => drop(strike(cluster, name, *fault)),
        Action::Snapshot { name } => drop(cluster.snapshot(name)),
        Action::Restore { name } => drop(cluster.restore(name)),
        Action::EndContainer { namespace, pod, container, code } => {
            cluster.end_container(namespace, pod, container, *code);
        }
        Action::HangContainer { namespace, pod, container, hangs } => {
            cluster.hang_container(namespace, pod, container, *hangs);
        }
        Action::KillContainer { namespace, pod, container } => {
            cluster.kill_container(namespace, pod, container);
        }
        Action::Load { name, from, url, per_second_milli } => {
            if let Ok(origin) = from.parse::<Origin>() {
                cluster.set_load(Load::new(name, origin, url, (*per_second_milli).min(MOST_MILLI)));
            }
        }
        Action::StopLoad { name } => drop(cluster.stop_load(name)),
        Action::Request { from, url } => {
            if let Ok(origin) = from.parse::<Origin>() {
                cluster.request(&origin, url);
            }
        }
        Action::Delete { .. } | Action::Scale { .. } | Action::Kubectl { .. } => {
            let line = command(action).expect("these have one");
            let files = if let Action::Kubectl { files, .. } = action { &files[..] } else { &[] };
            let output = orrery_workstation::run(&line, &Named(files), cluster);
            if output.code != 0 {
                let refused = Refused { line: 0, column: 0, message: output.stderr.trim().to_owned() };
                return Outcome { applied: 0, refused: vec![refused] };
            }
        }
    }
    Outcome::default()
}

fn objects(cluster: &Cluster, text: &str) -> Objects {
    objects_of(text, &|api_version, kind| cluster.api().kind_by_gvk(api_version, kind))
}

/// Applies every object that can be read; what is wrong with the others is marked in the editor already.
fn apply_text(cluster: &mut Cluster, text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for located in objects(cluster, text).objects {
        let document = &located.document;
        match apply(cluster, &document.value, "default") {
            Ok(_) => outcome.applied += 1,
            Err(refusal) => {
                outcome.refused.extend(marks(&refusal, document).into_iter().map(|mark| Refused {
                    line: mark.line,
                    column: mark.column,
                    message: mark.message,
                }))
            }
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n";

    fn ready(engine: &Engine) -> usize {
        engine.scene(None, None, View::Nodes).tally()[4]
    }

    fn seconds(n: u64) -> u64 {
        n * 1_000_000_000
    }

    #[test]
    fn an_applied_deployment_becomes_ready_and_a_replay_comes_to_the_same() {
        let mut engine = Engine::new(SEED, NODES);
        let outcome = engine.act(Action::Apply { text: WEB.into() });
        assert_eq!(outcome, Outcome { applied: 1, refused: vec![] });
        engine.run(seconds(60), &mut || true);
        assert_eq!(ready(&engine), 2);
        let scale = Action::Scale {
            kind: "Deployment".into(),
            namespace: "default".into(),
            name: "web".into(),
            replicas: 4,
        };
        assert_eq!(engine.act(scale), Outcome::default());
        engine.run(seconds(120), &mut || true);
        let before = engine.scene(None, None, View::Nodes);
        let mut again = Engine::of(&engine.link(vec![], 1.0));
        again.run(seconds(120), &mut || true);
        assert_eq!(again.scene(None, None, View::Nodes), before);
        again.rewind();
        again.run(seconds(60), &mut || true);
        assert_eq!(ready(&again), 2);
    }

    #[test]
    fn a_refusal_names_its_line() {
        let mut engine = Engine::new(SEED, NODES);
        let text = WEB.replace("replicas: 2", "replicas: -1");
        let outcome = engine.act(Action::Apply { text });
        assert_eq!(outcome.refused.iter().map(|r| r.line).collect::<Vec<_>>(), [5], "{outcome:?}");
    }
}
