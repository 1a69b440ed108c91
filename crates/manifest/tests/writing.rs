//! Trees in, YAML out, and back again.

use expect_test::expect;
use orrery_manifest::{Limits, read, to_yaml};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn yaml_is_written_as_kubectl_writes_it() {
    let value = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "creationTimestamp": "2025-01-01T00:00:00Z", "labels": {}},
        "data": {
            "yes": "yes", "octal": "0644", "number": "1", "float": "1e3", "null": "null", "empty": "", "date": "2025-01-01",
            "image": "nginx:1.25", "colon": "a: b", "hash": "a #b", "dash": "- a", "lead": " a", "quote": "it's", "tab": "a\tb",
            "script": "#!/bin/sh\nset -e\n", "kept": "a\n\n", "bare": "a\nb", "trail": "a \nb", "emoji": "😀", "base60": "1:20",
            "key-10": "after", "key-9": "before",
            "long": "a sentence of many words that goes on and on until it is longer than eighty characters in a line",
        },
        "list": [1, 1.5, -0.25, 1e21, 123456789.5, true, null, [], {}, ["a", {"b": "c", "d": ["e"]}]],
    });
    expect![[r#"
        apiVersion: v1
        data:
          bare: |-
            a
            b
          base60: "1:20"
          colon: 'a: b'
          dash: '- a'
          date: "2025-01-01"
          emoji: "\U0001F600"
          empty: ""
          float: "1e3"
          hash: 'a #b'
          image: nginx:1.25
          kept: |+
            a

          key-9: before
          key-10: after
          lead: ' a'
          long: a sentence of many words that goes on and on until it is longer than eighty
            characters in a line
          "null": "null"
          number: "1"
          octal: "0644"
          quote: it's
          script: |
            #!/bin/sh
            set -e
          tab: "a\tb"
          trail: "a \nb"
          "yes": "yes"
        kind: ConfigMap
        list:
        - 1
        - 1.5
        - -0.25
        - 1e+21
        - 1.234567895e+08
        - true
        - null
        - []
        - {}
        - - a
          - b: c
            d:
            - e
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          labels: {}
          name: a
    "#]]
    .assert_eq(&to_yaml(&value));
}

#[test]
fn a_tree_that_is_only_a_scalar_is_written_alone() {
    assert_eq!(to_yaml(&json!(null)), "null\n");
    assert_eq!(to_yaml(&json!("a\n\n")), "|+\n  a\n\n");
    assert_eq!(to_yaml(&json!([])), "[]\n");
}

fn back(value: &Value) -> Value {
    let yaml = to_yaml(value);
    let mut reading = read(&yaml, &Limits::default());
    assert_eq!(reading.diagnostics, [], "{yaml}");
    reading.documents.pop().map_or(Value::Null, |d| d.value)
}

/// Texts that are easily mistaken for something else, and any others.
fn text() -> impl Strategy<Value = String> {
    let tricky = vec![
        "",
        " ",
        "y",
        "No",
        "on",
        "~",
        "null",
        "0644",
        "0x1F",
        "1_000",
        ".5",
        "1e3",
        ".inf",
        "<<",
        "=",
        "1:20",
        "2001-01-01",
        "- a",
        "a: b",
        "a #b",
        "---",
        "...",
        "{{ .X }}",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a",
        "\"a",
        "a\n",
        "\na",
        "a\n\n",
        " a\nb",
        "a \nb",
        "\n",
        "a\nb",
        "😀\nb",
        "a\tb",
        "?",
        "? a",
        ":",
        "-",
    ];
    prop_oneof![
        prop::sample::select(tricky).prop_map(String::from),
        "[a-z0-9:#'\" \n\t{}\\[\\],&*!|>%@`?~\\\\=-]{0,12}",
        // A replacement character is warned about.
        "[\u{0}-\u{2ff}\u{2000}-\u{2030}\u{ac00}-\u{ac0f}\u{e000}\u{feff}\u{fffc}\u{1f600}]{0,12}",
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_filter("integers are read as such", |f| f.fract() != 0.0).prop_map(Value::from),
        prop::num::f64::NORMAL
            .prop_filter("integers are read as such", |f| f.fract() != 0.0 || f.abs() > 1e20)
            .prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..5)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

/// Whether serde_yaml, which knows YAML 1.2, gives the same meaning to every plain scalar of the tree.
fn common(value: &Value) -> bool {
    let only_ours = ["y", "n", "yes", "no", "on", "off"];
    let same = |s: &str| {
        let simple = s.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | ':' | '#' | '-'));
        simple && !only_ours.contains(&s.to_lowercase().as_str())
    };
    match value {
        Value::String(s) => same(s),
        Value::Array(items) => items.iter().all(common),
        Value::Object(entries) => entries.iter().all(|(k, v)| same(k) && common(v)),
        _ => true,
    }
}

/// Trees of words and numbers.
fn simple_tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zA-Z:# -]{0,8}".prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z-]{1,8}", inner, 0..5)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    });
    tree.prop_filter("words that only YAML 1.1 takes for truth values", common)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_it_was(value in tree()) {
        prop_assert_eq!(back(&value), value);
    }

    #[test]
    fn another_reader_reads_what_is_written_as_we_do(value in simple_tree()) {
        let theirs: Value = serde_yaml::from_str(&to_yaml(&value)).expect("valid YAML");
        prop_assert_eq!(theirs, value);
    }

    #[test]
    fn we_read_what_another_writer_writes(value in simple_tree()) {
        let yaml = serde_yaml::to_string(&value).expect("a tree can be written");
        let reading = read(&yaml, &Limits::default());
        prop_assert_eq!(reading.documents.first().map_or(&Value::Null, |d| &d.value), &value);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-c:#'\" \n\t{}\\[\\],&*!|>%@?~\\\\.<-]{0,60}") {
        let reading = read(&text, &Limits::default());
        for diagnostic in &reading.diagnostics {
            prop_assert!(diagnostic.line as usize <= text.split('\n').count() + 1);
        }
    }
}
