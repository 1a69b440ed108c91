//! What a container wrote, and which containers of the pod can be asked.

use orrery_api::Pod;
use orrery_apiserver::Session;
use orrery_cluster::Cluster;

use crate::scene::{ObjectRef, Text};

/// One line.
#[derive(Clone, PartialEq, Debug)]
pub struct LogRow {
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// Written as an error.
    pub error: bool,
    /// The line.
    pub text: Text,
}

/// The end of a container's log.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Logs {
    /// All containers of the pod.
    pub containers: Vec<Text>,
    /// The one whose log it is.
    pub container: Text,
    /// How many lines there are before these.
    pub before: usize,
    /// The last lines.
    pub rows: Vec<LogRow>,
    /// Why there is no log, in the words of the server.
    pub refusal: Option<Text>,
}

/// The last lines of a container; of the first one unless `container` names one of the pod's.
pub fn logs(
    cluster: &Cluster,
    pod: &ObjectRef,
    container: Option<&str>,
    previous: bool,
    most: usize,
) -> Logs {
    let Some(object) = cluster.api().get::<Pod>(&pod.namespace, &pod.name) else { return Logs::default() };
    let spec = &object.spec;
    let mut containers: Vec<Text> = spec.containers.iter().map(|c| c.name.clone()).collect();
    containers.extend(spec.init_containers.iter().map(|c| c.name.clone()));
    containers.extend(spec.ephemeral_containers.iter().map(|c| c.name.clone()));
    let asked = container.and_then(|name| containers.iter().find(|c| &***c == name));
    let container = asked.or(containers.first()).cloned().unwrap_or_default();
    let answer = cluster.logs(&pod.namespace, &pod.name, &container, previous);
    let (lines, refusal) = match answer {
        Ok(lines) => (lines, None),
        Err(status) => (Vec::new(), Some(status.message.as_str().into())),
    };
    let before = lines.len().saturating_sub(most);
    let row = |line: &orrery_apiserver::LogLine| LogRow {
        at: line.at.as_nanos(),
        error: line.error,
        text: line.text.clone(),
    };
    let rows = lines[before..].iter().map(row).collect();
    Logs { containers, container, before, rows, refusal }
}
