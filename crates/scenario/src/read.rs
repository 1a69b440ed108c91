//! From text to a scenario, and what is wrong with it, each at its place.

use orrery_apimachinery::decode::{Problem, ProblemKind, decode};
use orrery_manifest::{Diagnostic, Document, Limits, Severity, read as read_documents};

use crate::format::Scenario;
use crate::values::{Line, Phrase};

/// No scenario has more steps: files of others are hostile input.
pub const MOST_STEPS: usize = 500;
/// No file is larger, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// No scenario begins with more nodes.
const MOST_NODES: i32 = 1_000;

/// Reads a scenario, or tells everything that is wrong with the text.
pub fn read(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    let reading = read_documents(text, &Limits { bytes: MOST_BYTES, ..Limits::default() });
    let broken: Vec<Diagnostic> =
        reading.diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
    if !broken.is_empty() {
        return Err(broken);
    }
    let [document] = &reading.documents[..] else {
        let message = format!("a scenario is one document, and this text has {}", reading.documents.len());
        return Err(vec![Diagnostic::error(Default::default(), message)]);
    };
    let (scenario, problems) = decode::<Scenario>(&document.value);
    let mut found: Vec<Diagnostic> = problems.iter().map(|problem| of_field(problem, document)).collect();
    let mut say = |path: String, message: String| {
        found.push(Diagnostic::error(document.positions.of(&path).value, message).at_path(path));
    };
    whole(&scenario, &mut say);
    for (index, step) in scenario.steps.iter().enumerate() {
        crate::goal::mistakes(step)
            .into_iter()
            .for_each(|(path, message)| say(format!("steps[{index}]{path}"), message));
    }
    found.sort_by_key(|d| (d.line, d.column));
    if found.is_empty() { Ok(scenario) } else { Err(found) }
}

/// What is wrong with the scenario as a whole.
fn whole(scenario: &Scenario, say: &mut dyn FnMut(String, String)) {
    let is_name = |name: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !name.is_empty() && name.len() <= 60 && name.chars().all(fits)
    };
    if !is_name(&scenario.name) {
        say("name".into(), "a name is expected: lower case letters, digits and dashes".into());
    }
    if scenario.namespace.as_deref().is_some_and(|name| !is_name(name)) {
        say("namespace".into(), "the name of a namespace is expected".into());
    }
    if scenario.steps.is_empty() || scenario.steps.len() > MOST_STEPS {
        say("steps".into(), format!("a scenario has at least one step, and at most {MOST_STEPS}"));
    }
    if scenario.cluster.workers.is_some_and(|nodes| !(1..=MOST_NODES).contains(&nodes)) {
        say("cluster.workers".into(), format!("a cluster has at least one node, and at most {MOST_NODES}"));
    }
    for (path, told) in
        [("cluster.etcd", scenario.cluster.etcd), ("cluster.controlPlanes", scenario.cluster.control_planes)]
    {
        if told.is_some_and(|count| !(1..=9).contains(&count)) {
            say(path.into(), "there is at least one, and there are at most nine".into());
        }
    }
    if let Err(message) = scenario.cluster.groups() {
        say("cluster.nodeGroups".into(), message);
    }
}

/// A problem of the decoder in words about scenarios: its own are Go's.
fn of_field(problem: &Problem, document: &Document) -> Diagnostic {
    let span = document.positions.of(&problem.path);
    let (range, message, hint) = match &problem.kind {
        ProblemKind::UnknownField { did_you_mean } => (
            span.key.unwrap_or(span.value),
            format!("unknown field \"{}\"", problem.path),
            did_you_mean.as_ref().map(|meant| format!("did you mean \"{meant}\"?")),
        ),
        ProblemKind::WrongType { expected, found, .. } => {
            (span.value, format!("{} is expected here, not {}", expectation(expected), finding(found)), None)
        }
        ProblemKind::OutOfRange { .. } => (span.value, "the number is too large".into(), None),
        ProblemKind::Custom(message) => (span.value, message.clone(), None),
    };
    Diagnostic { hint, ..Diagnostic::error(range, message).at_path(problem.path.clone()) }
}

/// A type of a field in words.
fn expectation(go: &str) -> &str {
    use orrery_apimachinery::decode::Typed;
    match go {
        "string" => "a text",
        "bool" => "true or false",
        "int32" | "int64" => "a whole number",
        _ if go == Phrase::TYPE.to_string() => "a text, or one in en and one in ko,",
        _ if go == Line::TYPE.to_string() => "a line, or a list of words,",
        _ if go.starts_with("[]") => "a list",
        _ => "a map of fields",
    }
}

/// A type of JSON in words.
fn finding(json: &str) -> &str {
    match json {
        "array" => "a list",
        "object" => "a map",
        "string" => "a text",
        "bool" => "true or false",
        _ => "a number",
    }
}
