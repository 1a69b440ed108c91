//! What a failed pod means to its Job (upstream: `pod_failure_policy.go`).

use orrery_api::{
    ContainerStatus, Job, Pod, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
};

/// What the failure of one pod means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It counts towards the limits.
    Counts,
    /// It does not count.
    Ignored,
    /// Its index has failed at once.
    FailsIndex,
    /// The Job has failed at once, because of this.
    FailsJob(String),
}

/// The action of the first rule that the pod matches.
pub(super) fn failure(job: &Job, pod: &Pod) -> Failure {
    let rules = job.spec.pod_failure_policy.as_ref().map_or(&[][..], |policy| &policy.rules);
    for (place, rule) in rules.iter().enumerate() {
        let why = match &rule.on_exit_codes {
            Some(codes) => exit_code(pod, codes),
            None => condition(pod, &rule.on_pod_conditions),
        };
        let Some(why) = why else { continue };
        return match &*rule.action {
            "Ignore" => Failure::Ignored,
            "FailIndex" => Failure::FailsIndex,
            "FailJob" => Failure::FailsJob(format!("{why} matching FailJob rule at index {place}")),
            _ => Failure::Counts,
        };
    }
    Failure::Counts
}

/// The first container that ended as the rule says, in words.
fn exit_code(pod: &Pod, rule: &PodFailurePolicyOnExitCodesRequirement) -> Option<String> {
    let code = |status: &ContainerStatus| {
        let code = status.state.terminated.as_ref()?.exit_code;
        let meant = rule.container_name.as_ref().is_none_or(|name| *name == status.name);
        (code != 0 && meant && rule.values.contains(&code) == (&*rule.operator == "In")).then_some(code)
    };
    let mut all = pod.status.container_statuses.iter().chain(&pod.status.init_container_statuses);
    let (name, code) = all.find_map(|status| Some((&status.name, code(status)?)))?;
    let meta = &pod.metadata;
    Some(format!("Container {name} for pod {}/{} failed with exit code {code}", meta.namespace, meta.name))
}

/// The first condition of the pod that the rule names, in words.
fn condition(pod: &Pod, patterns: &[PodFailurePolicyOnPodConditionsPattern]) -> Option<String> {
    let mut all = pod.status.conditions.iter();
    let found = all.find(|c| patterns.iter().any(|p| p.type_ == c.type_ && p.status == c.status))?;
    let meta = &pod.metadata;
    Some(format!("Pod {}/{} has condition {}", meta.namespace, meta.name, found.type_))
}
