//! The shell of the person's machine: lines are typed into it one after the other, with pipes, variables, files and all
//! that a shell knows; kubectl and the other programs are run by the machine. What follows goes on while time passes.

mod complete;
mod inside;

pub use complete::{Completion, complete};
use inside::Inside;
use orrery_apimachinery::Str;
pub use orrery_container_runtime::NEW_PAGE;
use orrery_container_runtime::{
    Answer, ImageConfig, Message, Mount, Reply, Start, Stream, Target, Terminal, Unreachable, Userland,
    Wanted, World,
};
use orrery_kubectl::{Following, Output, Seat};
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Where the person's files are.
const HOME: &str = "/root";
/// The programs that the machine runs beside the shell's own.
const HOSTED: [&str; 13] = [
    "kubectl", "k", "curl", "docker", "podman", "nerdctl", "minikube", "kind", "hey", "etcdctl", "etcdutl",
    "fuser", "jq",
];
/// So many programs are begun at a time: a loop without a pause must not hold up whoever draws the page.
const MOST_AT_ONCE: usize = 64;
/// So far ahead of the machine's clock the shell may be: its own small programs end at once, even while time stands.
const AHEAD: Duration = Duration::from_millis(100);
/// How much a line may hold.
const LONGEST_LINE: usize = 64 << 10;

/// The machine, as the shell needs it.
pub trait Machine {
    /// The virtual time.
    fn now(&self) -> SimTime;

    /// Begins a program, with what stands in its standard input. What goes on is handed over.
    fn start(&mut self, argv: &[String], input: Option<&str>) -> (Output, Option<Following>);

    /// What something that goes on prints by now, and whether it is over.
    fn look(&mut self, following: &mut Following) -> (Output, bool);

    /// What something that goes on prints of an errand that printed this.
    fn heard(&mut self, following: &mut Following, output: Output) -> Output;

    /// The main process of a container ends: the person who sat at it has left.
    fn end(&mut self, seat: &Seat, code: i32);

    /// The text of a file.
    fn read(&self, name: &str) -> Option<String>;

    /// Writes a file.
    fn write(&mut self, name: &str, text: &str);

    /// Removes a file; false when it was not there.
    fn remove(&mut self, name: &str) -> bool;

    /// The names of all files.
    fn names(&self) -> Vec<String>;
}

/// What goes on.
struct Going {
    /// The process that waits for it.
    pid: u32,
    following: Following,
    /// Whether it was looked at if a shell waits at its seat.
    seated: bool,
    /// Whether it was begun by a line that was typed within a container.
    within: bool,
}

/// A shell, and what it waits for.
pub struct Console {
    terminal: Terminal,
    going: Vec<Going>,
    /// The shell of a container in which the person sits.
    inside: Option<Inside>,
    /// When it was looked at last.
    looked: SimTime,
    /// What was still printed by what the person has left.
    left: Vec<(bool, Str)>,
}

impl Console {
    /// A shell that waits for its first line.
    pub fn new(now: SimTime) -> Console {
        let image = ImageConfig {
            name: "workstation".into(),
            userland: Userland::Gnu,
            programs: "history less more watch",
            ..ImageConfig::default()
        };
        let start = Start {
            image: Rc::new(image),
            hostname: "workstation".into(),
            working_dir: Some(HOME.into()),
            mounts: vec![Mount { path: HOME.into(), prompt: false }],
            hosted: &HOSTED,
            ..Start::default()
        };
        let terminal = Terminal::new(Rc::new(start), now);
        Console { terminal, going: Vec::new(), inside: None, looked: now, left: Vec::new() }
    }

    /// What stands in front of the line that is typed.
    pub fn prompt(&self) -> &str {
        match (self.reader(), &self.inside) {
            (Some(_), _) => "",
            (None, Some(inside)) => inside.prompt(),
            (None, None) => "$ ",
        }
    }

    /// Whether a line is still being worked on; to a shell within a container, or to what reads what is typed, another
    /// one may be typed all the same.
    pub fn is_busy(&self) -> bool {
        let works = self.inside.is_none() || self.within().is_some();
        self.terminal.is_busy() && works && self.reader().is_none()
    }

    /// What waits in the foreground for what is typed.
    fn reader(&self) -> Option<usize> {
        let foreground = self.terminal.wanted().first().map(|wanted| wanted.pid);
        let reads = |going: &Going| Some(going.pid) == foreground && going.following.reads();
        self.going.iter().position(reads)
    }

    /// What goes on that was begun within a container.
    fn within(&self) -> Option<usize> {
        self.going.iter().position(|going| going.within)
    }

    /// Whether anything happens when time passes.
    pub fn goes_on(&self) -> bool {
        self.is_busy() || !self.going.is_empty()
    }

    /// The variables of the shell.
    pub fn variables(&self) -> impl Iterator<Item = &Str> {
        self.terminal.variables()
    }

    /// What was printed since it was last asked, piece by piece, and whether as an error.
    pub fn take(&mut self) -> Vec<(bool, Str)> {
        let lines = self.terminal.take().into_iter();
        let mut taken: Vec<_> = lines.map(|line| (line.stream == Stream::Stderr, line.text)).collect();
        taken.append(&mut self.left);
        taken
    }

    /// The exit code of the last line.
    pub fn status(&self) -> i32 {
        self.terminal.status()
    }

    /// Whether what the line waits for does not end by itself.
    pub fn is_endless(&self) -> bool {
        self.is_busy()
            && (self.terminal.is_endless() || self.going.iter().any(|going| !going.following.ends()))
    }

    /// Takes a line.
    pub fn enter(&mut self, line: &str, machine: &mut dyn Machine) {
        let line = &line[..line.floor_char_boundary(LONGEST_LINE)];
        if self.reader().is_some() {
            return self.type_in(&[line, "\n"].concat(), machine);
        }
        if self.inside.is_some() {
            self.interrupt(machine);
            return self.enter_inside(line, machine);
        }
        let line = whole(line);
        self.terminal.enter(&line, machine.now(), &mut Outside(machine));
        self.serve(machine);
    }

    /// Time has passed: prints what is new. When it went back, what followed is left.
    pub fn look(&mut self, machine: &mut dyn Machine) {
        if machine.now() < self.looked {
            self.going.clear();
            self.interrupt(machine);
        }
        self.looked = machine.now();
        for at in (0..self.going.len()).rev() {
            self.look_at(at, machine);
        }
        self.serve(machine);
    }

    /// Prints what is new of something that goes on, and does what it does.
    fn look_at(&mut self, at: usize, machine: &mut dyn Machine) {
        loop {
            let Some(Going { pid, following, seated, within }) = self.going.get_mut(at) else { return };
            let (pid, within) = (*pid, *within);
            let (mut output, over) = machine.look(following);
            let seat = following.seat().filter(|_| !*seated && self.inside.is_none()).cloned();
            if over {
                self.going.remove(at);
                self.inside = self.inside.take().filter(|inside| within || inside.pid() != pid);
            } else if let Some(seat) = seat {
                *seated = true;
                self.inside = Inside::sit(pid, seat, machine);
            }
            if within {
                output = inside::seen(output);
            }
            self.show(pid, &output, over && !within, machine);
            if over || !self.run_errands(at, machine) {
                return;
            }
        }
    }

    /// Runs what something that goes on does to the cluster; false when there was nothing.
    fn run_errands(&mut self, at: usize, machine: &mut dyn Machine) -> bool {
        let mut any = false;
        while let Some(Going { pid, following, .. }) = self.going.get_mut(at) {
            let Some(errand) = following.errand() else { break };
            let (output, _) = machine.start(&errand.line, errand.input.as_deref());
            let (pid, output) = (*pid, machine.heard(following, output));
            self.show(pid, &output, false, machine);
            any = true;
        }
        any
    }

    /// The person presses Ctrl-C.
    pub fn interrupt(&mut self, machine: &mut dyn Machine) {
        if let Some(at) = self.within() {
            self.leave(at, machine);
        } else if self.is_busy() || self.reader().is_some() {
            self.terminal.interrupt();
            self.drop_unwanted(machine);
        }
    }

    /// The person presses Ctrl-D: what reads has had the last of it, or a shell within a container is left.
    pub fn end_input(&mut self, machine: &mut dyn Machine) {
        if self.reader().is_some() {
            self.type_in("\u{4}", machine);
        } else if self.inside.is_some() {
            self.enter_inside("exit", machine);
        }
    }

    /// Types a text into what reads.
    fn type_in(&mut self, text: &str, machine: &mut dyn Machine) {
        let Some(at) = self.reader() else { return };
        self.going[at].following.type_in(text);
        self.run_errands(at, machine);
        self.look_at(at, machine);
        self.serve(machine);
    }

    /// Begins the programs that the shell waits for.
    fn serve(&mut self, machine: &mut dyn Machine) {
        for _ in 0..MOST_AT_ONCE {
            self.terminal.advance(machine.now() + AHEAD, &mut Outside(machine));
            let wanted = self.drop_unwanted(machine);
            let known = |pid: u32| {
                self.going.iter().any(|going| going.pid == pid)
                    || self.inside.as_ref().is_some_and(|inside| inside.pid() == pid)
            };
            let Some(next) = wanted.into_iter().find(|wanted| !known(wanted.pid)) else { break };
            self.begin(&next, machine);
        }
    }

    fn begin(&mut self, wanted: &Wanted, machine: &mut dyn Machine) {
        let argv = argv(&wanted.words);
        let opened = (!wanted.piped).then(|| Inside::open(wanted.pid, &argv, machine));
        if let Some(opened) = opened.flatten() {
            return match opened {
                Ok(inside) => self.inside = Some(inside),
                Err(output) => self.show(wanted.pid, &output, true, machine),
            };
        }
        let input = if reads(&wanted.words) { self.terminal.read(wanted.pid) } else { None };
        let (output, following) = machine.start(&argv, input.as_deref());
        self.show(wanted.pid, &output, following.is_none(), machine);
        if let Some(following) = following {
            self.going.push(Going { pid: wanted.pid, following, seated: false, within: false });
            self.look_at(self.going.len() - 1, machine);
        }
    }

    fn enter_inside(&mut self, line: &str, machine: &mut dyn Machine) {
        let Some(inside) = &mut self.inside else { return };
        let (output, following) = inside.enter(line, machine);
        let (pid, seat) = (inside.pid(), inside.seat().cloned());
        let over = inside.is_left();
        if over {
            self.inside = None;
        }
        if let Some(following) = following {
            self.show(pid, &output, false, machine);
            self.going.push(Going { pid, following, seated: true, within: true });
            return self.look_at(self.going.len() - 1, machine);
        }
        let attached = self.going.iter().position(|going| going.pid == pid);
        self.show(pid, &output, over && attached.is_none(), machine);
        if over && let Some(at) = attached {
            if let Some(seat) = seat {
                machine.end(&seat, output.code);
            }
            self.going[at].following.leave();
            self.run_errands(at, machine);
            self.look_at(at, machine);
        }
        self.serve(machine);
    }

    /// Prints what a program printed, which may have ended with that.
    fn show(&mut self, pid: u32, output: &Output, over: bool, machine: &mut dyn Machine) {
        let now = machine.now();
        let mut pieces = output.in_order();
        let last = pieces.pop().unwrap_or_default();
        for printed in pieces {
            self.terminal.print(pid, printed, None, now, &mut Outside(machine));
        }
        self.terminal.print(pid, last, over.then_some(output.code), now, &mut Outside(machine));
    }

    /// Leaves what no process waits for any more, and tells what is waited for.
    fn drop_unwanted(&mut self, machine: &mut dyn Machine) -> Vec<Wanted> {
        let wanted = self.terminal.wanted();
        let is_wanted = |pid: u32| wanted.iter().any(|wanted| wanted.pid == pid);
        self.inside = self.inside.take().filter(|inside| is_wanted(inside.pid()));
        for at in (0..self.going.len()).rev() {
            if is_wanted(self.going[at].pid) {
                continue;
            }
            self.leave(at, machine);
        }
        wanted
    }

    /// Leaves something that goes on.
    fn leave(&mut self, at: usize, machine: &mut dyn Machine) {
        let mut following = self.going.remove(at).following;
        following.leave();
        while let Some(errand) = following.errand() {
            let (output, _) = machine.start(&errand.line, errand.input.as_deref());
            for (printed, told) in machine.heard(&mut following, output).in_order() {
                self.left.extend([(false, printed.into()), (true, told.into())]);
            }
        }
        self.left.retain(|(_, text)| !text.is_empty());
    }
}

/// The line with the name of the program: one that begins with a command of kubectl's is kubectl's.
pub fn whole(line: &str) -> String {
    let first = line.split_whitespace().next().unwrap_or_default();
    match orrery_kubectl::is_command(first) {
        true => ["kubectl ", line.trim_start()].concat(),
        false => line.to_owned(),
    }
}

/// Whether more has to be typed before a line can be understood: a quote or a document is open, or a pipe.
pub fn is_unfinished(text: &str) -> bool {
    let (mut quote, mut escaped) = (None, false);
    for c in text.chars() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            _ => {}
        }
    }
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let document =
        first.split_once("<<").filter(|(_, rest)| !rest.starts_with('<')).is_some_and(|(_, rest)| {
            let end = rest
                .trim_start_matches('-')
                .trim_start()
                .split([' ', '|', '>', ';'])
                .next()
                .unwrap_or_default();
            let end = end.trim_matches(['\'', '"']);
            !lines.any(|line| line.trim_start_matches('\t') == end)
        });
    let open = text.trim_end().ends_with(['|']) || text.trim_end().ends_with("&&");
    document || (!first.contains("<<") && (quote.is_some() || escaped || open))
}

/// Whether a program reads its standard input: others leave it to those who follow, as in `while read`.
fn reads(words: &[Str]) -> bool {
    let asks = |word: &Str| {
        let letters =
            word.strip_prefix('-').is_some_and(|rest| rest.contains('i') && !rest.contains(is_no_switch));
        letters || word.contains("stdin") || ["=-", "f-", "@-"].iter().any(|end| word.ends_with(end))
    };
    words.iter().any(|word| matches!(&**word, "-" | "jq") || asks(word))
}

/// Whether a letter is none of the switches that stand beside `-i`.
fn is_no_switch(letter: char) -> bool {
    !['i', 't', 'q'].contains(&letter)
}

/// The words as [`crate::run`] takes them.
fn argv(words: &[Str]) -> Vec<String> {
    let own = words.first().is_some_and(|word| matches!(&**word, "kubectl" | "k"));
    words.iter().skip(usize::from(own)).map(|word| word.to_string()).collect()
}

/// The outside of the shell: the files of the machine. The network is reached by its programs.
struct Outside<'a>(&'a mut dyn Machine);

fn name(path: &str) -> &str {
    path.strip_prefix(HOME).unwrap_or(path).trim_start_matches('/')
}

impl World for Outside<'_> {
    fn lookup(&mut self, _: &str) -> Answer<Vec<Ipv4Addr>> {
        Answer { took: Duration::ZERO, result: Vec::new() }
    }

    fn send(&mut self, _: Target, _: &Message, _: Duration) -> Answer<Result<Reply, Unreachable>> {
        Answer { took: Duration::ZERO, result: Err(Unreachable::NoRoute) }
    }

    fn read(&mut self, path: &str) -> Option<Str> {
        self.0.read(name(path)).map(Str::from)
    }

    fn write(&mut self, path: &str, content: &str) -> Result<(), Str> {
        self.0.write(name(path), content);
        Ok(())
    }

    fn append(&mut self, path: &str, content: &str) -> Result<(), Str> {
        let before = self.0.read(name(path)).unwrap_or_default();
        self.0.write(name(path), &[&before, content].concat());
        Ok(())
    }

    fn size(&mut self, path: &str) -> u64 {
        self.0.read(name(path)).map_or(0, |text| text.len() as u64)
    }

    fn remove(&mut self, path: &str) -> bool {
        self.0.remove(name(path))
    }

    fn list(&mut self, path: &str) -> Option<Vec<Str>> {
        name(path).is_empty().then(|| self.0.names().into_iter().map(Str::from).collect())
    }
}

#[cfg(test)]
mod tests;
