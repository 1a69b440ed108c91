//! VolumeAttachments: which volume is to be at which node.

use crate::persistent_volume::{PersistentVolumeSpec, check_inline};
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, names, pointer, quoted, volume_plugins};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap, Time};

/// How much an attacher may tell.
const METADATA_BYTES: usize = 256 * 1024;
/// How long the message of an error may be.
const MESSAGE_BYTES: usize = 1024;

/// That a volume is to be at a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeAttachment {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What is to be where.
    pub spec: VolumeAttachmentSpec,
    /// Whether it is.
    pub status: VolumeAttachmentStatus,
}

/// What is to be where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeAttachmentSpec {
    /// The driver that does it.
    pub attacher: Str,
    /// The volume.
    pub source: VolumeAttachmentSource,
    /// The node.
    pub node_name: Str,
}

/// A volume: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeAttachmentSource {
    /// The name of a PersistentVolume.
    #[json(omitempty)]
    pub persistent_volume_name: Option<Str>,
    /// A volume that is no object.
    #[json(omitempty)]
    pub inline_volume_spec: Option<Box<PersistentVolumeSpec>>,
}

/// Whether the volume is at the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeAttachmentStatus {
    /// Whether it is there.
    pub attached: bool,
    /// What the driver tells the kubelet.
    #[json(omitempty)]
    pub attachment_metadata: StrMap,
    /// Why it could not be attached.
    #[json(omitempty)]
    pub attach_error: Option<VolumeError>,
    /// Why it could not be detached.
    #[json(omitempty)]
    pub detach_error: Option<VolumeError>,
}

/// What went wrong with a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct VolumeError {
    /// When.
    pub time: Option<Time>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

impl Rules for VolumeAttachment {
    fn check(&self, errors: &mut Errors) {
        self.check_both(errors);
        volume_plugins::driver_name(&self.spec.attacher, &Path::Root("spec.attacher"), errors);
        if let Some(name) = &self.spec.source.persistent_volume_name {
            let path = Path::Root("spec.source.persistentVolumeName");
            errors.each_invalid(&path, name, names::dns_subdomain(name, false));
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check_both(errors);
        if self.spec != old.spec {
            errors.invalid(&Path::Root("spec"), &Bare(&shown(&self.spec)), "field is immutable");
        }
    }
}

impl VolumeAttachment {
    /// What holds for a new attachment and for a changed one.
    fn check_both(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        if spec.attacher.is_empty() {
            errors.required(&path.field("attacher"), "");
        }
        check_source(&spec.source, &path.field("source"), errors);
        let node = &spec.node_name;
        errors.each_invalid(&path.field("nodeName"), node, names::dns_subdomain(node, false));
        let (path, status) = (&Path::Root("status"), &self.status);
        if status.attachment_metadata.iter().map(|(k, v)| k.len() + v.len()).sum::<usize>() > METADATA_BYTES {
            errors.too_long(&path.field("attachmentMetadata"), METADATA_BYTES);
        }
        for (field, error) in [("attachError", &status.attach_error), ("detachError", &status.detach_error)] {
            let message = error.as_ref().and_then(|error| error.message.as_deref());
            if message.is_some_and(|message| message.len() > MESSAGE_BYTES) {
                // Upstream checks one limit and tells the other.
                errors.too_long(&path.field(field).field("message"), METADATA_BYTES);
            }
        }
    }
}

fn check_source(source: &VolumeAttachmentSource, path: &Path, errors: &mut Errors) {
    let detail = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    match (&source.inline_volume_spec, &source.persistent_volume_name) {
        (None, None) => errors.required(path, detail),
        (Some(_), Some(_)) => errors.forbidden(path, detail),
        (None, Some(name)) if name.is_empty() => {
            let detail = "must specify non empty persistentVolumeName";
            errors.required(&path.field("persistentVolumeName"), detail);
        }
        (None, Some(_)) => {}
        (Some(spec), None) => check_inline(spec, &path.field("inlineVolumeSpec"), errors),
    }
}

fn shown(spec: &VolumeAttachmentSpec) -> String {
    let name = pointer("string", spec.source.persistent_volume_name.is_some());
    let inline = pointer("core.PersistentVolumeSpec", spec.source.inline_volume_spec.is_some());
    format!(
        "storage.VolumeAttachmentSpec{{Attacher:{}, Source:storage.VolumeAttachmentSource{{PersistentVolumeName:{name}, InlineVolumeSpec:{inline}}}, NodeName:{}}}",
        quoted(&spec.attacher),
        quoted(&spec.node_name)
    )
}
