//! Cells that several kinds share.

use super::human_duration;
use crate::PodSpec;
use orrery_apimachinery::Order;
use orrery_apimachinery::{LabelSelector, Str, StrMap, Time};
use std::collections::BTreeSet;

/// How many addresses and ports a cell names before it only counts.
const NAMED: usize = 3;

/// How long ago `time` was; `<unknown>` when it is not set.
pub fn age(time: Option<Time>, now: Time) -> String {
    time.map_or_else(|| "<unknown>".into(), |time| human_duration(now.0 - time.0))
}

/// The text, or nothing.
pub(super) fn plain(text: &Option<Str>) -> String {
    text.as_deref().unwrap_or_default().into()
}

/// The text, or `absent` when it is empty.
pub(super) fn or<'a>(text: Option<&'a str>, absent: &'a str) -> String {
    text.filter(|t| !t.is_empty()).unwrap_or(absent).into()
}

/// The parts with commas, or `<none>`.
pub(super) fn listed<T: AsRef<str>>(parts: &[T]) -> String {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    or(Some(&parts.join(",")), "<none>")
}

/// The first few parts, and how many more there are.
pub(super) fn shortened(parts: &[String]) -> String {
    match parts.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{} + {more} more...", parts[..NAMED].join(",")),
        _ => parts.join(","),
    }
}

/// The addresses of a load balancer, each once.
pub(super) fn entrances<'a>(addresses: impl Iterator<Item = &'a str>) -> String {
    let addresses: BTreeSet<&str> = addresses.collect();
    addresses.into_iter().collect::<Vec<_>>().join(",")
}

/// The names of a template's containers, and their images.
pub(super) fn containers(spec: &PodSpec) -> [String; 2] {
    let names: Vec<&str> = spec.containers.iter().map(|c| &*c.name).collect();
    let images: Vec<&str> = spec.containers.iter().map(|c| c.image.as_deref().unwrap_or_default()).collect();
    [names.join(","), images.join(",")]
}

/// `app=web,tier=front`, or `<none>`.
pub(super) fn labels(labels: &StrMap) -> String {
    let pairs: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    listed(&pairs)
}

/// A selector as the command line takes it, or `<none>` (upstream: `metav1.FormatLabelSelector`).
pub fn selector(selector: Option<&LabelSelector>) -> String {
    let Some(selector) = selector else { return "<none>".into() };
    let mut parts: Vec<(&str, String)> =
        selector.match_labels.iter().map(|(k, v)| (&**k, format!("{k}={v}"))).collect();
    for requirement in &selector.match_expressions {
        let mut values: Vec<&str> = requirement.values.iter().map(|v| &**v).collect();
        values.order();
        let (key, values) = (&*requirement.key, values.join(","));
        let part = match &*requirement.operator {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.into(),
        };
        parts.push((key, part));
    }
    parts.order_by_key(|(key, _)| *key);
    let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
    listed(&parts)
}

/// `RWO,ROX`: modes in upstream's order, each once.
pub fn access_modes(modes: &[Str]) -> String {
    let short: Vec<&str> = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ]
    .into_iter()
    .filter(|(long, _)| modes.iter().any(|m| &**m == *long))
    .map(|(_, short)| short)
    .collect();
    short.join(",")
}

/// The storage class: the annotation of old, or the field.
pub(super) fn storage_class(annotations: &StrMap, field: &Option<Str>) -> String {
    annotations
        .get("volume.beta.kubernetes.io/storage-class")
        .map_or_else(|| plain(field), ToString::to_string)
}
