//! `-o go-template=…`: text with actions in double braces (Go's `text/template`, with kubectl's `exists` and
//! `base64decode`).

mod functions;
mod lex;
mod parse;

use crate::json::compact;
use functions::{call, is_true};
use orrery_apimachinery::{Value, gofmt};

/// A part of a template.
#[derive(Debug)]
enum Node {
    Text(String),
    Action(Pipe),
    Block { kind: Block, pipe: Pipe, body: Vec<Node>, otherwise: Vec<Node> },
    Break,
    Continue,
}

/// What a block does with its pipe.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Block {
    If,
    Range,
    With,
}

/// Commands, each of which gets what the one before it made, and the variables that get the end of it.
#[derive(Debug, Default)]
struct Pipe {
    variables: Vec<String>,
    declares: bool,
    commands: Vec<Command>,
}

/// Operands: one is a value, several are a function and its arguments.
#[derive(Debug)]
struct Command {
    /// Where it stands, as `1:2`, and its text: what an error tells.
    at: String,
    text: String,
    operands: Vec<Operand>,
}

/// One operand, and the fields of it.
#[derive(Debug)]
struct Operand {
    first: First,
    fields: Vec<String>,
    /// Where its last field stands, and its text.
    at: String,
    text: String,
}

/// What an operand begins with.
#[derive(Debug)]
enum First {
    Dot,
    Variable(String),
    Constant(Value),
    Function(String),
    Pipe(Pipe),
}

/// A template.
#[derive(Debug)]
pub(crate) struct GoTemplate {
    text: String,
    nodes: Vec<Node>,
    missing_is_error: bool,
}

/// Why the evaluation stops.
enum Stop {
    Break,
    Continue,
    Error(String),
}

/// What a template printed for an object; or what goes to standard output and to standard error when it cannot.
pub(crate) type Printed = Result<String, (String, String)>;

impl GoTemplate {
    /// Reads a template; the error is kubectl's.
    pub(crate) fn parse(text: &str, missing_is_error: bool) -> Result<GoTemplate, String> {
        let nodes = parse::template(text)
            .map_err(|error| format!("error parsing template {text}, template: output:{error}"))?;
        Ok(GoTemplate { text: text.into(), nodes, missing_is_error })
    }

    /// What the template makes of an object.
    pub(crate) fn print(&self, data: &Value) -> Printed {
        let variables = vec![("$".to_owned(), data.clone())];
        let mut run = Run { variables, out: String::new(), missing_is_error: self.missing_is_error };
        match run.nodes(&self.nodes, data) {
            Err(Stop::Error(error)) => Err(self.failure(&run.out, &error, data)),
            _ => Ok(run.out),
        }
    }

    fn failure(&self, printed: &str, error: &str, data: &Value) -> (String, String) {
        let text = &self.text;
        let (raw, given) = (compact(data), gofmt::value(data));
        let out = format!(
            "{printed}Error executing template: {error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{text}\n\traw data was:\n\t\t{raw}\n\tobject given to template engine was:\n\t\t{given}\n\n"
        );
        (out, format!("error executing template {text:?}: {error}"))
    }
}

/// An evaluation.
struct Run {
    variables: Vec<(String, Value)>,
    out: String,
    missing_is_error: bool,
}

impl Run {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), Stop> {
        for node in nodes {
            match node {
                Node::Text(text) => self.out += text,
                Node::Action(pipe) => {
                    let value = self.pipe(pipe, dot)?;
                    if pipe.variables.is_empty() {
                        self.out += &functions::shown(&value);
                    }
                }
                Node::Block { kind, pipe, body, otherwise } => {
                    let known = self.variables.len();
                    let outcome = self.block(*kind, pipe, (body, otherwise), dot);
                    self.variables.truncate(known);
                    outcome?;
                }
                Node::Break => return Err(Stop::Break),
                Node::Continue => return Err(Stop::Continue),
            }
        }
        Ok(())
    }

    fn block(
        &mut self,
        kind: Block,
        pipe: &Pipe,
        (body, otherwise): (&[Node], &[Node]),
        dot: &Value,
    ) -> Result<(), Stop> {
        if kind == Block::Range {
            return self.range(pipe, (body, otherwise), dot);
        }
        let value = self.pipe(pipe, dot)?;
        match (is_true(&value), kind) {
            (false, _) => self.nodes(otherwise, dot),
            (true, Block::With) => self.nodes(body, &value),
            (true, _) => self.nodes(body, dot),
        }
    }

    fn range(&mut self, pipe: &Pipe, (body, otherwise): (&[Node], &[Node]), dot: &Value) -> Result<(), Stop> {
        let value = self.commands(pipe, dot)?;
        let items: Vec<(Value, Value)> = match value {
            Value::Array(items) => items.into_iter().enumerate().map(|(i, item)| (i.into(), item)).collect(),
            Value::Object(fields) => fields.into_iter().map(|(key, item)| (key.into(), item)).collect(),
            Value::Null => Vec::new(),
            other => {
                let why = format!("range can't iterate over {}", functions::shown(&other));
                return Err(pipe.commands[0].operands[0].failed(&why));
            }
        };
        if items.is_empty() {
            return self.nodes(otherwise, dot);
        }
        for (key, item) in items {
            let known = self.variables.len();
            match &pipe.variables[..] {
                [] => {}
                [one] => self.set(one, pipe.declares, item.clone()),
                [first, second, ..] => {
                    self.set(first, pipe.declares, key);
                    self.set(second, pipe.declares, item.clone());
                }
            }
            let outcome = self.nodes(body, &item);
            self.variables.truncate(known);
            match outcome {
                Err(Stop::Break) => break,
                Ok(()) | Err(Stop::Continue) => {}
                error => return error,
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, declares: bool, value: Value) {
        let known = self.variables.iter_mut().rev().find(|(known, _)| !declares && known == name);
        match known {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.into(), value)),
        }
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Stop> {
        let value = self.commands(pipe, dot)?;
        for name in &pipe.variables {
            self.set(name, pipe.declares, value.clone());
        }
        Ok(value)
    }

    fn commands(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Stop> {
        let mut last = None;
        for command in &pipe.commands {
            last = Some(self.command(command, dot, last)?);
        }
        Ok(last.unwrap_or_default())
    }

    fn command(&mut self, command: &Command, dot: &Value, last: Option<Value>) -> Result<Value, Stop> {
        let Operand { first: First::Function(name), .. } = &command.operands[0] else {
            let operand = &command.operands[0];
            if command.operands.len() == 1 && last.is_none() {
                return self.operand(operand, dot);
            }
            return Err(operand.failed(&match operand.fields.last() {
                Some(field) => format!("{field} is not a method but has arguments"),
                None => format!("can't give argument to non-function {}", operand.text),
            }));
        };
        let mut arguments = Vec::new();
        for operand in &command.operands[1..] {
            let value = self.operand(operand, dot)?;
            // What is decided already is not looked at further.
            let decided = (name == "and" && !is_true(&value)) || (name == "or" && is_true(&value));
            if decided {
                return Ok(value);
            }
            arguments.push(value);
        }
        arguments.extend(last);
        call(name, &arguments).map_err(|error| command.failed(&error))
    }

    fn operand(&mut self, operand: &Operand, dot: &Value) -> Result<Value, Stop> {
        let inner;
        let mut value = match &operand.first {
            First::Dot => dot,
            First::Constant(value) => value,
            First::Variable(name) => {
                let known = self.variables.iter().rev().find(|(known, _)| known == name);
                known.map_or(&Value::Null, |(_, value)| value)
            }
            First::Pipe(pipe) => {
                inner = self.pipe(pipe, dot)?;
                &inner
            }
            First::Function(name) => {
                inner = call(name, &[]).map_err(|error| operand.failed(&error))?;
                &inner
            }
        };
        for field in &operand.fields {
            value = match value {
                Value::Object(fields) => match fields.get(field) {
                    None if self.missing_is_error => {
                        return Err(operand.failed(&format!("map has no entry for key {field:?}")));
                    }
                    found => found.unwrap_or(&Value::Null),
                },
                Value::Null => &Value::Null,
                _ => {
                    let why = format!("can't evaluate field {field} in type interface {{}}");
                    return Err(operand.failed(&why));
                }
            };
        }
        Ok(value.clone())
    }
}

/// `template: output:1:2: executing "output" at <.x>: …`.
fn failed(at: &str, text: &str, why: &str) -> Stop {
    Stop::Error(format!("template: output:{at}: executing \"output\" at <{text}>: {why}"))
}

impl Command {
    fn failed(&self, why: &str) -> Stop {
        failed(&self.at, &self.text, why)
    }
}

impl Operand {
    fn failed(&self, why: &str) -> Stop {
        failed(&self.at, &self.text, why)
    }
}
