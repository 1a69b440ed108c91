//! JSON patch (RFC 6902), with the words of upstream's library (`github.com/evanphx/json-patch`).

use crate::Value;
use serde_json::Map;

/// What a path ends in.
enum Container<'a> {
    Map(&'a mut Map<String, Value>),
    List(&'a mut Vec<Value>),
}

/// Applies the operations in their order. The error is of the first that cannot be; then `target` is half changed.
pub fn json_patch(target: &mut Value, patch: &Value) -> Result<(), String> {
    patch.as_array().into_iter().flatten().try_for_each(|operation| apply(target, operation))
}

fn apply(target: &mut Value, operation: &Value) -> Result<(), String> {
    let text = |field: &str| operation.get(field).and_then(Value::as_str);
    let value = || operation.get("value").cloned().unwrap_or_default();
    let kind = text("op").unwrap_or("unknown");
    let path =
        text("path").ok_or_else(|| format!("{kind} operation failed to decode path: missing value"))?;
    let from = || {
        let missing = || {
            format!("{kind} operation failed to decode from: operation, missing from field: missing value")
        };
        text("from").ok_or_else(missing)
    };
    match kind {
        "add" => add(target, path, value(), kind),
        "remove" => remove(target, path, kind).map(drop),
        "replace" => replace(target, path, value()),
        "test" => test(target, path, &value()),
        "move" => {
            let moved = remove(target, from()?, kind)?;
            add(target, path, moved, kind)
        }
        "copy" => {
            let copied = get(target, from()?, kind)?.cloned().unwrap_or_default();
            add(target, path, copied, kind)
        }
        other => Err(format!("Unexpected kind: {other}")),
    }
}

/// The container that `path` ends in, and the last step.
fn find<'v>(target: &'v mut Value, path: &str) -> Option<(Container<'v>, String)> {
    let (parents, last) = path.rsplit_once('/')?;
    let mut node = target;
    for step in parents.split('/').skip(1) {
        node = match node {
            Value::Object(map) => map.get_mut(&decoded(step))?,
            Value::Array(list) => {
                let index = position(step, list.len()).ok()?;
                &mut list[index]
            }
            _ => return None,
        };
    }
    let container = match node {
        Value::Object(map) => Container::Map(map),
        Value::Array(list) => Container::List(list),
        _ => return None,
    };
    Some((container, decoded(last)))
}

fn decoded(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The item of a list of `len` that a step names; negative ones count from the end.
fn position(step: &str, len: usize) -> Result<usize, String> {
    let index: i64 = step.parse().map_err(|_| format!("strconv.Atoi: parsing \"{step}\": invalid syntax"))?;
    let found = if index < 0 { index + len as i64 } else { index };
    usize::try_from(found)
        .ok()
        .filter(|found| *found < len)
        .ok_or_else(|| format!("Unable to access invalid index: {index}: invalid index referenced"))
}

fn missing(kind: &str, path: &str) -> String {
    format!("{kind} operation does not apply: doc is missing path: {path}: missing value")
}

fn add(target: &mut Value, path: &str, value: Value, kind: &str) -> Result<(), String> {
    let (container, key) = find(target, path).ok_or_else(|| missing(kind, path))?;
    match container {
        Container::Map(map) => drop(map.insert(key, value)),
        Container::List(list) if key == "-" => list.push(value),
        Container::List(list) => {
            let at = position(&key, list.len() + 1)
                .map_err(|error| format!("error in {kind} for path: '{path}': {error}"))?;
            list.insert(at, value);
        }
    }
    Ok(())
}

fn remove(target: &mut Value, path: &str, kind: &str) -> Result<Value, String> {
    let (container, key) = find(target, path).ok_or_else(|| missing(kind, path))?;
    let removed = match container {
        Container::Map(map) => {
            map.remove(&key).ok_or_else(|| format!("Unable to remove nonexistent key: {key}: missing value"))
        }
        Container::List(list) => position(&key, list.len()).map(|at| list.remove(at)),
    };
    removed.map_err(|error| format!("error in {kind} for path: '{path}': {error}"))
}

fn get<'v>(target: &'v mut Value, path: &str, kind: &str) -> Result<Option<&'v Value>, String> {
    let (container, key) = find(target, path).ok_or_else(|| missing(kind, path))?;
    match container {
        Container::Map(map) => Ok(map.get(&key)),
        Container::List(list) => {
            let at =
                position(&key, list.len()).map_err(|e| format!("error in {kind} for path: '{path}': {e}"))?;
            Ok(list.get(at))
        }
    }
}

/// Upstream replaces a key that is not there, too.
fn replace(target: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.is_empty() {
        *target = value;
        return Ok(());
    }
    let (container, key) = find(target, path).ok_or_else(|| missing("replace", path))?;
    match container {
        Container::Map(map) => drop(map.insert(key, value)),
        Container::List(list) => {
            let at = position(&key, list.len()).map_err(|_| {
                format!("replace operation does not apply: doc is missing key: {path}: missing value")
            })?;
            list[at] = value;
        }
    }
    Ok(())
}

fn test(target: &mut Value, path: &str, value: &Value) -> Result<(), String> {
    let same = match path {
        "" => target == value,
        path => get(target, path, "test")?.unwrap_or(&Value::Null) == value,
    };
    same.then_some(()).ok_or_else(|| format!("testing value {path} failed: test failed"))
}
