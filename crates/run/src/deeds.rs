//! What a click does to a pod's container, to a node, or to what a reason names, as an action.

use orrery_share::Action;
use orrery_view::behaviour::{Can, Does};
use orrery_view::scene::ObjectRef;

/// What a person can make a pod's container or a node do: by the command that does it, if there is one.
pub fn deed(id: &ObjectRef, can: &Can) -> Action {
    if let Some(line) = &can.line {
        return Action::Kubectl { line: line.clone(), files: Vec::new() };
    }
    let name = id.name.to_string();
    match can.does {
        Does::StopKubelet => Action::StopKubelet { name },
        Does::PowerOff => Action::StopNode { name },
        Does::Start => Action::StartNode { name },
        Does::Cut => Action::CutNode { name },
        Does::Join => Action::JoinNode { name },
        Does::Strain(what) => Action::StrainNode { name, what: what.to_owned() },
        Does::Relieve => Action::RelieveNode { name },
        Does::Remove => Action::RemoveNode { name },
        does => {
            let (namespace, pod) = (id.namespace.to_string(), name);
            let container = can.container.as_deref().unwrap_or_default().to_owned();
            match does {
                Does::Hang => Action::HangContainer { namespace, pod, container, hangs: true },
                Does::Answer => Action::HangContainer { namespace, pod, container, hangs: false },
                Does::Exit(code) => Action::EndContainer { namespace, pod, container, code },
                _ => Action::KillContainer { namespace, pod, container },
            }
        }
    }
}
