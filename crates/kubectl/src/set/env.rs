//! `kubectl set env`.

use crate::command::{Cx, outcome};
use crate::trouble::Trouble;
use crate::{Args, Failure, target};
use orrery_api::Object;
use orrery_apimachinery::Value;
use serde_json::json;

/// What kubectl asks of a name; the server takes more.
const NAME: &str = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !text.starts_with(|c: char| c.is_ascii_digit()) && !text.is_empty() && text.chars().all(plain)
}

/// What is asked of the variables.
#[derive(Default)]
struct Changes {
    set: Vec<Value>,
    remove: Vec<String>,
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (resources, words) = split(&args.words)?;
    check(args, resources)?;
    let changes = changes(cx, args, &[args.all("env"), words].concat())?;
    let mut troubles = Vec::new();
    for object in super::objects(cx, args, resources)? {
        let mut tree = object.to_value();
        if let Err(trouble) = apply(cx, args, &object, &mut tree, &changes) {
            troubles.push(trouble);
        } else if !args.on("list") {
            if changes.set.is_empty() && words.is_empty() {
                continue;
            }
            let words = ["failed to patch env update to pod template:", "env updated"];
            troubles.extend(super::change(cx, args, &object, &tree, words)?);
        }
    }
    outcome(troubles)
}

/// Resources stand first, then variables.
fn split(words: &[String]) -> Result<(&[String], &[String]), Failure> {
    let is_variable = |word: &String| word.ends_with('-') || word.find('=').is_some_and(|at| at > 0);
    let (resources, variables) = words.split_at(words.iter().position(is_variable).unwrap_or(words.len()));
    if variables.iter().all(is_variable) {
        return Ok((resources, variables));
    }
    let words = words.join(" ");
    Err(Failure::usage(format!("all resources must be specified before environment changes: {words}")))
}

fn check(args: &Args, resources: &[String]) -> Result<(), Failure> {
    let refusal = if args.all("filename").is_empty() && resources.is_empty() {
        "one or more resources must be specified as <resource> <name> or <resource>/<name>"
    } else if args.on("list") && args.flag("output").is_some() {
        "--list and --output may not be specified together"
    } else if args.flag("keys").is_some() && args.flag("from").is_none() {
        "when specifying --keys, a configmap or secret must be provided with --from"
    } else {
        return Ok(());
    };
    Err(Failure::usage(refusal))
}

fn changes(cx: &mut Cx<'_>, args: &Args, words: &[String]) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    for word in words {
        if word == "-" {
            let text = cx.read("-")?;
            changes.set.extend(text.lines().filter_map(variable_of_line));
        } else if let Some((name, value)) = word.split_once('=') {
            if !is_name(name) {
                return Err(Failure::usage(format!("{name:?} is not a valid key name: {NAME}")));
            }
            changes.set.push(json!({"name": name, "value": value}));
        } else if let Some(name) = word.strip_suffix('-') {
            changes.remove.push(name.into());
        } else {
            return Err(Failure::usage(format!("unknown environment variable: {word}")));
        }
    }
    if changes.remove.iter().any(|name| changes.set.iter().any(|variable| variable["name"] == **name)) {
        return Err(Failure::usage(
            "can not both modify and remove the same environment variable in the same command",
        ));
    }
    if let Some(source) = args.flag("from") {
        changes.set.extend(variables_from(cx, args, source)?);
    }
    let prefix = args.flag("prefix").unwrap_or_default();
    for variable in &mut changes.set {
        variable["name"] = Value::from(format!("{prefix}{}", variable["name"].as_str().unwrap_or_default()));
    }
    Ok(changes)
}

fn variable_of_line(line: &str) -> Option<Value> {
    let (name, value) = line.split('#').next()?.split_once('=')?;
    Some(json!({"name": name, "value": value}))
}

/// A variable for each key of a ConfigMap or Secret, which refers to it.
fn variables_from(cx: &mut Cx<'_>, args: &Args, source: &str) -> Result<Vec<Value>, Failure> {
    let mut variables = Vec::new();
    let wanted = args.list("keys");
    for object in target::visit(cx, args, &[source.to_string()])? {
        let object = object?;
        let reference = match object {
            Object::ConfigMap(_) => "configMapKeyRef",
            Object::Secret(_) => "secretKeyRef",
            _ => return Err(Failure::usage("unsupported resource specified in --from")),
        };
        let tree = object.to_value();
        let keys = tree["data"].as_object().into_iter().flat_map(|data| data.keys());
        for key in keys.filter(|key| wanted.is_empty() || wanted.contains(&key.as_str())) {
            let name = variable_name(key);
            if name != *key {
                cx.output.tell(&format!("Warning: key {key} transferred to {name}\n"));
            }
            let of = json!({"name": &*object.metadata().name, "key": key});
            variables.push(json!({"name": name, "valueFrom": {reference: of}}));
        }
    }
    Ok(variables)
}

fn variable_name(key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_uppercase() } else { '_' };
    key.chars().map(plain).collect()
}

/// Changes the variables of the chosen containers, or prints them.
fn apply(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    tree: &mut Value,
    changes: &Changes,
) -> Result<(), Trouble> {
    let (kind, name) = (object.kind().name(), &object.metadata().name);
    let pattern = args.flag("containers").unwrap_or("*");
    let spec = super::pod_spec(object.kind(), tree).map_err(|words| super::about(object, &words))?;
    let containers = super::containers(spec, pattern);
    if containers.is_empty() {
        let warning = format!("Warning: {kind}/{name} does not have any containers matching {pattern:?}\n");
        cx.output.tell(&warning);
    }
    for container in containers {
        let old = container["env"].as_array().cloned().unwrap_or_default();
        if args.flag("overwrite") == Some("false") {
            keep(&old, &changes.set).map_err(|words| super::about(object, &words))?;
        }
        let new = updated(old, changes);
        if args.on("list") {
            let container = container["name"].as_str().unwrap_or_default();
            cx.say(format!("# {kind} {name}, container {container}"));
            new.iter().for_each(|variable| cx.say(shown(variable)));
        }
        let fields = container.as_object_mut();
        match (fields, new.is_empty()) {
            (Some(fields), true) => drop(fields.remove("env")),
            (Some(fields), false) => drop(fields.insert("env".into(), new.into())),
            (None, _) => {}
        }
    }
    Ok(())
}

fn keep(old: &[Value], new: &[Value]) -> Result<(), String> {
    let changed = |variable: &&Value| {
        let twin = new.iter().find(|other| other["name"] == variable["name"]);
        twin.is_some_and(|twin| twin["value"] != variable["value"])
    };
    match old.iter().find(changed) {
        Some(variable) => {
            let text = |field: &str| variable[field].as_str().unwrap_or_default();
            Err(format!(
                "'{}' already has a value ({}), and --overwrite is false",
                text("name"),
                text("value")
            ))
        }
        None => Ok(()),
    }
}

/// Replaces in place, takes away, and adds at the end (upstream: `updateEnv`).
fn updated(old: Vec<Value>, changes: &Changes) -> Vec<Value> {
    let mut covered: Vec<Value> = changes.remove.iter().map(|name| Value::from(name.as_str())).collect();
    let mut updated = Vec::new();
    for variable in old {
        if covered.contains(&variable["name"]) {
            continue;
        }
        match changes.set.iter().find(|new| new["name"] == variable["name"]) {
            Some(new) => {
                covered.push(new["name"].clone());
                updated.push(new.clone());
            }
            None => updated.push(variable),
        }
    }
    for new in &changes.set {
        if !covered.contains(&new["name"]) {
            covered.push(new["name"].clone());
            updated.push(new.clone());
        }
    }
    updated
}

/// `A=1`, or where the value comes from (upstream: `GetEnvVarRefString`).
fn shown(variable: &Value) -> String {
    let name = variable["name"].as_str().unwrap_or_default();
    let text = |pointer: &str| variable.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let Some(from) = variable.get("valueFrom") else { return format!("{name}={}", text("/value")) };
    let source = if from.get("configMapKeyRef").is_some() {
        format!(
            "configmap {}, key {}",
            text("/valueFrom/configMapKeyRef/name"),
            text("/valueFrom/configMapKeyRef/key")
        )
    } else if from.get("secretKeyRef").is_some() {
        format!(
            "secret {}, key {}",
            text("/valueFrom/secretKeyRef/name"),
            text("/valueFrom/secretKeyRef/key")
        )
    } else if from.get("fieldRef").is_some() {
        format!("field path {}", text("/valueFrom/fieldRef/fieldPath"))
    } else if from.get("resourceFieldRef").is_some() {
        let container = text("/valueFrom/resourceFieldRef/containerName");
        let prefix = if container.is_empty() { String::new() } else { format!("{container}/") };
        format!("resource field {prefix}{}", text("/valueFrom/resourceFieldRef/resource"))
    } else {
        "invalid valueFrom".into()
    };
    format!("# {name} from {source}")
}
