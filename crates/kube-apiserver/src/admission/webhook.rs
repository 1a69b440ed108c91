//! MutatingAdmissionWebhook: programs outside of the server change new pods
//! (upstream: `k8s.io/apiserver/pkg/admission/plugin/webhook/mutating`). Here such a program is a function.

use crate::ApiServer;
use orrery_api::{Object, Pod};
use std::rc::Rc;

/// What a program does to a new pod. It sees the server as everybody does.
pub type Webhook = fn(&ApiServer, &mut Pod);

impl ApiServer {
    /// From now on asks a program about every new pod.
    pub fn register_webhook(&mut self, webhook: Webhook) {
        self.admission.webhooks.push(webhook);
    }

    /// Asks nobody any more.
    pub fn forget_webhooks(&mut self) {
        self.admission.webhooks.clear();
    }

    /// Asks every program. A pod that one of them changed is not like the others of its template.
    pub(crate) fn ask_webhooks(&mut self, object: &mut Object) {
        let Object::Pod(pod) = object else { return };
        for nth in 0..self.admission.webhooks.len() {
            let (webhook, spec) = (self.admission.webhooks[nth], pod.spec.clone());
            webhook(self, Rc::make_mut(pod));
            if !Rc::ptr_eq(&spec, &pod.spec) {
                self.admission.given = None;
            }
        }
    }
}
