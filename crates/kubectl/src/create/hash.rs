//! `--append-hash`: the name of a ConfigMap or Secret ends in what is in it (upstream: `kubectl/pkg/util/hash`).

use crate::json::compact;
use crate::sha256::sha256;
use orrery_apimachinery::Value;
use serde_json::json;

/// The name of a tree with the hash of its data.
pub(super) fn name(tree: &Value) -> String {
    let kind = tree["kind"].as_str().unwrap_or_default();
    let mut hashed = json!({"kind": kind, "name": tree["metadata"]["name"], "data": tree["data"]});
    if kind == "Secret" {
        hashed["type"] = tree["type"].clone();
    }
    let digest = sha256(compact(&hashed).as_bytes());
    let hex: String = digest.iter().map(|word| format!("{word:08x}")).collect();
    // Letters and digits that could make a word or be taken for each other are others.
    let letter = |letter: char| match letter {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        letter => letter,
    };
    let tail: String = hex.chars().take(10).map(letter).collect();
    [tree["metadata"]["name"].as_str().unwrap_or_default(), "-", &tail].concat()
}

#[cfg(test)]
mod tests {
    use super::name;
    use serde_json::json;

    #[test]
    fn a_name_ends_in_the_hash_that_upstream_gives_the_data() {
        for (row, kind, type_, data, expected) in [
            ("no data", "ConfigMap", "", json!({}), "-42745tchd9"),
            ("one key", "ConfigMap", "", json!({"one": ""}), "-9g67k2htb6"),
            ("three keys", "ConfigMap", "", json!({"two": "2", "one": "", "three": "3"}), "-f5h7t85m9b"),
            ("a secret without data", "Secret", "my-type", json!({}), "-t75bgf6ctb"),
            ("a secret with one key", "Secret", "my-type", json!({"one": ""}), "-74bd68bm66"),
        ] {
            let tree = json!({"kind": kind, "type": type_, "metadata": {"name": ""}, "data": data});
            assert_eq!(name(&tree), expected, "{row}");
        }
    }
}
