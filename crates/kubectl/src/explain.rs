//! `kubectl explain`: what the API says of a kind and its fields.
//!
//! Printed as by the template `plaintext` (`k8s.io/kubectl/pkg/explain/v2/templates/plaintext.tmpl`).

mod custom;

use crate::command::Cx;
use crate::target;
use crate::{Args, Failure};
use orrery_schema::{Field, Schema, Ty, Type};

/// How many values of an enumeration a line lists.
const LISTED: usize = 4;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let word = match &args.words[..] {
        [] => {
            return Err(Failure::usage(
                "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of supported resources.",
            ));
        }
        [word] => word,
        _ => return Err(Failure::usage("We accept only this format: explain RESOURCE")),
    };
    let (resource, path) = split(word)?;
    let kind = target::kind(cx.api(), resource).map_err(|failure| {
        // The one command whose complaint is not marked as an error.
        let text = failure.text.trim_start_matches("error: ").to_owned();
        Failure { text, ..failure }
    })?;
    if let Some(format) = args.flag("output").filter(|format| *format != "plaintext") {
        return Err(Failure::usage(format!("unrecognized format: {format}")));
    }
    let api_version = args.flag("api-version").unwrap_or(kind.api_version());
    // `deployments.apps.spec`: the group is no field.
    let path = match args.flag("api-version") {
        None if resource == kind.plural() => without_group(path, kind.group()),
        _ => path,
    };
    let Some(schema) = cx.files.schema() else {
        return Err(Failure::usage("the descriptions of fields are not here yet; try again in a moment"));
    };
    let mut page = Page { schema, recursive: args.on("recursive"), text: String::new() };
    page.head(api_version, kind.name());
    let explained = match schema.kind(api_version, kind.name()) {
        Some(described) => page.explain(described, &path),
        None => {
            let unserved = || Failure::usage(unserved(schema, api_version, kind.plural()));
            let custom = custom::schema(cx.api(), api_version, kind.name()).ok_or_else(unserved)?;
            // What all objects have is stated by any of the kinds.
            let pod = schema.kind("v1", "Pod");
            let common = ["apiVersion", "kind", "metadata"].iter();
            let common: Vec<&Field> = common.filter_map(|name| pod?.field(name)).collect();
            page.explain_custom(custom, &path, &common)
        }
    };
    cx.output.stdout.push_str(&page.text);
    explained
}

/// The resource and the fields of `pods.spec.containers`.
fn split(word: &str) -> Result<(&str, Vec<&str>), Failure> {
    // A second dot says no more than the first. Anything else but names of fields would be a step of jsonpath.
    let mut words = word.split('.').filter(|word| !word.is_empty());
    if word.starts_with('.') || word.contains(['[', ']', '*', '@', '?']) {
        return Err(Failure::usage("invalid jsonpath syntax, first node must be field node"));
    }
    Ok((words.next().unwrap_or_default(), words.collect()))
}

fn without_group<'p>(path: Vec<&'p str>, group: &'p str) -> Vec<&'p str> {
    let parts: Vec<&str> = group.split('.').filter(|part| !part.is_empty()).collect();
    path.strip_prefix(&parts[..]).map(<[_]>::to_vec).unwrap_or(path)
}

/// What upstream says of a version that does not have the resource, or is not there at all.
fn unserved(schema: &Schema, api_version: &str, resource: &str) -> String {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let resource = format!("{group}/{version}, Resource={resource}");
    match schema.kinds().any(|(served, _)| served == api_version) {
        true => format!("GVR ({resource}) not found in OpenAPI schema"),
        false => format!("couldn't find resource for \"{resource}\""),
    }
}

/// The text as it grows.
struct Page<'s> {
    schema: &'s Schema,
    recursive: bool,
    text: String,
}

impl Page<'_> {
    fn head(&mut self, api_version: &str, kind: &str) {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if !group.is_empty() {
            self.text.push_str(&format!("GROUP:      {group}\n"));
        }
        self.text.push_str(&format!("KIND:       {kind}\nVERSION:    {version}\n\n"));
    }

    fn explain(&mut self, kind: &Type, path: &[&str]) -> Result<(), Failure> {
        let Some((last, before)) = path.split_last() else {
            self.description(&self.described(Ty::of(kind)), Ty::of(kind));
            return Ok(());
        };
        let missing = || Failure::usage(format!("field \"{last}\" does not exist"));
        let mut holder = kind;
        for name in before {
            let field = holder.field(name).ok_or_else(missing)?;
            holder = self.schema.named(field.ty.innermost()).ok_or_else(missing)?;
        }
        self.explain_field(holder.field(last).ok_or_else(missing)?, &[])
    }

    /// What is said of a field, or of the one that a path from it leads to.
    fn explain_field(&mut self, field: &Field, path: &[&str]) -> Result<(), Failure> {
        if let Some(last) = path.last() {
            let missing = || Failure::usage(format!("field \"{last}\" does not exist"));
            let holder = self.schema.named(field.ty.innermost()).ok_or_else(missing)?;
            return self.explain(holder, path);
        }
        self.text.push_str(&format!("FIELD: {} <{}>\n", field.name, self.shown(field.ty)));
        if !enumeration(field).is_empty() {
            self.text.push_str("ENUM:");
            enumeration(field)
                .iter()
                .for_each(|value| self.text.push_str(&format!("\n    {}", quoted(value))));
        }
        self.text.push_str("\n\n");
        let said = line_of(&field.doc) + &self.described(field.ty);
        self.description(&said, field.ty);
        Ok(())
    }

    /// What is said of the types that a type is made of.
    fn described(&self, ty: Ty) -> String {
        self.schema.named(ty.innermost()).map(|ty| line_of(&ty.doc)).unwrap_or_default()
    }

    fn description(&mut self, said: &str, ty: Ty) {
        let said = if said.is_empty() { "<empty>" } else { said };
        self.text.push_str(&format!("DESCRIPTION:\n{}\n", indent(&wrap(said, 76), 4)));
        let heading = self.text.len();
        self.fields(ty, 1, &mut Vec::new());
        if self.text.len() > heading {
            self.text.insert_str(heading, "FIELDS:\n");
        }
        self.text.push('\n');
    }

    /// The fields of a type, and of theirs. `above` are the types that this one stands in.
    fn fields(&mut self, ty: Ty, level: usize, above: &mut Vec<Ty>) {
        let inner = ty.innermost();
        if above.contains(&inner) {
            return;
        }
        above.push(inner);
        let schema = self.schema;
        for field in schema.fields(inner) {
            self.field(field, level);
            if self.recursive {
                self.fields(field.ty, level + 1, above);
            }
        }
        above.pop();
    }

    fn field(&mut self, field: &Field, level: usize) {
        let margin = level * 2;
        let required = if field.required { " -required-" } else { "" };
        let name = format!("{}\t<{}>{required}", field.name, self.shown(field.ty));
        self.text.push_str(&indent(&name, margin));
        let values = enumeration(field);
        if !values.is_empty() {
            let mut listed: Vec<&str> = values.iter().take(LISTED).map(|value| quoted(value)).collect();
            listed.extend((values.len() > LISTED).then_some("...."));
            self.text.push_str(&format!("\n{}enum: {}", " ".repeat(margin), listed.join(", ")));
        }
        self.text.push('\n');
        if !self.recursive {
            let said = if field.doc.is_empty() { "<no description>" } else { &field.doc };
            self.text.push_str(&indent(&wrap(said, 78 - margin), margin + 2));
            self.text.push_str("\n\n");
        }
    }

    /// The type as the template guesses it.
    fn shown(&self, ty: Ty) -> String {
        let shown = self.schema.shown(ty);
        match shown.strip_suffix("object") {
            Some(around) if ty.innermost().word() == "object" => format!("{around}Object"),
            _ => shown,
        }
    }
}

/// The values of a field that the template lists: those of lists and maps it passes over.
fn enumeration(field: &Field) -> &[&'static str] {
    let alone = field.published && field.ty == field.ty.innermost();
    if alone { &field.values } else { &[] }
}

fn quoted(value: &str) -> &str {
    if value.is_empty() { "\"\"" } else { value }
}

fn line_of(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("{said}\n") }
}

fn indent(text: &str, margin: usize) -> String {
    let margin = " ".repeat(margin);
    format!("{margin}{}", text.replace('\n', &format!("\n{margin}")))
}

/// Breaks lines at white space (`github.com/mitchellh/go-wordwrap`): a word as long as a line stays whole, and the
/// white space at a break is dropped.
fn wrap(text: &str, width: usize) -> String {
    let (mut lines, mut used) = (String::new(), 0);
    let (mut spaces, mut word) = (String::new(), String::new());
    let length = |text: &str| text.chars().count();
    for letter in text.chars() {
        if letter.is_whitespace() && letter != '\u{a0}' {
            let ends_word = !word.is_empty();
            if letter == '\n' && !ends_word && used + length(&spaces) > width {
                spaces.clear();
            } else if letter == '\n' || ends_word || spaces.is_empty() {
                used += length(&spaces) + length(&word);
                lines.push_str(&spaces);
                lines.push_str(&word);
                spaces.clear();
                word.clear();
            }
            if letter == '\n' {
                lines.push('\n');
                used = 0;
            } else {
                spaces.push(letter);
            }
        } else {
            word.push(letter);
            if used + length(&spaces) + length(&word) > width && length(&word) < width {
                lines.push('\n');
                spaces.clear();
                used = 0;
            }
        }
    }
    if !word.is_empty() || used + length(&spaces) <= width {
        lines.push_str(&spaces);
    }
    lines + &word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_white_space_as_upstream_breaks_them() {
        let rows = [
            ("a line that fits", "one two", 10, "one two"),
            ("a break drops the space", "one two three", 8, "one two\nthree"),
            (
                "a long word stays whole, on a line of its own",
                "a https://example.com/long b",
                10,
                "a\nhttps://example.com/long\nb",
            ),
            ("line ends stay", "one\n\ntwo", 10, "one\n\ntwo"),
            ("margins stay", "one\n - two", 10, "one\n - two"),
            ("the space at the end stays where it fits", "one ", 10, "one "),
            ("a space that cannot be broken at", "one\u{a0}two", 5, "one\u{a0}two"),
        ];
        for (row, text, width, want) in rows {
            assert_eq!(wrap(text, width), want, "{row}");
        }
    }
}
