//! What can go wrong on a machine beside its kubelet, its power and its network.

use crate::Kubelet;
use crate::pod_worker::{PodWorker, container};
use orrery_api::Pod;
use orrery_client::{ApiServer, Cause};
use orrery_sim::SimTime;
use std::rc::Rc;

impl Kubelet {
    /// Ends the main process of a pod's container with an exit code: 137 is what `kill -9` on the machine does. False
    /// when it does not run.
    pub fn end_container(
        &mut self,
        api: &ApiServer,
        (namespace, pod, name): (&str, &str, &str),
        exit_code: i32,
        now: SimTime,
    ) -> bool {
        let relisted = self.node.relist.after(now);
        let Some((worker, index)) = self.running(api, namespace, pod, name, now) else { return false };
        if let Some(instance) = &mut worker.runs[index].current {
            instance.end(now, exit_code);
        }
        worker.relist_at = Some(worker.relist_at.map_or(relisted, |at| at.min(relisted)));
        let uid = worker.uid.clone();
        self.queue.add(uid, relisted, Cause::TIME);
        true
    }

    /// Makes a pod's container answer nobody, or answer again: it runs, and its probes fail. False when it does not run.
    pub fn hang_container(
        &mut self,
        api: &ApiServer,
        (namespace, pod, name): (&str, &str, &str),
        hangs: bool,
        now: SimTime,
    ) -> bool {
        let Some((worker, index)) = self.running(api, namespace, pod, name, now) else { return false };
        let Some(life) = worker.runs[index].current.as_mut().and_then(|i| i.life.as_mut()) else {
            return false;
        };
        life.hangs = hangs;
        worker.doubt_probes(now);
        let (uid, next) = (worker.uid.clone(), worker.next());
        if let Some(at) = next {
            self.queue.add(uid, at.max(now), Cause::TIME);
        }
        true
    }

    /// The worker of a pod, and the number of one of its containers that runs.
    fn running(
        &mut self,
        api: &ApiServer,
        namespace: &str,
        pod: &str,
        name: &str,
        now: SimTime,
    ) -> Option<(&mut PodWorker, usize)> {
        let pod = self.sees(api).get::<Pod>(namespace, pod).cloned()?;
        let worker = self.workers.get_mut(&pod.metadata.uid)?;
        let index = (0..worker.runs.len()).find(|i| &*container(&pod.spec, *i).0.name == name)?;
        worker.runs[index].runs_at(now).then(|| (Rc::make_mut(worker), index))
    }
}
