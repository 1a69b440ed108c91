//! Structs as Go's `%#v` prints them into a message: `batch.SuccessPolicy{Rules:[]batch.SuccessPolicyRule{…}}`.
//! What a pointer points to is not printed.

use super::shown::{Shown, pointer, quoted};
use crate::template_hash::layout;
use crate::{
    NodeSelectorTerm, PodDisruptionBudgetSpec, PodFailurePolicy, PodTemplateSpec, SeccompProfile,
    SecurityContext, SuccessPolicy, Toleration,
};
use orrery_apimachinery::decode::encode;
use orrery_apimachinery::{Quantity, Value};
use std::rc::Rc;

/// The structs that the layout of templates does not have, or has otherwise, in its form.
const STRUCTS: [(&str, &str); 9] = [
    (
        "PodSpec",
        "Volumes:[]Volume InitContainers:[]Container Containers:[]Container \
         EphemeralContainers:[]EphemeralContainer RestartPolicy TerminationGracePeriodSeconds:*int64 \
         ActiveDeadlineSeconds:*int64 DNSPolicy NodeSelector:map[string]string ServiceAccountName \
         AutomountServiceAccountToken:*bool NodeName SecurityContext:*PodSecurityContext \
         ImagePullSecrets:[]LocalObjectReference Hostname Subdomain SetHostnameAsFQDN:*bool \
         Affinity:*Affinity SchedulerName Tolerations:[]Toleration HostAliases:[]HostAlias \
         PriorityClassName Priority:*int32 PreemptionPolicy:*PreemptionPolicy DNSConfig:*PodDNSConfig \
         ReadinessGates:[]PodReadinessGate RuntimeClassName:*string Overhead:ResourceList \
         EnableServiceLinks:*bool TopologySpreadConstraints:[]TopologySpreadConstraint OS:*PodOS \
         SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim \
         Resources:*ResourceRequirements",
    ),
    (
        "PodSecurityContext",
        "HostNetwork:bool HostPID:bool HostIPC:bool ShareProcessNamespace:*bool HostUsers:*bool \
         SELinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*int64 \
         RunAsGroup:*int64 RunAsNonRoot:*bool SupplementalGroups:[]int64 \
         SupplementalGroupsPolicy:*SupplementalGroupsPolicy FSGroup:*int64 \
         FSGroupChangePolicy:*PodFSGroupChangePolicy Sysctls:[]Sysctl SeccompProfile:*SeccompProfile \
         AppArmorProfile:*AppArmorProfile SELinuxChangePolicy:*PodSELinuxChangePolicy",
    ),
    ("EphemeralContainer", "+EphemeralContainerCommon TargetContainerName"),
    ("PodFailurePolicy", "Rules:[]PodFailurePolicyRule"),
    (
        "PodFailurePolicyRule",
        "Action OnExitCodes:*PodFailurePolicyOnExitCodesRequirement \
         OnPodConditions:[]PodFailurePolicyOnPodConditionsPattern",
    ),
    ("PodFailurePolicyOnPodConditionsPattern", "Type Status"),
    ("SuccessPolicy", "Rules:[]SuccessPolicyRule"),
    ("SuccessPolicyRule", "SucceededIndexes:*string SucceededCount:*int32"),
    (
        "PodDisruptionBudgetSpec",
        "MinAvailable:*intstr.IntOrString Selector:*LabelSelector MaxUnavailable:*intstr.IntOrString \
         UnhealthyPodEvictionPolicy:*UnhealthyPodEvictionPolicyType",
    ),
];
/// The structs that all groups share.
const SHARED: [&str; 4] = ["ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector"];

impl Shown for Rc<PodTemplateSpec> {
    fn shown(&self) -> String {
        Syntax { package: "core" }.value("PodTemplateSpec", Some(&encode(self)))
    }
}

impl Shown for PodFailurePolicy {
    fn shown(&self) -> String {
        Syntax { package: "batch" }.value("PodFailurePolicy", Some(&encode(self)))
    }
}

impl Shown for SuccessPolicy {
    fn shown(&self) -> String {
        Syntax { package: "batch" }.value("SuccessPolicy", Some(&encode(self)))
    }
}

impl Shown for PodDisruptionBudgetSpec {
    fn shown(&self) -> String {
        Syntax { package: "policy" }.value("PodDisruptionBudgetSpec", Some(&encode(self)))
    }
}

macro_rules! core {
    ($($ty:ident)*) => {
        $(impl Shown for $ty {
            fn shown(&self) -> String {
                Syntax { package: "core" }.value(stringify!($ty), Some(&encode(self)))
            }
        })*
    };
}

core! { NodeSelectorTerm SeccompProfile SecurityContext Toleration }

impl Shown for [NodeSelectorTerm] {
    fn shown(&self) -> String {
        let terms = self.iter().map(Shown::shown);
        braced("[]core.NodeSelectorTerm", (!self.is_empty()).then_some(terms))
    }
}

/// The fields of the struct of that name as the API server has it, if there is one.
pub(super) fn fields(ty: &str) -> Option<&'static str> {
    // What a container has that was added for a look is declared once more, with the same fields.
    let ty = if ty == "EphemeralContainerCommon" { "Container" } else { ty };
    let own = STRUCTS.iter().find(|entry| entry.0 == ty).map(|entry| entry.1);
    own.or_else(|| layout::fields(ty))
}

/// The type with the package it is from, which is `package` for types of no other.
pub(super) fn qualified(package: &str, ty: &str) -> String {
    if SHARED.contains(&ty) {
        format!("v1.{ty}")
    } else if ty.starts_with(|c: char| c.is_ascii_uppercase()) {
        format!("{package}.{ty}")
    } else {
        ty.into()
    }
}

/// The printer of a group's structs.
struct Syntax {
    package: &'static str,
}

impl Syntax {
    fn qualified(&self, ty: &str) -> String {
        qualified(self.package, ty)
    }

    /// A value of type `ty`; an absent one is empty, as Go has it.
    fn value(&self, ty: &str, value: Option<&Value>) -> String {
        if let Some(target) = ty.strip_prefix('*') {
            // A pointer to a date has a way of its own to print itself.
            let nil_date = target == "Time" && value.is_none();
            return if nil_date { "<nil>".into() } else { pointer(&self.qualified(target), value.is_some()) };
        }
        if let Some(element) = ty.strip_prefix("[]") {
            let items = value.and_then(Value::as_array).filter(|items| !items.is_empty());
            let items = items.map(|items| items.iter().map(|item| self.value(element, Some(item))));
            return braced(&format!("[]{}", self.qualified(element)), items);
        }
        if let Some(fields) = fields(ty) {
            return braced(&self.qualified(ty), Some(self.fields(fields, value)));
        }
        let entries = value.and_then(Value::as_object).filter(|entries| !entries.is_empty());
        let text = value.and_then(Value::as_str).unwrap_or_default();
        match ty {
            "map[string]string" => {
                let pairs =
                    entries.map(|pairs| pairs.iter().map(|(k, v)| pair(k, self.value("string", Some(v)))));
                braced(ty, pairs)
            }
            "ResourceList" => {
                let amount = |v: &Value| v.as_str().and_then(Quantity::parse).unwrap_or_default().in_memory();
                let pairs = entries.map(|pairs| pairs.iter().map(|(k, v)| pair(k, amount(v))));
                braced(&self.qualified(ty), pairs)
            }
            "bool" => (value == Some(&Value::Bool(true))).to_string(),
            "int32" | "int64" => value.map_or_else(|| "0".into(), ToString::to_string),
            // Templates are never created at a time of their own.
            "Time" => "time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)".into(),
            _ => quoted(text),
        }
    }

    fn fields(&self, fields: &'static str, value: Option<&Value>) -> impl Iterator<Item = String> {
        layout::parse(fields).map(move |field| {
            let member = match &field.key {
                Some(key) => value.and_then(|value| value.get(key)).filter(|member| !member.is_null()),
                None => value,
            };
            format!("{}:{}", field.name, self.value(field.ty, member))
        })
    }
}

fn pair(key: &str, value: String) -> String {
    format!("{}:{value}", quoted(key))
}

/// Items in braces behind their type, or the type's nil.
fn braced(ty: &str, items: Option<impl Iterator<Item = String>>) -> String {
    match items {
        Some(items) => format!("{ty}{{{}}}", items.collect::<Vec<_>>().join(", ")),
        None => format!("{ty}(nil)"),
    }
}
