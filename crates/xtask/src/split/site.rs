//! The built site, after trunk: its program split, the glue told of both files, names and checksums made right again.

use super::profile::{Profile, noting};
use super::split;
use crate::shell::{Result, command, output, root, run, say};
use crate::{browser, tools};
use std::fs;
use std::path::{Path, PathBuf};

/// What the names of the program's files end with: the first module, wasm-bindgen's glue, the second module.
const WASM: &str = "_bg.wasm";
const GLUE: &str = ".js";
const REST: &str = "_rest.wasm";

/// What follows the glue.
const LOADER: &str = include_str!("rest.js");
/// Where the glue hands over imports and where it starts the program, and what stands there instead.
const HOOKS: [(&str, &str); 2] = [
    ("const imports = __wbg_get_imports();", "const imports = withRest(__wbg_get_imports());"),
    ("wasm.__wbindgen_start();", "wasm.__wbindgen_start();\n    restSoon();"),
];

/// SHA-384 as a page states it for what it loads.
const CHECKSUM: &str = "
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
console.log(createHash('sha384').update(readFileSync(process.argv[1])).digest('base64'));";

/// Splits the program of the site in `dist` by the profile; with `anew`, takes the profile first.
pub fn split_site(dist: &Path, anew: bool) -> Result<()> {
    let program = Program::of(dist)?;
    let wasm = program.read(WASM)?;
    if anew {
        take_profile(&program, &wasm)?;
    }
    let profile = Profile::read()?;
    let halves = split(&wasm, &profile)?;
    let (found, all) = profile.found(&wasm)?;
    say(&format!("split the program: it has {found} of the {all} names in the profile"));
    let glue = String::from_utf8(program.read(GLUE)?).map_err(|why| format!("the glue: {why}"))?;
    program.put(WASM, &halves.primary)?;
    program.put(GLUE, hooked(&glue)?.as_bytes())?;
    program.put(REST, &halves.secondary)?;
    program.rename()
}

/// The glue with its hooks and the loader.
fn hooked(glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    for (old, new) in HOOKS {
        if !glue.contains(old) {
            return Err(format!("wasm-bindgen's glue has no `{old}`"));
        }
        glue = glue.replace(old, new);
    }
    Ok(glue + LOADER)
}

/// Lets a browser use the page with a program that takes notes, and writes down what was called.
fn take_profile(program: &Program, wasm: &[u8]) -> Result<()> {
    say("noting what the page calls first");
    tools::npm_packages()?;
    let notes = root().join("target/split-notes");
    program.put(WASM, &noting(wasm)?)?;
    let mut node = command("node");
    node.arg("tests/browser/profile.mjs")
        .env(browser::CHROMIUM.variable, browser::CHROMIUM.path()?)
        .env("ORRERY_NOTES", &notes);
    run(&mut node)?;
    program.put(WASM, wasm)?;
    let notes = fs::read(&notes).map_err(|why| format!("{}: {why}", notes.display()))?;
    Profile::of(wasm, &notes)?.write()
}

/// The program in the built site: files whose names begin alike.
struct Program {
    dist: PathBuf,
    stem: String,
}

impl Program {
    fn of(dist: &Path) -> Result<Self> {
        let files = fs::read_dir(dist).map_err(|why| format!("{}: {why}", dist.display()))?;
        let mut names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
        let stem = names.find_map(|name| name.strip_suffix(WASM).map(str::to_owned));
        let stem = stem.ok_or_else(|| format!("{} has no program", dist.display()))?;
        Ok(Program { dist: dist.to_owned(), stem })
    }

    fn path(&self, ending: &str) -> PathBuf {
        self.dist.join(format!("{}{ending}", self.stem))
    }

    fn read(&self, ending: &str) -> Result<Vec<u8>> {
        fs::read(self.path(ending)).map_err(|why| format!("{}: {why}", self.path(ending).display()))
    }

    /// Writes a file; where the page states its checksum, it states the new one.
    fn put(&self, ending: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(ending);
        let before = if path.is_file() { Some(checksum(&path)?) } else { None };
        fs::write(&path, bytes).map_err(|why| format!("{}: {why}", path.display()))?;
        match before {
            Some(before) => self.edit_page(&before, &checksum(&path)?),
            None => Ok(()),
        }
    }

    /// Gives the files a name by what is in them: a browser that has seen another split of the same program must not mix the two.
    fn rename(&self) -> Result<()> {
        let mut stem = "orrery-web-".to_owned();
        for ending in [WASM, GLUE, REST] {
            let letters = checksum(&self.path(ending))?;
            stem.extend(letters.chars().filter(char::is_ascii_alphanumeric).take(6));
        }
        let renamed = Program { dist: self.dist.clone(), stem };
        for ending in [WASM, GLUE, REST] {
            let (old, new) = (self.path(ending), renamed.path(ending));
            fs::rename(&old, &new).map_err(|why| format!("{}: {why}", old.display()))?;
        }
        self.edit_page(&self.stem, &renamed.stem)
    }

    fn edit_page(&self, old: &str, new: &str) -> Result<()> {
        let path = self.dist.join("index.html");
        let page = fs::read_to_string(&path).and_then(|page| fs::write(&path, page.replace(old, new)));
        page.map_err(|why| format!("{}: {why}", path.display()))
    }
}

fn checksum(path: &Path) -> Result<String> {
    let printed = output(command("node").args(["-e", CHECKSUM]).arg(path));
    Ok(printed.ok_or("node cannot compute a checksum")?.trim().to_owned())
}
