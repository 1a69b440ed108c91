//! `-o custom-columns=…`: a table of fields (upstream: `kubectl/pkg/cmd/get/customcolumn.go`).

use crate::jsonpath::{Template, relaxed};
use crate::{Failure, tabs};
use orrery_apimachinery::{Value, gofmt};

/// A table whose columns are fields.
#[derive(Debug)]
pub(crate) struct Columns {
    heads: Vec<String>,
    fields: Vec<Template>,
    no_headers: bool,
}

impl Columns {
    /// Reads `NAME:.metadata.name,IMAGE:.spec.containers[*].image`.
    pub(crate) fn parse(spec: &str, no_headers: bool) -> Result<Columns, Failure> {
        if spec.is_empty() {
            return Err(Failure::usage("custom-columns format specified but no custom columns given"));
        }
        let mut pairs = Vec::new();
        for part in spec.split(',') {
            let unexpected = || {
                Failure::usage(format!(
                    "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
                ))
            };
            pairs.push(part.split_once(':').ok_or_else(unexpected)?);
        }
        Columns::of(&pairs, no_headers)
    }

    /// Reads a file of two lines: heads, and below them the fields.
    pub(crate) fn parse_file(text: &str) -> Result<Columns, Failure> {
        let mut lines = text.lines();
        let mut line = |what: &str| {
            let missing = format!(
                "invalid template, missing {what} line. Expected format is one line of space separated headers, one line of space separated column specs."
            );
            lines
                .next()
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                .ok_or_else(|| Failure::usage(missing))
        };
        let (heads, fields) = (line("header")?, line("spec")?);
        if heads.len() != fields.len() {
            return Err(Failure::usage(format!(
                "number of headers ({}) and field specifications ({}) don't match",
                heads.len(),
                fields.len()
            )));
        }
        Columns::of(&heads.into_iter().zip(fields).collect::<Vec<_>>(), false)
    }

    fn of(pairs: &[(&str, &str)], no_headers: bool) -> Result<Columns, Failure> {
        let mut columns = Columns { heads: Vec::new(), fields: Vec::new(), no_headers };
        for (head, field) in pairs {
            let field = relaxed(field).map_err(Failure::usage)?;
            columns.heads.push((*head).into());
            columns.fields.push(Template::bare(&field).map_err(Failure::usage)?);
        }
        Ok(columns)
    }

    /// The table of these objects.
    pub(crate) fn print(&self, objects: &[&Value]) -> Result<String, Failure> {
        let mut text = if self.no_headers { String::new() } else { self.heads.join("\t") + "\n" };
        for object in objects {
            let mut cells = Vec::new();
            for field in &self.fields {
                cells.push(cell(field, object).map_err(Failure::usage)?);
            }
            text += &cells.join("\t");
            text.push('\n');
        }
        Ok(tabs::align_apart(&text, tabs::WIDE))
    }
}

fn cell(field: &Template, object: &Value) -> Result<String, String> {
    let found = field.find(object)?;
    let mut texts: Vec<String> = Vec::new();
    if found.first().is_none_or(Vec::is_empty) {
        texts.push("<none>".into());
    }
    texts.extend(found.into_iter().flatten().map(gofmt::value));
    Ok(texts.join(","))
}
