//! Builds the tree of a document, and the places of its values, from the events of a parser.

use crate::gofmt::{float32, go_syntax, json_number};
use crate::position::{Children, Entry, Node};
use crate::scalar::Scalar;
use crate::{Diagnostic, Limits, Range};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a parser tells.
pub(crate) enum Event {
    Scalar {
        scalar: Scalar,
        anchor: Option<String>,
    },
    ListStart {
        anchor: Option<String>,
    },
    MapStart {
        anchor: Option<String>,
    },
    /// The end of the innermost list or map. A block style one ends with its last value.
    End {
        block: bool,
    },
    Alias(String),
}

/// A finished value.
#[derive(Clone)]
struct Built {
    value: Value,
    node: Rc<Node>,
    /// How many nodes it counts for, when an alias repeats it.
    weight: usize,
    /// How deep it nests.
    height: usize,
}

/// A list or map that is not finished.
struct Frame {
    anchor: Option<String>,
    range: Range,
    weight_before: usize,
    height: usize,
    last: Option<Range>,
    body: Body,
}

enum Body {
    List { items: Vec<Value>, nodes: Vec<Rc<Node>> },
    Map { values: Map<String, Value>, nodes: BTreeMap<String, Entry>, key: Option<Key> },
}

/// A key that waits for its value.
enum Key {
    Text(String, Range),
    Merge,
    /// YAML allows it, JSON does not: its type and itself, in Go's words. The message names the value too.
    Unsupported(String),
}

/// Builds one document.
pub(crate) struct Composer<'l> {
    limits: &'l Limits,
    weight: usize,
    stack: Vec<Frame>,
    /// `None` while the anchored value is not finished.
    anchors: BTreeMap<String, Option<Built>>,
    root: Option<Built>,
    hopeless: bool,
    warnings: Vec<Diagnostic>,
}

/// An error at a place.
type Outcome = Result<(), Box<Diagnostic>>;

fn fail(range: Range, message: impl Into<String>) -> Outcome {
    Err(Box::new(Diagnostic::error(range, message)))
}

impl<'l> Composer<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Composer {
            limits,
            weight: 0,
            stack: Vec::new(),
            anchors: BTreeMap::new(),
            root: None,
            hopeless: false,
            warnings: Vec::new(),
        }
    }

    /// The document with its places, when it was told to its end, and the warnings about it.
    pub(crate) fn finish(self) -> (Option<(Value, Rc<Node>)>, Vec<Diagnostic>) {
        (self.root.map(|built| (built.value, built.node)), self.warnings)
    }

    /// Whether reading on is of no use: a limit is reached, or upstream's parser would have stopped.
    pub(crate) fn hopeless(&self) -> bool {
        self.hopeless
    }

    /// Takes the next event in.
    pub(crate) fn feed(&mut self, event: Event, range: Range) -> Outcome {
        match event {
            Event::Scalar { scalar, anchor } => {
                if self.awaits_key() {
                    if anchor.is_some() {
                        let built = self.scalar(scalar.clone(), range)?;
                        self.anchors.extend(anchor.map(|name| (name, Some(built))));
                    }
                    return self.key(scalar, range);
                }
                let built = self.scalar(scalar, range)?;
                self.put(built, anchor)
            }
            Event::ListStart { anchor } => {
                self.open(anchor, range, Body::List { items: Vec::new(), nodes: Vec::new() })
            }
            Event::MapStart { anchor } => {
                self.open(anchor, range, Body::Map { values: Map::new(), nodes: BTreeMap::new(), key: None })
            }
            Event::End { block } => self.close(range, block),
            Event::Alias(name) => self.alias(&name, range),
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { body: Body::Map { key: None, .. }, .. }))
    }

    fn give_up(&mut self, range: Range, message: impl Into<String>) -> Outcome {
        self.hopeless = true;
        fail(range, message)
    }

    fn too_deep(&mut self, range: Range) -> Outcome {
        self.give_up(range, format!("yaml: exceeded max depth of {}", self.limits.depth))
    }

    fn count(&mut self, weight: usize, range: Range) -> Outcome {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > self.limits.nodes {
            let message =
                format!("yaml: document has too many values: at most {} are read", self.limits.nodes);
            return self.give_up(range, message);
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar, range: Range) -> Result<Built, Box<Diagnostic>> {
        let value = match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(b) => b.into(),
            Scalar::Int(n) => n.into(),
            // What does not fit into 64 bits with a sign goes through a double (upstream: `util/json`).
            Scalar::Uint(n) => json_number(n as f64).map_or(Value::Null, Value::Number),
            Scalar::Float(f) => match json_number(f) {
                Some(number) => Value::Number(number),
                None => return Err(Box::new(unsupported_float(f, range))),
            },
            Scalar::Text(text) => Value::String(text),
            Scalar::Merge => "<<".into(),
        };
        let weight = 1 + value.as_str().map_or(0, |text| text.len() / 64);
        self.count(weight, range)?;
        let node = Rc::new(Node { value: range, children: Children::None });
        Ok(Built { value, node, weight, height: 0 })
    }

    /// A scalar becomes a key; keys of JSON are texts.
    fn key(&mut self, scalar: Scalar, range: Range) -> Outcome {
        let text = match scalar {
            Scalar::Text(text) => text,
            Scalar::Bool(b) => b.to_string(),
            Scalar::Int(n) => n.to_string(),
            Scalar::Float(f) => float32(f),
            Scalar::Merge => return self.set_key(Key::Merge),
            Scalar::Null => return self.set_key(Key::Unsupported("%!s(<nil>), key: <nil>".into())),
            Scalar::Uint(n) => return self.set_key(Key::Unsupported(format!("uint64, key: {n:#x}"))),
        };
        self.count(1 + text.len() / 64, range)?;
        if self.warnings.len() < self.limits.diagnostics
            && let Some(Frame { body: Body::Map { nodes, .. }, .. }) = self.stack.last()
            && let Some(first) = nodes.get(&text).filter(|entry| !entry.merged)
        {
            let path = self.path_of(&text);
            let message = format!("key \"{text}\" already set in map");
            let hint = format!("the last one wins; the first is in line {}", first.key.line);
            self.warnings.push(Diagnostic::warning(range, message).at_path(path).with_hint(hint));
        }
        self.set_key(Key::Text(text, range))
    }

    fn set_key(&mut self, new: Key) -> Outcome {
        if let Some(Frame { body: Body::Map { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some(new);
        }
        Ok(())
    }

    fn open(&mut self, anchor: Option<String>, range: Range, body: Body) -> Outcome {
        if self.stack.len() >= self.limits.depth {
            return self.too_deep(range);
        }
        let weight_before = self.weight;
        self.count(1, range)?;
        if let Some(name) = &anchor {
            self.anchors.insert(name.clone(), None);
        }
        self.stack.push(Frame { anchor, range, weight_before, height: 0, last: None, body });
        Ok(())
    }

    fn close(&mut self, range: Range, block: bool) -> Outcome {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let end = if block { frame.last.unwrap_or(frame.range) } else { range };
        let (value, children) = match frame.body {
            Body::List { items, nodes } => (Value::Array(items), Children::List(nodes)),
            Body::Map { values, nodes, .. } => (Value::Object(values), Children::Map(nodes)),
        };
        let node = Rc::new(Node { value: frame.range.to_end_of(end), children });
        let weight = self.weight - frame.weight_before;
        self.put(Built { value, node, weight, height: frame.height + 1 }, frame.anchor)
    }

    fn alias(&mut self, name: &str, range: Range) -> Outcome {
        let built = match self.anchors.get(name) {
            None => {
                return self.give_up(range, format!("yaml: unknown anchor '{name}' referenced"));
            }
            Some(None) => return fail(range, format!("yaml: anchor '{name}' value contains itself")),
            Some(Some(built)) => built,
        };
        if self.stack.len() + built.height > self.limits.depth {
            return self.too_deep(range);
        }
        let weight = built.weight;
        if self.weight.saturating_add(weight) > self.limits.nodes {
            return self.give_up(range, "yaml: document contains excessive aliasing");
        }
        let built = built.clone();
        self.weight += weight;
        if self.awaits_key() && !built.value.is_array() && !built.value.is_object() {
            let scalar = match built.value {
                Value::String(text) => Scalar::Text(text),
                other => crate::scalar::resolve(&other.to_string()),
            };
            return self.key(scalar, range);
        }
        self.put(built, None)
    }

    /// Puts a finished value where it belongs.
    fn put(&mut self, built: Built, anchor: Option<String>) -> Outcome {
        if let Some(name) = anchor {
            self.anchors.insert(name, Some(built.clone()));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(built);
            return Ok(());
        };
        frame.height = frame.height.max(built.height);
        frame.last = Some(built.node.value);
        match &mut frame.body {
            Body::List { items, nodes } => {
                items.push(built.value);
                nodes.push(built.node);
                Ok(())
            }
            Body::Map { values, nodes, key } => match key.take() {
                Some(Key::Text(text, range)) => {
                    nodes.insert(text.clone(), Entry { key: range, node: built.node, merged: false });
                    values.insert(text, built.value);
                    Ok(())
                }
                Some(Key::Merge) => merge(values, nodes, built),
                Some(Key::Unsupported(key)) => {
                    let value = go_syntax(&built.value);
                    fail(built.node.value, format!("unsupported map key of type: {key}, value: {value}"))
                }
                None => Err(Box::new(bad_key(&built))),
            },
        }
    }

    /// The path of the key `last` of the innermost map.
    fn path_of(&self, last: &str) -> String {
        let mut path = String::new();
        for frame in &self.stack {
            let step = match &frame.body {
                Body::List { items, .. } => format!("[{}]", items.len()),
                Body::Map { key: Some(Key::Text(key, _)), .. } => format!(".{key}"),
                Body::Map { .. } => String::new(),
            };
            path.push_str(&step);
        }
        format!("{path}.{last}").trim_start_matches('.').into()
    }
}

/// `<<: *base`. As go-yaml v2, what is merged replaces what was said before it, and of several maps the first wins.
fn merge(values: &mut Map<String, Value>, nodes: &mut BTreeMap<String, Entry>, built: Built) -> Outcome {
    let maps: Vec<(Value, Rc<Node>)> = match (built.value, &built.node.children) {
        (Value::Array(items), Children::List(nodes)) => {
            items.into_iter().zip(nodes.iter().cloned()).rev().collect()
        }
        (value, _) => vec![(value, built.node.clone())],
    };
    for (value, node) in maps {
        let (Value::Object(merged), Children::Map(places)) = (value, &node.children) else {
            return fail(node.value, "yaml: map merge requires map or sequence of maps as the value");
        };
        values.extend(merged);
        nodes
            .extend(places.iter().map(|(key, entry)| (key.clone(), Entry { merged: true, ..entry.clone() })));
    }
    Ok(())
}

fn unsupported_float(f: f64, range: Range) -> Diagnostic {
    let name = match f {
        _ if f.is_nan() => "NaN",
        _ if f > 0.0 => "+Inf",
        _ => "-Inf",
    };
    Diagnostic::error(range, format!("json: unsupported value: {name}"))
        .with_hint("JSON, which the API server speaks, has no such number; quote it to make it a text")
}

fn bad_key(built: &Built) -> Diagnostic {
    Diagnostic::error(built.node.value, format!("yaml: invalid map key: {}", go_syntax(&built.value)))
        .with_hint("a key is a text; a value in braces is a map: quote it, and render templates before applying them")
}
