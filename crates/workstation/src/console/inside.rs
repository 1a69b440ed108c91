//! `kubectl exec -it POD -- sh`, or the shell that a container itself is: the person sits there. Each line is a command of its
//! own, which begins with what earlier lines have set.

use super::Machine;
use orrery_kubectl::{Following, Output, Seat};

/// The shell of a container in which a person sits.
pub(super) struct Inside {
    pid: u32,
    /// The words up to the container's command.
    exec: Vec<String>,
    shell: String,
    host: String,
    directory: String,
    /// Lines that set variables and functions.
    set: String,
    prompt: String,
    /// The container whose main process it is.
    seat: Option<Seat>,
    left: bool,
}

/// Flags that ask for a terminal; nobody else needs them.
const TERMINAL: [&str; 7] = ["-i", "-t", "-it", "-ti", "--stdin", "--tty", "--stdin=true"];

impl Inside {
    /// Opens a shell if that is what a command line of kubectl asks for; the error is what was printed instead.
    pub(super) fn open(
        pid: u32,
        argv: &[String],
        machine: &mut dyn Machine,
    ) -> Option<Result<Inside, Output>> {
        let dash = argv.iter().position(|word| word == "--")?;
        let [shell] = &argv[dash + 1..] else { return None };
        let typed = argv[..dash].iter().any(|word| TERMINAL.contains(&word.as_str()));
        if argv.first().is_none_or(|word| word != "exec") || !is_shell(shell) || !typed {
            return None;
        }
        let exec = argv[..dash].iter().filter(|word| !TERMINAL.contains(&word.as_str())).cloned().collect();
        Some(Inside::enter_by(pid, exec, shell, "hostname; pwd", machine).map(|(inside, _)| inside))
    }

    /// Sits down at the shell that a container's main process is; none when it is something else.
    pub(super) fn sit(pid: u32, seat: Seat, machine: &mut dyn Machine) -> Option<Inside> {
        let words = ["exec", &seat.pod, "-n", &seat.namespace, "-c", &seat.container];
        let exec = words.map(str::to_owned).into();
        let first = "hostname; pwd; cat /proc/1/cmdline";
        let (inside, main) = Inside::enter_by(pid, exec, "sh", first, machine).ok()?;
        let name = main.split('\0').next().unwrap_or_default();
        let name = name.rsplit('/').next().filter(|name| is_shell(name))?.to_owned();
        let mut inside = Inside { shell: name, seat: Some(seat), ..inside };
        inside.stand(inside.directory.clone());
        Some(inside)
    }

    /// A shell that is reached by these words; what its first command printed after the name and the place.
    fn enter_by(
        pid: u32,
        exec: Vec<String>,
        shell: &str,
        first: &str,
        machine: &mut dyn Machine,
    ) -> Result<(Inside, String), Output> {
        let (host, directory, set, prompt, seat) = Default::default();
        let mut inside =
            Inside { pid, exec, shell: shell.to_owned(), host, directory, set, prompt, seat, left: false };
        let (output, _) = inside.run(first, machine);
        if output.code != 0 {
            return Err(output);
        }
        let mut lines = output.stdout.lines();
        inside.host = lines.next().unwrap_or_default().to_owned();
        inside.stand(lines.next().unwrap_or("/").to_owned());
        Ok((inside, lines.next().unwrap_or_default().to_owned()))
    }

    /// The container whose main process it is.
    pub(super) fn seat(&self) -> Option<&Seat> {
        self.seat.as_ref()
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    pub(super) fn prompt(&self) -> &str {
        &self.prompt
    }

    /// Whether it was left.
    pub(super) fn is_left(&self) -> bool {
        self.left
    }

    /// Runs a line: what was printed, and what goes on.
    pub(super) fn enter(&mut self, line: &str, machine: &mut dyn Machine) -> (Output, Option<Following>) {
        let line = line.trim();
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let (output, following) = match first {
            "" => Default::default(),
            "exit" | "logout" => {
                self.left = true;
                let code = words.next().and_then(|code| code.parse().ok()).unwrap_or(0);
                return (Output { code, ..Output::default() }, None);
            }
            "cd" => (self.change_directory(line, machine), None),
            _ => {
                let (output, following) = self.run(line, machine);
                let sets = first == "export" || first.split_once('=').is_some_and(|(name, _)| is_name(name));
                if sets && output.code == 0 {
                    self.set += line;
                    self.set.push('\n');
                }
                (output, following)
            }
        };
        (seen(output), following)
    }

    fn change_directory(&mut self, line: &str, machine: &mut dyn Machine) -> Output {
        let (output, _) = self.run(&[line, " && pwd"].concat(), machine);
        if output.code != 0 {
            return output;
        }
        self.stand(output.stdout.lines().last().unwrap_or("/").to_owned());
        Output::default()
    }

    /// Stands in a directory from now on.
    fn stand(&mut self, directory: String) {
        self.prompt = match self.shell.ends_with("bash") {
            true => format!("root@{}:{directory}# ", self.host),
            false => format!("{directory} # "),
        };
        self.directory = directory;
    }

    fn run(&self, line: &str, machine: &mut dyn Machine) -> (Output, Option<Following>) {
        let place =
            if self.directory.is_empty() { String::new() } else { format!("cd '{}'\n", self.directory) };
        let script = [&place, &self.set, line].concat();
        let mut argv = self.exec.clone();
        argv.extend(["-i", "--", &self.shell, "-c", &script].map(str::to_owned));
        machine.start(&argv, None)
    }
}

/// What is seen within a container of what a command printed that was run from outside.
pub(super) fn seen(output: Output) -> Output {
    let ended = format!("command terminated with exit code {}\n", output.code);
    Output { stderr: output.stderr.replace(&ended, ""), ..output }
}

fn is_shell(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
