//! Why no node would do, in the words of the FailedScheduling event.

use crate::condition;
use crate::framework::{PLUGINS, PluginSet, Status};
use crate::nominator::Nomination;
use orrery_api::{Pod, PodCondition};
use orrery_apimachinery::Order;
use orrery_apimachinery::Str;
use orrery_client::{Context, EventType};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest note that an event can carry.
const NOTE_LIMIT: usize = 1024;

/// A refusal of one node by one plug-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// The plug-in's place in the registry.
    pub(crate) plugin: usize,
    /// How it refused, and why.
    pub(crate) status: Status,
}

impl Rejection {
    /// The plug-in's name.
    pub(crate) fn plugin_name(&self) -> &'static str {
        PLUGINS[self.plugin].plugin.name()
    }

    /// Whether both are the very same (a quick "surely equal").
    pub(crate) fn same(&self, other: &Rejection) -> bool {
        self.plugin == other.plugin && Rc::ptr_eq(&self.status.reasons, &other.status.reasons)
    }
}

/// Why a cycle found no node (upstream: `framework.FitError`).
#[derive(Clone, Debug, Default)]
pub(crate) struct FitError {
    /// How many nodes there are.
    pub(crate) nodes: usize,
    /// Why no node was even looked at.
    pub(crate) pre_filter: Option<Status>,
    /// How many nodes were refused for each reason.
    pub(crate) reasons: BTreeMap<Str, usize>,
    /// The plug-ins that refused.
    pub(crate) refused_by: PluginSet,
}

impl FitError {
    /// Counts the refusal of some nodes in.
    pub(crate) fn count(&mut self, rejection: &Rejection, nodes: usize) {
        self.refused_by.insert(rejection.plugin);
        for reason in rejection.status.reasons.iter() {
            *self.reasons.entry(reason.clone()).or_default() += nodes;
        }
    }

    /// The sentence of the event and of the pod's condition; `preemption` is what is told of looking for
    /// room.
    pub(crate) fn message(&self, preemption: &str) -> String {
        if self.nodes == 0 {
            return "no nodes available to schedule pods".into();
        }
        let found = match &self.pre_filter {
            Some(status) => status.to_string(),
            None => histogram(self.reasons.iter().map(|(reason, nodes)| (&**reason, *nodes))),
        };
        let gap = if preemption.is_empty() { "" } else { " " };
        format!("0/{} nodes are available: {found}.{gap}{preemption}", self.nodes)
    }
}

/// `1 this, 2 that`, sorted as texts with the count in front.
pub(crate) fn histogram<'a>(reasons: impl Iterator<Item = (&'a str, usize)>) -> String {
    let mut counted: Vec<String> =
        reasons.filter(|(_, nodes)| *nodes > 0).map(|(reason, nodes)| format!("{nodes} {reason}")).collect();
    counted.order();
    counted.join(", ")
}

/// Tells people, by an event and in the pod's status, why the pod has no node.
pub(crate) fn report(
    cx: &mut Context<'_>,
    pod: &Rc<Pod>,
    reason: &str,
    message: &str,
    nomination: &Nomination,
) {
    cx.event(&**pod, EventType::Warning, "FailedScheduling", note(message));
    let condition = PodCondition {
        type_: "PodScheduled".into(),
        status: "False".into(),
        reason: Some(reason.into()),
        message: Some(message.into()),
        last_transition_time: Some(cx.date()),
        ..Default::default()
    };
    // A pod that is gone by now needs no condition.
    let _ = cx.modify_status::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |pod| {
        condition::set(&mut pod.status, condition);
        match nomination {
            Nomination::Keep => {}
            Nomination::Clear => pod.status.nominated_node_name = None,
            Nomination::To(node) => pod.status.nominated_node_name = Some(node.clone()),
        }
    });
}

/// The message, cut to what an event can carry.
fn note(message: &str) -> String {
    const SUFFIX: &str = " ...";
    if message.len() <= NOTE_LIMIT {
        return message.into();
    }
    let mut end = NOTE_LIMIT - SUFFIX.len();
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{SUFFIX}", &message[..end])
}
