//! `orrery why`: manifests in, why an object is as it is out.

use crate::apply::duration;
use crate::files::Disk;
use clap::Args;
use orrery_api::Kind;
use orrery_apimachinery::decode::closest;
use orrery_apiserver::{ApiServer, Session};
use orrery_cluster::{Cluster, Config, Settle};
use orrery_sim::SimTime;
use orrery_view::scene::ObjectRef;
use orrery_view::why;
use std::process::ExitCode;

/// What to ask, and of which cluster.
#[derive(Args)]
#[command(after_help = "Examples:
  orrery why deployment/web -f web.yaml
  orrery why pod/web -f web.yaml --field spec.nodeName
  orrery why rs/web -f web.yaml --field spec.replicas --then 'scale deployment web --replicas=2'
  orrery why pod/web -f web.yaml --at 12.5s")]
pub struct Options {
    /// The object, as `KIND/NAME`; kinds have the names that kubectl knows, and a name may be the beginning of one.
    object: String,
    /// Manifest files; `-` is standard input.
    #[arg(short = 'f', long = "filename", required = true)]
    files: Vec<String>,
    /// One field, such as `spec.replicas` or `status.conditions[Ready].status`.
    #[arg(long)]
    field: Option<String>,
    /// The object's namespace.
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Commands to run after the manifests are applied, each once the cluster has settled.
    #[arg(long = "then", value_name = "KUBECTL COMMAND")]
    then: Vec<String>,
    /// How long to let the cluster work in the end: `settled`, or a duration such as `90s` or `5m`.
    #[arg(long, default_value = "settled")]
    until: String,
    /// As it was at an instant of virtual time, such as `44.370s`; what is printed is told by the same clock.
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// The seed of the run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Applies, runs, waits, explains.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let at = options.at.as_deref().map(duration).transpose()?.map(|since| SimTime::ZERO + since);
    let cluster = cluster(options, at)?;
    let id = find(cluster.api(), &options.object, &options.namespace)?;
    if let Some(field) = &options.field {
        is_known(&cluster, &id, field)?;
    }
    let text = why::text(&cluster, &id, options.field.as_deref());
    print!("{}", text.ok_or_else(|| unknown(cluster.api(), &id))?);
    Ok(ExitCode::SUCCESS)
}

/// The cluster after everything that was asked for, or as it was at an instant.
fn cluster(options: &Options, at: Option<SimTime>) -> Result<Cluster, String> {
    let mut cluster = Cluster::new(Config { seed: options.seed, ..Config::lively(options.nodes) });
    // A state from which the instant can be reached: the last one that is not behind it.
    let mut before = cluster.clone();
    let mut passed = |cluster: &Cluster| {
        let still = at.is_none_or(|at| cluster.now() <= at);
        if still {
            before = cluster.clone();
        }
        still
    };
    let files: Vec<String> = options.files.iter().map(|file| format!("-f {file}")).collect();
    let apply = format!("apply {}", files.join(" "));
    for line in [&apply].into_iter().chain(&options.then) {
        cluster.settle(Settle::default());
        if !passed(&cluster) {
            break;
        }
        kubectl(&mut cluster, line.strip_prefix("kubectl ").unwrap_or(line));
        passed(&cluster);
    }
    let Some(at) = at else {
        match options.until.as_str() {
            "settled" => drop(cluster.settle(Settle::default())),
            text => cluster.pass(duration(text)?),
        }
        return Ok(cluster);
    };
    before.run(at, &mut || true);
    Ok(before)
}

fn kubectl(cluster: &mut Cluster, line: &str) {
    let argv: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let output = orrery_kubectl::run(&argv, &Disk, cluster);
    eprint!("{}{}", output.stdout, output.stderr);
}

/// The object that `KIND/NAME` means; of several whose names begin so the first.
fn find(api: &ApiServer, object: &str, namespace: &str) -> Result<ObjectRef, String> {
    let (kind, name) = object
        .split_once('/')
        .ok_or_else(|| format!("'{object}' is not KIND/NAME, such as deployment/web"))?;
    let known = api.kind_named(kind).ok_or_else(|| {
        let names = api.kinds().flat_map(|known| [known.plural(), known.singular()]);
        format!("there is no kind \"{kind}\"{}", meant(closest(kind, names)))
    })?;
    let namespace = if known.namespaced() { namespace } else { "" };
    let names: Vec<&str> = names(api, known, namespace).collect();
    let exact = names.iter().find(|known| **known == name);
    let begins = || names.iter().find(|known| !name.is_empty() && known.starts_with(name));
    // What is gone still has its history.
    Ok(ObjectRef::new(known.name(), namespace, exact.or_else(begins).map_or(name, |name| name)))
}

fn names<'a>(api: &'a ApiServer, kind: Kind, namespace: &'a str) -> impl Iterator<Item = &'a str> {
    let all = api.objects(kind).map(|object| object.metadata());
    all.filter(move |meta| *meta.namespace == *namespace).map(|meta| &*meta.name)
}

fn meant(name: Option<&str>) -> String {
    name.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}

/// Why nothing can be told of an object: it was never there; perhaps another was meant.
fn unknown(api: &ApiServer, id: &ObjectRef) -> String {
    let what = format!("{}/{}", id.kind, id.name);
    let Some(kind) = api.kind_named(&id.kind) else { return format!("there is no {what}") };
    let elsewhere = api.objects(kind).map(|it| it.metadata()).find(|meta| *meta.name == *id.name);
    match elsewhere {
        Some(meta) if !meta.namespace.is_empty() => {
            format!(
                "there is no {what} in namespace {}, but in {namespace}: -n {namespace}",
                id.namespace,
                namespace = meta.namespace
            )
        }
        _ => format!("there is no {what}{}", meant(closest(&id.name, names(api, kind, &id.namespace)))),
    }
}

/// A field that the object has, or once had.
fn is_known(cluster: &Cluster, id: &ObjectRef, field: &str) -> Result<(), String> {
    let known = why::fields(cluster, id);
    let set = why::chain(cluster, id, Some(field)).is_none_or(|chain| !chain.links.is_empty());
    if set || known.iter().any(|path| path == field) {
        return Ok(());
    }
    let ending = format!(".{field}");
    let ends = known.iter().find(|path| path.ends_with(&ending)).map(String::as_str);
    let near = ends.or_else(|| closest(field, known.iter().map(String::as_str)));
    Err(format!("{}/{} has no field \"{field}\"{}", id.kind, id.name, meant(near)))
}
