//! `kubectl create configmap`, and where the data of a ConfigMap or Secret comes from.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_api::config_key;
use orrery_apimachinery::Value;
use serde_json::{Map, json};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let mut data = Map::new();
    for (key, value) in sources(cx, args)? {
        let reasons = config_key(&key);
        if !reasons.is_empty() {
            let reasons = reasons.join(",");
            return Err(Failure::usage(format!(
                "{key:?} is not a valid key name for a ConfigMap: {reasons}"
            )));
        }
        if data.contains_key(&key) {
            return Err(Failure::usage(format!(
                "cannot add key {key:?}, another key by that name already exists in Data for ConfigMap {name:?}"
            )));
        }
        data.insert(key, Value::from(value));
    }
    let tree = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data});
    finish(cx, args, &tree, Some("configmap:"), "created")
}

/// What `--from-file`, `--from-literal` and `--from-env-file` give, in that order.
pub(super) fn sources(cx: &Cx<'_>, args: &Args) -> Result<Vec<(String, String)>, Failure> {
    let (files, literals, env_files) =
        (args.list("from-file"), args.all("from-literal"), args.list("from-env-file"));
    if !(env_files.is_empty() || files.is_empty() && literals.is_empty()) {
        return Err(Failure::usage("from-env-file cannot be combined with from-file or from-literal"));
    }
    let mut pairs = Vec::new();
    for source in files {
        let base = source.rsplit('/').next().unwrap_or(source);
        let (key, path) = source.split_once('=').unwrap_or((base, source));
        pairs.push((key.to_string(), read(cx, path)?));
    }
    for literal in literals {
        let (key, value) = literal
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| Failure::usage(format!("invalid literal source {literal}, expected key=value")))?;
        pairs.push((key.to_string(), unquoted(value).to_string()));
    }
    for path in env_files {
        let text = read(cx, path)?;
        let lines =
            text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pair = |line: &str| {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            (key.to_string(), value.to_string())
        };
        pairs.extend(lines.map(pair));
    }
    Ok(pairs)
}

fn read(cx: &Cx<'_>, path: &str) -> Result<String, Failure> {
    let missing = || Failure::usage(format!("error reading {path}: no such file or directory"));
    cx.files.read(path).ok_or_else(missing)
}

/// Quotes around a literal are not part of it.
fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}
