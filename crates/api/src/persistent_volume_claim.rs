//! PersistentVolumeClaims: storage that a user asks for.

use crate::defaults::{self, fill};
use crate::reference::{TypedLocalObjectReference, TypedObjectReference};
use crate::resources::ResourceList;
use crate::resources::STORAGE;
use crate::rules::Rules;
use crate::validation::go_diff::diff;
use crate::validation::{Bare, Errors, Path, metadata, names, pointer, resources};
use orrery_apimachinery::decode::{Fields, encode};
use orrery_apimachinery::{LabelSelector, ObjectMeta, Str, StrMap, Time};

/// The annotation that was once the way to name a storage class.
const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// A user's request for storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeClaim {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: PersistentVolumeClaimSpec,
    /// What is known of it.
    pub status: PersistentVolumeClaimStatus,
}

/// What storage is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeClaimSpec {
    /// How the volume can be mounted, such as `ReadWriteOnce`.
    #[json(omitempty)]
    pub access_modes: Vec<Str>,
    /// Which volumes will do.
    #[json(omitempty)]
    pub selector: Option<LabelSelector>,
    /// How much storage is asked for.
    pub resources: VolumeResourceRequirements,
    /// The volume's name.
    #[json(text)]
    pub volume_name: Option<Str>,
    /// The storage class.
    #[json(omitempty)]
    pub storage_class_name: Option<Str>,
    /// `Filesystem` or `Block`.
    #[json(omitempty)]
    pub volume_mode: Option<Str>,
    /// An object to fill the volume from.
    #[json(omitempty)]
    pub data_source: Option<TypedLocalObjectReference>,
    /// An object of any namespace to fill the volume from.
    #[json(omitempty)]
    pub data_source_ref: Option<TypedObjectReference>,
    /// The attributes class.
    #[json(omitempty)]
    pub volume_attributes_class_name: Option<Str>,
}

/// How much storage is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeResourceRequirements {
    /// The most that may be used.
    #[json(omitempty)]
    pub limits: ResourceList,
    /// The least that must be there.
    #[json(omitempty)]
    pub requests: ResourceList,
}

/// What is known of the claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeClaimStatus {
    /// Where in its life the object is.
    #[json(text)]
    pub phase: Option<Str>,
    /// How the volume can be mounted, such as `ReadWriteOnce`.
    #[json(omitempty)]
    pub access_modes: Vec<Str>,
    /// How much there is.
    #[json(omitempty)]
    pub capacity: ResourceList,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<PersistentVolumeClaimCondition>,
    /// What was set aside.
    #[json(omitempty)]
    pub allocated_resources: ResourceList,
    /// How far a resize of each resource has come.
    #[json(omitempty)]
    pub allocated_resource_statuses: StrMap,
    /// The attributes class in force.
    #[json(omitempty)]
    pub current_volume_attributes_class_name: Option<Str>,
    /// How far a change of attributes has come.
    #[json(omitempty)]
    pub modify_volume_status: Option<ModifyVolumeStatus>,
}

/// One thing that is true or not of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PersistentVolumeClaimCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When it was last asked for.
    pub last_probe_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

/// How far a change of the volume's attributes has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ModifyVolumeStatus {
    /// The attributes class that is asked for.
    #[json(text)]
    pub target_volume_attributes_class_name: Option<Str>,
    /// `Pending`, `InProgress` or `Infeasible`.
    pub status: Str,
}

const IMMUTABLE: &str = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

impl Rules for PersistentVolumeClaim {
    fn set_defaults(&mut self) {
        fill(&mut self.status.phase, "Pending");
        defaults::claim_spec(&mut self.spec);
    }

    fn check(&self, errors: &mut Errors) {
        check_spec(&self.spec, &Path::Root("spec"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        let bound = self.status.phase.as_deref() == Some("Bound");
        let mut spec = self.spec.clone();
        if old.spec.volume_name.is_none() {
            spec.volume_name = None;
        }
        if self.keeps_class(old, errors) {
            spec.storage_class_name = old.spec.storage_class_name.clone();
        }
        let old_size = old.spec.resources.requests.get(STORAGE).copied().unwrap_or_default();
        let new_size = spec.resources.requests.get(STORAGE).copied().unwrap_or_default();
        if bound {
            spec.resources.requests.insert(STORAGE.into(), old_size);
            spec.volume_attributes_class_name = old.spec.volume_attributes_class_name.clone();
        }
        let path = &Path::Root("spec");
        if spec != old.spec {
            let difference = diff("PersistentVolumeClaimSpec", &encode(&old.spec), &encode(&spec));
            errors.forbidden(path, &format!("{IMMUTABLE}\n{difference}"));
        }
        let capacity = old.status.capacity.get(STORAGE).copied().unwrap_or_default();
        if new_size < old_size && new_size <= capacity {
            let at = path.field("resources");
            let at = at.field("requests");
            errors.forbidden(&at.field(STORAGE), "field can not be less than status.capacity");
        }
        errors.immutable(&Path::Root("volumeMode"), &self.spec.volume_mode, &old.spec.volume_mode);
    }
}

impl PersistentVolumeClaim {
    /// Whether the class is the one that the old claim had, or may have: a claim without a class gets the default one
    /// later, in retrospect, and one whose annotation says the class may say it in its spec instead.
    fn keeps_class(&self, old: &Self, errors: &mut Errors) -> bool {
        let (class, known) = (&self.spec.storage_class_name, &old.spec.storage_class_name);
        let annotation = self.metadata.annotations.get(BETA_CLASS);
        let known_annotation = old.metadata.annotations.get(BETA_CLASS);
        let unset = known.is_none() && class.is_some();
        if unset
            && known_annotation == class.as_ref()
            && annotation.is_none_or(|a| Some(a) == known_annotation)
        {
            return true;
        }
        if annotation != known_annotation {
            let path = Path::Root("metadata");
            let shown = annotation.map(|a| &**a).unwrap_or_default();
            errors.invalid(&path.field("annotations").field(BETA_CLASS), shown, "field is immutable");
        }
        unset && (known_annotation.is_none() || known_annotation == class.as_ref())
    }
}

/// The rules for a claim, or for the template of one.
pub(crate) fn check_spec(spec: &PersistentVolumeClaimSpec, path: &Path, errors: &mut Errors) {
    if spec.access_modes.is_empty() {
        errors.required(&path.field("accessModes"), "at least 1 access mode is required");
    }
    if let Some(selector) = &spec.selector {
        metadata::selector(selector, &path.field("selector"), errors);
    }
    check_access_modes(&spec.access_modes, &path.field("accessModes"), errors);
    let size_path = path.field("resources");
    let size_path = size_path.key(STORAGE);
    match spec.resources.requests.get(STORAGE) {
        None => errors.required(&size_path, ""),
        Some(size) => resources::positive(*size, &size_path, errors),
    }
    if let Some(class) = spec.storage_class_name.as_ref().filter(|c| !c.is_empty()) {
        errors.each_invalid(&path.field("storageClassName"), class, names::dns_subdomain(class, false));
    }
    if let Some(mode) = &spec.volume_mode {
        errors.one_of(&path.field("volumeMode"), Some(mode), &["Block", "Filesystem"]);
    }
    check_sources(spec, path, errors);
}

/// The rules for what a volume is filled from: it is named in two fields, which say the same.
fn check_sources(spec: &PersistentVolumeClaimSpec, path: &Path, errors: &mut Errors) {
    let source = spec.data_source.as_ref().map(|s| (&s.api_group, &s.kind, &s.name));
    let reference = spec.data_source_ref.as_ref().map(|s| (&s.api_group, &s.kind, &s.name));
    for (field, source) in [("dataSource", source), ("dataSourceRef", reference)] {
        let Some((group, kind, name)) = source else { continue };
        let at = path.field(field);
        for (field, value) in [("name", name), ("kind", kind)] {
            if value.is_empty() {
                errors.required(&at.field(field), "");
            }
        }
        match group.as_deref().unwrap_or_default() {
            "" if &**kind != "PersistentVolumeClaim" => {
                let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
                errors.invalid(&at, kind, detail);
            }
            "" => {}
            group => errors.each_invalid(&at.field("apiGroup"), group, names::dns_subdomain(group, false)),
        }
    }
    if source.is_some() && reference.is_some() && source != reference {
        let parent = pointer("field.Path", true);
        let shown = format!("field.Path{{name:\"dataSource\", index:\"\", parent:{parent}}}");
        errors.invalid(path, &Bare(&shown), "must match dataSourceRef");
    }
}

/// The rules for how a volume can be mounted.
pub(crate) fn check_access_modes(modes: &[Str], path: &Path, errors: &mut Errors) {
    let supported = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    modes.iter().for_each(|mode| errors.one_of(path, Some(mode), &supported));
    let known = modes.iter().filter(|m| supported.contains(&&***m));
    let (single, shared): (Vec<_>, Vec<_>) = known.partition(|m| &***m == "ReadWriteOncePod");
    if !single.is_empty() && !shared.is_empty() {
        errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
}
