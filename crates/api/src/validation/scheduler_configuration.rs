//! What kube-scheduler refuses to start with (upstream: `pkg/scheduler/apis/config/validation`).

use super::{Bare, Errors, Path, affinity, names};
use crate::scheduler_configuration::*;
use orrery_apimachinery::Str;

/// The rules for a whole configuration.
pub(crate) fn configuration(config: &KubeSchedulerConfiguration, errors: &mut Errors) {
    if config.parallelism <= 0 {
        let detail = "should be an integer value greater than zero";
        errors.invalid(&Path::Root("parallelism"), &config.parallelism, detail);
    }
    let path = Path::Root("profiles");
    for (i, profile) in config.profiles.iter().enumerate() {
        check_profile(profile, &path.index(i), errors);
        let same = |earlier: &KubeSchedulerProfile| earlier.scheduler_name == profile.scheduler_name;
        if let Some(earlier) = config.profiles[..i].iter().rposition(same) {
            let (at, name) = (path.index(i), format!("profiles[{earlier}].schedulerName"));
            errors.duplicate(&at.field("schedulerName"), &Bare(&name));
        }
    }
    check_queue_sort(&config.profiles, &path, errors);
    percentage(config.percentage_of_nodes_to_score, &Path::Root("percentageOfNodesToScore"), errors);
    let (initial, most) = (config.pod_initial_backoff_seconds, config.pod_max_backoff_seconds);
    if initial <= 0 {
        errors.invalid(&Path::Root("podInitialBackoffSeconds"), &initial, "must be greater than 0");
    }
    if most < initial {
        let detail = "must be greater than or equal to PodInitialBackoffSeconds";
        errors.invalid(&Path::Root("podMaxBackoffSeconds"), &most, detail);
    }
    if !config.extenders.is_empty() {
        errors.forbidden(&Path::Root("extenders"), "a simulated scheduler calls nobody outside");
    }
}

fn percentage(percent: i32, path: &Path, errors: &mut Errors) {
    if !(0..=100).contains(&percent) {
        errors.invalid(path, &percent, "not in valid range [0-100]");
    }
}

fn check_profile(profile: &KubeSchedulerProfile, path: &Path, errors: &mut Errors) {
    if profile.name().is_empty() {
        errors.required(&path.field("schedulerName"), "");
    }
    if let Some(percent) = profile.percentage_of_nodes_to_score {
        percentage(percent, &path.field("percentageOfNodesToScore"), errors);
    }
    let plugins = path.field("plugins");
    for (name, set) in profile.plugins.extension_points() {
        for (i, plugin) in set.enabled.iter().enumerate() {
            removed(&plugin.name, &plugins.field(name).field("enabled").index(i), errors);
        }
    }
    let path = path.field("pluginConfig");
    for (i, config) in profile.plugin_config.iter().enumerate() {
        let at = path.index(i);
        if profile.plugin_config[..i].iter().any(|earlier| earlier.name == config.name) {
            errors.duplicate(&at, &config.name);
        }
        removed(&config.name, &at, errors);
        check_args(&config.name, &profile.args(), &at.field("args"), errors);
    }
}

/// Plug-ins that were there once.
fn removed(plugin: &Str, path: &Path, errors: &mut Errors) {
    if ["AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits"].contains(&&**plugin) {
        let version = "kubescheduler.config.k8s.io/v1";
        let detail = format!(
            "was invalid in version \"{version}\" (KubeSchedulerConfiguration is version \"{version}\")"
        );
        errors.invalid(path, plugin, detail);
    }
}

fn check_queue_sort(profiles: &[KubeSchedulerProfile], path: &Path, errors: &mut Errors) {
    let Some((first, others)) = profiles.split_first() else { return };
    for (i, other) in others.iter().enumerate() {
        if other.plugins.queue_sort != first.plugins.queue_sort {
            let at = path.index(i + 1);
            let detail = "queueSort must be the same for all profiles";
            errors.wrong(&at.field("plugins").field("queueSort"), detail);
        }
    }
}

fn check_args(plugin: &str, args: &PluginArgs, path: &Path, errors: &mut Errors) {
    match plugin {
        "DefaultPreemption" => check_preemption(&args.default_preemption, path, errors),
        "InterPodAffinity" => {
            let weight = args.inter_pod_affinity.hard_pod_affinity_weight;
            if !(0..=100).contains(&weight) {
                errors.invalid(&path.field("hardPodAffinityWeight"), &weight, "not in valid range [0, 100]");
            }
        }
        "NodeAffinity" => {
            if let Some(added) = &args.node_affinity.added_affinity {
                affinity::node_affinity(added, &path.field("addedAffinity"), errors);
            }
        }
        "NodeResourcesBalancedAllocation" => check_balance(&args.balanced_allocation, path, errors),
        "PodTopologySpread" => check_spread(&args.pod_topology_spread, path, errors),
        "VolumeBinding" => {
            let seconds = args.volume_binding.bind_timeout_seconds;
            if seconds < 0 {
                let detail = "invalid BindTimeoutSeconds, should not be a negative value";
                errors.invalid(&path.field("bindTimeoutSeconds"), &seconds, detail);
            }
            if args.volume_binding.shape.is_some() {
                let detail =
                    "unexpected field `shape`, remove it or turn on the feature gate VolumeCapacityPriority";
                errors.wrong(&path.field("shape"), detail);
            }
        }
        _ => {}
    }
}

fn check_preemption(args: &DefaultPreemptionArgs, path: &Path, errors: &mut Errors) {
    const PERCENTAGE: &str = "minCandidateNodesPercentage";
    const ABSOLUTE: &str = "minCandidateNodesAbsolute";
    let (percent, absolute) = (args.min_candidate_nodes_percentage, args.min_candidate_nodes_absolute);
    if !(0..=100).contains(&percent) {
        errors.invalid(&path.field(PERCENTAGE), &percent, "not in valid range [0, 100]");
    }
    if absolute < 0 {
        errors.invalid(&path.field(ABSOLUTE), &absolute, "not in valid range [0, inf)");
    }
    if (percent, absolute) == (0, 0) {
        for (field, other) in [(PERCENTAGE, ABSOLUTE), (ABSOLUTE, PERCENTAGE)] {
            let detail = format!("cannot be zero at the same time as {other}");
            errors.invalid(&path.field(field), &0, detail);
        }
    }
}

fn check_balance(args: &NodeResourcesBalancedAllocationArgs, path: &Path, errors: &mut Errors) {
    let path = path.field("resources");
    for (i, resource) in args.resources.iter().enumerate() {
        let at = path.index(i);
        if args.resources[..i].iter().any(|earlier| earlier.name == resource.name) {
            errors.duplicate(&at.field("name"), &resource.name);
        }
        if resource.weight != 1 {
            errors.invalid(&at.field("weight"), &resource.weight, "must be 1");
        }
    }
}

/// The rules for what NodeResourcesFit is told: upstream looks at them as the plug-in is made.
pub(crate) fn fit(args: &NodeResourcesFitArgs, errors: &mut Errors) {
    let (resources, groups) = (Path::Root("ignoredResources"), Path::Root("ignoredResourceGroups"));
    for (i, resource) in args.ignored_resources.iter().enumerate() {
        errors.each_invalid(&resources.index(i), resource, names::qualified_name(resource));
    }
    for (i, group) in args.ignored_resource_groups.iter().enumerate() {
        if group.contains('/') {
            errors.invalid(&groups.index(i), group, "resource group name can't contain '/'");
        }
        errors.each_invalid(&groups.index(i), group, names::qualified_name(group));
    }
    let (strategy, path) = (&args.scoring_strategy, Path::Root("scoringStrategy"));
    let known = ["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"];
    errors.one_of(&path.field("type"), Some(&strategy.type_), &known);
    let resources = path.field("resources");
    for (i, resource) in strategy.resources.iter().enumerate() {
        if !(1..=100).contains(&resource.weight) {
            let detail = format!("resource weight of {} not in valid range (0, 100]", resource.name);
            errors.invalid(&resources.index(i).field("weight"), &resource.weight, detail);
        }
    }
    if let Some(ratio) = &strategy.requested_to_capacity_ratio {
        check_shape(&ratio.shape, &path.field("shape"), errors);
    }
}

fn check_shape(shape: &[UtilizationShapePoint], path: &Path, errors: &mut Errors) {
    if shape.is_empty() {
        return errors.required(path, "at least one point must be specified");
    }
    if let Some(i) = (1..shape.len()).find(|&i| shape[i - 1].utilization >= shape[i].utilization) {
        let detail = "utilization values must be sorted in increasing order";
        errors.invalid(&path.index(i).field("utilization"), &shape[i].utilization, detail);
    }
    for (i, point) in shape.iter().enumerate() {
        let at = path.index(i);
        if !(0..=100).contains(&point.utilization) {
            errors.invalid(&at.field("utilization"), &point.utilization, "not in valid range [0, 100]");
        }
        if !(0..=10).contains(&point.score) {
            errors.invalid(&at.field("score"), &point.score, "not in valid range [0, 10]");
        }
    }
}

fn check_spread(args: &PodTopologySpreadArgs, path: &Path, errors: &mut Errors) {
    let (kind, constraints) = (&*args.defaulting_type, &args.default_constraints);
    let at = path.field("defaultingType");
    errors.one_of(&at, Some(kind), &["System", "List"]);
    if kind == "System" && !constraints.is_empty() {
        errors.invalid(&at, kind, "when .defaultConstraints are not empty");
    }
    let path = path.field("defaultConstraints");
    for (i, constraint) in constraints.iter().enumerate() {
        let at = path.index(i);
        if constraint.max_skew <= 0 {
            errors.invalid(&at.field("maxSkew"), &constraint.max_skew, "not in valid range (0, inf)");
        }
        let (key, action) = (&constraint.topology_key, &constraint.when_unsatisfiable);
        let key_path = at.field("topologyKey");
        if key.is_empty() {
            errors.required(&key_path, "can not be empty");
        } else {
            errors.each_invalid(&key_path, key, names::qualified_name(key));
        }
        let action_path = at.field("whenUnsatisfiable");
        if action.is_empty() {
            errors.required(&action_path, "can not be empty");
        } else {
            errors.one_of(&action_path, Some(action), &["DoNotSchedule", "ScheduleAnyway"]);
        }
        if constraint.label_selector.is_some() {
            let detail = "constraint must not define a selector, as they deduced for each pod";
            errors.forbidden(&at.field("labelSelector"), detail);
        }
        if constraints[..i].iter().any(|c| (&c.topology_key, &c.when_unsatisfiable) == (key, action)) {
            errors.duplicate(&at, &*format!("{{{key}, {action}}}"));
        }
    }
}
