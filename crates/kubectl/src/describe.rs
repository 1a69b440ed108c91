//! `kubectl describe`: objects told at length, for people, a file for each kind (upstream: `kubectl/pkg/describe`).

mod container;
mod limit_range;
pub(crate) mod pod_template;
mod resource_quota;
mod volume;

use crate::command::{Cx, outcome};
use crate::target::{self, Target};
use crate::{Args, Failure, tabs};
use orrery_api::Object;
use orrery_apimachinery::StrMap;
use orrery_apiserver::Key;

/// Longer values of annotations are cut, and stand on lines of their own.
const LONGEST: usize = 140;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut keys = Vec::new();
    let selected = args.flag("selector").is_some() || !args.all("filename").is_empty();
    if selected {
        keys = target::keys(cx, args, &args.words)?;
    } else {
        for target in target::parse(cx.api(), args, &args.words)? {
            match target {
                Target::One(key) => keys.push(key),
                Target::All(kind) => keys.extend(target::list(cx.api(), kind, args)?.iter().map(Key::of)),
            }
        }
    }
    let mut troubles = Vec::new();
    for (nth, key) in keys.iter().enumerate() {
        let object = match cx.get(key) {
            Ok(object) => object,
            Err(status) => {
                troubles.push(status.into());
                continue;
            }
        };
        let text = describe(&object)?;
        cx.output.stdout += if nth > 0 { "\n\n" } else { "" };
        cx.output.stdout += &tabs::align(&text);
    }
    outcome(troubles)
}

fn describe(object: &Object) -> Result<String, Failure> {
    match object {
        Object::LimitRange(range) => Ok(limit_range::describe(range)),
        Object::ResourceQuota(quota) => Ok(resource_quota::describe(quota)),
        other => {
            Err(Failure::usage(format!("no description has been implemented for {}", other.kind().name())))
        }
    }
}

/// What is told so far. Columns are apart by tabs, levels by two blanks.
#[derive(Default)]
struct Story(String);

impl Story {
    /// One line.
    fn line(&mut self, level: usize, text: &str) {
        self.0.extend(std::iter::repeat_n("  ", level));
        self.0 += text;
        self.0.push('\n');
    }

    /// `name:` and what it is.
    fn field(&mut self, level: usize, name: &str, value: &str) {
        self.line(level, &format!("{name}:\t{value}"));
    }

    /// `name:` and what it is, a line each.
    fn list(&mut self, level: usize, name: &str, values: &[String]) {
        match values.split_first() {
            None => self.field(level, name, "<none>"),
            Some((first, others)) => {
                self.field(level, name, first);
                others.iter().for_each(|value| self.line(0, &format!("\t{value}")));
            }
        }
    }

    fn labels(&mut self, level: usize, name: &str, labels: &StrMap) {
        let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        self.list(level, name, &pairs);
    }

    /// Annotations but for what `kubectl apply` keeps there.
    fn annotations(&mut self, level: usize, name: &str, annotations: &StrMap) {
        let mut pairs = Vec::new();
        for (key, value) in annotations.iter() {
            if &**key != "kubectl.kubernetes.io/last-applied-configuration" {
                pairs.push(annotation(key, value.strip_suffix('\n').unwrap_or(value)));
            }
        }
        self.list(level, name, &pairs);
    }
}

fn annotation(key: &str, value: &str) -> String {
    if value.len() + key.len() + 2 <= LONGEST && !value.contains('\n') {
        return format!("{key}: {value}");
    }
    let mut text = format!("{key}:");
    for line in value.split('\n') {
        let end = line.floor_char_boundary(LONGEST - 2);
        let (shown, cut) = (&line[..end], if end < line.len() { "..." } else { "" });
        text += &format!("\n\t  {shown}{cut}");
    }
    text
}
