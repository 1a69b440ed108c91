//! `-o jsonpath=…`: templates whose parts in braces are paths into an object
//! (upstream: `k8s.io/client-go/util/jsonpath`).

mod parse;

use crate::json::{compact, pretty};
use orrery_apimachinery::{Value, gofmt};
use std::cmp::Ordering;

/// A part of a template, or a step of a path.
#[derive(Debug, PartialEq)]
enum Node {
    /// What stands in one pair of braces.
    Path(Vec<Node>),
    /// Text between braces, and numbers, truth values and quoted text inside of them.
    Literal(Value),
    Field(String),
    /// `.*`.
    Wildcard,
    /// `..`.
    Recursive,
    /// `[1:5:2]`: from, to and step.
    Slice([Bound; 3]),
    /// `[0,2]`.
    Union(Vec<Vec<Node>>),
    /// `[?(@.type=="Ready")]`; without an operator it asks whether there is something on the left.
    Filter {
        left: Vec<Node>,
        operator: String,
        right: Vec<Node>,
    },
    /// `range`, `end`.
    Word(String),
}

/// One number of a slice, if it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bound {
    value: Option<i64>,
    /// It stands for "the item after the first one", because only that was given.
    derived: bool,
}

/// A template.
#[derive(Debug)]
pub(crate) struct Template {
    text: String,
    nodes: Vec<Node>,
    /// Whether results are printed as lists of JSON.
    as_json: bool,
}

type Found<'v> = Result<Vec<&'v Value>, String>;

impl Template {
    /// Reads a template; the error is kubectl's.
    pub(crate) fn parse(text: &str, as_json: bool) -> Result<Template, String> {
        let nodes = parse::template(text).map_err(|e| format!("error parsing jsonpath {text}, {e}"))?;
        Ok(Template { text: text.into(), nodes, as_json })
    }

    /// Reads the path of a column or of an order; the error is that of the reader alone.
    pub(crate) fn bare(text: &str) -> Result<Template, String> {
        Ok(Template { text: text.into(), nodes: parse::template(text)?, as_json: false })
    }

    /// What the template makes of `data`; the error is kubectl's.
    pub(crate) fn print(&self, data: &Value) -> Result<String, String> {
        let results = self.find(data).map_err(|error| self.failure(&error, data))?;
        Ok(results.iter().map(|values| self.show(values)).collect())
    }

    /// The values that each part of the template leads to.
    pub(crate) fn find<'v>(&'v self, data: &'v Value) -> Result<Vec<Vec<&'v Value>>, String> {
        let mut results = Vec::new();
        run(&self.nodes, data, 0, &mut results)?;
        Ok(results)
    }

    fn failure(&self, error: &str, data: &Value) -> String {
        let text = &self.text;
        let data = gofmt::syntax(data);
        format!(
            "error executing jsonpath {text:?}: Error executing template: {error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{text}\n\tobject given to jsonpath engine was:\n\t\t{data}\n\n"
        )
    }

    fn show(&self, values: &[&Value]) -> String {
        if self.as_json {
            return pretty(&values.iter().map(|v| (*v).clone()).collect()) + "\n";
        }
        let texts: Vec<String> = values.iter().map(|value| text(value)).collect();
        texts.join(" ")
    }
}

/// A path as people write it, with or without braces and its first dot, as a template
/// (upstream: `RelaxedJSONPathExpression`).
pub(crate) fn relaxed(path: &str) -> Result<String, String> {
    let bare = path.strip_prefix('{').and_then(|path| path.strip_suffix('}')).unwrap_or(path);
    let bare = bare.strip_prefix('.').unwrap_or(bare);
    if path.is_empty() {
        return Err("jsonpath expression cannot be empty".into());
    }
    if bare.is_empty() || bare.contains(['{', '}']) {
        return Err("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'".into());
    }
    Ok(format!("{{.{bare}}}"))
}

/// What a path, with or without braces, leads to in `data`; the error is kubectl's.
pub fn found(path: &str, data: &Value) -> Result<String, String> {
    Template::parse(&relaxed(path)?, false)?.print(data)
}

fn text(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => compact(value),
        Value::Null => "null".into(),
        scalar => gofmt::value(scalar),
    }
}

/// Evaluates the parts of a template until its end, or until that of the loop; says how many there were.
fn run<'v>(
    nodes: &'v [Node],
    data: &'v Value,
    depth: usize,
    results: &mut Vec<Vec<&'v Value>>,
) -> Result<usize, String> {
    let mut next = 0;
    while let Some(node) = nodes.get(next) {
        next += 1;
        match node {
            Node::Path(path) if is_word(path, "end") => {
                return if depth > 0 { Ok(next) } else { Err("not in range, nothing to end".into()) };
            }
            Node::Path(path) if is_word(path, "range") => {
                let values = walk(vec![data], &path[1..])?;
                for value in &values {
                    run(&nodes[next..], value, depth + 1, results)?;
                }
                // To find the end of the loop, its body is gone through once more, for nothing.
                next += run(&nodes[next..], &Value::Null, depth + 1, &mut Vec::new())?;
            }
            Node::Path(path) => results.push(walk(vec![data], path)?),
            other => results.push(step(vec![data], other)?),
        }
    }
    Ok(next)
}

fn is_word(path: &[Node], word: &str) -> bool {
    matches!(path.first(), Some(Node::Word(first)) if first == word)
}

fn walk<'v>(values: Vec<&'v Value>, path: &'v [Node]) -> Found<'v> {
    path.iter().try_fold(values, step)
}

fn step<'v>(values: Vec<&'v Value>, node: &'v Node) -> Found<'v> {
    match node {
        Node::Path(path) => walk(values, path),
        Node::Literal(literal) => Ok(values.iter().map(|_| literal).collect()),
        Node::Field(name) => Ok(values.into_iter().filter_map(|value| value.get(name)).collect()),
        Node::Wildcard => Ok(values.into_iter().flat_map(children).collect()),
        Node::Recursive => Ok(values.into_iter().flat_map(descendants).collect()),
        Node::Union(paths) => {
            let found: Vec<Vec<&Value>> =
                paths.iter().map(|path| walk(values.clone(), path)).collect::<Result<_, _>>()?;
            Ok(found.concat())
        }
        Node::Slice(bounds) => {
            let mut found = Vec::new();
            for value in values.into_iter().filter(|v| !v.is_null()) {
                let list =
                    value.as_array().ok_or_else(|| format!("{} is not array or slice", go_type(value)))?;
                found.extend(slice(list, bounds)?);
            }
            Ok(found)
        }
        Node::Filter { left, operator, right } => {
            let mut found = Vec::new();
            for value in values {
                let refused =
                    || format!("{} is not array or slice and cannot be filtered", gofmt::value(value));
                for item in value.as_array().ok_or_else(refused)? {
                    if passes(item, left, operator, right)? {
                        found.push(item);
                    }
                }
            }
            Ok(found)
        }
        Node::Word(word) => Err(format!("unrecognized identifier {word}")),
    }
}

fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "map[string]interface {}",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float64",
        _ => "int64",
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    }
}

/// The value and everything in it that has something in it.
fn descendants(value: &Value) -> Vec<&Value> {
    let inner = children(value);
    if inner.is_empty() {
        return inner;
    }
    std::iter::once(value).chain(inner.into_iter().flat_map(descendants)).collect()
}

fn slice<'v>(list: &'v [Value], [from, to, by]: &[Bound; 3]) -> Found<'v> {
    let len = list.len() as i64;
    let from = from.value.map_or(0, |at| if at < 0 { at + len } else { at });
    let to = match to.value {
        None => len,
        Some(at) if at < 0 || (at == 0 && to.derived) => at + len,
        Some(at) => at,
    };
    if from == to {
        return Ok(Vec::new());
    }
    let outside = |at: i64| Err(format!("array index out of bounds: index {at}, length {len}"));
    if !(0..len).contains(&from) {
        return outside(from);
    }
    if !(0..=len).contains(&to) {
        return outside(to - 1);
    }
    if from > to {
        return Err(format!("starting index {from} is greater than ending index {to}"));
    }
    let by = by.value.unwrap_or(1);
    if by <= 0 {
        return Err("step must be > 0".into());
    }
    Ok(list[from as usize..to as usize].iter().step_by(by as usize).collect())
}

fn passes(item: &Value, left: &[Node], operator: &str, right: &[Node]) -> Result<bool, String> {
    let (lefts, rights) = (walk(vec![item], left)?, walk(vec![item], right)?);
    if operator == "exists" {
        return Ok(!lefts.is_empty());
    }
    let (left, right) = match (&lefts[..], &rights[..]) {
        ([], _) | (_, []) => return Ok(false),
        ([left], [right]) => (*left, *right),
        _ => return Err("can only compare one element at a time".into()),
    };
    let order = compare(left, right)?;
    match operator {
        "==" => Ok(order == Ordering::Equal),
        "!=" => Ok(order != Ordering::Equal),
        "<" => Ok(order == Ordering::Less),
        "<=" => Ok(order != Ordering::Greater),
        ">" => Ok(order == Ordering::Greater),
        ">=" => Ok(order != Ordering::Less),
        other => Err(format!("unrecognized filter operator {other}")),
    }
}

fn compare(left: &Value, right: &Value) -> Result<Ordering, String> {
    match (left, right) {
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Ok(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) if a.is_f64() == b.is_f64() => {
            let order = match (a.as_i64(), b.as_i64()) {
                (Some(a), Some(b)) => Some(a.cmp(&b)),
                _ => a.as_f64().partial_cmp(&b.as_f64()),
            };
            order.ok_or_else(|| "invalid type for comparison".into())
        }
        _ => Err("incompatible types for comparison".into()),
    }
}
