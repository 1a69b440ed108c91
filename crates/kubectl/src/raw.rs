//! `--raw`: one request to an address of the server, whose answer is printed as it comes
//! (upstream: `kubectl/pkg/rawhttp`).

use crate::command::{Cx, decode};
use crate::json::compact_typed;
use crate::printer::shown;
use crate::{Args, Failure, discovery, server};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Reason, Status, Str, Value, labels};
use orrery_apiserver::{DeleteOptions, FieldSelector, Key, ListOptions};
use serde_json::json;

/// What is asked of an address.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// What an address leads to.
struct Address {
    kind: Kind,
    version: String,
    namespace: Option<Str>,
    name: Str,
    part: String,
}

/// The address that a command line names with `--raw`.
pub(crate) fn path(args: &Args) -> Option<&str> {
    args.flag("raw").filter(|path| !path.is_empty())
}

/// Sends the request, with the file of `-f` as its body.
pub(crate) fn request(cx: &mut Cx<'_>, args: &Args, method: Method, path: &str) -> Result<(), Failure> {
    let name = args.all("filename").first();
    let body = name.map(|name| cx.read(name)).transpose()?.unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if !path.starts_with('/') {
        return Err(Failure::usage(format!(
            "--raw must be a valid URL path: parse {path:?}: invalid URI for request"
        )));
    }
    if method == Method::Get && (of_server(cx, path, query)? || discovery::tell(cx, path)) {
        return Ok(());
    }
    let address = address(cx, path).ok_or_else(missing)?;
    if method == Method::Post && address.kind == Kind::Pod && address.part == "eviction" {
        return evict(cx, &address, &body);
    }
    let tree = match (method, &*address.name) {
        (Method::Get, "") => list(cx, args, &address, query)?,
        (Method::Get, _) if address.part == "log" => return log(cx, &address, query),
        (Method::Get, _) => read(cx, args, &address)?,
        (Method::Post, "") => {
            let (tree, key) = sent(&address, &body)?;
            let object = decode(&key, &tree)?;
            let object = cx.send(|api, request| api.create(request, object))?;
            told(cx, args, &address, &object)
        }
        (Method::Put, name) if !name.is_empty() => {
            let (tree, key) = sent(&address, &body)?;
            let object = match &*address.part {
                "" => cx.replace(&key, &tree)?,
                part => crate::replace::replace_part(cx, &key, &tree, part)?,
            };
            told(cx, args, &address, &object)
        }
        (Method::Delete, name) if !name.is_empty() => {
            let key = key(&address);
            let object = cx.send(|api, request| api.delete(request, &key, &DeleteOptions::default()))?;
            match cx.get(&key) {
                Ok(_) => told(cx, args, &address, &object),
                Err(_) => gone(&address, &object),
            }
        }
        _ => return Err(missing()),
    };
    cx.say(compact_typed(&tree));
    Ok(())
}

/// Tells what the server says of itself; false where the address leads elsewhere.
fn of_server(cx: &mut Cx<'_>, path: &str, query: &str) -> Result<bool, Failure> {
    match path.trim_end_matches('/') {
        "/version" => cx.output.stdout += &server::build(""),
        "/healthz" | "/livez" | "/readyz" => cx.output.stdout += &health(&path[1..], query),
        "/openapi/v2" | "/openapi/v3" => {
            let text = "the description of the API is too large to be here whole; 'kubectl explain' shows it field by field";
            return Err(Failure::usage(text));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Which checks passed; those of a server that answers have.
fn health(name: &str, query: &str) -> String {
    if !query.split('&').any(|word| word.split('=').next() == Some("verbose")) {
        return "ok".into();
    }
    let checks = match name {
        "readyz" => "ping log etcd etcd-readiness informer-sync shutdown",
        _ => "ping log etcd",
    };
    let mut text = String::new();
    for check in checks.split(' ') {
        text += &["[+]", check, " ok\n"].concat();
    }
    text + name + " check passed\n"
}

/// Posts the body of an eviction.
fn evict(cx: &mut Cx<'_>, address: &Address, body: &str) -> Result<(), Failure> {
    let tree: Value = serde_json::from_str(body).unwrap_or_default();
    let grace_period_seconds = tree["deleteOptions"]["gracePeriodSeconds"].as_i64();
    let options = DeleteOptions { grace_period_seconds, ..Default::default() };
    let key = key(address);
    cx.send(|api, request| api.evict(request, &key.namespace, &key.name, &options))?;
    cx.say(r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}"#);
    Ok(())
}

/// What the server says of an object that is gone at once.
fn gone(address: &Address, object: &Object) -> Value {
    let kind = address.kind;
    let mut details = json!({"name": address.name, "kind": kind.plural(), "uid": object.metadata().uid});
    if !kind.group().is_empty() {
        details["group"] = kind.group().into();
    }
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
}

fn missing() -> Failure {
    Status::new(Reason::NotFound, "the server could not find the requested resource").into()
}

/// Reads `/apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCE/NAME/PART`.
fn address(cx: &Cx<'_>, path: &str) -> Option<Address> {
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    let (version, words) = match &words[..] {
        ["api", version, rest @ ..] => ((*version).to_owned(), rest),
        ["apis", group, version, rest @ ..] => ([*group, "/", version].concat(), rest),
        _ => return None,
    };
    let (namespace, words) = match words {
        ["namespaces", namespace, rest @ ..]
            if rest.first().is_some_and(|word| !["status", "finalize"].contains(word)) =>
        {
            (Some(Str::from(*namespace)), rest)
        }
        words => (None, words),
    };
    let (resource, words) = words.split_first()?;
    let is_meant = |kind: &Kind| kind.plural() == *resource && kind.is_served_as(&version, kind.name());
    let kind = cx.api().kinds().find(is_meant)?;
    if namespace.is_some() != kind.namespaced() && (namespace.is_some() || !words.is_empty()) {
        return None;
    }
    let name = words.first().copied().unwrap_or_default().into();
    Some(Address { kind, version, namespace, name, part: words.get(1..).unwrap_or_default().join("/") })
}

fn key(address: &Address) -> Key {
    let namespace = address.namespace.clone().unwrap_or_else(|| "".into());
    Key::new(address.kind, namespace, address.name.clone())
}

/// The object that is sent, and where it belongs.
fn sent(address: &Address, body: &str) -> Result<(Value, Key), Failure> {
    let refused = |text: String| Failure::from(Status::new(Reason::BadRequest, text));
    let tree: Value = serde_json::from_str(body).map_err(|error| refused(error.to_string()))?;
    let named = tree["metadata"]["name"].as_str().unwrap_or_default();
    let name = if address.name.is_empty() { named.into() } else { address.name.clone() };
    let namespace = address.namespace.clone().unwrap_or_else(|| "".into());
    let key = Key::new(address.kind, namespace, name);
    Ok((tree, key))
}

fn told(cx: &Cx<'_>, args: &Args, address: &Address, object: &Object) -> Value {
    match address.version == address.kind.api_version() {
        true => shown(cx.api(), object, args),
        false => cx.api().served(object).to_value_in(&address.version),
    }
}

fn read(cx: &Cx<'_>, args: &Args, address: &Address) -> Result<Value, Failure> {
    let object = cx.get(&key(address))?;
    match &*address.part {
        "" | "status" => Ok(told(cx, args, address, &object)),
        "scale" => Ok(crate::get::scale_tree(&cx.api().read_scale(&key(address))?, &object)),
        _ => Err(missing()),
    }
}

fn list(cx: &Cx<'_>, args: &Args, address: &Address, query: &str) -> Result<Value, Failure> {
    let parameter = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        pair.unwrap_or_default().replace("%3D", "=").replace("%2C", ",")
    };
    let refused = |text: String| Failure::from(Status::new(Reason::BadRequest, text));
    let options = ListOptions {
        namespace: address.namespace.clone(),
        labels: labels::parse(&parameter("labelSelector")).map_err(refused)?,
        fields: FieldSelector::parse(address.kind, &parameter("fieldSelector")).map_err(refused)?,
        limit: parameter("limit").parse().ok(),
        continue_token: Some(parameter("continue")).filter(|token| !token.is_empty()),
    };
    let page = cx.api().list_page(address.kind, &options)?;
    let mut metadata = json!({"resourceVersion": page.revision.to_string()});
    if let Some(token) = page.continue_token {
        metadata["continue"] = token.into();
    }
    if let Some(count) = page.remaining {
        metadata["remainingItemCount"] = count.into();
    }
    let item = |object: &Object| {
        let mut tree = told(cx, args, address, object);
        if let (Some(fields), false) = (tree.as_object_mut(), matches!(address.kind, Kind::Custom(_))) {
            fields.retain(|name, _| name != "apiVersion" && name != "kind");
        }
        tree
    };
    let items: Vec<Value> = page.items.iter().map(item).collect();
    let kind = [address.kind.name(), "List"].concat();
    Ok(json!({"apiVersion": address.version, "kind": kind, "metadata": metadata, "items": items}))
}

fn log(cx: &mut Cx<'_>, address: &Address, query: &str) -> Result<(), Failure> {
    let container = query.split('&').find_map(|pair| pair.strip_prefix("container="));
    let key = key(address);
    let lines = cx.session.logs(&key.namespace, &key.name, container.unwrap_or_default(), false)?;
    lines.iter().for_each(|line| cx.say(&line.text));
    Ok(())
}
