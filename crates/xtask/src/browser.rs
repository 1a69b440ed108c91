//! The browser that end-to-end tests drive.

use crate::shell::{Result, command, has, output};
use crate::tools::apt_install;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// The name or path of a Chromium, installed where that is possible. `ORRERY_CHROMIUM` overrides the search.
pub fn chromium() -> Result<String> {
    if let Ok(chosen) = std::env::var("ORRERY_CHROMIUM") {
        return Ok(chosen);
    }
    if let Some(found) = search() {
        korean_font();
        return Ok(found);
    }
    apt_install(&["chromium", "fonts-liberation", "fonts-noto-cjk"])
        .map_err(|why| format!("no Chromium (set ORRERY_CHROMIUM if it has another name): {why}"))?;
    search().ok_or_else(|| "no Chromium, although apt-get installed one".to_owned())
}

fn search() -> Option<String> {
    NAMES.into_iter().find(|name| has(name)).map(str::to_owned)
}

/// Screenshots of the Korean page are blank without one. The tests pass without it: worth a line, not a failure.
fn korean_font() {
    let missing = output(command("fc-list").arg(":lang=ko")).is_some_and(|fonts| fonts.trim().is_empty());
    if missing && let Err(why) = apt_install(&["fonts-noto-cjk"]) {
        println!("screenshots will lack Korean letters: {why}");
    }
}
