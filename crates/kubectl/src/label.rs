//! `kubectl label`.

use crate::command::Cx;
use crate::target::{self, Target};
use crate::{Args, Failure};
use orrery_apimachinery::Status;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let is_change = |word: &&String| word.contains('=') || word.ends_with('-');
    let (changes, words): (Vec<&String>, Vec<&String>) = args.words[1..].iter().partition(|w| is_change(w));
    if changes.is_empty() {
        return Err(Failure::usage("at least one label update is required"));
    }
    let words: Vec<String> = words.into_iter().cloned().collect();
    for target in target::parse(cx.session.api(), args, &words)? {
        let Target::One(key) = target else {
            return Err(Failure::usage("resource(s) were provided, but no name was specified"));
        };
        let mut object =
            cx.api().object(&key).cloned().ok_or_else(|| Status::not_found(&key.resource(), &key.name))?;
        let labels = &mut object.metadata_mut().labels;
        let mut removed_only = true;
        for change in &changes {
            match change.split_once('=') {
                Some((name, value)) => {
                    removed_only = false;
                    labels.insert(name, value);
                }
                None => {
                    labels.remove(change.trim_end_matches('-'));
                }
            }
        }
        let before = cx.api().object(&key).map(|o| o.metadata().resource_version);
        let after = cx.send(|api, request| api.update(request, object))?.metadata().resource_version;
        let word = match (before == Some(after), removed_only) {
            (true, _) => "not labeled",
            (false, true) => "unlabeled",
            (false, false) => "labeled",
        };
        cx.say(format!("{} {word}", target::display(&key)));
    }
    Ok(())
}
