//! A node: its lease, its conditions, what it has, and what of that is asked for.

use super::{Look, Story};
use orrery_api::resources::{CPU, ResourceList, add};
use orrery_api::{Kind, Node, Pod, pod_resources};
use orrery_apimachinery::{Order, Quantity, Value};
use orrery_apiserver::Key;

const ROLE: &str = "node-role.kubernetes.io/";

pub(super) fn describe(story: &mut Story, look: &Look<'_>, node: &Node, tree: &Value) {
    story.tell(tree, "Name:\t{metadata.name}");
    roles(story, node);
    story.tell(
        tree,
        "Labels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
CreationTimestamp:\t{metadata.creationTimestamp}",
    );
    taints(story, node);
    story.tell(tree, "Unschedulable:\t{spec.unschedulable?false}");
    lease(story, look, &node.metadata.name);
    story.table(
        "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------",
        &tree["status"]["conditions"],
        "  {type} \t{status} \t{lastHeartbeatTime} \t{lastTransitionTime} \t{reason} \t{message}",
    );
    story.line(0, "Addresses:");
    for address in &node.status.addresses {
        story.field(1, &address.type_, &address.address);
    }
    for (title, amounts) in [("Capacity:", &node.status.capacity), ("Allocatable:", &node.status.allocatable)]
    {
        if !amounts.is_empty() {
            story.line(0, title);
        }
        for (resource, amount) in amounts {
            story.field(1, resource, &amount.to_string());
        }
    }
    system(story, tree);
    pods(story, look, node);
}

fn system(story: &mut Story, tree: &Value) {
    story.line(0, "System Info:");
    story.tell(
        &tree["status"]["nodeInfo"],
        "  Machine ID:\t{machineID}\n  System UUID:\t{systemUUID}\n  Boot ID:\t{bootID}
  Kernel Version:\t{kernelVersion}\n  OS Image:\t{osImage}\n  Operating System:\t{operatingSystem}
  Architecture:\t{architecture}\n  Container Runtime Version:\t{containerRuntimeVersion}
  Kubelet Version:\t{kubeletVersion}\n  Kube-Proxy Version:\t{kubeProxyVersion}",
    );
    story.tell(
        tree,
        "?PodCIDR:\t{spec.podCIDR}\n?PodCIDRs:\t{,spec.podCIDRs}\n?ProviderID:\t{spec.providerID}",
    );
}

fn roles(story: &mut Story, node: &Node) {
    let mut roles: Vec<&str> = Vec::new();
    for (key, value) in node.metadata.labels.iter() {
        match key.strip_prefix(ROLE) {
            Some(role) if !role.is_empty() => roles.push(role),
            None if &**key == "kubernetes.io/role" && !value.is_empty() => roles.push(value),
            _ => {}
        }
    }
    roles.order();
    roles.dedup();
    story.field(0, "Roles", if roles.is_empty() { "<none>".into() } else { roles.join(",") }.as_str());
}

fn taints(story: &mut Story, node: &Node) {
    let mut taints = node.spec.taints.clone();
    taints.order_by(|a, b| (&a.effect, &a.key).cmp(&(&b.effect, &b.key)));
    let mut told = Vec::new();
    for taint in &taints {
        let value = taint.value.as_deref().unwrap_or_default();
        told.push([&*taint.key, if value.is_empty() { "" } else { "=" }, value, ":", &taint.effect].concat());
    }
    story.list(0, "Taints", &told);
}

fn lease(story: &mut Story, look: &Look<'_>, name: &str) {
    let key = Key::new(Kind::Lease, "kube-node-lease", name);
    match look.api.object(&key) {
        Some(lease) => story.tell(
            &lease.to_value(),
            "Lease:\n  HolderIdentity:\t{spec.holderIdentity?<unset>}\n  AcquireTime:\t{spec.acquireTime?<unset>}
  RenewTime:\t{spec.renewTime?<unset>}",
        ),
        None => {
            let text = ["Failed to get lease: leases.coordination.k8s.io \"", name, "\" not found"].concat();
            story.field(0, "Lease", &text);
        }
    }
}

/// The pods that have not ended, and what they ask for (upstream: `describeNodeResource`).
fn pods(story: &mut Story, look: &Look<'_>, node: &Node) {
    let ended = |pod: &Pod| matches!(pod.status.phase.as_deref(), Some("Failed" | "Succeeded"));
    let pods: Vec<_> = look.api.pods_on(&node.metadata.name).filter(|pod| !ended(pod)).collect();
    let status = &node.status;
    let has = if status.allocatable.is_empty() { &status.capacity } else { &status.allocatable };
    story.line(0, &format!("Non-terminated Pods:\t({} in total)", pods.len()));
    story.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
    story.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
    let (mut requests, mut limits) = (ResourceList::new(), ResourceList::new());
    for pod in pods {
        let of_pod = [pod_resources::requests(&pod.spec), pod_resources::limits(&pod.spec)];
        let meta = &pod.metadata;
        let mut line = [&meta.namespace, "\t", &meta.name, "\t"].concat();
        for resource in [CPU, "memory"] {
            for amounts in &of_pod {
                line.push('\t');
                line += &share(amounts, has, resource);
            }
        }
        story.line(1, &[&line, "\t", &look.age(meta.creation_timestamp)].concat());
        add(&mut requests, &of_pod[0]);
        add(&mut limits, &of_pod[1]);
    }
    story.line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)");
    story.line(1, "Resource\tRequests\tLimits\n  --------\t--------\t------");
    for resource in resources(has) {
        let columns = [&requests, &limits].map(|amounts| match is_extended(&resource) {
            true => amounts.get(&*resource).copied().unwrap_or_default().to_string(),
            false => share(amounts, has, &resource),
        });
        story.line(1, &[&resource, "\t", &columns[0], "\t", &columns[1]].concat());
    }
}

/// What is told of: first the usual three, then huge pages, then what extends the node.
fn resources(has: &ResourceList) -> Vec<String> {
    let mut names: Vec<String> = [CPU, "memory", "ephemeral-storage"].map(String::from).into();
    for extended in [false, true] {
        for name in has.keys() {
            let other = !names.iter().any(|known| **known == **name) && &**name != "pods";
            if other && is_extended(name) == extended {
                names.push(name.to_string());
            }
        }
    }
    names
}

fn is_extended(name: &str) -> bool {
    !name.starts_with("hugepages-") && !matches!(name, "cpu" | "memory" | "ephemeral-storage" | "storage")
}

/// `950m (23%)`: an amount, and how much that is of what the node has.
fn share(amounts: &ResourceList, has: &ResourceList, resource: &str) -> String {
    let amount = amounts.get(resource).copied().unwrap_or_default();
    let whole = has.get(resource).copied().unwrap_or_default();
    let measure = |quantity: Quantity| {
        if resource == CPU { quantity.milli_value() } else { quantity.value() }
    };
    let percent = match measure(whole) {
        0 => 0,
        whole => percent(measure(amount), whole),
    };
    format!("{amount} ({percent}%)")
}

/// Upstream takes the share first, as a float, so 290 of 1,000 are 28 percent.
fn percent(amount: i64, whole: i64) -> i64 {
    (amount as f64 / whole as f64 * 100.0) as i64
}
