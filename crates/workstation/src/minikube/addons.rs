//! `minikube addons`: programs that are installed, and manifests that are applied and deleted with kubectl (upstream:
//! `pkg/addons`, `deploy/addons`).

use super::service::table;
use crate::Desk;
use orrery_api::Deployment;
use orrery_kubectl::Stdin;
use orrery_sim::Duration;

/// How long it is waited for an add-on's pods.
const PATIENCE: Duration = Duration::from_secs(360);
const LOOK: Duration = Duration::from_millis(500);

/// An add-on that is made of objects.
struct Manifest {
    name: &'static str,
    text: &'static str,
    /// The namespace and the name of its Deployment, by which it is seen whether it is there.
    deployment: (&'static str, &'static str),
}

const MANIFESTS: &[Manifest] = &[Manifest {
    name: "ingress",
    text: include_str!("ingress.yaml"),
    deployment: ("ingress-nginx", "ingress-nginx-controller"),
}];

pub(crate) fn run(desk: &mut Desk<'_>, words: &[&str]) -> Result<(), String> {
    match words {
        ["list"] | [] => list(desk),
        ["enable", name] => enable(desk, name),
        ["disable", name] => disable(desk, name),
        _ => Err("Usage: minikube addons list | enable ADDON_NAME | disable ADDON_NAME".into()),
    }
}

/// Whether an add-on is enabled; the error is that there is none of the name.
fn is_enabled(desk: &Desk<'_>, name: &str, what: &str) -> Result<bool, String> {
    let unknown = || format!("\nX Exiting due to MK_ADDON_{what}: {name} is not a valid addon\n");
    let found = desk.station.add_ons().into_iter().find(|(known, _)| *known == name);
    let (_, installed) = found.ok_or_else(unknown)?;
    let there = |manifest: &Manifest| {
        let (namespace, name) = manifest.deployment;
        desk.station.api().get::<Deployment>(namespace, name).is_some()
    };
    Ok(installed && manifest_of(name).is_none_or(there))
}

fn manifest_of(name: &str) -> Option<&'static Manifest> {
    MANIFESTS.iter().find(|manifest| manifest.name == name)
}

fn list(desk: &mut Desk<'_>) -> Result<(), String> {
    let mut rows = Vec::new();
    for (name, _) in desk.station.add_ons() {
        let status = if is_enabled(desk, name, "LIST")? { "enabled" } else { "disabled" };
        rows.push([name, "minikube", status, maintainer(name)].map(str::to_owned).into());
    }
    rows.sort_unstable();
    table(desk, &["ADDON NAME", "PROFILE", "STATUS", "MAINTAINER"], &rows);
    Ok(())
}

fn maintainer(name: &str) -> &'static str {
    if name == "storage-provisioner" { "minikube" } else { "Kubernetes" }
}

fn disable(desk: &mut Desk<'_>, name: &str) -> Result<(), String> {
    is_enabled(desk, name, "DISABLE")?;
    match manifest_of(name) {
        Some(manifest) => kubectl(desk, &["delete", "--ignore-not-found", "-f", "-"], manifest.text)?,
        None => desk.station.set_add_on(name, false),
    }
    desk.say(&format!("* \"The '{name}' addon is disabled"));
    Ok(())
}

/// Runs kubectl with a manifest; what it prints is minikube's log, unless it fails.
fn kubectl(desk: &mut Desk<'_>, argv: &[&str], manifest: &str) -> Result<(), String> {
    let words: Vec<String> = argv.iter().map(|word| (*word).to_owned()).collect();
    let output = orrery_kubectl::run(&words, &Stdin(manifest.to_owned()), desk.station.session());
    if output.code == 0 { Ok(()) } else { Err(output.stderr) }
}

fn enable(desk: &mut Desk<'_>, name: &str) -> Result<(), String> {
    is_enabled(desk, name, "ENABLE")?;
    desk.say(&format!(
        "* {name} is an addon maintained by {}. For any concerns contact minikube on GitHub.\nYou can view the list of minikube maintainers at: https://github.com/kubernetes/minikube/blob/master/OWNERS",
        maintainer(name)
    ));
    desk.station.set_add_on(name, true);
    if let Some(manifest) = manifest_of(name) {
        let images = manifest.text.lines().filter_map(|line| line.trim_start().strip_prefix("image: "));
        let mut images: Vec<&str> = images.collect();
        images.dedup();
        images.iter().for_each(|image| desk.say(&["  - Using image ", image].concat()));
        kubectl(desk, &["apply", "-f", "-"], manifest.text)
            .map_err(|why| format!("\nX Exiting due to MK_ADDON_ENABLE: enable failed: {why}"))?;
        desk.say(&format!("* Verifying {name} addon..."));
        wait(desk, manifest)?;
    }
    desk.say(&format!("* The '{name}' addon is enabled"));
    Ok(())
}

/// Waits for the pods of an add-on.
fn wait(desk: &mut Desk<'_>, manifest: &Manifest) -> Result<(), String> {
    let (namespace, name) = manifest.deployment;
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
