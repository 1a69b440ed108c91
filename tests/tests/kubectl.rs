//! What kubectl prints is compared with what the real one printed against the same state.
//!
//! `tests/kubectl/commands.json.gz` holds its answers, `equal.json` how many of ours are equal, section by section. A
//! section that gets worse fails; one that gets better fails too, until the file says so (`UPDATE_EQUAL=1`). Not all can
//! be equal: `unequal.txt` says of each command that differs why it does.

use orrery_kubectl::{Files, Output};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kubectl")
}

/// The files that some commands name.
struct Folder;

impl Files for Folder {
    fn read(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(folder().join(name)).ok()
    }

    fn schema(&self) -> Option<&orrery_schema::Schema> {
        Some(orrery_schema::Schema::compiled_in())
    }

    fn help(&self) -> Option<&str> {
        Some(orrery_kubectl::HELP)
    }
}

fn recorded() -> Vec<Value> {
    let bytes =
        std::fs::read(folder().join("commands.json.gz")).expect("the recordings are part of the project");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).expect("they are compressed");
    serde_json::from_str(&text).expect("they are a list of commands")
}

/// Takes out what is different each time: names at random, places of temporary files, addresses, dates of a diff.
struct Fold(Vec<(Regex, &'static str)>);

impl Fold {
    fn new() -> Fold {
        let rules = [
            ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
            (r"/tmp/(LIVE|MERGED)-\d+", "<tmp>/$1"),
            (r"https://127\.0\.0\.1:\d+", "<server>"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000", "<stamp>"),
            ("0xc[0-9a-f]{9}", "<pointer>"),
        ];
        Fold(rules.map(|(rule, to)| (Regex::new(rule).expect("it is a regular expression"), to)).into())
    }

    fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.into(), |text: String, (rule, to)| rule.replace_all(&text, *to).into_owned())
    }

    fn is_equal(&self, real: &Value, ours: &Output) -> bool {
        let same =
            |field: &str, text: &str| self.text(real[field].as_str().unwrap_or_default()) == self.text(text);
        real["rc"] == ours.code && same("stdout", &ours.stdout) && same("stderr", &ours.stderr)
    }
}

/// How many answers of each section are equal, of how many, and the commands of the others.
type Counts = BTreeMap<String, (usize, usize)>;

fn compare() -> (Counts, Vec<String>) {
    let (state, commands) = (folder().join("state.json.gz"), folder().join("commands.json.gz"));
    let answers =
        orrery_cli::kubectl::batch(&state, &commands, &Folder).expect("state and commands can be read");
    let (fold, mut counts, mut different) = (Fold::new(), Counts::new(), Vec::new());
    for (real, (_, ours)) in recorded().iter().zip(&answers) {
        if real.get("stdout").is_none() {
            continue;
        }
        let (equal, total) = counts.entry(real["section"].as_str().unwrap_or_default().into()).or_default();
        *total += 1;
        if fold.is_equal(real, ours) {
            *equal += 1;
        } else {
            let words = real["argv"].as_array().expect("a command has words").iter();
            different.push(words.filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
        }
    }
    (counts, different)
}

#[test]
fn as_many_answers_as_ever_are_equal_to_those_of_the_real_one() {
    let (counts, different) = compare();
    let file = folder().join("equal.json");
    if std::env::var_os("UPDATE_EQUAL").is_some() {
        let lines: Vec<String> =
            counts.iter().map(|(name, (e, t))| format!("  {name:?}: [{e}, {t}]")).collect();
        std::fs::write(&file, format!("{{\n{}\n}}\n", lines.join(",\n"))).expect("the file can be written");
    }
    let text = std::fs::read_to_string(&file).expect("the counts are part of the project");
    let expected: Counts = serde_json::from_str(&text).expect("a map of section to equal and total");
    assert_eq!(counts, expected, "different:\n{}", different.join("\n"));
    let reasons = std::fs::read_to_string(folder().join("unequal.txt")).expect("the reasons are there, too");
    let explained: Vec<&str> = reasons.lines().map(|line| line.split(" | ").next().unwrap_or(line)).collect();
    assert_eq!(different, explained);
}
