//! Asks kubectl, which needs no cluster to patch an object with nothing.

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// An object that holds the scalar.
pub fn object_with(scalar: &str) -> String {
    format!("apiVersion: v1\nkind: Fact\nmetadata: {{name: a}}\nvalue: {scalar}\n")
}

/// An object that holds the value.
pub fn object_of(value: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Fact", "metadata": {"name": "a"}, "value": value})
}

/// Puts what kubectl says into the fact.
pub fn ask(fact: &mut Value) {
    if let Some(value) = fact.get("value").cloned() {
        let (out, error) = kubectl(&object_of(&value).to_string(), "yaml");
        assert_eq!(error, "", "{value}");
        *fact = json!({"value": value, "yaml": out});
        return;
    }
    let text = fact["text"].as_str().expect("a fact is about a text").to_owned();
    let scalar = fact.get("scalar").is_some();
    let (out, error) = kubectl(&if scalar { object_with(&text) } else { text.clone() }, "json");
    let objects: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(&out).into_iter().collect();
    *fact = json!({"text": text, "objects": objects.expect("kubectl prints JSON")});
    if scalar {
        fact["scalar"] = true.into();
    }
    if let Some(first) = error.lines().next().filter(|line| !line.contains("no objects passed")) {
        fact["error"] = bare(first).into();
    }
}

/// The error without the name of the file and without what kubectl was doing.
fn bare(line: &str) -> &str {
    let mut bare = line;
    for prefix in [
        "error: ",
        "error parsing STDIN: ",
        "error converting YAML to JSON: ",
        "unable to decode \"STDIN\": ",
    ] {
        bare = bare.strip_prefix(prefix).unwrap_or(bare);
    }
    bare
}

fn kubectl(input: &str, output: &str) -> (String, String) {
    let mut child = Command::new("kubectl")
        .args(["patch", "--local", "--type=merge", "-p={}", "-f=-", "-o", output])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kubectl is in the path");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("kubectl reads");
    drop(stdin);
    let output = child.wait_with_output().expect("kubectl ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr))
}
