//! What is said of the word under the pointer.

use super::{described, said_of, steps};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;
use orrery_manifest::{Cursor, Limits, Place, Step, cursor, read};
use orrery_schema::{Schema, Ty};

/// What is said of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The column of the word's first character, from 1.
    pub column: u32,
    /// The column behind its last.
    pub end_column: u32,
    /// The field, such as `spec.template.spec.containers[0].image`.
    pub path: String,
    /// Its type, such as `[]Container`.
    pub ty: String,
    /// Whether it is required.
    pub required: bool,
    /// What the API server puts there when it is left out.
    pub default: Option<String>,
    /// What the API says of the value under the pointer, if it is one of few.
    pub of_value: Option<String>,
    /// What the API says of the field.
    pub doc: String,
}

/// What is said of the word at `line` and `column`.
pub fn hover(text: &str, (line, column): (u32, u32), schema: &Schema) -> Option<Hover> {
    let row: Vec<char> = text.split('\n').nth(line as usize - 1)?.trim_end_matches('\r').chars().collect();
    let ends = |sign: &char| sign.is_whitespace() || [':', ',', '{', '}', '[', ']', '"', '\''].contains(sign);
    let start = column as usize - 1;
    let end = row.get(start..)?.iter().position(ends).map_or(row.len(), |length| start + length);
    if end == start {
        return None;
    }
    let mut cursor = cursor(text, line, end as u32 + 1)?;
    let is_key = cursor.place == Place::Start && row.get(end) == Some(&':');
    if is_key {
        cursor.path.push(Step::Key(cursor.typed.clone()));
    }
    let kind = described(&cursor, schema)?;
    let (ty, field) = schema.at(kind, &steps(&cursor))?;
    let field = field?;
    // The entry of a map is not described: what it is an entry of is.
    let of_value = said_of(field, &cursor.typed).filter(|_| !is_key).map(str::to_owned);
    Some(Hover {
        column: cursor.column,
        end_column: end as u32 + 1,
        path: shown(&cursor.path),
        ty: schema.shown(if is_key { ty } else { field.ty }),
        required: field.required,
        default: default(text, &cursor),
        of_value,
        doc: described_in_full(schema, &field.doc, ty),
    })
}

/// The documentation of the field; of its type, where nothing is said of the field.
fn described_in_full(schema: &Schema, doc: &str, ty: Ty) -> String {
    let of_type = schema.named(ty.innermost()).map_or("", |ty| &ty.doc);
    if doc.is_empty() { of_type.to_owned() } else { doc.to_owned() }
}

fn shown(path: &[Step]) -> String {
    let mut shown = String::new();
    for step in path {
        match step {
            Step::Key(name) if shown.is_empty() => shown.push_str(name),
            Step::Key(name) => shown.push_str(&format!(".{name}")),
            Step::Index(index) => shown.push_str(&format!("[{index}]")),
        }
    }
    shown
}

/// What the API server would fill in, if the document can be read and its object can do without the field.
fn default(text: &str, cursor: &Cursor) -> Option<String> {
    let (first, last) = (cursor.first_line as usize, cursor.last_line as usize);
    let lines: Vec<&str> = text.split('\n').skip(first - 1).take(last + 1 - first).collect();
    let mut tree = read(&lines.join("\n"), &Limits::default()).documents.into_iter().next()?.value;
    let kind = Kind::by_gvk(cursor.stated("apiVersion")?, cursor.stated("kind")?)?;
    let (last, holder) = cursor.path.split_last()?;
    // The kind is what the reader of these defaults put there itself.
    if matches!((last, holder), (Step::Key(key), []) if ["apiVersion", "kind"].contains(&key.as_str())) {
        return None;
    }
    match (last, inside_mut(&mut tree, holder)?) {
        (Step::Key(key), Value::Object(entries)) => entries.remove(key),
        _ => None,
    };
    let (mut object, _) = Object::decode(kind, &tree);
    object.apply_defaults();
    match inside_mut(&mut object.to_value(), &cursor.path)? {
        Value::String(word) if !word.is_empty() => Some(word.clone()),
        plain @ (Value::Bool(_) | Value::Number(_)) => Some(plain.to_string()),
        _ => None,
    }
}

fn inside_mut<'v>(tree: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(tree, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}
