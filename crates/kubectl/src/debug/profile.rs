//! What a debugging container may do, by the name of a profile (upstream: `kubectl/pkg/cmd/debug/profiles.go`).

use super::fields;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::json;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Profile {
    Legacy,
    General,
    Baseline,
    Restricted,
    Netadmin,
    Sysadmin,
}

/// Where the container is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    /// In the pod itself.
    Added,
    /// In a copy of the pod.
    Copied,
    /// In a pod of its own that sees a node.
    OnNode,
}

impl Profile {
    pub(super) fn parse(args: &Args) -> Result<Profile, Failure> {
        Ok(match args.flag("profile").unwrap_or("legacy") {
            "legacy" => Profile::Legacy,
            "general" => Profile::General,
            "baseline" => Profile::Baseline,
            "restricted" => Profile::Restricted,
            "netadmin" => Profile::Netadmin,
            "sysadmin" => Profile::Sysadmin,
            other => return Err(Failure::usage(format!("unknown profile: {other}"))),
        })
    }

    /// Says it of the container alone.
    pub(super) fn secure(self, container: &mut Value, way: Way) {
        let context = match self {
            Profile::General if way != Way::OnNode => json!({"capabilities": {"add": ["SYS_PTRACE"]}}),
            Profile::Restricted => json!({
                "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": true,
                "seccompProfile": {"type": "RuntimeDefault"},
            }),
            Profile::Netadmin => json!({"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}}),
            Profile::Sysadmin => json!({"privileged": true}),
            Profile::Legacy | Profile::General | Profile::Baseline => return,
        };
        fields(container, "securityContext").extend(context.as_object().cloned().unwrap_or_default());
    }

    /// Says it of a whole new pod.
    pub(super) fn apply(self, pod: &mut Value, container: &str, way: Way, args: &Args) {
        match way {
            Way::Copied if self == Profile::Legacy => drop(fields(pod, "metadata").remove("labels")),
            Way::Copied => bare(pod, args),
            Way::OnNode if !matches!(self, Profile::Baseline | Profile::Restricted) => {
                for field in ["hostNetwork", "hostPID", "hostIPC"] {
                    pod["spec"][field] = true.into();
                }
                if self != Profile::Netadmin {
                    pod["spec"]["volumes"] = json!([{"name": "host-root", "hostPath": {"path": "/"}}]);
                    pod["spec"]["containers"][0]["volumeMounts"] =
                        json!([{"mountPath": "/host", "name": "host-root"}]);
                }
            }
            _ => {}
        }
        for known in pod["spec"]["containers"].as_array_mut().into_iter().flatten() {
            if known["name"] == container {
                self.secure(known, way);
            }
        }
    }
}

/// Takes from a copy what would draw requests or restarts to it.
fn bare(pod: &mut Value, args: &Args) {
    for field in ["labels", "annotations"] {
        if !args.on(&["keep-", field].concat()) {
            fields(pod, "metadata").remove(field);
        }
    }
    let spec = fields(pod, "spec");
    if args.flag("keep-init-containers").is_some_and(|_| !args.on("keep-init-containers")) {
        spec.remove("initContainers");
    }
    spec.entry("shareProcessNamespace").or_insert(true.into());
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        for (flag, probe) in [
            ("keep-liveness", "livenessProbe"),
            ("keep-readiness", "readinessProbe"),
            ("keep-startup", "startupProbe"),
        ] {
            if let Some(fields) = container.as_object_mut().filter(|_| !args.on(flag)) {
                fields.remove(probe);
            }
        }
    }
}
