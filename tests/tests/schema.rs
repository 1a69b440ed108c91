//! The table of `orrery-schema` and our own types say the same of every kind that the cluster serves: the same
//! fields, of the same types, confined to the same values.

use orrery_api::{Kind, Object};
use orrery_apimachinery::decode::ProblemKind;
use orrery_schema::{Field, Schema, TEXT, Ty, Type};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Types that read themselves: what they take is tested where they are.
const OWN_READERS: [&str; 4] = ["IntOrString", "MicroTime", "Quantity", "Time"];

/// Types that hold any JSON: nothing in them can be of a wrong type.
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

fn schema() -> Schema {
    Schema::parse(TEXT)
}

fn described(schema: &Schema, kind: Kind) -> &Type {
    schema.kind(kind.api_version(), kind.name()).unwrap_or_else(|| panic!("the table lacks {kind}"))
}

/// A way into an object: the names of fields, and the types that they hold.
#[derive(Clone, Default)]
struct Way(Vec<(&'static str, Ty)>);

impl Way {
    fn then(&self, field: &Field) -> Way {
        Way(self.0.iter().copied().chain([(field.name, field.ty)]).collect())
    }

    /// An object that holds nothing but `value`, at the end of the way.
    fn object(&self, value: Value) -> Value {
        self.0.iter().rev().enumerate().fold(value, |value, (from_end, (name, ty))| {
            // What the last field holds is `value` itself; what those before it hold may be in a list or a map.
            let value = if from_end == 0 { value } else { wrapped(*ty, value) };
            Value::Object(Map::from_iter([((*name).to_owned(), value)]))
        })
    }

    fn shown(&self) -> String {
        self.0.iter().map(|(name, _)| format!(".{name}")).collect()
    }
}

fn wrapped(ty: Ty, value: Value) -> Value {
    match (ty.element(), ty.value()) {
        (Some(element), _) => json!([wrapped(element, value)]),
        (_, Some(inner)) => json!({ "key": wrapped(inner, value) }),
        _ => value,
    }
}

/// Calls `see` for every field that can be reached from a kind; types within themselves once.
fn fields(schema: &Schema, kind: Kind, see: &mut dyn FnMut(&Type, &Field, &Way)) {
    let mut seen = BTreeSet::new();
    let mut open = vec![(described(schema, kind), Way::default())];
    while let Some((ty, way)) = open.pop() {
        if !seen.insert(ty.name) {
            continue;
        }
        for field in &ty.fields {
            if way.0.is_empty() && ["apiVersion", "kind"].contains(&field.name) {
                continue;
            }
            let way = way.then(field);
            see(ty, field, &way);
            let inner = field.ty.innermost();
            open.extend(schema.named(inner).filter(|_| !OPAQUE.contains(&inner.name())).map(|ty| (ty, way)));
        }
    }
}

/// What Go calls a type of the table.
fn go(ty: Ty) -> String {
    if let Some(element) = ty.element() {
        return format!("[]{}", go(element));
    }
    if let Some(value) = ty.value() {
        return format!("map[string]{}", go(value));
    }
    match ty.word() {
        "boolean" => "bool".to_owned(),
        "string" | "int32" | "int64" => ty.word().to_owned(),
        "bytes" => "[]uint8".to_owned(),
        _ => format!("v1.{}", ty.name()),
    }
}

#[test]
fn our_types_take_every_field_of_the_table_and_refuse_what_is_of_another_type() {
    let schema = schema();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for &kind in Kind::ALL {
        fields(&schema, kind, &mut |ty, field, way| {
            if OPAQUE.contains(&field.ty.innermost().name()) {
                return;
            }
            count += 1;
            let misfit = if field.ty.plain() == Some("string") { json!(1) } else { json!("x") };
            let (_, problems) = Object::decode(kind, &way.object(misfit));
            let told: Vec<_> = problems.iter().map(|problem| &problem.kind).collect();
            let fits = match told[..] {
                [ProblemKind::Custom(_)] | [] => OWN_READERS.contains(&field.ty.name()),
                [ProblemKind::WrongType { expected, .. }] => {
                    OWN_READERS.contains(&field.ty.name()) || *expected == go(field.ty)
                }
                _ => false,
            };
            if !fits {
                let place = format!("{kind}{}: {}.{}", way.shown(), ty.name, field.name);
                wrong
                    .push(format!("{place} is {} in the table, and our decoder says {told:?}", go(field.ty)));
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 1_000, "only {count} fields were tried");
}

#[test]
fn our_types_have_no_field_that_the_table_lacks() {
    let schema = schema();
    let mut by_name: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
    for ty in schema.types() {
        let kind = ty.api_version.is_some();
        let names = ty.fields.iter().map(|field| field.name);
        let names = names.filter(|name| !kind || !["apiVersion", "kind"].contains(name)).collect();
        by_name.entry(ty.name.rsplit('.').next().unwrap_or(ty.name)).or_default().push(names);
    }
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, fields) in structs() {
        let Some(candidates) = by_name.get(name.as_str()) else { continue };
        count += 1;
        let fields: BTreeSet<&str> = fields.iter().map(String::as_str).collect();
        if !candidates.contains(&fields) {
            let differ: Vec<_> = candidates.iter().map(|names| names.symmetric_difference(&fields)).collect();
            wrong.push(format!("{name}: {differ:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 200, "only {count} structs were found");
}

/// The structs that derive `Fields`, with the names of their fields in JSON, as our sources write them.
fn structs() -> Vec<(String, Vec<String>)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    for folder in ["api/src", "apimachinery/src"] {
        for entry in std::fs::read_dir(crates.join(folder)).expect("the crate is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).expect("sources are text");
                found.extend(text.split("#[derive(").skip(1).filter_map(structure));
            }
        }
    }
    found
}

/// Reads `… Fields)] pub struct Name { … }`.
fn structure(text: &str) -> Option<(String, Vec<String>)> {
    let (traits, rest) = text.split_once(")]")?;
    if !traits.split(", ").any(|name| name == "Fields") {
        return None;
    }
    let (name, body) = rest.split_once("struct ")?.1.split_once(" {\n")?;
    let body = body.split("\n}").next()?;
    let (mut fields, mut stated) = (Vec::new(), None);
    for line in body.lines().map(str::trim) {
        if let Some((_, after)) = line.split_once("name = \"").filter(|_| !line.starts_with("///")) {
            stated = after.split('"').next().map(str::to_owned);
        } else if let Some((rust, _)) = line.strip_prefix("pub ").and_then(|line| line.split_once(": ")) {
            fields.push(stated.take().unwrap_or_else(|| camel_case(rust)));
        }
    }
    Some((name.to_owned(), fields))
}

fn camel_case(rust: &str) -> String {
    let mut words = rust.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.extend([&first.to_uppercase(), rest]);
    }
    name
}

/// Values that the API publishes and validation refuses all the same.
const REFUSED: [(&str, &str); 2] =
    [("ServiceSpec.ipFamilies", ""), ("StorageClass.reclaimPolicy", "Recycle")];

/// Where a kind takes fewer values than others that have the field.
const NARROWER: [(Kind, &str); 1] = [(Kind::StatefulSet, "PodSpec.restartPolicy")];

#[test]
fn validation_supports_the_values_of_the_table() {
    let schema = schema();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for &kind in Kind::ALL {
        fields(&schema, kind, &mut |ty, field, way| {
            let bogus = "no-such-value";
            if field.values.is_empty() || way.0[0].0 == "status" {
                return;
            }
            let (mut object, _) = Object::decode(kind, &way.object(wrapped(field.ty, json!(bogus))));
            object.apply_defaults();
            let told = object.validate().into_iter().find_map(|error| {
                let (_, supported) = error.detail.split_once(&format!("\"{bogus}\": supported values: "))?;
                Some(
                    supported
                        .split(", ")
                        .map(|value| value.trim_matches('"').to_owned())
                        .collect::<BTreeSet<_>>(),
                )
            });
            let Some(supported) = told else { return };
            count += 1;
            let name = format!("{}.{}", ty.name, field.name);
            let listed = field.values.iter().filter(|value| !REFUSED.contains(&(&name, value)));
            let listed = listed.map(|value| (*value).to_owned()).collect::<BTreeSet<_>>();
            if supported != listed && !NARROWER.contains(&(kind, &name)) {
                wrong.push(format!("{kind}{}: {supported:?}, and in the table {listed:?}", way.shown()));
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 10, "only {count} fields were tried");
}

#[test]
fn values_that_are_not_published_are_those_that_the_documentation_states() {
    // None says more than the word "policy" or "type"; validation does.
    let bare = [
        "ContainerResizePolicy.restartPolicy",
        "HPAScalingRules.selectPolicy",
        "HPAScalingPolicy.type",
        "LimitRangeItem.type",
        "PodFailurePolicyOnPodConditionsPattern.status",
    ];
    let schema = schema();
    for ty in schema.types() {
        // A type that stands for one field is documented there.
        let holders =
            schema.types().flat_map(|other| &other.fields).filter(|field| field.ty.name() == ty.name);
        let said: String = holders.map(|field| field.doc.as_str()).collect();
        for field in ty.fields.iter().filter(|field| !field.published) {
            if bare.contains(&format!("{}.{}", ty.name, field.name).as_str()) {
                continue;
            }
            for value in &field.values {
                let stated = [&field.doc, &said, &ty.doc].iter().any(|doc| doc.contains(value));
                assert!(stated, "{}.{}: who says {value}?\n{}", ty.name, field.name, field.doc);
            }
        }
    }
}
