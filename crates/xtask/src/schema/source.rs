//! Reading the sources of `k8s-openapi`: every type's file ends in its JSON schema, with the API's own descriptions.

use crate::shell::{Result, command, output};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What comes before the schema of a type.
const SCHEMA: &str = "crate::schemars::json_schema!(";

/// What one file says of its type.
pub struct Definition {
    /// Its name in Rust, which is the one in Go.
    pub name: String,
    /// The API version, if it is a kind.
    pub api_version: Option<String>,
    /// Its JSON schema; what refers to another type is `{"ref": "crate::…"}`.
    pub schema: Value,
    /// Names of fields in Rust and in JSON.
    pub names: BTreeMap<String, String>,
    /// Lists that are merged by keys: the list and the keys, all named as in Rust.
    pub keys: BTreeMap<String, Vec<String>>,
}

/// All types, by their path in Rust.
pub fn definitions() -> Result<BTreeMap<String, Definition>> {
    let root = folder()?;
    let mut files = Vec::new();
    list(&root, &mut files).map_err(|why| format!("{}: {why}", root.display()))?;
    let mut found = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|why| format!("{}: {why}", file.display()))?;
        if text.contains(SCHEMA) {
            let definition = definition(&text)
                .ok_or_else(|| format!("{} is not written as others are", file.display()))?;
            let module = file.parent().and_then(|dir| dir.strip_prefix(&root).ok()).unwrap_or(Path::new(""));
            let module: Vec<_> = module.iter().map(|part| part.to_string_lossy()).collect();
            found.insert(format!("crate::{}::{}", module.join("::"), definition.name), definition);
        }
    }
    Ok(found)
}

/// Where cargo keeps the sources, of the version of Kubernetes that we speak.
fn folder() -> Result<PathBuf> {
    // What other machines would need is not on a machine where nobody has fetched it.
    let words = ["metadata", "--format-version", "1", "--offline", "--filter-platform", "host-tuple"];
    let printed = output(command("cargo").args(words)).ok_or("cargo metadata does not run")?;
    let tree: Value = serde_json::from_str(&printed).map_err(|why| format!("cargo metadata: {why}"))?;
    let packages = tree["packages"].as_array().into_iter().flatten();
    let manifest = packages
        .filter(|package| package["name"] == "k8s-openapi")
        .find_map(|package| Path::new(package["manifest_path"].as_str()?).parent())
        .ok_or("k8s-openapi is not among the packages")?;
    Ok(manifest.join("src/v1_32"))
}

fn list(dir: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), into)?;
        } else {
            into.push(entry.path());
        }
    }
    Ok(())
}

fn definition(text: &str) -> Option<Definition> {
    let full_name = text.strip_prefix("// Generated from definition ")?.lines().next()?;
    let schema = text.split_once(SCHEMA)?.1;
    let constant = |name: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(name))?;
        Some(line.strip_prefix(": &'static str = \"")?.strip_suffix("\";")?.to_owned())
    };
    Some(Definition {
        name: full_name.rsplit('.').next()?.to_owned(),
        api_version: constant("const API_VERSION"),
        schema: Reader { rest: schema }.value()?,
        names: text.lines().filter_map(name).collect(),
        keys: text.split("merge_strategies::list::map(").skip(1).filter_map(keys).collect(),
    })
}

/// `"clusterIP" => Field::Key_cluster_ip,` of the decoder.
fn name(line: &str) -> Option<(String, String)> {
    let (json, rust) = line.trim().strip_prefix('"')?.split_once("\" => Field::Key_")?;
    Some((rust.trim_end_matches(',').to_owned(), json.to_owned()))
}

/// `&mut self.ports, other.ports, &[|lhs, rhs| lhs.container_port == rhs.container_port], …` of the merger.
fn keys(call: &str) -> Option<(String, Vec<String>)> {
    let list = call.split_once("&mut self.")?.1.split(',').next()?;
    let compared = call.split_once("&[")?.1.split("],").next()?;
    let keys = compared.split("lhs.").skip(1).filter_map(|rest| rest.split(' ').next());
    Some((list.to_owned(), keys.map(str::to_owned).collect()))
}

/// Reads the argument of `json_schema!`: JSON with trailing commas, and calls in parentheses where another type is meant.
struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        match self.rest.as_bytes().first()? {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => self.text().map(Value::String),
            b'(' => {
                let length = closing(self.rest);
                call(self.take(length))
            }
            b'_' => {
                let length = self.rest.find("()")? + 2;
                call(self.take(length))
            }
            _ => {
                let end = self.rest.find([',', '}', ']', ')'])?;
                serde_json::from_str(self.take(end).trim()).ok()
            }
        }
    }

    fn take(&mut self, length: usize) -> &str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// Passes over `sign` if it comes next.
    fn passes(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.strip_prefix(sign).map(|rest| self.rest = rest).is_some()
    }

    fn object(&mut self) -> Option<Value> {
        let mut entries = Map::new();
        self.passes('{');
        while !self.passes('}') {
            let key = self.text()?;
            self.passes(':');
            entries.insert(key, self.value()?);
            self.passes(',');
        }
        Some(Value::Object(entries))
    }

    fn array(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        self.passes('[');
        while !self.passes(']') {
            items.push(self.value()?);
            self.passes(',');
        }
        Some(Value::Array(items))
    }

    /// A literal. Those of these sources have JSON's own escapes.
    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let length = literal(self.rest);
        serde_json::from_str(self.take(length)).ok()
    }
}

/// `__gen.subschema_for::<crate::…>()`, alone, in parentheses, or in a block that adds a description.
fn call(text: &str) -> Option<Value> {
    let path = text.split_once("subschema_for::<")?.1.split('>').next()?;
    let mut value = json!({ "ref": path });
    if let Some((_, said)) = text.split_once("\"description\".into(), ") {
        value["description"] = Reader { rest: said }.text()?.into();
    }
    Some(value)
}

/// The length of the literal that `text` starts with, both quotes included.
fn literal(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the parenthesis that `text` starts with.
fn closing(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while let Some(letter) = text[at..].chars().next() {
        match letter {
            '"' => {
                at += literal(&text[at..]);
                continue;
            }
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth -= 1,
            _ => {}
        }
        at += letter.len_utf8();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_library_says_names_types_and_keys() {
        let text = r#"// Generated from definition io.k8s.api.core.v1.Thing
            const API_VERSION: &'static str = "v1";
            crate::merge_strategies::list::map(&mut self.ports, other.ports, &[|lhs, rhs| lhs.port == rhs.port], |a, b| {});
            "hostIPs" => Field::Key_host_ips,
            crate::schemars::json_schema!({
                "description": "A \"thing\".\n\nOf sorts, (as one says].",
                "properties": {
                    "ports": {
                        "items": (__gen.subschema_for::<crate::api::core::v1::Port>()),
                    },
                    "next": __gen.subschema_for::<crate::api::core::v1::Next>(),
                    "probe": ({
                        let mut schema_obj = __gen.subschema_for::<crate::api::core::v1::Probe>();
                        schema_obj.ensure_object().insert("description".into(), "What (it) asks.".into());
                        schema_obj
                    }),
                },
                "required": [
                    "ports",
                ],
            })"#;
        let found = definition(text).expect("it is one");
        assert_eq!((found.name.as_str(), found.api_version.as_deref()), ("Thing", Some("v1")));
        assert_eq!(found.names["host_ips"], "hostIPs");
        assert_eq!(found.keys["ports"], ["port"]);
        let want = json!({
            "description": "A \"thing\".\n\nOf sorts, (as one says].",
            "properties": {
                "ports": {"items": {"ref": "crate::api::core::v1::Port"}},
                "next": {"ref": "crate::api::core::v1::Next"},
                "probe": {"ref": "crate::api::core::v1::Probe", "description": "What (it) asks."},
            },
            "required": ["ports"],
        });
        assert_eq!(found.schema, want);
    }
}
