//! What a person asks of the cluster that the API server passes on to a kubelet
//! (upstream: `pkg/registry/core/pod/strategy.go`, `LogLocation` and `ExecLocation`).

use crate::Cluster;
use orrery_api::Pod;
use orrery_apimachinery::{Reason, Status, StatusResult, Str};
use orrery_apiserver::{Exec, ExecOutput, Heard, LogLine};
use orrery_container_runtime::{ExecResult, Input, Session, Stream};
use orrery_kube_proxy::Place;
use orrery_sim::Duration;
use std::rc::Rc;

/// How long a person waits for a container that answers nobody, before typing Ctrl-C.
const IMPATIENCE: Duration = Duration::from_secs(30);
/// The exit code of a command that was ended so.
const INTERRUPTED: i32 = 130;

impl Cluster {
    /// A pod, the name of one of its containers, and the number of its node's kubelet.
    fn locate(
        &self,
        namespace: &str,
        name: &str,
        container: &str,
    ) -> StatusResult<(Rc<Pod>, Str, Option<usize>)> {
        let pod = self.api.get::<Pod>(namespace, name).ok_or_else(|| Status::not_found("pods", name))?;
        let container = valid_container(pod, container)?;
        let Some(node) = &pod.node_name else { return Ok((pod.clone(), container, None)) };
        let number = self.kubelet_of.get(node);
        let &number = number.ok_or_else(|| Status::not_found("nodes", node))?;
        let answers = self.kubelet(node).is_some_and(|kubelet| kubelet.is_on() && kubelet.runs())
            && !self.cut.contains(&number);
        if !answers {
            let address = pod.status.host_ip.as_deref().unwrap_or(node);
            let why = match self.kubelet(node).is_some_and(|kubelet| kubelet.is_on())
                && !self.cut.contains(&number)
            {
                true => "connect: connection refused",
                false => "i/o timeout",
            };
            return Err(Status::new(
                Reason::Unknown,
                format!(
                    "Get \"https://{address}:10250/containerLogs/{namespace}/{name}/{container}\": dial tcp {address}:10250: {why}"
                ),
            ));
        }
        Ok((pod.clone(), container, Some(number)))
    }

    pub(crate) fn logs_of(
        &self,
        namespace: &str,
        name: &str,
        container: &str,
        previous: bool,
    ) -> StatusResult<Vec<LogLine>> {
        let (pod, container, number) = self.locate(namespace, name, container)?;
        let kubelet = number.and_then(|number| self.kubelets[number].component.as_deref());
        // A pod without a node has nothing to say.
        let Some(kubelet) = kubelet else { return Ok(Vec::new()) };
        let log = kubelet.logs(&pod, &container, previous, self.now);
        let log = log.map_err(|why| Status::new(Reason::BadRequest, why))?;
        let line = |line: &orrery_container_runtime::Line| LogLine {
            at: line.at,
            error: line.stream == Stream::Stderr,
            text: line.text.trim_end_matches('\n').into(),
        };
        Ok(log.lines().map(line).collect())
    }

    pub(crate) fn exec_in(
        &mut self,
        namespace: &str,
        name: &str,
        container: &str,
        exec: Exec<'_>,
    ) -> StatusResult<ExecOutput> {
        let (pod, container, number) = self.locate_to_work(namespace, name, container)?;
        let input = if exec.open { Input::open() } else { Input::new(exec.input) };
        self.tracer.open();
        let result = self.at_work(number, |kubelet, api, network, now| {
            kubelet.exec(api, network, (&pod, &container), (exec.command, input), now)
        });
        let from = Place::Pod(namespace.into(), name.into(), None);
        let took = result.as_ref().map(|result| result.busy).unwrap_or_default();
        self.tracer.close_command(self.now, from, exec.command.join(" ").into(), took);
        let result = result.ok_or_else(|| no_container(&container))?;
        if let Some(why) = result.error {
            let what = why.split_once("unable to start container process: ").map_or(&*why, |(_, what)| what);
            let id = "OCI runtime exec failed: exec failed: unable to start container process";
            let why = format!(
                "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: {id}: {what}"
            );
            return Err(Status::new(Reason::Unknown, why));
        }
        let until = self.now + result.took.unwrap_or(IMPATIENCE);
        self.run(until, &mut || true);
        let code = if result.took.is_some() { result.code } else { INTERRUPTED };
        let ExecResult { stdout, stderr, goes_on, .. } = result;
        Ok(ExecOutput { stdout, stderr, code, goes_on })
    }

    pub(crate) fn hear_from(
        &self,
        namespace: &str,
        name: &str,
        container: &str,
        (pid, seen): (u32, [usize; 2]),
    ) -> Option<Heard> {
        let (pod, container, number) = self.locate(namespace, name, container).ok()?;
        let kubelet = self.kubelets[number?].component.as_deref()?;
        let Session { printed, code, reads, .. } = kubelet.session(&pod, &container, pid, self.now)?;
        let new = [0, 1].map(|stream| printed[stream].after(seen[stream]).to_owned());
        Some(Heard { new, bytes: printed.map(|printed| printed.bytes()), code, reads })
    }

    pub(crate) fn feed_to(
        &mut self,
        namespace: &str,
        name: &str,
        container: &str,
        text: &str,
    ) -> StatusResult<()> {
        let (pod, container, number) = self.locate_to_work(namespace, name, container)?;
        let fed = self.at_work(number, |kubelet, api, network, now| {
            kubelet.feed(api, network, (&pod, &container), text, now)
        });
        fed.ok_or_else(|| no_container(&container))
    }

    /// As [`Self::locate`], for what needs a node.
    fn locate_to_work(
        &self,
        namespace: &str,
        name: &str,
        container: &str,
    ) -> StatusResult<(Rc<Pod>, Str, usize)> {
        let (pod, container, number) = self.locate(namespace, name, container)?;
        let no_host = || Status::new(Reason::BadRequest, format!("pod {name} does not have a host assigned"));
        Ok((pod, container, number.ok_or_else(no_host)?))
    }
}

/// The container does not run.
fn no_container(name: &str) -> Status {
    Status::new(Reason::Unknown, format!("unable to upgrade connection: container not found (\"{name}\")"))
}

/// The container that is meant (upstream: `validateContainer`).
fn valid_container(pod: &Pod, name: &str) -> StatusResult<Str> {
    let (spec, whose) = (&pod.spec, &pod.metadata.name);
    let inits = spec.init_containers.iter().map(|c| &c.name);
    let containers = inits.chain(spec.containers.iter().map(|c| &c.name));
    let mut names = containers.chain(spec.ephemeral_containers.iter().map(|c| &c.name));
    if !name.is_empty() {
        let refusal = || {
            let why = format!("container {name} is not valid for pod {whose}");
            Status::new(Reason::BadRequest, why)
        };
        return names.find(|known| &***known == name).cloned().ok_or_else(refusal);
    }
    if let [only] = &spec.containers[..] {
        return Ok(only.name.clone());
    }
    let names: Vec<&str> = names.map(|name| &**name).collect();
    let why =
        format!("a container name must be specified for pod {whose}, choose one of: [{}]", names.join(" "));
    Err(Status::new(Reason::BadRequest, why))
}
