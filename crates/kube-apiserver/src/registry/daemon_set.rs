//! DaemonSets count their templates in an annotation, as they once did in a field (upstream:
//! `pkg/registry/apps/daemonset/strategy.go`, `pkg/apis/apps/v1/conversion.go`).

use orrery_api::DaemonSet;

const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

pub(super) fn prepare_create(set: &mut DaemonSet) {
    let given = template_generation(set);
    write(set, given.max(1));
}

/// What the client writes there does not count.
pub(super) fn prepare_update(set: &mut DaemonSet, old: &DaemonSet) {
    let changed = i64::from(set.spec.template != old.spec.template);
    write(set, template_generation(old) + changed);
}

fn template_generation(set: &DaemonSet) -> i64 {
    set.metadata.annotations.get(TEMPLATE_GENERATION).and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn write(set: &mut DaemonSet, generation: i64) {
    set.metadata.annotations.insert(TEMPLATE_GENERATION, generation.to_string());
}
