//! `kubectl config`: the file that says which cluster is meant, as whom, and in which namespace
//! (upstream: `kubectl/pkg/cmd/config`).

use crate::command::Cx;
use crate::printer::{Format, print_tree};
use crate::{Args, Failure, Files, help, tabs};
use orrery_apimachinery::Value;
use orrery_manifest::{Limits, read, to_yaml};
use serde_json::json;

/// Where it lies.
pub const PATH: &str = "/root/.kube/config";

/// The file that the person has, or the one that comes with a cluster.
pub(crate) fn load(files: &dyn Files) -> Value {
    parse(files.read(PATH).as_deref())
}

/// What the file says.
pub(crate) fn parse(text: Option<&str>) -> Value {
    let document = text.and_then(|text| read(text, &Limits::default()).documents.into_iter().next());
    document.map_or_else(
        || {
            json!({
                "apiVersion": "v1",
                "clusters": [{"name": "orrery", "cluster": {"server": "https://127.0.0.1:6443"}}],
                "contexts": [{"name": "orrery", "context": {"cluster": "orrery", "user": "admin"}}],
                "current-context": "orrery",
                "kind": "Config",
                "preferences": {},
                "users": [{"name": "admin", "user": {}}],
            })
        },
        |document| document.value,
    )
}

/// The namespace of a context.
pub(crate) fn namespace(config: &Value, context: Option<&str>) -> Option<String> {
    let name = context.unwrap_or_else(|| current(config));
    let named = find(config, "contexts", name)?;
    let namespace = named["context"]["namespace"].as_str()?;
    (!namespace.is_empty()).then(|| namespace.into())
}

/// Whether there is a context of that name.
pub(crate) fn has_context(config: &Value, name: &str) -> bool {
    find(config, "contexts", name).is_some()
}

/// The names of the clusters, contexts or users.
pub(crate) fn names<'c>(config: &'c Value, field: &str) -> impl Iterator<Item = &'c str> {
    list(config, field).iter().map(name)
}

fn current(config: &Value) -> &str {
    config["current-context"].as_str().unwrap_or_default()
}

fn list<'c>(config: &'c Value, field: &str) -> &'c [Value] {
    config[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn name(entry: &Value) -> &str {
    entry["name"].as_str().unwrap_or_default()
}

fn find<'c>(config: &'c Value, field: &str, wanted: &str) -> Option<&'c Value> {
    list(config, field).iter().find(|entry| name(entry) == wanted)
}

/// Keeps the file as it is now, its entries by name.
fn store(cx: &mut Cx<'_>, mut config: Value) {
    for field in ["clusters", "contexts", "users"] {
        if let Some(entries) = config[field].as_array_mut() {
            entries.sort_by(|a, b| name(a).cmp(name(b)));
        }
    }
    cx.output.files.push((PATH.into(), to_yaml(&config)));
}

/// What a subcommand prints that got the wrong number of words.
fn unexpected(cx: &mut Cx<'_>, args: &Args) -> Failure {
    let words: Vec<&str> = args.command.split(' ').collect();
    match help::print(cx, &words) {
        Ok(()) => Failure::usage(format!("Unexpected args: [{}]", args.words.join(" "))),
        Err(failure) => failure,
    }
}

pub(crate) fn current_context(cx: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    let config = load(cx.files);
    match current(&config) {
        "" => Err(Failure::usage("current-context is not set")),
        name => {
            cx.say(name);
            Ok(())
        }
    }
}

pub(crate) fn get_contexts(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let config = load(cx.files);
    let names_only = match args.flag("output").unwrap_or_default() {
        "" => false,
        "name" => true,
        other => {
            return Err(Failure::usage(format!("output must be one of '' or 'name': {other}")));
        }
    };
    let mut text = match names_only || args.on("no-headers") {
        true => String::new(),
        false => "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n".into(),
    };
    let mut missing = Vec::new();
    let all: Vec<&str> = list(&config, "contexts").iter().map(name).collect();
    let wanted = if args.words.is_empty() { all } else { args.words.iter().map(String::as_str).collect() };
    for wanted in wanted {
        let Some(entry) = find(&config, "contexts", wanted) else {
            missing.push(format!("context {wanted} not found"));
            continue;
        };
        let field = |name: &str| entry["context"][name].as_str().unwrap_or_default();
        let mark = if current(&config) == wanted { "*" } else { "" };
        text += &match names_only {
            true => format!("{wanted}\n"),
            false => {
                format!("{mark}\t{wanted}\t{}\t{}\t{}\n", field("cluster"), field("user"), field("namespace"))
            }
        };
    }
    cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
    match &missing[..] {
        [] => Ok(()),
        [one] => Err(Failure::usage(one.clone())),
        many => Err(Failure::usage(format!("[{}]", many.join(", ")))),
    }
}

/// `get-clusters` and `get-users`.
pub(crate) fn get_names(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let config = load(cx.files);
    cx.say("NAME");
    let field = args.command.trim_start_matches("config get-");
    list(&config, field).iter().for_each(|entry| cx.say(name(entry)));
    Ok(())
}

pub(crate) fn use_context(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [wanted] = &args.words[..] else { return Err(unexpected(cx, args)) };
    let mut config = load(cx.files);
    if !has_context(&config, wanted) {
        return Err(Failure::usage(format!("no context exists with the name: {wanted:?}")));
    }
    config["current-context"] = wanted.as_str().into();
    store(cx, config);
    cx.say(format!("Switched to context {wanted:?}."));
    Ok(())
}

pub(crate) fn set_context(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut config = load(cx.files);
    let wanted = match (&args.words[..], args.on("current")) {
        ([], true) => current(&config).to_owned(),
        ([name], false) => name.clone(),
        ([], false) => {
            return Err(Failure::usage("you must specify a non-empty context name or --current"));
        }
        ([_], true) => return Err(Failure::usage("you cannot specify both a context name and --current")),
        _ => return Err(unexpected(cx, args)),
    };
    if wanted.is_empty() {
        return Err(Failure::usage("no current context is set"));
    }
    let known = set(&mut config, args, ("contexts", "context"), &wanted, &["cluster", "namespace", "user"]);
    store(cx, config);
    cx.say(format!("Context {wanted:?} {}.", if known { "modified" } else { "created" }));
    Ok(())
}

/// `set-cluster` and `set-credentials`.
pub(crate) fn set_entry(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [wanted] = &args.words[..] else { return Err(unexpected(cx, args)) };
    let mut config = load(cx.files);
    let (fields, flags, said): (_, &[&str], _) = match args.command {
        "config set-cluster" => (
            ("clusters", "cluster"),
            &["certificate-authority", "proxy-url", "server", "tls-server-name"],
            "Cluster",
        ),
        _ => (
            ("users", "user"),
            &["client-certificate", "client-key", "password", "token", "username"],
            "User",
        ),
    };
    set(&mut config, args, fields, wanted, flags);
    store(cx, config);
    cx.say(format!("{said} {wanted:?} set."));
    Ok(())
}

/// Sets fields of an entry from the flags of their names; says whether there was one.
fn set(config: &mut Value, args: &Args, (field, inner): (&str, &str), wanted: &str, flags: &[&str]) -> bool {
    let known = find(config, field, wanted).is_some();
    if !config[field].is_array() {
        config[field] = json!([]);
    }
    let Some(entries) = config[field].as_array_mut() else { return known };
    if !known {
        entries.push(json!({"name": wanted, inner: {}}));
    }
    let entry = entries.iter_mut().find(|entry| name(entry) == wanted);
    let Some(content) = entry.and_then(|entry| entry[inner].as_object_mut()) else { return known };
    for flag in flags {
        match args.flag(flag) {
            Some("") => {
                content.remove(*flag);
            }
            Some(value) => {
                content.insert((*flag).into(), value.into());
            }
            None => {}
        }
    }
    known
}

pub(crate) fn rename_context(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [old, new] = &args.words[..] else { return Err(unexpected(cx, args)) };
    let mut config = load(cx.files);
    if !has_context(&config, old) {
        return Err(Failure::usage(format!("cannot rename the context {old:?}, it's not in {PATH}")));
    }
    if has_context(&config, new) {
        return Err(Failure::usage(format!(
            "cannot rename the context {old:?}, the context {new:?} already exists in {PATH}"
        )));
    }
    if current(&config) == old {
        config["current-context"] = new.as_str().into();
    }
    for entry in config["contexts"].as_array_mut().into_iter().flatten() {
        if name(entry) == old {
            entry["name"] = new.as_str().into();
        }
    }
    store(cx, config);
    cx.say(format!("Context {old:?} renamed to {new:?}."));
    Ok(())
}

/// `delete-cluster`, `delete-context` and `delete-user`.
pub(crate) fn delete_entry(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [wanted] = &args.words[..] else { return Err(unexpected(cx, args)) };
    let what = args.command.trim_start_matches("config delete-");
    let field = format!("{what}s");
    let mut config = load(cx.files);
    if find(&config, &field, wanted).is_none() {
        return Err(Failure::usage(format!("cannot delete {what} {wanted}, not in {PATH}")));
    }
    if what == "context" && current(&config) == wanted {
        cx.output.tell("warning: this removed your active context, use \"kubectl config use-context\" to select a different one\n");
    }
    if let Some(entries) = config[&field].as_array_mut() {
        entries.retain(|entry| name(entry) != wanted);
    }
    store(cx, config);
    cx.say(format!("deleted {what} {wanted} from {PATH}"));
    Ok(())
}

/// `set` and `unset`: a property by its path, such as `contexts.o.namespace`.
pub(crate) fn set_property(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let setting = args.command == "config set";
    let (path, value) = match (&args.words[..], setting) {
        ([path, value], true) => (path, Some(value.as_str())),
        ([path], false) => (path, None),
        _ => return Err(unexpected(cx, args)),
    };
    let mut config = load(cx.files);
    let steps: Vec<&str> = path.split('.').collect();
    match &steps[..] {
        ["current-context"] => config["current-context"] = value.unwrap_or_default().into(),
        [field @ ("clusters" | "contexts" | "users"), entry, property] => {
            let inner = field.trim_end_matches('s');
            let entries = config[*field].as_array_mut();
            let found = entries.and_then(|all| all.iter_mut().find(|it| name(it) == *entry));
            if let Some(content) = found.and_then(|it| it[inner].as_object_mut()) {
                match value {
                    Some(value) => content.insert((*property).into(), value.into()),
                    None => content.remove(*property),
                };
            }
        }
        [field @ ("clusters" | "contexts" | "users"), entry] if !setting => {
            if let Some(entries) = config[*field].as_array_mut() {
                entries.retain(|it| name(it) != *entry);
            }
        }
        _ => return Err(Failure::usage(format!("unable to parse path {path:?} at {:?}", steps[0]))),
    }
    store(cx, config);
    cx.say(format!("Property {path:?} {}.", if setting { "set" } else { "unset" }));
    Ok(())
}

pub(crate) fn view(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if !args.words.is_empty() {
        return Err(crate::create::usage(args, &format!("unexpected arguments: [{}]", args.words.join(" "))));
    }
    let mut config = load(cx.files);
    if args.on("minify") {
        let context = current(&config).to_owned();
        let entry = find(&config, "contexts", &context).cloned().unwrap_or_default();
        for (field, wanted) in [
            ("contexts", context.as_str()),
            ("clusters", entry["context"]["cluster"].as_str().unwrap_or_default()),
            ("users", entry["context"]["user"].as_str().unwrap_or_default()),
        ] {
            if let Some(entries) = config[field].as_array_mut() {
                entries.retain(|it| name(it) == wanted);
            }
        }
    }
    if !args.on("raw") {
        for user in config["users"].as_array_mut().into_iter().flatten() {
            for (secret, shown) in
                [("token", "REDACTED"), ("password", "REDACTED"), ("client-key-data", "DATA+OMITTED")]
            {
                if user["user"].get(secret).is_some() {
                    user["user"][secret] = shown.into();
                }
            }
        }
    }
    let format = match Format::parse(cx, args)? {
        Format::Human { .. } => Format::Yaml,
        format => format,
    };
    print_tree(cx, &format, &config)
}
