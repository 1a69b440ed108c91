//! KubeSchedulerConfiguration: what kube-scheduler is told as it starts. The API server does not serve it.

mod args;

pub use args::*;

use crate::validation::{Errors, scheduler_configuration as rules};
use orrery_apimachinery::decode::{Fields, Problem, Typed, decode};
use orrery_apimachinery::{Str, Value};

const API_VERSION: &str = "kubescheduler.config.k8s.io/v1";
const KIND: &str = "KubeSchedulerConfiguration";
const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// What kube-scheduler is told as it starts (upstream: `k8s.io/kube-scheduler/config/v1`).
#[derive(Clone, Debug, PartialEq, Fields)]
pub struct KubeSchedulerConfiguration {
    /// `kubescheduler.config.k8s.io/v1`.
    pub api_version: Str,
    /// How it reaches the API server; of no consequence here.
    pub client_connection: Value,
    /// Whether informers wait for the leader's lease; of no consequence here.
    pub delay_cache_until_active: bool,
    /// Whether contention can be profiled; of no consequence here.
    pub enable_contention_profiling: Option<bool>,
    /// Whether the program can be profiled; of no consequence here.
    pub enable_profiling: Option<bool>,
    /// Webhooks that take part in decisions; there can be none here.
    pub extenders: Vec<Value>,
    /// `KubeSchedulerConfiguration`.
    pub kind: Str,
    /// Which of several schedulers leads; of no consequence here.
    pub leader_election: Value,
    /// How many nodes are looked at at once; of no consequence here.
    pub parallelism: i32,
    /// How many of the nodes that would do are enough, in percent; 0 for as many as the cluster's size asks for.
    pub percentage_of_nodes_to_score: i32,
    /// How many seconds a pod waits after its first attempt.
    pub pod_initial_backoff_seconds: i64,
    /// How many seconds a pod waits at most.
    pub pod_max_backoff_seconds: i64,
    /// The schedulers that the program is.
    pub profiles: Vec<KubeSchedulerProfile>,
}

/// One of the schedulers that the program is.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct KubeSchedulerProfile {
    /// The name by which pods ask for it.
    pub scheduler_name: Option<Str>,
    /// How many of the nodes that would do are enough, in percent, in place of what holds for all profiles.
    pub percentage_of_nodes_to_score: Option<i32>,
    /// The plug-ins that are other than by default.
    pub plugins: Plugins,
    /// What plug-ins are told, as it was stated.
    pub plugin_config: Vec<PluginConfig>,
}

/// What one plug-in is told.
#[derive(Clone, Debug, Default, PartialEq, Fields)]
pub struct PluginConfig {
    /// The plug-in.
    pub name: Str,
    /// What it is told.
    pub args: Value,
}

/// Which plug-ins are asked at which extension point, other than by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Plugins {
    /// That keep pods out of the queue.
    pub pre_enqueue: PluginSet,
    /// That order the queue.
    pub queue_sort: PluginSet,
    /// That look at the pod before any node.
    pub pre_filter: PluginSet,
    /// That refuse nodes.
    pub filter: PluginSet,
    /// That make room where there was none.
    pub post_filter: PluginSet,
    /// That prepare scores.
    pub pre_score: PluginSet,
    /// That score nodes.
    pub score: PluginSet,
    /// That set something aside for the pod.
    pub reserve: PluginSet,
    /// That can hold a binding up.
    pub permit: PluginSet,
    /// That act before a pod is bound.
    pub pre_bind: PluginSet,
    /// That bind.
    pub bind: PluginSet,
    /// That hear of what was bound.
    pub post_bind: PluginSet,
    /// At every extension point that they have.
    pub multi_point: PluginSet,
}

/// The plug-ins of one extension point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PluginSet {
    /// Those that are asked, in this order behind the default ones.
    pub enabled: Vec<Plugin>,
    /// Those that are not asked; `*` for none of the default ones.
    pub disabled: Vec<Plugin>,
}

/// A plug-in at an extension point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Plugin {
    /// Its name.
    pub name: Str,
    /// What its score weighs.
    pub weight: Option<i32>,
}

impl Default for KubeSchedulerConfiguration {
    /// What holds when nothing is said, but for the one profile that there is then
    /// (upstream: `SetDefaults_KubeSchedulerConfiguration`).
    fn default() -> Self {
        KubeSchedulerConfiguration {
            api_version: API_VERSION.into(),
            client_connection: Value::Null,
            delay_cache_until_active: false,
            enable_contention_profiling: None,
            enable_profiling: None,
            extenders: Vec::new(),
            kind: KIND.into(),
            leader_election: Value::Null,
            parallelism: 16,
            percentage_of_nodes_to_score: 0,
            pod_initial_backoff_seconds: 1,
            pod_max_backoff_seconds: 10,
            profiles: Vec::new(),
        }
    }
}

impl KubeSchedulerConfiguration {
    /// Reads a configuration, fills what was left out and tells what is wrong, in upstream's words.
    pub fn read(value: &Value) -> Result<Self, String> {
        let stated = |field: &str| value.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        let kind = stated("kind").ok_or_else(|| format!("Object 'Kind' is missing in '{value}'"))?;
        let version =
            stated("apiVersion").ok_or_else(|| format!("Object 'apiVersion' is missing in '{value}'"))?;
        if (version, kind) != (API_VERSION, KIND) {
            return Err(format!("no kind \"{kind}\" is registered for version \"{version}\""));
        }
        let mut config: Self = strictly(value)?;
        let problems = config.nested_problems();
        if !problems.is_empty() {
            return Err(format!("strict decoding error: {}", problems.join(", ")));
        }
        config.set_defaults();
        let mut errors = Errors::default();
        rules::configuration(&config, &mut errors);
        aggregate(errors)?;
        for profile in &config.profiles {
            let mut errors = Errors::default();
            rules::fit(&profile.args().fit, &mut errors);
            aggregate(errors).map_err(|error| {
                profile.cannot_be_made(&format!("initializing plugin \"NodeResourcesFit\": {error}"))
            })?;
        }
        Ok(config)
    }

    /// The configuration of a scheduler that is told nothing.
    pub fn of_nothing() -> Self {
        let mut config = Self::default();
        config.set_defaults();
        config
    }

    fn set_defaults(&mut self) {
        if self.profiles.is_empty() {
            self.profiles.push(KubeSchedulerProfile::default());
        }
        if let [only] = self.profiles.as_mut_slice()
            && only.scheduler_name.is_none()
        {
            only.scheduler_name = Some(DEFAULT_SCHEDULER.into());
        }
    }

    /// What cannot be read of what plug-ins are told.
    fn nested_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (i, profile) in self.profiles.iter().enumerate() {
            for (j, config) in profile.plugin_config.iter().enumerate() {
                if let Err(error) = PluginArgs::default().take(config) {
                    problems.push(format!("decoding .profiles[{i}].pluginConfig[{j}]: {error}"));
                }
            }
        }
        problems
    }
}

impl Plugins {
    /// The plug-ins by extension point, named as in the configuration, in the order in which upstream builds them.
    pub fn extension_points(&self) -> [(&'static str, &PluginSet); 12] {
        [
            ("preFilter", &self.pre_filter),
            ("filter", &self.filter),
            ("postFilter", &self.post_filter),
            ("reserve", &self.reserve),
            ("preScore", &self.pre_score),
            ("score", &self.score),
            ("preBind", &self.pre_bind),
            ("bind", &self.bind),
            ("postBind", &self.post_bind),
            ("permit", &self.permit),
            ("preEnqueue", &self.pre_enqueue),
            ("queueSort", &self.queue_sort),
        ]
    }
}

impl KubeSchedulerProfile {
    /// The name by which pods ask for it.
    pub fn name(&self) -> &str {
        self.scheduler_name.as_deref().unwrap_or_default()
    }

    /// That there can be no such scheduler, in upstream's words.
    pub fn cannot_be_made(&self, why: &str) -> String {
        format!("initializing profiles: creating profile for scheduler name {}: {why}", self.name())
    }

    /// What the plug-ins are told, with what was left out filled in. What cannot be read is left out;
    /// [`KubeSchedulerConfiguration::read`] has refused it.
    pub fn args(&self) -> PluginArgs {
        let mut args = PluginArgs::default();
        for config in &self.plugin_config {
            let _ = args.take(config);
        }
        args
    }
}

/// The broken rules as one sentence (upstream: `utilerrors.Aggregate`).
fn aggregate(errors: Errors) -> Result<(), String> {
    let errors: Vec<String> = errors.into_list().iter().map(ToString::to_string).collect();
    match errors.as_slice() {
        [] => Ok(()),
        [one] => Err(one.clone()),
        many => Err(format!("[{}]", many.join(", "))),
    }
}

/// Reads a value; what is unknown or of a wrong type is an error.
fn strictly<T: Typed>(value: &Value) -> Result<T, String> {
    let (object, problems) = decode::<T>(value);
    if problems.is_empty() {
        return Ok(object);
    }
    let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
    Err(format!("strict decoding error: {}", problems.join(", ")))
}

#[cfg(test)]
mod tests;
