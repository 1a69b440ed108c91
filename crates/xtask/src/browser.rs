//! The browsers that end-to-end tests drive.

use crate::shell::{Result, command, find, output};
use crate::tools::apt_install;
use std::path::PathBuf;

/// A browser as it is found, or installed.
pub struct Browser {
    /// The variable that names one that stands elsewhere; the tests find it there.
    pub variable: &'static str,
    names: &'static [&'static str],
    package: &'static str,
}

/// The one in which everything is tested.
pub const CHROMIUM: Browser = Browser {
    variable: "ORRERY_CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    package: "chromium",
};

/// The other one, in which the same link has to be the same run.
pub const FIREFOX: Browser =
    Browser { variable: "ORRERY_FIREFOX", names: &["firefox", "firefox-esr"], package: "firefox-esr" };

impl Browser {
    /// Where it is, after installing it where that is possible.
    pub fn path(&self) -> Result<PathBuf> {
        if let Some(chosen) = std::env::var_os(self.variable) {
            return Ok(chosen.into());
        }
        let search = || self.names.iter().find_map(|name| find(name));
        if let Some(found) = search() {
            korean_font();
            return Ok(found);
        }
        let Browser { variable, package, .. } = self;
        apt_install(&[*package, "fonts-liberation", "fonts-noto-cjk"])
            .map_err(|why| format!("no {package} (set {variable} if it stands elsewhere): {why}"))?;
        search().ok_or_else(|| format!("no {package}, although apt-get installed one"))
    }
}

/// Screenshots of the Korean page are blank without one. The tests pass without it: worth a line, not a failure.
fn korean_font() {
    let missing = output(command("fc-list").arg(":lang=ko")).is_some_and(|fonts| fonts.trim().is_empty());
    if missing && let Err(why) = apt_install(&["fonts-noto-cjk"]) {
        println!("screenshots will lack Korean letters: {why}");
    }
}
