//! The command line: words and flags.

use std::collections::BTreeMap;

/// Flags that take a value, by their long names.
const VALUED: &[&str] = &[
    "api-version",
    "cascade",
    "field-manager",
    "field-selector",
    "filename",
    "from-literal",
    "grace-period",
    "image",
    "label-columns",
    "namespace",
    "output",
    "overwrite",
    "port",
    "replicas",
    "revision",
    "selector",
    "sort-by",
    "timeout",
    "to-revision",
    "type",
    "wait",
    "dry-run",
    "current-replicas",
];

/// Short flags and what they stand for.
const SHORT: &[(char, &str)] = &[
    ('A', "all-namespaces"),
    ('L', "label-columns"),
    ('f', "filename"),
    ('l', "selector"),
    ('n', "namespace"),
    ('o', "output"),
    ('w', "watch"),
];

/// Flags that are true when they stand alone but may carry a value after `=`.
const SWITCHES: &[&str] = &[
    "all",
    "all-namespaces",
    "force",
    "ignore-not-found",
    "no-headers",
    "now",
    "recursive",
    "show-labels",
    "watch",
];

/// A parsed command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args {
    /// What is not a flag, the command first.
    pub words: Vec<String>,
    flags: BTreeMap<String, Vec<String>>,
}

impl Args {
    /// Parses `argv`; the error is kubectl's.
    pub fn parse(argv: &[String]) -> Result<Args, String> {
        let mut args = Args::default();
        let mut rest = argv.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                args.words.extend(rest.cloned());
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                args.long(long, &mut rest)?;
            } else if word.len() > 1 && word.starts_with('-') {
                args.short(word, &mut rest)?;
            } else {
                args.words.push(word.clone());
            }
        }
        Ok(args)
    }

    fn long<'a>(&mut self, long: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), String> {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (long, None),
        };
        // `--wait` and `--cascade` alone mean true.
        let optional = matches!(name, "wait" | "overwrite" | "cascade" | "dry-run");
        let value = match value {
            Some(value) => value,
            None if SWITCHES.contains(&name) || optional => "true".into(),
            None if VALUED.contains(&name) => {
                rest.next().cloned().ok_or_else(|| format!("flag needs an argument: --{name}"))?
            }
            None => return Err(format!("unknown flag: --{name}")),
        };
        if !SWITCHES.contains(&name) && !VALUED.contains(&name) {
            return Err(format!("unknown flag: --{name}"));
        }
        self.flags.entry(name.into()).or_default().push(value);
        Ok(())
    }

    fn short<'a>(&mut self, word: &str, rest: &mut impl Iterator<Item = &'a String>) -> Result<(), String> {
        let mut letters = word[1..].chars();
        let letter = letters.next().expect("a short flag has a letter");
        let name = SHORT
            .iter()
            .find(|(c, _)| *c == letter)
            .map(|(_, n)| *n)
            .ok_or_else(|| format!("unknown shorthand flag: '{letter}' in {word}"))?;
        let attached = letters.as_str().trim_start_matches('=');
        let value = if SWITCHES.contains(&name) {
            "true".into()
        } else if attached.is_empty() {
            rest.next().cloned().ok_or_else(|| format!("flag needs an argument: '{letter}' in {word}"))?
        } else {
            attached.into()
        };
        self.flags.entry(name.into()).or_default().push(value);
        Ok(())
    }

    /// The last value of a flag.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.get(name)?.last().map(String::as_str)
    }

    /// All values of a flag.
    pub fn all(&self, name: &str) -> &[String] {
        self.flags.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a switch is on.
    pub fn on(&self, name: &str) -> bool {
        self.flag(name) == Some("true")
    }

    /// The namespace that the command is about.
    pub fn namespace(&self) -> &str {
        self.flag("namespace").unwrap_or("default")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_in_all_their_spellings() {
        let parse = |text: &str| Args::parse(&text.split(' ').map(String::from).collect::<Vec<_>>());
        let args = parse("delete pod web -n shop --wait=false -lapp=web --grace-period 5 -A").expect("valid");
        assert_eq!(args.words, ["delete", "pod", "web"]);
        assert_eq!(
            (args.namespace(), args.flag("wait"), args.flag("selector")),
            ("shop", Some("false"), Some("app=web"))
        );
        assert_eq!((args.flag("grace-period"), args.on("all-namespaces")), (Some("5"), true));
        assert_eq!(parse("get pods --replica").err().as_deref(), Some("unknown flag: --replica"));
        assert_eq!(parse("get pods -n").err().as_deref(), Some("flag needs an argument: 'n' in -n"));
    }
}
