//! What can go wrong on a machine beside its kubelet, its power and its network.

use crate::Kubelet;
use crate::pod_worker::container;
use orrery_api::Pod;
use orrery_client::ApiServer;
use orrery_sim::SimTime;
use std::rc::Rc;

/// The exit code of a process that was killed by SIGKILL.
const KILLED: i32 = 137;

impl Kubelet {
    /// Kills the main process of a pod's container, as `kill -9` on the machine does. False when it does not run.
    pub fn kill_container(
        &mut self,
        api: &ApiServer,
        namespace: &str,
        pod: &str,
        name: &str,
        now: SimTime,
    ) -> bool {
        let relisted = self.node.relist.after(now);
        let Some(pod) = self.sees(api).get::<Pod>(namespace, pod).cloned() else { return false };
        let Some(worker) = self.workers.get_mut(&pod.metadata.uid) else { return false };
        let index = (0..worker.runs.len()).find(|i| &*container(&pod.spec, *i).0.name == name);
        let Some(index) = index.filter(|i| worker.runs[*i].runs_at(now)) else { return false };
        let worker = Rc::make_mut(worker);
        if let Some(instance) = &mut worker.runs[index].current {
            instance.end(now, KILLED);
        }
        worker.relist_at = Some(worker.relist_at.map_or(relisted, |at| at.min(relisted)));
        self.queue.add(pod.metadata.uid.clone(), relisted, 0);
        true
    }
}
