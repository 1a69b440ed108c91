//! `kubectl wait`: until objects are there, are gone, or are as a condition or a path says.

use crate::command::{Cx, outcome};
use crate::follow::Follow;
use crate::jsonpath::{self, Template};
use crate::target::Found;
use crate::trouble::Trouble;
use crate::{Args, Failure, printer, target};
use orrery_api::Object;
use orrery_apimachinery::{Value, gofmt};
use orrery_apiserver::Key;
use orrery_sim::{Duration, SimTime};

/// How long it waits when nothing is said.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks; upstream watches, and hears of a change as soon.
const LOOK: Duration = Duration::from_millis(10);
/// How often it looks for what is not there yet.
const LOOK_FOR_NEW: Duration = Duration::from_millis(500);

const TIMED_OUT: &str = "timed out waiting for the condition";
const NEED_VALUE: &str =
    "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3";
const NEED_PATH: &str = "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'";

/// What is waited for.
enum Goal {
    Created,
    Deleted,
    /// A condition and the status that it is to have.
    Condition(String, String),
    /// Where a path leads, and what is to be there; `None` takes anything.
    Path(Template, Option<String>),
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let goal = goal(args.flag("for").unwrap_or_default()).map_err(Failure::usage)?;
    let patience = args.duration("timeout").unwrap_or(PATIENCE);
    let deadline = cx.session.now() + patience;
    let mut waiting =
        Waiting { goal, patience, deadline, found: Vec::new(), looked_at: 0, troubles: Vec::new() };
    waiting.find(cx, args)?;
    cx.follow(args, Box::new(waiting))
}

/// What is still to be waited for, one object after the other.
struct Waiting {
    goal: Goal,
    patience: Duration,
    deadline: SimTime,
    /// The objects, the next one last; none while some have not been created yet.
    found: Vec<Found>,
    /// The version in which the next one was looked at.
    looked_at: u64,
    troubles: Vec<Trouble>,
}

impl Waiting {
    /// Finds the objects; false while some of those that are to be created are missing.
    fn find(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        let mut found = target::visit(cx, args, &args.words)?;
        let missing = found.iter().any(|object| object.as_ref().is_err_and(is_missing));
        if missing && matches!(self.goal, Goal::Created) {
            return match cx.session.now() + LOOK_FOR_NEW > self.deadline {
                true => Err(Failure::usage(TIMED_OUT)),
                false => Ok(false),
            };
        }
        if found.is_empty() && !matches!(self.goal, Goal::Deleted) {
            return Err(Failure::usage("no matching resources found"));
        }
        found.reverse();
        self.found = found;
        Ok(true)
    }
}

impl Follow for Waiting {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        if self.found.is_empty() && matches!(self.goal, Goal::Created) && !self.find(cx, args)? {
            return Ok(false);
        }
        while let Some(object) = self.found.pop() {
            match object.and_then(|object| Ok((self.reached(cx, &object)?, object))) {
                Ok((Some(now), _)) => printer::done(cx, args, &now, "condition met")?,
                Ok((None, object)) => {
                    self.found.push(Ok(object));
                    return Ok(false);
                }
                Err(trouble) if is_missing(&trouble) && matches!(self.goal, Goal::Deleted) => {}
                Err(trouble) => self.troubles.push(trouble),
            }
            self.looked_at = 0;
        }
        outcome(std::mem::take(&mut self.troubles)).map(|()| true)
    }

    fn every(&self) -> Duration {
        if self.found.is_empty() { LOOK_FOR_NEW } else { LOOK }
    }

    fn ends(&self) -> bool {
        true
    }
}

fn is_missing(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Refused(status) if status.is_not_found())
}

/// Reads `--for`; the error is kubectl's.
fn goal(text: &str) -> Result<Goal, String> {
    match text.split_once('=') {
        Some(("condition", condition)) => {
            let (name, status) = condition.split_once('=').unwrap_or((condition, "true"));
            Ok(Goal::Condition(name.into(), status.into()))
        }
        Some(("jsonpath", path)) => path_goal(path),
        _ if text.eq_ignore_ascii_case("delete") => Ok(Goal::Deleted),
        _ if text.eq_ignore_ascii_case("create") => Ok(Goal::Created),
        _ => Err(format!("unrecognized condition: {text:?}")),
    }
}

/// A path and, after a single `=`, a value; `==` belongs to the path.
fn path_goal(text: &str) -> Result<Goal, String> {
    const EQUALS: &str = "\0";
    let text = text.replace("==", EQUALS);
    let mut parts = text.split('=').map(|part| part.replace(EQUALS, "=="));
    let path = parts.next().unwrap_or_default();
    let value = parts.next().map(|value| value.trim_matches(['\'', '"']).to_string());
    if parts.next().is_some() {
        return Err(NEED_PATH.into());
    }
    if value.as_deref() == Some("") {
        return Err(NEED_VALUE.into());
    }
    let path = jsonpath::relaxed(&path)?;
    Ok(Goal::Path(Template::parse(&path, false)?, value))
}

impl Waiting {
    /// The object as it is when the goal is reached for it, or `None` when it is to be looked at again. What the time runs
    /// out for is not looked at any more; an object that goes while something else is waited for may come again.
    fn reached(&mut self, cx: &Cx<'_>, object: &Object) -> Result<Option<Object>, Trouble> {
        let key = Key::of(object);
        let name = format!("{}/{}", key.kind.plural(), key.name);
        if self.patience > Duration::ZERO && cx.session.now() >= self.deadline {
            return Err(Trouble::Text(format!("{TIMED_OUT} on {name}")));
        }
        let mut now = cx.api().object(&key).cloned();
        if matches!(self.goal, Goal::Deleted) {
            // Another one may have come in its place.
            now = now.filter(|now| now.metadata().uid == object.metadata().uid);
        }
        let there = now.as_ref().map_or(0, |now| now.metadata().resource_version);
        match now {
            Some(now)
                if there != self.looked_at && is_reached(&self.goal, &now).map_err(Trouble::Text)? =>
            {
                return Ok(Some(now));
            }
            None if matches!(self.goal, Goal::Deleted) => return Ok(Some(object.clone())),
            _ => {}
        }
        if self.patience == Duration::ZERO {
            return Err(Trouble::Text(format!("condition not met for {name}")));
        }
        self.looked_at = there;
        Ok(None)
    }
}

/// Whether an object that is there is as it is to be.
fn is_reached(goal: &Goal, object: &Object) -> Result<bool, String> {
    match goal {
        Goal::Created => Ok(true),
        Goal::Deleted => Ok(false),
        Goal::Condition(name, status) => Ok(has_condition(&object.to_value(), name, status)),
        Goal::Path(template, wanted) => leads_to(template, wanted.as_deref(), &object.to_value()),
    }
}

fn has_condition(object: &Value, name: &str, status: &str) -> bool {
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_string();
    let conditions = object["status"]["conditions"].as_array();
    let named = |c: &&Value| text(c, "type").eq_ignore_ascii_case(name);
    let Some(condition) = conditions.and_then(|list| list.iter().find(named)) else { return false };
    // What was observed of an older generation says nothing.
    let observed =
        condition["observedGeneration"].as_i64().or(object["status"]["observedGeneration"].as_i64());
    let stale = observed.zip(object["metadata"]["generation"].as_i64()).is_some_and(|(seen, is)| seen < is);
    !stale && text(condition, "status").eq_ignore_ascii_case(status)
}

fn leads_to(template: &Template, wanted: Option<&str>, object: &Value) -> Result<bool, String> {
    let found = template.find(object)?;
    let value = match found.as_slice() {
        [] => return Ok(false),
        [values] => match values.as_slice() {
            [] => return Ok(false),
            [value] => *value,
            _ => return Err("given jsonpath expression matches more than one value".into()),
        },
        _ => return Err("given jsonpath expression matches more than one list".into()),
    };
    match wanted {
        None => Ok(true),
        Some(_) if value.is_array() || value.is_object() => {
            Err("jsonpath leads to a nested object or list which is not supported".into())
        }
        Some(wanted) => Ok(gofmt::value(value).trim() == wanted.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Goal, goal, is_reached};
    use orrery_api::{Kind, Object};
    use serde_json::json;

    /// What is waited for, asked of a pod that runs.
    fn asked(text: &str) -> String {
        let pod = json!({
            "metadata": {"name": "a"},
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "False"}],
            },
        });
        let (pod, problems) = Object::decode(Kind::Pod, &pod);
        assert_eq!(problems, []);
        match goal(text).and_then(|goal: Goal| is_reached(&goal, &pod)) {
            Ok(reached) => reached.to_string(),
            Err(error) => error,
        }
    }

    #[test]
    fn a_goal_is_read_as_kubectl_reads_it() {
        for (row, text, expected) in [
            ("a condition is to be true", "condition=Ready", "true"),
            ("case does not matter", "condition=ready=TRUE", "true"),
            ("a condition can be waited to be false", "condition=Initialized=false", "true"),
            ("a condition that nobody set is not met", "condition=Other", "false"),
            ("a path leads to a value", "jsonpath={.status.phase}=Running", "true"),
            ("braces and the first dot can be left out", "jsonpath=status.phase=Pending", "false"),
            ("anything will do", "jsonpath={.status.phase}", "true"),
            (
                "two equal signs belong to the path",
                "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}=True",
                "true",
            ),
            ("a path that leads nowhere", "jsonpath={.status.nothing}", "false"),
            (
                "a path to many",
                "jsonpath={.status.conditions[*].type}",
                "given jsonpath expression matches more than one value",
            ),
            (
                "a path to an object",
                "jsonpath={.status}=x",
                "jsonpath leads to a nested object or list which is not supported",
            ),
            ("a value is missing", "jsonpath={.status.phase}=", super::NEED_VALUE),
            ("nothing that can be waited for", "ready", "unrecognized condition: \"ready\""),
        ] {
            assert_eq!(asked(text), expected, "{row}");
        }
    }
}
