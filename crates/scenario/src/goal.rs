//! What a step must not say: mistakes that are no matter of types, told before anything runs.

use orrery_api::Kind;
use orrery_apimachinery::{decode::closest, labels};
use orrery_cluster::Origin;

use crate::format::{Check, Step};

/// What is wrong with a step: the path within it, and what.
pub(crate) fn mistakes(step: &Step) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut say = |path: &str, message: &str| found.push((path.to_owned(), message.to_owned()));
    let deeds = [
        step.apply.is_some(),
        step.kubectl.is_some(),
        step.run.is_some(),
        step.fault.is_some(),
        step.load.is_some(),
        step.request.is_some(),
    ];
    if deeds.into_iter().filter(|done| *done).count() > 1 {
        say("", "a step does one thing: apply, kubectl, run, fault, load or request");
    }
    if step.sleep.is_some() && step.wait.is_some() {
        say(".wait", "a step sleeps, or it waits");
    }
    if step.speed.is_some_and(|speed| !(100..=1_000_000).contains(&speed.0)) {
        say(".speed", "a speed is between 0.1 and 1000");
    }
    for (path, line) in [(".kubectl", &step.kubectl), (".run", &step.run)] {
        if line.as_ref().is_some_and(|line| line.0.is_empty()) {
            say(path, "a command has at least one word");
        }
    }
    let asked = step.request.as_ref().map(|request| (".request", &request.from, &request.to, false));
    let loaded = step.load.as_ref().map(|load| (".load", &load.from, &load.to, load.stop));
    for (path, from, to, stops) in asked.into_iter().chain(loaded) {
        if let Some(Err(message)) = from.as_deref().map(str::parse::<Origin>) {
            say(&format!("{path}.from"), &message);
        }
        if to.is_empty() && !stops {
            say(path, "`to` tells what is asked for, such as http://web.default/");
        }
    }
    if let Some(load) = &step.load {
        if load.name.is_empty() {
            say(".load", "`name` tells it from other loads");
        }
        if load.rate.0 == 0 && !load.stop {
            say(".load", "`rate` tells how many requests in a second");
        }
    }
    for (path, told) in [(".select", &step.select), (".open", &step.open)] {
        told.iter().filter_map(|name| object(name).err()).for_each(|message| say(path, &message));
    }
    for (index, name) in step.highlight.iter().enumerate() {
        let part = name.strip_prefix("part/").is_some_and(plain);
        if let Err(message) = lit(name).map(drop).or_else(|e| if part { Ok(()) } else { Err(e) }) {
            say(&format!(".highlight[{index}]"), &message);
        }
    }
    let waited = step.wait.iter().map(|wait| (".wait.for".to_owned(), &wait.goal));
    let expected = step.expect.iter().enumerate().map(|(index, check)| (format!(".expect[{index}]"), check));
    for (path, check) in waited.chain(expected) {
        found.extend(of_check(check).into_iter().map(|(inner, message)| (path.clone() + inner, message)));
    }
    found
}

fn of_check(check: &Check) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if *check == Check::default() {
        found.push(("", "nothing is told that could be true".into()));
    }
    let of_object = check.path.is_some() || check.condition.is_some() || check.exists.is_some();
    match check.object.as_deref().map(object) {
        Some(Err(message)) => found.push((".object", message)),
        None if of_object => found.push(("", "`object` tells which object is meant".into())),
        _ => {}
    }
    if (check.equals.is_some() || check.contains.is_some()) && check.path.is_none() {
        found.push(("", "`path` tells where in the object".into()));
    }
    if let Some(Err(message)) = check.pods.as_ref().map(|pods| labels::parse(&pods.selector)) {
        found.push((".pods.selector", message));
    }
    if check.event.as_ref().is_some_and(|event| event.reason.is_empty()) {
        found.push((".event", "`reason` tells which event is meant".into()));
    }
    if check.load.as_ref().is_some_and(|load| load.name.is_empty()) {
        found.push((".load", "`name` tells which load is meant".into()));
    }
    if let Some(Err(message)) = check.event.as_ref().and_then(|event| event.object.as_deref()).map(object) {
        found.push((".event.object", message));
    }
    found
}

/// Whether a name is made of what names are made of.
fn plain(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    !name.is_empty() && name.chars().all(fits)
}

/// The kind and the name of an object that is written as `Deployment/web`.
pub(crate) fn object(text: &str) -> Result<(Kind, &str), String> {
    let (kind, name) =
        text.split_once('/').ok_or("an object is written as KIND/NAME, such as Deployment/web")?;
    named(kind, name)
}

/// The kind, the namespace if it is told, and the name of what is lit, such as `Deployment/shop/web`.
pub(crate) fn lit(text: &str) -> Result<(Kind, Option<&str>, &str), String> {
    let parts: Vec<&str> = text.split('/').collect();
    if let [kind, namespace, name] = parts[..] {
        let (kind, name) = named(kind, name)?;
        return match plain(namespace) && kind.namespaced() {
            true => Ok((kind, Some(namespace), name)),
            false => Err(format!("\"{namespace}\" is not the namespace of such an object")),
        };
    }
    object(text).map(|(kind, name)| (kind, None, name))
}

fn named<'t>(kind: &str, name: &'t str) -> Result<(Kind, &'t str), String> {
    let found = Kind::ALL.iter().copied().find(|known| known.is_named(kind)).ok_or_else(|| {
        let meant = closest(kind, Kind::ALL.iter().map(|kind| kind.name()));
        let meant = meant.map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
        format!("there is no kind \"{kind}\"{meant}")
    })?;
    if name == "*" || plain(name.strip_suffix('*').unwrap_or(name)) {
        return Ok((found, name));
    }
    Err(format!("\"{name}\" is not the name of an object"))
}
