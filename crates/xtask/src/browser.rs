//! The browser that end-to-end tests drive.

use crate::shell::{Result, command, find, output};
use crate::tools::apt_install;
use std::path::PathBuf;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Where Chromium is, after installing it where that is possible. `ORRERY_CHROMIUM` overrides the search.
pub fn chromium() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("ORRERY_CHROMIUM") {
        return Ok(chosen.into());
    }
    if let Some(found) = search() {
        korean_font();
        return Ok(found);
    }
    apt_install(&["chromium", "fonts-liberation", "fonts-noto-cjk"])
        .map_err(|why| format!("no Chromium (set ORRERY_CHROMIUM if it stands elsewhere): {why}"))?;
    search().ok_or_else(|| "no Chromium, although apt-get installed one".to_owned())
}

fn search() -> Option<PathBuf> {
    NAMES.into_iter().find_map(find)
}

/// Screenshots of the Korean page are blank without one. The tests pass without it: worth a line, not a failure.
fn korean_font() {
    let missing = output(command("fc-list").arg(":lang=ko")).is_some_and(|fonts| fonts.trim().is_empty());
    if missing && let Err(why) = apt_install(&["fonts-noto-cjk"]) {
        println!("screenshots will lack Korean letters: {why}");
    }
}
