//! StatefulSets lose a field whose feature is off in 1.32 (upstream: `pkg/registry/apps/statefulset/strategy.go`,
//! `dropStatefulSetDisabledFields`).

use orrery_api::StatefulSet;

pub(super) fn drop_disabled(set: &mut StatefulSet) {
    if let Some(rolling) = &mut set.spec.update_strategy.rolling_update {
        rolling.max_unavailable = None;
    }
}
