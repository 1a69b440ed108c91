//! Every scenario is run and compared with what a real 1.32 control plane did.
//!
//! `tests/conformance/equal.json` holds how many checks of each scenario are equal. A scenario that
//! gets worse fails; one that gets better fails too, until the file says so (`UPDATE_EQUAL=1`), so
//! that nothing gets lost again.

mod compare;
mod normal;
mod recording;
mod rollout;
mod scrub;

use compare::{Verdict, compare};
use libtest_mimic::{Arguments, Failed, Trial};
use orrery_cli::{run, scenario};
use orrery_scenario::Scenario;
use recording::Recording;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

type Equal = BTreeMap<String, (usize, usize)>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

fn names() -> Vec<String> {
    let files =
        std::fs::read_dir(folder().join("recordings")).expect("the recordings are part of the project");
    let mut names: Vec<String> = files
        .filter_map(|f| f.ok()?.file_name().into_string().ok())
        .filter_map(|f| f.strip_suffix(".json.gz").map(String::from))
        .collect();
    names.sort();
    names
}

/// The scenario file whose `name` is that of the recording.
fn scenario_called(name: &str) -> Scenario {
    let prefix = name.split('-').next().expect("a name has a first word");
    let files = std::fs::read_dir(folder().join("scenarios")).expect("the scenarios are part of the project");
    let file = files
        .filter_map(|f| Some(f.ok()?.path()))
        .find(|p| p.file_name().is_some_and(|f| f.to_string_lossy().starts_with(&format!("{prefix}-"))))
        .unwrap_or_else(|| panic!("there is a scenario for {name}"));
    scenario::read(&file).unwrap_or_else(|e| panic!("{e}"))
}

fn judge(name: &str) -> Verdict {
    let ours = run::play(&scenario_called(name), &run::Hardware::default()).expect("the hardware is valid");
    let real = recording::load(&folder().join(format!("recordings/{name}.json.gz")));
    compare(name, &Recording::new(real), &Recording::new(ours), &noise())
}

/// The checks on which the real thing disagrees with itself.
fn noise() -> Vec<(String, String, String)> {
    let text =
        std::fs::read_to_string(folder().join("recordings/noise.json")).expect("the noise is recorded");
    serde_json::from_str(&text).expect("a list of scenario, step and check")
}

fn expected() -> Equal {
    let text = std::fs::read_to_string(folder().join("equal.json")).unwrap_or_else(|_| "{}".into());
    serde_json::from_str(&text).expect("a map of scenario to equal and total")
}

fn check(name: &str, expected: Option<(usize, usize)>) -> Result<(), Failed> {
    let verdict = judge(name);
    let got = (verdict.equal, verdict.total);
    if expected == Some(got) {
        return Ok(());
    }
    let shown: Vec<&str> = verdict.differences.iter().take(40).map(String::as_str).collect();
    Err(format!("{name}: {got:?} equal, expected {expected:?}\n{}", shown.join("\n")).into())
}

fn update() {
    let verdicts: Equal =
        names().into_iter().map(|n| (judge(&n), n)).map(|(v, n)| (n, (v.equal, v.total))).collect();
    let lines: Vec<String> =
        verdicts.iter().map(|(n, (e, t))| format!("  {}: [{e}, {t}]", Value::from(n.as_str()))).collect();
    let text = format!("{{\n{}\n}}\n", lines.join(",\n"));
    std::fs::write(folder().join("equal.json"), text).expect("the file can be written");
    let (equal, total) = verdicts.values().fold((0, 0), |(e, t), v| (e + v.0, t + v.1));
    println!("equal {equal}/{total}");
}

fn main() {
    if std::env::var_os("UPDATE_EQUAL").is_some() {
        update();
        return;
    }
    let args = Arguments::from_args();
    let expected = Arc::new(expected());
    let mut trials: Vec<Trial> = names()
        .into_iter()
        .map(|name| {
            let expected = expected.clone();
            let title = name.clone();
            Trial::test(title, move || check(&name, expected.get(&name).copied()))
        })
        .collect();
    trials.push(Trial::test("a difference is seen", compare::tests::a_difference_is_seen));
    libtest_mimic::run(&args, trials).exit();
}
