//! `kubectl explain` of kinds that a CustomResourceDefinition declares: their fields stand in a schema of OpenAPI, to
//! which the server adds what all objects have.

use super::{LISTED, Page, indent, line_of, quoted, wrap};
use crate::Failure;
use orrery_api::CustomResourceDefinition;
use orrery_apimachinery::Value;
use orrery_apiserver::ApiServer;
use orrery_schema::Field;
use serde_json::json;

/// Where a field leads to that is described among the kinds of the API.
const OF_ALL: &str = "x-metadata";

/// The schema of a custom kind in one of its versions, if a definition has it.
pub(super) fn schema(api: &ApiServer, api_version: &str, kind: &str) -> Option<Value> {
    let (group, version) = api_version.split_once('/')?;
    let found = api
        .list::<CustomResourceDefinition>()
        .find(|definition| &*definition.spec.group == group && &*definition.spec.names.kind == kind)?;
    let version = found.spec.versions.iter().find(|known| &*known.name == version && known.served)?;
    version.schema.as_ref()?.open_api_v3_schema.clone()
}

impl Page<'_> {
    /// What is said of a custom kind, or of the field that a path leads to. `common` are the fields that all objects
    /// have, as another kind states them.
    pub(super) fn explain_custom(
        &mut self,
        mut schema: Value,
        path: &[&str],
        common: &[&Field],
    ) -> Result<(), Failure> {
        for field in common {
            let known =
                json!({"type": "string", "description": field.doc, (OF_ALL): field.name == "metadata"});
            schema["properties"][field.name] = known;
        }
        let metadata = common.iter().find(|field| field.name == "metadata");
        let mut holder = &schema;
        for (nth, name) in path.iter().enumerate() {
            let missing = || Failure::usage(format!("field \"{}\" does not exist", path[path.len() - 1]));
            let found = inner(holder)["properties"].get(*name).ok_or_else(missing)?;
            if let Some(metadata) = metadata.filter(|_| found[OF_ALL] == true) {
                return self.explain_field(metadata, &path[nth + 1..]);
            }
            holder = found;
        }
        if let Some(last) = path.last() {
            self.text += &["FIELD: ", last, " <", &shown(holder), ">\n"].concat();
            let values = values(holder);
            if !values.is_empty() {
                self.text += "ENUM:";
                values.iter().for_each(|value| self.text += &["\n    ", value].concat());
            }
            self.text += "\n\n";
        }
        let said = description(holder);
        let said = if said.is_empty() { "<empty>" } else { &said };
        self.text += &["DESCRIPTION:\n", &indent(&wrap(said, 76), 4), "\n"].concat();
        let heading = self.text.len();
        self.custom_fields(holder, 1, metadata.copied());
        if self.text.len() > heading {
            self.text.insert_str(heading, "FIELDS:\n");
        }
        self.text.push('\n');
        Ok(())
    }

    fn custom_fields(&mut self, schema: &Value, level: usize, metadata: Option<&Field>) {
        let schema = inner(schema);
        let required = schema["required"].as_array();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(metadata) = metadata.filter(|_| field[OF_ALL] == true) {
                self.field(metadata, level);
                if self.recursive {
                    self.fields(metadata.ty, level + 1, &mut Vec::new());
                }
                continue;
            }
            let margin = level * 2;
            let is_required = required.is_some_and(|names| names.iter().any(|known| *known == **name));
            let required = if is_required { " -required-" } else { "" };
            self.text += &indent(&[name, "\t<", &shown(field), ">", required].concat(), margin);
            let values = values(field);
            if !values.is_empty() {
                let more = if values.len() > LISTED { ", ...." } else { "" };
                let listed = values[..values.len().min(LISTED)].join(", ");
                self.text += &["\n", &" ".repeat(margin), "enum: ", &listed, more].concat();
            }
            self.text.push('\n');
            if self.recursive {
                self.custom_fields(field, level + 1, metadata);
                continue;
            }
            let said = field["description"].as_str().filter(|said| !said.is_empty());
            let said = wrap(said.unwrap_or("<no description>"), 78 - margin);
            self.text += &[&indent(&said, margin + 2), "\n\n"].concat();
        }
    }
}

/// What a list or a map holds, in the end; anything else is itself.
fn inner(schema: &Value) -> &Value {
    match held(schema) {
        Some((_, held)) => inner(held),
        None => schema,
    }
}

/// What a list or a map holds, behind how it is written.
fn held(schema: &Value) -> Option<(&'static str, &Value)> {
    let items = schema.get("items").map(|items| ("[]", items));
    items.or_else(|| {
        let values = schema.get("additionalProperties").filter(|values| values.is_object());
        values.map(|values| ("map[string]", values))
    })
}

/// The type as the template guesses it.
fn shown(schema: &Value) -> String {
    match held(schema) {
        Some((around, held)) => [around, &shown(held)].concat(),
        None => match schema["type"].as_str().unwrap_or("object") {
            "object" => "Object".into(),
            plain => plain.into(),
        },
    }
}

/// What is said of a field, and of what it holds.
fn description(schema: &Value) -> String {
    let said = line_of(schema["description"].as_str().unwrap_or_default());
    said + &held(schema).map(|(_, held)| description(held)).unwrap_or_default()
}

fn values(schema: &Value) -> Vec<String> {
    let mut values = Vec::new();
    for value in schema["enum"].as_array().into_iter().flatten() {
        values.push(match value {
            Value::String(text) => quoted(text).to_owned(),
            other => other.to_string(),
        });
    }
    values
}
