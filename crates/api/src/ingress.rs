//! Ingresses: which requests from outside go to which services.

use crate::reference::TypedLocalObjectReference;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, intstr, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};
use std::net::IpAddr;

/// The annotation of old that names the class.
pub const INGRESS_CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";
/// How a path of a request is compared, in upstream's order.
const PATH_TYPES: [&str; 3] = ["Exact", "ImplementationSpecific", "Prefix"];

/// Rules that send requests from outside to services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Ingress {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: IngressSpec,
    /// What is known of it.
    pub status: IngressStatus,
}

/// What the ingress is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressSpec {
    /// The class, which says which controller serves it.
    #[json(omitempty)]
    pub ingress_class_name: Option<Str>,
    /// Who answers what no rule takes.
    #[json(omitempty)]
    pub default_backend: Option<IngressBackend>,
    /// For which hosts there are certificates.
    #[json(omitempty)]
    pub tls: Vec<IngressTLS>,
    /// The rules, by host.
    #[json(omitempty)]
    pub rules: Vec<IngressRule>,
}

/// Hosts and their certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressTLS {
    /// The hosts.
    #[json(omitempty)]
    pub hosts: Vec<Str>,
    /// The Secret with the certificate.
    #[json(text)]
    pub secret_name: Option<Str>,
}

/// What becomes of the requests for a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressRule {
    /// The host, perhaps with `*.` before it; every host if absent.
    #[json(text)]
    pub host: Option<Str>,
    /// The paths of the host.
    #[json(omitempty)]
    pub http: Option<HTTPIngressRuleValue>,
}

/// The paths of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HTTPIngressRuleValue {
    /// The paths.
    #[json(null_if_empty)]
    pub paths: Vec<HTTPIngressPath>,
}

/// A path and who answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HTTPIngressPath {
    /// The path.
    #[json(text)]
    pub path: Option<Str>,
    /// `Exact`, `Prefix` or `ImplementationSpecific`.
    pub path_type: Option<Str>,
    /// Who answers.
    pub backend: IngressBackend,
}

/// Who answers a request: a service or another object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressBackend {
    /// A service of the same namespace.
    #[json(omitempty)]
    pub service: Option<IngressServiceBackend>,
    /// An object of the same namespace.
    #[json(omitempty)]
    pub resource: Option<TypedLocalObjectReference>,
}

/// A port of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressServiceBackend {
    /// The service's name.
    pub name: Str,
    /// The port.
    pub port: ServiceBackendPort,
}

/// A port by name or by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServiceBackendPort {
    /// The port's name.
    #[json(text)]
    pub name: Option<Str>,
    /// The port's number.
    #[json(omitempty)]
    pub number: i32,
}

/// What is known of the ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressStatus {
    /// Where it is reached.
    pub load_balancer: IngressLoadBalancerStatus,
}

/// Where an ingress is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressLoadBalancerStatus {
    /// The entrances.
    #[json(omitempty)]
    pub ingress: Vec<IngressLoadBalancerIngress>,
}

/// One entrance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressLoadBalancerIngress {
    /// Its address.
    #[json(text)]
    pub ip: Option<Str>,
    /// Its name.
    #[json(text)]
    pub hostname: Option<Str>,
    /// Its ports.
    #[json(omitempty)]
    pub ports: Vec<IngressPortStatus>,
}

/// A port of an entrance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IngressPortStatus {
    /// The number.
    pub port: i32,
    /// The protocol.
    pub protocol: Str,
    /// What is wrong with it.
    #[json(omitempty)]
    pub error: Option<Str>,
}

impl Rules for Ingress {
    const COUNTS_GENERATION: bool = true;

    fn check(&self, errors: &mut Errors) {
        check_spec(&self.spec, &Path::Root("spec"), errors);
        let annotation = self.metadata.annotations.get(INGRESS_CLASS_ANNOTATION);
        if let (Some(annotation), Some(class)) = (annotation, &self.spec.ingress_class_name)
            && annotation != class
        {
            let path = &Path::Root("annotations");
            let detail = "must match `ingressClassName` when both are specified";
            errors.invalid(&path.field(INGRESS_CLASS_ANNOTATION), annotation, detail);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        check_spec(&self.spec, &Path::Root("spec"), errors);
        if self.status != old.status {
            let path = &Path::Root("status");
            check_entrances(&self.status.load_balancer, &path.field("loadBalancer"), errors);
        }
    }
}

fn check_spec(spec: &IngressSpec, path: &Path, errors: &mut Errors) {
    if spec.rules.is_empty() && spec.default_backend.is_none() {
        let none = Bare("[]networking.IngressRule(nil)");
        errors.invalid(path, &none, "either `defaultBackend` or `rules` must be specified");
    }
    if let Some(backend) = &spec.default_backend {
        check_backend(backend, &path.field("defaultBackend"), errors);
    }
    for (i, rule) in spec.rules.iter().enumerate() {
        check_rule(rule, &path.field("rules").index(i), errors);
    }
    for (i, tls) in spec.tls.iter().enumerate() {
        check_tls(tls, &path.field("tls").index(i), errors);
    }
    if let Some(class) = &spec.ingress_class_name {
        errors.each_invalid(&path.field("ingressClassName"), class, names::dns_subdomain(class, false));
    }
}

/// A host name, perhaps with a wildcard.
fn check_host(host: &Str, path: &Path, errors: &mut Errors) {
    let reasons = if host.contains('*') { names::wildcard(host) } else { names::dns_subdomain(host, false) };
    errors.each_invalid(path, host, reasons);
}

fn check_rule(rule: &IngressRule, path: &Path, errors: &mut Errors) {
    if let Some(host) = &rule.host {
        if host.parse::<IpAddr>().is_ok() {
            errors.invalid(&path.field("host"), host, "must be a DNS name, not an IP address");
        }
        check_host(host, &path.field("host"), errors);
    }
    let Some(http) = &rule.http else { return };
    let path = &path.field("http");
    if http.paths.is_empty() {
        errors.required(&path.field("paths"), "");
    }
    for (i, request) in http.paths.iter().enumerate() {
        check_path(request, &path.field("paths").index(i), errors);
    }
}

fn check_path(request: &HTTPIngressPath, path: &Path, errors: &mut Errors) {
    let Some(kind) = &request.path_type else {
        return errors.required(&path.field("pathType"), "pathType must be specified");
    };
    let (at, text) = (path.field("path"), request.path.as_deref().unwrap_or_default());
    let absolute = text.starts_with('/');
    match &**kind {
        "Exact" | "Prefix" => {
            if !absolute {
                errors.invalid(&at, text, "must be an absolute path");
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"].iter().filter(|part| text.contains(**part)) {
                errors.invalid(&at, text, format!("must not contain '{part}'"));
            }
            for end in ["/..", "/."].iter().filter(|end| text.ends_with(**end)) {
                errors.invalid(&at, text, format!("cannot end with '{end}'"));
            }
        }
        "ImplementationSpecific" => {
            if !absolute && !text.is_empty() {
                errors.invalid(&at, text, "must be an absolute path");
            }
        }
        unknown => errors.not_supported(&path.field("pathType"), unknown, &PATH_TYPES),
    }
    check_backend(&request.backend, &path.field("backend"), errors);
}

fn check_backend(backend: &IngressBackend, path: &Path, errors: &mut Errors) {
    match (&backend.resource, &backend.service) {
        (Some(_), Some(_)) => errors.invalid(path, "", "cannot set both resource and service backends"),
        (Some(resource), None) => {
            let group = resource.api_group.as_ref();
            check_reference(group, &resource.kind, &resource.name, &path.field("resource"), errors);
        }
        (None, Some(service)) => check_service(service, path, errors),
        (None, None) => errors.invalid(path, "", "resource or service backend is required"),
    }
}

fn check_service(backend: &IngressServiceBackend, path: &Path, errors: &mut Errors) {
    let service = path.field("service");
    let (at, name) = (service.field("name"), &backend.name);
    if name.is_empty() {
        errors.required(&at, "");
    } else {
        errors.each_invalid(&at, name, names::dns_1035_label(name, false));
    }
    let port = service.field("port");
    match (&backend.port.name, backend.port.number) {
        (Some(_), 1.. | ..0) => errors.invalid(path, "", "cannot set both port name & port number"),
        (Some(name), 0) => errors.each_invalid(&port.field("name"), name, names::port_name(name)),
        (None, 0) => errors.required(path, "port name or number is required"),
        (None, number) => errors.each_invalid(&port.field("number"), &number, names::port_number(number)),
    }
}

/// An object of any kind (upstream: `validateIngressTypedLocalObjectReference`).
pub(crate) fn check_reference(group: Option<&Str>, kind: &Str, name: &Str, path: &Path, errors: &mut Errors) {
    if let Some(group) = group {
        errors.each_invalid(&path.field("apiGroup"), group, names::dns_subdomain(group, false));
    }
    for (field, value, detail) in [("kind", kind, "kind is required"), ("name", name, "name is required")] {
        if value.is_empty() {
            errors.required(&path.field(field), detail);
        } else {
            errors.each_invalid(&path.field(field), value, names::path_segment(value, false));
        }
    }
}

fn check_tls(tls: &IngressTLS, path: &Path, errors: &mut Errors) {
    for (i, host) in tls.hosts.iter().enumerate() {
        check_host(host, &path.field("hosts").index(i), errors);
    }
    if let Some(name) = &tls.secret_name {
        errors.each_invalid(&path.field("secretName"), name, names::dns_subdomain(name, false));
    }
}

fn check_entrances(status: &IngressLoadBalancerStatus, path: &Path, errors: &mut Errors) {
    for (i, entrance) in status.ingress.iter().enumerate() {
        let at = path.field("ingress");
        let at = at.index(i);
        if let Some(ip) = &entrance.ip {
            intstr::ip(ip, &at.field("ip"), errors);
        }
        if let Some(name) = &entrance.hostname {
            errors.each_invalid(&at.field("hostname"), name, names::dns_subdomain(name, false));
            if name.parse::<IpAddr>().is_ok() {
                errors.invalid(&at.field("hostname"), name, "must be a DNS name, not an IP address");
            }
        }
    }
}
