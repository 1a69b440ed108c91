//! `orrery apply`: manifests in, what became of them out.

use crate::files::Disk;
use clap::{Args, ValueEnum};
use orrery_api::Kind;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, SchedulerSettings, Settle};
use orrery_sim::Duration;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to apply, and on which cluster.
#[derive(Args)]
pub struct Options {
    /// Manifest files; `-` is standard input.
    #[arg(short = 'f', long = "filename", required = true)]
    files: Vec<String>,
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// How long to let the cluster work: `settled`, or a duration such as `90s` or `5m`.
    #[arg(long, default_value = "settled")]
    until: String,
    /// How to print the objects.
    #[arg(short, long, value_enum, default_value_t = Format::Wide)]
    output: Format,
    /// The seed of the run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A file with a KubeSchedulerConfiguration.
    #[arg(long)]
    scheduler_config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Wide,
    Yaml,
}

impl Format {
    fn flag(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Wide => "wide",
            Format::Yaml => "yaml",
        }
    }
}

/// Applies, waits, prints.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let mut config = Config::lively(options.nodes);
    config.seed = options.seed;
    if let Some(path) = &options.scheduler_config {
        config.scheduler = scheduler(path).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let mut cluster = Cluster::new(config);
    cluster.settle(Settle::default());
    let mut argv = vec!["apply".to_string()];
    argv.extend(options.files.iter().flat_map(|f| ["-f".into(), f.clone()]));
    let applied = orrery_kubectl::run(&argv, &Disk, &mut cluster);
    eprint!("{}{}", applied.stdout, applied.stderr);
    match options.until.as_str() {
        "settled" => {
            cluster.settle(Settle::default());
        }
        text => cluster.pass(duration(text)?),
    }
    print(&mut cluster, options.output);
    Ok(if applied.code == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a file tells the scheduler.
fn scheduler(path: &Path) -> Result<SchedulerSettings, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    SchedulerSettings::read(&serde_yaml::from_str(&text).map_err(|e| e.to_string())?)
}

/// `90s`, `5m`, `1h`, `44.370s`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        _ => return Err(format!("'{text}' is not a duration such as 90s, 5m or 1h, nor 'settled'")),
    };
    let (whole, part) = text[..text.len() - 1].split_once('.').unwrap_or((&text[..text.len() - 1], "0"));
    let digits = |part: &str| part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit());
    let number = whole.parse::<u64>().ok().filter(|_| digits(part));
    let nanos = number.and_then(|number| {
        number.checked_mul(1_000_000_000)?.checked_add(format!("{part:0<9}").parse().ok()?)
    });
    let nanos = nanos.and_then(|nanos| nanos.checked_mul(unit));
    nanos.map(Duration::from_nanos).ok_or_else(|| format!("'{text}' is not a duration"))
}

/// Prints the kinds that a person asks for first, of all namespaces but the system's.
fn print(cluster: &mut Cluster, format: Format) {
    let system = |ns: &str| ns.starts_with("kube-");
    let shown = [
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::Pod,
        Kind::Service,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
    ];
    let kinds: Vec<&str> =
        shown.iter().filter(|k| cluster.api().count(**k) > 0).map(|k| k.plural()).collect();
    let namespaces: BTreeSet<String> = shown
        .iter()
        .flat_map(|k| cluster.api().objects(*k))
        .map(|o| o.metadata().namespace.to_string())
        .filter(|ns| !ns.is_empty() && !system(ns))
        .collect();
    for namespace in namespaces {
        let argv = ["get", &kinds.join(","), "-n", &namespace, "-o", format.flag()].map(String::from);
        let output = orrery_kubectl::run(&argv, &Disk, cluster);
        println!("{}", output.stdout.trim_end());
    }
}
