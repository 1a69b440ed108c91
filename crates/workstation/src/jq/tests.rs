//! What jq prints of a list as kubectl prints lists.

use crate::run;
use crate::tests::Machine;
use orrery_kubectl::Files;

const PODS: &str = r#"{"kind": "List", "items": [
  {"metadata": {"name": "a", "labels": {"app": "web"}}, "status": {"phase": "Running", "restarts": 3}},
  {"metadata": {"name": "b"}, "status": {"phase": "Pending"}}
]}
"#;

struct Piped;

impl Files for Piped {
    fn read(&self, name: &str) -> Option<String> {
        match name {
            "-" => Some(PODS.into()),
            "broken.json" => Some("{\n  oops".into()),
            _ => None,
        }
    }
}

fn answer(words: &[&str]) -> String {
    let argv: Vec<String> = ["jq"].iter().chain(words).map(|word| (*word).to_owned()).collect();
    let output = run(&argv, &Piped, &mut Machine::new());
    let code = if output.code == 0 { String::new() } else { output.code.to_string() };
    [output.stdout, output.stderr, code].concat()
}

#[test]
fn objects_are_asked_with_jq() {
    for (row, words, expected) in [
        ("a path", &["-r", ".items[0].metadata.name"][..], "a\n"),
        ("a string is quoted without -r", &[".items[0].metadata.name"], "\"a\"\n"),
        ("each element", &["-r", ".items[].metadata.name"], "a\nb\n"),
        ("from the end", &["-r", ".items[-1].metadata.name"], "b\n"),
        ("what is not there", &[".items[1].metadata.labels.app"], "null\n"),
        ("on many lines", &[".items[1].status"], "{\n  \"phase\": \"Pending\"\n}\n"),
        ("on one", &["-c", ".items[1].status"], "{\"phase\":\"Pending\"}\n"),
        ("some", &["-r", ".items[] | select(.status.phase==\"Pending\") | .metadata.name"], "b\n"),
        (
            "two tests",
            &["-r", ".items[]|select(.status.restarts > 1 and .kind == null).metadata.name"],
            "a\n",
        ),
        ("how many", &[".items | length"], "2\n"),
        ("the names of fields", &["-c", ".items[0]|keys"], "[\"metadata\",\"status\"]\n"),
        (
            "a computed string",
            &["-r", ".items[] | \"\\(.metadata.name): \\(.status.phase)\""],
            "a: Running\nb: Pending\n",
        ),
        (
            "another object",
            &["-c", ".items[0].metadata | {name, app: .labels.app}"],
            "{\"app\":\"web\",\"name\":\"a\"}\n",
        ),
        ("a list", &["-c", "[.items[].metadata.name]"], "[\"a\",\"b\"]\n"),
        ("joined", &["-r", "[.items[].status.phase] | sort | join(\" \")"], "Pending Running\n"),
        ("two things", &["-r", ".kind, (.items|length)"], "List\n2\n"),
        ("a sum", &["[.items[].status.restarts] | add"], "3\n"),
        ("instead of nothing", &["-r", ".items[] | .metadata.labels.app // \"none\""], "web\nnone\n"),
        ("a name that has a sign", &["-c", ".items[0].metadata.labels[\"app\"]"], "\"web\"\n"),
        (
            "a value from outside",
            &["-r", "--arg", "n", "b", ".items[]|select(.metadata.name==$n).status.phase"],
            "Pending\n",
        ),
        ("in an order", &["-r", ".items | sort_by(.status.phase) | .[].metadata.name"], "b\na\n"),
        ("not a list", &[".kind[]"], "jq: error (at <stdin>:4): Cannot iterate over string (\"List\")\n5"),
        ("not an object", &[".kind.name"], "jq: error (at <stdin>:4): Cannot index string with \"name\"\n5"),
        ("perhaps", &[".kind[]?"], ""),
        (
            "no program",
            &[".items["],
            "jq: error: syntax error, unexpected end of file\njq: 1 compile error\n3",
        ),
        ("no function", &["frobnicate"], "jq: error (at <stdin>:4): frobnicate/0 is not defined here\n5"),
        ("no JSON", &[".", "broken.json"], "jq: parse error: Invalid literal at line 2, column 3\n2"),
        ("no file", &[".", "nosuch"], "jq: error: Could not open file nosuch: No such file or directory\n1"),
    ] {
        assert_eq!(answer(words), expected, "{row}");
    }
}

#[test]
fn a_program_that_would_take_all_memory_or_all_of_the_stack_is_refused() {
    for (row, program, why) in [
        ("brackets in brackets", "[".repeat(1_000), "nested too deeply"),
        ("a path without an end", ".a".repeat(10_000), "too long"),
        ("lists that double", vec!["[.,.]"; 60].join("|"), "too much of it"),
        ("ever more values", vec!["(.,.)"; 60].join("|"), "too much of it"),
        ("a string that doubles", [".kind", &"|.+.".repeat(60)].concat(), "too much of it"),
    ] {
        let said = answer(&[&program]);
        assert!(said.contains(why), "{row}: {said}");
    }
}
