//! Commands that go on: they print what changes until it is over, or until the person presses Ctrl-C.

use crate::command::{Cx, DryRun, Output};
use crate::trouble::Failure;
use crate::{Args, Files, start};
use orrery_apimachinery::{Str, duration};
use orrery_apiserver::Session;
use orrery_schema::Schema;
use orrery_sim::{Duration, SimTime};

/// How often it is looked for news unless the command says otherwise.
const LOOK: Duration = Duration::from_millis(100);
/// Where nobody is there to press Ctrl-C, what does not end by itself is followed until nothing was new for so long.
const QUIET: Duration = Duration::from_secs(60);
/// And no longer than that.
pub(crate) const LONGEST: Duration = Duration::from_secs(600);

/// What a command does that goes on.
pub(crate) trait Follow {
    /// Prints what is new, and tells whether that was all. It changes nothing and lets no time pass.
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure>;

    /// How often it looks.
    fn every(&self) -> Duration {
        LOOK
    }

    /// Whether it ends by itself, sooner or later.
    fn ends(&self) -> bool {
        false
    }

    /// Whether nobody waits for it where nobody sits at a terminal: what it has opened stays open.
    fn stays(&self) -> bool {
        false
    }

    /// How long it is waited for something new where nobody sits at a terminal.
    fn patience(&self) -> Duration {
        QUIET
    }

    /// What it does to the cluster next.
    fn errand(&mut self) -> Option<Errand> {
        None
    }

    /// What came of that.
    fn heard(&mut self, _cx: &mut Cx<'_>, _args: &Args, _output: Output) {}

    /// The container at which the person sits by now.
    fn seat(&self) -> Option<&Seat> {
        None
    }

    /// Whether it waits for what the person types.
    fn reads(&self) -> bool {
        false
    }

    /// The person types a text.
    fn type_in(&mut self, _text: &str) {}

    /// The person leaves: presses Ctrl-C, or ends the shell at which they sat.
    fn leave(&mut self) {}
}

/// Something that a command does while it goes on: a command line of its own, so that it is a deed of its own at its own
/// time, and is done again when the run is replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// The command line, without `kubectl`.
    pub line: Vec<String>,
    /// Its standard input.
    pub input: Option<String>,
}

impl Errand {
    /// A command line that reads nothing.
    pub(crate) fn of(words: &[&str]) -> Errand {
        Errand { line: words.iter().map(|word| (*word).to_owned()).collect(), input: None }
    }
}

/// A container to whose terminal somebody is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The pod's namespace.
    pub namespace: Str,
    /// The pod's name.
    pub pod: Str,
    /// The container.
    pub container: Str,
}

/// A command that goes on, in the hands of whoever lets time pass.
pub struct Following {
    args: Args,
    what: Box<dyn Follow>,
    documents: usize,
    /// When `--request-timeout` ends it.
    deadline: Option<SimTime>,
}

impl Following {
    pub(crate) fn new(args: Args, what: Box<dyn Follow>, documents: usize, now: SimTime) -> Following {
        let limit = request_timeout(&args).ok().flatten().filter(|_| !what.ends());
        let deadline = limit.map(|limit| now + limit);
        Following { args, what, documents, deadline }
    }

    /// What it prints by now, and whether it has ended with that.
    pub fn look(&mut self, files: &dyn Files, session: &mut dyn Session) -> (Output, bool) {
        let mut cx = Cx { documents: self.documents, ..Cx::new(session, files) };
        cx.dry_run = DryRun::parse(&self.args).unwrap_or(DryRun::No);
        let ended = self.what.look(&mut cx, &self.args);
        self.documents = cx.documents;
        let mut output = cx.output;
        let over = ended.unwrap_or_else(|failure| {
            output.fail(&failure);
            true
        });
        (output, over || self.deadline.is_some_and(|deadline| session.now() >= deadline))
    }

    /// Whether it ends by itself, sooner or later.
    pub fn ends(&self) -> bool {
        self.what.ends()
    }

    /// Whether nobody waits for it where nobody sits at a terminal: what it has opened stays open.
    pub fn stays(&self) -> bool {
        self.what.stays()
    }

    /// What it does to the cluster next: to be run by whoever holds it, and told by [`Following::heard`].
    pub fn errand(&mut self) -> Option<Errand> {
        self.what.errand()
    }

    /// An errand has been run and has printed this: what the command prints of it.
    pub fn heard(&mut self, output: Output, files: &dyn Files, session: &mut dyn Session) -> Output {
        let mut cx = Cx::new(session, files);
        self.what.heard(&mut cx, &self.args, output);
        cx.output
    }

    /// The container at which the person sits by now.
    pub fn seat(&self) -> Option<&Seat> {
        self.what.seat()
    }

    /// Whether it waits for what the person types.
    pub fn reads(&self) -> bool {
        self.what.reads()
    }

    /// The person types a text; Ctrl-D is its last character if nothing follows. There may be errands then.
    pub fn type_in(&mut self, text: &str) {
        self.what.type_in(text);
    }

    /// The person leaves: presses Ctrl-C, or ends the shell at which they sat. There may be errands left.
    pub fn leave(&mut self) {
        self.what.leave();
    }
}

/// The files of a command, with another standard input.
struct Fed<'a>(&'a dyn Files, Option<String>);

impl Files for Fed<'_> {
    fn read(&self, name: &str) -> Option<String> {
        if name == "-" { self.1.clone() } else { self.0.read(name) }
    }

    fn schema(&self) -> Option<&Schema> {
        self.0.schema()
    }
}

/// How long one request may take (`--request-timeout`): a number of seconds or a duration, where zero is no limit.
pub(crate) fn request_timeout(args: &Args) -> Result<Option<Duration>, Failure> {
    let Some(text) = args.flag("request-timeout") else { return Ok(None) };
    let nanos = match text.parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1_000_000_000),
        Err(_) => duration::parse(text).ok(),
    };
    let nanos =
        nanos.and_then(|nanos| u64::try_from(nanos).ok()).ok_or_else(|| Failure::usage(UNREADABLE))?;
    Ok((nanos > 0).then(|| Duration::from_nanos(nanos)))
}

const UNREADABLE: &str = "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)";

impl Cx<'_> {
    /// Goes on with a command: in the hands of the caller if it wants that, else until it is over or somebody would
    /// have had enough of it.
    pub(crate) fn follow(&mut self, args: &Args, mut what: Box<dyn Follow>) -> Result<(), Failure> {
        if let Some(followed) = &mut self.followed {
            *followed = Some(what);
            return Ok(());
        }
        if what.stays() {
            return Ok(());
        }
        let start = self.session.now();
        let limit = request_timeout(args)?;
        let mut quiet_since = start;
        loop {
            let before = self.output.stdout.len();
            if what.look(self, args)? {
                return Ok(());
            }
            if what.seat().is_some() {
                // Nobody types anything.
                what.leave();
            }
            let now = self.session.now();
            if self.output.stdout.len() > before {
                quiet_since = now;
            }
            if !what.ends() {
                if limit.is_some_and(|limit| now >= start + limit) {
                    return Ok(());
                }
                if limit.is_none() && (now >= quiet_since + what.patience() || now >= start + LONGEST) {
                    self.output.tell("^C\n");
                    self.output.code = 130;
                    what.leave();
                    self.run_errands(args, &mut *what);
                    return Ok(());
                }
            }
            if !self.run_errands(args, &mut *what) {
                self.session.pass(what.every());
            }
        }
    }

    /// Runs what a command does to the cluster while it goes on, and tells whether there was anything.
    fn run_errands(&mut self, args: &Args, what: &mut dyn Follow) -> bool {
        let mut any = false;
        while let Some(Errand { line, input }) = what.errand() {
            any = true;
            let (output, _) = start(&line, &Fed(self.files, input), self.session);
            what.heard(self, args, output);
        }
        any
    }
}
