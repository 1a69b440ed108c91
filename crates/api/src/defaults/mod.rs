//! What the API server fills in when it decodes: the parts that several kinds share.
//! What concerns one kind alone is in the file of that kind.

mod closed_gates;
mod container;
mod pod_spec;
mod volume;

pub(crate) use pod_spec::{pod, template};
pub(crate) use volume::claim_spec;

use orrery_apimachinery::Str;
use std::rc::Rc;

/// Sets a field that was left out.
pub(crate) fn fill(field: &mut Option<Str>, value: &str) {
    if field.is_none() {
        *field = Some(value.into());
    }
}

/// Sets a number that was left out, which upstream does not tell from zero.
pub(crate) fn fill_zero(field: &mut i32, value: i32) {
    if *field == 0 {
        *field = value;
    }
}

/// Writes what others may share: in place if nobody does, and else only if the outcome differs.
/// The pods of a template keep its spec that way when it needs no defaults.
pub(crate) fn write_shared<T: Clone + PartialEq>(shared: &mut Rc<T>, write: impl Fn(&mut T)) {
    if let Some(own) = Rc::get_mut(shared) {
        return write(own);
    }
    let mut copy = (**shared).clone();
    write(&mut copy);
    if copy != **shared {
        *shared = Rc::new(copy);
    }
}
