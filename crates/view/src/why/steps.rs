//! A chain of causes step by step, from the first cause to the last; and where in a manifest its beginning was written.

use super::chain::{Chain, Start};
use super::fields::{fields_of_lines, is_within};
use crate::calls::Caller;
use crate::scene::ObjectRef;

/// One step: who acted when, and what was written.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// Who acted.
    pub caller: Caller,
    /// What was written, or what a person did something to, where that is an object.
    pub object: Option<ObjectRef>,
}

impl Chain {
    /// The steps, the first cause first; a person's deed is one.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::with_capacity(self.links.len() + 1);
        if let Start::Person(done) = &self.start {
            steps.push(Step { at: done.at, caller: Caller::Outside, object: done.about.clone() });
        }
        steps.extend(self.links.iter().rev().map(|link| Step {
            at: link.at,
            caller: link.caller.clone(),
            object: Some(link.object.clone()),
        }));
        steps
    }

    /// The line, from 1, of a document in YAML on which stands what the chain began with: a field that its first write
    /// changed, or the field that is asked about, or the first line.
    pub fn line_in(&self, document: &str) -> u32 {
        let lines = fields_of_lines(document);
        let line_of = |field: &str| {
            let holds = |line: &Option<_>| line.as_deref().is_some_and(|it: &str| is_within(it, field));
            lines.iter().position(holds)
        };
        let changed = self.links.last().and_then(|link| link.fields.iter().find_map(|c| line_of(&c.path)));
        // What a pod has its workload's template says.
        let asked = self.field.as_deref().map(|field| [field.to_owned(), format!("spec.template.{field}")]);
        let found = changed.or_else(|| asked?.iter().find_map(|field| line_of(field)));
        found.map_or(1, |index| index as u32 + 1)
    }
}
