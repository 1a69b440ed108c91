//! The environment of a container.

use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Quantity, Str};

/// A variable of the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EnvVar {
    /// The name.
    pub name: Str,
    /// The value.
    #[json(text)]
    pub value: Option<Str>,
    /// Where the value is taken from.
    #[json(omitempty)]
    pub value_from: Option<EnvVarSource>,
}

/// Where the value of a variable is taken from; exactly one is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EnvVarSource {
    /// A field of the pod.
    #[json(omitempty)]
    pub field_ref: Option<ObjectFieldSelector>,
    /// An amount of the container.
    #[json(omitempty)]
    pub resource_field_ref: Option<ResourceFieldSelector>,
    /// A key of a ConfigMap.
    #[json(omitempty)]
    pub config_map_key_ref: Option<ConfigMapKeySelector>,
    /// A key of a Secret.
    #[json(omitempty)]
    pub secret_key_ref: Option<SecretKeySelector>,
}

/// A key of a ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ConfigMapKeySelector {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The key.
    pub key: Str,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// A key of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SecretKeySelector {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The key.
    pub key: Str,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// A field of the pod itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ObjectFieldSelector {
    /// The version in whose terms the path is.
    #[json(text)]
    pub api_version: Option<Str>,
    /// The path of the field.
    pub field_path: Str,
}

/// An amount that a container requests or is limited to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceFieldSelector {
    /// The container; required in volumes.
    #[json(text)]
    pub container_name: Option<Str>,
    /// The resource, such as `limits.cpu`.
    pub resource: Str,
    /// The unit of the result.
    pub divisor: Quantity,
}

/// An object whose keys all become variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EnvFromSource {
    /// What the variables' names start with.
    #[json(text)]
    pub prefix: Option<Str>,
    /// A ConfigMap.
    #[json(omitempty)]
    pub config_map_ref: Option<ConfigMapEnvSource>,
    /// A Secret.
    #[json(omitempty)]
    pub secret_ref: Option<SecretEnvSource>,
}

/// A ConfigMap whose keys become variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ConfigMapEnvSource {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}

/// A Secret whose keys become variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SecretEnvSource {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// Whether it may be missing.
    #[json(omitempty)]
    pub optional: Option<bool>,
}
