//! Secrets: settings that are not for every eye.

use crate::Bytes;
use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{Errors, Path, json, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};
use std::collections::BTreeMap;

/// Settings that are not for every eye.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Secret {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Whether the data can never change again.
    #[json(omitempty)]
    pub immutable: Option<bool>,
    /// Values by key.
    #[json(omitempty)]
    pub data: BTreeMap<Str, Bytes>,
    /// Values as text; turned into `data` on the way in.
    #[json(omitempty)]
    pub string_data: StrMap,
    /// What the secret is for.
    #[json(text)]
    pub type_: Option<Str>,
}

/// How much a Secret can hold.
const MAX_BYTES: usize = 1024 * 1024;

impl Rules for Secret {
    fn set_defaults(&mut self) {
        fill(&mut self.type_, "Opaque");
        for (key, value) in std::mem::take(&mut self.string_data).iter() {
            self.data.insert(key.clone(), Bytes::from(&**value));
        }
    }

    fn check(&self, errors: &mut Errors) {
        let data = &Path::Root("data");
        for key in self.data.keys() {
            errors.each_invalid(&data.key(key), key, names::config_key(key));
        }
        if self.data.values().map(Bytes::len).sum::<usize>() > MAX_BYTES {
            errors.too_long(data, MAX_BYTES);
        }
        let required: &[&str] = match self.type_.as_deref().unwrap_or_default() {
            "kubernetes.io/dockercfg" => &[".dockercfg"],
            "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
            "kubernetes.io/ssh-auth" if self.data.get("ssh-privatekey").is_none_or(Bytes::is_empty) => {
                return errors.required(&data.key("ssh-privatekey"), "");
            }
            "kubernetes.io/tls" => &["tls.crt", "tls.key"],
            "kubernetes.io/basic-auth"
                if !self.data.contains_key("username") && !self.data.contains_key("password") =>
            {
                &["username", "password"]
            }
            _ => &[],
        };
        for key in required.iter().filter(|key| !self.data.contains_key(**key)) {
            errors.required(&data.key(key), "");
        }
        for key in [".dockercfg", ".dockerconfigjson"].into_iter().filter(|key| required.contains(key)) {
            if let Some(Err(reason)) = self.data.get(key).map(|bytes| json::object(bytes.as_slice())) {
                errors.invalid(&data.key(key), "<secret contents redacted>", reason);
            }
        }
        let account = "kubernetes.io/service-account.name";
        if self.type_.as_deref() == Some("kubernetes.io/service-account-token")
            && self.metadata.annotations.get(account).is_none_or(|name| name.is_empty())
        {
            errors.required(&Path::Root("metadata").field("annotations").key(account), "");
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        errors.immutable(&Path::Root("type"), &self.type_, &old.type_);
        if old.immutable == Some(true) {
            for (field, changed) in
                [("immutable", self.immutable != Some(true)), ("data", self.data != old.data)]
            {
                if changed {
                    errors.forbidden(&Path::Root(field), "field is immutable when `immutable` is set");
                }
            }
        }
        self.check(errors);
    }
}
