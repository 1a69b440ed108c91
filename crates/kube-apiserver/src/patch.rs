//! `PATCH`: an object is read, changed by a patch, and written (upstream: `pkg/endpoints/handlers/patch.go`).

use crate::{ApiServer, FieldValidation, Key, Request};
use orrery_api::Object;
use orrery_apimachinery::Order;
use orrery_apimachinery::decode::{Problem, ProblemKind};
use orrery_apimachinery::patch::{json_merge, json_patch, strategic_merge};
use orrery_apimachinery::{Patch, Reason, Status, StatusResult, Value, gofmt};
use serde_json::Map;

impl ApiServer {
    /// Changes an object by a patch.
    ///
    /// Errors: as [`Self::update`]; `Invalid` or `BadRequest` when the patch does not apply or what it makes is not
    /// an object of that kind.
    pub fn patch(&mut self, request: &Request, key: &Key, patch: &Patch) -> StatusResult<Object> {
        let object = self.patched(request, key, patch)?;
        self.update(request, object)
    }

    /// Changes the status of an object by a patch.
    ///
    /// Errors: as [`Self::patch`].
    pub fn patch_status(&mut self, request: &Request, key: &Key, patch: &Patch) -> StatusResult<Object> {
        let object = self.patched(request, key, patch)?;
        self.update_status(request, object)
    }

    /// What a client is warned of that lets unknown fields pass: those that the patch sets.
    pub fn patch_warnings(&self, key: &Key, patch: &Patch) -> Vec<String> {
        let Some(live) = self.object(key) else { return Vec::new() };
        match apply(&live.to_value(), patch) {
            Ok((tree, _)) => unknown_fields(&Object::decode(key.kind, &tree).1),
            Err(_) => Vec::new(),
        }
    }

    /// What a patch makes of the stored object.
    pub(crate) fn patched(&self, request: &Request, key: &Key, patch: &Patch) -> StatusResult<Object> {
        let (tree, shown) = apply(&self.stored(key)?.to_value(), patch)?;
        let (object, problems) = Object::decode(key.kind, &tree);
        let unreadable = problems.iter().find(|p| !matches!(p.kind, ProblemKind::UnknownField { .. }));
        let unknown = unknown_fields(&problems);
        if let Some(problem) = unreadable {
            let words = match patch {
                Patch::Strategic(_) => conversion_error(problem),
                _ => problem.to_string(),
            };
            return Err(refused(&shown, &words));
        }
        if !unknown.is_empty() && request.field_validation == FieldValidation::Strict {
            return Err(refused(&shown, &format!("strict decoding error: {}", unknown.join(", "))));
        }
        check_identity(&object, key)?;
        Ok(object)
    }
}

/// The patched tree, and what messages show of the patch.
fn apply(live: &Value, patch: &Patch) -> StatusResult<(Value, String)> {
    let mut tree = live.clone();
    match patch {
        Patch::Json(operations) => {
            json_patch(&mut tree, operations).map_err(|_| unprocessable())?;
            let shown = tree.to_string();
            Ok((tree, shown))
        }
        Patch::Merge(change) => {
            json_merge(&mut tree, change);
            let shown = tree.to_string();
            Ok((tree, shown))
        }
        Patch::Strategic(change) => {
            strategic_merge(&mut tree, change).map_err(strategic_error)?;
            let shown = change.as_object().map(|change| gofmt::map(&left_over(live, change)));
            Ok((tree, shown.unwrap_or_default()))
        }
    }
}

/// A patch that could be read and not be applied. Upstream's clients print this sentence, whatever went wrong.
fn unprocessable() -> Status {
    let message = "the server rejected our request due to an error in our request";
    let nothing = Status::invalid("", "", &[]);
    Status { message: message.into(), ..nothing }
}

/// Upstream: `interpretStrategicMergePatchError`.
fn strategic_error(words: String) -> Status {
    const UNPROCESSABLE: [&str; 2] =
        ["lists of lists are not supported", "patch content doesn't match retainKeys list"];
    if UNPROCESSABLE.iter().any(|known| words.starts_with(known)) {
        return unprocessable();
    }
    let malformed = words.starts_with("invalid ");
    Status::new(if malformed { Reason::BadRequest } else { Reason::Unknown }, words)
}

/// What upstream's merge leaves of a patch, which it shows in its messages: lists with a stated order are taken out
/// as they are merged.
fn left_over(live: &Value, patch: &Map<String, Value>) -> Map<String, Value> {
    const ORDER: &str = "$setElementOrder/";
    if patch.contains_key("$patch") {
        return patch.clone();
    }
    let ordered: Vec<&str> = patch.keys().filter_map(|key| key.strip_prefix(ORDER)).collect();
    let stays = |key: &str| !key.starts_with(ORDER) && key != "$retainKeys" && !ordered.contains(&key);
    let entries = patch.iter().filter(|(key, _)| stays(key)).map(|(key, value)| {
        let value = match (live.get(key), value) {
            (Some(live @ Value::Object(_)), Value::Object(inner)) => Value::Object(left_over(live, inner)),
            (_, value) => value.clone(),
        };
        (key.clone(), value)
    });
    entries.collect()
}

/// The unknown fields in the order of their texts.
fn unknown_fields(problems: &[Problem]) -> Vec<String> {
    let unknown = problems.iter().filter(|p| matches!(p.kind, ProblemKind::UnknownField { .. }));
    let mut texts: Vec<String> = unknown.map(ToString::to_string).collect();
    texts.order();
    texts
}

fn refused(shown: &str, words: &str) -> Status {
    Status::invalid("", "", &[format!("patch: Invalid value: {shown:?}: {words}")])
}

/// What upstream says of a value in a strategic patch that its field cannot take: that is not read by the JSON
/// decoder (upstream: `fromUnstructured` of `k8s.io/apimachinery/pkg/runtime/converter.go`).
fn conversion_error(problem: &Problem) -> String {
    let ProblemKind::WrongType { expected, found, .. } = &problem.kind else { return problem.to_string() };
    let found = match found.as_str() {
        "array" => "slice",
        "object" => "map",
        "number" => "int64",
        number if number.starts_with("number ") => "float64",
        other => other,
    };
    let target = match expected.as_str() {
        list if list.starts_with("[]") => "slice",
        map if map.starts_with("map[") => "map",
        named if named.contains('.') => "struct",
        scalar => scalar,
    };
    match (found, target) {
        (found, "slice" | "map") => format!("cannot restore {target} from {found}"),
        (found, "struct") => format!("cannot restore struct from: {found}"),
        ("int64", "string") | ("float64", "int32" | "int64") => format!("cannot convert {found} to {target}"),
        _ => format!("unrecognized type: {target}"),
    }
}

/// A write cannot move an object.
pub(crate) fn check_identity(object: &Object, key: &Key) -> StatusResult<()> {
    let meta = object.metadata();
    if meta.namespace != key.namespace {
        let message = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Status::new(Reason::BadRequest, message));
    }
    if meta.name != key.name {
        let message = format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            meta.name, key.name
        );
        return Err(Status::new(Reason::BadRequest, message));
    }
    Ok(())
}
