//! Desired and observed: which part of an object a person writes, and which the cluster.

use std::rc::Rc;

/// A kind's parts. Without a status all of an object is what a person writes.
pub(crate) trait Parts: Clone + PartialEq {
    /// Whether both desire the same, metadata apart.
    fn same_spec(&self, old: &Self) -> bool;

    /// Takes the status of `old`.
    fn keep_status(_this: &mut Rc<Self>, _old: &Rc<Self>) {}

    /// Takes everything but the status from `old`.
    fn keep_all_but_status(this: &mut Rc<Self>, old: &Rc<Self>) {
        *this = old.clone();
    }

    /// Forgets the status.
    fn clear_status(_this: &mut Rc<Self>) {}
}

/// Tells the parts of a type as the registry's last column names them.
macro_rules! parts {
    ($ty:ident whole) => {
        impl Parts for crate::$ty {
            fn same_spec(&self, old: &Self) -> bool {
                self == old
            }
        }
    };
    ($ty:ident spec_and_status) => {
        impl Parts for crate::$ty {
            fn same_spec(&self, old: &Self) -> bool {
                self.spec == old.spec
            }

            fn keep_status(this: &mut Rc<Self>, old: &Rc<Self>) {
                if this.status != old.status {
                    Rc::make_mut(this).status = old.status.clone();
                }
            }

            fn keep_all_but_status(this: &mut Rc<Self>, old: &Rc<Self>) {
                if this.metadata == old.metadata && this.spec == old.spec {
                    return;
                }
                let mut kept = (**old).clone();
                kept.status = std::mem::take(&mut Rc::make_mut(this).status);
                *this = Rc::new(kept);
            }

            fn clear_status(this: &mut Rc<Self>) {
                if this.status != Default::default() {
                    Rc::make_mut(this).status = Default::default();
                }
            }
        }
    };
}

pub(crate) use parts;
