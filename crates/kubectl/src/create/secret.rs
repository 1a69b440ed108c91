//! `kubectl create secret generic`, `docker-registry` and `tls`.

use super::config_map::sources;
use super::{finish, name};
use crate::command::Cx;
use crate::json::compact;
use crate::{Args, Failure};
use orrery_api::{Bytes, config_key};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;
use serde_json::{Map, json};

/// Where the data of a registry's secret stands.
const DOCKER_CONFIG: &str = ".dockerconfigjson";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let data = read(cx, args)?;
    create(cx, args, name, data, args.flag("type").unwrap_or_default())
}

/// `docker-registry`: what a container engine needs to log in.
pub(crate) fn docker_registry(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let given = |flag: &str| args.flag(flag).unwrap_or_default();
    let data = if args.flag("from-file").is_some() {
        read(cx, args)?
    } else {
        let (user, password) = (given("docker-username"), given("docker-password"));
        let server = args.flag("docker-server").unwrap_or("https://index.docker.io/v1/");
        if user.is_empty() || password.is_empty() || server.is_empty() {
            return Err(Failure::usage(
                "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
            ));
        }
        let auth = encode(&Bytes::from(&format!("{user}:{password}")));
        // In the order of upstream's fields.
        let mut fields = vec![("username", user.into()), ("password", password.into())];
        fields.extend(
            args.flag("docker-email").filter(|email| !email.is_empty()).map(|it| ("email", it.into())),
        );
        fields.push(("auth", auth));
        let fields: Vec<String> =
            fields.iter().map(|(key, value): &(&str, Value)| format!("{key:?}:{}", compact(value))).collect();
        let text = format!("{{\"auths\":{{{}:{{{}}}}}}}", compact(&server.into()), fields.join(","));
        Map::from_iter([(DOCKER_CONFIG.to_owned(), encode(&Bytes::from(&text)))])
    };
    create(cx, args, name, data, "kubernetes.io/dockerconfigjson")
}

/// `tls`: a certificate and its key. What is in them is not looked at.
pub(crate) fn tls(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let [cert, key] = ["cert", "key"].map(|flag| args.flag(flag).unwrap_or_default());
    if cert.is_empty() || key.is_empty() {
        return Err(Failure::usage("key and cert must be specified"));
    }
    let mut data = Map::new();
    for (field, file) in [("tls.crt", cert), ("tls.key", key)] {
        let missing =
            || Failure::usage(format!("Cannot read file {file}, open {file}: no such file or directory"));
        let text = cx.files.read(file).ok_or_else(missing)?;
        if !text.contains("-----BEGIN ") {
            let what = if field == "tls.crt" { "certificate" } else { "key" };
            return Err(Failure::usage(format!("tls: failed to find any PEM data in {what} input")));
        }
        data.insert(field.into(), encode(&Bytes::from(text.as_str())));
    }
    create(cx, args, name, data, "kubernetes.io/tls")
}

fn read(cx: &Cx<'_>, args: &Args) -> Result<Map<String, Value>, Failure> {
    let mut data = Map::new();
    for (key, value) in sources(cx, args)? {
        let docker = args.command.ends_with("docker-registry")
            && args.all("from-file").iter().all(|source| !source.contains('='));
        let key = if docker { DOCKER_CONFIG.to_owned() } else { key };
        let reasons = config_key(&key);
        if !reasons.is_empty() {
            let reasons = reasons.join(";");
            return Err(Failure::usage(format!("{key:?} is not valid key name for a Secret {reasons}")));
        }
        if data.contains_key(&key) {
            let refusal = format!("cannot add key {key}, another key by that name already exists");
            return Err(Failure::usage(refusal));
        }
        data.insert(key, encode(&Bytes::from(value.as_str())));
    }
    Ok(data)
}

fn create(
    cx: &mut Cx<'_>,
    args: &Args,
    name: &str,
    data: Map<String, Value>,
    kind: &str,
) -> Result<(), Failure> {
    let tree =
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data, "type": kind});
    finish(cx, args, &tree, Some("secret"), "created")
}
