//! What every command works with.

use crate::{Files, ROUND_TRIP};
use orrery_api::Object;
use orrery_apimachinery::{Status, StatusResult};
use orrery_apiserver::{ApiServer, Request, Session};

/// What a command printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit code.
    pub code: i32,
}

/// Why a command ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What goes to standard error, without the last line end.
    pub text: String,
    /// The exit code.
    pub code: i32,
}

impl Failure {
    /// A command line that cannot be understood.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Failure { text: format!("error: {}", text.into()), code: 1 }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Failure { text: server_error(&status), code: 1 }
    }
}

/// `Error from server (NotFound): …`, or everything that is wrong with an object (upstream: `cmdutil.StandardErrorMessage`).
pub(crate) fn server_error(status: &Status) -> String {
    let Some(details) = &status.details else {
        return format!("Error from server ({}): {}", status.reason_name(), status.message);
    };
    let head = format!("The {} \"{}\" is invalid: ", details.kind, details.name);
    match details.causes.as_slice() {
        [one] => head + one,
        many => many.iter().fold(head, |text, cause| text + "\n* " + cause),
    }
}

/// The session, the files and what was printed so far.
pub struct Cx<'a> {
    pub(crate) session: &'a mut dyn Session,
    pub(crate) files: &'a dyn Files,
    pub(crate) output: Output,
}

impl Cx<'_> {
    /// The objects.
    pub(crate) fn api(&self) -> &ApiServer {
        self.session.api()
    }

    /// Sends one request and lets its round trip pass.
    pub(crate) fn send<T>(
        &mut self,
        request: impl FnOnce(&mut ApiServer, &Request) -> StatusResult<T>,
    ) -> StatusResult<T> {
        let (api, context) = self.session.send();
        let outcome = request(api, &context);
        self.session.pass(ROUND_TRIP);
        outcome
    }

    /// Prints a line.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) {
        self.output.stdout.push_str(line.as_ref());
        self.output.stdout.push('\n');
    }

    /// Prints what is odd about an object that was accepted.
    pub(crate) fn warn(&mut self, object: &Object) {
        for warning in object.warnings() {
            self.output.stderr.push_str(&format!("Warning: {warning}\n"));
        }
    }

    /// Prints a line to standard error and remembers that something failed.
    pub(crate) fn complain(&mut self, line: impl AsRef<str>) {
        self.output.stderr.push_str(line.as_ref());
        self.output.stderr.push('\n');
        self.output.code = 1;
    }
}
