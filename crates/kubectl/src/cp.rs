//! `kubectl cp`: a file into or out of a container (upstream: `kubectl/pkg/cmd/cp`).

use crate::command::Cx;
use crate::{Args, Failure, pods};
use orrery_api::{Kind, Pod};
use orrery_apimachinery::{Status, Str};
use orrery_apiserver::{Exec, ExecOutput};

/// `shop/web:/etc/hosts`, or a path of the person's own files.
struct Place<'a> {
    namespace: &'a str,
    pod: &'a str,
    file: &'a str,
}

impl<'a> Place<'a> {
    fn parse(word: &'a str, args: &'a Args) -> Result<Place<'a>, Failure> {
        let namespace = args.namespace();
        let Some((place, file)) = word.split_once(':') else {
            return Ok(Place { namespace, pod: "", file: word });
        };
        let refused =
            || Failure::usage("filespec must match the canonical format: [[namespace/]pod:]file/path");
        match place.split('/').collect::<Vec<_>>()[..] {
            ["", ..] | [_, ""] => Err(refused()),
            [pod] => Ok(Place { namespace, pod, file }),
            [namespace, pod] => Ok(Place { namespace, pod, file }),
            _ => Err(refused()),
        }
    }

    /// The last part of the path.
    fn base(&self) -> &'a str {
        self.file.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [from, to] = &args.words[..] else {
        return Err(Failure::usage("source and destination are required"));
    };
    let (from, to) = (Place::parse(from, args)?, Place::parse(to, args)?);
    if !from.pod.is_empty() && !to.pod.is_empty() {
        return Err(Failure::usage("one of src or dest must be a local file specification"));
    }
    if from.file.is_empty() || to.file.is_empty() {
        return Err(Failure::usage("filepath can not be empty"));
    }
    match (from.pod, to.pod) {
        ("", "") => Err(Failure::usage("one of src or dest must be a remote file specification")),
        (_, "") => from_pod(cx, args, &from, &to),
        _ => to_pod(cx, args, &from, &to),
    }
}

fn from_pod(cx: &mut Cx<'_>, args: &Args, from: &Place<'_>, to: &Place<'_>) -> Result<(), Failure> {
    let read = exec(cx, args, from, &["cat", from.file])?;
    if read.code != 0 {
        let text = format!(
            "tar: {}: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\nerror: command terminated with exit code 2",
            from.file
        );
        return Err(Failure { text, code: 1 });
    }
    if from.file.starts_with('/') {
        cx.say("tar: removing leading '/' from member names");
    }
    let name = if to.file.ends_with('/') || to.file == "." { from.base() } else { to.file };
    cx.output.files.push((name.into(), read.stdout));
    Ok(())
}

fn to_pod(cx: &mut Cx<'_>, args: &Args, from: &Place<'_>, to: &Place<'_>) -> Result<(), Failure> {
    let missing = || Failure::usage(format!("{} doesn't exist in local filesystem", from.file));
    let text = cx.files.read(from.file).ok_or_else(missing)?;
    let inside = exec(cx, args, to, &["test", "-d", to.file])?.code == 0;
    let path =
        if inside { format!("{}/{}", to.file.trim_end_matches('/'), from.base()) } else { to.file.into() };
    let script = format!("printf %s {} > {}", quoted(&text), quoted(&path));
    let written = exec(cx, args, to, &["sh", "-c", &script])?;
    cx.output.tell(&written.stderr);
    if written.code != 0 {
        return Err(Failure::usage(format!("command terminated with exit code {}", written.code)));
    }
    Ok(())
}

/// A word for a shell that takes nothing in it for a sign.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn exec(cx: &mut Cx<'_>, args: &Args, place: &Place<'_>, command: &[&str]) -> Result<ExecOutput, Failure> {
    let pod = cx.api().get::<Pod>(place.namespace, place.pod).cloned();
    let pod = pod.ok_or_else(|| Status::not_found(&Kind::Pod.resource(), place.pod))?;
    let container = pods::container(cx, args, &pod)?;
    let command: Vec<Str> = command.iter().map(|word| (*word).into()).collect();
    let exec = Exec { command: &command, input: "", open: false };
    Ok(cx.session.exec(place.namespace, place.pod, &container, exec)?)
}
