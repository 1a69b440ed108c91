//! Scenarios as directories: `transcript` holds what a person types and what the cluster answers.
//!
//! Lines that begin with `$ ` are typed: `$ kubectl …` (files of the directory, or else what an example of the gallery
//! begins with, by `-f NAME`), `$ docker …`, `$ curl …` (from outside),
//! `$ wait 30s`, `$ wait settled`, `$ add node`, `$ stop NODE` (the power), `$ stop kubelet NODE`, `$ start NODE`
//! (both), `$ cut NODE` (the network), `$ join NODE`, `$ remove NODE`, `$ kill POD CONTAINER`,
//! `$ use memory NODE` (or disk, or pids), `$ relieve NODE`, `$ load NAME RATE from ORIGIN to URL`, `$ stop load NAME`,
//! `$ loads`, `$ request URL from ORIGIN`,
//! `$ cluster node group NAME MIN MAX` (begins anew with machines of two cores and 4Gi). Everything between is what was printed.
//! `UPDATE_TRANSCRIPTS=1` writes what is printed now; read the difference before it is kept.

use libtest_mimic::{Arguments, Failed, Trial};
use orrery_apimachinery::Quantity;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, Load, NodeGroup, Settle, Strain, Topology};
use orrery_kubectl::Files;
use orrery_sim::Duration;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The files of one directory, and the manifests of the gallery.
struct Folder(PathBuf);

/// Where the gallery lies.
const GALLERY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/assets/gallery");

impl Files for Folder {
    fn read(&self, name: &str) -> Option<String> {
        let example = || {
            let scenario = orrery_cli::scenario::read(&Path::new(GALLERY).join(name)).ok()?;
            scenario.manifests().map(str::to_owned)
        };
        std::fs::read_to_string(self.0.join(name)).ok().or_else(example)
    }

    fn help(&self) -> Option<&str> {
        Some(orrery_kubectl::HELP)
    }
}

/// The words of a line; quotation marks around a word, or around what follows its `=`, keep blanks within it. Those
/// inside a word, as JSON has them, are part of it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        let word = words.last_mut().expect("there is always one");
        match c {
            '"' if quoted => quoted = false,
            '"' if word.is_empty() || word.ends_with('=') => quoted = true,
            ' ' if !quoted => words.push(String::new()),
            c => word.push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What one typed line prints.
fn answer(line: &str, folder: &Folder, cluster: &mut Cluster) -> String {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let node = |ok: bool| if ok { String::new() } else { "no such node\n".into() };
    match words.as_slice() {
        ["kubectl", argv @ ..] | argv @ ["curl" | "docker" | "hey" | "kind" | "minikube", ..] => {
            let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
            let output = orrery_workstation::run(&argv, folder, cluster);
            let code =
                if output.code == 0 { String::new() } else { format!("[exit code {}]\n", output.code) };
            format!("{}{}{code}", output.stdout, output.stderr)
        }
        ["wait", "settled"] => match cluster.settle(Settle::default()) {
            true => String::new(),
            false => "[still busy]\n".into(),
        },
        ["wait", seconds] => {
            let number = seconds.trim_end_matches('s').parse().expect("a wait is a number of seconds");
            cluster.pass(Duration::from_secs(number));
            String::new()
        }
        ["stop", "kubelet", name] => node(cluster.stop_kubelet(name)),
        ["load", name, rate, "from", from, "to", url] => {
            let rate: u64 = rate.parse().expect("a rate is a number of requests in a second");
            let from = from.parse().expect("somewhere to send from");
            cluster.set_load(Load::new(name, from, url, rate * 1_000));
            String::new()
        }
        ["stop", "load", name] => {
            cluster.stop_load(name);
            cluster.load(name).map(|status| status.to_string()).unwrap_or_default()
        }
        ["loads"] => cluster.loads().iter().map(ToString::to_string).collect(),
        ["request", url, "from", from] => {
            cluster.request(&from.parse().expect("somewhere to send from"), url).to_string()
        }
        ["kill", pod, container] => match cluster.kill_container("default", pod, container) {
            true => String::new(),
            false => "no such container\n".into(),
        },
        ["use", what, name] => {
            let strain = Strain::named(what).expect("memory, disk or pids");
            node(cluster.strain_node(name, strain))
        }
        ["relieve", name] => node(cluster.relieve_node(name)),
        ["etcdctl", argv @ ..] => {
            let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
            let output = cluster.etcdctl(&argv);
            format!("{}{}", output.stdout, output.stderr)
        }
        ["cluster", "node", "group", name, min, max] => {
            let size = |word: &str| word.parse().expect("a size is a number");
            let group = NodeGroup {
                name: (*name).into(),
                min_size: size(min),
                max_size: size(max),
                target_size: size(min),
                cpu: Quantity::from_units(2),
                memory: Quantity::from_bytes(4 << 30),
                labels: Default::default(),
                taints: Vec::new(),
            };
            *cluster = Cluster::new(Config::lively(1).with_node_groups(vec![group]));
            cluster.settle(Settle::default());
            String::new()
        }
        ["cluster", "all-in-one"] => begin(cluster, 1, Topology::all_in_one()),
        ["cluster", etcd, "etcd", planes, "control", "planes"] => {
            let count = |word: &str| word.parse().expect("a count is a number");
            begin(cluster, 3, Topology::new(count(etcd), count(planes)))
        }
        ["remove", name] => node(cluster.remove_node(name)),
        ["cut", name] => node(cluster.cut(name)),
        ["join", name] => node(cluster.join(name)),
        ["stop", name] => node(cluster.stop(name)),
        ["start", name] => node(cluster.start(name)),
        ["kill", name] => node(cluster.kill(name)),
        ["lose", name] => node(cluster.lose(name)),
        ["add", "node"] => format!("{}\n", cluster.add_node()),
        _ => panic!("'{line}' is not a command of a transcript"),
    }
}

/// Begins anew with another control plane.
fn begin(cluster: &mut Cluster, nodes: usize, topology: Topology) -> String {
    *cluster = Cluster::new(Config::lively(nodes).with_topology(topology));
    cluster.settle(Settle::default());
    String::new()
}

/// Types every line of a transcript on a fresh cluster and returns the transcript as it is now.
fn replay(transcript: &str, folder: &Folder) -> String {
    let mut cluster = Cluster::new(Config::lively(3));
    cluster.settle(Settle::default());
    let mut now = String::new();
    for line in transcript.lines() {
        if let Some(typed) = line.strip_prefix("$ ") {
            // What HTTP ends its lines with is no text that a file keeps.
            let printed = answer(typed, folder, &mut cluster).replace('\r', "");
            write!(now, "$ {typed}\n{printed}").expect("a string takes everything");
        } else if line.starts_with('#') {
            writeln!(now, "{line}").expect("a string takes everything");
        }
    }
    now
}

fn check(folder: &Path) -> Result<(), Failed> {
    let path = folder.join("transcript");
    let expected = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let got = replay(&expected, &Folder(folder.into()));
    if got == expected {
        return Ok(());
    }
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        std::fs::write(&path, got).map_err(|e| e.to_string())?;
        return Ok(());
    }
    let first = expected.lines().zip(got.lines()).position(|(a, b)| a != b).unwrap_or(0);
    Err(format!("{} differs from line {}:\n{got}", path.display(), first + 1).into())
}

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&root)
        .expect("the scenarios are part of the project")
        .filter_map(|f| Some(f.ok()?.path()))
        .filter(|p| p.is_dir())
        .collect();
    folders.sort();
    let trials = folders
        .into_iter()
        .map(|f| {
            Trial::test(f.file_name().unwrap_or_default().to_string_lossy().into_owned(), move || check(&f))
        })
        .collect();
    libtest_mimic::run(&args, trials).exit();
}
