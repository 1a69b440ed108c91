//! Why a Job does not end, or ended badly.

use orrery_api::{Job, Resource};
use orrery_cluster::Cluster;

use super::{Reason, What, condition, pod};
use crate::{owner, pod as pods};

pub(super) fn of_job(cluster: &Cluster, job: &std::rc::Rc<Job>, found: &mut Vec<Reason>) {
    if job.spec.suspend == Some(true) {
        found.push(Reason::new(What::Suspended, []));
    }
    let object = Job::wrap(job.clone());
    let failed = condition(&object, "Failed", "True").or_else(|| condition(&object, "FailureTarget", "True"));
    let over = failed.is_some() || job.status.completion_time.is_some();
    let all = owner::pods_of(cluster.api(), &job.metadata);
    if let Some(says) = failed {
        found.push(Reason::new(What::JobFailed, []).saying(Some(says)));
    } else if job.status.failed > 0 && !over {
        let limit = job.spec.backoff_limit.unwrap_or(6).to_string();
        found.push(Reason::new(What::Retries, [&job.status.failed.to_string(), &limit]));
    }
    // The last pod that did not do what it was made for says most.
    let stands = |pod: &&&std::rc::Rc<orrery_api::Pod>| {
        let phase = pod.status.phase.as_deref();
        phase != Some("Succeeded") && (!over || phase == Some("Failed"))
    };
    let Some(last) = all.iter().filter(stands).max_by_key(|pod| pod.metadata.creation_timestamp) else {
        return;
    };
    let mut own = Vec::new();
    pod::reasons(cluster, last, &mut own);
    if !own.is_empty() {
        let id = pods::id(last);
        found.push(Reason::new(What::Unready, [&id.name]).about("Pod", &id.namespace, &id.name));
        found.extend(own);
    }
}
