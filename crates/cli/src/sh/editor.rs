//! The person's editor, as kubectl finds it (upstream: `kubectl/pkg/cmd/util/editor/editor.go`).

use std::process::{Command, id};

/// The text as the editor left it.
pub(super) fn edit(text: &str) -> Result<String, String> {
    let path = std::env::temp_dir().join(format!("kubectl-edit-{}.yaml", id()));
    std::fs::write(&path, text).map_err(|error| error.to_string())?;
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let editor = named("KUBE_EDITOR").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let mut command = if editor.contains(['"', '\'', '\\']) {
        let mut shell = Command::new(named("SHELL").unwrap_or_else(|| "/bin/bash".to_owned()));
        shell.arg("-c").arg(format!("{editor} {path:?}"));
        shell
    } else {
        let mut words = editor.split(' ');
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).arg(&path);
        command
    };
    let outcome = command.status().map_err(|_| format!("unable to launch the editor {editor:?}"));
    let edited = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    // A file that stays behind in the temporary directory does no harm.
    let _ = std::fs::remove_file(&path);
    match outcome?.success() {
        true => edited,
        false => Err(format!("there was a problem with the editor {editor:?}")),
    }
}
