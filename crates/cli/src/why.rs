//! `orrery why`: manifests in, why an object is as it is out.

use crate::apply::duration;
use crate::files::Disk;
use clap::Args;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, Settle};
use orrery_view::scene::ObjectRef;
use orrery_view::why;
use std::process::ExitCode;

/// What to ask, and of which cluster.
#[derive(Args)]
pub struct Options {
    /// The object, as `KIND/NAME`; a name may be the beginning of one.
    object: String,
    /// Manifest files; `-` is standard input.
    #[arg(short = 'f', long = "filename", required = true)]
    files: Vec<String>,
    /// One field, such as `spec.replicas`.
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
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// The seed of the run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Applies, runs, waits, explains.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let mut cluster = Cluster::new(Config { seed: options.seed, ..Config::lively(options.nodes) });
    cluster.settle(Settle::default());
    let files: Vec<String> = options.files.iter().map(|file| format!("-f {file}")).collect();
    kubectl(&mut cluster, &format!("apply {}", files.join(" ")));
    for line in &options.then {
        cluster.settle(Settle::default());
        kubectl(&mut cluster, line.strip_prefix("kubectl ").unwrap_or(line));
    }
    match options.until.as_str() {
        "settled" => drop(cluster.settle(Settle::default())),
        text => cluster.pass(duration(text)?),
    }
    let id = find(&cluster, &options.object, &options.namespace)?;
    let text = why::text(&cluster, &id, options.field.as_deref());
    print!("{}", text.ok_or_else(|| format!("nothing is known of {}", options.object))?);
    Ok(ExitCode::SUCCESS)
}

fn kubectl(cluster: &mut Cluster, line: &str) {
    let argv: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let output = orrery_kubectl::run(&argv, &Disk, cluster);
    eprint!("{}{}", output.stdout, output.stderr);
}

/// The object that `KIND/NAME` means; of several whose names begin so the first.
fn find(cluster: &Cluster, object: &str, namespace: &str) -> Result<ObjectRef, String> {
    let (kind, name) = object.split_once('/').ok_or_else(|| format!("'{object}' is not KIND/NAME"))?;
    let api = cluster.api();
    let known = api.kind_named(kind).ok_or_else(|| format!("there is no kind {kind}"))?;
    let namespace = if known.namespaced() { namespace } else { "" };
    let here =
        api.objects(known).map(|object| object.metadata()).filter(|meta| *meta.namespace == *namespace);
    let names: Vec<_> = here.map(|meta| meta.name.clone()).collect();
    let exact = names.iter().find(|known| ***known == *name);
    let meant = exact.or_else(|| names.iter().find(|known| known.starts_with(name)));
    // What is gone still has its history.
    Ok(ObjectRef::new(known.name(), namespace, meant.map_or(name, |name| name)))
}
