//! A person's connection to the cluster.

use crate::{ApiServer, Config, Request};
use orrery_apimachinery::{Reason, Status, StatusResult, Str};
use orrery_sim::{Duration, SimTime};

/// One line that a container wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: SimTime,
    /// Whether to its error output.
    pub error: bool,
    /// The line, without its end.
    pub text: Str,
}

/// What a command did that ran within a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecOutput {
    /// What it printed.
    pub stdout: String,
    /// What it printed as errors.
    pub stderr: String,
    /// Its exit code.
    pub code: i32,
    /// Its number, if it goes on.
    pub goes_on: Option<u32>,
}

/// A command that is to be run within a container.
#[derive(Clone, Copy, Debug)]
pub struct Exec<'a> {
    /// Its words.
    pub command: &'a [Str],
    /// What stands in its standard input.
    pub input: &'a str,
    /// Whether more may be typed there.
    pub open: bool,
}

/// What a process within a container does that somebody follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// What is new of its output and of its error output.
    pub new: [String; 2],
    /// How many bytes of both there were in all.
    pub bytes: [usize; 2],
    /// The code with which it has ended.
    pub code: Option<i32>,
    /// Whether it waits for what is typed.
    pub reads: bool,
}

/// What a person's program (kubectl, the page) can do: read, send one request, let time pass.
pub trait Session {
    /// The objects, read in place.
    fn api(&self) -> &ApiServer;

    /// The virtual time.
    fn now(&self) -> SimTime;

    /// Says which command line the requests that follow are made for.
    fn begin(&mut self, _command: &str) {}

    /// Finds a server that answers, and waits for it as long as a request would.
    ///
    /// Errors: what a person's program prints when there is none.
    fn reach(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Whether the parts answer that the server asks how they are, by name. A server by itself has only its store.
    fn component_statuses(&self) -> Vec<(String, bool)> {
        [("controller-manager", false), ("scheduler", false), ("etcd-0", true)]
            .map(|(name, answers)| (name.into(), answers))
            .into()
    }

    /// Lets those who serve the APIs for metrics work out what they answer now.
    fn measure(&mut self) {}

    /// The server, and the context for one request of this person.
    fn send(&mut self) -> (&mut ApiServer, Request);

    /// Asks etcd itself, past the API server: what `etcdctl` and `etcdutl` do with these words.
    fn etcdctl(&mut self, _argv: &[String]) -> ExecOutput {
        ExecOutput { stderr: "etcdctl: command not found\n".into(), code: 127, ..Default::default() }
    }

    /// Lets virtual time pass, in which the cluster works.
    fn pass(&mut self, duration: Duration);

    /// What a container has written: `GET pods/NAME/log`, which the server passes on to the kubelet. An empty
    /// `container` means the only one; `previous` its run before the present one.
    ///
    /// Errors: `NotFound`; `BadRequest` when there is no such container, or no such run of it.
    fn logs(
        &self,
        _namespace: &str,
        pod: &str,
        _container: &str,
        _previous: bool,
    ) -> StatusResult<Vec<LogLine>> {
        Err(no_kubelet(pod))
    }

    /// Runs a command within a container, and waits a moment for its end: `POST pods/NAME/exec`, which the server
    /// passes on to the kubelet. Virtual time passes meanwhile.
    ///
    /// Errors: `NotFound`; `BadRequest` when there is no such container; `Unknown` when it does not run.
    fn exec(
        &mut self,
        _namespace: &str,
        pod: &str,
        _container: &str,
        _exec: Exec<'_>,
    ) -> StatusResult<ExecOutput> {
        Err(no_kubelet(pod))
    }

    /// What a process does that goes on within a container, after so many bytes of its outputs; 1 is the container's own.
    /// `None` when it is not there.
    fn hear(
        &self,
        _namespace: &str,
        _pod: &str,
        _container: &str,
        _process: (u32, [usize; 2]),
    ) -> Option<Heard> {
        None
    }

    /// Types a text into a container: `POST pods/NAME/attach`. What ends with Ctrl-D is the last.
    ///
    /// Errors: as those of [`Session::exec`].
    fn feed(&mut self, _namespace: &str, pod: &str, _container: &str, _text: &str) -> StatusResult<()> {
        Err(no_kubelet(pod))
    }

    /// Keeps a port of the person's machine open that leads to a port of a pod, in place of what it led to before:
    /// `POST pods/NAME/portforward`, which the server passes on to the kubelet.
    ///
    /// Errors: `NotFound`; `Unknown` when nobody is there who could.
    fn forward(&mut self, _namespace: &str, pod: &str, _local: u16, _port: u16) -> StatusResult<()> {
        Err(no_kubelet(pod))
    }

    /// How many connections came through such a port so far; `None` when it is not open, or its pod is gone.
    fn forwarded(&self, _local: u16) -> Option<u64> {
        None
    }

    /// Keeps a port of the person's machine open that leads to the server; false when something else is open there.
    fn serve(&mut self, _local: u16) -> bool {
        false
    }

    /// Whether a port leads to the server.
    fn serves(&self, _local: u16) -> bool {
        false
    }

    /// Closes such a port; false when it was not open.
    fn close(&mut self, _local: u16) -> bool {
        false
    }
}

/// A server with nobody behind it: time passes, and nothing happens.
#[derive(Clone, Debug)]
pub struct Still {
    /// The server.
    pub api: ApiServer,
    /// The virtual time.
    pub now: SimTime,
}

impl Still {
    /// An empty server at the beginning of virtual time.
    pub fn new(config: Config) -> Self {
        Still { api: ApiServer::new(config), now: SimTime::ZERO }
    }
}

impl Session for Still {
    fn api(&self) -> &ApiServer {
        &self.api
    }

    fn now(&self) -> SimTime {
        self.now
    }

    fn send(&mut self) -> (&mut ApiServer, Request) {
        let request = Request::new(self.now, "kubectl");
        (&mut self.api, request)
    }

    fn pass(&mut self, duration: Duration) {
        self.now += duration;
    }
}

/// A server by itself has nobody to pass such a request on to.
fn no_kubelet(pod: &str) -> Status {
    Status::new(Reason::Unknown, format!("pod {pod} does not have a host assigned"))
}
