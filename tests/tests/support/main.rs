//! `crates/api/support.yaml` says of every field of every kind whether a component acts on it or the API only accepts
//! it. These tests hold it true against the sources; `UPDATE_SUPPORT=1` writes what the sources say, to be read over.

mod compact;
mod fields;
mod matrix;
mod sources;

use fields::Fields;
use matrix::{Mark, Matrix};
use orrery_view::support::INGRESS_NGINX;
use regex::Regex;
use sources::Sources;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

struct World {
    fields: Fields,
    sources: Sources,
    matrix: Matrix,
}

/// Read once: the tests run side by side, and one of them may write.
static WORLD: LazyLock<World> = LazyLock::new(world);

/// The matrix of the file, or after `UPDATE_SUPPORT=1` the one that the sources ask for.
fn world() -> World {
    let (fields, sources) = (Fields::of_all_kinds(), Sources::read(&root()));
    let path = root().join("crates/api/support.yaml");
    let written = Matrix::parse(&fs::read_to_string(&path).unwrap_or_default());
    if std::env::var_os("UPDATE_SUPPORT").is_none() {
        return World { fields, sources, matrix: written };
    }
    let matrix = matrix::proposal(&fields, &sources, &written);
    fs::write(path, matrix.print()).expect("the matrix can be written");
    let compact = compact::compact(&fields, &matrix);
    fs::write(root().join(compact::PATH), compact).expect("the compact form can be written");
    World { fields, sources, matrix }
}

fn assert_none(complaints: Vec<String>) {
    let advice = "`UPDATE_SUPPORT=1 cargo test -p orrery-tests --test support` writes what the sources say";
    assert!(complaints.is_empty(), "\n{}\n{advice}\n", complaints.join("\n"));
}

#[test]
fn every_field_is_in_the_matrix_once_and_nothing_else() {
    let World { fields, matrix, .. } = &*WORLD;
    let count = |(ty, field): (&str, &str)| match matrix.marks(ty, field).len() {
        1 => None,
        0 => Some(format!("{ty}.{field} is not in the matrix")),
        _ => Some(format!("{ty}.{field} is in the matrix twice")),
    };
    let strange = matrix.all().filter(|(ty, field)| !fields.has(ty, field));
    let strange = strange.map(|(ty, field)| format!("{ty}.{field} is in the matrix, and no kind has it"));
    assert_none(fields.all().filter_map(count).chain(strange).collect());
}

#[test]
fn the_matrix_is_that_of_the_sources() {
    let World { fields, sources, matrix } = &*WORLD;
    let alive = matrix::alive(fields, sources, |ty, field| matrix.marks(ty, field) == [Mark::Simulated]);
    let mut complaints = Vec::new();
    for (ty, field) in fields.all() {
        let (used, alive) =
            (sources.uses(fields.ident(ty, field)), alive.contains(ty) || field == "metadata");
        let complaint = match matrix.marks(ty, field)[..] {
            [Mark::Simulated] if !used => "simulated, and no component reads it",
            [Mark::Simulated] if !alive => "simulated, and no simulated field leads to its type",
            [Mark::Accepted] if used && alive => "accepted, and a component reads a field of that name",
            [Mark::Namesake] if !used => "namesake, and no component reads any field of that name",
            [Mark::Namesake] if !alive => {
                "namesake, and no simulated field leads to its type: it is accepted"
            }
            _ => continue,
        };
        complaints.push(format!("{ty}.{field} is marked {complaint}"));
    }
    assert_none(complaints);
}

#[test]
fn what_has_a_controller_is_simulated() {
    let World { fields, sources, matrix } = &*WORLD;
    let kinds =
        fields.kinds().filter(|(ty, kind)| fields.has(ty, "spec") && sources.has_controller(kind.name()));
    let forgotten = kinds.filter(|(ty, _)| matrix.marks(ty, "spec") != [Mark::Simulated]);
    assert_none(forgotten.map(|(ty, _)| format!("{ty}.spec: there is a controller for it")).collect());
}

#[test]
fn the_page_has_the_matrix_as_it_is() {
    let World { fields, matrix, .. } = &*WORLD;
    let written = fs::read_to_string(root().join(compact::PATH)).unwrap_or_default();
    let same = written == compact::compact(fields, matrix);
    assert_none(if same { Vec::new() } else { vec![format!("{} is of another matrix", compact::PATH)] });
}

#[test]
fn the_annotations_that_the_ingress_controller_heeds_are_known_to_the_page() {
    let files = sources::below(&root().join("crates/kube-proxy/src")).into_iter();
    let texts = files.filter(|file| file.to_string_lossy().contains("ingress"));
    let text: String = texts.map(|file| fs::read_to_string(file).expect("a source can be read")).collect();
    let read =
        Regex::new(r#"(?:annotation|is_set)\(&?[\w.]+, "([\w-]+)"\)|\("([\w-]+)", 30\d\)"#).expect("a regex");
    let read = read.captures_iter(&text).filter_map(|found| found.get(1).or(found.get(2)));
    let read: BTreeSet<&str> = read.map(|name| name.as_str()).collect();
    assert_eq!(read, BTreeSet::from(INGRESS_NGINX));
}

#[test]
fn a_source_is_read_for_fields_and_for_nothing_else() {
    let text = "const A: &str = \"https://a.b\"; const Q: char = '\"';\nfn f(port: u16) { pod.spec.tty; a.stdin(); \"x.os\"; // y.host_ipc\n P { level: 1, x::y: z } }\n#[cfg(test)] mod tests { a.user; }";
    let sources = Sources::of(text);
    let rows = [
        ("spec", true),
        ("tty", true),
        ("level", true),
        ("b", false),
        ("stdin", false),
        ("os", false),
        ("host_ipc", false),
        ("user", false),
    ];
    for (word, used) in rows {
        assert_eq!(sources.uses(word), used, "{word}");
    }
}
