//! Detaching (upstream: `reconcile`, `GenerateDetachVolumeFunc`).

use super::{AttachDetachController, is_ready};
use orrery_api::{Kind, Node, VolumeAttachment};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::volume::attachment_name;
use orrery_client::{Context, Key};
use orrery_sim::Duration;

/// How long a node that does not answer may keep a volume (upstream: `ReconcilerMaxWaitForUnmountDuration`).
const LONGEST_WAIT: Duration = Duration::from_secs(360);
/// The controller looks ten times a second (upstream: `ReconcilerLoopPeriod`).
const LOOP: Duration = Duration::from_millis(100);
/// On a node that will not come back: its volumes can be taken away.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

impl AttachDetachController {
    /// Takes a volume away from a node, a step further; after how long to look again, if time alone decides.
    pub(super) fn detach(
        &mut self,
        name: &Str,
        volume: Str,
        cx: &mut Context<'_>,
    ) -> StatusResult<Option<Duration>> {
        let now = cx.now();
        let since = *self.detach_since.entry((name.clone(), volume.clone())).or_insert(now);
        let elapsed = now.since(since);
        let node = cx.get::<Node>("", name);
        let is_mounted = node.as_ref().is_none_or(|node| node.status.volumes_in_use.contains(&volume));
        let is_healthy = node.as_ref().is_some_and(|node| is_ready(node));
        let is_out_of_service =
            node.as_ref().is_some_and(|node| node.spec.taints.iter().any(|t| &*t.key == OUT_OF_SERVICE));
        let is_forced = !is_healthy && elapsed > LONGEST_WAIT;
        if is_mounted && !is_forced && !is_out_of_service {
            // A node that is well says itself when the volume is unmounted.
            return Ok((!is_healthy).then(|| (since + LONGEST_WAIT + LOOP).since(now)));
        }
        let is_told = node.is_some_and(|node| node.status.volumes_attached.iter().any(|a| a.name == volume));
        if is_told {
            cx.modify_status::<Node>("", name, |node| {
                node.status.volumes_attached.retain(|attached| attached.name != volume);
            })?;
        }
        let csi = volume.strip_prefix("kubernetes.io/csi/").and_then(|rest| rest.split_once('^'));
        let Some((driver, handle)) = csi else { return Ok(None) };
        let attachment = attachment_name(handle, driver, name);
        let found = cx.get::<VolumeAttachment>("", &attachment);
        if found.is_some_and(|found| !found.metadata.terminating()) {
            cx.delete(&Key::new(Kind::VolumeAttachment, "", attachment), &Default::default())?;
        }
        Ok(None)
    }
}
