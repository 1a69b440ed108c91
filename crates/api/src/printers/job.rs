//! `kubectl get jobs`.

use super::{Column, Printed, age, human_duration, narrow, text, wide};
use crate::Job;
use orrery_apimachinery::Time;

impl Printed for Job {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("STATUS"),
        narrow("COMPLETIONS"),
        narrow("DURATION"),
        narrow("AGE"),
        wide("CONTAINERS"),
        wide("IMAGES"),
        wide("SELECTOR"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec, status) = (&self.metadata, &self.spec, &self.status);
        let [containers, images] = text::containers(&spec.template.spec);
        let took = |start: Time| human_duration(status.completion_time.unwrap_or(now).0 - start.0);
        vec![
            meta.name.to_string(),
            job_status(self).into(),
            completions(self),
            status.start_time.map_or_else(String::new, took),
            age(meta.creation_timestamp, now),
            containers,
            images,
            text::selector(spec.selector.as_ref()),
        ]
    }
}

fn job_status(job: &Job) -> &'static str {
    let conditions = &job.status.conditions;
    let is =
        |type_: &str| conditions.iter().find(|c| &*c.type_ == type_).is_some_and(|c| &*c.status == "True");
    let terminating = job.metadata.terminating();
    let all = [
        (is("Complete"), "Complete"),
        (is("Failed"), "Failed"),
        (terminating, "Terminating"),
        (is("Suspended"), "Suspended"),
        (is("FailureTarget"), "FailureTarget"),
    ];
    all.into_iter().find(|(is, _)| *is).map_or("Running", |(_, status)| status)
}

fn completions(job: &Job) -> String {
    let succeeded = job.status.succeeded;
    match (job.spec.completions, job.spec.parallelism) {
        (Some(completions), _) => format!("{succeeded}/{completions}"),
        (None, Some(parallelism @ 2..)) => format!("{succeeded}/1 of {parallelism}"),
        _ => format!("{succeeded}/1"),
    }
}
