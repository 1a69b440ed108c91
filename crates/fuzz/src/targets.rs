//! What is fed: each target reads a text, keeps its promises about it, and tells what it did as a number.

use orrery_apimachinery::patch::{json_merge, json_patch, strategic_merge, three_way, two_way};
use orrery_apimachinery::{Quantity, Str, Value, labels};
use orrery_container_runtime::{
    Answer, Foresight, Message, Process, Reply, Signal, Start, Target as To, Unreachable, World,
};
use orrery_manifest::{Limits, objects, read, to_yaml};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A reader of texts.
pub struct Target {
    /// What it is called.
    pub name: &'static str,
    /// Pieces that its texts are likely to hold.
    pub words: &'static [&'static str],
    /// Feeds a text: equal numbers for texts of which it thinks alike.
    pub run: fn(&[u8]) -> u64,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "manifest", words: YAML, run: manifest },
    Target { name: "quantity", words: QUANTITY, run: quantity },
    Target { name: "patch", words: PATCH, run: patch },
    Target { name: "selector", words: SELECTOR, run: selector },
    Target { name: "shell", words: SHELL, run: shell },
    Target { name: "link", words: crate::link::WORDS, run: crate::link::run },
];

const YAML: &[&str] = &[
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n - ",
    "\t",
    "'",
    "\"",
    "#",
    " #",
    "|",
    "|-\n ",
    ">\n ",
    "&a ",
    "*a",
    "!!str ",
    "!!binary ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "? ",
    "\\",
    "\n---\n",
    "\n...\n",
    "<<: ",
    "a: ",
    "~",
    "%YAML 1.1",
    "@",
    "`",
    "é",
    "\r\n",
    "\u{feff}",
    "0x",
    "1_0",
    ".inf",
    "1e400",
    "{a:",
    ":}",
    "apiVersion: v1\n",
    "kind: Pod\n",
    "kind: List\nitems:\n",
    "metadata: ",
    "spec: ",
    "\u{0}",
    "\u{85}",
    "\u{2028}",
    "{{ .Values.a }}",
];
const QUANTITY: &[&str] = &[
    "0", "9", ".", "-", "+", "e", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "n", "u", "m", "k", "M", "G", "T",
    "P", "1e",
];
const SHELL: &[&str] = &[
    "; ",
    "\n",
    " && ",
    " || ",
    " | ",
    " & ",
    "! ",
    "if ",
    "; then ",
    "; elif ",
    "; else ",
    "; fi",
    "while ",
    "until ",
    "; do ",
    "; done",
    "for i in ",
    "case $x in ",
    ") ",
    ";; ",
    "esac",
    "{ ",
    "; }",
    "( ",
    " )",
    "f() { ",
    "f",
    "f $1",
    "$(",
    ")",
    "`",
    "$((",
    "))",
    "${",
    "}",
    "${x:-",
    "${x%",
    "${x//",
    "${#x}",
    "$x",
    "$@",
    "$#",
    "$?",
    "$!",
    "$RANDOM",
    "x=",
    "x=$x$x",
    "'",
    "\"",
    "\\",
    "*",
    "?",
    "[a-z]",
    " > ",
    " >> ",
    " < ",
    " 2>&1",
    " &> ",
    "<<EOF\n",
    "\nEOF\n",
    "<<< ",
    "/tmp/x",
    "/dev/null",
    "/proc/1/fd/1",
    "[ ",
    " ]",
    "[[ ",
    " ]]",
    " -eq ",
    " =~ ",
    "test -f ",
    "set -e",
    "set -x; ",
    "trap 'echo x' ",
    "EXIT",
    "TERM",
    "exec ",
    "eval ",
    "wait",
    "read x",
    "shift",
    "local x=1",
    "export x",
    "break",
    "continue",
    "return 1",
    "exit 3",
    "true",
    "false",
    ":",
    "sleep 1",
    "sleep inf",
    "timeout 3 ",
    "echo a ",
    "printf '%5s|%d\n' ",
    "cat ",
    "seq 9",
    "grep -E '(a|b)*c' ",
    "sed 's/a*/b/g'",
    "awk '{print $2}'",
    "cut -d: -f2",
    "tr a-z A-Z",
    "sort -n",
    "head -c 3",
    "tail -f ",
    "expr 1 + ",
    "date +%s%N",
    "kill 1",
    "kill -9 $!",
    "yes",
    "xargs ",
    "dd if=/dev/zero of=/tmp/y bs=1M count=9",
    "wget -qO- http://a",
    "nslookup a",
    "nc -l -p 80",
    "stress --vm 1",
    "perl -e 'print bpi(30)'",
    "é",
    "\u{0}",
];
const SELECTOR: &[&str] =
    &["=", "==", "!=", "!", ",", "(", ")", " in ", " notin ", "exists", ">", "<", "a", "a/b", " "];
const PATCH: &[&str] = &[
    ": ",
    "- ",
    "\n",
    "\n---\n",
    "null",
    "$patch: delete",
    "$patch: replace",
    "$retainKeys: ",
    "$setElementOrder/",
    "op: add\n",
    "path: /spec/",
    "/-",
    "~1",
    "value: 1",
    "name: ",
    "key: ",
    "containers:",
    "ports:",
    "env:",
    "{}",
    "[]",
];

/// What a target did, as a number.
pub fn shape(parts: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// Words without names and numbers.
pub fn gist(message: &str) -> String {
    let letters = |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic());
    message.split(' ').filter(letters).take(8).collect::<Vec<_>>().join(" ")
}

/// What is read is written, read back, and the same; what is wrong has its place within the text.
fn manifest(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let found = objects(&text);
    // YAML knows more ends of lines than editors do.
    let ends = |c: &char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let lines = text.chars().filter(ends).count() as u32 + 2;
    for d in &found.diagnostics {
        assert!(d.line >= 1 && d.line <= lines && d.column >= 1, "no such place: {d:?}");
        assert!((d.line, d.column) <= (d.end_line, d.end_column), "it ends before it starts: {d:?}");
    }
    for document in read(&text, &Limits::default()).documents {
        let yaml = to_yaml(&document.value);
        let back = read(&yaml, &Limits::default());
        let value = back.documents.first().map_or(&Value::Null, |d| &d.value);
        let too_much =
            back.diagnostics.iter().any(|d| d.message.contains("exce") || d.message.contains("too"));
        assert!(too_much || *value == document.value, "{:?}\nbecame\n{value:?}\nby\n{yaml}", document.value);
    }
    let kinds: Vec<_> = found.objects.iter().map(|o| o.object.kind().name()).collect();
    for located in &found.objects {
        let tree = located.object.to_value();
        let (again, problems) = orrery_api::Object::decode(located.object.kind(), &tree);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(again.to_value(), tree);
    }
    let wrong: Vec<_> = found.diagnostics.iter().map(|d| gist(&d.message)).collect();
    shape((kinds.len().min(4), kinds.first(), wrong.iter().take(3).collect::<Vec<_>>()))
}

/// What a quantity is written as is the same quantity.
fn quantity(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let Some(quantity) = Quantity::parse(&text) else { return shape(text.len().min(3)) };
    let written = quantity.to_string();
    let again = Quantity::parse(&written).expect("what we write can be read");
    assert_eq!(again.cmp(&quantity), std::cmp::Ordering::Equal, "{text} is written as {written}");
    assert_eq!(again.to_string(), written, "{text}");
    let _ = (quantity.value(), quantity.milli_value(), quantity.rounded_up(), quantity.in_memory());
    shape((written.len(), quantity.is_negative(), written.chars().last()))
}

/// A merge changes nothing the second time; a difference that can be taken can be applied.
fn patch(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let mut documents = read(&text, &Limits::default()).documents.into_iter().map(|d| d.value);
    let (Some(target), Some(patch)) = (documents.next(), documents.next()) else { return 0 };
    let mut merged = target.clone();
    json_merge(&mut merged, &patch);
    let mut twice = merged.clone();
    json_merge(&mut twice, &patch);
    assert_eq!(twice, merged, "a merge patch does more the second time");
    let mut patched = target.clone();
    let by_json = json_patch(&mut patched, &patch);
    let mut patched = target.clone();
    let by_strategy = strategic_merge(&mut patched, &patch);
    let difference = two_way(&target, &patch);
    if let Ok(difference) = &difference {
        let _ = strategic_merge(&mut target.clone(), difference);
    }
    let three = three_way(&target, &patch, &merged);
    let gist = |outcome: Result<(), String>| outcome.err().map(|why| self::gist(&why));
    let outcomes = (gist(by_json), gist(by_strategy), gist(difference.map(drop)), gist(three.map(drop)));
    shape((outcomes, merged == target, patched == target))
}

/// A selector can be asked about any labels.
fn selector(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    match labels::parse(&text) {
        Ok(selector) => {
            let labels =
                [("app", "web")].map(|(key, value)| (Str::from(key), Str::from(value))).into_iter().collect();
            let operators: BTreeSet<_> = selector
                .match_expressions
                .iter()
                .map(|e| (e.operator.to_string(), e.values.len().min(3)))
                .collect();
            shape((operators, selector.matches(&labels)))
        }
        Err(why) => shape(gist(&why)),
    }
}

/// A script ends within its bounds; what was foreseen happens; a look in between changes nothing.
fn shell(bytes: &[u8]) -> u64 {
    let script = String::from_utf8_lossy(bytes);
    let command = ["sh", "-c", &*script].map(Str::from).to_vec();
    let start = Start { command, hostname: "fuzz".into(), ..Start::default() };
    let Ok(mut process) = Process::start(Rc::new(start), SimTime::ZERO) else { return 0 };
    let (foreseen, mut other) = (process.foresee(), process.clone());
    let horizon = SimTime::from_secs(1_000);
    process.advance(horizon, &mut Nowhere);
    for second in [1, 2, 5, 30, 999, 1_000] {
        other.advance(SimTime::from_secs(second), &mut Nowhere);
    }
    let follows = script.contains("tail");
    assert!(follows || process.log() == other.log(), "a look in between changed what is printed");
    let end = process.ended().map(|exit| (exit.at, exit.code));
    match foreseen {
        Foresight::Ends { at, code } if at <= horizon => assert_eq!(end, Some((at, code))),
        Foresight::Never => assert_eq!(end, None),
        Foresight::Reaches(at) | Foresight::Unknown(at) => assert!(end.is_none_or(|(end, _)| end >= at)),
        Foresight::Ends { .. } => {}
    }
    process.signal(Signal::Term, horizon, &mut Nowhere);
    let ran = process.exec(&["sh", "-c", &*script].map(Str::from), horizon, &mut Nowhere);
    let printed = process.log().lines().next().map(|line| gist(&line.text));
    shape((
        end.map(|(_, code)| code),
        printed,
        ran.code,
        process.listens().len(),
        process.assumed().is_some(),
    ))
}

/// An outside in which there is nothing.
struct Nowhere;

impl World for Nowhere {
    fn lookup(&mut self, _: &str) -> Answer<Vec<Ipv4Addr>> {
        Answer { took: Duration::from_millis(1), result: Vec::new() }
    }

    fn send(&mut self, _: To, _: &Message, timeout: Duration) -> Answer<Result<Reply, Unreachable>> {
        Answer { took: timeout, result: Err(Unreachable::TimedOut) }
    }
}
