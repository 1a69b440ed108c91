//! What the editor offers at the cursor, and what it says of the word under the pointer: from what the API says of
//! its fields, from the objects in the cluster, and from those that the person wrote.

mod hover;
mod names;

pub use hover::{Hover, hover};

use names::Names;
use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;
use orrery_apiserver::ApiServer;
use orrery_manifest::{Cursor, Place, Step, cursor, to_yaml};
use orrery_schema::{Field, Schema, Step as Down, Ty, Type};

/// What a suggestion is, for its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A field of an object.
    Field,
    /// One of the values that a field is confined to.
    Value,
    /// The name of an object, or of a label.
    Name,
}

/// One thing that can be written at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub sort: Sort,
    /// The word that is shown, and matched with what was typed.
    pub label: String,
    /// What is written, indented for its place.
    pub insert: String,
    /// Its type, or where the name comes from.
    pub detail: String,
    /// Whether the field is required.
    pub required: bool,
    /// What the API says of it.
    pub doc: String,
    /// Higher comes first.
    pub rank: i32,
}

/// What can be written, and the column where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The column of the first character that is replaced, from 1.
    pub column: u32,
    /// The suggestions.
    pub suggestions: Vec<Suggestion>,
}

/// What people write most often of types that hold more than they should have to read.
const FIRST: [(&str, &[&str]); 6] = [
    ("", &["spec", "metadata", "kind", "apiVersion"]),
    ("ObjectMeta", &["annotations", "labels", "namespace", "name"]),
    ("PodSpec", &["volumes", "initContainers", "containers"]),
    ("Container", &["readinessProbe", "resources", "env", "ports", "image", "name"]),
    ("DeploymentSpec", &["template", "selector", "replicas"]),
    ("ServiceSpec", &["type", "ports", "selector"]),
];

/// What can be written before the character at `line` and `column`. `written` are the objects of all files.
pub fn complete(
    text: &str,
    (line, column): (u32, u32),
    schema: &Schema,
    api: &ApiServer,
    written: &dyn Fn() -> Vec<Object>,
) -> Option<Offer> {
    let cursor = cursor(text, line, column)?;
    let namespace = cursor.stated("metadata.namespace").unwrap_or("default");
    let names = Names { api, written, namespace, text };
    let suggestions = if cursor.path.is_empty() && cursor.place == Place::Start {
        top_fields(&cursor, schema)
    } else if cursor.place == Place::Value && is(&cursor, "kind") {
        kinds(&cursor, schema)
    } else if cursor.place == Place::Value && is(&cursor, "apiVersion") {
        versions(&cursor, schema)
    } else {
        let kind = described(&cursor, schema)?;
        within(&cursor, schema, kind, &names)?
    };
    Some(Offer { column: cursor.column, suggestions }).filter(|offer| !offer.suggestions.is_empty())
}

/// Whether the path is a key at the top.
fn is(cursor: &Cursor, key: &str) -> bool {
    matches!(&cursor.path[..], [Step::Key(name)] if name == key)
}

/// What the table says of the kind that the cursor's document states.
fn described<'s>(cursor: &Cursor, schema: &'s Schema) -> Option<&'s Type> {
    schema.kind(cursor.stated("apiVersion")?, cursor.stated("kind")?)
}

/// The path in the words of the table.
fn steps(cursor: &Cursor) -> Vec<Down> {
    let step = |step: &Step| match step {
        Step::Key(name) => Down::Field(name.clone()),
        Step::Index(_) => Down::Item,
    };
    cursor.path.iter().map(step).collect()
}

/// The fields at the top: those of the kind, or what every kind has.
fn top_fields(cursor: &Cursor, schema: &Schema) -> Vec<Suggestion> {
    match described(cursor, schema).or_else(|| schema.kind("apps/v1", "Deployment")) {
        Some(kind) => fields(cursor, schema, "", &kind.fields),
        None => Vec::new(),
    }
}

fn kinds(cursor: &Cursor, schema: &Schema) -> Vec<Suggestion> {
    let stated =
        cursor.stated("apiVersion").filter(|stated| schema.kinds().any(|(found, _)| found == *stated));
    let fitting = schema.kinds().filter(|(version, _)| stated.is_none_or(|stated| stated == *version));
    fitting
        .map(|(version, ty)| {
            let name = Ty::of(ty).name();
            let served = Kind::by_gvk(version, name).is_some();
            Suggestion { doc: ty.doc.clone(), rank: i32::from(served), ..value(name, version) }
        })
        .collect()
}

fn versions(cursor: &Cursor, schema: &Schema) -> Vec<Suggestion> {
    let stated = cursor.stated("kind").filter(|kind| !kind.is_empty());
    let name = |ty: &Type| Ty::of(ty).name();
    let fits = |ty: &Type| stated.is_none_or(|kind| kind == name(ty));
    let any = schema.kinds().any(|(_, ty)| fits(ty));
    let mut found: Vec<Suggestion> = Vec::new();
    for (version, ty) in schema.kinds().filter(|(_, ty)| !any || fits(ty)) {
        match found.iter_mut().find(|suggestion| suggestion.label == version) {
            Some(suggestion) => suggestion.detail = format!("{}, {}", suggestion.detail, name(ty)),
            None => found.push(value(version, name(ty))),
        }
    }
    found
}

/// What can be written below the top of a described kind.
fn within(cursor: &Cursor, schema: &Schema, kind: &Type, names: &Names<'_>) -> Option<Vec<Suggestion>> {
    let steps = steps(cursor);
    let (ty, field) = schema.at(kind, &steps)?;
    let field = field?;
    let holder = holder(schema, kind, &steps);
    let mut found = names.at(cursor, holder, field);
    if cursor.place == Place::Start {
        // A list takes its elements behind dashes.
        found.extend(
            schema.named(ty).map(|of| fields(cursor, schema, of.name, &of.fields)).unwrap_or_default(),
        );
    }
    if ty.element().is_none() && ty.value().is_none() {
        found.extend(values(field, ty));
    }
    Some(found)
}

/// The name of the type that has the field which the steps end in.
fn holder<'s>(schema: &'s Schema, kind: &'s Type, steps: &[Down]) -> &'static str {
    let last = steps.iter().rposition(|step| matches!(step, Down::Field(_))).unwrap_or(0);
    // The key of a map belongs to the field that holds the map.
    let ends = (0..=last).rev().filter(|end| matches!(steps[*end], Down::Field(_)));
    let holders = ends.filter_map(|end| schema.at(kind, &steps[..end]));
    holders.map(|(ty, _)| ty).find(|ty| schema.named(*ty).is_some()).map_or("", Ty::word)
}

fn fields(cursor: &Cursor, schema: &Schema, holder: &str, fields: &[Field]) -> Vec<Suggestion> {
    let first = FIRST.iter().find(|(ty, _)| *ty == holder).map_or(&[][..], |(_, names)| names);
    let rank = |field: &Field| match first.iter().position(|name| *name == field.name) {
        Some(at) => at as i32 + 2,
        None if holder.is_empty() && field.name == "status" => -1,
        None => i32::from(field.required),
    };
    let free = fields.iter().filter(|field| !cursor.beside.iter().any(|name| name == field.name));
    free.map(|field| Suggestion {
        sort: Sort::Field,
        label: field.name.to_owned(),
        insert: opened(cursor, schema, field),
        detail: schema.shown(field.ty),
        required: field.required,
        doc: field.doc.clone(),
        rank: rank(field),
    })
    .collect()
}

/// The field with what comes next: its value on the same line, or its first entry below.
fn opened(cursor: &Cursor, schema: &Schema, field: &Field) -> String {
    let margin = " ".repeat(cursor.column as usize - 1);
    let holds_fields = schema.named(field.ty).is_some_and(|ty| !ty.fields.is_empty());
    match (cursor.flow, field.ty.element(), field.ty.value()) {
        (false, Some(_), _) => format!("{}:\n{margin}- ", field.name),
        (false, None, Some(_)) => format!("{}:\n{margin}  ", field.name),
        (false, None, None) if holds_fields => format!("{}:\n{margin}  ", field.name),
        _ => format!("{}: ", field.name),
    }
}

/// The values that a field is confined to.
fn values(field: &Field, ty: Ty) -> Vec<Suggestion> {
    if ty.plain() == Some("boolean") {
        // Words of JSON: no quotes.
        return ["true", "false"]
            .map(|word| Suggestion { insert: word.to_owned(), ..value(word, "") })
            .into();
    }
    let said = |word: &str| said_of(field, word).unwrap_or_default().to_owned();
    field.values.iter().map(|word| Suggestion { doc: said(word), ..value(word, "") }).collect()
}

/// What the documentation of a field says of one of its values.
fn said_of<'f>(field: &'f Field, word: &str) -> Option<&'f str> {
    let line = field.doc.lines().find_map(|line| line.strip_prefix(&format!(" - `\"{word}\"`")))?;
    Some(line.trim()).filter(|line| !line.is_empty())
}

/// A word that is written as YAML needs it.
fn value(word: &str, detail: &str) -> Suggestion {
    Suggestion {
        sort: Sort::Value,
        label: if word.is_empty() { "\"\"".to_owned() } else { word.to_owned() },
        insert: to_yaml(&Value::String(word.to_owned())).trim_end().to_owned(),
        detail: detail.to_owned(),
        required: false,
        doc: String::new(),
        rank: 0,
    }
}
