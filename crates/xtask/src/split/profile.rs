//! Which functions the page calls until its first picture and soon after: found by running a copy of it that takes notes.

use super::module::{Module, broken, index};
use super::stretch::{self, Stretched};
use crate::shell::{Result, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, Instruction, MemArg, MemorySection, MemoryType,
};
use wasmparser::{CodeSectionReader, ExportSectionReader, MemorySectionReader, Parser};

/// The exported memory of notes: a byte for each function that has a body, 1 if it was called.
const NOTES: &str = "notes";
const PAGE: u64 = 65536;

/// What is known of a first visit: by plain name, the stretches that were reached of each function of that name.
pub struct Profile(BTreeMap<String, Vec<Vec<bool>>>);

impl Profile {
    /// From the notes of a module: for each function a byte for itself and one for each of its stretches.
    pub fn of(wasm: &[u8], notes: &[u8]) -> Result<Self> {
        let module = Module::read(wasm)?;
        let mut profile: BTreeMap<String, Vec<Vec<bool>>> = BTreeMap::new();
        let mut notes = notes.iter().map(|note| *note != 0);
        for (function, stretched) in module.defined().zip(stretch::read(wasm)?) {
            let called = notes.next().unwrap_or(false);
            let reached: Vec<bool> = notes.by_ref().take(stretched.stretches.len()).collect();
            if let Some(name) = module.names.get(&function).filter(|_| called) {
                profile.entry(plain(name)).or_default().push(reached);
            }
        }
        for reached in profile.values_mut() {
            reached.sort();
            reached.dedup();
        }
        Ok(Profile(profile))
    }

    /// Whether any function of this name was called.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(&plain(name))
    }

    /// Which of the stretches of a function were not reached by any of its name. None is known if it has changed since.
    pub fn cold(&self, name: &str, stretches: usize) -> Vec<bool> {
        let known =
            self.0.get(&plain(name)).into_iter().flatten().filter(|reached| reached.len() == stretches);
        let mut cold = vec![false; stretches];
        for (number, reached) in known.enumerate() {
            for (cold, reached) in cold.iter_mut().zip(reached) {
                *cold = !reached && (number == 0 || *cold);
            }
        }
        cold
    }

    /// How many of its names the module has, of how many.
    pub fn found(&self, wasm: &[u8]) -> Result<(usize, usize)> {
        let module = Module::read(wasm)?;
        let names: BTreeSet<String> = module.names.values().map(|name| plain(name)).collect();
        Ok((self.0.keys().filter(|name| names.contains(*name)).count(), self.0.len()))
    }

    /// The committed one.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(path()).map_err(|why| format!("{}: {why}", path().display()))?;
        Ok(Self::parse(&text))
    }

    /// Commits it.
    pub fn write(&self) -> Result<()> {
        fs::write(path(), self.print()).map_err(|why| format!("{}: {why}", path().display()))
    }

    /// A line for each function: how many stretches it has, a colon, which were reached, four to a digit, and its name.
    pub fn print(&self) -> String {
        let functions = self.0.iter().flat_map(|(name, all)| all.iter().map(move |reached| (name, reached)));
        functions.map(|(name, reached)| format!("{} {name}\n", letters(reached))).collect()
    }

    /// What `print` wrote.
    pub fn parse(text: &str) -> Self {
        let mut profile: BTreeMap<String, Vec<Vec<bool>>> = BTreeMap::new();
        for (reached, name) in text.lines().filter_map(|line| line.split_once(' ')) {
            profile.entry(name.to_owned()).or_default().push(stretches(reached));
        }
        Profile(profile)
    }
}

fn path() -> PathBuf {
    root().join("crates/xtask/src/split/profile.txt")
}

/// How many stretches there are and, in hexadecimal digits of four each, which were reached.
pub fn letters(reached: &[bool]) -> String {
    let digit = |four: &[bool]| {
        let bits = four.iter().zip(0..).map(|(reached, bit)| u32::from(*reached) << bit).sum();
        char::from_digit(bits, 16).unwrap_or('0')
    };
    format!("{}:{}", reached.len(), reached.chunks(4).map(digit).collect::<String>())
}

fn stretches(letters: &str) -> Vec<bool> {
    let (count, digits) = letters.split_once(':').unwrap_or((letters, ""));
    let bits = digits.chars().flat_map(|digit| {
        let bits = digit.to_digit(16).unwrap_or(0);
        (0..4).map(move |bit| bits >> bit & 1 == 1)
    });
    bits.take(count.parse().unwrap_or(0)).collect()
}

/// A copy of the module that notes which of its functions are called, and which of their stretches are reached.
pub fn noting(wasm: &[u8]) -> Result<Vec<u8>> {
    let module = Module::read(wasm)?;
    let functions = stretch::read(wasm)?;
    let places = functions.iter().map(|function| 1 + function.stretches.len()).sum();
    let mut copy = wasm_encoder::Module::new();
    let mut notes = Notes { memory: index(module.memories.len()), functions, places };
    notes.parse_core_module(&mut copy, Parser::new(0), wasm).map_err(broken)?;
    Ok(copy.finish())
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

struct Notes<'a> {
    memory: u32,
    functions: Vec<Stretched<'a>>,
    /// How many functions and stretches there are.
    places: usize,
}

impl Notes<'_> {
    fn note(&self, copy: &mut Function, place: i32) {
        copy.instruction(&Instruction::I32Const(place));
        copy.instruction(&Instruction::I32Const(1));
        copy.instruction(&Instruction::I32Store8(MemArg { offset: 0, align: 0, memory_index: self.memory }));
    }
}

impl Reencode for Notes<'_> {
    type Error = std::convert::Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: MemorySectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        utils::parse_memory_section(self, memories, section)?;
        let minimum = (self.places as u64).div_ceil(PAGE);
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
        let mut place = 0;
        for (function, body) in self.functions.iter().zip(section) {
            let mut copy = RoundtripReencoder.new_function_with_parsed_locals(&body?)?;
            self.note(&mut copy, place);
            place += 1;
            let mut begins = function.stretches.iter().map(|stretch| stretch.begin).peekable();
            for (at, operator) in function.operators.iter().enumerate() {
                if begins.next_if_eq(&at).is_some() {
                    self.note(&mut copy, place);
                    place += 1;
                }
                copy.instruction(&RoundtripReencoder.instruction(operator.clone())?);
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
