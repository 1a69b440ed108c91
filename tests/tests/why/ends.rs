//! The states that no single command ends: what would have to change is said, is done, and ends them. Every reason there is
//! has a state that is ended, here or in [`super::mends`].

use super::*;

/// All reasons; the compiler counts them.
macro_rules! all {
    ($($what:ident)*) => {
        const ALL: &[What] = &[$(What::$what),*];

        /// A reason that is not in the list does not compile.
        const fn listed(what: What) -> usize {
            match what { $(What::$what => 1),* }
        }
    };
}

all! {
    Unschedulable NoApiServer NoScheduler NoControllerManager Gated Image Registry Crash Exit Restarted Memory Config Missing
    Mount Victims NoName Denied NotListening Probe ReadinessGate Init Claim Failed Grace Finalizer NodeLost PortName
    NotInEndpoints OtherLabels NoSelector OtherPort NoPods AlmostLabels NoneReady LoadBalancer NoBackend EmptyBackend
    NoBackendPort NoIngressController Paused Zero Deadline Refused Unready Ordinal NoNode Tainted Autoscaler NoRequests
    JobFailed Suspended Missed StillRuns Retries NotReady PoweredOff KubeletStopped CutOff Cordoned Pressure Undrained Budget
    NamespaceLeft Quota NoClass NoDefaultClass WaitsForPod NoFit Provisioner InUse Released
}

#[test]
fn what_would_have_to_change_ends_it() {
    let rows = states::all();
    let (mut out, mut wrong) = (String::new(), String::new());
    for (row, state, object, what, done) in &rows {
        let mut cluster = play(state);
        let id = find(&cluster, object);
        let told = stuck(&cluster, &id);
        let Some(reason) = told.iter().find(|reason| reason.what == *what) else {
            wrong += &format!("{row}: {what:?} is not told: {told:?}\n");
            continue;
        };
        let (why, remedy) = sentences(reason);
        out += &format!("{row}\n  {why}\n  -> {remedy}\n");
        go_on(&mut cluster, done);
        // A name that a controller drew is another one afterwards.
        let left = found(&cluster, object).map(|id| stuck(&cluster, &id)).unwrap_or_default();
        if let Some(left) = left.iter().find(|reason| reason.what == *what) {
            wrong += &format!("{row}: it stays: {left:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    expect![[r#"
        no node has a label that a pod asks for
          No node takes the pod.
          -> One of the nodes has to change, or what the pod asks for.
        a pod has the place of another that still ends
          Pods of less priority make room for it on node-2.
          -> It gets their place as soon as they have ended.
        a program ends again and again
          Container c has ended with exit code 3, and is started again later each time. It runs: sh -c exit 3
          -> What it wrote says why it ends; correct its command, its settings or its image.
        a program has ended and stays so
          Container c has ended with exit code 2. It runs: sh -c exit 2
          -> What it wrote says why it ended; correct its command, its settings or its image.
        a pod has failed
          The pod has failed and is not started again.
          -> What made it can make another one.
        a container was started again
          Container c runs again; it was started again 2 times. Its last run ended with exit code 1 (Error).
          -> If it should not have ended, its log of that run says why.
        a container is made of a ConfigMap that is not there
          Container c cannot be made.
          -> Create what it names, or correct the name.
        a volume is made of a key that is not there
          A volume of the pod is not attached or mounted.
          -> What it says has to end: whoever else has the volume lets it go, or what it is made of is there.
        an init container waits for a name
          The init container i still runs; the others start when it has ended.
          -> See what it waits for.
        a pod names a claim that is not bound
          The claim data is not bound.
          -> The claim's own reasons say what it lacks.
        a probe fails
          The readiness probe of container c fails. It asks: GET :80/nothing
          -> Let the container answer that, or correct the probe.
        a Service does not lead to a pod that is not ready
          Service one does not lead here: the pod is not ready.
          -> It does as soon as the pod is ready.
        a Service leads only to pods that are not ready
          None of the 1 pods with its labels is ready.
          -> It leads on as soon as one of them is ready.
        a pod is within its grace
          Its containers still have 28 s to end.
          -> It goes then at the latest.
        a name means nothing
          The name wbe means nothing here.
          -> Correct the name where it is asked for; a Service that may be meant: web
        a NetworkPolicy lets nobody in but clients
          The last request, http://web/, was not let through by a NetworkPolicy.
          -> Let the policy allow it: the labels of who asks, and the port.
        nobody listens where a Service leads
          The last request, http://web/, came to a port on which nobody listens.
          -> Let the container listen there, or correct the port where it is asked for.
        no pod has a Service's labels
          No pod has the labels app=web.
          -> Make spec.selector and the pods' labels the same.
        a Service has no selector
          It has no selector, and nobody has made endpoints for it: it leads nowhere.
          -> Give it a selector, or make an EndpointSlice for it.
        no cloud gives a load balancer
          Nobody has given it an address of a load balancer.
          -> A cloud or MetalLB has to; without one, a NodePort or an Ingress leads in.
        an Ingress leads to a Service that leads to no pod
          It leads to the Service web, which leads to no pod.
          -> The Service's own reasons say why.
        an Ingress leads to a port that a Service does not have
          It leads to port 8080 of Service web, which has no such port.
          -> Correct the backend's port.
        a pod of a Deployment is not ready
          Pod web-694d955675-sz4jh is not ready.
          -> Its own reasons follow.
        a StatefulSet waits for its first pod
          Pod db-0 is not ready, and the next ones come only when it is.
          -> Its own reasons follow; podManagementPolicy: Parallel would not wait.
        no node has what a DaemonSet asks for
          No node has what its pods ask for.
          -> Label a node, or change the nodeSelector or affinity.
        a Job has failed
          The Job has failed.
          -> Correct its pods' command and create it anew; raise backoffLimit or activeDeadlineSeconds if they were too low.
        pods of a Job fail, and others are tried
          2 pods have failed; after 6 more tries in all the Job gives up. The wait doubles each time.
          -> See why they fail.
        a CronJob is due on no day
          A Job could not be made at its time.
          -> Correct the schedule, or let what refuses the Job allow it; the next time is tried as usual.
        a node is not ready
          The node lifecycle controller or its kubelet says that it is not ready.
          -> Its kubelet has to report in again.
        a namespace that goes has something left in it
          It is being deleted, and there is something left in it: 1 configmaps
          -> What is left has to go first; finalizers may hold it.
        there is no class of a claim's
          There is no StorageClass fast.
          -> Create it, or correct storageClassName.
        a claim waits for its first pod
          Its volume is chosen when the first pod that uses it has its node.
          -> Create a pod that uses it.
        a volume is too small
          Volume small does not fit: requested PV is too small
          -> Change the claim or the volume.
        a provisioner is not there
          The provisioner k8s.io/minikube-hostpath has not made a volume yet.
          -> It has to be installed and to work.
    "#]].assert_eq(&out);
}

#[test]
fn every_reason_has_a_state_that_is_ended() {
    let here = states::all();
    let known: Vec<What> =
        here.iter().map(|row| row.3).chain(mends::rows().iter().map(|row| row.3)).collect();
    let missing: Vec<_> = ALL.iter().filter(|what| !known.contains(what)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(ALL.iter().map(|what| listed(*what)).sum::<usize>(), ALL.len());
}
