//! Which functions the page calls until its first picture and soon after: found by running a copy of it that takes notes.

use super::module::{Module, broken, index};
use crate::shell::{Result, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ExportKind, ExportSection, Instruction, MemArg, MemorySection, MemoryType};
use wasmparser::{CodeSectionReader, ExportSectionReader, MemorySectionReader, Parser};

/// The exported memory of notes: a byte for each function that has a body, 1 if it was called.
const NOTES: &str = "notes";
const PAGE: u64 = 65536;

/// A copy of the module that notes which of its functions are called.
pub fn noting(wasm: &[u8]) -> Result<Vec<u8>> {
    let module = Module::read(wasm)?;
    let mut copy = wasm_encoder::Module::new();
    let mut notes = Notes { memory: index(module.memories.len()), functions: module.bodies.len() };
    notes.parse_core_module(&mut copy, Parser::new(0), wasm).map_err(broken)?;
    Ok(copy.finish())
}

/// The names of the functions that were called, given the notes.
pub fn called(wasm: &[u8], notes: &[u8]) -> Result<BTreeSet<String>> {
    let module = Module::read(wasm)?;
    let called = module.defined().zip(notes).filter(|(_, note)| **note != 0);
    Ok(called.filter_map(|(function, _)| module.names.get(&function)).map(|name| plain(name)).collect())
}

/// How many of the profile's names the module has. Others are of functions that changed their name since, or went.
pub fn found(wasm: &[u8], profile: &BTreeSet<String>) -> Result<usize> {
    let module = Module::read(wasm)?;
    let names: BTreeSet<String> = module.names.values().map(|name| plain(name)).collect();
    Ok(profile.intersection(&names).count())
}

/// The committed profile.
fn path() -> PathBuf {
    root().join("crates/xtask/src/split/profile.txt")
}

/// The names in the committed profile.
pub fn read() -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(path()).map_err(|why| format!("{}: {why}", path().display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Commits them: one a line, sorted.
pub fn write(names: &BTreeSet<String>) -> Result<()> {
    let text: String = names.iter().flat_map(|name| [name, "\n"]).collect();
    fs::write(path(), text).map_err(|why| format!("{}: {why}", path().display()))
}

/// Longer names are cut.
const LONGEST: usize = 100;

/// A function's name as the profile has it: without the compiler's hashes, with the last two parts of each path, and no longer than
/// a line. Where functions share such a name, all of them stay.
pub fn plain(name: &str) -> String {
    let parts: Vec<&str> = name.split("::").map(without_hash).collect();
    let word = |at: usize| parts.get(at).is_some_and(|part| part.chars().all(in_word));
    let begins = |at: usize| parts.get(at).is_some_and(|part| part.starts_with(in_word));
    let mut plain = String::new();
    for (at, part) in parts.iter().enumerate() {
        if word(at + 1) && begins(at + 2) {
            plain.push_str(part.trim_end_matches(in_word));
        } else {
            plain.push_str(part);
            plain.push_str(if at + 1 < parts.len() { "::" } else { "" });
        }
    }
    plain.chars().take(LONGEST).collect()
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// `core[3ca501edff3f0c7c]` is a crate and the hash by which the compiler tells its versions apart.
fn without_hash(part: &str) -> &str {
    part.rsplit_once('[')
        .filter(|(_, hash)| hash.len() > 8 && hash.ends_with(']'))
        .map_or(part, |(before, _)| before)
}

struct Notes {
    memory: u32,
    functions: usize,
}

impl Reencode for Notes {
    type Error = std::convert::Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: MemorySectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        utils::parse_memory_section(self, memories, section)?;
        let minimum = (self.functions as u64).div_ceil(PAGE);
        memories.memory(MemoryType {
            minimum,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(NOTES, ExportKind::Memory, self.memory);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        for (number, body) in (0..).zip(section) {
            let body = body?;
            let mut copy = self.new_function_with_parsed_locals(&body)?;
            copy.instruction(&Instruction::I32Const(number));
            copy.instruction(&Instruction::I32Const(1));
            copy.instruction(&Instruction::I32Store8(MemArg {
                offset: 0,
                align: 0,
                memory_index: self.memory,
            }));
            for operator in body.get_operators_reader()? {
                copy.instruction(&self.instruction(operator?)?);
            }
            code.function(&copy);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_lose_hashes_and_the_beginnings_of_paths() {
        let rows = [
            ("a function", "orrery_kubelet[37f69fc9a342ee2e]::status::View::build", "View::build"),
            ("a short path", "orrery_web[f1bd643e20b7c8f7]::main", "orrery_web::main"),
            (
                "a method of a trait",
                "<orrery_api[448ef467aa8be613]::meta::ObjectMeta as core[c5930c85a12de822]::cmp::PartialEq>::eq",
                "<meta::ObjectMeta as cmp::PartialEq>::eq",
            ),
            (
                "an instance",
                "alloc[3ca501edff3f0c7c]::collections::btree::map::search::<alloc[3ca501edff3f0c7c]::rc::Rc<str>>",
                "map::search::<rc::Rc<str>>",
            ),
            (
                "a closure",
                "orrery_view[61475ec8261129b1]::plane::latest::{closure#0}",
                "plane::latest::{closure#0}",
            ),
            ("a slice", "<[u8] as core[c5930c85a12de822]::fmt::Debug>::fmt", "<[u8] as fmt::Debug>::fmt"),
        ];
        for (row, name, want) in rows {
            assert_eq!(plain(name), want, "{row}");
        }
    }
}
