//! The fake runtime of the recordings: the cluster that was recorded had hollow nodes (upstream: `cmd/kubemark`), whose
//! kubelets are real and whose containers are not. This tells how theirs ended, so that what the control plane did can be
//! compared. Nothing else uses it: in all other clusters containers have processes ([`crate::containers`]).
//!
//! `sleep N`, `exit N` and `false` do what they say, programs that only print end at once, servers and unknown commands
//! run for ever.

use crate::containers::last_words;
use crate::runtime::{self, End, Note};
use crate::script::{self, Process};
use orrery_api::{Container, ExecAction, Pod};
use std::rc::Rc;

/// How the main process of `container` ends; `None` when it runs until it is stopped.
pub(crate) fn end_of(pod: &Pod, container: &Container) -> Option<End> {
    let decreed = runtime::decreed_end(pod, container);
    if decreed.is_some() {
        return decreed;
    }
    let words: Vec<&str> = container.command.iter().chain(&container.args).map(|w| &**w).collect();
    let process = if !words.is_empty() {
        script::run(&words)?
    } else if ends_without_command(container.image.as_deref().unwrap_or_default()) {
        Process::default()
    } else {
        return None;
    };
    let note = said_last(container, &process).map(|m| Rc::new(Note { message: Some(m), ..Note::default() }));
    Some(End { after: process.time, exit_code: process.exit_code, note })
}

/// Whether the image's own command is a shell, which ends when nobody types.
fn ends_without_command(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    matches!(name, "busybox" | "alpine" | "ubuntu" | "debian")
}

/// What the process wrote to the file for last words, or the end of its output.
fn said_last(container: &Container, process: &Process) -> Option<orrery_apimachinery::Str> {
    let written = |path: &str| {
        process.files.iter().filter(|(to, _)| to == path).map(|(_, text)| &**text).collect::<String>()
    };
    last_words(container, process.exit_code, &|path| Some(written(path)), &|| process.output.clone())
}

/// Whether a command that is run within a container, by a probe or a hook, succeeds.
pub(crate) fn exec_succeeds(exec: &ExecAction) -> bool {
    exec_code(exec) == 0
}

/// The exit code of a command that is run within a container.
pub(crate) fn exec_code(exec: &ExecAction) -> i32 {
    run_exec(exec).map_or(0, |process| process.exit_code)
}

fn run_exec(exec: &ExecAction) -> Option<Process> {
    let words: Vec<&str> = exec.command.iter().map(|w| &**w).collect();
    script::run(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_apimachinery::Str;

    #[test]
    fn a_container_leaves_its_last_words() {
        let says = |script: &str, policy: &str| {
            let container = Container {
                command: ["sh", "-c", script].map(Str::from).into(),
                termination_message_policy: Some(policy.into()),
                ..Default::default()
            };
            end_of(&Pod::default(), &container).and_then(|e| e.note.as_ref()?.message.clone())
        };
        let (file, fallback) = ("File", "FallbackToLogsOnError");
        assert_eq!(says("echo bye > /dev/termination-log; exit 1", file).as_deref(), Some("bye\n"));
        assert_eq!(says("echo bye; exit 1", file), None, "what is printed is not a last word");
        assert_eq!(
            says("echo bye; exit 1", fallback).as_deref(),
            Some("bye\n"),
            "unless the container wants it"
        );
        assert_eq!(says("echo bye", fallback), None, "and has failed");
    }
}
