//! How an object is found.

use equivalent::Equivalent;
use orrery_api::{CustomKind, Kind, Object};
use orrery_apimachinery::Str;
use std::fmt;

/// Namespace and name, borrowed: looking something up allocates nothing.
#[derive(Hash)]
pub(crate) struct Place<'a>(pub &'a str, pub &'a str);

impl Equivalent<(Str, Str)> for Place<'_> {
    fn equivalent(&self, (namespace, name): &(Str, Str)) -> bool {
        *self.1 == **name && *self.0 == **namespace
    }
}

/// Kind, namespace (empty for cluster-scoped kinds) and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The kind.
    pub kind: Kind,
    /// The namespace; empty for cluster-scoped kinds.
    pub namespace: Str,
    /// The name.
    pub name: Str,
}

impl Key {
    /// The key of an object of `kind`.
    pub fn new(kind: Kind, namespace: impl Into<Str>, name: impl Into<Str>) -> Self {
        Key { kind, namespace: namespace.into(), name: name.into() }
    }

    /// The key under which `object` is stored.
    pub fn of(object: &Object) -> Self {
        let meta = object.metadata();
        Key { kind: object.kind(), namespace: meta.namespace.clone(), name: meta.name.clone() }
    }

    /// `deployments.apps`: the plural with its group, as messages name the resource.
    pub fn resource(&self) -> String {
        self.kind.resource()
    }

    /// The key in upstream's store, which some messages name (upstream: `SpecialDefaultResourcePrefixes`).
    pub(crate) fn registry_path(&self) -> String {
        let prefix = match self.kind {
            Kind::ReplicationController => "controllers".into(),
            Kind::Endpoints => "services/endpoints".into(),
            Kind::Service => "services/specs".into(),
            Kind::Node => "minions".into(),
            Kind::Ingress => "ingress".into(),
            kind @ (Kind::CustomResourceDefinition | Kind::Custom(_)) => {
                format!("{}/{}", kind.group(), kind.plural())
            }
            kind => kind.plural().to_string(),
        };
        let parts = ["/registry", &prefix, &self.namespace, &self.name];
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/")
    }

    /// Where the object is stored in the bucket of its kind.
    pub(crate) fn place(&self) -> (Str, Str) {
        let name = match self.kind {
            Kind::Custom(kind) => custom_name(kind, &self.name).into(),
            _ => self.name.clone(),
        };
        (self.namespace.clone(), name)
    }
}

/// The name under which a custom object is stored beside those of other kinds.
pub(crate) fn custom_name(kind: &CustomKind, name: &str) -> String {
    format!("{}.{}/{name}", kind.plural, kind.group)
}

impl fmt::Display for Key {
    /// `Pod default/web-1`, or `Node node-1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.namespace {
            "" => write!(f, "{} {}", self.kind.name(), self.name),
            ns => write!(f, "{} {ns}/{}", self.kind.name(), self.name),
        }
    }
}
