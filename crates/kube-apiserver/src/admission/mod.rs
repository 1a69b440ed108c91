//! Admission: what changes or refuses an object on its way in. A plug-in is a file.

mod default_storage_class;
mod default_toleration_seconds;
pub(crate) mod namespace_lifecycle;
mod priority;
mod service_account;
mod storage_protection;
mod taint_nodes;

use crate::ApiServer;
use orrery_api::{Object, PodSpec};
use orrery_apimachinery::StatusResult;
use orrery_sim::Random;
use std::collections::BTreeMap;
use std::rc::Rc;

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
    admitted: BTreeMap<usize, (Rc<PodSpec>, Rc<PodSpec>)>,
    /// The spec of the pod that is being admitted, as it was given.
    given: Option<Rc<PodSpec>>,
}

fn address(spec: &Rc<PodSpec>) -> usize {
    Rc::as_ptr(spec) as usize
}

impl Admission {
    pub(crate) fn new(seed: u64) -> Self {
        Admission { random: Random::stream(seed, "admission"), admitted: BTreeMap::new(), given: None }
    }

    /// Gives a pod the admitted spec of its template; true when that template was admitted before.
    pub(crate) fn recall(&mut self, object: &mut Object) -> bool {
        self.given = None;
        let Object::Pod(pod) = object else { return false };
        // Only pods made by a controller share a template, and their names need no check.
        if pod.metadata.generate_name.is_none() {
            return false;
        }
        if let Some((_, admitted)) = self.admitted.get(&address(&pod.spec)) {
            Rc::make_mut(pod).spec = admitted.clone();
            return true;
        }
        self.given = Some(pod.spec.clone());
        false
    }

    /// Remembers the admitted spec of the pod that [`Self::recall`] did not know.
    pub(crate) fn remember(&mut self, object: &Object) {
        let (Object::Pod(pod), Some(given)) = (object, self.given.take()) else { return };
        if self.admitted.len() >= REMEMBERED_TEMPLATES {
            self.admitted.clear();
        }
        self.admitted.insert(address(&given), (given, pod.spec.clone()));
    }
}

impl ApiServer {
    /// Refuses objects for namespaces that are not there or are going.
    pub(crate) fn check_namespace(&self, object: &Object) -> StatusResult<()> {
        namespace_lifecycle::check(self, object)
    }

    /// Lets every plug-in change a new object, in upstream's order.
    pub(crate) fn mutate(&mut self, object: &mut Object) -> StatusResult<()> {
        match object {
            Object::Pod(pod) => {
                let account = service_account::check(self, pod)?;
                let mut spec = pod.spec.clone();
                service_account::mutate(&mut spec, &account, &mut self.admission.random);
                priority::mutate(&mut spec, &pod.metadata)?;
                default_toleration_seconds::mutate(&mut spec);
                if !Rc::ptr_eq(&spec, &pod.spec) {
                    Rc::make_mut(pod).spec = spec;
                }
            }
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
}
