//! As much of JSON Schema (draft 7) as the schema of scenario files uses. A word that is not known here fails the test.

use regex::Regex;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A schema with its definitions, and the patterns that it has used.
pub struct Schema(Value, RefCell<BTreeMap<String, Regex>>);

type Fits = Result<(), String>;

impl Schema {
    /// The schema that a document states.
    pub fn new(document: Value) -> Self {
        Schema(document, RefCell::default())
    }

    /// Why a value does not fit; nothing if it does.
    pub fn problem(&self, value: &Value) -> Option<String> {
        self.fits(&self.0, value).err()
    }

    /// All fields that the schema knows, each after its definition.
    pub fn fields(&self) -> BTreeSet<String> {
        let definitions = entries(&self.0["definitions"]);
        let own = entries(&self.0["properties"]).map(|(field, _)| format!(".{field}"));
        let inner = definitions.flat_map(|(name, node)| {
            entries(&node["properties"]).map(move |(field, _)| format!("{name}.{field}"))
        });
        own.chain(inner).collect()
    }

    /// Tells every field of the value, after its definition, and whether the schema knows it.
    pub fn visit(&self, value: &Value, tell: &mut dyn FnMut(String, bool)) {
        self.visit_at("", &self.0, value, tell);
    }

    fn visit_at(&self, name: &str, node: &Value, value: &Value, tell: &mut dyn FnMut(String, bool)) {
        if let Some((name, meant)) = self.meant(node) {
            return self.visit_at(name, meant, value, tell);
        }
        for part in node["allOf"].as_array().into_iter().flatten() {
            self.visit_at(name, part, value, tell);
        }
        for item in value.as_array().into_iter().flatten() {
            self.visit_at(name, &node["items"], item, tell);
        }
        let more = &node["additionalProperties"];
        for (field, inner) in entries(value) {
            let known = node["properties"].get(field);
            if more == &Value::Bool(false) {
                tell(format!("{name}.{field}"), known.is_some());
            }
            self.visit_at(name, known.unwrap_or(more), inner, tell);
        }
    }

    /// The definition that a reference leads to, and its name.
    fn meant<'a>(&'a self, node: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = node["$ref"].as_str()?.strip_prefix("#/definitions/")?;
        Some((name, &self.0["definitions"][name]))
    }

    fn fits(&self, node: &Value, value: &Value) -> Fits {
        if let Some((_, meant)) = self.meant(node) {
            return self.fits(meant, value);
        }
        entries(node).try_for_each(|(word, told)| self.word_fits(node, word, told, value))
    }

    fn word_fits(&self, node: &Value, word: &str, told: &Value, value: &Value) -> Fits {
        let list = || told.as_array().into_iter().flatten();
        let fits = match word {
            "$schema" | "title" | "description" | "definitions" => true,
            "type" => told.as_str().map_or_else(
                || list().any(|one| is_of(one.as_str().unwrap_or_default(), value)),
                |one| is_of(one, value),
            ),
            "const" => told == value,
            "enum" => list().any(|one| one == value),
            "allOf" => return list().try_for_each(|one| self.fits(one, value)),
            "anyOf" => list().any(|one| self.fits(one, value).is_ok()),
            "not" => self.fits(told, value).is_err(),
            "pattern" => {
                let (mut known, text) = (self.1.borrow_mut(), told.as_str().unwrap_or_default());
                let made = || Regex::new(text).expect("a pattern can be read");
                let pattern = known.entry(text.to_owned()).or_insert_with(made);
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= number(told) as u64),
            "minimum" => value.as_f64().is_none_or(|is| is >= number(told)),
            "maximum" => value.as_f64().is_none_or(|is| is <= number(told)),
            "exclusiveMinimum" => value.as_f64().is_none_or(|is| is > number(told)),
            "exclusiveMaximum" => value.as_f64().is_none_or(|is| is < number(told)),
            "minItems" => value.as_array().is_none_or(|list| list.len() as f64 >= number(told)),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as f64 <= number(told)),
            "minProperties" => value.as_object().is_none_or(|map| map.len() as f64 >= number(told)),
            "maxProperties" => value.as_object().is_none_or(|map| map.len() as f64 <= number(told)),
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                return items.try_for_each(|item| self.fits(told, item));
            }
            "required" => match value.as_object() {
                Some(map) => list().all(|name| name.as_str().is_some_and(|name| map.contains_key(name))),
                None => true,
            },
            "properties" | "additionalProperties" | "dependencies" => {
                return match value.as_object() {
                    Some(map) => self.fields_fit(node, word, told, map),
                    None => Ok(()),
                };
            }
            _ => panic!("{word} is not known here"),
        };
        if fits { Ok(()) } else { Err(format!("{word} {told}: {value}")) }
    }

    fn fields_fit(&self, node: &Value, word: &str, told: &Value, map: &Map<String, Value>) -> Fits {
        match word {
            "properties" => entries(told)
                .filter_map(|(field, inner)| Some((inner, map.get(field)?)))
                .try_for_each(|(inner, value)| self.fits(inner, value)),
            "additionalProperties" => {
                let mut more = map.iter().filter(|(field, _)| node["properties"].get(field).is_none());
                more.try_for_each(|(field, value)| match told {
                    Value::Bool(false) => Err(format!("there is no field {field}")),
                    _ => self.fits(told, value),
                })
            }
            _ => {
                entries(told).filter(|(field, _)| map.contains_key(*field)).try_for_each(|(field, needs)| {
                    match needs.as_array() {
                        Some(names)
                            if names
                                .iter()
                                .all(|name| map.contains_key(name.as_str().unwrap_or_default())) =>
                        {
                            Ok(())
                        }
                        Some(names) => Err(format!("{field} needs {names:?}")),
                        None => self.fits(needs, &Value::Object(map.clone())),
                    }
                })
            }
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, inner)| (key.as_str(), inner))
}

fn number(told: &Value) -> f64 {
    told.as_f64().expect("a bound is a number")
}

fn is_of(type_: &str, value: &Value) -> bool {
    match type_ {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|is| is.fract() == 0.0),
        _ => panic!("{type_} is no type"),
    }
}
