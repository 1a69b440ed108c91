//! Attaching (upstream: `attachDesiredVolumes`, `GenerateAttachVolumeFunc`, `csi_attacher.go`).

use super::AttachDetachController;
use super::wanted::{Wanted, users_at, volume_of};
use orrery_api::{
    AttachedVolume, Node, PersistentVolumeSpec, Pod, VolumeAttachment, VolumeAttachmentSource,
    VolumeAttachmentSpec,
};
use orrery_apimachinery::{ObjectMeta, StatusResult, Str};
use orrery_client::volume::attachment_name;
use orrery_client::{ApiServer, Context, EventType};
use orrery_sim::Duration;
use std::rc::Rc;

/// How long an attacher has (upstream: `csiTimeout`).
const PATIENCE: Duration = Duration::from_secs(120);
/// The first and the longest delay after a failure (upstream: `exponentialbackoff`).
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(122);

impl AttachDetachController {
    /// Brings a volume to a node, a step further; after how long to look again, if time alone decides.
    pub(super) fn attach(
        &mut self,
        node: &Str,
        wanted: &Wanted,
        cx: &mut Context<'_>,
    ) -> StatusResult<Option<Duration>> {
        let site = (node.clone(), wanted.name.clone());
        self.detach_since.remove(&site);
        if !wanted.spec.is_multi_attach_allowed() {
            let others = other_nodes(node, wanted, cx.api());
            if !others.is_empty() {
                if self.reported.insert(site) {
                    report(&others, wanted, cx);
                }
                return Ok(None);
            }
        }
        if wanted.spec.driver.is_empty() {
            attached(node, wanted, cx)?;
            return Ok(None);
        }
        let (handle, driver) = (&wanted.spec.handle, &wanted.spec.driver);
        let name = attachment_name(handle, driver, node);
        let Some(attachment) = cx.get::<VolumeAttachment>("", &name) else {
            cx.create(attachment_of(name, node, wanted))?;
            self.attach_since.entry(site).or_default().0 = cx.now();
            return Ok(Some(PATIENCE));
        };
        if attachment.metadata.terminating() {
            return Ok(None);
        }
        if attachment.status.attached {
            self.attach_since.remove(&site);
            attached(node, wanted, cx)?;
            return Ok(None);
        }
        let now = cx.now();
        let (since, failures) = self.attach_since.entry(site).or_insert((now, 0));
        let error = attachment.status.attach_error.as_ref().and_then(|error| error.message.clone());
        let why: Str = match error {
            Some(why) if *since <= now => why,
            None if now.since(*since) >= PATIENCE && *since <= now => format!(
                "timed out waiting for external-attacher of {driver} CSI driver to attach volume {handle}"
            )
            .into(),
            _ => return Ok(Some((*since + PATIENCE).since(now))),
        };
        let delay = FIRST_DELAY.saturating_mul(1u32.checked_shl(*failures).unwrap_or(u32::MAX));
        (*since, *failures) = (now + delay.min(LONGEST_DELAY), *failures + 1);
        tell(wanted, EventType::Warning, "AttachVolume.Attach failed", &why, cx);
        Ok(Some(delay.min(LONGEST_DELAY)))
    }
}

/// The volume is at the node: that is told to its pods, and to the kubelet.
fn attached(node: &Str, wanted: &Wanted, cx: &mut Context<'_>) -> StatusResult<()> {
    let told = cx
        .get::<Node>("", node)
        .is_none_or(|node| node.status.volumes_attached.iter().any(|volume| volume.name == wanted.name));
    if told {
        return Ok(());
    }
    tell(wanted, EventType::Normal, "AttachVolume.Attach succeeded", "", cx);
    cx.modify_status::<Node>("", node, |node| {
        let device_path = Str::default();
        node.status.volumes_attached.push(AttachedVolume { name: wanted.name.clone(), device_path });
    })?;
    Ok(())
}

/// An event of every pod that waits for the volume (upstream: `generateVolumeMsg`).
fn tell(wanted: &Wanted, r#type: EventType, what: &str, why: &str, cx: &mut Context<'_>) {
    let colon = if r#type == EventType::Warning && what.ends_with("failed") { ": " } else { "" };
    let message = format!("{what} for volume \"{}\" {colon}{why}", wanted.spec.name);
    let reason = if r#type == EventType::Normal { "SuccessfulAttachVolume" } else { "FailedAttachVolume" };
    for pod in &wanted.pods {
        cx.event(&**pod, r#type, reason, message.as_str());
    }
}

/// The other nodes at which a volume is.
fn other_nodes(node: &Str, wanted: &Wanted, api: &ApiServer) -> Vec<Str> {
    let mut others: Vec<Str> = Vec::new();
    for attachment in api.list::<VolumeAttachment>() {
        let other = &attachment.spec.node_name;
        if other != node && volume_of(attachment, api).as_ref() == Some(&wanted.name) {
            others.push(other.clone());
        }
    }
    for other in api.list::<Node>().filter(|other| other.metadata.name != *node) {
        let there = other.status.volumes_attached.iter().any(|volume| volume.name == wanted.name);
        if there && !others.contains(&other.metadata.name) {
            others.push(other.metadata.name.clone());
        }
    }
    others
}

/// Says who keeps a volume from being attached (upstream: `reportMultiAttachError`).
fn report(others: &[Str], wanted: &Wanted, cx: &mut Context<'_>) {
    const ERROR: &str = "Multi-Attach error";
    let mut users: Vec<Rc<Pod>> = Vec::new();
    for other in others {
        users.extend(users_at(other, &wanted.name, cx.api()));
    }
    if users.is_empty() {
        let why = "Volume is already exclusively attached to one node and can't be attached to another";
        return tell(wanted, EventType::Warning, ERROR, why, cx);
    }
    for pod in &wanted.pods {
        let mut local: Vec<&str> = Vec::new();
        for user in users.iter().filter(|user| user.metadata.namespace == pod.metadata.namespace) {
            local.push(&user.metadata.name);
        }
        let elsewhere = users.len() - local.len();
        let why = match (local.as_slice(), elsewhere) {
            ([], elsewhere) => {
                format!("Volume is already used by {elsewhere} pod(s) in different namespaces")
            }
            (local, 0) => format!("Volume is already used by pod(s) {}", local.join(", ")),
            (local, elsewhere) => format!(
                "Volume is already used by pod(s) {} and {elsewhere} pod(s) in different namespaces",
                local.join(", ")
            ),
        };
        let message = format!("{ERROR} for volume \"{}\" {why}", wanted.spec.name);
        cx.event(&**pod, EventType::Warning, "FailedAttachVolume", message);
    }
}

/// What asks the driver to bring a volume to a node.
fn attachment_of(name: Str, node: &Str, wanted: &Wanted) -> VolumeAttachment {
    let source = match &wanted.spec.persistent {
        Some(persistent) => VolumeAttachmentSource {
            persistent_volume_name: Some(persistent.metadata.name.clone()),
            inline_volume_spec: None,
        },
        None => VolumeAttachmentSource {
            persistent_volume_name: None,
            inline_volume_spec: Some(Box::new(inline(wanted))),
        },
    };
    let (attacher, node_name) = (wanted.spec.driver.clone(), node.clone());
    VolumeAttachment {
        metadata: ObjectMeta::named("", name),
        spec: VolumeAttachmentSpec { attacher, node_name, source },
        ..Default::default()
    }
}

/// A volume that a pod states itself, as its CSI driver is told of it.
fn inline(wanted: &Wanted) -> PersistentVolumeSpec {
    let csi = orrery_api::CSIPersistentVolumeSource {
        driver: wanted.spec.driver.clone(),
        volume_handle: wanted.spec.handle.clone(),
        read_only: wanted.spec.read_only,
        ..Default::default()
    };
    PersistentVolumeSpec {
        access_modes: vec!["ReadWriteOnce".into()],
        csi: Some(Box::new(csi)),
        ..Default::default()
    }
}
