//! `kubectl create secret generic`.

use super::config_map::sources;
use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_api::{Bytes, config_key};
use orrery_apimachinery::decode::encode;
use serde_json::{Map, json};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let mut data = Map::new();
    for (key, value) in sources(cx, args)? {
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
    let kind = args.flag("type").unwrap_or_default();
    let tree =
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data, "type": kind});
    finish(cx, args, &tree, Some("secret"), "created")
}
