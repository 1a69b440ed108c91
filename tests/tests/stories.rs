//! Every scenario of the gallery is played to its end: what it expects holds, it is told in both languages, and what it is
//! about is shown.

use libtest_mimic::{Arguments, Failed, Trial};
use orrery_cli::{scenario, test};
use std::path::{Path, PathBuf};

/// A story is told in so many captions: enough to say something, few enough for a talk.
const STORY: std::ops::RangeInclusive<usize> = 4..=10;
/// What is there to be tried says in so many what to look at, and begins with its manifests.
const EXAMPLE: std::ops::RangeInclusive<usize> = 1..=3;

fn check(path: &Path) -> Result<(), Failed> {
    let story = scenario::read(path)?;
    if path.file_stem().is_none_or(|stem| *stem != *story.name) {
        return Err(format!("{} is called {}", path.display(), story.name).into());
    }
    let told = [&story.title, &story.summary].into_iter().flatten().count();
    let captions: Vec<_> = story.steps.iter().filter_map(|step| step.caption.as_ref()).collect();
    let example = EXAMPLE.contains(&captions.len()) && story.manifests().is_some();
    if told < 2 || !(example || STORY.contains(&captions.len())) {
        return Err(format!("{} has {} captions", story.name, captions.len()).into());
    }
    if let Some(plain) = captions.iter().find(|caption| caption.ko.is_ascii() || caption.ko == caption.en) {
        return Err(format!("not in Korean: {}", plain.ko).into());
    }
    if story.steps.iter().all(|step| step.highlight.is_empty() && step.select.is_none()) {
        return Err(format!("{} shows nothing", story.name).into());
    }
    if story.steps.iter().all(|step| step.expect.is_empty()) {
        return Err(format!("{} expects nothing", story.name).into());
    }
    match test::report(path)? {
        (_, true) => Ok(()),
        (report, false) => Err(report.into()),
    }
}

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/assets/gallery");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&root)
        .expect("the gallery is part of the project")
        .filter_map(|file| Some(file.ok()?.path()))
        .collect();
    files.sort();
    let trial = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&path))
    };
    libtest_mimic::run(&args, files.into_iter().map(trial).collect()).exit();
}
