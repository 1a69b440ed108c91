//! `kubectl get cronjobs`.

use super::{Column, Printed, age, narrow, text, wide};
use crate::CronJob;
use orrery_apimachinery::Time;

impl Printed for CronJob {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("SCHEDULE"),
        narrow("TIMEZONE"),
        narrow("SUSPEND"),
        narrow("ACTIVE"),
        narrow("LAST SCHEDULE"),
        narrow("AGE"),
        wide("CONTAINERS"),
        wide("IMAGES"),
        wide("SELECTOR"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec, status) = (&self.metadata, &self.spec, &self.status);
        let job = &spec.job_template.spec;
        let [containers, images] = text::containers(&job.template.spec);
        let last = status.last_schedule_time;
        vec![
            meta.name.to_string(),
            spec.schedule.to_string(),
            spec.time_zone.as_deref().unwrap_or("<none>").into(),
            if spec.suspend == Some(true) { "True" } else { "False" }.into(),
            status.active.len().to_string(),
            if last.is_some() { age(last, now) } else { "<none>".into() },
            age(meta.creation_timestamp, now),
            containers,
            images,
            text::selector(job.selector.as_ref()),
        ]
    }
}
