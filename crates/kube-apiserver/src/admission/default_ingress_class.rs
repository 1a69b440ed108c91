//! DefaultIngressClass: an ingress that names no class takes the newest default one.

use super::default_class;
use crate::ApiServer;
use orrery_api::{DEFAULT_INGRESS_CLASS, INGRESS_CLASS_ANNOTATION, Ingress, IngressClass};

pub(super) fn mutate(server: &ApiServer, ingress: &mut Ingress) {
    let annotated = ingress.metadata.annotations.get(INGRESS_CLASS_ANNOTATION).is_some();
    if ingress.spec.ingress_class_name.is_none() && !annotated {
        ingress.spec.ingress_class_name =
            default_class::newest::<IngressClass>(server, &[DEFAULT_INGRESS_CLASS]);
    }
}
