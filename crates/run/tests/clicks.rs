//! Whatever is done by a click has a command that does the same, or says that no program of a person's machine does it.

mod shop;

use orrery_api::{Deployment, Kind, Node, Pod, Service};
use orrery_run::{Run, command, deed, typed};
use orrery_share::{Action, Fault, File};
use orrery_view::behaviour::{Does, behaviour};
use orrery_view::handle::{Reads, delete, handle, reads};
use orrery_view::scene::ObjectRef;
use shop::SHOP;

fn begun() -> Run {
    let mut run = Run::new(1, 3, None);
    run.run(1_000_000_000, &mut || true);
    run.act(Action::Apply { text: SHOP.into() });
    run.run(20_000_000_000, &mut || true);
    run
}

/// What a person sees of a cluster more than a minute later, without the milliseconds.
fn later(mut run: Run) -> Vec<String> {
    run.run(90_000_000_000, &mut || true);
    let cluster = run.cluster();
    let api = cluster.api();
    let mut seen: Vec<String> = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| !matches!(kind, Kind::Event | Kind::Lease)) {
        seen.extend(api.objects(*kind).map(|object| {
            let meta = object.metadata();
            format!("{kind} {}/{} generation {}", meta.namespace, meta.name, meta.generation)
        }));
    }
    seen.extend(api.list::<Pod>().map(|pod| {
        let status = &pod.status;
        format!("{} on {:?}: {:?} {:?}", pod.metadata.name, pod.node_name, status.phase, status.reason)
    }));
    seen.extend(api.list::<Deployment>().map(|it| format!("replicas {:?}", it.spec.replicas)));
    seen.extend(api.list::<Node>().map(|node| {
        let name = &node.metadata.name;
        let ready = node.status.conditions.iter().find(|it| &*it.type_ == "Ready").map(|it| &it.status);
        let machine = (cluster.node_is_on(name), cluster.kubelet_runs(name), cluster.node_is_cut(name));
        let closed = node.spec.unschedulable;
        format!("{name}: ready {ready:?}, closed {closed}, on, kubelet, cut {machine:?}")
    }));
    seen.extend(cluster.snapshots().iter().map(|snapshot| snapshot.name.to_string()));
    seen.extend(cluster.journeys().map(|journey| format!("{:?} asks {}", journey.from, journey.asked)));
    seen
}

/// A kind of action that is new has no line here, and so no row below: this does not compile without one.
fn has_command(action: &Action) -> bool {
    match action {
        Action::Apply { .. }
        | Action::Delete { .. }
        | Action::Scale { .. }
        | Action::StopNode { .. }
        | Action::StartNode { .. }
        | Action::AddNode
        | Action::RemoveNode { .. }
        | Action::StopKubelet { .. }
        | Action::CutNode { .. }
        | Action::JoinNode { .. }
        | Action::Snapshot { .. }
        | Action::Restore { .. }
        | Action::Kubectl { .. } => true,
        // A pod may have nothing to ask with.
        Action::Request { from, .. } => !from.starts_with("pod/"),
        // What happens below any program of a person's machine: in a process, in a part of the control plane, at somebody
        // else's registry; and a load that goes on until it is turned off.
        Action::StrainNode { .. }
        | Action::RelieveNode { .. }
        | Action::Part { .. }
        | Action::Registry { .. }
        | Action::EndContainer { .. }
        | Action::HangContainer { .. }
        | Action::KillContainer { .. }
        | Action::Load { .. }
        | Action::StopLoad { .. } => false,
    }
}

#[test]
fn the_command_of_a_click_does_what_the_click_does() {
    let begun = begun();
    let node = || "node-2".to_owned();
    let (kind, namespace, name) = ("Deployment".to_owned(), "default".to_owned(), "web".to_owned());
    let about = |kind: &str| (kind.to_owned(), "default".to_owned(), "web".to_owned());
    let (service, of_service, of_name) = about("Service");
    let more = SHOP.replace("replicas: 2", "replicas: 3");
    let address = begun.cluster().api().list::<Node>().next().and_then(|node| {
        node.status.addresses.iter().find(|it| &*it.type_ == "InternalIP").map(|it| it.address.to_string())
    });
    let url = format!("http://{}:30080/", address.expect("nodes have addresses"));
    let line = ["cordon", "node-2"].map(str::to_owned).to_vec();
    let cut = Action::CutNode { name: node() };
    let stopped = Action::StopNode { name: node() };
    let snapshot = Action::Snapshot { name: "a.db".into() };
    let deleted =
        Action::Kubectl { line: delete(&ObjectRef::new("Service", "default", "web")), files: Vec::new() };
    let none: &[Action] = &[];
    for (before, action, expected) in [
        (none, Action::Apply { text: more.clone() }, "kubectl apply -f -"),
        (
            none,
            Action::Delete { kind: service, namespace: of_service, name: of_name },
            "kubectl delete service web --wait=false",
        ),
        (
            none,
            Action::Scale { kind, namespace, name, replicas: 4 },
            "kubectl scale deployment web --replicas=4",
        ),
        (none, stopped.clone(), "minikube node stop node-2"),
        (&[stopped], Action::StartNode { name: node() }, "minikube node start node-2"),
        (none, Action::AddNode, "minikube node add"),
        (none, Action::RemoveNode { name: node() }, "minikube node delete node-2"),
        (none, Action::StopKubelet { name: node() }, "minikube ssh -n node-2 -- sudo systemctl stop kubelet"),
        (none, cut.clone(), "docker network disconnect minikube node-2"),
        (&[cut], Action::JoinNode { name: node() }, "docker network connect minikube node-2"),
        (none, snapshot.clone(), "etcdctl snapshot save a.db"),
        (&[snapshot, deleted], Action::Restore { name: "a.db".into() }, "etcdctl snapshot restore a.db"),
        (none, Action::Request { from: "outside".into(), url: url.clone() }, &["curl -s ", &url].concat()),
        (
            none,
            Action::Request { from: "node/node-2".into(), url: url.clone() },
            &["minikube ssh -n node-2 -- curl -s ", &url].concat(),
        ),
        (none, Action::Kubectl { line, files: Vec::new() }, "kubectl cordon node-2"),
    ] {
        assert!(has_command(&action));
        let words = command(&action).expect("it has a command");
        assert_eq!(typed(&words), expected);
        let files = match &action {
            Action::Apply { text } => vec![File { name: "-".into(), text: text.clone() }],
            _ => Vec::new(),
        };
        let outcomes = [action, Action::Kubectl { line: words, files }].map(|action| {
            let mut run = begun.clone();
            for earlier in before {
                run.act(earlier.clone());
                let until = run.now() + 1_000_000_000;
                run.run(until, &mut || true);
            }
            let unlike = later(run.clone());
            let outcome = run.act(action);
            assert!(outcome.refused.is_empty(), "{expected}: {:?}", outcome.refused);
            let seen = later(run);
            assert_ne!(seen, unlike, "{expected} does something");
            seen
        });
        assert_eq!(outcomes[0], outcomes[1], "{expected}");
    }
}

#[test]
fn what_has_no_command_says_so() {
    let (namespace, pod, container) = ("default", "web", "web");
    let of = || (namespace.to_owned(), pod.to_owned(), container.to_owned());
    let name = || "node-1".to_owned();
    let ((a, b, c), (d, e, f), (g, h, i)) = (of(), of(), of());
    for action in [
        Action::StrainNode { name: name(), what: "memory".into() },
        Action::RelieveNode { name: name() },
        Action::Part { name: "kube-scheduler-1".into(), fault: Fault::Kill },
        Action::Registry { host: "docker.io".into(), up: false },
        Action::EndContainer { namespace: a, pod: b, container: c, code: 1 },
        Action::HangContainer { namespace: d, pod: e, container: f, hangs: true },
        Action::KillContainer { namespace: g, pod: h, container: i },
        Action::Request { from: "pod/default/web".into(), url: "http://web".into() },
        Action::Load {
            name: "load".into(),
            from: "outside".into(),
            url: "http://web".into(),
            per_second_milli: 1_000,
            keep_alive: false,
            for_millis: None,
        },
        Action::StopLoad { name: "load".into() },
    ] {
        assert!(!has_command(&action) && command(&action).is_none(), "{action:?}");
    }
}

#[test]
fn everything_that_is_offered_of_an_object_can_be_done() {
    let begun = begun();
    let api = begun.cluster().api();
    let pod = api.list::<Pod>().find(|pod| pod.metadata.labels.get("app").is_some()).expect("one runs");
    let by_hand = |does: Does| {
        matches!(
            does,
            Does::Strain(_) | Does::Relieve | Does::Hang | Does::Answer | Does::Exit(_) | Does::Kill
        )
    };
    let web = ObjectRef::new("Deployment", "default", "web");
    let ids = [ObjectRef::new("Pod", "default", &pod.metadata.name), ObjectRef::new("Node", "", "node-2")];
    let mut deeds: Vec<Action> = Vec::new();
    for id in &ids {
        for can in behaviour(begun.cluster(), id) {
            let action = deed(id, &can);
            assert_eq!(command(&action).is_none(), by_hand(can.does), "{:?}", can.does);
            deeds.push(action);
        }
    }
    let handle = handle(begun.cluster(), &web).expect("a Deployment has one");
    let lines = [handle.scale(3), handle.restart(), delete(&web), reads(&web, Reads::Describe)];
    let lines = lines.into_iter().chain([reads(&web, Reads::Yaml), reads(&web, Reads::Events)]);
    deeds.extend(lines.map(|line| Action::Kubectl { line, files: Vec::new() }));
    assert!(deeds.len() > 20, "{}", deeds.len());
    for action in deeds {
        // A drain goes on; it is refused nothing.
        let outcome = begun.clone().act(action.clone());
        assert!(outcome.refused.is_empty(), "{action:?}: {:?}", outcome.refused);
    }
    assert!(api.get::<Service>("default", "web").is_some(), "clones share nothing that is written");
}
