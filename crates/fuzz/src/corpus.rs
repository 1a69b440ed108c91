//! The texts that a run starts from: those of the project's own tests.

use std::fs;
use std::path::{Path, PathBuf};

/// The first texts of a target.
pub fn of(target: &str) -> Result<Vec<Vec<u8>>, String> {
    let text = |text: &str| text.as_bytes().to_vec();
    let texts = match target {
        "manifest" => manifests()?,
        "patch" => {
            manifests()?.iter().flat_map(|one| [one.clone(), [one, &b"\n---\n"[..], one].concat()]).collect()
        }
        "quantity" => {
            ["0", "100m", "1.5Gi", "-2e3", "12E", "1e-9", ".5Ki", "9223372036854775807"].map(text).to_vec()
        }
        "shell" => SCRIPTS.map(text).to_vec(),
        "selector" => ["app=web", "a!=b,c in (d, e),!f", "x notin (y)", "n > 1", "a==b"].map(text).to_vec(),
        _ => crate::link::corpus(),
    };
    Ok(texts)
}

const SCRIPTS: [&str; 9] = [
    "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600",
    "for i in 9 8 7; do echo $i; done",
    "until nslookup myservice.$(cat /etc/ns).svc.cluster.local; do echo waiting; sleep 2; done",
    "i=0; while true; do echo \"$i: $(date)\"; i=$((i+1)); sleep 1; done",
    "trap 'echo bye; exit 0' TERM; while :; do sleep 1; done",
    "cat <<EOF > /tmp/f\na $x\nEOF\nwhile read -r a b; do echo \"${b:-none}\"; done < /tmp/f",
    "f() { local x=$1; [ $x -le 0 ] && return; f $((x-1)); echo $x; }; f 5 | sort -r | head -n 2 &\nwait",
    "case $HOSTNAME in *-[0-9]) echo ${HOSTNAME##*-};; *) exit 1;; esac",
    "set -ex; echo a | grep -q b || { echo none >&2; false; }; echo never",
];

/// Every manifest below `tests` and all that the reader's own tests read.
fn manifests() -> Result<Vec<Vec<u8>>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    yaml_below(&root.join("tests"), &mut files);
    let mut texts: Vec<Vec<u8>> = files.iter().filter_map(|file| fs::read(file).ok()).collect();
    let facts = root.join("crates/manifest/tests/dialect/texts.json");
    let facts = fs::read_to_string(&facts).map_err(|error| format!("{}: {error}", facts.display()))?;
    let facts: Vec<serde_json::Value> = serde_json::from_str(&facts).map_err(|error| error.to_string())?;
    texts.extend(facts.iter().filter_map(|fact| Some(fact["text"].as_str()?.as_bytes().to_vec())));
    Ok(texts)
}

fn yaml_below(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("node_modules") {
            yaml_below(&path, files);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            files.push(path);
        }
    }
}
