//! `minikube image load NAME`, `minikube image ls`, `minikube image build -t NAME .`; how Services are reached; add-ons;
//! the machines themselves.

mod addons;
mod node;
mod service;

use crate::{Desk, Words, docker};
use orrery_apimachinery::Order;
use orrery_sim::Duration;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    if argv.first().is_some_and(|word| word == "ssh") {
        return ssh(desk, &argv[1..]);
    }
    let words = Words::of(argv, &["--daemon", "--overwrite", "--url"]);
    match &words.plain[..] {
        ["image", "load", names @ ..] if !names.is_empty() => names.iter().try_for_each(|name| load(desk, name)),
        ["image", "ls" | "list"] => {
            list(desk);
            Ok(())
        }
        ["image", "build", ..] => {
            let name = docker::build(desk, &argv[2..])?;
            load(desk, &name)
        }
        ["ip"] => service::ip(desk),
        ["service", "list"] => {
            service::list(desk, &words);
            Ok(())
        }
        ["service", name] => service::one(desk, &words, name),
        ["tunnel"] => {
            service::tunnel(desk);
            Ok(())
        }
        ["addons", rest @ ..] => addons::run(desk, rest),
        ["node", rest @ ..] => node::run(desk, rest),
        _ => Err("Of minikube, 'addons', 'image build', 'image load', 'image ls', 'ip', 'node', 'service', 'ssh' and 'tunnel' are known here".into()),
    }
}

/// `minikube ssh [-n NODE] [--] COMMAND`
fn ssh(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let (node, command) = match argv {
        [flag, node, rest @ ..] if flag == "-n" || flag == "--node" => (Some(node.clone()), rest),
        rest => (None, rest),
    };
    let command = if command.first().is_some_and(|word| word == "--") { &command[1..] } else { command };
    let node = node.or_else(|| desk.station.nodes().first().map(|node| (**node).to_owned()));
    crate::node::run(desk, &node.unwrap_or_default(), command)
}

/// Copies an image of the daemon to every node; one that the daemon does not have comes from its registry.
fn load(desk: &mut Desk<'_>, name: &str) -> Result<(), String> {
    if desk.image(name).is_none() {
        docker::fetch(desk, name).map_err(|_| {
            format!(
                "X Exiting due to GUEST_IMAGE_LOAD: Failed to load image: unable to find image \"{name}\""
            )
        })?;
    }
    let (reference, image) = desk.image(name).ok_or("no such image")?;
    desk.station.pass(Duration::from_millis(500 + image.size / 100_000));
    desk.load(&reference.canonical(), &image);
    Ok(())
}

fn list(desk: &mut Desk<'_>) {
    let mut names = Vec::new();
    for node in desk.station.nodes() {
        for (name, _) in desk.station.images_of(&node) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.order();
    names.iter().for_each(|name| desk.say(name));
}
