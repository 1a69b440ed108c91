//! Desired and observed: which part of an object a person writes, and which the cluster.

use crate::{Kind, Object};
use std::rc::Rc;

macro_rules! with_status {
    ($($ty:ident),*) => {
        impl Object {
            /// Takes the status of `old`: a write of the object does not change it.
            pub fn keep_status(&mut self, old: &Object) {
                match (self, old) {
                    $((Object::$ty(new), Object::$ty(old)) if new.status != old.status => {
                        Rc::make_mut(new).status = old.status.clone();
                    })*
                    _ => {}
                }
            }

            /// Takes everything but the status from `old`: a write of the status changes nothing else.
            pub fn keep_all_but_status(&mut self, old: &Object) {
                match (&mut *self, old) {
                    (Object::Pod(new), Object::Pod(old)) if new.node_name != old.node_name => {
                        Rc::make_mut(new).node_name = old.node_name.clone();
                    }
                    _ => {}
                }
                match (&mut *self, old) {
                    $((Object::$ty(new), Object::$ty(old))
                        if new.metadata == old.metadata && new.spec == old.spec => {})*
                    $((Object::$ty(new), Object::$ty(old)) => {
                        let status = std::mem::take(&mut Rc::make_mut(new).status);
                        let mut kept = (**old).clone();
                        kept.status = status;
                        *Rc::make_mut(new) = kept;
                    })*
                    _ => *self = old.clone(),
                }
            }

            /// Forgets the status: a new object has none.
            pub fn clear_status(&mut self) {
                match self {
                    $(Object::$ty(new) if new.status != Default::default() => {
                        Rc::make_mut(new).status = Default::default();
                    })*
                    _ => {}
                }
            }
        }
    };
}

with_status!(Namespace, Node, PersistentVolumeClaim, PersistentVolume, Pod, Service, Deployment, ReplicaSet);

impl Object {
    /// Whether `metadata.generation` counts the changes of the desired state of this kind.
    pub fn counts_generation(&self) -> bool {
        matches!(self.kind(), Kind::Deployment | Kind::ReplicaSet | Kind::EndpointSlice)
    }

    /// Whether both desire the same, for the kinds that count generations.
    pub fn same_desired(&self, old: &Object) -> bool {
        match (self, old) {
            (Object::Deployment(new), Object::Deployment(old)) => new.spec == old.spec,
            (Object::ReplicaSet(new), Object::ReplicaSet(old)) => new.spec == old.spec,
            (Object::EndpointSlice(new), Object::EndpointSlice(old)) => {
                new.endpoints == old.endpoints
                    && new.ports == old.ports
                    && new.metadata.labels == old.metadata.labels
            }
            _ => true,
        }
    }
}
