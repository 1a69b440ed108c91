//! IngressClasses: who serves which ingresses.

use crate::defaults::fill;
use crate::ingress::check_reference;
use crate::rules::Rules;
use crate::validation::{Errors, Path, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};

/// The annotation that makes a class the default one.
pub const DEFAULT_INGRESS_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";
/// How long the name of a controller may be.
const CONTROLLER_BYTES: usize = 250;

/// A kind of ingress, and who serves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressClass {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: IngressClassSpec,
}

/// Who serves the ingresses of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressClassSpec {
    /// The controller, such as `example.com/ingress-controller`.
    #[json(text)]
    pub controller: Option<Str>,
    /// The object that tells the controller more.
    #[json(omitempty)]
    pub parameters: Option<IngressClassParametersReference>,
}

/// An object that tells a controller more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressClassParametersReference {
    /// The object's API group.
    #[json(omitempty)]
    pub api_group: Option<Str>,
    /// The object's kind.
    pub kind: Str,
    /// The name.
    pub name: Str,
    /// `Cluster` or `Namespace`: where the object lives.
    pub scope: Option<Str>,
    /// The object's namespace.
    #[json(omitempty)]
    pub namespace: Option<Str>,
}

impl Rules for IngressClass {
    const COUNTS_GENERATION: bool = true;

    fn same_desired(&self, old: &Self) -> bool {
        self.spec == old.spec
    }

    fn set_defaults(&mut self) {
        if let Some(parameters) = &mut self.spec.parameters {
            fill(&mut parameters.scope, "Cluster");
        }
    }

    fn check(&self, errors: &mut Errors) {
        let path = &Path::Root("spec");
        let controller = self.spec.controller.as_deref().unwrap_or_default();
        if controller.len() > CONTROLLER_BYTES {
            errors.too_long(&path.field("controller"), CONTROLLER_BYTES);
        }
        check_controller(controller, &path.field("controller"), errors);
        if let Some(parameters) = &self.spec.parameters {
            check_parameters(parameters, &path.field("parameters"), errors);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        let path = &Path::Root("spec");
        let text = |class: &Self| class.spec.controller.clone().unwrap_or_default();
        errors.immutable(&path.field("controller"), &text(self), &text(old));
        self.check(errors);
    }
}

/// A domain and a path behind it (upstream: `IsDomainPrefixedPath`).
fn check_controller(controller: &str, path: &Path, errors: &mut Errors) {
    if controller.is_empty() {
        return errors.required(path, "");
    }
    let parts = controller.split_once('/').filter(|(host, rest)| !host.is_empty() && !rest.is_empty());
    let Some((host, rest)) = parts else {
        let detail = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        return errors.invalid(path, controller, detail);
    };
    errors.each_invalid(path, host, names::dns_subdomain(host, false));
    if !rest.chars().all(|c| c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:".contains(c)) {
        let detail = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
        errors.invalid(path, rest, detail);
    }
}

fn check_parameters(parameters: &IngressClassParametersReference, path: &Path, errors: &mut Errors) {
    check_reference(parameters.api_group.as_ref(), &parameters.kind, &parameters.name, path, errors);
    let namespace = path.field("namespace");
    match (parameters.scope.as_deref(), &parameters.namespace) {
        (Some("Namespace"), Some(name)) => {
            errors.each_invalid(&namespace, name, names::dns_label(name, false));
        }
        (Some("Namespace"), None) => {
            errors.required(&namespace, "`parameters.scope` is set to 'Namespace'");
        }
        (Some("Cluster"), Some(_)) => errors.forbidden(&namespace, "`parameters.scope` is set to 'Cluster'"),
        (Some("Cluster"), None) => {}
        (Some(unknown), _) => errors.not_supported(&path.field("scope"), unknown, &["Cluster", "Namespace"]),
        (None, _) => errors.required(&path.field("scope"), ""),
    }
}
