//! From words to the texts that commands are given: variables, substitutions, splitting, patterns of paths.

use super::ast::{Change, Node, Part, Word};
use super::pattern::{escaped, is_open, matches, unescaped};
use super::{Shell, arithmetic};
use crate::container::Container;
use crate::files::normal;
use crate::world::World;
use orrery_apimachinery::Str;
use std::rc::Rc;

/// Why an expansion is not done.
pub(crate) enum Halt {
    /// The output of this command is needed first.
    Needs(Rc<Node>),
    /// It cannot be done, and a script ends there.
    Failed(String),
}

/// Expands words. It may have to begin again when a substitution has been run; `results` are those that have.
pub(crate) struct Expander<'a> {
    pub shell: &'a mut Shell,
    pub container: &'a mut Container,
    pub world: &'a mut dyn World,
    pub results: &'a [Str],
    pub used: usize,
}

/// Bytes that a word may have (Linux: `MAX_ARG_STRLEN` allows 128 KiB, a variable more).
const LONGEST: usize = 1 << 20;
/// Words that a command may have.
const MOST_WORDS: usize = 100_000;

/// A text as it grows, with backslashes before what stands for itself.
#[derive(Default)]
struct Field {
    pattern: String,
    /// Whether it is a word although it may be empty.
    there: bool,
}

impl Expander<'_> {
    /// The texts of a word: none, one or several.
    pub fn fields(&mut self, word: &Word, into: &mut Vec<Str>) -> Result<(), Halt> {
        if let [Part::Quoted(text)] = &*word.0 {
            into.push(text.clone());
            return Ok(());
        }
        if let [Part::Text(text)] = &*word.0
            && self.shell.options.bash
            && let Some((head, rest)) = text.split_once('{')
            && let Some((inner, tail)) = rest.split_once('}')
        {
            for piece in braces(inner) {
                self.finish(Field { pattern: [head, &piece, tail].concat(), there: true }, into);
            }
            return Ok(());
        }
        let mut field = Field::default();
        for part in &word.0 {
            match part {
                Part::Text(text) => {
                    field.pattern.push_str(text);
                    field.there = true;
                }
                Part::Quoted(text) => field.quoted(text),
                Part::Variable { name, change: Change::None, quoted } if matches!(&**name, "@" | "*") => {
                    let separate = &**name == "@" || !quoted;
                    self.arguments(separate, *quoted, &mut field, into);
                }
                part => {
                    let (value, quoted) = self.value(part)?;
                    match quoted {
                        true => field.quoted(&value),
                        false => self.split(&value, &mut field, into),
                    }
                }
            }
        }
        let long = field.pattern.len() > LONGEST || into.len() > MOST_WORDS;
        self.finish(field, into);
        if long { Err(Halt::Failed("Argument list too long".into())) } else { Ok(()) }
    }

    /// The one text of a word that is not split, as in assignments.
    pub fn text(&mut self, word: &Word) -> Result<Str, Halt> {
        if let [Part::Quoted(text) | Part::Text(text)] = &*word.0 {
            return Ok(text.clone());
        }
        let mut whole = String::new();
        for part in &word.0 {
            match part {
                Part::Text(text) | Part::Quoted(text) => whole.push_str(text),
                part => whole.push_str(&self.value(part)?.0),
            }
        }
        if whole.len() > LONGEST {
            return Err(Halt::Failed("Cannot allocate memory".into()));
        }
        Ok(whole.into())
    }

    /// A word as a pattern.
    pub fn pattern(&mut self, word: &Word) -> Result<String, Halt> {
        let mut field = Field::default();
        for part in &word.0 {
            match part {
                Part::Text(text) => field.pattern.push_str(text),
                Part::Quoted(text) => field.quoted(text),
                part => {
                    let (value, quoted) = self.value(part)?;
                    if quoted { field.quoted(&value) } else { field.pattern.push_str(&value) }
                }
            }
        }
        Ok(field.pattern)
    }

    /// The value of an arithmetic expression.
    pub fn number(&mut self, word: &Word) -> Result<i64, Halt> {
        let text = self.text(word)?;
        arithmetic::evaluate(&text, self.shell).map_err(Halt::Failed)
    }

    fn arguments(&mut self, separate: bool, quoted: bool, field: &mut Field, into: &mut Vec<Str>) {
        let arguments = self.shell.arguments.clone();
        for (i, argument) in arguments.iter().enumerate() {
            if i > 0 && separate {
                self.finish(std::mem::take(field), into);
            } else if i > 0 {
                field.quoted(" ");
            }
            if quoted { field.quoted(argument) } else { self.split(argument, field, into) }
        }
    }

    /// Adds an unquoted value: its blanks end a field.
    fn split(&mut self, value: &str, field: &mut Field, into: &mut Vec<Str>) {
        let separators: Str = self.shell.get("IFS").cloned().unwrap_or_else(|| " \t\n".into());
        let is_separator = |c: char| separators.contains(c);
        let mut pieces = value.split(is_separator).peekable();
        while let Some(piece) = pieces.next() {
            if !piece.is_empty() {
                // What was substituted may match paths, but it takes no meaning away.
                field.pattern.push_str(&piece.replace('\\', "\\\\"));
                field.there = true;
            }
            if pieces.peek().is_some() {
                self.finish(std::mem::take(field), into);
            }
        }
    }

    fn finish(&mut self, field: Field, into: &mut Vec<Str>) {
        if !field.there {
            return;
        }
        if is_open(&field.pattern) {
            let before = into.len();
            self.paths(&field.pattern, into);
            if into.len() > before {
                return;
            }
        }
        match field.pattern.contains('\\') {
            true => into.push(unescaped(&field.pattern).into()),
            false => into.push(field.pattern.into()),
        }
    }

    /// The paths that a pattern matches, in order.
    fn paths(&mut self, pattern: &str, into: &mut Vec<Str>) {
        let mut found: Vec<String> = vec![if pattern.starts_with('/') { "/".into() } else { String::new() }];
        let mut steps = pattern.split('/').filter(|step| !step.is_empty()).peekable();
        while let Some(step) = steps.next() {
            let last = steps.peek().is_none();
            let mut next = Vec::new();
            for directory in &found {
                let at = normal(&self.shell.directory, directory);
                let Some(names) = self.container.list(&at, self.world) else { continue };
                for name in names.iter().filter(|name| !name.starts_with('.') || step.starts_with('.')) {
                    if matches(step, name) {
                        next.push([&**directory, &**name, if last { "" } else { "/" }].concat());
                    }
                }
            }
            found = next;
        }
        into.extend(found.into_iter().map(Str::from));
    }

    /// The value of a part that is not text, and whether it is quoted.
    fn value(&mut self, part: &Part) -> Result<(Str, bool), Halt> {
        match part {
            Part::Text(text) | Part::Quoted(text) => Ok((text.clone(), true)),
            Part::Command(command, quoted) => {
                let result = self.results.get(self.used).ok_or_else(|| Halt::Needs(command.clone()))?;
                self.used += 1;
                Ok((result.clone(), *quoted))
            }
            Part::Arithmetic(word, quoted) => Ok((self.number(word)?.to_string().into(), *quoted)),
            Part::Variable { name, change, quoted } => {
                let value = self.changed(name, change)?;
                Ok((value, *quoted))
            }
        }
    }

    /// The value of a variable, or of one of the shell's own parameters.
    fn variable(&mut self, name: &str) -> Option<Str> {
        let shell = &*self.shell;
        Some(match name {
            "?" => shell.status.to_string().into(),
            "$" => shell.pid.to_string().into(),
            "!" => shell.background.map(|pid| pid.to_string())?.into(),
            "#" => shell.arguments.len().to_string().into(),
            "-" => if shell.options.errexit { "e" } else { "" }.into(),
            "@" | "*" => shell.arguments.join(" ").into(),
            "0" => shell.name.clone(),
            "RANDOM" => {
                self.container.varies = true;
                self.container.random.below(32_768).to_string().into()
            }
            "UID" => "0".into(),
            "PWD" => shell.directory.clone(),
            name => match name.parse::<usize>() {
                Ok(number) => shell.arguments.get(number.checked_sub(1)?)?.clone(),
                Err(_) => shell.get(name)?.clone(),
            },
        })
    }

    fn changed(&mut self, name: &str, change: &Change) -> Result<Str, Halt> {
        let value = self.variable(name);
        if let Change::Instead(sign, empty_too, word) = change {
            let there = value.as_ref().is_some_and(|value| !value.is_empty() || !empty_too);
            return match (sign, there) {
                (b'+', true) => self.text(word),
                (b'+', false) => Ok("".into()),
                (_, true) => Ok(value.unwrap_or_default()),
                (b'=', false) => {
                    let text = self.text(word)?;
                    self.shell.set(name, text.clone());
                    Ok(text)
                }
                (b'?', false) => {
                    let text = self.text(word)?;
                    let why = if text.is_empty() { "parameter not set" } else { &text };
                    Err(Halt::Failed([name, ": ", why].concat()))
                }
                (_, false) => self.text(word),
            };
        }
        if value.is_none() && self.shell.options.nounset && !matches!(name, "@" | "*" | "!") {
            return Err(Halt::Failed([name, ": parameter not set"].concat()));
        }
        let value = value.unwrap_or_else(|| "".into());
        Ok(match change {
            Change::None | Change::Instead(..) => value,
            Change::Length if matches!(name, "@" | "*") => self.shell.arguments.len().to_string().into(),
            Change::Length => value.chars().count().to_string().into(),
            Change::Trim(sign, longest, word) => trim(&value, &self.pattern(word)?, *sign, *longest),
            Change::Replace(all, from, to) => {
                let (from, to) = (self.pattern(from)?, self.text(to)?);
                replace(&value, &from, &to, *all)
            }
            Change::Slice(from, length) => {
                let count = value.chars().count() as i64;
                let from = self.number(from)?;
                let from = if from < 0 { (count + from).max(0) } else { from };
                let length = match length {
                    Some(word) => self.number(word)?,
                    None => count,
                };
                let length = if length < 0 { count + length - from } else { length };
                value
                    .chars()
                    .skip(from.max(0) as usize)
                    .take(length.max(0) as usize)
                    .collect::<String>()
                    .into()
            }
            Change::Case(b'^') => value.to_uppercase().into(),
            Change::Case(_) => value.to_lowercase().into(),
        })
    }
}

impl Field {
    fn quoted(&mut self, text: &str) {
        escaped(text, &mut self.pattern);
        self.there = true;
    }
}

/// What `{1..3}` and `{a,b}` stand for in bash.
fn braces(inner: &str) -> Vec<String> {
    let range =
        inner.split_once("..").and_then(|(a, b)| Some((a.parse::<i32>().ok()?, b.parse::<i32>().ok()?)));
    match range {
        Some((from, to)) if from.abs_diff(to) < 100_000 => {
            let numbers = from.min(to)..=from.max(to);
            let mut texts: Vec<String> = numbers.map(|number| number.to_string()).collect();
            if from > to {
                texts.reverse();
            }
            texts
        }
        _ if inner.contains(',') => inner.split(',').map(str::to_owned).collect(),
        _ => vec![["{", inner, "}"].concat()],
    }
}

/// A value without the shortest (or longest) beginning or end that matches.
fn trim(value: &str, pattern: &str, sign: u8, longest: bool) -> Str {
    let at_end = sign == b'%';
    let mut cuts: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    // The shortest end is at the last cut, the shortest beginning at the first.
    if at_end != longest {
        cuts.reverse();
    }
    for cut in cuts {
        let (head, tail) = value.split_at(cut);
        if matches(pattern, if at_end { tail } else { head }) {
            return if at_end { head } else { tail }.into();
        }
    }
    value.into()
}

/// Texts longer than this are not searched for patterns: a search costs their length squared.
const LONGEST_SEARCHED: usize = 2_000;

fn replace(value: &str, pattern: &str, to: &str, all: bool) -> Str {
    if !is_open(pattern) {
        let from = unescaped(pattern);
        if from.is_empty() {
            return value.into();
        }
        return value.replacen(&from, to, if all { usize::MAX } else { 1 }).into();
    }
    if value.len() > LONGEST_SEARCHED {
        return value.into();
    }
    let (mut result, mut rest) = (String::new(), value);
    while let Some(c) = rest.chars().next() {
        let mut ends = rest.char_indices().rev().map(|(at, c)| at + c.len_utf8());
        match ends.find(|end| matches(pattern, &rest[..*end])) {
            Some(end) => {
                result.push_str(to);
                rest = &rest[end..];
                if !all {
                    break;
                }
            }
            None => {
                result.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    [&*result, rest].concat().into()
}
