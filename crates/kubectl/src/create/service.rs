//! `kubectl create service clusterip`, `nodeport`, `loadbalancer` and `externalname`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::{Map, json};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let kind = match args.command.rsplit(' ').next() {
        Some("clusterip") => "ClusterIP",
        Some("nodeport") => "NodePort",
        Some("loadbalancer") => "LoadBalancer",
        _ => "ExternalName",
    };
    let external = args.flag("external-name");
    if kind == "ExternalName" && external.is_none() {
        return Err(Failure::required("\"external-name\""));
    }
    let (name, _) = name(args)?;
    let headless = args.flag("clusterip") == Some("None");
    if !headless && args.all("tcp").is_empty() && kind != "ExternalName" {
        return Err(Failure::usage("at least one tcp port specifier must be provided"));
    }
    let mut spec = Map::from_iter([
        ("type".to_string(), Value::from(kind)),
        ("selector".to_string(), json!({"app": name})),
        ("ports".to_string(), ports(args)?),
    ]);
    spec.extend(external.map(|external| ("externalName".to_string(), Value::from(external))));
    spec.extend(args.flag("clusterip").map(|ip| ("clusterIP".to_string(), Value::from(ip))));
    let metadata = json!({"name": name, "labels": {"app": name}});
    let tree = json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec});
    finish(cx, args, &tree, Some(&format!("{kind} service:")), "created")
}

fn ports(args: &Args) -> Result<Value, Failure> {
    let port = |text: &&str| {
        let (port, target) = text.split_once(':').unwrap_or((text, text));
        let port: u16 = port
            .parse()
            .map_err(|_| Failure::usage(format!("strconv.ParseUint: parsing {port:?}: invalid syntax")))?;
        let mut tree = json!({
            "name": text.replace(':', "-"),
            "port": port,
            "targetPort": super::int_or_string(target),
            "protocol": "TCP",
        });
        if let Some(node_port) = args.number("node-port").filter(|port| *port != 0) {
            tree["nodePort"] = node_port.into();
        }
        Ok(tree)
    };
    args.list("tcp").iter().map(port).collect()
}
