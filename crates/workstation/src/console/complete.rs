//! What Tab offers in the shell: programs, what kubectl completes, and the names of files.

use super::HOSTED;
use orrery_apimachinery::Order;
use orrery_kubectl::Known;

/// Programs of the shell that stand behind a pipe.
const FILTERS: [&str; 15] = [
    "awk", "base64", "cat", "cut", "echo", "grep", "head", "sed", "sleep", "sort", "tail", "tee", "uniq",
    "wc", "xargs",
];
/// What else the machine's programs can be told.
const SUBCOMMANDS: [(&str, &[&str]); 3] = [
    ("docker", &["build", "exec", "images", "network", "ps", "pull", "push", "rmi", "run", "tag"]),
    ("kind", &["load"]),
    ("minikube", &["addons", "image", "ip", "node", "service", "ssh", "tunnel"]),
];

/// What could stand in place of the last word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where the word begins, in bytes.
    pub from: usize,
    /// What could stand there.
    pub offers: Vec<String>,
}

impl Completion {
    /// The word as far as it is clear, with what follows a word that is whole.
    pub fn clear(&self) -> String {
        let Some(first) = self.offers.first() else { return String::new() };
        if self.offers.len() == 1 {
            let open = first.ends_with(['=', '/']);
            return if open { first.clone() } else { [first, " "].concat() };
        }
        let shared =
            |a: &str, b: &str| a.char_indices().zip(b.chars()).take_while(|((_, a), b)| a == b).last();
        let mut common = first.as_str();
        for offer in &self.offers[1..] {
            common = shared(common, offer).map_or("", |((at, c), _)| &common[..at + c.len_utf8()]);
        }
        common.to_owned()
    }
}

/// Programs of the shell's own that people begin a line with.
const OWN: [&str; 2] = ["history", "watch"];

/// What Tab offers at the end of a line.
pub fn complete(line: &str, known: &Known<'_>, variables: &[String]) -> Completion {
    let (words, last, from, first) = read(line);
    let mut offers = Vec::new();
    let mut add = |names: &[&str]| offers.extend(names.iter().map(|name| (*name).to_owned()));
    if last.starts_with('$') {
        offers.extend(variables.iter().map(|name| ["$", name].concat()));
    } else if words.is_empty() {
        if first {
            // Whoever begins to write `kubectl` means none of its commands.
            if last.is_empty() || !"kubectl".starts_with(&last) {
                offers = orrery_kubectl::complete(&[], &last, known);
            }
            offers.extend(HOSTED.into_iter().chain(OWN).map(str::to_owned));
        } else {
            add(&FILTERS);
            add(&HOSTED);
        }
    } else if matches!(&*words[0], "kubectl" | "k") {
        offers = orrery_kubectl::complete(&words[1..], &last, known);
    } else if first && orrery_kubectl::is_command(&words[0]) {
        offers = orrery_kubectl::complete(&words, &last, known);
    } else if let Some((_, subcommands)) = SUBCOMMANDS.iter().find(|(name, _)| *name == words[0]) {
        match words.get(1).map(String::as_str) {
            None => add(subcommands),
            Some("service") => {
                let services = ["get", "service"].map(str::to_owned);
                offers = orrery_kubectl::complete(&services, &last, known);
            }
            Some(_) => {}
        }
    } else {
        offers.extend(known.files.iter().cloned());
    }
    offers.retain(|offer| offer.starts_with(&last));
    offers.order();
    offers.dedup();
    Completion { from, offers }
}

/// The words of the last command of a line, the word that is not finished, where it begins, and whether the command is
/// the first of the line.
fn read(line: &str) -> (Vec<String>, String, usize, bool) {
    let (mut words, mut word, mut from, mut first) = (Vec::new(), String::new(), line.len(), true);
    let (mut quote, mut begun) = (None, false);
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '|' | ';' | '&' | '(' | '\n') => {
                words.clear();
                word.clear();
                begun = false;
                first = false;
                continue;
            }
            (None, c) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
                continue;
            }
            (_, c) => word.push(c),
        }
        if !begun {
            (begun, from) = (true, at);
        }
    }
    (words, word, if begun { from } else { line.len() }, first)
}
