//! `kubectl help`, `--help`, `kubectl options`, commands that are only there for their subcommands, and what is said of
//! a command that does not exist.
//!
//! The texts are one table, `help.txt`: a line `@ create configmap` before each. It is large, so nobody holds it who
//! does not want it: see [`crate::Files::help`].

use crate::command::Cx;
use crate::create::usage;
use crate::{Args, Failure};

/// What stands in the table for kubectl itself.
const ROOT: &str = "kubectl";
/// Where the list of commands begins in it.
const USAGE: &str = "Basic Commands (Beginner):";

/// Commands without a subcommand, in the order in which they are suggested.
const NAMES: &str = "create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top cordon uncordon drain taint describe logs attach exec port-forward proxy cp auth debug events diff apply patch replace wait kustomize label annotate completion api-resources api-versions config plugin version options help";

/// Other names of commands.
const ALIASES: [(&str, &str); 19] = [
    ("clusterinfo", "cluster-info"),
    ("create cj", "create cronjob"),
    ("create cm", "create configmap"),
    ("create deploy", "create deployment"),
    ("create ing", "create ingress"),
    ("create ns", "create namespace"),
    ("create pc", "create priorityclass"),
    ("create pdb", "create poddisruptionbudget"),
    ("create resourcequota", "create quota"),
    ("create sa", "create serviceaccount"),
    ("create svc", "create service"),
    ("create svc clusterip", "create service clusterip"),
    ("create svc externalname", "create service externalname"),
    ("create svc loadbalancer", "create service loadbalancer"),
    ("create svc nodeport", "create service nodeport"),
    ("set sa", "set serviceaccount"),
    ("top nodes", "top node"),
    ("top no", "top node"),
    ("top pods", "top pod"),
];

/// The name that a command goes by.
pub(crate) fn canonical(name: &str) -> &str {
    if name == "top po" {
        return "top pod";
    }
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name)
}

/// The text of a command in the table.
fn text<'t>(table: &'t str, command: &str) -> Option<&'t str> {
    let head = format!("@ {command}\n");
    let start = match table.starts_with(&head) {
        true => head.len(),
        false => table.find(&format!("\n{head}"))? + 1 + head.len(),
    };
    let rest = &table[start..];
    Some(rest.find("\n@ ").map_or(rest, |end| &rest[..=end]))
}

fn missing() -> Failure {
    Failure::usage("the texts of help are not here yet; try again in a moment")
}

/// The command whose help a command line asks for, if it does: `help create`, `create -h`, nothing at all.
pub(crate) fn asked(argv: &[String]) -> Option<Vec<&str>> {
    let line = || argv.iter().map(String::as_str).take_while(|word| *word != "--");
    let plain = || line().filter(|word| !word.starts_with('-'));
    match line().find(|word| matches!(*word, "-h" | "--help" | "--help=true")) {
        None if argv.is_empty() => Some(Vec::new()),
        None if argv[0] == "help" => Some(plain().skip(1).collect()),
        None => None,
        Some(_) => Some(plain().collect()),
    }
}

/// Prints the help of the command that the leading words name.
pub(crate) fn print(cx: &mut Cx<'_>, words: &[&str]) -> Result<(), Failure> {
    let table = cx.files.help().ok_or_else(missing)?;
    let named = |count: usize| text(table, canonical(&words.get(..count)?.join(" ")));
    let found = (1..=3).rev().find_map(named);
    let root = text(table, ROOT).unwrap_or_default();
    match found {
        Some(found) => cx.output.stdout += found,
        None if words.is_empty() => cx.output.stdout += root,
        None => {
            let usage = root.find(USAGE).map_or(root, |start| &root[start..]);
            let topics: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            cx.output.tell(&format!("Unknown help topic [{}]\n\n\n{usage}", topics.join(" ")));
        }
    }
    Ok(())
}

/// A command that is only there for its subcommands.
pub(crate) fn group(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if let Some(word) = args.words.first().filter(|_| args.command != "certificate") {
        return Err(usage(args, &format!("unknown command {word:?}")));
    }
    let table = cx.files.help().ok_or_else(missing)?;
    let text = text(table, args.command).unwrap_or_default();
    match args.command {
        // The two that ask for their own help instead of being refused.
        "certificate" | "rollout" => {
            cx.output.stdout += text;
            cx.output.code = i32::from(args.command == "rollout");
            Ok(())
        }
        _ => Err(Failure { text: text.into(), code: 1 }),
    }
}

/// `kubectl options`.
pub(crate) fn options(cx: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    print(cx, &["options"])
}

/// What is said of a command that does not exist, with those that may have been meant.
pub(crate) fn unknown(word: &str) -> String {
    let mut said = format!("unknown command {word:?} for \"kubectl\"");
    let typed = word.to_lowercase();
    let meant = |name: &&str| distance(&typed, name) <= 2 || name.starts_with(&typed);
    let meant: Vec<&str> = NAMES.split(' ').filter(meant).collect();
    if !meant.is_empty() {
        said += "\n\nDid you mean this?\n";
        meant.iter().for_each(|name| said = format!("{said}\t{name}\n"));
    }
    said
}

/// How many letters have to be added, taken away or exchanged (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let cost = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::args::flags;
    use crate::{COMMANDS, HELP};
    use std::collections::BTreeSet;

    /// The flags that a text of help lists, in lines such as `    -o, --output='':`.
    fn listed(text: &str) -> BTreeSet<String> {
        let flag = |line: &str| {
            let words = line.strip_prefix("    ")?.trim_start();
            let (short, long) = match words.strip_prefix("--") {
                Some(long) => (None, long),
                None => {
                    let (short, long) = words.strip_prefix('-')?.split_once(", --")?;
                    (Some(short), long)
                }
            };
            let (name, _) = long.split_once('=').filter(|_| line.ends_with(':'))?;
            Some([short.unwrap_or_default(), " ", name].concat())
        };
        text.lines().filter_map(flag).collect()
    }

    fn taken(spec: &str) -> BTreeSet<String> {
        flags(spec)
            .map(|flag| [&flag.short.map(String::from).unwrap_or_default(), " ", flag.name].concat())
            .collect()
    }

    #[test]
    fn a_command_takes_the_flags_that_its_help_lists_and_those_of_all_commands() {
        let of_all = taken("");
        assert_eq!(
            listed(text(HELP, "options").expect("it has a text")),
            &of_all - &["h help".to_owned()].into()
        );
        let name = |flag: &String| flag.split(' ').next_back().unwrap_or_default().to_owned();
        let global: BTreeSet<String> = of_all.iter().map(name).collect();
        let own = |flags: BTreeSet<String>| -> BTreeSet<String> {
            // A deprecated flag is not listed.
            flags.into_iter().filter(|flag| !global.contains(&name(flag)) && flag != " record").collect()
        };
        for command in COMMANDS.iter().filter(|command| command.name != "alpha") {
            let text = text(HELP, command.name).unwrap_or_else(|| panic!("{} has no text", command.name));
            assert_eq!(own(taken(command.flags)), own(listed(text)), "{}", command.name);
        }
    }

    #[test]
    fn every_command_that_has_a_text_exists() {
        let topics = HELP.lines().filter_map(|line| line.strip_prefix("@ "));
        for topic in topics.filter(|topic| !["kubectl", "help"].contains(topic)) {
            assert!(COMMANDS.iter().any(|command| command.name == topic), "{topic}");
        }
    }
}
