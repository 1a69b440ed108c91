//! ConfigMaps: settings for pods to consume.

use crate::Bytes;
use crate::rules::Rules;
use crate::validation::{Errors, Path, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};
use std::collections::BTreeMap;

/// Settings for pods to consume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ConfigMap {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Whether the data can never change again.
    #[json(omitempty)]
    pub immutable: Option<bool>,
    /// Values by key.
    #[json(omitempty)]
    pub data: StrMap,
    /// Values that are not text.
    #[json(omitempty)]
    pub binary_data: BTreeMap<Str, Bytes>,
}

/// How much a ConfigMap can hold.
const MAX_BYTES: usize = 1024 * 1024;

impl Rules for ConfigMap {
    fn check(&self, errors: &mut Errors) {
        let (data, binary) = (&Path::Root("data"), &Path::Root("binaryData"));
        for (key, _) in self.data.iter() {
            errors.each_invalid(&data.key(key), key, names::config_key(key));
            if self.binary_data.contains_key(key) {
                errors.invalid(&data.key(key), key, "duplicate of key present in binaryData");
            }
        }
        for key in self.binary_data.keys() {
            errors.each_invalid(&binary.key(key), key, names::config_key(key));
        }
        let size = self.data.iter().map(|(_, v)| v.len()).sum::<usize>()
            + self.binary_data.values().map(Bytes::len).sum::<usize>();
        if size > MAX_BYTES {
            // Upstream's path to the object itself.
            errors.too_long(&Path::Root("[]"), MAX_BYTES);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        if old.immutable == Some(true) {
            for (field, changed) in [
                ("immutable", self.immutable != Some(true)),
                ("data", self.data != old.data),
                ("binaryData", self.binary_data != old.binary_data),
            ] {
                if changed {
                    errors.forbidden(&Path::Root(field), "field is immutable when `immutable` is set");
                }
            }
        }
        self.check(errors);
    }
}
