//! `cargo xtask`: the project's own commands. Each installs what it lacks, says what it does, and does nothing twice.

mod args;
mod bench;
mod browser;
mod dist;
mod http;
mod schema;
mod serve;
mod shell;
mod size;
mod split;
mod test;
mod time_zones;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  serve [--port 8080] [--host 127.0.0.1] [--release]   build the page and serve it
  dist [--profile]                                     build the static site into dist/ and weigh it; --profile notes anew
                                                       which functions the first picture takes
  schema                                               write the table of fields, crates/schema/schema.txt
  time-zones                                           write the table of time zones, crates/api/src/time_zones.txt
  bench [jump | scheduler | …]                         measure as `orrery bench` does, in WebAssembly
  fuzz TARGET [--seconds 60] [--seed 1]                feed random texts to a reader of texts
  test [--list] [--only STEP]                          run every check in order, or one of them
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let done = match command.as_str() {
        "serve" => serve::run(&rest).map(|()| true),
        "dist" => dist::publish(&rest).map(|()| true),
        "schema" => args::none(&rest).and_then(|()| schema::write()).map(|()| true),
        "time-zones" => args::none(&rest).and_then(|()| time_zones::write()).map(|()| true),
        "bench" => bench::measure(&rest).map(|()| true),
        "fuzz" => fuzz(&rest).map(|()| true),
        "test" => test::run(&rest),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(true)
        }
        other => Err(format!("no command `{other}`\n\n{HELP}")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the program of `crates/fuzz`.
fn fuzz(words: &[String]) -> shell::Result<()> {
    let build = ["run", "--quiet", "--profile", "fuzz", "-p", "orrery-fuzz", "--"];
    shell::run(shell::command("cargo").args(build).args(words))
}
