//! `kubectl taint`.

use crate::command::Cx;
use crate::{Args, Failure};
use orrery_api::{Node, Taint};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let words = &args.words;
    let start = usize::from(matches!(words.first().map(String::as_str), Some("node" | "nodes" | "no")));
    let (changes, names): (Vec<&String>, Vec<&String>) =
        words[start..].iter().partition(|w| w.contains(':') || w.ends_with('-'));
    if changes.is_empty() {
        return Err(Failure::usage("at least one taint update is required"));
    }
    for name in names {
        let name = name.strip_prefix("node/").unwrap_or(name);
        let date = cx.api().date(cx.session.now());
        cx.send(|api, request| {
            api.modify::<Node>(request, "", name, |node| {
                for change in &changes {
                    apply(&mut node.spec.taints, change, date);
                }
            })
        })?;
        let removed_only = changes.iter().all(|c| c.ends_with('-'));
        cx.say(format!("node/{name} {}", if removed_only { "untainted" } else { "tainted" }));
    }
    Ok(())
}

/// `key=value:Effect` sets a taint, `key-` and `key:Effect-` take it away.
fn apply(taints: &mut Vec<Taint>, change: &str, date: orrery_apimachinery::Time) {
    let removed = change.strip_suffix('-');
    let (pair, effect) = match removed.unwrap_or(change).split_once(':') {
        Some((pair, effect)) => (pair, Some(effect)),
        None => (removed.unwrap_or(change), None),
    };
    let (key, value) = pair.split_once('=').map_or((pair, None), |(k, v)| (k, Some(v)));
    taints.retain(|t| !(&*t.key == key && effect.is_none_or(|e| &*t.effect == e)));
    if removed.is_none()
        && let Some(effect) = effect
    {
        let time_added = (effect == "NoExecute").then_some(date);
        taints.push(Taint {
            key: key.into(),
            value: value.map(Into::into),
            effect: effect.into(),
            time_added,
        });
    }
}
