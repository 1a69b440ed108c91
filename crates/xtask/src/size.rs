//! The scales: what the page weighs over the wire, held to `size-budget.json`.

use crate::shell::{Result, command, output, root, say};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Node has brotli built in, at the quality a web server would store; so we need not compile one.
const WEIGH: &str = "
const { readFileSync } = require('node:fs');
const { brotliCompressSync, constants } = require('node:zlib');
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
for (const path of process.argv.slice(1)) {
  const bytes = readFileSync(path);
  console.log(bytes.length, brotliCompressSync(bytes, { params }).length, path);
}";

struct Weight {
    name: String,
    raw: u64,
    brotli: u64,
}

/// A part of the page with a limit of its own.
struct Part {
    what: String,
    /// The files that belong to it, where `*` stands for what changes; none means every file that no other part names.
    files: Vec<String>,
    limit: u64,
}

/// Prints what the site in `dist` weighs; an error if a part is over its budget.
pub fn weigh(dist: &Path) -> Result<()> {
    let parts = budget()?;
    let weights = weights(dist)?;
    say("weight (raw, brotli)");
    let mut over = Vec::new();
    for part in &parts {
        let mine: Vec<_> = weights.iter().filter(|weight| owner(&parts, &weight.name) == part.what).collect();
        let raw: u64 = mine.iter().map(|weight| weight.raw).sum();
        let brotli: u64 = mine.iter().map(|weight| weight.brotli).sum();
        for weight in mine {
            println!("{:>10} {:>9}  {}", weight.raw, weight.brotli, weight.name);
        }
        println!("{raw:>10} {brotli:>9}  = {} (budget {})", part.what, part.limit);
        if brotli > part.limit {
            over.push(format!("{}: {brotli} bytes brotli, budget {}", part.what, part.limit));
        }
    }
    if over.is_empty() { Ok(()) } else { Err(format!("over budget: {}", over.join("; "))) }
}

/// The part a file belongs to. The first part is the rest of the page.
fn owner<'a>(parts: &'a [Part], name: &str) -> &'a str {
    let named = parts.iter().find(|part| part.files.iter().any(|file| is(file, name)));
    named.or(parts.first()).map_or("", |part| &part.what)
}

/// Whether a file's name is as the budget writes it.
fn is(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((begins, ends)) => name.starts_with(begins) && name.ends_with(ends),
        None => pattern == name,
    }
}

fn budget() -> Result<Vec<Part>> {
    let text = fs::read_to_string(root().join("size-budget.json"))
        .map_err(|why| format!("size-budget.json: {why}"))?;
    let tree: Value = serde_json::from_str(&text).map_err(|why| format!("size-budget.json: {why}"))?;
    let lazy = tree["lazy"].as_array().into_iter().flatten();
    std::iter::once(&tree["first_picture"]).chain(lazy).map(part).collect()
}

fn part(tree: &Value) -> Result<Part> {
    let files = tree["files"].as_array().into_iter().flatten().filter_map(Value::as_str);
    match (tree["what"].as_str(), tree["brotli"].as_u64()) {
        (Some(what), Some(limit)) => {
            Ok(Part { what: what.to_owned(), files: files.map(str::to_owned).collect(), limit })
        }
        _ => Err("size-budget.json: every part needs `what` and `brotli`".to_owned()),
    }
}

fn weights(dist: &Path) -> Result<Vec<Weight>> {
    let mut names = Vec::new();
    list(dist, "", &mut names).map_err(|why| format!("{}: {why}", dist.display()))?;
    names.sort();
    let printed = output(command("node").args(["-e", WEIGH]).args(&names).current_dir(dist))
        .ok_or("node cannot weigh the page")?;
    Ok(printed.lines().filter_map(weight).collect())
}

fn weight(line: &str) -> Option<Weight> {
    let mut words = line.splitn(3, ' ');
    let (raw, brotli) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Weight { name: words.next()?.to_owned(), raw, brotli })
}

/// The files that count: code, styles and documents. Pictures and scenarios are fetched on demand.
fn list(dir: &Path, prefix: &str, into: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), into)?;
        } else if [".html", ".css", ".js", ".wasm", ".txt"].iter().any(|ending| name.ends_with(ending)) {
            into.push(name);
        }
    }
    Ok(())
}
