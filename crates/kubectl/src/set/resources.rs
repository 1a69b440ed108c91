//! `kubectl set resources`.

use crate::command::{Cx, outcome};
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_apimachinery::{Quantity, Value};
use serde_json::{Map, json};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let objects = super::objects(cx, args, &args.words)?;
    let [limits, requests] = ["limits", "requests"].map(|flag| args.flag(flag).unwrap_or_default());
    if limits.is_empty() && requests.is_empty() {
        return Err(Failure::usage(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let amounts = [("limits", amounts(limits)?), ("requests", amounts(requests)?)];
    let pattern = args.flag("containers").unwrap_or("*");
    let mut troubles = Vec::new();
    for object in objects {
        let mut tree = object.to_value();
        let spec = match super::pod_spec(object.kind(), &mut tree) {
            Ok(spec) => spec,
            Err(words) => {
                troubles.push(super::about(&object, &words));
                continue;
            }
        };
        let containers = super::containers(spec, pattern);
        if containers.is_empty() {
            troubles.push(Trouble::Text(format!("error: unable to find container named {pattern}")));
            continue;
        }
        for container in containers {
            set(container, &amounts);
        }
        let words = ["failed to patch resources update to pod template", "resource requirements updated"];
        troubles.extend(super::change(cx, args, &object, &tree, words)?);
    }
    outcome(troubles)
}

fn set(container: &mut Value, amounts: &[(&str, Map<String, Value>)]) {
    for (field, amounts) in amounts.iter().filter(|(_, amounts)| !amounts.is_empty()) {
        if !container["resources"][field].is_object() {
            container["resources"][field] = json!({});
        }
        for (resource, amount) in amounts {
            container["resources"][field][resource] = amount.clone();
        }
    }
}

/// Reads `cpu=100m,memory=64Mi` (upstream: `populateResourceListV1`).
pub(crate) fn amounts(text: &str) -> Result<Map<String, Value>, Failure> {
    let statements = text.split(',').filter(|_| !text.is_empty());
    let amount = |statement: &str| {
        let pair = statement.split_once('=').filter(|(_, amount)| !amount.contains('='));
        let syntax = || format!("Invalid argument syntax {statement}, expected <resource>=<value>");
        let (resource, amount) = pair.ok_or_else(|| Failure::usage(syntax()))?;
        let quantity = Quantity::try_parse(amount).map_err(Failure::usage)?;
        Ok((resource.to_string(), Value::from(quantity.to_string())))
    };
    statements.map(amount).collect()
}
