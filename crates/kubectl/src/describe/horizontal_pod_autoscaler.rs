//! A HorizontalPodAutoscaler: what it measures, and what it may do.

use super::Story;
use super::story::{at, list, shown};
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\nCreationTimestamp:\t{metadata.creationTimestamp}
Reference:\t{spec.scaleTargetRef.kind}/{spec.scaleTargetRef.name}\nMetrics:\t( current / target )",
    );
    let current = list(&tree["status"]["currentMetrics"]);
    for (nth, metric) in list(&tree["spec"]["metrics"]).iter().enumerate() {
        story.line(1, &told(metric, current.get(nth).unwrap_or(&Value::Null)));
    }
    story.tell(tree, "Min replicas:\t{spec.minReplicas?<unset>}\nMax replicas:\t{#spec.maxReplicas}");
    if let Some(behavior) = tree["spec"].get("behavior") {
        story.line(0, "Behavior:");
        direction(story, "Scale Up:", &behavior["scaleUp"]);
        direction(story, "Scale Down:", &behavior["scaleDown"]);
    }
    story.tell(
        tree,
        "{spec.scaleTargetRef.kind} pods:\t{#status.currentReplicas} current / {#status.desiredReplicas} desired",
    );
    story.table(
        "Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------",
        &tree["status"]["conditions"],
        "  {type}\t{status}\t{reason}\t{message}",
    );
}

fn direction(story: &mut Story, title: &str, rules: &Value) {
    if rules.is_null() {
        return;
    }
    story.line(1, title);
    story.tell(rules, "?    Stabilization Window: {stabilizationWindowSeconds} seconds");
    story.table(
        &["    Select Policy: ", rules["selectPolicy"].as_str().unwrap_or("Max"), "\n    Policies:"].concat(),
        &rules["policies"],
        "      - Type: {type}\tValue: {value}\tPeriod: {periodSeconds} seconds",
    );
}

/// What is measured, what it is now, and what it should be.
fn told(metric: &Value, now: &Value) -> String {
    let type_ = metric["type"].as_str().unwrap_or_default();
    // The field of a type is its name with a small letter.
    let field = [&type_[..type_.len().min(1)].to_lowercase(), type_.get(1..).unwrap_or_default()].concat();
    let (source, now) = (&metric[&*field], now.get(&*field).map(|now| &now["current"]));
    let name = shown(at(source, "metric.name"));
    let (target, resource) = (&source["target"], shown(&source["name"]));
    let mut average = target.get("averageValue").is_some();
    let subject = match type_ {
        "External" if average => format!("{name:?} (target average value)"),
        "External" => format!("{name:?} (target value)"),
        "Pods" => {
            average = true;
            format!("{name:?} on pods")
        }
        "Object" => {
            let object =
                [shown(at(source, "describedObject.kind")), shown(at(source, "describedObject.name"))];
            average = target["type"] == "AverageValue";
            let goal = if average { "average value" } else { "value" };
            format!("\"{name}\" on {} (target {goal})", object.join("/"))
        }
        "Resource" => format!("resource {resource} on pods"),
        "ContainerResource" => {
            format!("resource {resource} of container \"{}\" on pods", shown(&source["container"]))
        }
        other => return format!("<unknown metric type {other:?}>"),
    };
    if matches!(type_, "Resource" | "ContainerResource") && !average {
        let utilization = |of: &Value| of["averageUtilization"].as_i64();
        let percent = now.and_then(|now| Some((utilization(now)?, amount(now, "averageValue"))));
        let now =
            percent.map_or_else(|| "<unknown>".into(), |(percent, amount)| format!("{percent}% ({amount})"));
        let goal = utilization(target).map_or_else(|| "<auto>".into(), |goal| format!("{goal}%"));
        return format!("{subject}  (as a percentage of request):\t{now} / {goal}");
    }
    let value = if average { "averageValue" } else { "value" };
    let known = now.filter(|now| type_ != "External" || !average || now.get(value).is_some());
    let now = known.map_or_else(|| "<unknown>".into(), |now| amount(now, value));
    format!("{subject}:\t{now} / {}", amount(target, value))
}

/// An amount, as Go prints one that may not be there.
fn amount(of: &Value, field: &str) -> String {
    of.get(field).map_or_else(|| "<nil>".into(), shown)
}
