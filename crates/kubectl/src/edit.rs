//! `kubectl edit`: what the person's editor makes of an object (upstream: `kubectl/pkg/cmd/util/editor`). Whoever holds the
//! editor opens [`opened`] in it, and hands over what became of it as the file [`EDITED`]; what the server refuses comes back
//! under that name, with the reasons above it.

use crate::command::Cx;
use crate::printer::done;
use crate::{Args, Failure, manifest, record, target};
use orrery_apimachinery::{Reason, Status, Value};
use orrery_apiserver::Key;
use orrery_manifest::{Limits, Severity, read};

/// The file that holds what was edited.
pub const EDITED: &str = "kubectl-edit.yaml";

/// What stands above an object that is edited.
const HEAD: &str = "\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

/// What stands above what was applied last.
const HEAD_APPLIED: &str = "\
# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
";

/// What a command opens in the editor.
pub struct Opens {
    /// The command line that prints it.
    pub asks: Vec<String>,
    /// What is to be known, above it.
    pub head: &'static str,
    /// What it is: the words of the command line that say so.
    pub what: Vec<String>,
}

/// What a command line opens in the editor, if it opens it: `edit`, `apply edit-last-applied`, `create --edit`.
pub fn opens(line: &[String]) -> Option<Opens> {
    let words: Vec<&str> = line.iter().map(String::as_str).collect();
    let (instead, head, rest): (&[&str], _, _) = match &*words {
        ["edit", rest @ ..] if !rest.is_empty() => (&["get", "-o", "yaml"], HEAD, rest),
        ["apply", "edit-last-applied", rest @ ..] if !rest.is_empty() => {
            (&["apply", "view-last-applied"], HEAD_APPLIED, rest)
        }
        ["create", rest @ ..] if rest.iter().any(|word| matches!(*word, "--edit" | "--edit=true")) => {
            (&["create", "--dry-run=client", "-o", "yaml"], HEAD, rest)
        }
        _ => return None,
    };
    let rest = rest.iter().filter(|word| !word.starts_with("--edit"));
    let is_flag = |word: &&&str| word.starts_with('-');
    let what = rest.clone().skip_while(is_flag).take_while(|word| !is_flag(word));
    let what = what.map(|word| (*word).to_owned()).collect();
    let asks = instead.iter().chain(rest).map(|word| (*word).to_owned()).collect();
    Some(Opens { asks, head, what })
}

/// What was edited, below the reasons for which it was not taken.
fn reopened(text: &str, reasons: &[String]) -> String {
    let mut again = HEAD.to_owned();
    reasons.iter().for_each(|reason| again += &[reason, "#\n"].concat());
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        again += line;
        again.push('\n');
    }
    again
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let found = target::visit(cx, args, &args.words)?;
    let text = cx.files.read(EDITED);
    let mut objects = Vec::new();
    for object in found {
        objects.push(Key::of(&object.map_err(|trouble| Failure::from(vec![trouble]))?));
    }
    let Some(text) = text else { return cancelled(cx, "no changes made.") };
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return cancelled(cx, "saved file was empty.");
    }
    let reading = read(&text, &Limits::default());
    let broken = reading.diagnostics.iter().find(|problem| problem.severity == Severity::Error);
    if let Some(problem) = broken.filter(|_| reading.documents.is_empty()) {
        let reason = format!("# The edited file had a syntax error: {}\n", problem.message);
        return again(cx, &text, &[reason]);
    }
    let (mut reasons, mut changed) = (Vec::new(), false);
    for key in &objects {
        let edited = reading.documents.iter().find(|document| {
            manifest::key_of(cx.api(), &document.value, args.namespace()).is_ok_and(|found| found == *key)
        });
        let Some(tree) = edited.map(|document| without_status(&document.value)) else { continue };
        let before = cx.get(key)?;
        if tree == without_status(&before.to_value()) {
            continue;
        }
        changed = true;
        let mut tree = tree;
        record::into_tree(args, &mut tree);
        match cx.replace(key, &tree) {
            Ok(object) => done(cx, args, &object, "edited")?,
            Err(status) => reasons.extend(refused(cx, key, &status)),
        }
    }
    match () {
        () if !changed => cancelled(cx, "no changes made."),
        () if reasons.is_empty() => Ok(()),
        () => again(cx, &text, &reasons),
    }
}

fn cancelled(cx: &mut Cx<'_>, why: &str) -> Result<(), Failure> {
    cx.output.tell(&["Edit cancelled, ", why, "\n"].concat());
    Ok(())
}

/// Opens the file again, with the reasons.
fn again(cx: &mut Cx<'_>, text: &str, reasons: &[String]) -> Result<(), Failure> {
    cx.output.files.push((EDITED.into(), reopened(text, reasons)));
    cx.output.code = 1;
    Ok(())
}

/// Says that an object was refused; the reason, where another try may help (upstream: `addError`).
fn refused(cx: &mut Cx<'_>, key: &Key, status: &Status) -> Option<String> {
    let what = format!("{} {:?}", key.resource(), &*key.name);
    let (said, reason) = match (status.reason, &status.details) {
        (Reason::NotFound, _) => (format!("error: {what} could not be found on the server"), None),
        (Reason::Invalid, Some(details)) => {
            let causes: String = details.causes.iter().map(|cause| ["# * ", cause, "\n"].concat()).collect();
            (format!("error: {what} is invalid"), Some(format!("# {what} was not valid:\n{causes}")))
        }
        (Reason::Invalid | Reason::BadRequest, _) => {
            (format!("error: {what} is invalid"), Some(format!("# {}\n", status.message)))
        }
        _ => (format!("error: {what} could not be patched: {status}"), None),
    };
    cx.complain(said);
    reason
}

/// What a person may change: neither the status nor what tells how old the copy is.
fn without_status(tree: &Value) -> Value {
    let mut tree = tree.clone();
    if let Some(fields) = tree.as_object_mut() {
        fields.remove("status");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("resourceVersion");
            metadata.remove("managedFields");
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::opens;

    #[test]
    fn what_a_command_opens_in_the_editor_is_what_another_prints() {
        for (line, asks, what) in [
            ("edit deployment web -n shop", "get -o yaml deployment web -n shop", "deployment web"),
            (
                "apply edit-last-applied deployment/web",
                "apply view-last-applied deployment/web",
                "deployment/web",
            ),
            ("create -f web.yaml --edit", "create --dry-run=client -o yaml -f web.yaml", "web.yaml"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let opens = opens(&words).expect(line);
            assert_eq!(
                (opens.asks.join(" "), opens.what.join(" ")),
                (asks.to_owned(), what.to_owned()),
                "{line}"
            );
        }
        for line in ["edit", "apply edit-last-applied", "create -f web.yaml", "get pods"] {
            assert!(opens(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).is_none(), "{line}");
        }
    }
}
