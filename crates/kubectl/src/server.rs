//! What kubectl tells of the server and of itself: `version`, `cluster-info`, `api-versions`, `api-resources`, and
//! commands that need what is not there.

use crate::command::Cx;
use crate::{Args, Failure, tabs};
use orrery_api::{Endpoints, Kind};
use orrery_apimachinery::Order;

/// What metrics-server serves.
const METRICS: &str = "metrics.k8s.io/v1beta1";
/// The version that all parts of the cluster have.
const VERSION: &str = "v1.32.13";

pub(crate) fn version(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    cx.say(format!("Client Version: {VERSION}\nKustomize Version: v5.5.0"));
    if !args.on("client") {
        cx.say(format!("Server Version: {VERSION}"));
    }
    Ok(())
}

pub(crate) fn cluster_info(cx: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    let endpoints = cx.api().get::<Endpoints>("default", "kubernetes");
    let subset = endpoints.and_then(|endpoints| endpoints.subsets.first());
    let address = subset.and_then(|subset| subset.addresses.first()).map_or("127.0.0.1", |it| &it.ip);
    let port = subset.and_then(|subset| subset.ports.first()).map_or(6443, |port| port.port);
    cx.say(format!(
        "Kubernetes control plane is running at https://{address}:{port}\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'."
    ));
    Ok(())
}

pub(crate) fn api_versions(cx: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    let mut versions: Vec<&str> = cx.api().kinds().map(Kind::api_version).collect();
    if cx.api().metrics().is_some() {
        versions.push(METRICS);
    }
    if cx.api().serves_custom_metrics() {
        versions.extend(["custom.metrics.k8s.io/v1beta1", "external.metrics.k8s.io/v1beta1"]);
    }
    versions.order();
    versions.dedup();
    cx.say(versions.join("\n"));
    Ok(())
}

pub(crate) fn api_resources(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut kinds: Vec<Kind> = cx.api().kinds().collect();
    kinds.order_by_key(|kind| (kind.group(), kind.plural()));
    let mut text = String::new();
    if !args.on("no-headers") {
        text += "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND\n";
    }
    let mut lines: Vec<[&str; 5]> = Vec::new();
    let mut shorts: Vec<String> = Vec::new();
    kinds.iter().for_each(|kind| shorts.push(kind.short_names().join(",")));
    for (kind, short) in kinds.iter().zip(&shorts) {
        let namespaced = if kind.namespaced() { "true" } else { "false" };
        lines.push([kind.plural(), short, kind.api_version(), namespaced, kind.name()]);
    }
    if cx.api().metrics().is_some() {
        // Groups stand in the order of their names.
        let at =
            lines.iter().position(|line| line[2].contains('/') && line[2] > METRICS).unwrap_or(lines.len());
        lines.insert(at, ["pods", "", METRICS, "true", "PodMetrics"]);
        lines.insert(at, ["nodes", "", METRICS, "false", "NodeMetrics"]);
    }
    let namespaced = args.flag("namespaced").map(|_| if args.on("namespaced") { "true" } else { "false" });
    for line in lines {
        let group = line[2].split_once('/').map_or("", |(group, _)| group);
        let wanted = namespaced.is_none_or(|wanted| wanted == line[3])
            && args.flag("api-group").is_none_or(|wanted| wanted == group);
        if wanted {
            text += &line.join("\t");
            text.push('\n');
        }
    }
    cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
    Ok(())
}

/// No file of the person's own machine is there to be copied.
pub(crate) fn cp(_: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    Err(Failure::usage(match &args.words[..] {
        [_, _] => {
            "there is no machine beside the cluster to copy files from or to; read one with 'kubectl exec POD -- cat FILE'"
        }
        _ => "source and destination are required",
    }))
}
