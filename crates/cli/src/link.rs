//! `orrery link`: manifests, a scenario or a saved run become a link, and a link becomes a saved run.

use clap::Args;
use orrery_scenario::Play;
use orrery_share::{Action, File, Link, Saved, Step, decode, encode, open, save};
use std::path::Path;
use std::process::ExitCode;

/// What to turn into what.
#[derive(Args)]
pub struct Options {
    /// Files with manifests, with a scenario or with a saved run; or links, which are printed as saved runs.
    #[arg(required = true)]
    given: Vec<String>,
    /// Tell how many characters each link has instead.
    #[arg(long)]
    lengths: bool,
    /// The branch of a saved run, counted from 1, instead of the one on which it stands: a link holds one.
    #[arg(long)]
    branch: Option<usize>,
}

/// Nodes and seed of a run that is made of manifests alone, as on the page.
const NODES: u32 = 3;
const SEED: u64 = 1;

/// Prints links, their lengths, or runs.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    for given in &options.given {
        let saved = self::given(given)?;
        let link = saved.link(branch(&saved, options.branch)?);
        if options.lengths {
            println!("{:6}  {given}", encode(&link).len());
        } else if Path::new(given).is_file() {
            println!("#{}", encode(&link));
        } else {
            print!("{}", save(&saved));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The number of the branch that is asked for, or on which a run stands.
pub fn branch(saved: &Saved, asked: Option<usize>) -> Result<usize, String> {
    let count = saved.branches.len();
    match asked {
        None => Ok(saved.branch),
        Some(number) if (1..=count).contains(&number) => Ok(number - 1),
        Some(number) => Err(format!("no branch {number}: there are {count}")),
    }
}

/// The run of what is given: of a file, or of a link.
pub fn given(given: &str) -> Result<Saved, String> {
    let path = Path::new(given);
    let saved = if path.is_file() { read(path) } else { fragment(given).map(Saved::from) };
    saved.map_err(|why| format!("{given}: {why}"))
}

/// The run of a whole address, or of what is behind its `#`.
fn fragment(address: &str) -> Result<Link, String> {
    let fragment = address.split_once('#').map_or(address, |(_, fragment)| fragment);
    decode(fragment).map_err(|damage| damage.to_string())
}

/// A saved run, the run that a scenario comes to, or the run in which these manifests are applied at the start.
pub fn read(path: &Path) -> Result<Saved, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if path.extension().is_some_and(|end| end == "json") {
        return open(&text).map_err(|damage| damage.to_string());
    }
    // No manifest has such a field.
    if text.lines().any(|line| line.starts_with("steps:")) {
        return played(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let apply = Step { at: 0, action: Action::Apply { text: text.clone() } };
    let files = vec![File { name, text }];
    let link = Link { files, steps: vec![apply], seed: SEED, nodes: NODES, speed: 1.0, ..Link::default() };
    Ok(Saved::from(link))
}

/// The run of a scenario that was played to its end, with the manifests that it applied last in the editor.
fn played(path: &Path) -> Result<Saved, String> {
    let mut play = Play::new(crate::scenario::read(path)?);
    let mut run = play.run()?;
    play.to_end(&mut run);
    let scenario = play.scenario();
    let applied = scenario.steps.iter().rev().find_map(|step| step.apply.as_deref());
    let file = |text: &str| File { name: format!("{}.yaml", scenario.name), text: text.into() };
    Ok(run.saved(applied.map(file).into_iter().collect(), 1.0))
}
