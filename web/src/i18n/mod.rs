//! The words of the page, in each language, complete by construction: a missing one does not compile.
//! States, field names, reasons and kubectl's output are never translated.

mod charts;
mod console;
mod damage;
mod en;
mod ko;
mod scaling;
mod storage;
mod story;
mod time;
mod traffic;
mod walk;
mod why;

use charts::ChartWords;
use console::ConsoleWords;
use orrery_share::Fault;
use orrery_view::behaviour::Does;
use orrery_view::countdown::Countdown;
use orrery_view::job::JobProgress;
use orrery_view::parts::{Consequence, Presence, Standing};
use orrery_view::registries::RegistryKind;
use orrery_view::remedies::Change;
use orrery_view::scene::View;
use scaling::ScalingWords;
use storage::StorageWords;
use story::StoryWords;
pub use time::TimeWords;
pub use traffic::TrafficWords;
use walk::WalkWords;
use why::WhyWords;

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 한국어.
    Ko,
}

impl Lang {
    /// The tag in `lang=` and `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// The language of a tag such as `ko-KR`.
    pub fn tagged(tag: &str) -> Option<Self> {
        match tag.split('-').next() {
            Some("en") => Some(Self::En),
            Some("ko") => Some(Self::Ko),
            _ => None,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Ko,
            Self::Ko => Self::En,
        }
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ko => "한국어",
        }
    }

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Self::En => &en::WORDS,
            Self::Ko => &ko::WORDS,
        }
    }
}

/// A sentence with a number in it.
type Count = fn(usize) -> String;
/// A sentence with a name in it.
type Name = fn(&str) -> String;

/// Every word of the page.
pub struct Words {
    pub title: &'static str,
    // Header.
    pub namespace: &'static str,
    pub all: &'static str,
    pub views: &'static str,
    /// Of the views, in the order of `View::ALL`.
    pub view_names: [&'static str; View::ALL.len()],
    /// Of autoscalers.
    pub scaling: &'static ScalingWords,
    /// What is said around a story.
    pub story: &'static StoryWords,
    /// Of walking along causes.
    pub walk: &'static WalkWords,
    /// Of why things are as they are.
    pub reasons: &'static WhyWords,
    /// Of the traffic view.
    pub traffic: &'static TrafficWords,
    /// Of the console.
    pub shell: &'static ConsoleWords,
    /// Of the charts.
    pub plots: &'static ChartWords,
    /// Of time and of runs.
    pub timed: &'static TimeWords,
    /// Of the storage view.
    pub keeps: &'static StorageWords,
    pub add_node: &'static str,
    pub share: &'static str,
    pub examples: &'static str,
    pub own_manifests: &'static str,
    pub theme_auto: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub stage: &'static str,
    pub leave_stage: &'static str,
    pub help: &'static str,
    pub close: &'static str,
    // Editor.
    pub manifests: &'static str,
    pub new_file: &'static str,
    pub rename_file: Name,
    pub close_file: Name,
    pub confirm_close: Name,
    pub file_name: &'static str,
    pub apply: &'static str,
    pub objects: Count,
    pub line: Count,
    pub more_problems: Count,
    pub not_simulated: &'static str,
    pub too_large: fn(usize, usize) -> String,
    pub not_saved: &'static str,
    pub applied: Count,
    pub refused: Count,
    pub nothing_to_apply: &'static str,
    pub editor_plain: &'static str,
    pub format: &'static str,
    pub format_title: &'static str,
    pub required: &'static str,
    pub filled_in: &'static str,
    // Picture.
    pub picture: &'static str,
    pub outside: &'static str,
    pub you: &'static str,
    pub services: &'static str,
    pub unscheduled: &'static str,
    pub storage: &'static str,
    pub rollout: &'static str,
    pub only_door: fn(u64) -> String,
    pub revision: fn(u64) -> String,
    pub in_queue: Count,
    pub loops_idle: &'static str,
    pub matches_nothing: &'static str,
    pub claim: &'static str,
    pub no_such_claim: &'static str,
    pub no_class: &'static str,
    pub stages: [&'static str; 5],
    pub switched_off: &'static str,
    pub cordoned: &'static str,
    pub pods_of: fn(usize, u64) -> String,
    pub min_available: fn(u32) -> String,
    pub max_pods: fn(u32) -> String,
    pub partition: fn(u32) -> String,
    pub no_owner: &'static str,
    pub no_pod: &'static str,
    pub beyond: &'static str,
    pub suspended: &'static str,
    pub job_progress: fn(&JobProgress) -> String,
    pub retry_in: Count,
    pub available: fn(u32, u32) -> String,
    pub empty: &'static str,
    pub legend: &'static str,
    pub ready_of: fn(usize, usize) -> String,
    pub nodes_of: fn(usize, usize) -> String,
    pub crowd: fn(usize, usize) -> String,
    // Opened.
    pub open: &'static str,
    pub shared_network: &'static str,
    pub host_network: &'static str,
    pub no_address: &'static str,
    pub inits: &'static str,
    pub sidecar: &'static str,
    pub ephemeral: &'static str,
    pub container: &'static str,
    pub volumes: &'static str,
    pub missing: &'static str,
    pub since: Name,
    pub runs_out: fn(&Countdown) -> String,
    pub restarts: Count,
    pub last_end: fn(&str, i32, &str) -> String,
    pub rhythm: fn(u32, u32, u32) -> String,
    pub request: &'static str,
    pub limit: &'static str,
    pub behaviour: &'static str,
    pub does: fn(Does) -> String,
    pub by_hand: &'static str,
    pub assumed: &'static str,
    pub used: &'static str,
    /// Good or bad answers in a row, of how many that count.
    pub in_a_row: fn(bool, u32, u32) -> String,
    pub logs: &'static str,
    pub previous: &'static str,
    pub follow: &'static str,
    pub no_logs: &'static str,
    pub log_hint: &'static str,
    pub conditions: &'static str,
    pub offers: &'static str,
    pub capacity: &'static str,
    pub allocatable: &'static str,
    pub addresses: Count,
    pub requested: &'static str,
    pub cut_off: &'static str,
    pub unheard: &'static str,
    pub in_turn: &'static str,
    pub registries: &'static str,
    pub registry_kind: fn(RegistryKind) -> &'static str,
    pub no_answer: &'static str,
    pub heartbeat: &'static str,
    pub silent: &'static str,
    pub kube_proxy: &'static str,
    pub control_plane: &'static str,
    /// Members of etcd and API servers.
    pub laid_out: fn(usize, usize) -> String,
    pub consequence: fn(Consequence) -> &'static str,
    pub load_balancer: &'static str,
    pub also_node: &'static str,
    pub standing: fn(Standing) -> &'static str,
    pub presence: fn(Presence) -> &'static str,
    /// Term, last entry, entries behind.
    pub member_log: fn(u64, u64, u64) -> String,
    pub unanswered: &'static str,
    pub fault: fn(Fault) -> &'static str,
    /// Members that take part, that it takes, and that there are.
    pub quorum: fn(usize, usize, usize) -> String,
    pub snapshots: &'static str,
    pub restore: &'static str,
    pub take_snapshot: &'static str,
    pub start_over: &'static str,
    pub topologies: [&'static str; 5],
    // Inspector.
    pub inspector: &'static str,
    pub nothing_selected: &'static str,
    pub workloads: &'static str,
    pub gone: &'static str,
    pub why: &'static str,
    pub summary: &'static str,
    pub yaml: &'static str,
    pub events: &'static str,
    pub scheduling: &'static str,
    pub feasible: fn(usize, usize) -> String,
    pub no_decision: &'static str,
    pub all_nodes: &'static str,
    pub grid_about: fn(usize, usize, usize, usize) -> String,
    pub find_node: &'static str,
    pub node: &'static str,
    pub total: &'static str,
    pub won: &'static str,
    pub remedies: &'static str,
    pub change: fn(&Change) -> String,
    pub preemption: &'static str,
    pub priority: fn(i32) -> String,
    pub violations: Count,
    pub because: fn(&'static str) -> &'static str,
    pub pods: &'static str,
    pub next_runs: &'static str,
    pub in_time: Name,
    pub last_jobs: &'static str,
    pub ago: Name,
    pub revisions: &'static str,
    pub current: &'static str,
    pub go_back: &'static str,
    pub chain: &'static str,
    pub no_chain: &'static str,
    /// What stands between an actor and an object, and after the object, for each deed.
    pub deed_created: (&'static str, &'static str),
    pub deed_updated: (&'static str, &'static str),
    pub deed_reported: (&'static str, &'static str),
    pub deed_bound: (&'static str, &'static str),
    pub deed_deleted: (&'static str, &'static str),
    pub deed_removed: (&'static str, &'static str),
    pub delete: &'static str,
    pub stop_node: &'static str,
    pub start_node: &'static str,
    pub fewer: &'static str,
    pub more: &'static str,
    pub replicas: &'static str,
    pub restart_pods: &'static str,
    pub undo: &'static str,
    pub confirm_loss: Name,
    pub deselect: &'static str,
    // Events.
    pub console: &'static str,
    pub console_hint: &'static str,
    pub console_input: &'static str,
    pub only_selected: &'static str,
    pub no_events: &'static str,
    pub times: Count,
    // Transport.
    pub time: &'static str,
    pub play: &'static str,
    pub pause: &'static str,
    pub restart: &'static str,
    pub speed: &'static str,
    pub slower: &'static str,
    pub faster: &'static str,
    pub behind: &'static str,
    pub seeking: &'static str,
    pub scrub: &'static str,
    pub open_full: &'static str,
    // Dialogs.
    pub share_text: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub link_length: Count,
    pub length_short: &'static str,
    pub length_slack: &'static str,
    pub length_long: &'static str,
    pub embed_code: &'static str,
    pub embed_waits: &'static str,
    pub download: &'static str,
    pub bad_link: Name,
    pub damage: fn(&orrery_share::Damage) -> String,
    /// By what a run is known: its seed, its trace hash and the page's build.
    pub run_facts: fn(u64, u64, &str) -> String,
    pub keys: &'static str,
    pub key_play: &'static str,
    pub key_speed: &'static str,
    pub key_stage: &'static str,
    pub key_view: &'static str,
    pub key_traffic: &'static str,
    pub key_scale: &'static str,
    pub key_open: &'static str,
    pub key_tabs: &'static str,
    pub key_logs: &'static str,
    pub key_behave: &'static str,
    pub key_restart: &'static str,
    pub key_undo: &'static str,
    pub key_help: &'static str,
    pub key_close: &'static str,
    pub key_apply: &'static str,
    pub key_move: &'static str,
    pub shapes: &'static str,
    pub about: &'static str,
    // Failure.
    pub crash_title: &'static str,
    pub crash_text: &'static str,
    pub crash_reload: &'static str,
    pub rest_title: &'static str,
    pub rest_text: &'static str,
}
