//! `cargo xtask test`: every check of the project in order, and one last line that adds them up.

use crate::shell::{Result, command, root, say, stream};
use crate::{args, browser, dist, tools};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Instant;

/// Checks that passed and failed, and of those that passed, how many only when they were tried again.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Tally {
    passed: u32,
    failed: u32,
    again: u32,
}

/// More files than this that fail in a browser are no accident of a busy machine.
const TRIED_AGAIN: usize = 3;

struct Step {
    name: &'static str,
    says: &'static str,
    /// A step that has to succeed first, if it runs at all.
    after: Option<&'static str>,
    run: fn() -> Result<Tally>,
}

const STEPS: [Step; 7] = [
    Step { name: "fmt", says: "sources are formatted", after: None, run: fmt },
    Step { name: "clippy", says: "the native crates have no warnings", after: None, run: clippy },
    Step { name: "clippy-web", says: "the page has no warnings", after: None, run: clippy_web },
    Step { name: "native", says: "tests on this machine", after: None, run: native },
    Step { name: "wasm", says: "the engine does the same in WebAssembly", after: None, run: wasm },
    Step { name: "dist", says: "the site builds and keeps its size budget", after: None, run: dist },
    Step {
        name: "browser",
        says: "the built site, in Chromium and Firefox",
        after: Some("dist"),
        run: browser_tests,
    },
];

/// Runs all steps, or those named by `--only` (commas between several), and tells whether all passed.
/// The last line printed is `N passed, N failed`, for programs that read along.
pub fn run(words: &[String]) -> Result<bool> {
    let mut words = words.to_vec();
    if args::flag(&mut words, "--list") {
        STEPS.iter().for_each(|step| println!("{:<11} {}", step.name, step.says));
        return Ok(true);
    }
    let only = args::value(&mut words, "--only")?;
    args::none(&words)?;
    let steps = chosen(only.as_deref())?;

    let mut total = Tally::default();
    let mut lines = Vec::new();
    let mut broken = Vec::new();
    for step in steps {
        let line = if step.after.is_some_and(|name| broken.contains(&name)) {
            format!("skipped  {:<11} it needs a step that failed", step.name)
        } else {
            let (tally, line) = timed(step);
            total = total.plus(tally);
            if tally.failed > 0 {
                broken.push(step.name);
            }
            line
        };
        lines.push(line);
    }
    println!("\nsummary");
    lines.iter().for_each(|line| println!("  {line}"));
    println!("\n{total}");
    Ok(broken.is_empty())
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static Step>> {
    let Some(names) = only else {
        return Ok(STEPS.iter().collect());
    };
    names
        .split(',')
        .map(|name| STEPS.iter().find(|step| step.name == name))
        .collect::<Option<_>>()
        .ok_or_else(|| format!("no step `{names}`; `cargo xtask test --list` lists them"))
}

/// Runs one step. A step that breaks before it could count anything counts as one failure.
#[allow(
    clippy::disallowed_methods,
    reason = "this tells a person how long they waited; the engine is not involved"
)]
fn timed(step: &Step) -> (Tally, String) {
    println!();
    say(&format!("{}: {}", step.name, step.says));
    let start = Instant::now();
    let (tally, why) = match (step.run)() {
        Ok(tally) => (tally, String::new()),
        Err(why) => (Tally::failed(1), format!(": {why}")),
    };
    let word = if tally.failed == 0 { "ok" } else { "FAILED" };
    let seconds = start.elapsed().as_secs();
    let again = match tally.again {
        0 => String::new(),
        again => format!(", {again} at the second try"),
    };
    let line = format!("{word:<8} {:<11} {tally} in {seconds} s{again}{why}", step.name);
    say(&line);
    (tally, line)
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Tally {
    const fn passed(passed: u32) -> Tally {
        Tally { passed, failed: 0, again: 0 }
    }

    const fn failed(failed: u32) -> Tally {
        Tally { passed: 0, failed, again: 0 }
    }

    fn plus(self, other: Tally) -> Tally {
        Tally {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            again: self.again + other.again,
        }
    }

    /// What it comes to when the files of all that failed were run a second time.
    fn retried(self, second: Tally) -> Tally {
        let again = self.failed.saturating_sub(second.failed);
        Tally { passed: self.passed + again, failed: second.failed, again }
    }

    /// What a program amounts to when it counts tests itself: its own count, but never none and never a silent failure.
    fn settled(self, success: bool) -> Tally {
        match (success, self) {
            (true, Tally { passed: 0, failed: 0, .. }) => Tally::failed(1),
            (false, Tally { failed: 0, .. }) => Tally { failed: 1, ..self },
            _ => self,
        }
    }
}

/// A program that counts as one check.
fn check(mut command: Command) -> Result<Tally> {
    let success = stream(&mut command, |_| ())?;
    Ok(if success { Tally::passed(1) } else { Tally::failed(1) })
}

/// A program that counts its tests itself, in lines that `read` understands.
fn count(mut command: Command, read: fn(&str) -> Option<Tally>) -> Result<Tally> {
    let mut tally = Tally::default();
    let success = stream(&mut command, |line| tally = tally.plus(read(line).unwrap_or_default()))?;
    Ok(tally.settled(success))
}

fn cargo(words: &str) -> Command {
    let mut cargo = command("cargo");
    cargo.args(words.split(' '));
    cargo
}

fn fmt() -> Result<Tally> {
    check(cargo("fmt --all --check"))
}

fn clippy() -> Result<Tally> {
    check(cargo("clippy --quiet --workspace --exclude orrery-web --all-targets -- -D warnings"))
}

fn clippy_web() -> Result<Tally> {
    tools::wasm_target()?;
    check(cargo("clippy --quiet -p orrery-web --target wasm32-unknown-unknown --all-targets -- -D warnings"))
}

fn native() -> Result<Tally> {
    count(cargo("test --workspace --exclude orrery-web --no-fail-fast"), libtest)
}

fn wasm() -> Result<Tally> {
    tools::wasm_target()?;
    tools::node()?;
    tools::wasm_bindgen()?;
    let mut test = cargo("test -p orrery-wasm-tests --target wasm32-unknown-unknown");
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    count(test, libtest)
}

fn dist() -> Result<Tally> {
    dist::publish(&[]).map(|()| Tally::passed(1))
}

/// A test that fails in a browser is tried once more, with its file: a machine that has other things to do can keep a
/// browser from answering. The summary says so, for a test that needs it often has to be mended.
fn browser_tests() -> Result<Tally> {
    tools::npm_packages()?;
    if !dist::dir().join("index.html").is_file() {
        return Err("there is no dist/index.html; `cargo xtask dist` builds it".to_owned());
    }
    let mut failed = BTreeSet::new();
    let first = in_browsers(&browser_files()?, |line| failed.extend(failed_file(line)))?;
    if failed.is_empty() || failed.len() > TRIED_AGAIN {
        return Ok(first);
    }
    let failed: Vec<_> = failed.into_iter().collect();
    say(&format!("browser: a second try of {}", failed.join(", ")));
    Ok(first.retried(in_browsers(&failed, |_| ())?))
}

fn in_browsers(files: &[String], mut note: impl FnMut(&str)) -> Result<Tally> {
    let mut node = command("node");
    node.args(["--test", "--test-reporter=spec"]).args(files);
    for browser in [browser::CHROMIUM, browser::FIREFOX] {
        node.env(browser.variable, browser.path()?);
    }
    let mut tally = Tally::default();
    let success = stream(&mut node, |line| {
        note(line);
        tally = tally.plus(node_test(line).unwrap_or_default());
    })?;
    Ok(tally.settled(success))
}

fn browser_files() -> Result<Vec<String>> {
    let dir = "tests/browser";
    let entries = fs::read_dir(root().join(dir)).map_err(|why| format!("{dir}: {why}"))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut files: Vec<_> =
        names.filter(|name| name.ends_with(".test.mjs")).map(|name| format!("{dir}/{name}")).collect();
    files.sort();
    Ok(files)
}

/// `test result: ok. 3 passed; 0 failed; ...`, printed by Rust's and by wasm-bindgen's test runner.
fn libtest(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |what: &str| -> Option<u32> {
        let part = counts.split("; ").find_map(|part| part.strip_suffix(what))?;
        part.trim().parse().ok()
    };
    Some(Tally { passed: number("passed")?, failed: number("failed")?, again: 0 })
}

/// `test at tests/browser/links.test.mjs:41:1`, which Node's test runner prints above a failure that it tells in full.
fn failed_file(line: &str) -> Option<String> {
    let place = line.strip_prefix("test at ")?;
    place.split_once(".mjs:").map(|(file, _)| format!("{file}.mjs"))
}

/// `ℹ pass 3`, or `# pass 3` in another format: the closing lines of Node's test runner. A cancelled test did not pass.
fn node_test(line: &str) -> Option<Tally> {
    let mut words = line.split_whitespace();
    let (_, word, number) =
        (words.next().filter(|mark| ["ℹ", "#"].contains(mark))?, words.next()?, words.next()?);
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Tally::passed(number)),
        "fail" | "cancelled" => Some(Tally::failed(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tally(passed: u32, failed: u32) -> Tally {
        Tally { passed, failed, again: 0 }
    }

    #[test]
    fn what_fails_in_a_browser_may_pass_at_the_second_try() {
        let first = tally(144, 2);
        assert_eq!(first.retried(tally(11, 0)), Tally { passed: 146, failed: 0, again: 2 });
        assert_eq!(first.retried(tally(10, 1)), Tally { passed: 145, failed: 1, again: 1 });
        assert_eq!(first.retried(tally(9, 2)), first);
        assert_eq!(first.retried(tally(0, 0).settled(false)).failed, 1);
        let file = failed_file("test at tests/browser/page-rest.test.mjs:41:1");
        assert_eq!(file.as_deref(), Some("tests/browser/page-rest.test.mjs"));
        assert_eq!(failed_file("\u{2716} without the second file"), None);
    }

    #[test]
    fn test_counts_are_read_from_what_the_runners_print() {
        type Read = fn(&str) -> Option<Tally>;
        let rows: [(&str, Read, &str, Option<Tally>); 7] = [
            (
                "libtest that passed",
                libtest,
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                Some(tally(12, 0)),
            ),
            (
                "libtest that failed",
                libtest,
                "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                Some(tally(3, 2)),
            ),
            ("a single test", libtest, "test parity ... ok", None),
            ("node's spec reporter", node_test, "ℹ pass 4", Some(tally(4, 0))),
            ("node's tap reporter", node_test, "# fail 2", Some(tally(0, 2))),
            ("a cancelled test", node_test, "ℹ cancelled 1", Some(tally(0, 1))),
            ("node's other numbers", node_test, "ℹ duration_ms 1234", None),
        ];
        for (row, read, line, want) in rows {
            assert_eq!(read(line), want, "{row}");
        }
    }

    #[test]
    fn nothing_run_and_a_failure_that_nobody_counted_are_failures() {
        assert_eq!(tally(0, 0).settled(true), tally(0, 1));
        assert_eq!(tally(5, 0).settled(false), tally(5, 1));
        assert_eq!(tally(5, 2).settled(false), tally(5, 2));
        assert_eq!(tally(5, 0).settled(true), tally(5, 0));
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let names = |only| chosen(only).map(|steps| steps.iter().map(|step| step.name).collect::<Vec<_>>());
        assert_eq!(names(Some("wasm,fmt")), Ok(vec!["wasm", "fmt"]));
        assert_eq!(names(None).map(|steps| steps.len()), Ok(STEPS.len()));
        assert!(names(Some("nonsense")).is_err());
    }
}
