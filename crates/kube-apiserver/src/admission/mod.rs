//! Admission: what changes or refuses an object on its way in. A plug-in is a file.

mod default_class;
mod default_ingress_class;
mod default_storage_class;
mod default_toleration_seconds;
mod limit_ranger;
pub(crate) mod namespace_lifecycle;
mod persistent_volume_claim_resize;
mod priority;
mod resource_quota;
mod runtime_class;
mod service_account;
mod storage_protection;
mod taint_nodes;
mod webhook;

use crate::{ApiServer, Request};
pub use default_storage_class::default_storage_class;
use orrery_api::{Kind, Object, PodSpec, pod_derived};
use orrery_apimachinery::{ObjectMeta, Status, StatusResult, Str};
use orrery_sim::Random;
use std::collections::BTreeMap;
use std::rc::Rc;
pub use webhook::Webhook;

/// How many admitted templates are remembered before the memory starts anew.
const REMEMBERED_TEMPLATES: usize = 4096;

/// Remembers what became of a pod spec, so that the pods of one template share one admitted spec.
///
/// Deviation: upstream gives every pod its own name for the service account's token volume; here the
/// pods of one template share it, and with it the memory of their spec.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    random: Random,
    /// By the address of the given spec, which the entry keeps alive; only looked up, never iterated.
    admitted: BTreeMap<usize, Template>,
    /// The spec of the pod that is being admitted, as it was given.
    given: Option<Rc<PodSpec>>,
    webhooks: Vec<Webhook>,
}

/// A template's spec and what became of it.
#[derive(Clone, Debug)]
struct Template {
    /// Kept, so that no other spec gets its address.
    _given: Rc<PodSpec>,
    admitted: Rc<PodSpec>,
    /// What the pods are told of the limits that they were given.
    told: Option<Str>,
}

fn address(spec: &Rc<PodSpec>) -> usize {
    Rc::as_ptr(spec) as usize
}

impl Admission {
    pub(crate) fn new(seed: u64) -> Self {
        Admission {
            random: Random::stream(seed, "admission"),
            admitted: BTreeMap::new(),
            given: None,
            webhooks: Vec::new(),
        }
    }

    /// Gives a pod the admitted spec of its template; true when that template was admitted before.
    pub(crate) fn recall(&mut self, object: &mut Object) -> bool {
        self.given = None;
        let Object::Pod(pod) = object else { return false };
        // Only pods made by a controller share a template, and their names need no check.
        if pod.metadata.generate_name.is_none() {
            return false;
        }
        if let Some(template) = self.admitted.get(&address(&pod.spec)) {
            let pod = Rc::make_mut(pod);
            pod.spec = template.admitted.clone();
            if let Some(told) = &template.told {
                pod.metadata.annotations.insert(limit_ranger::ANNOTATION, told.clone());
            }
            return true;
        }
        self.given = Some(pod.spec.clone());
        false
    }

    /// Remembers the admitted spec of the pod that [`Self::recall`] did not know, unless it is for this pod alone.
    pub(crate) fn remember(&mut self, object: &Object) {
        let (Object::Pod(pod), Some(given)) = (object, self.given.take()) else { return };
        // A spec that nobody else holds, such as one that is for a single node, does not come again.
        if pod_derived::by_own_labels(&pod.spec) || Rc::strong_count(&given) == 1 {
            return;
        }
        if self.admitted.len() >= REMEMBERED_TEMPLATES {
            self.admitted.clear();
        }
        let told = pod.metadata.annotations.get(limit_ranger::ANNOTATION).cloned();
        let admitted = pod.spec.clone();
        self.admitted.insert(address(&given), Template { _given: given, admitted, told });
    }

    /// Forgets everything when an object of `kind` changes by which specs are filled in.
    pub(crate) fn notice(&mut self, kind: Kind) {
        if matches!(kind, Kind::LimitRange | Kind::PriorityClass | Kind::RuntimeClass | Kind::ServiceAccount)
        {
            self.admitted.clear();
        }
    }
}

impl ApiServer {
    /// Refuses objects for namespaces that are not there or are going.
    pub(crate) fn check_namespace(&self, object: &Object) -> StatusResult<()> {
        namespace_lifecycle::check(self, object)
    }

    /// Lets every plug-in change a new object, in upstream's order. Of a pod of a known template the memory
    /// has filled in the limits.
    pub(crate) fn mutate(&mut self, object: &mut Object, known: bool) -> StatusResult<()> {
        match object {
            Object::Pod(pod) => {
                if !known && self.count(Kind::LimitRange) > 0 {
                    limit_ranger::mutate(self, pod);
                }
                let account = service_account::check(self, pod)?;
                let mut spec = pod.spec.clone();
                service_account::mutate(&mut spec, &account, &mut self.admission.random);
                if !known {
                    priority::mutate(self, &mut spec, &pod.metadata)?;
                    default_toleration_seconds::mutate(&mut spec);
                    runtime_class::mutate(self, &mut spec, &pod.metadata)?;
                }
                if !Rc::ptr_eq(&spec, &pod.spec) {
                    Rc::make_mut(pod).spec = spec;
                }
            }
            Object::Ingress(ingress) => default_ingress_class::mutate(self, Rc::make_mut(ingress)),
            Object::PersistentVolumeClaim(claim) => {
                default_storage_class::mutate(self, Rc::make_mut(claim));
                storage_protection::mutate(&mut Rc::make_mut(claim).metadata, storage_protection::CLAIM);
            }
            Object::PersistentVolume(volume) => {
                storage_protection::mutate(&mut Rc::make_mut(volume).metadata, storage_protection::VOLUME);
            }
            Object::Node(node) => taint_nodes::mutate(Rc::make_mut(node)),
            _ => {}
        }
        Ok(())
    }

    /// Lets every plug-in refuse a new object that is valid, in upstream's order; the last one charges quotas.
    pub(crate) fn review_new(&mut self, request: &Request, object: &Object, known: bool) -> StatusResult<()> {
        if !known {
            self.review_parts(object)?;
        }
        self.admission.remember(object);
        resource_quota::charge(self, request, object, None)
    }

    /// What need not be looked at again for the pods of a known template.
    fn review_parts(&self, object: &Object) -> StatusResult<()> {
        if self.count(Kind::LimitRange) > 0 {
            limit_ranger::validate(self, object)?;
        }
        match object {
            Object::Pod(pod) => runtime_class::validate(self, pod, object),
            Object::PriorityClass(class) => priority::validate(self, class, object, true),
            _ => Ok(()),
        }
    }

    /// Lets every plug-in change an object that replaces `old`.
    pub(crate) fn mutate_changed(&self, object: &mut Object, old: &Object) {
        if let (Object::Pod(pod), Object::Pod(old)) = (object, old)
            && !Rc::ptr_eq(&pod.spec, &old.spec)
        {
            let spec = &mut Rc::make_mut(pod).spec;
            priority::keep(spec, &old.spec);
            default_toleration_seconds::mutate(spec);
        }
    }

    /// As [`Self::review_new`], for an object that replaces `old`.
    pub(crate) fn review_changed(
        &mut self,
        request: &Request,
        object: &Object,
        old: &Object,
    ) -> StatusResult<()> {
        if let (Object::PersistentVolumeClaim(new), Object::PersistentVolumeClaim(claim)) = (object, old) {
            if !claim.metadata.terminating() {
                limit_ranger::validate(self, object)?;
            }
            persistent_volume_claim_resize::check(self, new, claim)?;
        }
        if let Object::PriorityClass(class) = object {
            priority::validate(self, class, object, false)?;
        }
        resource_quota::charge(self, request, object, Some(old))
    }
}

/// What a plug-in answers that refuses an object (upstream: `admission.NewForbidden`).
fn refusal(object: &Object, reason: &str) -> Status {
    Status::forbidden(&object.kind().resource(), &object.metadata().name, reason)
}

/// As [`refusal`], from a plug-in that changes new objects: upstream has not drawn their names by then.
fn early_refusal(kind: Kind, meta: &ObjectMeta, reason: &str) -> Status {
    let prefix = meta.generate_name.as_ref().filter(|prefix| meta.name.starts_with(&***prefix));
    Status::forbidden(&kind.resource(), prefix.unwrap_or(&meta.name), reason)
}
