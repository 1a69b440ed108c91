//! The reasons in English, each with what would have to change, for programs that print. `{0}` stands for the first
//! argument.

use super::{Act, Fault, Given, Mend, Reason, Strain, What};

/// A sentence with its arguments in place.
pub fn fill(sentence: &str, args: &[crate::scene::Text]) -> String {
    let mut text = sentence.to_owned();
    for (index, arg) in args.iter().enumerate() {
        text = text.replace(&format!("{{{index}}}"), arg);
    }
    text
}

/// Why, and what would have to change.
pub fn sentences(reason: &Reason) -> (String, String) {
    let (why, remedy) = english(reason.what);
    (fill(why, &reason.args), fill(remedy, &reason.args))
}

/// The sentences of a reason: why, and what would have to change.
pub fn english(what: What) -> (&'static str, &'static str) {
    match what {
        What::Unschedulable => {
            ("No node takes the pod.", "One of the nodes has to change, or what the pod asks for.")
        }
        What::NoApiServer => (
            "No API server answers: nothing can be read or written, and nobody hears of anything.",
            "Start what is off, or join what is cut off: an API server, and most members of etcd.",
        ),
        What::NoScheduler => {
            ("No scheduler works: nobody gives the pod a node.", "Start kube-scheduler again.")
        }
        What::NoControllerManager => (
            "No controller manager works: nothing is created, counted or cleaned up.",
            "Start kube-controller-manager again.",
        ),
        What::Gated => (
            "The gate {0} keeps the pod from the scheduler.",
            "Whoever set the gate takes it out of spec.schedulingGates.",
        ),
        What::Image => (
            "The image {1} of container {0} cannot be pulled.",
            "Correct its name or its tag, or give the pod imagePullSecrets for its registry.",
        ),
        What::Registry => (
            "The registry {2} does not answer: the image {1} of container {0} cannot be pulled.",
            "Start the registry again, or name an image of another one.",
        ),
        What::Crash => (
            "Container {0} has ended with exit code {1}, and is started again later each time. It runs: {2}",
            "What it wrote says why it ends; correct its command, its settings or its image.",
        ),
        What::Exit => (
            "Container {0} has ended with exit code {1}. It runs: {2}",
            "What it wrote says why it ended; correct its command, its settings or its image.",
        ),
        What::Restarted => (
            "Container {0} runs again; it was started again {1} times. Its last run ended with exit code {2} ({3}).",
            "If it should not have ended, its log of that run says why.",
        ),
        What::Memory => (
            "Container {0} needed more memory than its limit of {1} and was killed (exit code 137).",
            "Raise resources.limits.memory, or let it use less.",
        ),
        What::Config => ("Container {0} cannot be made.", "Create what it names, or correct the name."),
        What::Missing => (
            "It names the {0} {1}, which does not exist.",
            "Create it, or correct the name; the kubelet tries again by itself.",
        ),
        What::Mount => (
            "A volume of the pod is not attached or mounted.",
            "What it says has to end: whoever else has the volume lets it go, or what it is made of is there.",
        ),
        What::Victims => (
            "Pods of less priority make room for it on {0}.",
            "It gets their place as soon as they have ended.",
        ),
        What::NoName => (
            "The name {0} means nothing here.",
            "Correct the name where it is asked for; a Service that may be meant: {1}",
        ),
        What::Denied => (
            "The last request, {0}, was not let through by a NetworkPolicy.",
            "Let the policy allow it: the labels of who asks, and the port.",
        ),
        What::NotListening => (
            "The last request, {0}, came to a port on which nobody listens.",
            "Let the container listen there, or correct the port where it is asked for.",
        ),
        What::Probe => (
            "The {1} probe of container {0} fails. It asks: {2}",
            "Let the container answer that, or correct the probe.",
        ),
        What::ReadinessGate => {
            ("The readiness gate {0} is not True.", "Whoever the gate is for has to set the condition.")
        }
        What::Init => (
            "The init container {0} still runs; the others start when it has ended.",
            "See what it waits for.",
        ),
        What::Claim => ("The claim {0} is not bound.", "The claim's own reasons say what it lacks."),
        What::Failed => {
            ("The pod has failed and is not started again.", "What made it can make another one.")
        }
        What::Grace => ("Its containers still have {0} s to end.", "It goes then at the latest."),
        What::Finalizer => (
            "It is deleted, and stays while there is a finalizer: {0}",
            "Whoever set it takes it away when its work is done; by hand it skips that work.",
        ),
        What::NodeLost => (
            "Its node {0} does not answer: nobody can say that its containers have ended.",
            "Start the node or join it again; or delete the pod by force, if its machine is surely off.",
        ),
        What::PortName => (
            "Service {1} leads to a port called {0}, and no container of {2} has one.",
            "Name the port under spec.containers[].ports, or correct the Service's targetPort.",
        ),
        What::NotInEndpoints => {
            ("Service {0} does not lead here: the pod is not ready.", "It does as soon as the pod is ready.")
        }
        What::OtherLabels => (
            "Service {0} does not lead here: it looks for the labels {1}.",
            "Make the Service's selector and the pod's labels the same.",
        ),
        What::NoSelector => (
            "It has no selector, and nobody has made endpoints for it: it leads nowhere.",
            "Give it a selector, or make an EndpointSlice for it.",
        ),
        What::OtherPort => (
            "It leads to port {0} of {1}, where nobody listens; the pod listens on: {2}",
            "Correct the Service's targetPort, or let the container listen there.",
        ),
        What::NoPods => ("No pod has the labels {0}.", "Make spec.selector and the pods' labels the same."),
        What::AlmostLabels => {
            ("The pods of {0} have the labels {1}.", "Write these into the Service's spec.selector.")
        }
        What::NoneReady => {
            ("None of the {0} pods with its labels is ready.", "It leads on as soon as one of them is ready.")
        }
        What::LoadBalancer => (
            "Nobody has given it an address of a load balancer.",
            "A cloud or MetalLB has to; without one, a NodePort or an Ingress leads in.",
        ),
        What::NoBackend => (
            "It leads to the Service {0}, which does not exist.",
            "Create the Service, or correct the backend's name.",
        ),
        What::EmptyBackend => {
            ("It leads to the Service {0}, which leads to no pod.", "The Service's own reasons say why.")
        }
        What::NoBackendPort => {
            ("It leads to port {1} of Service {0}, which has no such port.", "Correct the backend's port.")
        }
        What::NoIngressController => (
            "Nobody serves it: there is no IngressClass {0}.",
            "Install an Ingress controller, and name its class in spec.ingressClassName.",
        ),
        What::Paused => ("The rollout is paused.", "Resume it."),
        What::Zero => ("It is asked for no pods: spec.replicas is 0.", "Scale it up."),
        What::Deadline => (
            "The rollout has not got on within spec.progressDeadlineSeconds.",
            "Let the new pods get ready, or go back: kubectl rollout undo.",
        ),
        What::Refused => {
            ("Pods cannot be created.", "What refuses them has to allow them: a quota, a limit, an account.")
        }
        What::Unready => ("Pod {0} is not ready.", "Its own reasons follow."),
        What::Ordinal => (
            "Pod {0} is not ready, and the next ones come only when it is.",
            "Its own reasons follow; podManagementPolicy: Parallel would not wait.",
        ),
        What::Tainted => (
            "No pod of it is on {0}, for its taint {1}.",
            "Tolerate the taint in the pods' template, or take it away.",
        ),
        What::NoNode => {
            ("No node has what its pods ask for.", "Label a node, or change the nodeSelector or affinity.")
        }
        What::Autoscaler => (
            "It cannot tell how many pods are needed.",
            "What it measures has to be there: is metrics-server installed, do pods run?",
        ),
        What::NoRequests => (
            "It measures a share of what containers ask for, and they ask for nothing.",
            "Set resources.requests in every container of the pods.",
        ),
        What::JobFailed => (
            "The Job has failed.",
            "Correct its pods' command and create it anew; raise backoffLimit or activeDeadlineSeconds if they were too low.",
        ),
        What::Suspended => ("It is suspended.", "Set spec.suspend to false."),
        What::Missed => (
            "A Job could not be made at its time.",
            "Correct the schedule, or let what refuses the Job allow it; the next time is tried as usual.",
        ),
        What::StillRuns => (
            "Its last Job {0} still runs, and concurrencyPolicy Forbid allows one at a time.",
            "Let it end or delete it; or allow more: concurrencyPolicy Allow or Replace.",
        ),
        What::Retries => (
            "{0} pods have failed; after {1} more tries in all the Job gives up. The wait doubles each time.",
            "See why they fail.",
        ),
        What::NotReady => (
            "The node lifecycle controller or its kubelet says that it is not ready.",
            "Its kubelet has to report in again.",
        ),
        What::PoweredOff => ("Its machine has no power.", "Start it."),
        What::KubeletStopped => ("Its kubelet does not run; containers run on.", "Start it."),
        What::CutOff => ("It is cut off from the control plane and from all other nodes.", "Join it again."),
        What::Cordoned => ("It is cordoned: no new pods come.", "Uncordon it."),
        What::Pressure => (
            "It says {0}: it takes no new pods that could make that worse, and evicts others.",
            "Free what it is short of.",
        ),
        What::Undrained => (
            "Pod {0} cannot be evicted: the budget {1} does not allow it.",
            "Run more pods, so that it can spare one; or ask for less in the budget.",
        ),
        What::Budget => (
            "It lets nobody be evicted: {0} pods are healthy, and {1} have to be.",
            "Run more pods, wait until those that are not ready are, or ask for less in the budget.",
        ),
        What::NamespaceLeft => (
            "It is being deleted, and there is something left in it: {0}",
            "What is left has to go first; finalizers may hold it.",
        ),
        What::Quota => ("{0}: all is used, {1} of {2}.", "Raise spec.hard, or let something go."),
        What::NoClass => ("There is no StorageClass {0}.", "Create it, or correct storageClassName."),
        What::NoDefaultClass => {
            ("It names no StorageClass, and none is the default.", "Name one, or create a volume that fits.")
        }
        What::WaitsForPod => (
            "Its volume is chosen when the first pod that uses it has its node.",
            "Create a pod that uses it.",
        ),
        What::NoFit => ("Volume {0} does not fit: {1}", "Change the claim or the volume."),
        What::Provisioner => {
            ("The provisioner {0} has not made a volume yet.", "It has to be installed and to work.")
        }
        What::InUse => ("It is being deleted, and pods still use it: {0}", "It goes when they are gone."),
        What::Released => (
            "Its claim {0} is gone, and the claim's data is still on it: nobody else gets it.",
            "Save the data, then take spec.claimRef away.",
        ),
    }
}

/// What makes the change, in a few words; a command is told as it is typed.
pub fn mended(mend: &Mend) -> String {
    match mend {
        Mend::Command(line) => line.to_string(),
        Mend::StartNode(name) | Mend::StartPart(name) | Mend::StartRegistry(name) => format!("start {name}"),
        Mend::JoinNode(name) | Mend::JoinPart(name) => format!("join {name} again"),
        Mend::Relieve(name) => format!("give {name} back what was used up"),
    }
}

/// Where a value comes from that an object has had since it was made.
pub fn given(given: Given) -> &'static str {
    match given {
        Given::Written => "It is as it was written when the object was made.",
        Given::Default => "Nobody wrote it: the API server fills what is left out so (a default).",
        Given::Allocated => "Nobody wrote it: the API server allocated it when the object was made.",
        Given::Admission => "Nobody wrote it: the API server's admission set it when the object was made.",
    }
}

/// What a person did, in a few words.
pub fn deed(act: &Act) -> String {
    match act {
        Act::Command(line) => line.to_string(),
        Act::PowerOff => "power off".into(),
        Act::PowerOn => "power on".into(),
        Act::StopKubelet => "stop the kubelet".into(),
        Act::CutOff => "cut off from the network".into(),
        Act::Join => "join the network again".into(),
        Act::EndContainer(name, code) => format!("end container {name} with exit code {code}"),
        Act::Hang(name) => format!("let container {name} hang"),
        Act::Answer(name) => format!("let container {name} answer again"),
        Act::Strain(what) => format!("use up its {}", strain(*what)),
        Act::Relieve => "give back what was used up".into(),
        Act::AddNode => "add the node".into(),
        Act::RemoveNode => "take the node away".into(),
        Act::Part(name, fault) => format!("{} {name}", struck(*fault)),
        Act::Restore(name) => format!("go back to the snapshot {name}"),
        Act::Registry(host, false) => format!("stop the registry {host}"),
        Act::Registry(host, true) => format!("start the registry {host}"),
        Act::Load(name, url, milli) => format!("load {name}: {}/s to {url}", rate(*milli)),
        Act::StopLoad(name) => format!("stop the load {name}"),
    }
}

/// What was done to a part of the control plane.
fn struck(fault: Fault) -> &'static str {
    match fault {
        Fault::Stop => "stop",
        Fault::Start => "start",
        Fault::Kill => "kill",
        Fault::Cut => "cut off",
        Fault::Join => "join again",
        Fault::Lose => "take the data of",
    }
}

/// Thousandths of a request in a second, as requests: `50`, `0.5`.
pub fn rate(milli: u64) -> String {
    match milli % 1_000 {
        0 => (milli / 1_000).to_string(),
        part => format!("{}.{part:03}", milli / 1_000).trim_end_matches('0').to_owned(),
    }
}

/// What was used up, as commands name it.
pub fn strain(what: Strain) -> &'static str {
    match what {
        Strain::Memory => "memory",
        Strain::Disk => "disk",
        Strain::Pids => "pids",
    }
}
