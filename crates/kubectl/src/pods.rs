//! Which pod, and which of its containers, a command line means
//! (upstream: `polymorphichelpers`, `cmd/util/podcmd`, `util/podutils`).

use crate::command::Cx;
use crate::{Args, Failure, manifest, target};
use orrery_api::{Container, Kind, Object, Pod, PodCondition};
use orrery_apimachinery::{LabelSelector, Order, Str, StrMap};
use orrery_apiserver::Key;
use orrery_sim::Duration;
use std::rc::Rc;

/// How often it is looked for news.
pub(crate) const LOOK: Duration = Duration::from_millis(100);
/// How long it is waited for the first pod unless told otherwise.
const FIRST_POD: Duration = Duration::from_secs(20);
/// The annotation that says which container is meant when none is named.
const DEFAULT: &str = "kubectl.kubernetes.io/default-container";

/// The object that the file of `-f` names.
pub(crate) fn of_file(cx: &mut Cx<'_>, args: &Args) -> Result<Option<Object>, Failure> {
    if args.all("filename").is_empty() {
        return Ok(None);
    }
    let first = manifest::read(cx, args)?.into_iter().next();
    let first = first.ok_or_else(|| Failure::usage("no objects found"))?;
    Ok(Some(cx.get(&first.key)?))
}

/// The object that a word names; a name alone is that of a pod.
pub(crate) fn named(cx: &Cx<'_>, args: &Args, word: &str) -> Result<Object, Failure> {
    let key = match word.split_once('/') {
        None => Key::new(Kind::Pod, args.namespace(), word),
        Some((resource, name)) => {
            let kind = target::kind(cx.api(), resource)?;
            Key::new(kind, if kind.namespaced() { args.namespace() } else { "" }, name)
        }
    };
    Ok(cx.get(&key)?)
}

/// The pods of an object, the best to look at in front; it is waited for the first.
pub(crate) fn of(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    doing: &str,
    by_restarts: bool,
) -> Result<Vec<Rc<Pod>>, Failure> {
    if let Object::Pod(pod) = object {
        return Ok(vec![pod.clone()]);
    }
    let kind = object.kind();
    let selects = selector(object).ok_or_else(|| {
        let type_ = format!("*{}.{}", kind.version(), kind.name());
        Failure::usage(format!("cannot {doing} {type_}: selector for {type_} not implemented"))
    })?;
    let deadline = cx.session.now() + args.duration("pod-running-timeout").unwrap_or(FIRST_POD);
    loop {
        let namespace = &object.metadata().namespace;
        let mut pods = match &selects {
            Selects::Set(selector) => cx.api().pods_matching(namespace, selector),
            Selects::Pairs(pairs) => cx.api().pods_equal_to(namespace, pairs),
        };
        if !pods.is_empty() {
            pods.order_by_key(|pod| rank(pod, by_restarts));
            return Ok(pods);
        }
        if cx.session.now() >= deadline {
            return Err(Failure::usage("timed out waiting for the condition"));
        }
        cx.session.pass(LOOK);
    }
}

/// How an object picks its pods.
enum Selects {
    Set(LabelSelector),
    Pairs(StrMap),
}

fn selector(object: &Object) -> Option<Selects> {
    let set = |selector: &Option<LabelSelector>| selector.clone().map(Selects::Set);
    match object {
        Object::Deployment(it) => set(&it.spec.selector),
        Object::ReplicaSet(it) => set(&it.spec.selector),
        Object::StatefulSet(it) => set(&it.spec.selector),
        Object::DaemonSet(it) => set(&it.spec.selector),
        Object::Job(it) => set(&it.spec.selector),
        Object::ReplicationController(it) => Some(Selects::Pairs(it.spec.selector.clone())),
        Object::Service(it) => Some(Selects::Pairs(it.spec.selector.clone())),
        _ => None,
    }
}

/// The condition that says that a pod is ready.
fn ready(pod: &Pod) -> Option<&PodCondition> {
    pod.status.conditions.iter().find(|c| &*c.type_ == "Ready" && &*c.status == "True")
}

/// Whether a pod is ready.
pub(crate) fn is_ready(pod: &Pod) -> bool {
    ready(pod).is_some()
}

/// Upstream: `ByLogging`, and `ActivePods` backwards, which like few restarts better than many.
fn rank(pod: &Pod, by_restarts: bool) -> (bool, usize, bool, i64, i64, i64) {
    let phase = ["Running", "Unknown", "Pending"].iter().position(|p| pod.status.phase.as_deref() == Some(p));
    let ready = ready(pod);
    let since = ready.and_then(|condition| condition.last_transition_time);
    let most = pod.status.container_statuses.iter().map(|status| status.restart_count).max().unwrap_or(0);
    let restarts = if by_restarts { -i64::from(most) } else { i64::from(most) };
    let created = pod.metadata.creation_timestamp.map_or(i64::MAX, |at| at.0);
    let since = since.map_or(i64::MAX, |at| at.0);
    (pod.node_name.is_none(), phase.unwrap_or(0), ready.is_none(), since, restarts, created)
}

/// The names of all containers of a pod, each with what it is.
pub(crate) fn containers(pod: &Pod) -> Vec<(Str, &'static str)> {
    let named = |list: &[Container], what: &'static str| {
        list.iter().map(|container| (container.name.clone(), what)).collect::<Vec<_>>()
    };
    let mut all = named(&pod.spec.containers, "");
    all.extend(pod.spec.ephemeral_containers.iter().map(|container| (container.name.clone(), " (ephem)")));
    all.extend(named(&pod.spec.init_containers, " (init)"));
    all
}

/// Whether a pod has a container of that name.
pub(crate) fn has(pod: &Pod, name: &str) -> bool {
    containers(pod).iter().any(|(known, _)| &**known == name)
}

/// The container that is meant when none is named; it is said which, if there are others.
pub(crate) fn default_container(cx: &mut Cx<'_>, pod: &Pod, quiet: bool) -> Str {
    if let Some(name) = pod.metadata.annotations.get(DEFAULT).filter(|name| has(pod, name)) {
        return name.clone();
    }
    let all = containers(pod);
    let (first, _) = all[0].clone();
    if all.len() > 1 && !quiet {
        let names: Vec<String> = all.iter().map(|(name, what)| [&**name, what].concat()).collect();
        let names = names.join(", ");
        cx.output.tell(&format!("Defaulted container {:?} out of: {names}\n", &*first));
    }
    first
}

/// The container that `-c` names, or the default one; a command runs there or is attached to.
pub(crate) fn container(cx: &mut Cx<'_>, args: &Args, pod: &Pod) -> Result<Str, Failure> {
    match args.flag("container").filter(|name| !name.is_empty()) {
        None => Ok(default_container(cx, pod, args.on("quiet"))),
        Some(name) if has(pod, name) => Ok(name.into()),
        Some(name) => Err(Failure::usage(format!("container {name} not found in pod {}", pod.metadata.name))),
    }
}

/// Whether a container has ended and will not write any more.
fn ended(pod: &Pod, container: &str) -> bool {
    let status = &pod.status;
    let lists =
        [&status.container_statuses, &status.init_container_statuses, &status.ephemeral_container_statuses];
    let mut statuses = lists.into_iter().flatten();
    statuses.find(|it| &*it.name == container).is_some_and(|it| it.state.running.is_none())
}

/// Whether none of these containers writes any more.
pub(crate) fn all_ended(cx: &Cx<'_>, sources: &[(Rc<Pod>, Str)]) -> bool {
    sources.iter().all(|(pod, container)| {
        let now = cx.api().get::<Pod>(&pod.metadata.namespace, &pod.metadata.name);
        now.is_none_or(|now| now.metadata.uid != pod.metadata.uid || ended(now, container))
    })
}
