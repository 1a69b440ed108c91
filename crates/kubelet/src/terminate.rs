//! The end of a pod: its containers are stopped, its last status is told, and it is let go
//! (upstream: `SyncTerminatingPod` and `SyncTerminatedPod`).

use crate::pod_worker::Stage;
use crate::status::is_final;
use crate::sync::Turn;
use crate::words::Word;
use orrery_api::Kind;
use orrery_client::{DeleteOptions, Key};
use orrery_sim::SimTime;

impl Turn<'_, '_> {
    /// Stops everything; the rest follows when the last container has ended.
    pub(crate) fn terminate(&mut self) {
        self.write_status(self.seen_at());
        // Whether they can serve is asked to the end.
        let inits = self.pod.spec.init_containers.len();
        for probes in self.worker.runs.iter_mut().skip(inits).filter_map(|run| run.probes.as_mut()) {
            probes.keep_readiness();
        }
        let asked = self.pod.metadata.deletion_grace_period_seconds.filter(|_| self.worker.stopping);
        let grace = self.worker.verdict.as_ref().and_then(|verdict| verdict.grace);
        self.stop_all(grace.into_iter().chain(asked).min());
        self.worker.stage = Stage::Terminating(true);
        self.finish_kill();
    }

    /// When all containers have ended: tells so.
    pub(crate) fn finish_kill(&mut self) {
        let now = self.now();
        if self.worker.stage != Stage::Terminating(true) || self.worker.is_stopping_any() {
            return;
        }
        self.worker.runs.iter_mut().for_each(|run| run.probes = None);
        self.stop_sandbox();
        self.unmount_volumes();
        self.tell_end();
        // Whoever hears that the pod is over may send the next one at once (upstream: `IsPodKnownTerminated`).
        if let Some(share) = self.worker.share.take() {
            self.node.allotted.release(&share);
        }
        if let Some(address) = self.worker.address.take() {
            self.node.addresses.release(address);
        }
        self.worker.stage = Stage::Terminated;
        self.worker.deadline = None;
        self.end_look();
        self.worker.sync_at = Some(now);
    }

    /// Stores the last status, unless only its phase is news: that waits until the pod is finished
    /// (upstream: the status manager's cache holds the final phase already).
    fn tell_end(&mut self) {
        let old = self.pod.status.clone();
        let status = self.status_at(self.now());
        let known = is_final(status.phase.as_deref()) && {
            let mut held = status.clone();
            (held.phase, held.reason, held.message) =
                (old.phase.clone(), old.reason.clone(), old.message.clone());
            held == old
        };
        if !known || self.worker.stopping {
            self.store_status(status);
        }
    }

    /// Says that the pod is over, and lets it go if it is being deleted.
    pub(crate) fn finish(&mut self) {
        let mut status = self.status_at(self.now());
        if !is_final(status.phase.as_deref()) {
            status.phase = Some(self.node.words.get(Word::Failed));
        }
        self.store_status(status);
        self.worker.stage = Stage::Finished;
        self.worker.relist_at = None;
        self.end_look();
        self.let_go();
    }

    /// Removes a pod that is being deleted from the API server.
    pub(crate) fn let_go(&mut self) {
        if self.worker.gone.is_some() {
            self.over = true;
        } else if self.pod.metadata.terminating() {
            let key = Key::new(Kind::Pod, self.worker.namespace.clone(), self.worker.name.clone());
            // Refused only when it is gone already, or another one has its name: both are what is wanted.
            let _ = self.cx.delete(&key, &DeleteOptions::now(self.worker.uid.clone()));
        }
    }

    fn status_at(&self, at: SimTime) -> orrery_api::PodStatus {
        self.view(at, true).build()
    }
}
