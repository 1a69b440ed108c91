//! docker: images are built, named, and exchanged with registries; a local registry is a container.

use crate::{Desk, Words, node};
use orrery_apimachinery::Str;
use orrery_container_runtime::images::{Image, Recipe, Reference};
use orrery_container_runtime::registry::Credentials;
use orrery_container_runtime::{DockerContainer, MachineDeed};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let argv = match argv.first().map(String::as_str) {
        Some("image" | "container" | "buildx") => &argv[1..],
        _ => argv,
    };
    let rest = argv.get(1..).unwrap_or_default();
    if argv.first().is_some_and(|word| word == "exec") {
        let at = rest.iter().position(|word| !word.starts_with('-')).unwrap_or(rest.len());
        let (name, command) =
            rest[at..].split_first().ok_or("docker: 'docker exec' requires at least 2 arguments.")?;
        return node::run(desk, name, command);
    }
    let words =
        Words::of(rest, &["-d", "--detach", "--rm", "-it", "-i", "-t", "-a", "-q", "--password-stdin", "-f"]);
    match (argv.first().map_or("", |word| word), &words.plain[..]) {
        ("build", _) => build(desk, rest).map(drop),
        ("tag", [from, to]) => tag(desk, from, to),
        ("push", [name]) => push(desk, name),
        ("pull", [name]) => pull(desk, name),
        ("images" | "ls", []) => {
            images(desk);
            Ok(())
        }
        ("login", servers) => login(desk, &words, servers.first().copied()),
        ("run", [image, ..]) => {
            start(desk, &Words::of(rest, &["-d", "--detach", "--rm", "-it", "-i", "-t"]), image)
        }
        ("ps", []) => {
            containers(desk, words.flag(&["-a"]).is_some());
            Ok(())
        }
        (what @ ("stop" | "start" | "rm"), names) if !names.is_empty() => {
            names.iter().try_for_each(|name| turn(desk, what, name))
        }
        ("network", [what @ ("connect" | "disconnect"), _, name]) => network(desk, what, name),
        ("tag" | "push" | "pull", _) => Err(format!("docker: 'docker {}' wants other arguments.", argv[0])),
        (other, _) => Err(format!(
            "docker: '{other}' is not a docker command that is known here.\nKnown are build, exec, images, login, network, ps, pull, push, rm, run, start, stop and tag."
        )),
    }
}

/// `docker network disconnect NETWORK NODE`: a node of minikube is a container of docker's, and so has one cable to all
/// others.
fn network(desk: &mut Desk<'_>, what: &str, name: &str) -> Result<(), String> {
    let deed = if what == "connect" { MachineDeed::Join } else { MachineDeed::Cut };
    let missing = || format!("Error response from daemon: No such container: {name}");
    desk.station.machine(name, deed).then_some(()).ok_or_else(missing)
}

fn reference(name: &str) -> Result<Reference, String> {
    Reference::parse(name).map_err(|_| format!("invalid reference format: {name}"))
}

/// `docker build -t NAME [-f FILE] .`: the image's name. Without a Dockerfile among the files nothing is known of it.
pub(crate) fn build(desk: &mut Desk<'_>, argv: &[String]) -> Result<String, String> {
    let words = Words::of(argv, &["--no-cache", "--pull", "--push", "--load", "-q"]);
    let name =
        words.flag(&["-t", "--tag"]).ok_or("ERROR: an image without a name (-t NAME) cannot be used")?;
    let target = reference(name).map_err(|why| format!("ERROR: {why}"))?;
    let file = words.flag(&["-f", "--file"]).unwrap_or("Dockerfile");
    let text = desk.files.read(file);
    if text.is_none() && words.flag(&["-f", "--file"]).is_some() {
        return Err(format!(
            "ERROR: failed to solve: failed to read dockerfile: open {file}: no such file or directory"
        ));
    }
    let recipe = text
        .as_deref()
        .map(Recipe::read)
        .transpose()
        .map_err(|why| format!("ERROR: failed to solve: {why}"))?;
    let begun = desk.station.now();
    let below = match recipe.as_ref().filter(|recipe| &*recipe.base != "scratch") {
        Some(recipe) => base(desk, &recipe.base)?,
        None => 20_000_000,
    };
    desk.station.pass(Duration::from_secs(2));
    let now = desk.station.now();
    let (daemon, _) = desk.station.docker();
    daemon.builds += 1;
    let content = format!("{} {} {}", target.canonical(), daemon.builds, text.as_deref().unwrap_or_default());
    let image = Image { recipe: recipe.map(Rc::new), ..Image::new(&content, below + 4_000_000) };
    let id = image.id.clone();
    daemon.images.insert(target.canonical(), Rc::new(image));
    let took = now.since(begun).as_millis();
    desk.note(&format!("[+] Building {}.{}s FINISHED", took / 1_000, took / 100 % 10));
    match text {
        Some(_) => desk.note(&format!(" => [internal] load build definition from {file}")),
        None => desk.note(" => there is no file called Dockerfile: nothing is known of what the image does"),
    }
    desk.note(&format!(
        " => exporting to image\n => => writing image {id}\n => => naming to {}",
        target.canonical()
    ));
    Ok(name.to_owned())
}

/// The size of the image that another is built upon.
fn base(desk: &mut Desk<'_>, name: &str) -> Result<u64, String> {
    if let Some((_, image)) = desk.image(name) {
        return Ok(image.size);
    }
    fetch(desk, name).map(|image| image.size).map_err(|why| {
        let name = Reference::parse(name).map_or_else(|_| name.into(), |reference| reference.canonical());
        format!("ERROR: failed to solve: {name}: failed to resolve source metadata for {name}: {why}")
    })
}

/// Gets an image from its registry.
pub(crate) fn fetch(desk: &mut Desk<'_>, name: &str) -> Result<Rc<Image>, String> {
    let reference = reference(name)?;
    let (daemon, registries) = desk.station.docker();
    let answer = registries.pull(&reference, &daemon.logins);
    let image = answer.map_err(|why| refusal(&reference, &why))?;
    let time = Duration::from_millis(500 + image.size / 40_000);
    daemon.images.insert(reference.canonical(), image.clone());
    desk.station.pass(time);
    Ok(image)
}

/// Docker's words for what containerd says of a pull.
fn refusal(reference: &Reference, why: &str) -> String {
    let (name, version) = (reference.familiar(), reference.version());
    let why = why.rsplit_once("\": ").map_or(why, |(_, why)| why);
    if why.ends_with("not found") {
        return format!("manifest for {name}:{version} not found: manifest unknown: manifest unknown");
    }
    match why.starts_with("pull access denied") {
        true => format!(
            "pull access denied for {name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
        ),
        false => why.to_owned(),
    }
}

fn tag(desk: &mut Desk<'_>, from: &str, to: &str) -> Result<(), String> {
    let (_, image) =
        desk.image(from).ok_or_else(|| format!("Error response from daemon: No such image: {from}"))?;
    let to = reference(to)?.canonical();
    desk.station.docker().0.images.insert(to, image);
    Ok(())
}

fn push(desk: &mut Desk<'_>, name: &str) -> Result<(), String> {
    let target = reference(name)?;
    if target.tag.as_deref() == Some("latest") && !name.ends_with(":latest") {
        desk.say("Using default tag: latest");
    }
    desk.say(&format!("The push refers to repository [{}]", target.repository()));
    let Some((_, image)) = desk.image(name) else {
        return Err(format!("An image does not exist locally with the tag: {}", target.familiar()));
    };
    desk.station.pass(Duration::from_millis(500 + image.size / 100_000));
    let (daemon, registries) = desk.station.docker();
    let logins = daemon.logins.clone();
    registries.push(&target, image.clone(), &logins)?;
    let layer = &image.id["sha256:".len()..][..12];
    desk.say(&format!("{layer}: Pushed\n{}: digest: {} size: 1570", target.version(), image.digest));
    Ok(())
}

fn pull(desk: &mut Desk<'_>, name: &str) -> Result<(), String> {
    let target = reference(name)?;
    if target.digest.is_none() && target.name.len() > name.len() {
        desk.say("Using default tag: latest");
    }
    let known = desk.image(name).map(|(_, image)| image.digest.clone());
    let image = fetch(desk, name).map_err(|why| format!("Error response from daemon: {why}"))?;
    desk.say(&format!("{}: Pulling from {}\nDigest: {}", target.version(), target.path, image.digest));
    let short = target.familiar() + ":" + target.version();
    match known.as_ref() == Some(&image.digest) {
        true => desk.say(&format!("Status: Image is up to date for {short}")),
        false => desk.say(&format!("Status: Downloaded newer image for {short}")),
    }
    desk.say(&target.canonical());
    Ok(())
}

fn images(desk: &mut Desk<'_>) {
    let images: BTreeMap<Str, Rc<Image>> = desk.station.docker().0.images.clone();
    let row = |repository: &str, tag: &str, id: &str, size: &str| {
        format!("{repository:<40} {tag:<12} {id:<14} {size}")
    };
    desk.say(&row("REPOSITORY", "TAG", "IMAGE ID", "SIZE"));
    for (name, image) in &images {
        let Ok(reference) = Reference::parse(name) else { continue };
        let size = format!("{}MB", image.size * 5 / 2 / 1_000_000);
        desk.say(&row(&reference.familiar(), reference.version(), &image.id["sha256:".len()..][..12], &size));
    }
}

fn login(desk: &mut Desk<'_>, words: &Words<'_>, server: Option<&str>) -> Result<(), String> {
    let user = words.flag(&["-u", "--username"]);
    let password = words.flag(&["-p", "--password"]);
    let (Some(user), Some(password)) = (user, password) else {
        return Err(
            "Error: Cannot perform an interactive login from a non TTY device; say -u USER -p PASSWORD"
                .into(),
        );
    };
    let server = server.unwrap_or("docker.io");
    let credentials = Credentials { server: server.into(), user: user.into(), password: password.into() };
    desk.station.pass(Duration::from_millis(600));
    let (daemon, registries) = desk.station.docker();
    registries.login(&credentials)?;
    daemon.logins.retain(|known| *known.server != *server);
    daemon.logins.push(credentials);
    desk.note("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    desk.say("Login Succeeded");
    Ok(())
}

/// `docker run -d -p HOST:CONTAINER --name NAME IMAGE`
fn start(desk: &mut Desk<'_>, words: &Words<'_>, image: &str) -> Result<(), String> {
    if desk.image(image).is_none() {
        desk.note(&format!("Unable to find image '{}' locally", reference(image)?.name));
        pull(desk, image).map_err(|why| format!("docker: {why}"))?;
    }
    let (_, found) = desk.image(image).ok_or("docker: no such image")?;
    let port = words.flag(&["-p", "--publish"]).and_then(ports);
    let now = desk.station.now();
    let (daemon, _) = desk.station.docker();
    let id: Str =
        Image::new(&format!("{} {}", found.id, daemon.containers.len()), 0).id["sha256:".len()..].into();
    let name: Str = words.flag(&["--name"]).map_or_else(|| id[..8].into(), Str::from);
    if let Some(other) = daemon.containers.iter().find(|container| container.name == name) {
        return Err(format!(
            "docker: Error response from daemon: Conflict. The container name \"/{name}\" is already in use by container \"{}\". You have to remove (or rename) that container to be able to reuse that name.",
            other.id
        ));
    }
    let container =
        DockerContainer { id: id.clone(), name, image: image.into(), port, created: now, running: true };
    daemon.containers.push(container.clone());
    serve(desk, &container, true);
    desk.station.pass(Duration::from_millis(400));
    desk.say(&id);
    Ok(())
}

/// `5000:5000`, `127.0.0.1:5001:5000`.
fn ports(text: &str) -> Option<(u16, u16)> {
    let (host, container) = text.rsplit_once(':')?;
    Some((host.rsplit(':').next()?.parse::<u16>().ok()?, container.parse::<u16>().ok()?))
}

/// A registry that starts or stops is one that nodes can reach, or not.
fn serve(desk: &mut Desk<'_>, container: &DockerContainer, up: bool) {
    let is_registry = Reference::parse(&container.image).is_ok_and(|image| image.familiar() == "registry");
    if let Some((port, _)) = container.port.filter(|_| is_registry) {
        desk.station.turn_registry(port, up);
    }
}

/// `docker stop NAME`, `docker start NAME`, `docker rm NAME`
fn turn(desk: &mut Desk<'_>, what: &str, name: &str) -> Result<(), String> {
    let (daemon, _) = desk.station.docker();
    let fits = |container: &DockerContainer| &*container.name == name || container.id.starts_with(name);
    let Some(at) = daemon.containers.iter().position(fits) else {
        return Err(format!("Error response from daemon: No such container: {name}"));
    };
    let container = &mut daemon.containers[at];
    container.running = what == "start";
    let turned = container.clone();
    if what == "rm" {
        daemon.containers.remove(at);
    }
    serve(desk, &turned, what == "start");
    desk.say(name);
    Ok(())
}

fn containers(desk: &mut Desk<'_>, all: bool) {
    let now = desk.station.now();
    let containers = desk.station.docker().0.containers.clone();
    let row = |id: &str, image: &str, status: &str, ports: &str, name: &str| {
        format!("{id:<14} {image:<24} {status:<16} {ports:<24} {name}")
    };
    desk.say(&row("CONTAINER ID", "IMAGE", "STATUS", "PORTS", "NAMES"));
    for container in containers.iter().filter(|container| container.running || all) {
        let status = if container.running { up_for(container.created, now) } else { "Exited (0)".into() };
        let ports = container.port.map_or(String::new(), |(host, own)| format!("0.0.0.0:{host}->{own}/tcp"));
        desk.say(&row(&container.id[..12], &container.image, &status, &ports, &container.name));
    }
}

fn up_for(since: SimTime, now: SimTime) -> String {
    match now.since(since).as_secs() {
        seconds @ 0..120 => format!("Up {seconds} seconds"),
        seconds => format!("Up {} minutes", seconds / 60),
    }
}
