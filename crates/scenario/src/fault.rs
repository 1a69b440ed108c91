//! What a step can break, or mend: the words of a scenario, and the action that each is.

use orrery_apimachinery::Value;
use orrery_apimachinery::decode::{Cx, GoType, Member, Typed, closest};
use orrery_share::Action;

/// Something that breaks, or is mended: what, and of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Index in [`FAULTS`].
    what: usize,
    /// The name of a node, a part, a file; of a container as `POD/CONTAINER`. Empty for a node that joins.
    pub target: String,
}

type Make = fn(String, &str) -> Action;

/// Every fault, and the action that it is; the namespace is that of the scenario.
const FAULTS: [(&str, Make); 21] = {
    use orrery_share::Fault as Blow;
    [
        ("stopKubelet", |name, _| Action::StopKubelet { name }),
        ("powerOff", |name, _| Action::StopNode { name }),
        ("stop", |name, _| Action::Part { name, fault: Blow::Stop }),
        ("kill", |name, _| Action::Part { name, fault: Blow::Kill }),
        ("start", |name, _| Action::Part { name, fault: Blow::Start }),
        ("cut", |name, _| Action::Part { name, fault: Blow::Cut }),
        ("join", |name, _| Action::Part { name, fault: Blow::Join }),
        ("lose", |name, _| Action::Part { name, fault: Blow::Lose }),
        ("snapshot", |name, _| Action::Snapshot { name }),
        ("restore", |name, _| Action::Restore { name }),
        ("killContainer", |name, namespace| {
            let (namespace, pod, container) = container(&name, namespace);
            Action::KillContainer { namespace, pod, container }
        }),
        ("hangContainer", |name, namespace| hang(&name, namespace, true)),
        ("wakeContainer", |name, namespace| hang(&name, namespace, false)),
        ("stopRegistry", |host, _| Action::Registry { host, up: false }),
        ("startRegistry", |host, _| Action::Registry { host, up: true }),
        ("useMemory", |name, _| Action::StrainNode { name, what: "memory".into() }),
        ("fillDisk", |name, _| Action::StrainNode { name, what: "disk".into() }),
        ("usePids", |name, _| Action::StrainNode { name, what: "pids".into() }),
        ("relieve", |name, _| Action::RelieveNode { name }),
        (ADD_NODE, |_, _| Action::AddNode),
        ("removeNode", |name, _| Action::RemoveNode { name }),
    ]
};

/// The fault that needs no name.
const ADD_NODE: &str = "addNode";

fn container(name: &str, namespace: &str) -> (String, String, String) {
    let (pod, container) = name.split_once('/').unwrap_or((name, ""));
    (namespace.into(), pod.into(), container.into())
}

fn hang(name: &str, namespace: &str, hangs: bool) -> Action {
    let (namespace, pod, container) = container(name, namespace);
    Action::HangContainer { namespace, pod, container, hangs }
}

impl Fault {
    /// What is done, to `target`.
    pub fn action(&self, target: String, namespace: &str) -> Action {
        FAULTS[self.what].1(target, namespace)
    }

    /// Whether it happens to a container.
    pub fn is_of_container(&self) -> bool {
        FAULTS[self.what].0.ends_with("Container")
    }
}

impl Member for Fault {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let word = Value::from(ADD_NODE);
        let (what, target) = match value {
            Value::String(_) if *value == word => (ADD_NODE, ""),
            Value::Object(entries) if entries.len() == 1 => {
                let (what, target) = entries.iter().next().expect("there is one entry");
                (what.as_str(), target.as_str().unwrap_or_default())
            }
            _ => return cx.refuse("one fault and its target is expected, such as `stop: kube-scheduler-1`"),
        };
        let found = FAULTS.iter().position(|(name, _)| *name == what);
        let Some(index) = found else {
            let meant = closest(what, FAULTS.iter().map(|(name, _)| *name));
            let meant = meant.map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
            return cx.refuse(format!("there is no fault \"{what}\"{meant}"));
        };
        (self.what, self.target) = (index, target.into());
        if what == ADD_NODE && value.is_object() {
            return cx.refuse("the new node has its name from the cluster: `fault: addNode`");
        }
        if what != ADD_NODE && target.is_empty() {
            return cx.refuse(format!("{what} needs the name of what it happens to"));
        }
        if self.is_of_container() && !target.contains('/') {
            return cx.refuse(format!("{what} needs POD/CONTAINER"));
        }
        true
    }

    fn write(&self) -> Value {
        [(FAULTS[self.what].0.to_owned(), Value::from(self.target.as_str()))].into_iter().collect()
    }
}

impl Typed for Fault {
    const TYPE: &'static GoType = &GoType::Plain("fault");
}
