//! CronJobs: a Job whenever it is time.

use crate::cron_schedule::{CronSchedule, load_zone};
use crate::defaults::{self, fill};
use crate::job::JobSpec;
use crate::reference::ObjectReference;
use crate::rules::Rules;
use crate::validation::{Errors, Path, job_spec};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, Time};

/// Jobs may run beside each other.
pub const ALLOW: &str = "Allow";
/// A run is left out while the last one goes on.
pub const FORBID: &str = "Forbid";
/// A run ends the last one.
pub const REPLACE: &str = "Replace";

/// The jobs are called after their CronJob and the minute, and their pods after them.
const NAME_LENGTH: usize = 52;
const PLACE_LENGTH: usize = 14;

/// A Job whenever it is time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CronJob {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: CronJobSpec,
    /// What is known of it.
    pub status: CronJobStatus,
}

/// Which jobs there are to be, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CronJobSpec {
    /// When, as cron writes it.
    pub schedule: Str,
    /// The time zone of the schedule, if it is not the controller's.
    #[json(omitempty)]
    pub time_zone: Option<Str>,
    /// How late a job may start.
    #[json(omitempty)]
    pub starting_deadline_seconds: Option<i64>,
    /// What happens while the last job goes on: `Allow`, `Forbid` or `Replace`.
    #[json(text)]
    pub concurrency_policy: Option<Str>,
    /// Whether no jobs are to start for now.
    #[json(omitempty)]
    pub suspend: Option<bool>,
    /// What the jobs look like.
    pub job_template: JobTemplateSpec,
    /// How many successful jobs are kept.
    #[json(omitempty)]
    pub successful_jobs_history_limit: Option<i32>,
    /// How many failed jobs are kept.
    #[json(omitempty)]
    pub failed_jobs_history_limit: Option<i32>,
}

/// What the jobs of a CronJob look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct JobTemplateSpec {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: JobSpec,
}

/// What runs, and when it last did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CronJobStatus {
    /// The jobs that go on.
    #[json(omitempty)]
    pub active: Vec<ObjectReference>,
    /// When a job was last started.
    #[json(omitempty)]
    pub last_schedule_time: Option<Time>,
    /// When a job last succeeded.
    #[json(omitempty)]
    pub last_successful_time: Option<Time>,
}

impl Rules for CronJob {
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        fill(&mut spec.concurrency_policy, ALLOW);
        spec.suspend.get_or_insert(false);
        spec.successful_jobs_history_limit.get_or_insert(3);
        spec.failed_jobs_history_limit.get_or_insert(1);
        defaults::template(&mut spec.job_template.spec.template);
    }

    fn check(&self, errors: &mut Errors) {
        check_spec(&self.spec, None, errors);
        let name = &self.metadata.name;
        if name.len() > NAME_LENGTH {
            let detail = format!("must be no more than {NAME_LENGTH} characters");
            errors.invalid(&Path::Root("metadata").field("name"), name, detail);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        check_spec(&self.spec, Some(&old.spec), errors);
    }
}

fn check_spec(spec: &CronJobSpec, old: Option<&CronJobSpec>, errors: &mut Errors) {
    let path = &Path::Root("spec");
    check_schedule(&spec.schedule, &path.field("schedule"), errors);
    let non_negative = |field: &str, number: Option<i64>, errors: &mut Errors| {
        errors.non_negative(&path.field(field), number.unwrap_or(0));
    };
    non_negative("startingDeadlineSeconds", spec.starting_deadline_seconds, errors);
    if let Some(zone) = &spec.time_zone
        && old.is_none_or(|old| old.time_zone != spec.time_zone)
    {
        check_time_zone(zone, &path.field("timeZone"), errors);
    }
    let policy = spec.concurrency_policy.as_deref();
    errors.one_of(&path.field("concurrencyPolicy"), policy, &[ALLOW, FORBID, REPLACE]);
    check_template(&spec.job_template.spec, &path.field("jobTemplate").field("spec"), errors);
    non_negative("successfulJobsHistoryLimit", spec.successful_jobs_history_limit.map(i64::from), errors);
    non_negative("failedJobsHistoryLimit", spec.failed_jobs_history_limit.map(i64::from), errors);
}

/// The server has never taken a schedule with a time zone in it, so none is kept on an update either.
fn check_schedule(schedule: &Str, path: &Path, errors: &mut Errors) {
    if schedule.is_empty() {
        return errors.required(path, "");
    }
    if let Err(error) = CronSchedule::parse(schedule) {
        errors.invalid(path, schedule, error);
    }
    if schedule.contains("TZ") {
        let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        errors.invalid(path, schedule, detail);
    }
}

fn check_time_zone(zone: &Str, path: &Path, errors: &mut Errors) {
    if zone.is_empty() {
        return errors.invalid(path, zone, "timeZone must be nil or non-empty string");
    }
    let is_place = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
        (1..=PLACE_LENGTH).contains(&part.len())
            && part.chars().all(plain)
            && !part.starts_with('-')
            && !matches!(part, "." | "..")
    };
    if !zone.split('/').all(is_place) {
        return errors.invalid(path, zone, format!("unknown time zone {zone}"));
    }
    if zone.eq_ignore_ascii_case("Local") {
        let detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.invalid(path, zone, detail);
    }
    if let Err(error) = load_zone(zone) {
        errors.invalid(path, zone, error);
    }
}

fn check_template(template: &JobSpec, path: &Path, errors: &mut Errors) {
    job_spec::spec(template, path, errors);
    if let Some(selector) = &template.selector {
        errors.invalid(&path.field("selector"), selector, "`selector` will be auto-generated");
    }
    if template.manual_selector == Some(true) {
        errors.not_supported(&path.field("manualSelector"), &true, &["nil", "false"]);
    }
}
