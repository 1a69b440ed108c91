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
    let (source, current) = (&metric[&*field], &now[&*field]["current"]);
    let name = shown(at(source, "metric.name"));
    let (target, resource) = (&source["target"], shown(&source["name"]));
    let average = target.get("averageValue").is_some();
    let subject = match type_ {
        "External" if average => format!("{name:?} (target average value)"),
        "External" => format!("{name:?} (target value)"),
        "Pods" => format!("{name:?} on pods"),
        "Object" => {
            let object =
                [shown(at(source, "describedObject.kind")), shown(at(source, "describedObject.name"))];
            let average = if target["type"] == "AverageValue" { "average " } else { "" };
            format!("{name:?} on {} (target {average}value)", object.join("/"))
        }
        "Resource" if average => format!("resource {resource} on pods"),
        "Resource" => format!("resource {resource} on pods  (as a percentage of request)"),
        "ContainerResource" => {
            let container = shown(&source["container"]);
            let percentage = if average { "" } else { "  (as a percentage of request)" };
            format!("resource {resource} of container {container:?} on pods{percentage}")
        }
        other => return format!("<unknown metric type {other:?}>"),
    };
    let relative = matches!(type_, "Resource" | "ContainerResource") && !average;
    let value = |of: &Value| ["averageValue", "value"].iter().map(|f| shown(&of[*f])).find(|v| !v.is_empty());
    let (now, goal) = if relative {
        let percent = |of: &Value| of["averageUtilization"].as_i64();
        (
            percent(current).map(|now| format!("{now}% ({})", value(current).unwrap_or_default())),
            percent(target).map_or_else(|| "<auto>".into(), |goal| format!("{goal}%")),
        )
    } else {
        (value(current), value(target).unwrap_or_default())
    };
    format!("{subject}:\t{} / {goal}", now.as_deref().unwrap_or("<unknown>"))
}
