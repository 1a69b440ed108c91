//! `orrery link`: manifests or a saved run become a link, and a link becomes a saved run.

use clap::Args;
use orrery_share::{Action, File, Link, Step, decode, encode, open, save};
use std::path::Path;
use std::process::ExitCode;

/// What to turn into what.
#[derive(Args)]
pub struct Options {
    /// Files with manifests or with a saved run; or links, which are printed as saved runs.
    #[arg(required = true)]
    given: Vec<String>,
    /// Tell how many characters each link has instead.
    #[arg(long)]
    lengths: bool,
}

/// Nodes and seed of a run that is made of manifests alone, as on the page.
const NODES: u32 = 3;
const SEED: u64 = 1;

/// Prints links, their lengths, or runs.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    for given in &options.given {
        let link = self::given(given)?;
        if options.lengths {
            println!("{:6}  {given}", encode(&link).len());
        } else if Path::new(given).is_file() {
            println!("#{}", encode(&link));
        } else {
            print!("{}", save(&link));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The run of what is given: of a file, or of a link.
pub fn given(given: &str) -> Result<Link, String> {
    let path = Path::new(given);
    let link = if path.is_file() { read(path) } else { fragment(given) };
    link.map_err(|why| format!("{given}: {why}"))
}

/// The run of a whole address, or of what is behind its `#`.
fn fragment(address: &str) -> Result<Link, String> {
    let fragment = address.split_once('#').map_or(address, |(_, fragment)| fragment);
    decode(fragment).map_err(|damage| damage.to_string())
}

/// A saved run, or the run in which these manifests are applied at the start.
pub fn read(path: &Path) -> Result<Link, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if path.extension().is_some_and(|end| end == "json") {
        return open(&text).map_err(|damage| damage.to_string());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let apply = Step { at: 0, action: Action::Apply { text: text.clone() } };
    let files = vec![File { name, text }];
    Ok(Link { files, steps: vec![apply], seed: SEED, nodes: NODES, speed: 1.0, ..Link::default() })
}
