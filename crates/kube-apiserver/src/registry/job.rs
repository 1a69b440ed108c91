//! Jobs are told from each other by labels with their uid, which the server makes (upstream:
//! `pkg/registry/batch/job/strategy.go`).

use orrery_api::Job;
use orrery_api::job::{CONTROLLER_UID, JOB_NAME, LEGACY_CONTROLLER_UID, LEGACY_JOB_NAME};
use std::rc::Rc;

pub(super) fn prepare_create(job: &mut Job) {
    if job.spec.manual_selector == Some(true) {
        return;
    }
    let (meta, template) = (&mut job.metadata, Rc::make_mut(&mut job.spec.template));
    let labels = &mut template.metadata.labels;
    // Without labels of its own a job has those of its template, also the generated ones.
    let shares_labels = meta.labels.is_empty() || meta.labels.same(labels);
    for (key, value) in [
        (LEGACY_JOB_NAME, &meta.name),
        (JOB_NAME, &meta.name),
        (LEGACY_CONTROLLER_UID, &meta.uid),
        (CONTROLLER_UID, &meta.uid),
    ] {
        // A label that a person gave stays, to be refused if it is another.
        if !labels.contains_key(key) {
            labels.insert(key, value.clone());
        }
    }
    if shares_labels {
        meta.labels = labels.clone();
    }
    let selected = &mut job.spec.selector.get_or_insert_default().match_labels;
    if !selected.contains_key(CONTROLLER_UID) {
        selected.insert(CONTROLLER_UID, meta.uid.clone());
    }
}
