//! What a look at a pod finds to do, as its containers stand (upstream: `computePodActions`).

use super::*;
use crate::actions::compute;
use crate::pod_worker::{Instance, PodWorker, Sandbox, container};

/// A pod of a policy with containers called by their kind: `init`, `side`, `main`, `look`.
fn pod(policy: &str, names: &[&str]) -> Pod {
    let mut spec = orrery_api::PodSpec { restart_policy: Some(policy.into()), ..Default::default() };
    for name in names {
        let named = orrery_api::Container {
            name: (*name).into(),
            image: Some("app:1".into()),
            restart_policy: name.starts_with("side").then(|| "Always".into()),
            ..Default::default()
        };
        match &name[..4] {
            "init" | "side" => spec.init_containers.push(named),
            "main" => spec.containers.push(named),
            _ => spec
                .ephemeral_containers
                .push(orrery_api::EphemeralContainer { name: named.name, ..Default::default() }),
        }
    }
    Pod { spec: Rc::new(spec), ..Default::default() }
}

/// What is to be done for containers that stand as told: `-` never started, `+` running, or an exit code.
fn found(policy: &str, sandbox: &str, containers: &str) -> String {
    let told: Vec<(&str, &str)> = containers.split(' ').filter_map(|c| c.split_once('=')).collect();
    let pod = pod(policy, &told.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let (then, now) = (SimTime::from_secs(1), SimTime::from_secs(5));
    let mut worker = PodWorker::new(&pod, then);
    worker.take_in(&pod.spec);
    worker.sandbox = match sandbox {
        "none" => Sandbox::Absent,
        "gone" => Sandbox::Stopped,
        _ => Sandbox::Ready(then),
    };
    for i in 0..worker.runs.len() {
        let spec = container(&pod.spec, i).0;
        let state = told.iter().find(|(name, _)| *name == &*spec.name).map_or("-", |(_, state)| state);
        let mut instance = Instance::new(0, "app:1".into(), then);
        if let Ok(code) = state.parse() {
            instance.end(SimTime::from_secs(3), code);
        }
        worker.runs[i].current = (state != "-").then_some(instance);
    }
    let actions = compute(&pod, &worker, now);
    let starts: Vec<String> =
        actions.starts.iter().map(|i| container(&pod.spec, *i).0.name.to_string()).collect();
    let mut text = starts.join(" ");
    for (what, is) in [("kill the pod", actions.kill_pod), ("new sandbox,", actions.create_sandbox)] {
        if is {
            text = [what, " ", &text].concat();
        }
    }
    text.trim().to_owned()
}

#[test]
fn a_look_finds_what_is_to_be_done() {
    for (row, policy, sandbox, containers, expected) in [
        ("a new pod", "Always", "none", "init=- main=-", "new sandbox, init"),
        ("one without init containers", "Always", "none", "main1=- main2=-", "new sandbox, main1 main2"),
        ("init containers run one by one", "Always", "ready", "init1=+ init2=- main=-", ""),
        ("the next one follows", "Always", "ready", "init1=0 init2=- main=-", "init2"),
        ("one that failed runs again", "Always", "ready", "init1=1 init2=- main=-", "init1"),
        ("unless the pod does not restart", "Never", "ready", "init1=1 init2=- main=-", "kill the pod"),
        ("after the last the containers start", "Never", "ready", "init=0 main1=- main2=-", "main1 main2"),
        ("a sidecar lets the next one start", "Always", "ready", "side=+ init=- main=-", "init"),
        ("one that ended comes back meanwhile", "Always", "ready", "side=1 init=+ main=-", "side"),
        ("and beside the containers", "Never", "ready", "side=1 init=0 main=+", "side"),
        ("sidecars keep no pod alive", "Never", "ready", "side=+ main=0", "kill the pod"),
        ("a container that failed starts again", "OnFailure", "ready", "main1=1 main2=0", "main1"),
        ("one that succeeded may", "Always", "ready", "main=0", "main"),
        ("what is looked with starts at once", "Always", "ready", "init=+ main=- look=-", "look"),
        ("and never again", "Always", "ready", "main=+ look=0", ""),
        ("a lost sandbox begins anew", "Always", "gone", "init=0 main=255", "new sandbox, init"),
        ("but for what succeeded", "OnFailure", "gone", "main1=0 main2=255", "new sandbox, main2"),
        ("a pod that does not restart is over", "Never", "gone", "main=255", "kill the pod"),
    ] {
        assert_eq!(found(policy, sandbox, containers), expected, "{row}");
    }
}
