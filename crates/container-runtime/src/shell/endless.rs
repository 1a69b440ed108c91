//! Loops that go on for ever whatever they compute: `while true; do date; sleep 1; done`.

use super::Shell;
use super::ast::{Change, Node, Part, Redirect, RedirectKind, Simple, Word};
use crate::container::{Container, Mount};
use crate::programs::{self, Reach};

/// Commands of the shell that change what follows, or how.
const TURNS: [&str; 14] = [
    "break", "continue", "return", "exit", "exec", "eval", ".", "source", "wait", "trap", "set", "read",
    "shift", "unset",
];

/// Whether a loop goes on for ever and touches nothing outside its container.
pub(crate) fn is_endless(node: &Node, shell: &Shell, container: &Container) -> bool {
    let Node::Loop { until, test, body } = node else { return false };
    let cx = Tame { shell, container };
    !shell.options.errexit
        && !shell.options.nounset
        && always(test, !*until)
        && cx.node(test)
        && cx.node(body)
}

/// Whether a test always comes out so.
fn always(node: &Node, well: bool) -> bool {
    match node {
        Node::Simple(simple) => {
            let Some(first) = simple.words.first().filter(|_| simple.redirects.is_empty()) else {
                return false;
            };
            let (name, _) = first.plain();
            match &*name {
                "true" | ":" | "sleep" | "echo" | "date" => well && first.0.len() == 1,
                "false" => !well,
                "[" | "test" => {
                    let last = simple.words.get(1).map(|word| word.plain().0);
                    well && simple.words.len() <= 3 && last.is_some_and(|text| text == "1" || text == "true")
                }
                _ => false,
            }
        }
        Node::Arithmetic(word) => well && word.is("1"),
        Node::Not(inner) => always(inner, !well),
        Node::List(items) => items.last().is_some_and(|last| always(last, well)),
        _ => false,
    }
}

/// What neither leaves a loop nor touches the outside.
struct Tame<'a> {
    shell: &'a Shell,
    container: &'a Container,
}

impl Tame<'_> {
    fn node(&self, node: &Node) -> bool {
        match node {
            Node::Simple(simple) => self.simple(simple),
            Node::List(items) | Node::Pipe(items) => items.iter().all(|item| self.node(item)),
            Node::AndOr(items) => items.iter().all(|(_, item)| self.node(item)),
            Node::Not(inner) | Node::Subshell(inner) => self.node(inner),
            Node::If(branches, otherwise) => {
                branches.iter().all(|(test, body)| self.node(test) && self.node(body))
                    && otherwise.as_ref().is_none_or(|body| self.node(body))
            }
            Node::Loop { test, body, .. } => self.node(test) && self.node(body),
            Node::For { words, body, .. } => {
                words.iter().flatten().all(|word| self.word(word)) && self.node(body)
            }
            Node::Case { word, arms } => {
                self.word(word) && arms.iter().all(|(patterns, body)| self.words(patterns) && self.node(body))
            }
            Node::Redirected(inner, redirects) => {
                self.node(inner) && redirects.iter().all(|redirect| self.redirect(redirect))
            }
            Node::Arithmetic(word) => self.word(word),
            Node::Background(_) | Node::Function(..) => false,
        }
    }

    fn words(&self, words: &[Word]) -> bool {
        words.iter().all(|word| self.word(word))
    }

    fn simple(&self, simple: &Simple) -> bool {
        let whole = self.words(&simple.words)
            && simple.assignments.iter().all(|(_, word)| self.word(word))
            && simple.redirects.iter().all(|redirect| self.redirect(redirect));
        let Some(first) = simple.words.first() else { return whole };
        let [Part::Text(name)] = &*first.0 else { return false };
        let reach = programs::find(name, &self.container.start.image).map(|program| program.reach);
        let tame = match reach {
            Some(Reach::Nothing) => true,
            Some(Reach::Files) => simple.words[1..].iter().all(|word| self.path(word, true)),
            // What is not found fails, and a loop goes on; what is assumed may do anything.
            None => self.container.is_known(),
            Some(Reach::Others) => false,
        };
        whole && tame && !TURNS.contains(&&**name) && self.shell.function(name).is_none()
    }

    fn redirect(&self, redirect: &Redirect) -> bool {
        match redirect.kind {
            RedirectKind::Here => self.word(&redirect.target),
            kind => self.path(&redirect.target, kind == RedirectKind::In),
        }
    }

    /// A word that may be a path: what others write is not read, and where others look is not written late.
    fn path(&self, word: &Word, reads: bool) -> bool {
        if self.container.start.mounts.is_empty() {
            return self.word(word);
        }
        let literal = word.0.iter().all(|part| matches!(part, Part::Text(_) | Part::Quoted(_)));
        let path = crate::files::normal(&self.shell.directory, &word.plain().0);
        let tame = |mount: &Mount| !reads && !mount.prompt;
        literal && !path.starts_with("/dev/tcp/") && self.container.mount(&path).is_none_or(tame)
    }

    fn word(&self, word: &Word) -> bool {
        word.0.iter().all(|part| match part {
            Part::Text(_) | Part::Quoted(_) => true,
            Part::Command(command, _) => self.node(command),
            Part::Arithmetic(inner, _) => self.word(inner) && !inner.plain().0.contains(['/', '%']),
            Part::Variable { change, .. } => match change {
                Change::None | Change::Length | Change::Case(_) => true,
                Change::Instead(sign, _, inner) => *sign != b'?' && self.word(inner),
                Change::Trim(_, _, inner) => self.word(inner),
                Change::Replace(_, from, to) => self.word(from) && self.word(to),
                Change::Slice(..) => false,
            },
        })
    }
}
