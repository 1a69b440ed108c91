//! What the scheduler is told as it starts, worked out of a KubeSchedulerConfiguration
//! (upstream: `pkg/scheduler/framework/runtime`, `NewFramework`).

use super::profile::{Args, Enabled, Profile};
use super::registry::PLUGINS;
use orrery_api::scheduler_configuration::{
    KubeSchedulerConfiguration, KubeSchedulerProfile, Plugin, PluginSet, Plugins,
};
use orrery_apimachinery::{Str, Value};
use orrery_client::Backoff;
use orrery_sim::Duration;
use std::rc::Rc;

/// What the scheduler is told as it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The schedulers that it is.
    pub profiles: Rc<[Profile]>,
    /// How long pods wait between attempts.
    pub backoff: Backoff,
}

/// The extension points at which each plug-in can be asked, in the order of upstream's default profile.
const KNOWN: [(&str, &[&str]); 18] = [
    ("SchedulingGates", &["preEnqueue"]),
    ("PrioritySort", &["queueSort"]),
    ("NodeUnschedulable", &["filter"]),
    ("NodeName", &["filter"]),
    ("TaintToleration", &["filter", "preScore", "score"]),
    ("NodeAffinity", &["preFilter", "filter", "preScore", "score"]),
    ("NodePorts", &["preFilter", "filter"]),
    ("NodeResourcesFit", &["preFilter", "filter", "preScore", "score"]),
    ("VolumeRestrictions", &["preFilter", "filter"]),
    ("NodeVolumeLimits", &["preFilter", "filter"]),
    ("VolumeBinding", &["preFilter", "filter", "reserve", "preBind", "preScore", "score"]),
    ("VolumeZone", &["preFilter", "filter"]),
    ("PodTopologySpread", &["preFilter", "filter", "preScore", "score"]),
    ("InterPodAffinity", &["preFilter", "filter", "preScore", "score"]),
    ("DefaultPreemption", &["postFilter", "preEnqueue"]),
    ("NodeResourcesBalancedAllocation", &["preScore", "score"]),
    ("ImageLocality", &["score"]),
    ("DefaultBinder", &["bind"]),
];

impl Default for Settings {
    /// Those of a scheduler that is told nothing.
    fn default() -> Self {
        let backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(10) };
        Settings { profiles: Rc::new([Profile::default()]), backoff }
    }
}

impl Settings {
    /// Reads a KubeSchedulerConfiguration; the error is what upstream would end with.
    pub fn read(configuration: &Value) -> Result<Self, String> {
        let config = KubeSchedulerConfiguration::read(configuration)?;
        let mut profiles = Vec::new();
        for stated in &config.profiles {
            profiles.push(profile(&config, stated).map_err(|why| stated.cannot_be_made(&why))?);
        }
        let seconds = |seconds: i64| Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        let backoff = Backoff {
            base: seconds(config.pod_initial_backoff_seconds),
            cap: seconds(config.pod_max_backoff_seconds),
        };
        Ok(Settings { profiles: profiles.into(), backoff })
    }
}

fn profile(config: &KubeSchedulerConfiguration, stated: &KubeSchedulerProfile) -> Result<Profile, String> {
    let multi_point = merged(&stated.plugins.multi_point);
    let points = Points { stated: &stated.plugins, multi_point: &multi_point };
    for (point, set) in stated.plugins.extension_points() {
        check_enabled(point, set)?;
    }
    for plugin in &multi_point {
        if extends(&plugin.name).is_none() {
            return Err(format!("PreFilterPlugin \"{}\" does not exist", plugin.name));
        }
    }
    let (filters, scorers) = (points.at("filter")?, points.at("score")?);
    let pre_filters = points.at("preFilter")?;
    let (name, sorters) = (stated.name(), points.at("queueSort")?.len());
    if sorters != 1 {
        return Err(format!(
            "only one queue sort plugin required for profile with scheduler name \"{name}\", but got {sorters}"
        ));
    }
    if points.at("bind")?.is_empty() {
        return Err(format!("at least one bind plugin is needed for profile with scheduler name \"{name}\""));
    }
    let mut plugins = Vec::new();
    for plugin in filters.iter().chain(&scorers) {
        let Some(index) = PLUGINS.iter().position(|known| known.plugin.name() == &**plugin) else { continue };
        if plugins.iter().any(|enabled: &Enabled| enabled.index == index) {
            continue;
        }
        let looks_first = extends(plugin).is_some_and(|points| points.contains(&"preFilter"));
        plugins.push(Enabled {
            index,
            filters: filters.contains(plugin) && (!looks_first || pre_filters.contains(plugin)),
            weight: if scorers.contains(plugin) { points.weight(plugin) } else { 0 },
        });
    }
    let percent = stated.percentage_of_nodes_to_score.unwrap_or(config.percentage_of_nodes_to_score);
    Ok(Profile {
        scheduler_name: name.into(),
        plugins,
        percentage_of_nodes_to_score: usize::try_from(percent).ok().filter(|percent| *percent > 0),
        preempts: !points.at("postFilter")?.is_empty(),
        args: Args::of(stated.args()),
    })
}

/// The extension points of a plug-in, if there is one of that name.
fn extends(plugin: &str) -> Option<&'static [&'static str]> {
    KNOWN.iter().find(|(name, _)| *name == plugin).map(|(_, points)| *points)
}

/// The interface of an extension point, as errors name it.
fn interface(point: &str) -> String {
    let (first, rest) = point.split_at(1);
    format!("{}{rest}Plugin", first.to_ascii_uppercase())
}

/// What is enabled at one extension point must be there, be of use there, and be so once
/// (upstream: `updatePluginList`).
fn check_enabled(point: &str, set: &PluginSet) -> Result<(), String> {
    for (i, plugin) in set.enabled.iter().enumerate() {
        let (name, interface) = (&plugin.name, interface(point));
        let Some(points) = extends(name) else {
            return Err(format!("{interface} \"{name}\" does not exist"));
        };
        if !points.contains(&point) {
            return Err(format!("plugin \"{name}\" does not extend {interface} plugin"));
        }
        if set.enabled[..i].iter().any(|earlier| earlier.name == *name) {
            return Err(format!("plugin \"{name}\" already registered as \"{interface}\""));
        }
    }
    Ok(())
}

fn names(plugins: &[Plugin], name: &str) -> bool {
    plugins.iter().any(|plugin| &*plugin.name == name)
}

/// The plug-ins that are asked wherever they can be: the default ones but those that are disabled, then
/// those that are stated beside them (upstream: `mergePluginSet`).
fn merged(stated: &PluginSet) -> Vec<Plugin> {
    let mut plugins = Vec::new();
    for (name, _) in KNOWN {
        if names(&stated.disabled, "*") || names(&stated.disabled, name) {
            continue;
        }
        let weight = PLUGINS.iter().find(|known| known.plugin.name() == name).map_or(0, |known| known.weight);
        let usual = || Plugin { name: name.into(), weight: i32::try_from(weight).ok() };
        let again = stated.enabled.iter().rfind(|plugin| &*plugin.name == name);
        plugins.push(again.cloned().unwrap_or_else(usual));
    }
    for plugin in &stated.enabled {
        let replaced = names(&plugins, &plugin.name)
            && stated
                .enabled
                .iter()
                .rfind(|other| other.name == plugin.name)
                .is_some_and(|last| std::ptr::eq(last, plugin));
        if !replaced {
            plugins.push(plugin.clone());
        }
    }
    plugins
}

/// The plug-ins of every extension point.
struct Points<'a> {
    stated: &'a Plugins,
    multi_point: &'a [Plugin],
}

impl Points<'_> {
    fn set(&self, point: &str) -> Option<&PluginSet> {
        self.stated.extension_points().into_iter().find(|(name, _)| *name == point).map(|(_, set)| set)
    }

    /// The plug-ins of an extension point, in the order in which they are asked: those that are stated
    /// there in place of what holds everywhere, what holds everywhere, and what is stated only there
    /// (upstream: `expandMultiPointPlugins`).
    fn at(&self, point: &str) -> Result<Vec<Str>, String> {
        let Some(set) = self.set(point) else { return Ok(Vec::new()) };
        let (mut overriding, mut everywhere) = (Vec::new(), Vec::new());
        let all_disabled = names(&set.disabled, "*");
        for plugin in self.multi_point {
            let name = &plugin.name;
            let extends_it = extends(name).is_some_and(|points| points.contains(&point));
            if all_disabled || !extends_it || names(&set.disabled, name) || names(&set.enabled, name) {
                continue;
            }
            if everywhere.contains(name) {
                return Err(format!("plugin \"{name}\" already registered as \"{}\"", interface(point)));
            }
            everywhere.push(name.clone());
        }
        let mut only_there = Vec::new();
        for plugin in &set.enabled {
            let overrides =
                !all_disabled && names(self.multi_point, &plugin.name) && !names(&set.disabled, &plugin.name);
            if overrides { &mut overriding } else { &mut only_there }.push(plugin.name.clone());
        }
        overriding.append(&mut everywhere);
        overriding.append(&mut only_there);
        Ok(overriding)
    }

    /// What the score of a plug-in weighs: what is stated for scores, else what is stated for every
    /// extension point, else one (upstream: `getScoreWeights`).
    fn weight(&self, plugin: &str) -> i64 {
        let scored = self.set("score").map_or(&[][..], |set| &set.enabled);
        let mut stated = scored.iter().chain(self.multi_point);
        let weight = stated.find(|stated| &*stated.name == plugin).and_then(|stated| stated.weight);
        weight.filter(|weight| *weight != 0).map_or(1, i64::from)
    }
}
