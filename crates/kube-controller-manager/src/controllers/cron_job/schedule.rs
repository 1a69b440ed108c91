//! When a CronJob's next Job is due (upstream: `mostRecentScheduleTime`, `nextScheduleTimeDuration`).
//!
//! Schedules mean whole seconds, so the second that an instant lies in says all that has to be compared.

use orrery_api::{CronJob, CronJobStatus, CronSchedule, TimeZone, load_zone};
use orrery_apimachinery::Time;
use orrery_client::ApiServer;
use orrery_sim::{Duration, SimTime};

/// A little later than it should be, in case clocks differ (upstream: `nextScheduleDelta`).
const DELTA: Duration = Duration::from_millis(100);

/// A schedule in its time zone.
pub(super) struct Schedule {
    schedule: CronSchedule,
    pub(super) zone: TimeZone,
}

/// A schedule or a time zone that cannot be understood, and why.
pub(super) enum Unclear {
    Zone(String),
    Schedule(String),
}

/// What became due lately.
pub(super) struct Due {
    /// The last start that was due and did not happen.
    pub(super) at: Option<Time>,
    /// How many were missed, roughly.
    pub(super) missed: i64,
    /// From when on starts were looked for.
    since: Time,
}

impl Schedule {
    /// The schedule of a CronJob.
    pub(super) fn of(cron: &CronJob) -> Result<Self, Unclear> {
        let zone = cron.spec.time_zone.as_deref().unwrap_or_default();
        let zone = load_zone(zone).map_err(Unclear::Zone)?;
        let schedule = CronSchedule::parse(&cron.spec.schedule).map_err(Unclear::Schedule)?;
        Ok(Schedule { schedule, zone })
    }

    fn next(&self, after: Time) -> Option<Time> {
        self.schedule.next(after, &self.zone)
    }

    /// What became due until `now`, within the starting deadline if that is `bounded`; `None` for a schedule that
    /// means nothing, such as the 31st of February.
    pub(super) fn due(
        &self,
        cron: &CronJob,
        status: &CronJobStatus,
        now: Time,
        bounded: bool,
    ) -> Option<Due> {
        let mut since = status.last_schedule_time.or(cron.metadata.creation_timestamp).unwrap_or_default();
        if let Some(deadline) = cron.spec.starting_deadline_seconds.filter(|_| bounded) {
            since = since.max(Time(now.0 - deadline));
        }
        let first = self.next(since)?;
        if now < first {
            return Some(Due { at: None, missed: 0, since });
        }
        let second = self.next(first)?;
        if now < second {
            return Some(Due { at: Some(first), missed: 0, since });
        }
        let period = second.0 - first.0;
        let missed = (now.0 - first.0) / period + 1;
        // Where all periods are equal this is the last start but one; else it leads there.
        let mut at = None;
        let mut start = self.next(Time(first.0 + (missed - 2) * period));
        while let Some(due) = start.filter(|start| *start <= now) {
            at = Some(due);
            start = self.next(due);
        }
        Some(Due { at, missed, since })
    }

    /// How long until the next start after what is due `now`, if there is one.
    pub(super) fn wait(
        &self,
        cron: &CronJob,
        status: &CronJobStatus,
        api: &ApiServer,
        now: SimTime,
    ) -> Option<Duration> {
        let today = api.date(now);
        let last = match self.due(cron, status, today, false) {
            Some(Due { at: Some(at), .. }) => at,
            Some(Due { missed: 0, since, .. }) => since,
            _ => today,
        };
        self.next(last).map(|next| (api.instant(next) + DELTA).since(now))
    }
}
