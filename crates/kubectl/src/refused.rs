//! Commands that need what is not there, and say so.

use crate::command::Cx;
use crate::create::usage;
use crate::{Args, Failure};
use orrery_apimachinery::Status;

/// `alpha`.
pub(crate) fn alpha(cx: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    cx.output.tell("No alpha commands are available in this version of kubectl\n");
    Ok(())
}

/// `plugin list`.
pub(crate) fn plugin_list(_: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    Err(Failure::usage("unable to find any kubectl plugins in your PATH"))
}

/// `completion`: the console completes by itself.
pub(crate) fn completion(_: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    match &args.words[..] {
        [] => Err(usage(args, "Shell not specified.")),
        [shell] if !["bash", "zsh", "fish", "powershell"].contains(&&**shell) => {
            Err(usage(args, &format!("Unsupported shell type {shell:?}.")))
        }
        [_] => Err(Failure::usage("there is no shell here that could load a script; the Tab key completes")),
        _ => Err(usage(args, "Too many arguments. Expected only the shell type.")),
    }
}

/// `kustomize`, for which there would have to be directories.
pub(crate) fn kustomize(_: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    Err(kustomization(args.words.first().map_or(".", String::as_str)))
}

/// What is said of a directory, here of any.
pub(crate) fn kustomization(directory: &str) -> Failure {
    Failure::usage(format!(
        "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{directory}'"
    ))
}

/// `certificate approve` and `deny`: nobody asks for certificates.
pub(crate) fn certificate(_: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    match &args.words[..] {
        [] => Err(Failure::usage("one or more CSRs must be specified as <name> or -f <filename>")),
        [name, ..] => Err(Status::not_found("certificatesigningrequests.certificates.k8s.io", name).into()),
    }
}
