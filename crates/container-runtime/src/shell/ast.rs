//! A script as a tree. Its nodes are shared, so that a process that runs it can be cloned.

use orrery_apimachinery::Str;
use std::rc::Rc;

/// A command.
#[derive(Debug)]
pub(crate) enum Node {
    /// Assignments, words, redirections.
    Simple(Simple),
    /// One after the other.
    List(Vec<Rc<Node>>),
    /// Joined by `&&` and `||`, which stands before each but the first.
    AndOr(Vec<(Join, Rc<Node>)>),
    /// `!`
    Not(Rc<Node>),
    /// `|`
    Pipe(Vec<Rc<Node>>),
    /// `&`
    Background(Rc<Node>),
    /// `if` and `elif` with what they guard, and `else`.
    If(Vec<(Rc<Node>, Rc<Node>)>, Option<Rc<Node>>),
    /// `while`, or `until`.
    Loop { until: bool, test: Rc<Node>, body: Rc<Node> },
    /// `for`; without words it goes through the arguments.
    For { name: Str, words: Option<Vec<Word>>, body: Rc<Node> },
    /// `case`
    Case { word: Word, arms: Vec<(Vec<Word>, Rc<Node>)> },
    /// `( )`
    Subshell(Rc<Node>),
    /// A compound command with redirections.
    Redirected(Rc<Node>, Vec<Redirect>),
    /// `name() …`
    Function(Str, Rc<Node>),
    /// `(( ))`
    Arithmetic(Word),
}

/// What joins a command to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    And,
    Or,
}

/// A simple command.
#[derive(Debug, Default)]
pub(crate) struct Simple {
    pub assignments: Vec<(Str, Word)>,
    pub words: Vec<Word>,
    pub redirects: Vec<Redirect>,
}

/// A word before its expansion.
#[derive(Debug, Default)]
pub(crate) struct Word(pub Vec<Part>);

/// A part of a word.
#[derive(Debug)]
pub(crate) enum Part {
    /// Text in which `*`, `?` and `[` match.
    Text(Str),
    /// Text that stands for itself.
    Quoted(Str),
    /// `$name`, `${name…}`; in double quotes it is not split.
    Variable { name: Str, change: Change, quoted: bool },
    /// `$(…)`
    Command(Rc<Node>, bool),
    /// `$((…))`
    Arithmetic(Word, bool),
}

/// What `${…}` does with a variable.
#[derive(Debug)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// `${#name}`
    Length,
    /// `${name:-word}` and its like: the sign, and whether an empty value counts as none.
    Instead(u8, bool, Word),
    /// `${name%word}`, `##` …: the sign, and whether as much as can be is taken off.
    Trim(u8, bool, Word),
    /// `${name/word/word}`, and whether everywhere.
    Replace(bool, Word, Word),
    /// `${name:from:length}`
    Slice(Word, Option<Word>),
    /// `${name^^}`, `${name,,}`: the sign.
    Case(u8),
}

/// A redirection.
#[derive(Debug)]
pub(crate) struct Redirect {
    /// What is redirected: 0, 1, 2; 3 for both outputs.
    pub stream: u8,
    pub kind: RedirectKind,
    pub target: Word,
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RedirectKind {
    /// `<`
    In,
    /// `>`
    Out,
    /// `>>`
    Append,
    /// `>&`
    Same,
    /// `<<` and `<<<`: the target is the text.
    Here,
}
