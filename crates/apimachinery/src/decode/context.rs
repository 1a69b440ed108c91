//! Where the decoder is, and what it found wrong so far.

use super::gotype::GoType;
use super::path::{self, Step};
use super::structure::Field;
use super::suggest::closest;
use super::{MAX_FAULTS, Member, Problem, ProblemKind};
use serde_json::Value;

/// How deep an object may nest. No kind comes near; a generated tree must not exhaust the stack.
const MAX_DEPTH: usize = 500;

/// How many unknown fields are noted, as upstream (`sigs.k8s.io/json`: `saveStrictError`).
const MAX_UNKNOWN: usize = 100;

/// What a value looks like that is read into each element of a list.
type EachElement<'f, 'v> = &'f mut dyn FnMut(&'v Value, &mut Cx<'v>);
/// The same for the entries of a map.
type EachEntry<'f, 'v> = &'f mut dyn FnMut(&'v str, &'v Value, &mut Cx<'v>);

/// The decoder's place in the tree, and its findings.
#[derive(Default)]
pub struct Cx<'v> {
    steps: Vec<Step<'v>>,
    faults: Vec<Problem>,
    unknown: Vec<Problem>,
}

impl<'v> Cx<'v> {
    /// Notes that the value has another type than `expected`; false, so that readers can end with it.
    pub fn wrong_type(&mut self, value: &Value, expected: &GoType) -> bool {
        let found = found(value);
        let message = self.cannot_unmarshal(&found, expected);
        self.fault(ProblemKind::WrongType { expected: expected.to_string(), found, message })
    }

    /// Notes that the type's own reader refused the value with these words; false.
    pub fn refuse(&mut self, words: impl Into<String>) -> bool {
        self.fault(ProblemKind::Custom(words.into()))
    }

    /// A whole number between `least` and `most`. `1.0` is the integer 1, as it is after upstream's way from YAML to
    /// JSON; null is zero.
    pub(super) fn integer(&mut self, value: &Value, least: i64, most: i64, expected: &GoType) -> Option<i64> {
        let number = match value {
            Value::Number(number) => number,
            Value::Null => return Some(0),
            _ => return none(self.wrong_type(value, expected)),
        };
        let whole = match number.as_f64() {
            // Beyond 2^53 a double is not known to be the integer that was meant.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9.0e15 => {
                Some(float as i64)
            }
            _ if number.is_f64() => return none(self.wrong_type(value, expected)),
            _ => number.as_i64(),
        };
        if let Some(whole) = whole.filter(|whole| (least..=most).contains(whole)) {
            return Some(whole);
        }
        let message = self.cannot_unmarshal(&format!("number {number}"), expected);
        none(self.fault(ProblemKind::OutOfRange { message }))
    }

    /// A text; null is the empty one.
    pub fn text(&mut self, value: &'v Value) -> Option<&'v str> {
        match value {
            Value::String(text) => Some(text),
            Value::Null => Some(""),
            _ => none(self.wrong_type(value, &GoType::Plain("string"))),
        }
    }

    /// Shows every element of a list; null is the empty one.
    pub fn list(&mut self, value: &'v Value, expected: &GoType, each: EachElement<'_, 'v>) -> bool {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.inside(Step::Index(index), |cx| each(item, cx));
                }
                true
            }
            Value::Null => true,
            _ => self.wrong_type(value, expected),
        }
    }

    /// Shows every entry of a map; null is the empty one.
    pub fn map(&mut self, value: &'v Value, expected: &GoType, each: EachEntry<'_, 'v>) -> bool {
        match value {
            Value::Object(entries) => {
                for (key, item) in entries {
                    self.inside(Step::Entry(key), |cx| each(key, item, cx));
                }
                true
            }
            Value::Null => true,
            _ => self.wrong_type(value, expected),
        }
    }

    /// Reads a field of the struct `of`.
    pub(super) fn field(
        &mut self,
        of: &'static str,
        name: &'v str,
        value: &'v Value,
        member: &mut dyn Member,
    ) {
        self.inside(Step::Field { of, name }, |cx| {
            member.read(value, cx);
        });
    }

    /// Notes that the struct `of` has no field `name`.
    pub(super) fn unknown(&mut self, of: &'static str, name: &'v str, fields: &[Field]) {
        if self.unknown.len() == MAX_UNKNOWN {
            return;
        }
        let did_you_mean = closest(name, fields.iter().map(|field| field.name)).map(String::from);
        self.steps.push(Step::Field { of, name });
        let path = path::render(&self.steps);
        self.steps.pop();
        self.unknown.push(Problem { path, kind: ProblemKind::UnknownField { did_you_mean } });
    }

    /// Whether there is so much wrong that the object is given up.
    pub(super) fn full(&self) -> bool {
        self.faults.len() == MAX_FAULTS
    }

    /// What was found: first what could not be read, then what is unknown.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.faults.append(&mut self.unknown);
        self.faults
    }

    /// Takes one step, unless the object is given up or too deep.
    fn inside(&mut self, step: Step<'v>, read: impl FnOnce(&mut Self)) {
        if self.full() {
            return;
        }
        self.steps.push(step);
        if self.steps.len() < MAX_DEPTH {
            read(self);
        } else {
            self.refuse("exceeded max depth");
        }
        self.steps.pop();
    }

    fn fault(&mut self, kind: ProblemKind) -> bool {
        if !self.full() {
            self.faults.push(Problem { path: path::render(&self.steps), kind });
        }
        false
    }

    /// Go's sentence about a value that does not fit its field.
    fn cannot_unmarshal(&self, found: &str, expected: &GoType) -> String {
        match path::go_field(&self.steps) {
            Some(field) => {
                format!("json: cannot unmarshal {found} into Go struct field {field} of type {expected}")
            }
            None => format!("json: cannot unmarshal {found} into Go value of type {expected}"),
        }
    }
}

/// Nothing, after a problem was noted.
fn none<T>(_noted: bool) -> Option<T> {
    None
}

/// What Go calls the type of a JSON value.
fn found(value: &Value) -> String {
    match value {
        Value::Number(n) if n.is_f64() => return format!("number {n}"),
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
    .into()
}
