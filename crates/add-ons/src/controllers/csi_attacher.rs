//! Attaches and detaches the volumes of CSI drivers: one simulated program for every driver (upstream:
//! `kubernetes-csi/external-attacher`, which is not part of Kubernetes itself).

use crate::{Action, Controller, Wake};
use orrery_api::{Object, PersistentVolume, VolumeAttachment};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

/// On an attachment: how the driver knows the node.
const NODE_ID: &str = "csi.alpha.kubernetes.io/node-id";
/// The least and the most milliseconds that a driver takes.
const WORK_MILLIS: (u64, u64) = (1_000, 3_000);

/// The controller; it remembers when what it works on is done.
#[derive(Clone, Debug, Default)]
pub struct CsiAttacher {
    done_at: BTreeMap<Key, SimTime>,
}

impl Controller for CsiAttacher {
    const NAME: &'static str = "external-attacher";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let key = Key::of(&change.value);
        match &change.value {
            Object::VolumeAttachment(attachment) if change.op == Op::Deleted => {
                self.done_at.remove(&key);
                if let Some(volume) = &attachment.spec.source.persistent_volume_name {
                    wake.key(Key::new(orrery_api::Kind::PersistentVolume, "", volume.clone()));
                }
            }
            Object::VolumeAttachment(_) => wake.key(key),
            Object::PersistentVolume(volume) if volume.metadata.terminating() => wake.key(key),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        if let Some(attachment) = cx.get::<VolumeAttachment>("", &key.name) {
            let finalizer = finalizer_of(&attachment.spec.attacher);
            let (leaves, is_held) =
                (attachment.metadata.terminating(), attachment.metadata.has_finalizer(&finalizer));
            let is_settled = if leaves { !is_held } else { attachment.status.attached };
            if is_settled {
                return Ok(Action::AwaitChange);
            }
            if !leaves && !is_held {
                take_up(&attachment, &finalizer, cx)?;
            }
            return match self.left(key, cx) {
                Some(left) => Ok(Action::RequeueAfter(left)),
                None => self.finish(key, leaves, &finalizer, cx),
            };
        }
        let volume = cx.get::<PersistentVolume>("", &key.name);
        if let Some(volume) = volume.filter(|volume| volume.metadata.terminating()) {
            let_go(&volume, cx)?;
        }
        Ok(Action::AwaitChange)
    }
}

impl CsiAttacher {
    /// Begins to work on `key`, or goes on with it; how much of the work is left, if any is.
    fn left(&mut self, key: &Key, cx: &mut Context<'_>) -> Option<Duration> {
        let now = cx.now();
        let (least, most) = WORK_MILLIS;
        let done_at = *self
            .done_at
            .entry(key.clone())
            .or_insert_with(|| now + Duration::from_millis(least + cx.random().below(most - least + 1)));
        (done_at > now).then(|| done_at.since(now))
    }

    /// The driver is done: the volume is at the node, or is not any more.
    fn finish(
        &mut self,
        key: &Key,
        leaves: bool,
        finalizer: &str,
        cx: &mut Context<'_>,
    ) -> StatusResult<Action> {
        self.done_at.remove(key);
        if leaves {
            cx.modify::<VolumeAttachment>("", &key.name, |attachment| {
                attachment.metadata.finalizers.retain(|f| &**f != finalizer);
            })?;
        } else {
            cx.modify_status::<VolumeAttachment>("", &key.name, |attachment| {
                attachment.status.attached = true;
            })?;
        }
        Ok(Action::AwaitChange)
    }
}

/// Neither the attachment nor its volume goes before the volume is detached.
fn take_up(attachment: &VolumeAttachment, finalizer: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    if let Some(name) = &attachment.spec.source.persistent_volume_name
        && cx.get::<PersistentVolume>("", name).is_some_and(|v| !v.metadata.has_finalizer(finalizer))
    {
        cx.modify::<PersistentVolume>("", name, |volume| {
            volume.metadata.finalizers.push(finalizer.into());
        })?;
    }
    cx.modify::<VolumeAttachment>("", &attachment.metadata.name, |attachment| {
        attachment.metadata.finalizers.push(finalizer.into());
        let node = attachment.spec.node_name.clone();
        attachment.metadata.annotations.insert(NODE_ID, node);
    })?;
    Ok(())
}

/// A volume that is being deleted may go once it is attached nowhere.
fn let_go(volume: &PersistentVolume, cx: &mut Context<'_>) -> StatusResult<()> {
    let name = &volume.metadata.name;
    let is_its =
        |attachment: &VolumeAttachment| attachment.spec.source.persistent_volume_name.as_ref() == Some(name);
    let ours = |finalizer: &Str| finalizer.starts_with(PREFIX);
    if volume.metadata.finalizers.iter().any(ours)
        && !cx.api().list::<VolumeAttachment>().any(|attachment| is_its(attachment))
    {
        cx.modify::<PersistentVolume>("", name, |volume| volume.metadata.finalizers.retain(|f| !ours(f)))?;
    }
    Ok(())
}

const PREFIX: &str = "external-attacher/";

/// The finalizer of a driver's attacher (upstream: `SanitizeDriverName`).
fn finalizer_of(driver: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let mut name: String = PREFIX.chars().chain(driver.chars().map(plain)).collect();
    if name.ends_with('-') {
        name.push('X');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use orrery_api::{
        CSIPersistentVolumeSource, PersistentVolumeSpec, VolumeAttachmentSource, VolumeAttachmentSpec,
        resources,
    };
    use orrery_apimachinery::{ObjectMeta, Quantity};

    #[test]
    fn a_volume_is_attached_and_neither_it_nor_its_attachment_goes_before_it_is_detached() {
        let mut bench = Workbench::<CsiAttacher>::new();
        let csi = CSIPersistentVolumeSource {
            driver: "ebs.csi.aws.com".into(),
            volume_handle: "vol-1".into(),
            ..Default::default()
        };
        bench.create(PersistentVolume {
            metadata: ObjectMeta::named("", "pv"),
            spec: PersistentVolumeSpec {
                access_modes: vec!["ReadWriteOnce".into()],
                capacity: [(resources::STORAGE.into(), Quantity::from_bytes(1 << 30))].into(),
                csi: Some(Box::new(csi)),
                ..Default::default()
            },
            ..Default::default()
        });
        let attachment = bench.create(VolumeAttachment {
            metadata: ObjectMeta::named("", "csi-1"),
            spec: VolumeAttachmentSpec {
                attacher: "ebs.csi.aws.com".into(),
                node_name: "node-1".into(),
                source: VolumeAttachmentSource {
                    persistent_volume_name: Some("pv".into()),
                    inline_volume_spec: None,
                },
            },
            ..Default::default()
        });
        let seen = |bench: &Workbench<CsiAttacher>| {
            bench
                .get::<VolumeAttachment>("", "csi-1")
                .map(|a| (a.status.attached, a.metadata.finalizers.len()))
        };
        bench.pass(Duration::from_millis(500));
        assert_eq!(seen(&bench), Some((false, 1)), "the driver is at work");
        bench.pass(Duration::from_secs(3));
        assert_eq!(seen(&bench), Some((true, 1)));
        let volume = bench.get::<PersistentVolume>("", "pv").expect("nobody deletes it");
        let ours = "external-attacher/ebs-csi-aws-com";
        assert!(volume.metadata.has_finalizer(ours), "{:?}", volume.metadata.finalizers);
        bench.delete(&Object::PersistentVolume(volume), Default::default());
        bench.delete(&Object::VolumeAttachment(attachment), Default::default());
        bench.pass(Duration::from_millis(500));
        assert_eq!(seen(&bench), Some((true, 1)), "it is being detached");
        bench.pass(Duration::from_secs(3));
        assert_eq!(seen(&bench), None);
        let volume = bench.get::<PersistentVolume>("", "pv").expect("its protection is another's to lift");
        assert!(!volume.metadata.has_finalizer(ours));
    }
}
