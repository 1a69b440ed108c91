//! Small modules, split and then run by Node with the page's own loader.

use super::{profile, split};
use crate::shell::command;
use std::fs;

/// What a half of the page's glue would be: the loader, and around it the imports, the files and the instance.
const HOST: &str = "
const { readFileSync } = require('node:fs');
const [folder] = process.argv.slice(1);
const said = [];
let wasm;
globalThis.XMLHttpRequest = class {
  open(method, url) { this.url = url; }
  overrideMimeType() {}
  send() {
    said.push('loading');
    this.status = MISSING ? 404 : 200;
    this.response = readFileSync(`${folder}/secondary.wasm`, 'latin1');
  }
};
function restLost(why) { said.push(`lost: ${why}`); }
LOADER
const imports = withRest({ js: { say: (number) => said.push(number), late: (number) => said.push(`late ${number}`) } });
const primary = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/primary.wasm`)), imports);
wasm = primary.exports;
if (EARLY) startRest(new WebAssembly.Module(readFileSync(`${folder}/secondary.wasm`)));
try { said.push(wasm.run(3)); } catch (why) { said.push(why.message); }
try { said.push(wasm.run(4)); } catch (why) { said.push(why.message); }
console.log(said.join(', '));
";

/// How the second module comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comes {
    WhenNeeded,
    Early,
    Never,
}

/// Splits a module in text form, keeping `kept`, and returns what it says when `run(3)` and `run(4)` are called.
fn run(name: &str, text: &str, kept: &[&str], comes: Comes) -> String {
    let folder = std::env::temp_dir().join(format!("orrery-split-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the modules");
    let wasm = wat::parse_str(text).expect("the module in text form");
    let halves = split(&wasm, &|name| kept.contains(&name)).expect("the module splits");
    for (file, bytes) in [("primary.wasm", &halves.primary), ("secondary.wasm", &halves.secondary)] {
        wasmparser::validate(bytes).unwrap_or_else(|why| panic!("{name}: {file}: {why}"));
        fs::write(folder.join(file), bytes).expect("a file for the module");
    }
    let host = HOST
        .replace(
            "LOADER",
            &include_str!("rest.js").replace("import.meta.url", "'http://site.example/page.js'"),
        )
        .replace("MISSING", &(comes == Comes::Never).to_string())
        .replace("EARLY", &(comes == Comes::Early).to_string());
    let ran = command("node").args(["-e", &host]).arg(&folder).output().expect("node runs");
    fs::remove_dir_all(&folder).expect("the folder was ours");
    assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

/// `run` is exported and stays in every row; the other functions stay if the row says so.
const CALLS: &str = r#"(module
  (import "js" "say" (func $say (param i32)))
  (import "js" "late" (func $late (param i32)))
  (memory (export "memory") 1)
  (global $depth (mut i32) (i32.const 100))
  (table 3 3 funcref)
  (elem (i32.const 1) $twice $near)
  (data (i32.const 8) "\2a")
  (func $twice (param i32) (result i32) (call $near (local.get 0)) (call $near (local.get 0)) i32.add)
  (func $near (param i32) (result i32) (local.get 0))
  (func $far (param i32 i64) (result i32)
    (global.set $depth (i32.add (global.get $depth) (local.get 0)))
    (call $late (local.get 0))
    (call $said (i32.load8_u (i32.const 8)))
    (call_indirect (param i32) (result i32) (global.get $depth) (i32.const 2)))
  (func $said (param i32) (call $say (local.get 0)))
  (func (export "run") (param i32) (result i32)
    (call $said (call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)))
    (call $said (call $far (local.get 0) (i64.const 7)))
    (global.get $depth)))"#;

#[test]
fn a_split_module_says_what_the_whole_one_says() {
    let all = ["twice", "near", "far", "said"];
    let whole = "6, late 3, 42, 103, 103, 8, late 4, 42, 107, 107";
    let rows: [(&str, &[&str], Comes, &str); 7] = [
        ("nothing-moved", &all, Comes::WhenNeeded, whole),
        (
            "a-direct-call-loads",
            &["twice", "near", "said"],
            Comes::WhenNeeded,
            "6, loading, late 3, 42, 103, 103, 8, late 4, 42, 107, 107",
        ),
        (
            "a-call-through-the-table-loads",
            &["near", "far", "said"],
            Comes::WhenNeeded,
            "loading, 6, late 3, 42, 103, 103, 8, late 4, 42, 107, 107",
        ),
        (
            "the-table-holds-what-moved",
            &["twice", "far", "said"],
            Comes::WhenNeeded,
            "loading, 6, late 3, 42, 103, 103, 8, late 4, 42, 107, 107",
        ),
        (
            "everything-moved",
            &[],
            Comes::WhenNeeded,
            "loading, 6, late 3, 42, 103, 103, 8, late 4, 42, 107, 107",
        ),
        ("everything-is-there-already", &[], Comes::Early, whole),
        (
            "the-file-is-gone",
            &["twice", "near", "said"],
            Comes::Never,
            "6, loading, lost: Error: /page_rest.wasm: 404, /page_rest.wasm: 404, 8, loading, /page_rest.wasm: 404",
        ),
    ];
    for (name, kept, comes, want) in rows {
        assert_eq!(run(name, CALLS, kept, comes), want, "{name}");
    }
}

#[test]
fn what_the_splitter_does_not_know_is_refused() {
    let rows = [
        ("a passive segment", "(module (memory 1) (data \"x\") (func (data.drop 0)))", "passive data"),
        ("an imported memory", "(module (import \"a\" \"b\" (memory 1)))", "the import b is no function"),
        (
            "a reference",
            "(module (elem declare func $f) (func $f (drop (ref.func $f))))",
            "an element segment that does not fill table 0",
        ),
        ("a tail call", "(module (func $f return_call $f))", "tail calls"),
    ];
    for (row, text, want) in rows {
        let wasm = wat::parse_str(text).expect("the module in text form");
        let why = split(&wasm, &|_| true).err().unwrap_or_default();
        assert!(why.contains(want), "{row}: {why}");
    }
}

#[test]
fn a_module_that_takes_notes_names_what_was_called() {
    let text = r#"(module
      (memory 1)
      (func $never (result i32) (i32.const 1))
      (func $often (result i32) (i32.const 2))
      (func $run (export "run") (result i32) (call $often)))"#;
    let wasm = wat::parse_str(text).expect("the module in text form");
    let noting = profile::noting(&wasm).expect("a copy that takes notes");
    wasmparser::validate(&noting).expect("the copy is valid");
    let called = profile::called(&wasm, &[0, 1, 1]).expect("the module can be read");
    assert_eq!(called.into_iter().collect::<Vec<_>>(), ["often", "run"]);
}
