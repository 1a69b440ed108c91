//! `minikube addons`: manifests that are applied and deleted with kubectl (upstream: `pkg/addons`, `deploy/addons`).

use super::service::table;
use crate::Desk;
use orrery_api::{Deployment, Kind};
use orrery_apiserver::Key;
use orrery_kubectl::Stdin;
use orrery_sim::Duration;

/// How long it is waited for an add-on's pods.
const PATIENCE: Duration = Duration::from_secs(360);
const LOOK: Duration = Duration::from_millis(500);

/// An add-on.
struct AddOn {
    name: &'static str,
    maintainer: &'static str,
    /// Its manifests; none for what is part of every cluster here.
    manifest: &'static str,
    /// The object by which it is seen whether it is enabled: its kind, namespace and name.
    mark: (Kind, &'static str, &'static str),
}

const ADD_ONS: &[AddOn] = &[
    AddOn {
        name: "default-storageclass",
        maintainer: "Kubernetes",
        manifest: "",
        mark: (Kind::StorageClass, "", "standard"),
    },
    AddOn {
        name: "ingress",
        maintainer: "Kubernetes",
        manifest: include_str!("ingress.yaml"),
        mark: (Kind::Deployment, "ingress-nginx", "ingress-nginx-controller"),
    },
    AddOn {
        name: "storage-provisioner",
        maintainer: "minikube",
        manifest: "",
        mark: (Kind::StorageClass, "", "standard"),
    },
];

pub(crate) fn run(desk: &mut Desk<'_>, words: &[&str]) -> Result<(), String> {
    match words {
        ["list"] | [] => {
            list(desk);
            Ok(())
        }
        ["enable", name] => enable(desk, find(name, "ENABLE")?),
        ["disable", name] => {
            let add_on = find(name, "DISABLE")?;
            kubectl(desk, &["delete", "--ignore-not-found", "-f", "-"], add_on.manifest)?;
            desk.say(&format!("* \"The '{name}' addon is disabled"));
            Ok(())
        }
        _ => Err("Usage: minikube addons list | enable ADDON_NAME | disable ADDON_NAME".into()),
    }
}

fn find(name: &str, what: &str) -> Result<&'static AddOn, String> {
    let unknown = || format!("\nX Exiting due to MK_ADDON_{what}: {name} is not a valid addon\n");
    ADD_ONS.iter().find(|add_on| add_on.name == name).ok_or_else(unknown)
}

fn is_enabled(desk: &Desk<'_>, add_on: &AddOn) -> bool {
    let (kind, namespace, name) = &add_on.mark;
    desk.station.api().object(&Key::new(*kind, *namespace, *name)).is_some()
}

fn list(desk: &mut Desk<'_>) {
    let mut rows = Vec::new();
    for add_on in ADD_ONS {
        let status = if is_enabled(desk, add_on) { "enabled" } else { "disabled" };
        rows.push([add_on.name, "minikube", status, add_on.maintainer].map(str::to_owned).into());
    }
    table(desk, &["ADDON NAME", "PROFILE", "STATUS", "MAINTAINER"], &rows);
}

/// Runs kubectl with a manifest; what it prints is minikube's log, unless it fails.
fn kubectl(desk: &mut Desk<'_>, argv: &[&str], manifest: &str) -> Result<(), String> {
    if manifest.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = argv.iter().map(|word| (*word).to_owned()).collect();
    let output = orrery_kubectl::run(&words, &Stdin(manifest.to_owned()), desk.station.session());
    if output.code == 0 { Ok(()) } else { Err(output.stderr) }
}

fn enable(desk: &mut Desk<'_>, add_on: &AddOn) -> Result<(), String> {
    let AddOn { name, maintainer, manifest, .. } = add_on;
    desk.say(&format!(
        "* {name} is an addon maintained by {maintainer}. For any concerns contact minikube on GitHub.\nYou can view the list of minikube maintainers at: https://github.com/kubernetes/minikube/blob/master/OWNERS"
    ));
    let mut images: Vec<&str> =
        manifest.lines().filter_map(|line| line.split_once("image: ")).map(|i| i.1).collect();
    images.dedup();
    images.iter().for_each(|image| desk.say(&["  - Using image ", image].concat()));
    kubectl(desk, &["apply", "-f", "-"], manifest)
        .map_err(|why| format!("\nX Exiting due to MK_ADDON_ENABLE: enable failed: {why}"))?;
    if add_on.mark.0 == Kind::Deployment {
        desk.say(&format!("* Verifying {name} addon..."));
        wait(desk, add_on)?;
    }
    desk.say(&format!("* The '{name}' addon is enabled"));
    Ok(())
}

/// Waits for the pods of an add-on.
fn wait(desk: &mut Desk<'_>, add_on: &AddOn) -> Result<(), String> {
    let (_, namespace, name) = add_on.mark;
    let deadline = desk.station.now() + PATIENCE;
    let is_there = |desk: &Desk<'_>| {
        let deployment = desk.station.api().get::<Deployment>(namespace, name);
        deployment.is_some_and(|deployment| deployment.status.available_replicas > 0)
    };
    while !is_there(desk) {
        if desk.station.now() >= deadline {
            return Err(format!(
                "\nX Exiting due to MK_ADDON_ENABLE: enable failed: run callbacks: running callbacks: [waiting for app.kubernetes.io/name={namespace} pods: context deadline exceeded]\n"
            ));
        }
        desk.station.pass(LOOK);
    }
    Ok(())
}
