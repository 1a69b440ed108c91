//! Running other programs from the project's root, with the project's own tools first on the PATH.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What every task returns: nothing, or one line that says what went wrong.
pub type Result<T> = std::result::Result<T, String>;

/// The project's root folder.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lives in crates/xtask")
}

/// Where the project keeps tools it installed for itself.
pub fn tools_dir() -> PathBuf {
    root().join(".cache/tools")
}

/// One line of progress.
pub fn say(line: &str) {
    println!("==> {line}");
}

/// A command that starts in the project's root and sees the project's tools before the machine's.
pub fn command(program: &str) -> Command {
    let path = search_path();
    // Resolved here, because `Command` looks programs up in the parent's PATH on some systems.
    let found = find_in(&path, program).unwrap_or_else(|| PathBuf::from(program));
    let mut command = Command::new(found);
    command.current_dir(root()).env("PATH", path);
    command
}

/// Where on the PATH a program of this name is.
pub fn find(program: &str) -> Option<PathBuf> {
    find_in(&search_path(), program)
}

fn search_path() -> OsString {
    let own = [tools_dir().join("bin"), root().join("node_modules/.bin")];
    let machine = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&machine))).unwrap_or(machine)
}

fn find_in(path: &OsString, program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(path).map(|dir| dir.join(&file)).find(|file| file.is_file())
}

/// Runs to the end; an error if the program cannot be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = describe(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{name}` failed ({status})")),
        Err(why) => Err(format!("cannot start `{name}`: {why}")),
    }
}

/// Runs to the end and returns what was printed, or nothing if that did not work.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, passing each printed line on to the terminal and to `read`. True if the program succeeded.
pub fn stream(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool> {
    let name = describe(command);
    let broken = |why: std::io::Error| format!("cannot run `{name}`: {why}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(broken)?;
    let stdout = child.stdout.take().expect("stdout was piped above");
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.map_err(broken)?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        read(&line);
    }
    Ok(child.wait().map_err(broken)?.success())
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
