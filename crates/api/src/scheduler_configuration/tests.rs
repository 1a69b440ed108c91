//! What is read of configurations, and what is refused.

use super::*;
use serde_json::json;

fn read(patch: Value) -> Result<KubeSchedulerConfiguration, String> {
    let mut value = json!({"apiVersion": API_VERSION, "kind": KIND});
    for (key, field) in patch.as_object().expect("an object") {
        value[key] = field.clone();
    }
    KubeSchedulerConfiguration::read(&value)
}

#[test]
fn what_is_left_out_is_filled_in() {
    let config = read(json!({"profiles": [{"pluginConfig": [
        {"name": "NodeResourcesFit", "args": {"scoringStrategy": {
            "type": "MostAllocated", "resources": [{"name": "nvidia.com/gpu", "weight": 5}, {"name": "cpu"}]}}},
        {"name": "DefaultPreemption", "args": {"minCandidateNodesAbsolute": 7}},
        {"name": "SomebodyElses", "args": {"any": "thing"}},
    ]}]}))
    .expect("it is valid");
    let [profile] = config.profiles.as_slice() else { panic!("one profile") };
    let args = profile.args();
    assert_eq!(profile.name(), "default-scheduler");
    assert_eq!((config.pod_initial_backoff_seconds, config.pod_max_backoff_seconds), (1, 10));
    let weights: Vec<_> = args.fit.scoring_strategy.resources.iter().map(|r| (&*r.name, r.weight)).collect();
    assert_eq!(weights, [("nvidia.com/gpu", 5), ("cpu", 1)]);
    let preemption = &args.default_preemption;
    assert_eq!((preemption.min_candidate_nodes_absolute, preemption.min_candidate_nodes_percentage), (7, 10));
    assert_eq!(args.balanced_allocation, PluginArgs::default().balanced_allocation);
    assert_eq!(read(json!({})).expect("nothing need be said"), KubeSchedulerConfiguration::of_nothing());
}

#[test]
fn a_configuration_that_cannot_be_is_refused_in_upstreams_words() {
    let args =
        |name: &str, args: Value| json!({"profiles": [{"pluginConfig": [{"name": name, "args": args}]}]});
    for (row, patch, error) in [
        (
            "another kind",
            json!({"kind": "KubeProxyConfiguration"}),
            "no kind \"KubeProxyConfiguration\" is registered for version \"kubescheduler.config.k8s.io/v1\"",
        ),
        (
            "an unknown field",
            json!({"profiles": [{"pluggins": {}}]}),
            "strict decoding error: unknown field \"profiles[0].pluggins\"",
        ),
        (
            "an unknown field of what a plug-in is told",
            args("NodeResourcesFit", json!({"strategy": {}})),
            "strict decoding error: decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field \"strategy\"",
        ),
        (
            "several profiles need names of their own",
            json!({"profiles": [{"schedulerName": "a"}, {"schedulerName": "a"}, {}]}),
            "[profiles[1].schedulerName: Duplicate value: profiles[0].schedulerName, profiles[2].schedulerName: Required value]",
        ),
        (
            "back-off that shrinks",
            json!({"podInitialBackoffSeconds": 20}),
            "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds",
        ),
        (
            "more than all nodes",
            json!({"percentageOfNodesToScore": 101}),
            "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]",
        ),
        (
            "a weight out of range",
            args("InterPodAffinity", json!({"hardPodAffinityWeight": 101})),
            "profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]",
        ),
        (
            "a strategy that there is not",
            args("NodeResourcesFit", json!({"scoringStrategy": {"type": "Tetris"}})),
            "initializing profiles: creating profile for scheduler name default-scheduler: initializing plugin \"NodeResourcesFit\": scoringStrategy.type: Unsupported value: \"Tetris\": supported values: \"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\"",
        ),
        (
            "constraints beside those that are built in",
            args(
                "PodTopologySpread",
                json!({"defaultConstraints": [
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]}),
            ),
            "profiles[0].pluginConfig[0].args.defaultingType: Invalid value: \"System\": when .defaultConstraints are not empty",
        ),
        (
            "a plug-in of old",
            json!({"profiles": [{"plugins": {"filter": {"enabled": [{"name": "EBSLimits"}]}}}]}),
            "profiles[0].plugins.filter.enabled[0]: Invalid value: \"EBSLimits\": was invalid in version \"kubescheduler.config.k8s.io/v1\" (KubeSchedulerConfiguration is version \"kubescheduler.config.k8s.io/v1\")",
        ),
    ] {
        assert_eq!(read(patch).map(drop), Err(error.to_string()), "{row}");
    }
}
