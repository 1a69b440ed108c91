//! The API server's refusal.

use std::fmt;

/// Why a request was refused (upstream: `metav1.StatusReason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The object is not there. Read again before you act on what you believed.
    NotFound,
    /// An object of that name is there already.
    AlreadyExists,
    /// The object changed since it was read. Read it again and decide anew; never write blindly.
    Conflict,
    /// The object breaks a rule of its kind. Retrying the same object cannot succeed.
    Invalid,
    /// The request itself could not be read.
    BadRequest,
    /// An admission rule forbids it.
    Forbidden,
    /// Not now: what is asked for would break a budget.
    TooManyRequests,
    /// The server cannot be reached.
    ServiceUnavailable,
    /// What was asked for is forgotten: the place of a list that is read in parts, or of a watch.
    Expired,
    /// The server could not do what was asked for, and it is not the request's fault.
    InternalError,
    /// An error of the server that has no name.
    Unknown,
}

/// A refusal with upstream's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The machine-readable reason.
    pub reason: Reason,
    /// The sentence that kubectl prints after `Error from server (Reason): `.
    pub message: String,
    /// Of an `Invalid`: of what kind the object is, and every rule that it breaks.
    pub details: Option<Box<Details>>,
}

/// What an object that breaks rules is told (upstream: `metav1.StatusDetails`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The kind, without its group.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The broken rules, each with its path.
    pub causes: Vec<String>,
}

/// The outcome of a request.
pub type StatusResult<T> = Result<T, Status>;

impl Status {
    /// A refusal.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Status { reason, message: message.into(), details: None }
    }

    /// `deployments.apps "web" not found`; `resource` is the plural with its group.
    pub fn not_found(resource: &str, name: &str) -> Self {
        Status::new(Reason::NotFound, format!("{resource} \"{name}\" not found"))
    }

    /// `deployments.apps "web" already exists`.
    pub fn already_exists(resource: &str, name: &str) -> Self {
        Status::new(Reason::AlreadyExists, format!("{resource} \"{name}\" already exists"))
    }

    /// `pods "web" is forbidden: ` and the reason.
    pub fn forbidden(resource: &str, name: &str, reason: &str) -> Self {
        Status::new(Reason::Forbidden, format!("{resource} \"{name}\" is forbidden: {reason}"))
    }

    /// The optimistic lock failed.
    pub fn conflict(resource: &str, name: &str) -> Self {
        Status::new(
            Reason::Conflict,
            format!(
                "Operation cannot be fulfilled on {resource} \"{name}\": the object has been modified; please apply your changes to the latest version and try again"
            ),
        )
    }

    /// `Deployment.apps "web" is invalid: …`; one error stands alone, several in brackets.
    pub fn invalid(kind_and_group: &str, name: &str, errors: &[String]) -> Self {
        let causes = match errors {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let kind = kind_and_group.split('.').next().unwrap_or_default();
        let details = Details { kind: kind.into(), name: name.into(), causes: errors.to_vec() };
        let message = format!("{kind_and_group} \"{name}\" is invalid: {causes}");
        Status { details: Some(Box::new(details)), ..Status::new(Reason::Invalid, message) }
    }

    /// The refusal with what led to it.
    pub fn with_causes(self, causes: Vec<String>) -> Self {
        let details = Details { kind: String::new(), name: String::new(), causes };
        Status { details: Some(Box::new(details)), ..self }
    }

    /// The reason's name, empty where upstream prints none.
    pub fn reason_name(&self) -> String {
        match self.reason {
            Reason::Unknown => String::new(),
            named => format!("{named:?}"),
        }
    }

    /// Whether the object is not there.
    pub fn is_not_found(&self) -> bool {
        self.reason == Reason::NotFound
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Status {}
