//! What goes wrong, and how it is said (upstream: `kubectl/pkg/cmd/util/helpers.go`).

use orrery_apimachinery::{Reason, Status};

/// Why a command ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What goes to standard error, without the last line end.
    pub text: String,
    /// The exit code.
    pub code: i32,
}

impl Failure {
    /// A command line that cannot be understood, or anything else that kubectl itself refuses.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Trouble::Text(text.into()).into()
    }

    /// A command line that lacks flags.
    pub(crate) fn required(flags: &str) -> Self {
        Failure::usage(format!("required flag(s) {flags} not set"))
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// Kubectl's own words.
    Text(String),
    /// The server's refusal.
    Refused(Status),
}

impl Trouble {
    /// Says what kubectl was doing, and with which file (upstream: `AddSourceToErr`).
    pub(crate) fn while_doing(self, doing: &str, file: &str) -> Trouble {
        let said = |message: String| format!("error when {doing} {file:?}: {message}");
        match self {
            Trouble::Text(text) => Trouble::Text(said(text)),
            Trouble::Refused(status) => {
                let message = said(status.message.clone());
                Trouble::Refused(Status { message, ..status })
            }
        }
    }

    /// How it is said when it is all that went wrong.
    pub(crate) fn alone(&self) -> String {
        match self {
            Trouble::Text(text) if text.starts_with("error: ") => text.clone(),
            Trouble::Text(text) => format!("error: {text}"),
            Trouble::Refused(status) if status.reason == Reason::Invalid => invalid(status),
            Trouble::Refused(_) => self.among(),
        }
    }

    /// Its own words alone.
    pub(crate) fn bare(&self) -> String {
        match self {
            Trouble::Text(text) => text.clone(),
            Trouble::Refused(status) => status.message.clone(),
        }
    }

    /// How it is said among others.
    pub(crate) fn among(&self) -> String {
        match self {
            Trouble::Text(text) => text.clone(),
            Trouble::Refused(status) => match status.reason_name() {
                reason if reason.is_empty() => format!("Error from server: {}", status.message),
                reason => format!("Error from server ({reason}): {}", status.message),
            },
        }
    }
}

/// Every rule that an object breaks, one on each line.
fn invalid(status: &Status) -> String {
    let Some(details) = &status.details else {
        return format!("The request is invalid: {}", status.message);
    };
    let mut causes: Vec<&String> = Vec::new();
    for cause in &details.causes {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    let head = match (&*details.kind, &*details.name) {
        ("", "") if causes.is_empty() => return format!("The request is invalid: {}", status.message),
        ("", "") => "The request is invalid".into(),
        (kind, name) => format!("The {kind} {name:?} is invalid"),
    };
    match &causes[..] {
        [] => head,
        // The line end is kubectl's, whether or not the cause has one of its own.
        [one] => format!("{head}: {one}\n"),
        many => many.iter().fold(head + ": ", |text, cause| text + "\n* " + cause),
    }
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Trouble::Refused(status)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Failure { text: trouble.alone(), code: 1 }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Trouble::from(status).into()
    }
}

impl From<Vec<Trouble>> for Failure {
    fn from(troubles: Vec<Trouble>) -> Self {
        let text = match &troubles[..] {
            [one] => one.alone(),
            many => many.iter().map(Trouble::among).collect::<Vec<_>>().join("\n"),
        };
        Failure { text, code: 1 }
    }
}
