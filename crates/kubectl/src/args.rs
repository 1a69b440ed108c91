//! The command line: words and flags. Each command tells which flags it takes.

use crate::{COMMANDS, help};
use orrery_apimachinery::duration;
use orrery_sim::Duration;
use std::collections::BTreeMap;
use std::num::IntErrorKind::{NegOverflow, PosOverflow};

/// The flags of every command.
const GLOBAL: &str = "namespace:n= as= as-group= as-uid= cache-dir= certificate-authority= client-certificate= client-key= cluster= context= disable-compression help:h insecure-skip-tls-verify kubeconfig= log-flush-frequency@ match-server-version password= profile= profile-output= request-timeout= server:s= tls-server-name= token= user= username= v:v= vmodule= warnings-as-errors";

/// How a switch can be set (Go: `strconv.ParseBool`).
const TRUE: [&str; 6] = ["1", "t", "T", "true", "TRUE", "True"];
const FALSE: [&str; 6] = ["0", "f", "F", "false", "FALSE", "False"];

/// How a flag takes its value.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Arity<'s> {
    /// True when it stands alone.
    Switch,
    /// Always with one.
    Text,
    /// Always with one, which is a whole number.
    Number,
    /// Always with one, which is how long something takes.
    Duration,
    /// With one after `=`, or with this one.
    Optional(&'s str),
}

/// One flag of a command: its long name, its letter, and how it takes a value.
#[derive(Clone, Copy)]
pub(crate) struct Flag<'s> {
    pub(crate) name: &'s str,
    pub(crate) short: Option<char>,
    pub(crate) arity: Arity<'s>,
}

/// Reads the flags that a command states, such as `all filename:f= replicas# timeout@ dry-run?unchanged`.
pub(crate) fn flags<'s>(spec: &'s str) -> impl Iterator<Item = Flag<'s>> {
    spec.split_whitespace().chain(GLOBAL.split_whitespace()).map(|word: &'s str| {
        let (head, arity) = if let Some((head, default)) = word.split_once('?') {
            (head, Arity::Optional(default))
        } else if let Some(head) = word.strip_suffix('=') {
            (head, Arity::Text)
        } else if let Some(head) = word.strip_suffix('#') {
            (head, Arity::Number)
        } else if let Some(head) = word.strip_suffix('@') {
            (head, Arity::Duration)
        } else {
            (word, Arity::Switch)
        };
        let (name, short) = head.split_once(':').unwrap_or((head, ""));
        Flag { name, short: short.chars().next(), arity }
    })
}

/// A parsed command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args {
    /// The command's name, such as `set image`.
    pub command: &'static str,
    /// What follows it and is not a flag.
    pub words: Vec<String>,
    /// How many of the words stand before `--`.
    dash: Option<usize>,
    /// The namespace that is meant when none is named, if it is not the usual one.
    pub(crate) context_namespace: Option<String>,
    flags: BTreeMap<String, Vec<String>>,
    /// The flags as they were given, each with its value.
    given: String,
}

impl Args {
    /// Parses `argv`; the error is kubectl's.
    pub fn parse(argv: &[String]) -> Result<Args, String> {
        let Some((command, spec)) = command(argv)? else {
            let mut words = argv.iter().filter(|word| !word.starts_with('-'));
            let word = words.next().map_or("", String::as_str);
            return Err(help::unknown(word));
        };
        let mut args = Args { command, ..Args::default() };
        let mut names = command.split(' ').count();
        let mut rest = argv.iter();
        while let Some(word) = rest.next() {
            if word == "--" {
                args.dash = Some(args.words.len());
                args.words.extend(rest.cloned());
                break;
            }
            if word.len() > 1 && word.starts_with('-') {
                args.flag_word(spec, word, &mut rest)?;
            } else if names > 0 {
                names -= 1;
            } else {
                args.words.push(word.clone());
            }
        }
        Ok(args)
    }

    fn flag_word<'a>(
        &mut self,
        spec: &str,
        word: &str,
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), String> {
        let outcome = match word.strip_prefix("--") {
            Some(long) => self.long(spec, long, rest),
            None => self.short(spec, word, rest),
        };
        outcome.map_err(|error| format!("{error}\nSee '{} --help' for usage.", self.path()))
    }

    fn long<'a>(
        &mut self,
        spec: &str,
        long: &str,
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), String> {
        let (name, given) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        if name.is_empty() || name.starts_with('-') {
            return Err(format!("bad flag syntax: --{long}"));
        }
        let flag = flags(spec).find(|f| f.name == name).ok_or_else(|| format!("unknown flag: --{name}"))?;
        let value = match (given, flag.arity) {
            (Some(value), _) => value.into(),
            (None, Arity::Switch) => "true".into(),
            (None, Arity::Optional(default)) => default.into(),
            (None, _) => rest.next().cloned().ok_or_else(|| format!("flag needs an argument: --{name}"))?,
        };
        self.set(flag, value)
    }

    fn short<'a>(
        &mut self,
        spec: &str,
        word: &str,
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), String> {
        let mut letters = word[1..].chars();
        loop {
            // What is wrong is said of the letters that are left.
            let left = letters.as_str();
            let Some(letter) = letters.next() else { return Ok(()) };
            let flag = flags(spec)
                .find(|f| f.short == Some(letter))
                .ok_or_else(|| format!("unknown shorthand flag: '{letter}' in -{left}"))?;
            let attached = letters.as_str();
            if flag.arity == Arity::Switch && !attached.starts_with('=') {
                self.set(flag, "true".into())?;
                continue;
            }
            let value = match attached.strip_prefix('=').unwrap_or(attached) {
                "" if attached.is_empty() => rest
                    .next()
                    .cloned()
                    .ok_or_else(|| format!("flag needs an argument: '{letter}' in -{left}"))?,
                value => value.into(),
            };
            return self.set(flag, value);
        }
    }

    fn set(&mut self, flag: Flag<'_>, value: String) -> Result<(), String> {
        let unread = |parser: &str, why: &str| format!("strconv.{parser}: parsing \"{value}\": {why}");
        let refusal = match flag.arity {
            Arity::Switch if !TRUE.contains(&&*value) && !FALSE.contains(&&*value) => {
                Some(unread("ParseBool", "invalid syntax"))
            }
            Arity::Number => match value.parse::<i64>() {
                Ok(_) => None,
                Err(error) if matches!(error.kind(), PosOverflow | NegOverflow) => {
                    Some(unread("ParseInt", "value out of range"))
                }
                Err(_) => Some(unread("ParseInt", "invalid syntax")),
            },
            Arity::Duration => duration::parse(&value).err(),
            _ => None,
        };
        let Some(refusal) = refusal else {
            self.given += &[" --", flag.name, "=", &value].concat();
            self.flags.entry(flag.name.into()).or_default().push(value);
            return Ok(());
        };
        let letter = flag.short.map(|c| format!("-{c}, ")).unwrap_or_default();
        Err(format!("invalid argument \"{value}\" for \"{letter}--{}\" flag: {refusal}", flag.name))
    }

    /// `kubectl set image`: the command as its messages name it.
    pub(crate) fn path(&self) -> String {
        format!("kubectl {}", self.command)
    }

    /// The whole line, with its flags behind its words.
    pub(crate) fn line(&self) -> String {
        let words = std::iter::once(self.command).chain(self.words.iter().map(String::as_str));
        let words: Vec<&str> = words.collect();
        ["kubectl ", &words.join(" "), &self.given].concat()
    }

    /// The last value of a flag.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.get(name)?.last().map(String::as_str)
    }

    /// All values of a flag.
    pub fn all(&self, name: &str) -> &[String] {
        self.flags.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// All values of a flag, each split at its commas.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.all(name).iter().flat_map(|value| value.split(',')).collect()
    }

    /// Whether a switch is on.
    pub fn on(&self, name: &str) -> bool {
        self.flag(name).is_some_and(|value| TRUE.contains(&value))
    }

    /// The flags once more, but for some.
    pub(crate) fn again(&self, without: &[&str]) -> Vec<String> {
        let kept = self.flags.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        kept.flat_map(|(name, values)| values.iter().map(move |value| format!("--{name}={value}"))).collect()
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.flag(name)?.parse().ok()
    }

    /// How long something may take; `None` when nothing is said, or no time at all.
    pub(crate) fn duration(&self, name: &str) -> Option<Duration> {
        let nanos = u64::try_from(duration::parse(self.flag(name)?).ok()?).ok()?;
        (nanos > 0).then(|| Duration::from_nanos(nanos))
    }

    /// The namespace that the command is about.
    pub fn namespace(&self) -> &str {
        let context = self.context_namespace.as_deref().unwrap_or("default");
        self.flag("namespace").filter(|name| !name.is_empty()).unwrap_or(context)
    }

    /// The words before and behind `--`.
    pub(crate) fn around_dash(&self) -> (&[String], &[String]) {
        self.words.split_at(self.dash.unwrap_or(self.words.len()))
    }
}

/// The command that the leading words name, and its flags. The error is that of a flag before it.
fn command(argv: &[String]) -> Result<Option<(&'static str, &'static str)>, String> {
    let mut words = Vec::new();
    let mut rest = argv.iter();
    while let Some(word) = rest.next() {
        if !word.starts_with('-') {
            words.push(word.as_str());
        } else if let Some(flag) = global(word) {
            if flag.arity != Arity::Switch && *word == format!("--{}", flag.name) || word.len() == 2 {
                rest.next();
            }
        } else if words.is_empty() {
            return Err(format!("unknown flag: {word}\nSee 'kubectl --help' for usage."));
        } else {
            break;
        }
    }
    let named = |len: usize| {
        let name = words.get(..len)?.join(" ");
        COMMANDS.iter().find(|command| command.name == help::canonical(&name))
    };
    Ok((1..=3).rev().find_map(named).map(|command| (command.name, command.flags)))
}

fn global(word: &str) -> Option<Flag<'static>> {
    let name = word.trim_start_matches('-').split('=').next()?;
    let long = word.starts_with("--");
    flags("")
        .find(|flag| if long { flag.name == name } else { flag.short.is_some_and(|c| name.starts_with(c)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Args, String> {
        Args::parse(&text.split(' ').map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_read_in_all_their_spellings() {
        let args = parse("delete pod web -n shop --wait=false -lapp=web --grace-period 5 -A").expect("valid");
        assert_eq!((args.command, &*args.words), ("delete", &["pod".to_string(), "web".to_string()][..]));
        assert_eq!(
            (args.namespace(), args.flag("wait"), args.flag("selector")),
            ("shop", Some("false"), Some("app=web"))
        );
        assert_eq!((args.number("grace-period"), args.on("all-namespaces")), (Some(5), true));
        let args = parse("rollout status deployment/web -w=false").expect("valid");
        assert_eq!(args.flag("watch"), Some("false"));
        let args = parse("-n shop set image deployment/web c=nginx").expect("valid");
        assert_eq!((args.command, args.namespace(), args.words.len()), ("set image", "shop", 2));
        let args = parse("run once --image=busybox --command -- sleep -1").expect("valid");
        assert_eq!(args.around_dash().1, ["sleep", "-1"]);
    }

    #[test]
    fn a_command_line_that_cannot_be_read_is_refused_in_upstreams_words() {
        for (text, error) in [
            ("get pods --replica", "unknown flag: --replica\nSee 'kubectl get --help' for usage."),
            ("get pods -o", "flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage."),
            (
                "scale deployment/web --replicas=two",
                "invalid argument \"two\" for \"--replicas\" flag: strconv.ParseInt: parsing \"two\": invalid syntax\nSee 'kubectl scale --help' for usage.",
            ),
            (
                "drain node-1 --timeout=30",
                "invalid argument \"30\" for \"--timeout\" flag: time: missing unit in duration \"30\"\nSee 'kubectl drain --help' for usage.",
            ),
            ("get pods -Az", "unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage."),
            ("get pods -An", "flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage."),
            ("get pods ---all", "bad flag syntax: ---all\nSee 'kubectl get --help' for usage."),
            (
                "get pods --watch=yes",
                "invalid argument \"yes\" for \"-w, --watch\" flag: strconv.ParseBool: parsing \"yes\": invalid syntax\nSee 'kubectl get --help' for usage.",
            ),
            (
                "scale deployment/web --replicas=99999999999999999999",
                "invalid argument \"99999999999999999999\" for \"--replicas\" flag: strconv.ParseInt: parsing \"99999999999999999999\": value out of range\nSee 'kubectl scale --help' for usage.",
            ),
            ("frobnicate", "unknown command \"frobnicate\" for \"kubectl\""),
            ("--nosuch", "unknown flag: --nosuch\nSee 'kubectl --help' for usage."),
        ] {
            assert_eq!(parse(text).err().as_deref(), Some(error), "{text}");
        }
    }
}
