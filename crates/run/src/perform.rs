//! What a person can do to a cluster, done.

use orrery_cluster::{Cluster, Load, Origin, Strain};
use orrery_kubectl::apply::{apply, line};
use orrery_manifest::{Objects, objects_of};
use orrery_schema::Schema;
use orrery_share::{Action, Fault, File};
use orrery_sim::Duration;

use crate::refusals::marks;
use crate::words::{command, label};

/// No load is heavier, in thousandths of a request in a second: links are hostile input.
const MOST_MILLI: u64 = 10_000_000;

/// What an action came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// Objects that were created, changed or left as they were.
    pub applied: usize,
    /// What kubectl prints of the objects that were applied.
    pub printed: String,
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

/// What commands read that is too large for a page to hold from the beginning.
#[derive(Clone, Copy, Default)]
pub struct Library<'a> {
    /// The table of fields, for `kubectl explain`.
    pub schema: Option<&'a Schema>,
    /// What commands tell of themselves.
    pub help: Option<&'a str>,
}

/// The editor's files, as the console's `-f` finds them.
pub(crate) struct Named<'a>(pub(crate) &'a [File], pub(crate) Library<'a>);

impl orrery_kubectl::Files for Named<'_> {
    fn read(&self, name: &str) -> Option<String> {
        self.0.iter().find(|file| file.name == name).map(|file| file.text.clone())
    }

    fn schema(&self) -> Option<&Schema> {
        self.1.schema
    }

    fn help(&self) -> Option<&str> {
        self.1.help
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

/// Does it, now. What happens to something that is not there is refused.
pub fn perform(cluster: &mut Cluster, action: &Action) -> Outcome {
    let found = match action {
        Action::Apply { text } => return apply_text(cluster, text),
        Action::Delete { .. } | Action::Scale { .. } | Action::Kubectl { .. } => return say(cluster, action),
        Action::StopNode { name } => cluster.stop_node(name),
        Action::StartNode { name } => cluster.start_node(name),
        Action::AddNode => !cluster.add_node().is_empty(),
        Action::RemoveNode { name } => cluster.remove_node(name),
        Action::StopKubelet { name } => cluster.stop_kubelet(name),
        Action::CutNode { name } => cluster.cut_node(name),
        Action::JoinNode { name } => cluster.join_node(name),
        Action::StrainNode { name, what } => {
            Strain::named(what).is_some_and(|strain| cluster.strain_node(name, strain))
        }
        Action::RelieveNode { name } => cluster.relieve_node(name),
        Action::Part { name, fault } => strike(cluster, name, *fault),
        Action::Snapshot { name } => cluster.snapshot(name),
        Action::Restore { name } => cluster.restore(name),
        Action::EndContainer { namespace, pod, container, code } => {
            cluster.end_container(namespace, pod, container, *code)
        }
        Action::HangContainer { namespace, pod, container, hangs } => {
            cluster.hang_container(namespace, pod, container, *hangs)
        }
        Action::KillContainer { namespace, pod, container } => {
            cluster.kill_container(namespace, pod, container)
        }
        Action::Registry { host, up } => cluster.set_registry(host, *up),
        Action::Load { name, from, url, per_second_milli, keep_alive, for_millis } => {
            let until = for_millis.map(|millis| cluster.now() + Duration::from_millis(millis));
            let load = |from| Load {
                keep_alive: *keep_alive,
                until,
                ..Load::new(name, from, url, (*per_second_milli).min(MOST_MILLI))
            };
            from.parse::<Origin>().map(|from| cluster.set_load(load(from))).is_ok()
        }
        Action::StopLoad { name } => cluster.stop_load(name),
        Action::Request { from, url } => {
            from.parse::<Origin>().map(|from| cluster.request(&from, url)).is_ok()
        }
    };
    if found { Outcome::default() } else { refused(format!("{}: not found", label(action))) }
}

/// Runs the command line that an action is.
fn say(cluster: &mut Cluster, action: &Action) -> Outcome {
    let words = command(action).expect("these have one");
    let files = if let Action::Kubectl { files, .. } = action { &files[..] } else { &[] };
    // What goes on is followed by whoever began it, while time passes.
    let (output, _) = orrery_workstation::start(&words, &Named(files, Library::default()), cluster);
    if output.code == 0 { Outcome::default() } else { refused(output.stderr.trim().to_owned()) }
}

fn refused(message: String) -> Outcome {
    Outcome { refused: vec![Refused { line: 0, column: 0, message }], ..Outcome::default() }
}

/// The objects of a text, of the kinds that a cluster serves by now.
pub fn objects(cluster: &Cluster, text: &str) -> Objects {
    objects_of(text, &|api_version, kind| cluster.api().kind_by_gvk(api_version, kind))
}

/// Applies every object that can be read; what is wrong with the others is marked in the editor already.
fn apply_text(cluster: &mut Cluster, text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for located in objects(cluster, text).objects {
        let document = &located.document;
        match apply(cluster, &document.value, "default") {
            Ok((key, how)) => {
                outcome.applied += 1;
                outcome.printed += &line(&key, how);
            }
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
