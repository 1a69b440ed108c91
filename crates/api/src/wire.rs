//! How values that Go cannot tell from absent ones are read and printed.

use orrery_apimachinery::Str;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Whether a value is what Go's `omitempty` leaves out.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads a text that upstream does not tell from an absent one when it is empty.
pub(crate) fn text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Str>, D::Error> {
    Ok(Option::<Str>::deserialize(d)?.filter(|text| !text.is_empty()))
}

/// Prints a required list as upstream does after a round through its store: an empty one is null.
pub(crate) fn null_if_empty<T: Serialize, S: Serializer>(list: &Vec<T>, s: S) -> Result<S::Ok, S::Error> {
    if list.is_empty() { s.serialize_none() } else { list.serialize(s) }
}
