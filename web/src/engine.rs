//! What the page reads of a run, and what the editor asks its cluster.

use std::cell::RefCell;

use orrery_kubectl::trial;
use orrery_manifest::{Located, Objects};
use orrery_run::{Run, label, marks, objects};
use orrery_schema::Schema;
use orrery_share::File;
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
use orrery_view::{calls, crowd, events, inspect, scene, scheduling, why, workloads};

/// A run, and what was read of it so far.
pub struct Engine {
    /// The cluster and everything that was done to it.
    pub run: Run,
    /// One for each branch of the run.
    densities: RefCell<Vec<Density>>,
}

impl Engine {
    /// The views of a run.
    pub fn new(run: Run) -> Self {
        Self { run, densities: RefCell::default() }
    }

    /// The picture.
    pub fn scene(&self, namespace: Option<&str>, chosen: Option<&ObjectRef>, view: View) -> Scene {
        scene::scene(self.run.cluster(), namespace, chosen, view)
    }

    /// The charts.
    pub fn charts(&self, namespace: Option<&str>, chosen: Option<&ObjectRef>) -> Vec<Chart> {
        charts(self.run.cluster(), namespace, chosen)
    }

    /// The storage view.
    pub fn storage(&self, namespace: Option<&str>, chosen: Option<&ObjectRef>) -> StorageView {
        storage(self.run.cluster(), namespace, chosen)
    }

    /// What can be done to the workload of an object.
    pub fn handle(&self, id: &ObjectRef) -> Option<Handle> {
        handle::handle(self.run.cluster(), id)
    }

    /// Whether the picture is a map.
    pub fn is_crowd(&self) -> bool {
        crowd::is_crowd(self.run.cluster())
    }

    /// The map.
    pub fn crowd(&self, namespace: Option<&str>) -> crowd::Crowd {
        crowd::crowd(self.run.cluster(), namespace)
    }

    /// Where on the map objects are lit.
    pub fn lit(&self, namespace: Option<&str>, ids: &[ObjectRef]) -> Vec<crowd::Lit> {
        crowd::lit(self.run.cluster(), namespace, ids)
    }

    /// The control plane, part by part.
    pub fn parts(&self) -> Parts {
        parts(self.run.cluster())
    }

    /// The latest calls.
    pub fn calls(&self, most: usize) -> Vec<calls::Call> {
        calls::calls(self.run.cluster(), most)
    }

    /// The latest events.
    pub fn events(
        &self,
        namespace: Option<&str>,
        about: Option<&ObjectRef>,
        most: usize,
    ) -> Vec<events::EventRow> {
        events::events(self.run.cluster(), namespace, about, most)
    }

    /// One object.
    pub fn inspect(&self, id: &ObjectRef) -> Option<inspect::Inspection> {
        inspect::inspect(self.run.cluster(), id)
    }

    /// A pod from within.
    pub fn opened_pod(&self, id: &ObjectRef) -> Option<OpenedPod> {
        opened_pod(self.run.cluster(), id)
    }

    /// A node from within.
    pub fn opened_node(&self, id: &ObjectRef) -> Option<OpenedNode> {
        opened_node(self.run.cluster(), id)
    }

    /// What can be done to a pod's containers or to a node.
    pub fn behaviour(&self, id: &ObjectRef) -> Vec<Can> {
        behaviour(self.run.cluster(), id)
    }

    /// The end of a container's log.
    pub fn logs(&self, pod: &ObjectRef, container: Option<&str>, previous: bool, most: usize) -> Logs {
        logs(self.run.cluster(), pod, container, previous, most)
    }

    /// Who can ask, and what for.
    pub fn offers(&self, namespace: Option<&str>) -> Offers {
        requests::offers(self.run.cluster(), namespace)
    }

    /// The last requests that were followed, the latest first.
    pub fn journeys(&self, most: usize) -> Vec<Followed> {
        journey::journeys(self.run.cluster(), most)
    }

    /// A request that was followed.
    pub fn journey(&self, number: u64) -> Option<Followed> {
        journey::journey(self.run.cluster(), number)
    }

    /// How the autoscaler of an object decides: itself, or the one that scales it.
    pub fn autoscaler(&self, id: &ObjectRef) -> Option<Autoscaler> {
        hpa::autoscaler(self.run.cluster(), &hpa::of(self.run.cluster().api(), id)?)
    }

    /// kube-proxy's rules on a node that hold a text.
    pub fn rules(&self, node: &ObjectRef, filter: &str) -> Vec<RuleChain> {
        rules::rules(self.run.cluster(), node, filter)
    }

    /// What is installed beside Kubernetes' own programs.
    pub fn add_ons(&self) -> Vec<Installed> {
        add_ons::add_ons(self.run.cluster())
    }

    /// What DNS answers.
    pub fn records(&self, namespace: Option<&str>) -> Vec<Record> {
        records::records(self.run.cluster(), namespace)
    }

    /// The steady loads.
    pub fn streams(&self) -> Vec<Stream> {
        load::streams(self.run.cluster())
    }

    /// The number of the last request.
    pub fn latest_journey(&self) -> Option<u64> {
        self.run.cluster().journeys().next_back().map(|journey| journey.number)
    }

    /// Why an object, or a field of it, is as it is.
    pub fn chain(&self, id: &ObjectRef, field: Option<&str>) -> Option<why::Chain> {
        why::chain(self.run.cluster(), id, field)
    }

    /// The revision at which an object was written last.
    pub fn last_revision(&self, id: &ObjectRef) -> u64 {
        why::last_revision(self.run.cluster(), id)
    }

    /// The fields of an object that changed, and whether there are changes that are no longer kept.
    pub fn changed_fields(&self, id: &ObjectRef) -> (Vec<why::FieldRow>, bool) {
        why::changed_fields(self.run.cluster(), id)
    }

    /// Why an object does not get on.
    pub fn stuck(&self, id: &ObjectRef) -> Vec<why::Reason> {
        why::stuck(self.run.cluster(), id)
    }

    /// What the scheduler thought of each node for a pod.
    pub fn scheduling(&self, id: &ObjectRef) -> Option<scheduling::Scheduling> {
        scheduling::scheduling(self.run.cluster(), id)
    }

    /// How many pods are ready, of how many.
    pub fn tally(&self, namespace: Option<&str>) -> (usize, usize) {
        scene::tally(self.run.cluster(), namespace)
    }

    /// What of the manifests an object comes from.
    pub fn origin(&self, id: &ObjectRef) -> ObjectRef {
        inspect::origin(self.run.cluster(), id)
    }

    /// All workloads.
    pub fn workloads(&self, namespace: Option<&str>) -> Vec<workloads::WorkloadRow> {
        workloads::workloads(self.run.cluster(), namespace)
    }

    /// All namespaces.
    pub fn namespaces(&self) -> Vec<String> {
        scene::namespaces(self.run.cluster())
    }

    /// The objects of a text, of the kinds that the cluster serves by now.
    pub fn objects(&self, text: &str) -> Objects {
        objects(self.run.cluster(), text)
    }

    /// What the cluster would refuse of these objects, and what does not fit together between them and with those
    /// of the cluster. What is refused is told once, with the advice of the finding about the same field.
    pub fn findings(&self, written: &[&Located]) -> Vec<Finding> {
        let (api, now) = (self.run.cluster().api(), self.run.cluster().now());
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
        complete(text, at, schema, self.run.cluster().api(), &|| files.iter().flat_map(objects).collect())
    }

    /// Whether the cluster has the object.
    pub fn has(&self, id: &ObjectRef) -> bool {
        inspect::inspect(self.run.cluster(), id).is_some()
    }

    /// The strip of the run.
    pub fn timeline(&self, bins: usize) -> Timeline {
        let (branch, cluster) = (self.run.branch(), self.run.cluster());
        let mut densities = self.densities.borrow_mut();
        if densities.len() <= branch {
            densities.resize_with(branch + 1, Density::default);
        }
        densities[branch].follow(cluster.api(), cluster.now());
        densities[branch].timeline(self.run.end(), bins)
    }

    /// What was done, as marks on the strip.
    pub fn marks(&self) -> Vec<Mark> {
        self.run
            .steps()
            .iter()
            .map(|step| Mark { at: step.at, label: label(&step.action).as_str().into() })
            .collect()
    }
}
