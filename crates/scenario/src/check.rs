//! Whether something is true of a cluster, and if not, what is true instead.

use orrery_api::{Event, Kind, Object, Pod};
use orrery_apimachinery::{Str, Value, labels};
use orrery_cluster::Cluster;
use orrery_kubectl::{Output, jsonpath};
use std::collections::BTreeSet;

use crate::format::{Check, EventCheck, LoadCheck, PodCheck, RequestCheck, TextCheck};
use crate::goal;

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Index of the step.
    pub step: usize,
    /// Index of the expectation; none for what was waited for.
    pub check: Option<usize>,
    /// Why it does not hold.
    pub wrong: Option<String>,
}

/// What a check is about: a cluster, the namespace of the scenario, and what its last command printed.
pub(crate) struct About<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) home: &'a str,
    pub(crate) output: Option<&'a Output>,
}

type Holds = Result<(), String>;

fn same<T: PartialEq + std::fmt::Display>(what: &str, is: T, wanted: Option<T>) -> Holds {
    match wanted {
        Some(wanted) if wanted != is => Err(format!("{what}: {is}, not {wanted}")),
        _ => Ok(()),
    }
}

impl Check {
    /// Nothing if all of it is true, or else what is not.
    pub(crate) fn holds(&self, about: &About<'_>) -> Holds {
        let output = || about.output.ok_or_else(|| "nothing was run".to_owned());
        if self.exit_code.is_some() {
            same("exit code", output()?.code, self.exit_code)?;
        }
        if let Some(text) = &self.stdout {
            text.holds("stdout", &output()?.stdout)?;
        }
        if let Some(text) = &self.stderr {
            text.holds("stderr", &output()?.stderr)?;
        }
        self.object.as_deref().map_or(Ok(()), |object| self.object_holds(object, about))?;
        self.pods.as_ref().map_or(Ok(()), |pods| pods.holds(about))?;
        self.event.as_ref().map_or(Ok(()), |event| event.holds(about))?;
        self.load.as_ref().map_or(Ok(()), |load| load.holds(about.cluster))?;
        self.request.as_ref().map_or(Ok(()), |request| request.holds(about.cluster))
    }

    /// Of several objects that are meant, one that is as told is enough.
    fn object_holds(&self, object: &str, about: &About<'_>) -> Holds {
        let found = objects(object, about.cluster, about.home)?;
        if self.exists == Some(false) {
            return if found.is_empty() { Ok(()) } else { Err(format!("{object} is there")) };
        }
        let mut wrong = Err(format!("{object} is not there"));
        for candidate in found {
            wrong = self.is_as_told(&candidate.to_value()).map_err(|why| format!("{object}: {why}"));
            if wrong.is_ok() {
                break;
            }
        }
        wrong
    }

    fn is_as_told(&self, object: &Value) -> Holds {
        if let Some(condition) = &self.condition {
            let list = object["status"]["conditions"].as_array();
            let found = list.and_then(|list| list.iter().find(|one| one["type"] == **condition));
            let status = found.and_then(|one| one["status"].as_str()).unwrap_or("not there");
            same(condition, status, Some("True"))?;
        }
        let Some(path) = &self.path else { return Ok(()) };
        let is = jsonpath::found(path, object)?;
        same(path, is.as_str(), self.equals.as_ref().map(|wanted| wanted.0.as_str()))?;
        match &self.contains {
            Some(part) if !is.contains(&**part) => Err(format!("{path}: {is}, without {part}")),
            _ => Ok(()),
        }
    }
}

/// The objects that are meant by `KIND/NAME`, or by the beginning of a name.
pub(crate) fn objects<'a>(text: &str, cluster: &'a Cluster, home: &str) -> Result<Vec<&'a Object>, String> {
    let (kind, name) = goal::object(text)?;
    let (namespace, api): (Str, _) = (home.into(), cluster.api());
    let all: Vec<&Object> = if kind.namespaced() {
        api.objects_in(kind, &namespace).collect()
    } else {
        api.objects(kind).collect()
    };
    Ok(all.into_iter().filter(|object| is_meant(name, &object.metadata().name)).collect())
}

/// Whether `name` is the one that is meant: a `*` at the end stands for any ending.
fn is_meant(meant: &str, name: &str) -> bool {
    meant.strip_suffix('*').map_or(meant == name, |start| name.starts_with(start))
}

impl TextCheck {
    fn holds(&self, what: &str, text: &str) -> Holds {
        let text = text.trim();
        same(what, text, self.equals.as_ref().map(|wanted| wanted.0.trim()))?;
        match (&self.contains, &self.lacks) {
            (Some(part), _) if !text.contains(&**part) => Err(format!("{what}: {text}, without {part}")),
            (_, Some(part)) if text.contains(&**part) => Err(format!("{what}: {text}, with {part}")),
            _ => Ok(()),
        }
    }
}

/// A count of a file, as counts are here.
fn count(told: Option<i32>) -> Option<u64> {
    told.map(|told| u64::try_from(told).unwrap_or(0))
}

impl PodCheck {
    fn holds(&self, about: &About<'_>) -> Holds {
        let selector = labels::parse(&self.selector)?;
        let pods = about.cluster.api().pods_matching(&about.home.into(), &selector);
        let number = |wanted: &dyn Fn(&Pod) -> bool| pods.iter().filter(|pod| wanted(pod)).count() as u64;
        let nodes: BTreeSet<&Str> = pods.iter().filter_map(|pod| pod.node_name.as_ref()).collect();
        let what = if self.selector.is_empty() { "pods" } else { &self.selector };
        same(what, pods.len() as u64, count(self.count))?;
        same(&format!("{what}: ready"), number(&is_ready), count(self.ready))?;
        same(
            &format!("{what}: unscheduled"),
            number(&|pod| pod.node_name.is_none()),
            count(self.unscheduled),
        )?;
        same(&format!("{what}: nodes"), nodes.len() as u64, count(self.nodes))
    }
}

fn is_ready(pod: &Pod) -> bool {
    pod.status.conditions.iter().any(|one| &*one.type_ == "Ready" && &*one.status == "True")
}

impl EventCheck {
    fn holds(&self, about: &About<'_>) -> Holds {
        let meant = self.object.as_deref().map(goal::object).transpose()?;
        let is_about = |event: &Event, (kind, name): (Kind, &str)| {
            let object = &event.involved_object;
            object.kind.as_deref() == Some(kind.name())
                && is_meant(name, object.name.as_deref().unwrap_or_default())
        };
        let fits = |event: &Event| {
            event.reason.as_deref() == Some(&*self.reason)
                && meant.is_none_or(|meant| is_about(event, meant))
                && self
                    .message
                    .as_deref()
                    .is_none_or(|part| event.message.as_deref().unwrap_or_default().contains(part))
        };
        if about.cluster.api().list::<Event>().any(|event| fits(event)) {
            return Ok(());
        }
        Err(format!("there is no such event {}", self.reason))
    }
}

impl LoadCheck {
    fn holds(&self, cluster: &Cluster) -> Holds {
        let load = cluster.load(&self.name).ok_or_else(|| format!("there is no load {}", self.name))?;
        let (failed, sent) = (load.errors(), load.sent);
        same(&format!("{}: failed", self.name), failed, count(self.failed))?;
        for (what, is, least) in
            [("failed", failed, self.failed_at_least), ("sent", sent, self.sent_at_least)]
        {
            if count(least).is_some_and(|least| is < least) {
                return Err(format!("{}: {what}: only {is}", self.name));
            }
        }
        Ok(())
    }
}

impl RequestCheck {
    fn holds(&self, cluster: &Cluster) -> Holds {
        use orrery_cluster::End;
        let journey = cluster.journeys().next_back().ok_or("there was no request")?;
        match &journey.end {
            End::Answered(_) if self.failed => Err("the request was answered".into()),
            End::Answered(status) => same("status", i32::from(status.unwrap_or_default()), self.status),
            End::Failed(..) if self.failed => Ok(()),
            End::Failed(_, why) => Err(format!("the request was not answered: {why}")),
        }
    }
}
