//! `kubectl get` of kinds that a CustomResourceDefinition declares.

use super::{Column, age, narrow};
use crate::CustomObject;
use orrery_apimachinery::Time;

pub(super) const COLUMNS: &[Column] = &[narrow("NAME"), narrow("AGE")];

pub(super) fn cells(object: &CustomObject, now: Time) -> Vec<String> {
    vec![object.metadata.name.to_string(), age(object.metadata.creation_timestamp, now)]
}
