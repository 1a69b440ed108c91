//! Lifecycle hooks (upstream: `pkg/kubelet/lifecycle/handlers.go`).

use crate::RuntimeProfile;
use crate::pod_worker::described;
use crate::runtime;
use crate::sync::Turn;
use orrery_api::{Container, ExecAction, LifecycleHandler};
use orrery_sim::Duration;

/// What came of a hook.
pub(crate) struct Hooked {
    /// How long it took.
    pub took: Duration,
    /// Why it failed, in upstream's words.
    pub failure: Option<String>,
}

impl Turn<'_, '_> {
    /// Runs a hook of a container that runs.
    pub(crate) fn run_hook(&mut self, spec: &Container, hook: &LifecycleHandler) -> Hooked {
        if let Some(exec) = &hook.exec {
            return self.exec_hook(spec, exec);
        }
        let slept = hook.sleep.as_ref().and_then(|sleep| u64::try_from(sleep.seconds).ok());
        Hooked { took: Duration::from_secs(slept.unwrap_or(0)), failure: None }
    }

    fn exec_hook(&mut self, spec: &Container, exec: &ExecAction) -> Hooked {
        let lively = self.node.profile == RuntimeProfile::Lively;
        let took = runtime::exec_time(exec).filter(|_| lively).unwrap_or_default();
        let code = runtime::exec_code(exec);
        if code == 0 {
            return Hooked { took, failure: None };
        }
        let command = exec.command.join(" ");
        // The runtime of the recordings is shorter than containerd's client.
        let error = match self.node.profile {
            RuntimeProfile::Immediate => format!("command exited with {code}"),
            RuntimeProfile::Lively => format!("command '{command}' exited with {code}: "),
        };
        let (name, pod) = (&spec.name, described(&self.pod));
        let failure = format!(
            "Exec lifecycle hook ([{command}]) for Container \"{name}\" in Pod \"{pod}\" failed - error: {error}, message: \"\""
        );
        Hooked { took, failure: Some(failure) }
    }
}
