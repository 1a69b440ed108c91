//! References from one object to another.

use orrery_apimachinery::Str;
use orrery_apimachinery::decode::Fields;

/// An object of the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LocalObjectReference {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
}

/// An object of any kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ObjectReference {
    /// The object's kind.
    #[json(text)]
    pub kind: Option<Str>,
    /// The object's namespace.
    #[json(text)]
    pub namespace: Option<Str>,
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The object's uid.
    #[json(text)]
    pub uid: Option<Str>,
    /// The object's API version.
    #[json(text)]
    pub api_version: Option<Str>,
    /// The object's version.
    #[json(text)]
    pub resource_version: Option<Str>,
    /// The part of the object that is meant.
    #[json(text)]
    pub field_path: Option<Str>,
}

/// A Secret of any namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SecretReference {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The object's namespace.
    #[json(text)]
    pub namespace: Option<Str>,
}

/// An object of any kind in the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TypedLocalObjectReference {
    /// The object's API group.
    #[json(omitempty)]
    pub api_group: Option<Str>,
    /// The object's kind.
    pub kind: Str,
    /// The name.
    pub name: Str,
}

/// An object of any kind and namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TypedObjectReference {
    /// The object's API group.
    #[json(omitempty)]
    pub api_group: Option<Str>,
    /// The object's kind.
    pub kind: Str,
    /// The name.
    pub name: Str,
    /// The object's namespace.
    #[json(omitempty)]
    pub namespace: Option<Str>,
}
