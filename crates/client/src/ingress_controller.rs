//! Ingress controllers, as far as what a person sees of them and what their pods do must agree: which pods are such
//! controllers, and which Ingresses they serve (upstream: ingress-nginx, `internal/ingress/controller`, of which
//! `store` and `ingressclass`; it is not part of Kubernetes itself).

use orrery_api::{INGRESS_CLASS_ANNOTATION, Ingress, IngressClass, Pod};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use std::rc::Rc;

/// The repository of ingress-nginx, wherever it is mirrored.
const IMAGE: &str = "ingress-nginx/controller";

/// What a controller is told on its command line about the Ingresses that are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngressController {
    /// What IngressClasses of its own name as their controller.
    pub controller: Str,
    /// The annotation of old that stands for its classes.
    annotation: Str,
    /// Whether Ingresses without a class are its own, too.
    without_class: bool,
    /// The only namespace in which it looks, if there is one.
    namespace: Option<Str>,
    /// `--publish-status-address`, `--publish-service`: what the Ingresses' status is to say.
    pub publish_address: Option<Str>,
    /// See `publish_address`.
    pub publish_service: Option<Str>,
    /// `--report-node-internal-ip-address`
    pub internal_address: bool,
    /// The Service that answers what no rule takes.
    pub default_backend: Option<Str>,
}

impl IngressController {
    /// The controller with a command line.
    pub fn of(args: &[Str]) -> Self {
        let flag = |name: &str| {
            let word = args.iter().find_map(|arg| arg.trim_start_matches('-').strip_prefix(name))?;
            word.strip_prefix('=').or(word.is_empty().then_some("true")).map(Str::from)
        };
        let is = |name: &str| flag(name).as_deref() == Some("true");
        IngressController {
            controller: flag("controller-class").unwrap_or_else(|| "k8s.io/ingress-nginx".into()),
            annotation: flag("ingress-class").unwrap_or_else(|| "nginx".into()),
            without_class: is("watch-ingress-without-class"),
            namespace: flag("watch-namespace").filter(|namespace| !namespace.is_empty()),
            publish_address: flag("publish-status-address"),
            publish_service: flag("publish-service"),
            internal_address: is("report-node-internal-ip-address"),
            default_backend: flag("default-backend-service"),
        }
    }

    /// The controller that runs in a pod, if one does.
    pub fn in_pod(pod: &Pod) -> Option<Self> {
        let runs = |container: &&orrery_api::Container| {
            container.image.as_deref().is_some_and(is_ingress_controller)
        };
        let container = pod.spec.containers.iter().find(runs)?;
        let own = |arg: &Str| Str::from(arg.replace("$(POD_NAMESPACE)", &pod.metadata.namespace));
        let args: Vec<Str> = container.args.iter().chain(&container.command).map(own).collect();
        Some(IngressController::of(&args))
    }

    /// Whether an Ingress is one of its own (upstream: `GetIngressClass`).
    pub fn serves(&self, api: &ApiServer, ingress: &Ingress) -> bool {
        let meta = &ingress.metadata;
        if self.namespace.as_ref().is_some_and(|only| *only != meta.namespace) {
            return false;
        }
        if let Some(name) = &ingress.spec.ingress_class_name {
            let class: Option<&Rc<IngressClass>> = api.get("", name);
            return class.is_some_and(|class| class.spec.controller.as_ref() == Some(&self.controller));
        }
        match meta.annotations.get(INGRESS_CLASS_ANNOTATION) {
            Some(class) => *class == self.annotation,
            None => self.without_class,
        }
    }
}

/// Whether an image is the controller's.
pub fn is_ingress_controller(image: &str) -> bool {
    let repository = image.split('@').next().unwrap_or(image);
    let end = repository.rfind('/').unwrap_or(0);
    let tag = repository[end..].find(':').map_or(repository.len(), |at| end + at);
    repository[..tag].ends_with(IMAGE)
}
