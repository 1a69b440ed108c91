//! The registry of kinds: one line per kind, from which everything that is generic over kinds is made.

use crate::custom::{CustomKind, CustomObject};
use crate::defaults::write_shared;
use crate::parts::{Parts, parts};
use crate::rules::{self, FieldError, Rules};
use crate::versions;
use orrery_apimachinery::decode::{GoType, Problem, ProblemKind, Typed, decode, encode};
use orrery_apimachinery::{ObjectMeta, Value};
use std::fmt;
use std::rc::Rc;

/// A typed kind.
pub trait Resource: Clone + fmt::Debug + PartialEq + Typed + 'static {
    /// Which kind this is.
    const KIND: Kind;

    /// The object's metadata.
    fn metadata(&self) -> &ObjectMeta;

    /// The object's metadata, to be written.
    fn metadata_mut(&mut self) -> &mut ObjectMeta;

    /// The object as one of any kind.
    fn wrap(this: Rc<Self>) -> Object;

    /// The object inside, if it is of this kind.
    fn unwrap_ref(object: &Object) -> Option<&Rc<Self>>;
}

macro_rules! kinds {
    ($($ty:ident $api_version:literal $plural:literal $singular:literal [$($short:literal),*] $scope:ident $parts:ident;)*) => {
        /// The kinds that the cluster serves.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = concat!("`", $plural, "` in `", $api_version, "`.")] $ty,)*
            /// A kind that a CustomResourceDefinition declares.
            Custom(&'static CustomKind),
        }

        /// An object of any kind, shared by all who read it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Object {
            $(#[doc = concat!("One of the `", $plural, "`.")] $ty(Rc<crate::$ty>),)*
            /// One of a kind that a CustomResourceDefinition declares.
            Custom(Rc<CustomObject>),
        }

        /// The kinds as numbers.
        enum Number {
            $($ty,)*
            Custom,
        }

        impl Kind {
            /// The kind's place in [`Self::ALL`]; that behind the last for every custom kind.
            pub fn number(self) -> usize {
                let number = match self { $(Kind::$ty => Number::$ty,)* Kind::Custom(_) => Number::Custom };
                number as usize
            }

            /// Every kind that there always is, in the order of the registry.
            pub const ALL: &[Kind] = &[$(Kind::$ty),*];

            /// The kind's name, such as `Deployment`.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$ty => stringify!($ty),)* Kind::Custom(custom) => custom.name }
            }

            /// Group and version as objects state them, such as `apps/v1` or `v1`.
            pub fn api_version(self) -> &'static str {
                match self { $(Kind::$ty => $api_version,)* Kind::Custom(custom) => custom.api_version }
            }

            /// The resource's name in addresses, such as `deployments`.
            pub fn plural(self) -> &'static str {
                match self { $(Kind::$ty => $plural,)* Kind::Custom(custom) => custom.plural }
            }

            /// The resource's name for one object, such as `deployment`.
            pub fn singular(self) -> &'static str {
                match self { $(Kind::$ty => $singular,)* Kind::Custom(custom) => custom.singular }
            }

            /// Abbreviations that kubectl takes, such as `deploy`.
            pub fn short_names(self) -> &'static [&'static str] {
                match self { $(Kind::$ty => &[$($short),*],)* Kind::Custom(custom) => custom.short_names }
            }

            /// What Go makes of the kind's objects.
            pub fn go_type(self) -> &'static GoType {
                match self { $(Kind::$ty => <crate::$ty as Typed>::TYPE,)* Kind::Custom(_) => Value::TYPE }
            }

            /// Whether objects of the kind live in a namespace.
            pub fn namespaced(self) -> bool {
                match self { $(Kind::$ty => scope!($scope),)* Kind::Custom(custom) => custom.namespaced }
            }
        }

        $(parts!($ty $parts);)*

        $(impl Resource for crate::$ty {
            const KIND: Kind = Kind::$ty;

            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }

            fn wrap(this: Rc<Self>) -> Object {
                Object::$ty(this)
            }

            fn unwrap_ref(object: &Object) -> Option<&Rc<Self>> {
                match object {
                    Object::$ty(inner) => Some(inner),
                    _ => None,
                }
            }
        })*

        impl Object {
            /// Which kind the object is of.
            pub fn kind(&self) -> Kind {
                match self { $(Object::$ty(_) => Kind::$ty,)* Object::Custom(inner) => Kind::Custom(inner.kind) }
            }

            /// The object's metadata.
            pub fn metadata(&self) -> &ObjectMeta {
                match self { $(Object::$ty(inner) => &inner.metadata,)* Object::Custom(inner) => &inner.metadata }
            }

            /// The object's metadata, to be written; copies the object if others share it.
            pub fn metadata_mut(&mut self) -> &mut ObjectMeta {
                match self {
                    $(Object::$ty(inner) => &mut Rc::make_mut(inner).metadata,)*
                    Object::Custom(inner) => &mut Rc::make_mut(inner).metadata,
                }
            }

            /// Reads an object of `kind` and tells everything that is wrong with it.
            pub fn decode(kind: Kind, value: &Value) -> (Object, Vec<Problem>) {
                let (object, mut problems) = versions::decode_older(kind, value).unwrap_or_else(|| match kind {
                    $(Kind::$ty => decode_as::<crate::$ty>(value),)*
                    Kind::Custom(kind) => decode_custom(kind, value),
                });
                problems.retain(|problem| !is_type(problem));
                (object, problems)
            }

            /// Fills what was left out, as the API server does when it decodes.
            pub fn apply_defaults(&mut self) {
                match self { $(Object::$ty(inner) => write_shared(inner, Rules::set_defaults),)* Object::Custom(_) => {} }
            }

            /// The rules that a new object breaks.
            pub fn validate(&self) -> Vec<FieldError> {
                match self {
                    $(Object::$ty(new) => rules::validate(&**new),)*
                    Object::Custom(new) => rules::validate_custom(new),
                }
            }

            /// The rules that a replacement of `old`, an object of the same kind, breaks.
            pub fn validate_update(&self, old: &Object) -> Vec<FieldError> {
                match (self, old) {
                    $((Object::$ty(new), Object::$ty(old)) => rules::validate_update(&**new, &**old),)*
                    (Object::Custom(new), Object::Custom(old)) => rules::validate_custom_update(new, old),
                    _ => self.validate(),
                }
            }

            /// The rules that the status breaks in the place of that of `old`, an object of the same kind.
            pub fn validate_status(&self, old: &Object) -> Vec<FieldError> {
                rules::validate_status(self, old)
            }

            /// Whether `metadata.generation` counts the changes of what is desired of this kind.
            pub fn counts_generation(&self) -> bool {
                match self { $(Object::$ty(_) => <crate::$ty as Rules>::COUNTS_GENERATION,)* Object::Custom(_) => true }
            }

            /// Whether both desire the same, as far as generations are counted.
            pub fn same_desired(&self, old: &Object) -> bool {
                match (self, old) {
                    $((Object::$ty(new), Object::$ty(old)) => new.same_desired(old),)*
                    (Object::Custom(new), Object::Custom(old)) => new.same_desired(old),
                    _ => false,
                }
            }

            /// Takes the status of `old`: a write of the object does not change it.
            pub fn keep_status(&mut self, old: &Object) {
                match (self, old) {
                    $((Object::$ty(new), Object::$ty(old)) => Parts::keep_status(new, old),)*
                    (Object::Custom(new), Object::Custom(old)) => Rc::make_mut(new).keep_status(old),
                    _ => {}
                }
            }

            /// Takes everything but the status from `old`: a write of the status changes nothing else.
            pub fn keep_all_but_status(&mut self, old: &Object) {
                match (self, old) {
                    $((Object::$ty(new), Object::$ty(old)) => Parts::keep_all_but_status(new, old),)*
                    (Object::Custom(new), Object::Custom(old)) => Rc::make_mut(new).keep_all_but_status(old),
                    _ => {}
                }
            }

            /// Forgets the status: a new object has none.
            pub fn clear_status(&mut self) {
                match self {
                    $(Object::$ty(new) => Parts::clear_status(new),)*
                    Object::Custom(new) => Rc::make_mut(new).clear_status(),
                }
            }

            fn fields(&self) -> Value {
                match self { $(Object::$ty(inner) => encode(&**inner),)* Object::Custom(inner) => inner.encode() }
            }
        }
    };
}

macro_rules! scope {
    (namespaced) => {
        true
    };
    (cluster) => {
        false
    };
}

kinds! {
    // Type               group/version           plural                   singular                 short      scope      parts
    ConfigMap             "v1"                    "configmaps"             "configmap"              ["cm"]     namespaced whole;
    Endpoints             "v1"                    "endpoints"              "endpoints"              ["ep"]     namespaced whole;
    Event                 "v1"                    "events"                 "event"                  ["ev"]     namespaced whole;
    LimitRange            "v1"                    "limitranges"            "limitrange"             ["limits"] namespaced whole;
    Namespace             "v1"                    "namespaces"             "namespace"              ["ns"]     cluster    spec_and_status;
    Node                  "v1"                    "nodes"                  "node"                   ["no"]     cluster    spec_and_status;
    PersistentVolumeClaim "v1"                    "persistentvolumeclaims" "persistentvolumeclaim"  ["pvc"]    namespaced spec_and_status;
    PersistentVolume      "v1"                    "persistentvolumes"      "persistentvolume"       ["pv"]     cluster    spec_and_status;
    Pod                   "v1"                    "pods"                   "pod"                    ["po"]     namespaced spec_and_status;
    PodTemplate           "v1"                    "podtemplates"           "podtemplate"            []         namespaced whole;
    ReplicationController "v1"                    "replicationcontrollers" "replicationcontroller"  ["rc"]     namespaced spec_and_status;
    ResourceQuota         "v1"                    "resourcequotas"         "resourcequota"          ["quota"]  namespaced spec_and_status;
    Secret                "v1"                    "secrets"                "secret"                 []         namespaced whole;
    ServiceAccount        "v1"                    "serviceaccounts"        "serviceaccount"         ["sa"]     namespaced whole;
    Service               "v1"                    "services"               "service"                ["svc"]    namespaced spec_and_status;
    ControllerRevision    "apps/v1"               "controllerrevisions"    "controllerrevision"     []         namespaced whole;
    DaemonSet             "apps/v1"               "daemonsets"             "daemonset"              ["ds"]     namespaced spec_and_status;
    Deployment            "apps/v1"               "deployments"            "deployment"             ["deploy"] namespaced spec_and_status;
    ReplicaSet            "apps/v1"               "replicasets"            "replicaset"             ["rs"]     namespaced spec_and_status;
    StatefulSet           "apps/v1"               "statefulsets"           "statefulset"            ["sts"]    namespaced spec_and_status;
    HorizontalPodAutoscaler "autoscaling/v2"      "horizontalpodautoscalers" "horizontalpodautoscaler" ["hpa"] namespaced spec_and_status;
    CronJob               "batch/v1"              "cronjobs"               "cronjob"                ["cj"]     namespaced spec_and_status;
    Job                   "batch/v1"              "jobs"                   "job"                    []         namespaced spec_and_status;
    Lease                 "coordination.k8s.io/v1" "leases"                "lease"                  []         namespaced whole;
    EndpointSlice         "discovery.k8s.io/v1"   "endpointslices"         "endpointslice"          []         namespaced whole;
    CustomResourceDefinition "apiextensions.k8s.io/v1" "customresourcedefinitions" "customresourcedefinition" ["crd", "crds"] cluster spec_and_status;
    IngressClass          "networking.k8s.io/v1"  "ingressclasses"         "ingressclass"           []         cluster    whole;
    Ingress               "networking.k8s.io/v1"  "ingresses"              "ingress"                ["ing"]    namespaced spec_and_status;
    NetworkPolicy         "networking.k8s.io/v1"  "networkpolicies"        "networkpolicy"          ["netpol"] namespaced whole;
    RuntimeClass          "node.k8s.io/v1"        "runtimeclasses"         "runtimeclass"           []         cluster    whole;
    ClusterRoleBinding    "rbac.authorization.k8s.io/v1" "clusterrolebindings" "clusterrolebinding" []         cluster    whole;
    ClusterRole           "rbac.authorization.k8s.io/v1" "clusterroles"    "clusterrole"            []         cluster    whole;
    RoleBinding           "rbac.authorization.k8s.io/v1" "rolebindings"    "rolebinding"            []         namespaced whole;
    Role                  "rbac.authorization.k8s.io/v1" "roles"           "role"                   []         namespaced whole;
    PriorityClass         "scheduling.k8s.io/v1"  "priorityclasses"        "priorityclass"          ["pc"]     cluster    whole;
    CSIDriver             "storage.k8s.io/v1"     "csidrivers"             "csidriver"              []         cluster    whole;
    CSINode               "storage.k8s.io/v1"     "csinodes"               "csinode"                []         cluster    whole;
    PodDisruptionBudget   "policy/v1"             "poddisruptionbudgets"   "poddisruptionbudget"    ["pdb"]    namespaced spec_and_status;
    StorageClass          "storage.k8s.io/v1"     "storageclasses"         "storageclass"           ["sc"]     cluster    whole;
    VolumeAttachment      "storage.k8s.io/v1"     "volumeattachments"      "volumeattachment"       []         cluster    spec_and_status;
}

impl Kind {
    /// The API group; empty for the core group.
    pub fn group(self) -> &'static str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    /// The version within the group, such as `v1`.
    pub fn version(self) -> &'static str {
        self.api_version().rsplit('/').next().unwrap_or_default()
    }

    /// The resource with its group as messages name it, such as `deployments.apps`.
    pub fn resource(self) -> String {
        qualified(self.plural(), self.group())
    }

    /// The kind with its group as messages name it, such as `Deployment.apps`.
    pub fn qualified_name(self) -> String {
        qualified(self.name(), self.group())
    }

    /// The kind that a word of the command line names: plural, singular, short name or kind, alone or
    /// followed by `.group` or `.version.group`.
    pub fn lookup(word: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.is_named(word))
    }

    /// Whether a word of the command line names the kind.
    pub fn is_named(self, word: &str) -> bool {
        let word = word.to_lowercase();
        let (name, rest) = word.split_once('.').unwrap_or((&word, ""));
        let named = self.plural() == name
            || self.singular() == name
            || self.short_names().contains(&name)
            || self.name().eq_ignore_ascii_case(name);
        let (group, version) = (self.group(), self.version());
        // `pods.v1.`: before the empty group there is a dot, too.
        let versioned = rest.strip_prefix(version).and_then(|rest| rest.strip_prefix('.'));
        named && (rest.is_empty() || rest == group || versioned == Some(group))
    }

    /// The kind that an object states in `apiVersion` and `kind`.
    pub fn by_gvk(api_version: &str, kind: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|k| k.is_served_as(api_version, kind))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn qualified(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_string() } else { format!("{name}.{group}") }
}

impl Object {
    /// The object's JSON with `apiVersion` and `kind`, as the API serves it.
    pub fn to_value(&self) -> Value {
        let mut value = self.fields();
        if let Value::Object(fields) = &mut value {
            fields.insert("apiVersion".into(), self.kind().api_version().into());
            fields.insert("kind".into(), self.kind().name().into());
        }
        value
    }

    /// The object inside, if it is of kind `T`.
    pub fn get<T: Resource>(&self) -> Option<&Rc<T>> {
        T::unwrap_ref(self)
    }
}

impl<T: Resource> From<T> for Object {
    fn from(object: T) -> Self {
        T::wrap(Rc::new(object))
    }
}

fn decode_as<T: Resource>(value: &Value) -> (Object, Vec<Problem>) {
    let (object, problems) = decode::<T>(value);
    (object.into(), problems)
}

fn decode_custom(kind: &'static CustomKind, value: &Value) -> (Object, Vec<Problem>) {
    let (object, problems) = CustomObject::decode(kind, value);
    (Object::Custom(Rc::new(object)), problems)
}

/// Every object states its type; only the typed structs do not.
fn is_type(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::UnknownField { .. })
        && matches!(&*problem.path, "apiVersion" | "kind")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_command_line_names_a_kind() {
        for (row, word, kind) in [
            ("plural", "deployments", Some(Kind::Deployment)),
            ("singular", "deployment", Some(Kind::Deployment)),
            ("short name", "deploy", Some(Kind::Deployment)),
            ("the kind itself", "Deployment", Some(Kind::Deployment)),
            ("with its group", "deployments.apps", Some(Kind::Deployment)),
            ("with version and group", "deployments.v1.apps", Some(Kind::Deployment)),
            ("a core kind with its version", "pods.v1.", Some(Kind::Pod)),
            ("a version is no group", "pods.v1", None),
            ("a wrong group", "pods.apps", None),
            ("nothing of that name", "pod5", None),
        ] {
            assert_eq!(Kind::lookup(word), kind, "{row}: {word}");
        }
        assert_eq!(Kind::by_gvk("apps/v1", "ReplicaSet"), Some(Kind::ReplicaSet));
        assert_eq!(Kind::by_gvk("v1", "ReplicaSet"), None);
        assert_eq!((Kind::Lease.group(), Kind::Lease.version()), ("coordination.k8s.io", "v1"));
        assert_eq!(
            (Kind::Pod.resource(), Kind::Deployment.qualified_name()),
            ("pods".into(), "Deployment.apps".into())
        );
    }
}
