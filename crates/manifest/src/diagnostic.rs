//! What is wrong with a text, and where.

use crate::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The object cannot be used.
    Error,
    /// The object can be used, but may not mean what its author meant.
    Warning,
}

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The line where it starts, counted from 1.
    pub line: u32,
    /// The column where it starts, in characters counted from 1.
    pub column: u32,
    /// The line where it ends.
    pub end_line: u32,
    /// The column behind its last character.
    pub end_column: u32,
    /// The field, such as `spec.containers[0].image`; empty when the text could not be read that far.
    pub path: String,
    /// What upstream prints. A line that it names is counted, as upstream does, from the start of its document.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error at `range`.
    pub fn error(range: Range, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            line: range.line,
            column: range.column,
            end_line: range.end_line,
            end_column: range.end_column,
            path: String::new(),
            message: message.into(),
            hint: None,
        }
    }

    /// A warning at `range`.
    pub fn warning(range: Range, message: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(range, message) }
    }

    /// The same, with the path of its field.
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same, with what to do about it.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What kubectl prints when it cannot read the file because of this.
    pub fn parsing(&self, file: &str) -> String {
        let of_yaml = ["yaml: ", "json: unsupported value", "unsupported map key"];
        let converting = of_yaml.iter().any(|start| self.message.starts_with(start));
        let doing = if converting { "error converting YAML to JSON: " } else { "" };
        format!("error: error parsing {file}: {doing}{}", self.message)
    }
}
