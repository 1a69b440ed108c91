//! CustomResourceDefinitions: kinds that a cluster learns. Their schemas are kept as they are and not enforced.

use crate::Bytes;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, Time, Value};
use std::collections::BTreeSet;

/// The scope of kinds whose objects live in namespaces.
pub const NAMESPACED: &str = "Namespaced";
/// The scope of kinds whose objects live in none.
pub const CLUSTER: &str = "Cluster";

/// A kind, and the versions in which it is served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceDefinition {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: CustomResourceDefinitionSpec,
    /// What is known of it.
    pub status: CustomResourceDefinitionStatus,
}

/// What the definition is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceDefinitionSpec {
    /// The API group.
    pub group: Str,
    /// The words for the kind.
    pub names: CustomResourceDefinitionNames,
    /// `Namespaced` or `Cluster`.
    pub scope: Str,
    /// The versions.
    #[json(null_if_empty)]
    pub versions: Vec<CustomResourceDefinitionVersion>,
    /// How objects of one version become those of another.
    #[json(omitempty)]
    pub conversion: Option<CustomResourceConversion>,
    /// Whether fields that the schema does not know are kept: no longer to be set.
    #[json(omitempty)]
    pub preserve_unknown_fields: bool,
}

/// How objects of one version become those of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceConversion {
    /// `None`: only the version changes. `Webhook`: somebody is asked.
    pub strategy: Str,
    /// Who is asked.
    #[json(omitempty)]
    pub webhook: Option<WebhookConversion>,
}

/// Who converts objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct WebhookConversion {
    /// How to reach it.
    #[json(omitempty)]
    pub client_config: Option<WebhookClientConfig>,
    /// The versions of the question that it understands.
    #[json(null_if_empty)]
    pub conversion_review_versions: Vec<Str>,
}

/// How to reach a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct WebhookClientConfig {
    /// An address.
    #[json(text)]
    pub url: Option<Str>,
    /// A service in the cluster.
    #[json(omitempty)]
    pub service: Option<ServiceReference>,
    /// Who vouches for its certificate.
    #[json(omitempty)]
    pub ca_bundle: Option<Bytes>,
}

/// A service that is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServiceReference {
    /// Its namespace.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// The path of the address.
    #[json(text)]
    pub path: Option<Str>,
    /// The port; 443 when absent.
    #[json(omitempty)]
    pub port: Option<i32>,
}

/// The words for a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceDefinitionNames {
    /// The resource's name in addresses.
    pub plural: Str,
    /// The resource's name for one object.
    #[json(text)]
    pub singular: Option<Str>,
    /// Abbreviations.
    #[json(omitempty)]
    pub short_names: Vec<Str>,
    /// The kind's name, such as `CronTab`.
    pub kind: Str,
    /// The name of its lists.
    #[json(text)]
    pub list_kind: Option<Str>,
    /// Groups of kinds that it belongs to, such as `all`.
    #[json(omitempty)]
    pub categories: Vec<Str>,
}

/// One version of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceDefinitionVersion {
    /// The version's name.
    pub name: Str,
    /// Whether it can be used.
    pub served: bool,
    /// Whether objects are stored in it.
    pub storage: bool,
    /// Whether it should no longer be used.
    #[json(omitempty)]
    pub deprecated: bool,
    /// What is said to who uses it nevertheless.
    #[json(text)]
    pub deprecation_warning: Option<Str>,
    /// What its objects may contain.
    #[json(omitempty)]
    pub schema: Option<CustomResourceValidation>,
    /// The subresources of its objects.
    #[json(omitempty)]
    pub subresources: Option<CustomResourceSubresources>,
    /// What `kubectl get` prints beside the name.
    #[json(omitempty)]
    pub additional_printer_columns: Vec<CustomResourceColumnDefinition>,
    /// The fields that field selectors know.
    #[json(omitempty)]
    pub selectable_fields: Vec<SelectableField>,
}

/// One column of the table of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceColumnDefinition {
    /// The head of the column.
    pub name: Str,
    /// `string`, `integer`, `number`, `boolean` or `date`.
    pub type_: Str,
    /// The format of its type.
    #[json(text)]
    pub format: Option<Str>,
    /// What it shows, for people.
    #[json(text)]
    pub description: Option<Str>,
    /// Above zero, only `-o wide` shows it.
    #[json(omitempty)]
    pub priority: i32,
    /// Where in the object it is found.
    pub json_path: Str,
}

/// What objects may contain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceValidation {
    /// The schema, as it was given.
    #[json(omitempty, name = "openAPIV3Schema")]
    pub open_api_v3_schema: Option<Value>,
}

/// A field that field selectors know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SelectableField {
    /// Where in the object it is found.
    pub json_path: Str,
}

/// The subresources of a kind's objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceSubresources {
    /// Whether the status is a part of its own.
    #[json(omitempty)]
    pub status: Option<CustomResourceSubresourceStatus>,
    /// Where replicas are asked for and told.
    #[json(omitempty)]
    pub scale: Option<CustomResourceSubresourceScale>,
}

/// Says by being there that the status is a part of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceSubresourceStatus {}

/// Where replicas are asked for and told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceSubresourceScale {
    /// Where replicas are asked for.
    pub spec_replicas_path: Str,
    /// Where replicas are told.
    pub status_replicas_path: Str,
    /// Where the selector of the pods is told.
    #[json(text)]
    pub label_selector_path: Option<Str>,
}

/// What is known of the definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceDefinitionStatus {
    /// What is true of the object, and since when.
    #[json(null_if_empty)]
    pub conditions: Vec<CustomResourceDefinitionCondition>,
    /// The words that are in use.
    pub accepted_names: CustomResourceDefinitionNames,
    /// The versions in which objects may be stored.
    #[json(null_if_empty)]
    pub stored_versions: Vec<Str>,
}

/// One thing that is true or not of a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CustomResourceDefinitionCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

impl Rules for CustomResourceDefinition {
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        let names = &mut self.spec.names;
        if names.singular.is_none() {
            names.singular = Some(names.kind.to_lowercase().into());
        }
        if names.list_kind.is_none() && !names.kind.is_empty() {
            names.list_kind = Some(format!("{}List", names.kind).into());
        }
        self.spec.conversion.get_or_insert_with(|| CustomResourceConversion {
            strategy: "None".into(),
            ..Default::default()
        });
    }

    /// Upstream: `pkg/apis/apiextensions/validation/validation.go` of `k8s.io/apiextensions-apiserver`; the
    /// schemas themselves are not looked at, but for their type.
    fn check(&self, errors: &mut Errors) {
        let spec = &self.spec;
        let required = format!("{}.{}", spec.names.plural, spec.group);
        if !self.metadata.name.is_empty() && *self.metadata.name != *required {
            let detail = "must be spec.names.plural+\".\"+spec.group";
            errors.invalid(&Path::Root("metadata").field("name"), &*self.metadata.name, detail);
        }
        let path = &Path::Root("spec");
        check_group(&spec.group, &path.field("group"), errors);
        if spec.scope.is_empty() {
            errors.required(&path.field("scope"), "");
        } else {
            errors.one_of(&path.field("scope"), Some(&spec.scope), &[CLUSTER, NAMESPACED]);
        }
        check_versions(&spec.versions, &path.field("versions"), errors);
        check_names(&spec.names, &path.field("names"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        if old.declared_kind().is_none() {
            return;
        }
        let (path, new, old) = (&Path::Root("spec"), &self.spec, &old.spec);
        errors.immutable(&path.field("scope"), &new.scope, &old.scope);
        let names = &path.field("names");
        errors.immutable(&names.field("kind"), &new.names.kind, &old.names.kind);
        errors.immutable(&names.field("plural"), &new.names.plural, &old.names.plural);
        errors.immutable(&path.field("group"), &new.group, &old.group);
    }
}

fn check_group(group: &Str, path: &Path, errors: &mut Errors) {
    let reasons = names::dns_subdomain(group, false);
    if group.is_empty() {
        errors.required(path, "");
    } else if !reasons.is_empty() {
        errors.invalid(path, group, reasons.join(","));
    } else if !group.contains('.') {
        errors.invalid(path, group, "should be a domain with at least one dot");
    }
}

fn check_versions(versions: &[CustomResourceDefinitionVersion], path: &Path, errors: &mut Errors) {
    for (index, version) in versions.iter().enumerate() {
        if schema(version).is_none() {
            errors.required(&path.index(index).field("schema").field("openAPIV3Schema"), "");
        }
    }
    for (index, version) in versions.iter().enumerate() {
        let path = &path.index(index);
        let reasons = names::dns_1035_label(&version.name, false);
        if !reasons.is_empty() {
            errors.invalid(&path.field("name"), &version.name, reasons.join(","));
        }
        if let Some(schema) = schema(version) {
            check_schema(schema, &path.field("schema").field("openAPIV3Schema"), errors);
        }
        for (index, column) in version.additional_printer_columns.iter().enumerate() {
            check_column(column, &path.field("additionalPrinterColumns").index(index), errors);
        }
    }
    let shown = &Bare("[]apiextensions.CustomResourceDefinitionVersion{…}");
    let mut seen = BTreeSet::new();
    if !versions.iter().all(|version| seen.insert(&version.name)) {
        errors.invalid(path, shown, "must contain unique version names");
    }
    if versions.iter().filter(|version| version.storage).count() != 1 {
        errors.invalid(path, shown, "must have exactly one version marked as storage version");
    }
}

fn schema(version: &CustomResourceDefinitionVersion) -> Option<&Value> {
    version.schema.as_ref()?.open_api_v3_schema.as_ref()
}

/// The schema of an object is that of an object.
fn check_schema(schema: &Value, path: &Path, errors: &mut Errors) {
    let path = &path.field("type");
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => {}
        Some(other) => errors.invalid(path, other, "must be object at the root"),
        None => errors.required(path, "must not be empty at the root"),
    }
}

fn check_column(column: &CustomResourceColumnDefinition, path: &Path, errors: &mut Errors) {
    if column.name.is_empty() {
        errors.required(&path.field("name"), "");
    }
    if column.type_.is_empty() {
        let types = "must be one of integer, number, string, boolean, date";
        errors.required(&path.field("type"), types);
    }
    if column.json_path.is_empty() {
        errors.required(&path.field("JSONPath"), "");
    }
}

fn check_names(words: &CustomResourceDefinitionNames, path: &Path, errors: &mut Errors) {
    let kind = words.kind.to_lowercase();
    let list_kind = words.list_kind.as_deref().unwrap_or_default();
    let singular = words.singular.as_deref().unwrap_or_default();
    for (field, word) in [("plural", &*words.plural), ("singular", singular), ("kind", &*kind)] {
        if word.is_empty() {
            errors.required(&path.field(field), "");
        }
    }
    for (field, shown, word) in [
        ("plural", &*words.plural, &*words.plural),
        ("singular", singular, singular),
        ("kind", &*words.kind, &*kind),
        ("listKind", list_kind, &*list_kind.to_lowercase()),
    ] {
        let reasons = names::dns_1035_label(word, false);
        if !word.is_empty() && !reasons.is_empty() {
            errors.invalid(&path.field(field), shown, reasons.join(","));
        }
    }
    if !words.kind.is_empty() && &*words.kind == list_kind {
        errors.invalid(&path.field("listKind"), list_kind, "kind and listKind may not be the same");
    }
}

impl CustomResourceDefinition {
    /// Accepts the names, and begins to serve the kind (upstream: the naming and establishing controllers of
    /// `k8s.io/apiextensions-apiserver`, which do so in two further writes).
    pub fn establish(&mut self, date: Time) {
        let condition = |type_: &str, reason: &str, message: &str| CustomResourceDefinitionCondition {
            type_: type_.into(),
            status: "True".into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            last_transition_time: Some(date),
        };
        self.status.accepted_names = self.spec.names.clone();
        self.status.stored_versions =
            self.spec.versions.iter().filter(|v| v.storage).map(|v| v.name.clone()).collect();
        self.status.conditions = vec![
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ];
    }
}
