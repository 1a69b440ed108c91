//! Custom resources: the kinds that CustomResourceDefinitions declare, and their objects, whose fields are kept
//! as they are.

use crate::{
    CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionVersion,
    CustomResourceSubresourceScale,
};
use orrery_apimachinery::Order;
use orrery_apimachinery::decode::{Fields, Problem, decode, encode};
use orrery_apimachinery::{ObjectMeta, Value};
use serde_json::Map;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A kind that a CustomResourceDefinition declares. Two are the same when resource and group are: the other
/// words may change.
#[derive(Debug)]
pub struct CustomKind {
    /// The kind's name, such as `CronTab`.
    pub name: &'static str,
    /// The API group.
    pub group: &'static str,
    /// Group and version that are printed: upstream's preferred version.
    pub api_version: &'static str,
    /// Every group and version under which objects are taken.
    pub served: &'static [&'static str],
    /// The resource's name in addresses.
    pub plural: &'static str,
    /// The resource's name for one object.
    pub singular: &'static str,
    /// Abbreviations that kubectl takes.
    pub short_names: &'static [&'static str],
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether the status is a part of its own.
    pub has_status: bool,
    /// Where replicas are asked for and told, if objects can be scaled.
    pub scale: Option<CustomScale>,
    /// What `kubectl get` prints beside the name; nothing where the age is all.
    pub columns: &'static [CustomColumn],
}

/// One column of a custom kind's table.
#[derive(Clone, Copy, Debug)]
pub struct CustomColumn {
    /// Its head.
    pub name: &'static str,
    /// Where in the object it is found.
    pub json_path: &'static str,
    /// What it holds: `string`, `integer`, `number`, `boolean`, or `date`, of which the age is shown.
    pub type_: &'static str,
    /// Whether only `-o wide` shows it.
    pub wide: bool,
}

/// Where the objects of a custom kind ask for replicas and tell them: paths such as `.spec.replicas`.
#[derive(Clone, Copy, Debug)]
pub struct CustomScale {
    /// Where replicas are asked for.
    pub spec_replicas_path: &'static str,
    /// Where replicas are told.
    pub status_replicas_path: &'static str,
    /// Where the selector of the pods is told; empty when it is not.
    pub label_selector_path: &'static str,
}

impl CustomKind {
    fn identity(&self) -> (&str, &str) {
        (self.group, self.plural)
    }
}

impl PartialEq for CustomKind {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for CustomKind {}

impl PartialOrd for CustomKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CustomKind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.identity().cmp(&other.identity())
    }
}

impl Hash for CustomKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// What a definition says of its kind; what [`CustomKind`]s are remembered by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Declared {
    name: String,
    group: String,
    served: Vec<String>,
    plural: String,
    singular: String,
    short_names: Vec<String>,
    namespaced: bool,
    has_status: bool,
    scale: Option<[String; 3]>,
    /// Head, path and type, and whether it is only for `-o wide`.
    columns: Vec<([String; 3], bool)>,
}

thread_local! {
    /// Every kind that was ever declared. Kinds are copied about like those of the registry, so they live as
    /// long as the program; that each is made once bounds what they take.
    static DECLARED: RefCell<BTreeMap<Declared, &'static CustomKind>> = const { RefCell::new(BTreeMap::new()) };
}

fn lasting(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn lasting_list(texts: &[String]) -> &'static [&'static str] {
    texts.iter().map(|text| lasting(text)).collect::<Vec<_>>().leak()
}

impl CustomColumn {
    fn lasting(([name, json_path, type_], wide): &([String; 3], bool)) -> CustomColumn {
        CustomColumn {
            name: lasting(name),
            json_path: lasting(json_path),
            type_: lasting(type_),
            wide: *wide,
        }
    }
}

impl Declared {
    fn of(definition: &CustomResourceDefinition) -> Declared {
        let spec = &definition.spec;
        let mut versions: Vec<&CustomResourceDefinitionVersion> =
            spec.versions.iter().filter(|v| v.served).collect();
        versions.order_by_key(|v| std::cmp::Reverse(priority(&v.name)));
        let column = |column: &CustomResourceColumnDefinition| {
            let texts = [column.name.to_uppercase(), column.json_path.to_string(), column.type_.to_string()];
            (texts, column.priority != 0)
        };
        let columns = versions.first().map_or(&[][..], |v| &v.additional_printer_columns);
        let subresources = versions.first().and_then(|v| v.subresources.as_ref());
        Declared {
            name: spec.names.kind.to_string(),
            group: spec.group.to_string(),
            served: versions.iter().map(|v| format!("{}/{}", spec.group, v.name)).collect(),
            plural: spec.names.plural.to_string(),
            singular: spec.names.singular.as_deref().unwrap_or_default().to_string(),
            short_names: spec.names.short_names.iter().map(|s| s.to_string()).collect(),
            namespaced: &*spec.scope == "Namespaced",
            has_status: subresources.is_some_and(|s| s.status.is_some()),
            scale: subresources.and_then(|s| s.scale.as_ref()).map(
                |scale: &CustomResourceSubresourceScale| {
                    let selector = scale.label_selector_path.as_deref().unwrap_or_default();
                    [&scale.spec_replicas_path, &scale.status_replicas_path, selector].map(str::to_string)
                },
            ),
            columns: columns.iter().map(column).collect(),
        }
    }

    fn remembered(self) -> &'static CustomKind {
        DECLARED.with_borrow_mut(|known| {
            if let Some(kind) = known.get(&self) {
                return *kind;
            }
            let served = lasting_list(&self.served);
            let kind: &'static CustomKind = Box::leak(Box::new(CustomKind {
                name: lasting(&self.name),
                group: lasting(&self.group),
                api_version: served.first().copied().unwrap_or_default(),
                served,
                plural: lasting(&self.plural),
                singular: lasting(&self.singular),
                short_names: lasting_list(&self.short_names),
                namespaced: self.namespaced,
                has_status: self.has_status,
                scale: self.scale.as_ref().map(|[spec, status, selector]| CustomScale {
                    spec_replicas_path: lasting(spec),
                    status_replicas_path: lasting(status),
                    label_selector_path: lasting(selector),
                }),
                columns: self.columns.iter().map(CustomColumn::lasting).collect::<Vec<_>>().leak(),
            }));
            known.insert(self, kind);
            kind
        })
    }
}

/// The order of versions: `v2`, `v1`, `v2beta1`, `v1alpha1`, and then words that are none
/// (upstream: `k8s.io/apimachinery/pkg/version`, `CompareKubeAwareVersionStrings`).
fn priority(version: &str) -> (u8, u32, u32) {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let Some(rest) = version.strip_prefix('v').filter(|rest| digits(rest) > 0) else { return (0, 0, 0) };
    let (major, rest) = rest.split_at(digits(rest));
    let major = major.parse().unwrap_or_default();
    for (word, rank) in [("beta", 2), ("alpha", 1)] {
        if let Some(minor) = rest.strip_prefix(word) {
            return (rank, major, minor.parse().unwrap_or_default());
        }
    }
    if rest.is_empty() { (3, major, 0) } else { (0, 0, 0) }
}

impl CustomResourceDefinition {
    /// The kind that it declares, once its names are accepted and a version is served.
    pub fn declared_kind(&self) -> Option<&'static CustomKind> {
        let established =
            self.status.conditions.iter().any(|c| &*c.type_ == "Established" && &*c.status == "True");
        let served = self.spec.versions.iter().any(|v| v.served);
        (established && served).then(|| Declared::of(self).remembered())
    }
}

/// An object of a custom kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomObject {
    /// The kind.
    pub kind: &'static CustomKind,
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// All other fields, as they were given.
    pub fields: Rc<Map<String, Value>>,
}

/// The part of a custom object whose fields are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
struct Known {
    /// Name, labels and the like.
    metadata: ObjectMeta,
}

impl CustomObject {
    /// Reads an object, and tells everything that is wrong with its metadata.
    pub(crate) fn decode(kind: &'static CustomKind, value: &Value) -> (CustomObject, Vec<Problem>) {
        let mut fields = value.as_object().cloned().unwrap_or_default();
        let metadata = fields.remove("metadata").unwrap_or_default();
        fields.remove("apiVersion");
        fields.remove("kind");
        let known = Value::Object(Map::from_iter([("metadata".to_string(), metadata)]));
        let (known, problems) = decode::<Known>(&known);
        (CustomObject { kind, metadata: known.metadata, fields: Rc::new(fields) }, problems)
    }

    /// The object's JSON without `apiVersion` and `kind`.
    pub(crate) fn encode(&self) -> Value {
        let mut fields = (*self.fields).clone();
        fields.insert("metadata".into(), encode(&self.metadata));
        Value::Object(fields)
    }

    fn status(&self) -> Option<&Value> {
        self.fields.get("status")
    }

    fn set_status(&mut self, status: Option<Value>) {
        if self.status() == status.as_ref() {
            return;
        }
        let fields = Rc::make_mut(&mut self.fields);
        match status {
            Some(status) => fields.insert("status".into(), status),
            None => fields.remove("status"),
        };
    }

    /// Takes the status of `old`, where it is a part of its own.
    pub(crate) fn keep_status(&mut self, old: &CustomObject) {
        if self.kind.has_status {
            self.set_status(old.status().cloned());
        }
    }

    /// Takes everything but the status from `old`.
    pub(crate) fn keep_all_but_status(&mut self, old: &CustomObject) {
        let status = self.status().cloned();
        *self = old.clone();
        self.set_status(status);
    }

    /// Forgets the status, where it is a part of its own.
    pub(crate) fn clear_status(&mut self) {
        if self.kind.has_status {
            self.set_status(None);
        }
    }

    /// Whether both desire the same: all but metadata and a status of its own.
    pub(crate) fn same_desired(&self, old: &CustomObject) -> bool {
        let desired = |object: &CustomObject| {
            let mut object = object.clone();
            object.clear_status();
            object.fields
        };
        desired(self) == desired(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_preferred_as_kubernetes_orders_them() {
        let mut versions = ["v1alpha1", "foo", "v10", "v1beta2", "v2", "v11beta1", "v1"];
        versions.sort_by_key(|v| std::cmp::Reverse(priority(v)));
        assert_eq!(versions, ["v10", "v2", "v1", "v11beta1", "v1beta2", "v1alpha1", "foo"]);
    }
}
