//! `minikube node add`, `start`, `stop`, `delete` and `list`: the machines of the cluster (upstream: `cmd/minikube/cmd/node*.go`).

use crate::Desk;
use orrery_api::Node;
use orrery_container_runtime::MachineDeed;

pub(super) fn run(desk: &mut Desk<'_>, words: &[&str]) -> Result<(), String> {
    match words {
        ["list"] => list(desk),
        ["add"] => {
            let name = desk.station.add_machine();
            desk.say(&format!("* Adding node {name} to cluster minikube as [worker]"));
            desk.say(&format!("* Successfully added {name} to minikube!"));
        }
        ["start", name] => {
            turn(desk, name, MachineDeed::Start)?;
            desk.say(&format!("* Starting \"{name}\" worker node in \"minikube\" cluster"));
            desk.say(&format!("* Successfully started node {name}!"));
        }
        ["stop", name] => {
            turn(desk, name, MachineDeed::Stop)?;
            desk.say(&format!("* Stopping node \"{name}\"  ..."));
            desk.say(&format!("* Successfully stopped node {name}"));
        }
        ["delete", name] => {
            turn(desk, name, MachineDeed::Remove)?;
            desk.say(&format!("* Deleting node {name} from cluster minikube"));
            desk.say(&format!("* Node {name} was successfully deleted."));
        }
        _ => return Err("Usage: minikube node add | start NAME | stop NAME | delete NAME | list".into()),
    }
    Ok(())
}

fn turn(desk: &mut Desk<'_>, name: &str, deed: MachineDeed) -> Result<(), String> {
    let missing =
        || format!("\nX Exiting due to GUEST_NODE_RETRIEVE: retrieving node: Could not find node {name}\n");
    desk.station.machine(name, deed).then_some(()).ok_or_else(missing)
}

/// Every node and its address.
fn list(desk: &mut Desk<'_>) {
    for name in desk.station.nodes() {
        let node = desk.station.api().get::<Node>("", &name);
        let inside = |node: &std::rc::Rc<Node>| {
            let found = node.status.addresses.iter().find(|address| &*address.type_ == "InternalIP")?;
            Some(found.address.to_string())
        };
        let address = node.and_then(inside).unwrap_or_default();
        desk.say(&format!("{name}\t{address}"));
    }
}
