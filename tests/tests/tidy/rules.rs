//! What sources may not contain. Each rule is a sentence, a search, a sample that breaks it and one that keeps it.

use crate::source::{Source, Token};

/// A file is a screenful of attention, not a warehouse.
const MAX_LINES: usize = 700;

/// The crates that must come to the same result on every machine, every time.
const ENGINE: [&str; 19] = [
    "sim",
    "apimachinery",
    "api",
    "manifest",
    "etcd",
    "kube-apiserver",
    "client",
    "controller-runtime",
    "kube-controller-manager",
    "add-ons",
    "kube-scheduler",
    "container-runtime",
    "kubelet",
    "kube-proxy",
    "workstation",
    "cluster",
    "kubectl",
    "view",
    "run",
];

/// Where floats may be named, because there they decide nothing, or exactly what upstream's decide.
const FLOATS: [(&str, &str); 9] = [
    ("crates/add-ons/src/controllers/cluster_autoscaler/scale_down.rs", "a share of use, as Go prints it"),
    ("crates/apimachinery/", "reads numbers that people wrote with a point"),
    ("crates/kubectl/src/describe/node.rs", "shares of a node, as Go prints them"),
    ("crates/kubectl/src/gotemplate/functions.rs", "prints numbers of a template as Go does"),
    ("crates/kubectl/src/gotemplate/lex.rs", "reads numbers of a template as Go does"),
    ("crates/kube-scheduler/src/float.rs", "rounds scores as upstream's doubles do, the same everywhere"),
    ("crates/manifest/", "reads numbers as go-yaml does"),
    ("crates/run/src/run.rs", "hands on the speed that a link states"),
    ("crates/view/", "lays out pictures"),
];

/// Which files a rule speaks about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The engine's crates.
    Engine,
    /// The engine's crates outside `FLOATS`.
    EngineWithoutFloats,
    /// Every Rust source of the project.
    All,
}

struct Rule {
    says: &'static str,
    scope: Scope,
    /// The lines that break the rule.
    find: fn(&Source) -> Vec<usize>,
    bad: &'static str,
    good: &'static str,
}

const RULES: [Rule; 12] = [
    Rule {
        says: "the engine does not ask what time it is outside",
        scope: Scope::Engine,
        find: |source| any(source, &[&["Instant"], &["SystemTime"], &["UNIX_EPOCH"]]),
        bad: "use std::time::Instant;",
        good: "use std::time::Duration; // not Instant",
    },
    Rule {
        says: "the engine has no map whose order changes from run to run",
        scope: Scope::Engine,
        find: |source| any(source, &[&["HashMap"], &["HashSet"], &["RandomState"], &["DefaultHasher"]]),
        bad: "use std::collections::HashMap;",
        good: "use std::collections::BTreeMap; use rustc_hash::FxHashMap;",
    },
    Rule {
        says: "an FxHashMap or FxHashSet is for looking things up and is never walked",
        scope: Scope::Engine,
        find: walked_hash_maps,
        bad: "struct S { index: FxHashMap<u32, u32> } fn f(s: &S) { for id in s.index\n.keys() {} }",
        good: "struct S { index: FxHashMap<u32, u32>, all: Vec<u32> } fn f(s: &S) { s.all.iter(); s.index.get(&1); }",
    },
    Rule {
        says: "no float decides anything in the engine",
        scope: Scope::EngineWithoutFloats,
        find: floats,
        bad: "let ratio = 1.5_f64;",
        good: "let n = value.as_i64(); // not f64",
    },
    Rule {
        says: "the engine starts no thread and waits for nothing",
        scope: Scope::Engine,
        find: |source| any(source, &[&["thread", ":", ":"], &["async"], &["await"]]),
        bad: "std::thread::spawn(work);",
        good: "agenda.spawn_container(pod);",
    },
    Rule {
        says: "the engine prints nothing",
        scope: Scope::Engine,
        find: |source| any(source, &[&["println", "!"], &["print", "!"], &["eprintln", "!"], &["dbg", "!"]]),
        bad: "println!(\"{pod}\");",
        good: "writeln!(out, \"println!\");",
    },
    Rule {
        says: "nothing is left for later",
        scope: Scope::All,
        find: |source| any(source, &[&["todo", "!"], &["unimplemented", "!"]]),
        bad: "fn f() { todo!() }",
        good: "fn f() { unreachable!(\"checked above\") }",
    },
    Rule {
        says: "a mark for unfinished work names its issue",
        scope: Scope::All,
        find: |source| prose(source, unfinished),
        bad: concat!("// TO", "DO: later"),
        good: concat!("// TO", "DO(#12): later"),
    },
    Rule {
        says: "a source has at most 700 lines",
        scope: Scope::All,
        find: |source| {
            if source.prose.lines().count() > MAX_LINES { vec![MAX_LINES + 1] } else { Vec::new() }
        },
        // Stands for 701 blank lines, which `sample` writes out.
        bad: "{long}",
        good: "\n\n\n",
    },
    Rule {
        says: "indentation is spaces",
        scope: Scope::All,
        find: |source| prose(source, |line| line.contains('\t')),
        bad: "fn f() {\n\tg();\n}",
        good: "fn f() {\n    g(\"\\t\");\n}",
    },
    Rule {
        says: "no line ends in blanks",
        scope: Scope::All,
        find: |source| prose(source, |line| line.ends_with(char::is_whitespace)),
        bad: "fn f() {} \n",
        good: "let table = \"NAME   \nweb    \";\n",
    },
    Rule {
        says: "a source opens by saying what it is",
        scope: Scope::All,
        find: |source| if source.prose.starts_with("//!") { Vec::new() } else { vec![1] },
        bad: "use std::fmt;",
        good: "//! Words.\nuse std::fmt;",
    },
];

/// Everything that is wrong with one file, a line for each place.
pub fn complaints(path: &str, text: &str) -> Vec<String> {
    let source = Source::read(text);
    let rules = RULES.iter().filter(|rule| applies(rule.scope, path));
    rules
        .flat_map(|rule| {
            (rule.find)(&source).into_iter().map(move |line| format!("{path}:{line}: {}", rule.says))
        })
        .collect()
}

fn applies(scope: Scope, path: &str) -> bool {
    let engine = || ENGINE.iter().any(|name| path.starts_with(&format!("crates/{name}/")));
    match scope {
        Scope::All => true,
        Scope::Engine => engine(),
        Scope::EngineWithoutFloats => engine() && !FLOATS.iter().any(|(folder, _)| path.starts_with(folder)),
    }
}

/// The lines on which one of these rows of words stands.
fn any(source: &Source, rows: &[&[&str]]) -> Vec<usize> {
    rows.iter().flat_map(|words| source.lines_with(words)).collect()
}

/// The lines, comments included and literals hidden, that are `wrong`.
fn prose(source: &Source, wrong: fn(&str) -> bool) -> Vec<usize> {
    source.prose.split('\n').zip(1..).filter(|(line, _)| wrong(line)).map(|(_, number)| number).collect()
}

fn unfinished(line: &str) -> bool {
    let marked = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")]
        .iter()
        .any(|mark| line.contains(mark));
    let issue = line.split('#').skip(1).any(|after| after.starts_with(|digit: char| digit.is_ascii_digit()));
    marked && !issue
}

/// The type by name, or as the suffix of a number.
fn floats(source: &Source) -> Vec<usize> {
    let float = |word: &str| {
        let number = word.starts_with(|digit: char| digit.is_ascii_digit());
        ["f32", "f64"].iter().any(|name| word == *name || (number && word.ends_with(name)))
    };
    source.tokens.iter().filter(|token| float(&token.word)).map(|token| token.line).collect()
}

/// A textual rule: whatever a file declares as `name: …FxHashMap<…>` or `name = FxHashMap::…` may not, in that file, be
/// followed by a method that goes through it, nor stand at the end of a `for … in`. It does not see through an alias or
/// a `collect`; it does see fields, parameters and variables, which is where such maps live.
fn walked_hash_maps(source: &Source) -> Vec<usize> {
    const WALKS: [&str; 9] = [
        "iter",
        "iter_mut",
        "keys",
        "values",
        "values_mut",
        "into_iter",
        "into_keys",
        "into_values",
        "drain",
    ];
    let tokens = &source.tokens;
    let names: Vec<&str> = (0..tokens.len()).filter_map(|at| declared_name(tokens, at)).collect();
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    let walked = |at: usize| {
        let by_method = word(at + 1) == "." && WALKS.contains(&word(at + 2)) && word(at + 3) == "(";
        by_method || (word(at + 1) == "{" && ends_a_for(tokens, at))
    };
    (0..tokens.len())
        .filter(|&at| names.contains(&word(at)) && walked(at))
        .map(|at| tokens[at].line)
        .collect()
}

/// If a hash map's type stands at `at`: the name that is given that type or value.
fn declared_name(tokens: &[Token], at: usize) -> Option<&str> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    if !["FxHashMap", "FxHashSet"].contains(&word(at)) {
        return None;
    }
    let mut before = at.checked_sub(1)?;
    // Back over `rustc_hash::`, `&mut`, `Option<Rc<`.
    loop {
        if word(before) == ":" && before > 2 && word(before - 1) == ":" {
            before -= 3;
        } else if ["&", "mut"].contains(&word(before)) {
            before = before.checked_sub(1)?;
        } else if word(before) == "<" {
            before = before.checked_sub(2)?;
        } else {
            break;
        }
    }
    let name = word(before.checked_sub(1)?);
    (["=", ":"].contains(&word(before)) && name.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .then_some(name)
}

/// Whether the path that ends at `at` (`index`, `&mut self.index`) is what a `for` goes through.
fn ends_a_for(tokens: &[Token], at: usize) -> bool {
    let path =
        |word: &str| word == "." || word == "&" || word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    tokens[..at].iter().rev().take_while(|token| path(&token.word)).any(|token| token.word == "in")
}

fn sample(text: &str) -> String {
    text.replace("{long}", &"\n".repeat(MAX_LINES + 1))
}

#[test]
fn every_rule_catches_its_bad_sample_and_passes_its_good_one() {
    for rule in &RULES {
        assert!(!(rule.find)(&Source::read(&sample(rule.bad))).is_empty(), "missed by: {}", rule.says);
        assert_eq!((rule.find)(&Source::read(rule.good)), [0usize; 0], "wrongly caught by: {}", rule.says);
    }
}

#[test]
fn hash_maps_are_caught_however_they_are_walked() {
    let rows = [
        ("a parameter", "fn f(m: &mut FxHashMap<u8, u8>) { m.values_mut(); }", 1),
        ("a variable", "let mut seen = rustc_hash::FxHashSet::default(); for x in &seen { }", 1),
        ("a field behind wrappers", "x: Option<Rc<FxHashSet<u8>>>, fn f(&self) { for a in self.x { } }", 1),
        ("a variable with both", "let m: FxHashMap<u8, u8> = FxHashMap::default(); m.drain();", 1),
        ("a look-up whose key is walked", "m: FxHashMap<u8, u8>; for k in keys { m.get(k); }", 0),
        ("a match on a look-up", "m: FxHashMap<u8, u8>; if let Some(x) = m { }", 0),
    ];
    for (row, text, want) in rows {
        assert_eq!(walked_hash_maps(&Source::read(text)).len(), want, "{row}");
    }
}

#[test]
fn rules_for_the_engine_leave_the_page_and_the_tools_alone() {
    let text = "//! A clock.\nuse std::time::Instant;\nfn f() -> f64 { 1.0 }\n";
    let caught = |path| complaints(path, text).len();
    assert_eq!(caught("crates/kubelet/src/lib.rs"), 2);
    assert_eq!(caught("crates/view/src/lib.rs"), 1);
    assert_eq!(caught("web/src/main.rs"), 0);
    assert_eq!(caught("crates/xtask/src/main.rs"), 0);
}
