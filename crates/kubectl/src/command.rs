//! What every command works with.

use crate::follow::Follow;
use crate::trouble::{Failure, Trouble};
use crate::{Args, Files, ROUND_TRIP};
use orrery_api::Object;
use orrery_apimachinery::decode::{Problem, ProblemKind};
use orrery_apimachinery::{Patch, Reason, Status, StatusResult, Value};
use orrery_apiserver::{ApiServer, FieldValidation, Key, Request, Session};

/// What a command printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How much had been printed when something was told on standard error, and how much had been told by then, in bytes.
    pub turns: Vec<(usize, usize)>,
    /// The exit code.
    pub code: i32,
    /// Files that the command wrote, by name, for the person to keep.
    pub files: Vec<(String, String)>,
}

impl Output {
    /// Adds to standard error: a terminal shows it behind what has been printed so far.
    pub fn tell(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.stderr.push_str(text);
        let turn = (self.stdout.len(), self.stderr.len());
        match self.turns.last_mut().filter(|last| last.0 == turn.0) {
            Some(last) => *last = turn,
            None => self.turns.push(turn),
        }
    }

    /// Adds why the command failed.
    pub(crate) fn fail(&mut self, failure: &Failure) {
        self.tell(&failure.text);
        if !self.stderr.ends_with('\n') {
            self.tell("\n");
        }
        self.code = failure.code;
    }

    /// Adds what another command printed after this one.
    pub fn add(&mut self, more: &Output) {
        for (printed, told) in more.in_order() {
            self.stdout.push_str(printed);
            self.tell(told);
        }
    }

    /// What was printed and what was told on standard error as a terminal shows it: piece by piece, and of each pair what
    /// was printed first.
    pub fn in_order(&self) -> Vec<(&str, &str)> {
        let (mut printed, mut told) = (&*self.stdout, &*self.stderr);
        let (mut pieces, mut before) = (Vec::new(), (0, 0));
        for turn in &self.turns {
            let to = (turn.0.saturating_sub(before.0), turn.1.saturating_sub(before.1));
            let (Some(print), Some(tell)) = (printed.split_at_checked(to.0), told.split_at_checked(to.1))
            else {
                break;
            };
            pieces.push((print.0, tell.0));
            (printed, told, before) = (print.1, tell.1, *turn);
        }
        pieces.push((printed, told));
        pieces
    }
}

/// How far a command goes (`--dry-run`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DryRun {
    No,
    /// No server is asked; the objects are those of files (`--local`).
    Local,
    /// Nothing is sent that would change anything.
    Client,
    /// The server does everything but store.
    Server,
}

impl DryRun {
    pub(crate) fn parse(args: &Args) -> Result<DryRun, Failure> {
        match args.flag("dry-run") {
            None | Some("none" | "false") if args.on("local") => Ok(DryRun::Local),
            None | Some("none" | "false") => Ok(DryRun::No),
            Some("client" | "unchanged" | "true") => Ok(DryRun::Client),
            Some("server") if args.on("local") => Err(Failure::usage(
                "cannot specify --local and --dry-run=server - did you mean --dry-run=client?",
            )),
            Some("server") => Ok(DryRun::Server),
            Some(other) => Err(Failure::usage(format!(
                "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
            ))),
        }
    }

    /// Whether requests are sent that would change something.
    pub(crate) fn sends(self) -> bool {
        matches!(self, DryRun::No | DryRun::Server)
    }

    /// What results say of it.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            DryRun::No | DryRun::Local => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }
}

/// The session, the files, how the command writes, and what was printed so far.
pub struct Cx<'a> {
    pub(crate) session: &'a mut dyn Session,
    pub(crate) files: &'a dyn Files,
    pub(crate) output: Output,
    /// Under which name the server remembers what this command sets; empty for kubectl's own.
    pub(crate) manager: String,
    pub(crate) dry_run: DryRun,
    /// How many documents of YAML were printed, between which stand lines.
    pub(crate) documents: usize,
    /// How often the server warned.
    pub(crate) warnings: usize,
    /// Where a command is put that goes on; `None` when it goes on here and now.
    pub(crate) followed: Option<Option<Box<dyn Follow>>>,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(session: &'a mut dyn Session, files: &'a dyn Files) -> Cx<'a> {
        Cx {
            session,
            files,
            output: Output::default(),
            manager: String::new(),
            dry_run: DryRun::No,
            documents: 0,
            warnings: 0,
            followed: None,
        }
    }

    /// The objects.
    pub(crate) fn api(&self) -> &ApiServer {
        self.session.api()
    }

    /// Sends one request.
    pub(crate) fn call<T>(
        &mut self,
        call: impl FnOnce(&mut ApiServer, &Request) -> StatusResult<T>,
    ) -> StatusResult<T> {
        let (api, mut request) = self.session.send();
        request.field_manager = (!self.manager.is_empty()).then(|| self.manager.as_str().into());
        request.dry_run = self.dry_run == DryRun::Server;
        call(api, &request)
    }

    /// Sends one request and lets its round trip pass.
    pub(crate) fn send<T>(
        &mut self,
        call: impl FnOnce(&mut ApiServer, &Request) -> StatusResult<T>,
    ) -> StatusResult<T> {
        let outcome = self.call(call);
        self.session.pass(ROUND_TRIP);
        outcome
    }

    /// The object under `key`, as it is now.
    pub(crate) fn get(&self, key: &Key) -> StatusResult<Object> {
        let missing = || Status::not_found(&key.resource(), &key.name);
        self.api().object(key).cloned().ok_or_else(missing)
    }

    /// Creates the object that `tree` says; a dry run of the client's only reads it. The version of an object that was
    /// printed before is left out (upstream: `Helper.Create` of cli-runtime).
    pub(crate) fn create(&mut self, key: &Key, tree: &Value) -> StatusResult<Object> {
        let mut object = decode(key, tree)?;
        self.warn(&object);
        if self.dry_run == DryRun::Client {
            return Ok(object);
        }
        object.metadata_mut().resource_version = 0;
        self.send(|api, request| api.create(request, object))
    }

    /// Replaces the object by what `tree` says.
    pub(crate) fn replace(&mut self, key: &Key, tree: &Value) -> StatusResult<Object> {
        let object = decode(key, tree)?;
        self.warn(&object);
        self.send(|api, request| api.update(request, object))
    }

    /// Changes the object by a patch; fields that nobody knows are warned of, as when validation is not asked for.
    pub(crate) fn patch(&mut self, key: &Key, patch: &Patch) -> StatusResult<Object> {
        self.tell_warnings(&self.api().patch_warnings(key, patch));
        let before = self.get(key)?;
        let patched = self.send(|api, request| {
            let request = Request { field_validation: FieldValidation::Warn, ..request.clone() };
            api.patch(&request, key, patch)
        })?;
        self.warn_of_update(&before, &patched);
        Ok(patched)
    }

    /// Prints a line.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) {
        self.output.stdout.push_str(line.as_ref());
        self.output.stdout.push('\n');
    }

    /// Prints what is odd about an object that is to be written.
    pub(crate) fn warn(&mut self, object: &Object) {
        self.tell_warnings(&object.warnings());
    }

    fn tell_warnings(&mut self, warnings: &[String]) {
        self.warnings += warnings.len();
        for warning in warnings {
            self.output.tell(&format!("Warning: {warning}\n"));
        }
    }

    /// Prints what is odd about an object that was changed. Kinds that count generations tell it only with a new one
    /// (upstream: `WarningsOnUpdate` of their strategies).
    pub(crate) fn warn_of_update(&mut self, before: &Object, after: &Object) {
        let generation = after.metadata().generation;
        if generation == 0 || generation != before.metadata().generation {
            self.warn(after);
        }
    }

    /// Prints a line to standard error and remembers that something failed.
    pub(crate) fn complain(&mut self, line: impl AsRef<str>) {
        self.output.tell(line.as_ref());
        self.output.tell("\n");
        self.output.code = 1;
    }

    /// The text of the file that a flag names.
    pub(crate) fn read(&self, name: &str) -> Result<String, Failure> {
        let missing = || Failure::usage(format!("the path \"{name}\" does not exist"));
        self.files.read(name).ok_or_else(missing)
    }
}

/// What a server says of a body that it cannot read: the first value that it cannot take, or else every field that
/// it does not know.
pub(crate) fn decode(key: &Key, tree: &Value) -> StatusResult<Object> {
    let (mut object, problems) = Object::decode(key.kind, tree);
    let known = |p: &&Problem| !matches!(p.kind, ProblemKind::UnknownField { .. });
    let details = match problems.iter().find(known) {
        Some(problem) => problem.to_string(),
        None if problems.is_empty() => {
            object.metadata_mut().namespace = key.namespace.clone();
            return Ok(object);
        }
        None => {
            let unknown: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("strict decoding error: {}", unknown.join(", "))
        }
    };
    let (kind, version) = (key.kind.name(), key.kind.version());
    let message = format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {details}");
    Err(Status::new(Reason::BadRequest, message))
}

/// Tells the failures of a command that goes on after each.
pub(crate) fn outcome(troubles: Vec<Trouble>) -> Result<(), Failure> {
    if troubles.is_empty() { Ok(()) } else { Err(Failure::from(troubles)) }
}
