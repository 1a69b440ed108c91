//! What was done, in words: for a mark on the strip of a run, and as the command line that does the same.

use orrery_share::{Action, Fault};
use orrery_view::handle;
use orrery_view::scene::ObjectRef;

/// One or two words for a mark.
pub fn label(action: &Action) -> String {
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
        Action::Registry { host, up } => format!("{host} {}", if *up { "on" } else { "off" }),
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

/// A command line as it is typed: what is no other program's is kubectl's.
pub fn typed(words: &[String]) -> String {
    let line = words.join(" ");
    if orrery_workstation::is_program(words) { line } else { ["kubectl ", &line].concat() }
}

/// The command line of an action, without `kubectl`; none for what no program of a person's machine does.
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
        Action::StopNode { name } => machine("minikube node stop", name),
        Action::StartNode { name } => machine("minikube node start", name),
        Action::AddNode => machine("minikube node add", ""),
        Action::RemoveNode { name } => machine("minikube node delete", name),
        Action::StopKubelet { name } => {
            machine(&["minikube ssh -n", name, "-- sudo systemctl stop kubelet"].join(" "), "")
        }
        Action::CutNode { name } => machine("docker network disconnect minikube", name),
        Action::JoinNode { name } => machine("docker network connect minikube", name),
        Action::Snapshot { name } => machine("etcdctl snapshot save", name),
        Action::Restore { name } => machine("etcdctl snapshot restore", name),
        Action::Request { from, url } => match from.strip_prefix("node/") {
            Some(node) => machine(&["minikube ssh -n", node, "-- curl -s"].join(" "), url),
            None => machine("curl -s", url).filter(|_| from == "outside"),
        },
        Action::StrainNode { .. }
        | Action::RelieveNode { .. }
        | Action::Part { .. }
        | Action::Registry { .. }
        | Action::EndContainer { .. }
        | Action::HangContainer { .. }
        | Action::KillContainer { .. }
        | Action::Load { .. }
        | Action::StopLoad { .. } => None,
    }
}

/// The words of a program's command line, and what it is about.
fn machine(program: &str, about: &str) -> Option<Vec<String>> {
    let words = program.split(' ').chain(Some(about)).filter(|word| !word.is_empty());
    Some(words.map(str::to_owned).collect())
}
