//! The fields of every kind that is served, by the table of fields; and what our own structs call them.

use orrery_api::Kind;
use orrery_schema::{Schema, TEXT, Ty};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Types that hold any JSON: their fields are not ours.
const OPAQUE: [&str; 10] = [
    "FieldsV1",
    "JSON",
    "JSONSchemaProps",
    "JSONSchemaPropsOrArray",
    "JSONSchemaPropsOrBool",
    "JSONSchemaPropsOrStringArray",
    "ManagedFieldsEntry",
    "RawExtension",
    "double",
    "object",
];

/// The fields of all types that can be reached.
pub struct Fields {
    /// Field by field: the type that it leads to, empty for a plain one.
    types: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
    idents: BTreeMap<(String, String), String>,
    /// Names of types: API version and kind.
    kinds: BTreeMap<&'static str, Kind>,
}

impl Fields {
    pub fn of_all_kinds() -> Fields {
        let schema = Schema::parse(TEXT);
        let (mut types, mut kinds, mut open) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for kind in Kind::ALL {
            let described = schema.kind(kind.api_version(), kind.name());
            let ty = described.unwrap_or_else(|| panic!("the table lacks {kind}"));
            kinds.insert(ty.name, *kind);
            open.push(ty);
        }
        while let Some(ty) = open.pop() {
            if types.contains_key(ty.name) {
                continue;
            }
            let mut fields = BTreeMap::new();
            for field in &ty.fields {
                if kinds.contains_key(ty.name) && ["apiVersion", "kind"].contains(&field.name) {
                    continue;
                }
                let struct_of =
                    |ty: Ty| schema.named(ty).filter(|ty| ty.plain.is_none() && !OPAQUE.contains(&ty.name));
                let inner = struct_of(field.ty.innermost());
                open.extend(inner);
                fields.insert(field.name, inner.map_or("", |ty| ty.name));
            }
            types.insert(ty.name, fields);
        }
        Fields { types, idents: idents(), kinds }
    }

    /// Every field: its type and its name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.types.iter().flat_map(|(ty, fields)| fields.keys().map(|field| (*ty, *field)))
    }

    pub fn has(&self, ty: &str, field: &str) -> bool {
        self.types.get(ty).is_some_and(|fields| fields.contains_key(field))
    }

    /// The types of kinds, and the kinds.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        self.kinds.iter().map(|(ty, kind)| (*ty, *kind))
    }

    /// The fields of a type, and the types that they lead to.
    pub fn of(&self, ty: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.types.get(ty).into_iter().flatten().map(|(field, inner)| (*field, *inner))
    }

    /// What our struct calls the field.
    pub fn ident(&self, ty: &str, field: &str) -> &str {
        let name = ty.rsplit('.').next().unwrap_or(ty);
        self.idents.get(&(name.to_owned(), field.to_owned())).map_or("", String::as_str)
    }
}

/// By struct and JSON name: the Rust name of every field, read from the sources of the API.
fn idents() -> BTreeMap<(String, String), String> {
    let root = super::root();
    let structs = Regex::new(r"(?s)pub struct (\w+) \{(.*?)\n\}").expect("a regex");
    let field = Regex::new(r#"(?m)((?:^\s*(?:#\[|///).*\n)*)^\s*pub (\w+):"#).expect("a regex");
    let renamed = Regex::new(r#"name = "([^"]+)""#).expect("a regex");
    let mut idents = BTreeMap::new();
    for file in super::sources::below(&root.join("crates/api/src"))
        .into_iter()
        .chain(super::sources::below(&root.join("crates/apimachinery/src")))
    {
        let text = fs::read_to_string(file).expect("a source can be read");
        for found in structs.captures_iter(&text) {
            for member in field.captures_iter(&found[2]) {
                let json =
                    renamed.captures(&member[1]).map_or_else(|| camel(&member[2]), |name| name[1].to_owned());
                idents.insert((found[1].to_owned(), json), member[2].to_owned());
            }
        }
    }
    idents
}

fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.extend([&first.to_uppercase(), rest]);
    }
    name
}

/// A set of names of types.
pub type Types = BTreeSet<&'static str>;
