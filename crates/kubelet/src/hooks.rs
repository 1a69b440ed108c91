//! Lifecycle hooks (upstream: `pkg/kubelet/lifecycle/handlers.go`).

use crate::RuntimeProfile;
use crate::fake_runtime;
use crate::pod_worker::described;
use crate::sync::Turn;
use orrery_api::{Container, ExecAction, LifecycleHandler};
use orrery_apimachinery::IntOrString;
use orrery_sim::Duration;

/// What came of a hook.
pub(crate) struct Hooked {
    /// How long it took.
    pub took: Duration,
    /// Why it failed, in upstream's words.
    pub failure: Option<String>,
}

impl Turn<'_, '_> {
    /// Runs a hook of the container with the number `index`, which runs.
    pub(crate) fn run_hook(&mut self, index: usize, spec: &Container, hook: &LifecycleHandler) -> Hooked {
        if let Some(exec) = &hook.exec {
            return self.exec_hook(index, spec, exec);
        }
        let lively = self.node.profile == RuntimeProfile::Lively;
        if let Some(http) = hook.http_get.as_ref().filter(|_| lively) {
            let (error, took) = self.ask_hook(spec, http);
            let path = http.path.as_deref().unwrap_or_default();
            let failure = error.map(|error| self.hook_failure(spec, "HTTP", path, &error));
            return Hooked { took, failure };
        }
        if let Some(tcp) = &hook.tcp_socket {
            let port = match &tcp.port {
                IntOrString::Int(port) => format!("{{0 {port} }}"),
                IntOrString::String(port) => format!("{{1 0 {port}}}"),
            };
            let host = tcp.host.as_deref().unwrap_or_default();
            let failure = format!(
                "Cannot run handler: invalid handler: &LifecycleHandler{{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction{{Port:{port},Host:{host},}},Sleep:nil,}}"
            );
            return Hooked { took: Duration::ZERO, failure: Some(failure) };
        }
        let slept = hook.sleep.as_ref().and_then(|sleep| u64::try_from(sleep.seconds).ok());
        Hooked { took: Duration::from_secs(slept.unwrap_or(0)), failure: None }
    }

    fn exec_hook(&mut self, index: usize, spec: &Container, exec: &ExecAction) -> Hooked {
        let command = exec.command.join(" ");
        let shown = ["[", &command, "]"].concat();
        let Some(result) = self.outside().exec(index, &exec.command) else {
            // The runtime of the recordings is shorter than containerd's client.
            let error = match fake_runtime::exec_code(exec) {
                0 => return Hooked { took: Duration::ZERO, failure: None },
                code => format!("command exited with {code}, message: \"\""),
            };
            return Hooked {
                took: Duration::ZERO,
                failure: Some(self.hook_failure(spec, "Exec", &shown, &error)),
            };
        };
        // What does not end is waited for until the container is stopped.
        let took = result.took.unwrap_or(Duration::MAX);
        let (code, out, err) = (result.code, result.stdout, result.stderr);
        let error = match result.error {
            Some(why) => {
                format!("rpc error: code = Unknown desc = failed to exec in container: {why}, message: \"\"")
            }
            None if code == 0 => return Hooked { took, failure: None },
            None => {
                let message = [&*out, &*err].concat();
                format!("command '{command}' exited with {code}: {err}, message: {message:?}")
            }
        };
        Hooked { took, failure: Some(self.hook_failure(spec, "Exec", &shown, &error)) }
    }

    fn hook_failure(&self, spec: &Container, kind: &str, what: &str, error: &str) -> String {
        let (name, pod) = (&spec.name, described(&self.pod));
        format!(
            "{kind} lifecycle hook ({what}) for Container \"{name}\" in Pod \"{pod}\" failed - error: {error}"
        )
    }
}
