//! Small modules, split and then run by Node with the page's own loader.

use super::profile::{Profile, letters, noting};
use super::{split, split_where, stretch};
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

/// Splits a module in text form by the lines of a profile, and returns what it says when `run(3)` and `run(4)` are called.
fn run(name: &str, text: &str, profile: &str, comes: Comes) -> String {
    let folder = std::env::temp_dir().join(format!("orrery-split-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the modules");
    let wasm = wat::parse_str(text).expect("the module in text form");
    let halves = split_where(&wasm, &Profile::parse(profile), &|_| true).expect("the module splits");
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
    let all = ["0: twice", "0: near", "0: far", "0: said"];
    let whole = "6, late 3, 42, 103, 103, 8, late 4, 42, 107, 107";
    let rows: [(&str, &[&str], Comes, &str); 7] = [
        ("nothing-moved", &all, Comes::WhenNeeded, whole),
        (
            "a-direct-call-loads",
            &["0: twice", "0: near", "0: said"],
            Comes::WhenNeeded,
            "6, loading, late 3, 42, 103, 103, 8, late 4, 42, 107, 107",
        ),
        (
            "a-call-through-the-table-loads",
            &["0: near", "0: far", "0: said"],
            Comes::WhenNeeded,
            "loading, 6, late 3, 42, 103, 103, 8, late 4, 42, 107, 107",
        ),
        (
            "the-table-holds-what-moved",
            &["0: twice", "0: far", "0: said"],
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
            &["0: twice", "0: near", "0: said"],
            Comes::Never,
            "6, loading, lost: Error: /page_rest.wasm: 404, /page_rest.wasm: 404, 8, /page_rest.wasm: 404",
        ),
    ];
    for (name, kept, comes, want) in rows {
        assert_eq!(run(name, CALLS, &kept.join("\n"), comes), want, "{name}");
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
        let why = split(&wasm, &Profile::parse("0: f")).err().unwrap_or_default();
        assert!(why.contains(want), "{row}: {why}");
    }
}

/// Branches of every kind: to the end, out of the stretch, out of several blocks, back to a loop, through a table, returning.
const BRANCHES: &str = r#"(module
  (import "js" "say" (func $say (param i32)))
  (table 0 funcref)
  (memory 1)
  (func $one (param i32) (result i32) (local i32 i64 f64)
    (local.set 2 (i64.const 5))
    (if (i32.gt_s (local.get 0) (i32.const 2))
      (then
        (local.set 1 (i32.add (local.get 0) (i32.wrap_i64 (local.get 2))))
        (local.set 2 (i64.mul (local.get 2) (i64.const 3)))
        (local.set 3 (f64.convert_i32_s (local.get 1)))
        (call $say (i32.trunc_f64_s (local.get 3))))
      (else
        (call $say (i32.add (i32.const 1000) (local.get 0)))
        (local.set 1 (i32.const 7))))
    (i32.add (local.get 1) (i32.wrap_i64 (local.get 2))))
  (func $many (param i32) (result i32) (local i32)
    (block $out
      (block $middle
        (loop $again
          (block $a (block $b (block $c
            (br_table $a $b $c $middle $out (local.get 0)))
            (call $say (i32.add (local.get 0) (i32.const 20)))
            (local.set 1 (i32.add (local.get 1) (i32.const 100)))
            (local.set 0 (i32.const 1))
            (br $again))
            (call $say (i32.add (local.get 0) (i32.const 30)))
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if $middle (i32.gt_s (local.get 1) (i32.const 102)))
            (br_if $out (i32.eq (local.get 1) (i32.const 5)))
            (local.set 0 (i32.const 2))
            (br $again))
          (call $say (i32.add (local.get 0) (i32.const 40)))
          (local.set 0 (i32.const 2))
          (br $again)))
      (call $say (i32.add (local.get 0) (i32.const 50)))
      (local.set 1 (i32.mul (local.get 1) (i32.const 2))))
    (call $say (i32.add (local.get 0) (i32.const 60)))
    (local.get 1))
  (func $nothing (param i32)
    (if (i32.eqz (local.get 0)) (then (return)))
    (call $say (i32.add (i32.add (local.get 0) (i32.const 70)) (i32.mul (local.get 0) (i32.const 7))))
    (if (i32.eq (local.get 0) (i32.const 4))
      (then (call $say (i32.add (local.get 0) (i32.const 7000))) (call $say (local.get 0)) (return)))
    (call $say (i32.add (local.get 0) (i32.const 8000))))
  (func $count (param i32) (local i32)
    (loop $again
      (if (i32.gt_s (local.get 0) (i32.const 1))
        (then
          (local.set 1 (i32.add (local.get 1) (i32.const 11)))
          (call $say (i32.add (local.get 1) (i32.const 90000)))))
      (br_if $again (i32.ge_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)))))
  (func (export "run") (param i32) (result i32) (local i32)
    (loop $each
      (call $nothing (local.get 1))
      (call $count (local.get 1))
      (call $say (call $one (local.get 1)))
      (call $say (call $many (local.get 1)))
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $each (i32.le_s (local.get 1) (local.get 0))))
    (i32.const 0)))"#;

#[test]
fn cold_stretches_become_functions_and_change_nothing() {
    let whole = run("whole", BRANCHES, "0: one\n0: many\n0: nothing\n0: count", Comes::WhenNeeded);
    let wasm = wat::parse_str(BRANCHES).expect("the module in text form");
    let functions = stretch::read(&wasm).expect("the module can be read");
    let mut outlined = 0;
    // Every stretch by itself, and all at once.
    for (number, name) in ["one", "many", "nothing", "count"].into_iter().enumerate() {
        let stretches = functions[number].stretches.len();
        for cold in (0..stretches).map(|one| vec![one]).chain([(0..stretches).collect()]) {
            let reached: Vec<bool> = (0..stretches).map(|stretch| !cold.contains(&stretch)).collect();
            let profile = format!("0: one\n0: many\n0: nothing\n0: count\n{} {name}", letters(&reached));
            let row = format!("{name}-{}", letters(&reached).replace(':', "-"));
            let said = run(&row, BRANCHES, &profile, Comes::WhenNeeded);
            outlined += usize::from(said.contains("loading"));
            assert_eq!(said.replace("loading, ", ""), whole, "{row}");
        }
    }
    assert!(outlined > 10, "only {outlined} stretches were worth a function");
}

#[test]
fn a_module_that_takes_notes_knows_what_was_called_and_reached() {
    let text = r#"(module
      (memory 1)
      (func $never (result i32) (i32.const 1))
      (func $often (param i32) (result i32)
        (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
      (func $run (export "run") (result i32) (call $often (i32.const 0))))"#;
    let wasm = wat::parse_str(text).expect("the module in text form");
    let noting = noting(&wasm).expect("a copy that takes notes");
    wasmparser::validate(&noting).expect("the copy is valid");
    // A byte for each function, followed by one for each of its stretches.
    let profile = Profile::of(&wasm, &[0, 1, 0, 1, 1]).expect("the module can be read");
    assert!(!profile.has("never") && profile.has("often") && profile.has("run"));
    assert_eq!(profile.cold("often", 2), [true, false]);
    assert_eq!(profile.cold("often", 3), [false; 3], "a function that has changed");
    assert_eq!(Profile::parse(&profile.print()).print(), profile.print());
}
