//! `kubectl expose`.

use crate::command::{Cx, outcome};
use crate::create::{finish, int_or_string};
use crate::trouble::Trouble;
use crate::{Args, Failure, overrides, target};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;
use serde_json::{Map, json};

/// The longest name of a Service.
const NAME_LENGTH: usize = 63;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut troubles = Vec::new();
    for object in target::visit(cx, args, &args.words)? {
        match object.and_then(|object| service(args, &object).map_err(Trouble::Text)) {
            Ok(tree) => {
                let tree = overrides::apply(args, Kind::Service, tree)?;
                finish(cx, args, &tree, None, "exposed")?;
            }
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

fn service(args: &Args, object: &Object) -> Result<Value, String> {
    let tree = object.to_value();
    let kind = object.kind();
    if !["ReplicationController", "Service", "Pod", "Deployment", "ReplicaSet"].contains(&kind.name()) {
        return Err(format!("cannot expose a {}", kind.qualified_name()));
    }
    let selector = match args.flag("selector").filter(|text| !text.is_empty()) {
        Some(text) => pairs(text)?,
        None => selector(object, &tree)
            .map_err(|e| format!("couldn't retrieve selectors via --selector flag or introspection: {e}"))?,
    };
    let labels = match args.flag("labels").filter(|text| !text.is_empty()) {
        Some(text) => pairs(text)?,
        None => map(&tree["metadata"]["labels"]),
    };
    let name = object.metadata().name.get(..NAME_LENGTH).unwrap_or(&object.metadata().name);
    let name = args.flag("name").filter(|name| !name.is_empty()).unwrap_or(name);
    let mut spec =
        Map::from_iter([("selector".into(), selector.into()), ("ports".into(), ports(args, object, &tree)?)]);
    for (flag, field) in [
        ("type", "type"),
        ("load-balancer-ip", "loadBalancerIP"),
        ("session-affinity", "sessionAffinity"),
        ("cluster-ip", "clusterIP"),
    ] {
        spec.extend(args.flag(flag).map(|value| (field.to_string(), Value::from(value))));
    }
    spec.extend(args.flag("external-ip").map(|ip| ("externalIPs".to_string(), json!([ip]))));
    let metadata = json!({"name": name, "labels": labels});
    Ok(json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}))
}

/// Reads `a=b,c=d`.
pub(crate) fn pairs(text: &str) -> Result<Map<String, Value>, String> {
    let pair = |text: &str| match text.split('=').collect::<Vec<_>>()[..] {
        ["", _] => Err("unexpected empty label key".to_string()),
        [key, value] => Ok((key.to_string(), Value::from(value))),
        _ => Err(format!("unexpected label spec: {text}")),
    };
    text.split(',').map(pair).collect()
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The labels by which the object finds its pods.
fn selector(object: &Object, tree: &Value) -> Result<Map<String, Value>, String> {
    let spec = &tree["spec"];
    let (labels, missing) = match object {
        Object::Pod(_) => {
            (&tree["metadata"]["labels"], "the pod has no labels and cannot be exposed".to_string())
        }
        Object::Service(_) => (&spec["selector"], "the service has no pod selector set".into()),
        Object::Deployment(_) | Object::ReplicaSet(_) => {
            if let Some(expressions) = spec["selector"]["matchExpressions"].as_array() {
                let shown = orrery_apimachinery::gofmt::list(expressions);
                return Err(format!(
                    "couldn't convert expressions - \"{shown}\" to map-based selector format"
                ));
            }
            let kind = object.kind().singular();
            (
                &spec["selector"]["matchLabels"],
                format!("invalid {kind}: no selectors, therefore cannot be exposed"),
            )
        }
        _ => (&spec["selector"], String::new()),
    };
    let labels = map(labels);
    if labels.is_empty() && !missing.is_empty() { Err(missing) } else { Ok(labels) }
}

/// A port that the object says it has, with its protocol.
type Port = (String, String);

/// The ports that the object declares.
fn declared(object: &Object, tree: &Value) -> Vec<Port> {
    let port = |port: &Value, field: &str| {
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        (port[field].to_string(), protocol.to_string())
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    if matches!(object, Object::Service(_)) {
        return list(&tree["spec"]["ports"]).iter().map(|p| port(p, "port")).collect();
    }
    let pod = tree.pointer("/spec/template/spec").unwrap_or(&tree["spec"]);
    let containers = list(&pod["containers"]);
    containers.iter().flat_map(|c| list(&c["ports"])).map(|p| port(&p, "containerPort")).collect()
}

fn ports(args: &Args, object: &Object, tree: &Value) -> Result<Value, String> {
    let declared = declared(object, tree);
    let mut numbers: Vec<&str> = Vec::new();
    let given = args.flag("port").filter(|port| !port.is_empty());
    let own = declared.iter().map(|(number, _)| number.as_str()).filter(|_| given.is_none());
    for number in given.into_iter().flat_map(|port| port.split(',')).chain(own) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    if numbers.is_empty() && args.flag("cluster-ip") != Some("None") {
        return Err("couldn't find port via --port flag or introspection".into());
    }
    let mut ports = Vec::new();
    for (index, text) in numbers.iter().enumerate() {
        let number: i32 =
            text.parse().map_err(|_| format!("strconv.Atoi: parsing {text:?}: invalid syntax"))?;
        let target = args.flag("target-port").map_or(Value::from(number), int_or_string);
        let mut protocols: Vec<&str> =
            declared.iter().filter(|(declared, _)| declared == text).map(|(_, p)| p.as_str()).collect();
        if let Some(protocol) = args.flag("protocol") {
            protocols = vec![protocol];
        } else if protocols.is_empty() {
            protocols = vec!["TCP"];
        }
        for protocol in &protocols {
            let mut port = json!({"port": number, "protocol": protocol, "targetPort": target});
            if protocols.len() > 1 {
                port["name"] = format!("port-{}-{}", index + 1, protocol.to_lowercase()).into();
            } else if numbers.len() > 1 {
                port["name"] = format!("port-{}", index + 1).into();
            }
            ports.push(port);
        }
    }
    Ok(ports.into())
}
