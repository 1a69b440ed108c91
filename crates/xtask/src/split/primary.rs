//! The first module: what stays, and in place of what moved a call through the table that loads the second module first
//! if it is not there yet.

use super::half::{Half, Lent, Ways};
use super::layout::Layout;
use super::module::{Module, broken, index};
use crate::shell::Result;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Reencode, utils};
use wasm_encoder::{
    BlockType, ConstExpr, DataCountSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, GlobalSection, GlobalType, ImportSection, Instruction, MemorySection, RawSection, SectionId,
    StartSection, TableSection, ValType,
};
use wasmparser::{ExternalKind, FuncType};

/// Writes the module. `lent` is what the second module takes from it, named as `lent_name` says.
pub fn write(module: &Module<'_>, layout: &Layout, lent: &Lent) -> Result<Vec<u8>> {
    let [taken, _] = &layout.imports;
    // The imported functions, the loader of the second module, then what stays.
    let mut half = Half::new(module, taken.iter().copied());
    let load = index(taken.len());
    half.functions.extend(layout.stay.iter().copied().zip(load + 1..));
    let loaded = index(module.globals.len());

    let imports = imports(module, layout, &mut half)?;
    let type_of = |function: &u32| module.functions[*function as usize];
    let hidden: BTreeSet<u32> =
        module.slots.values().filter(|f| layout.moved.binary_search(f).is_ok()).map(type_of).collect();
    let called: BTreeSet<u32> = layout.wanted.iter().map(type_of).chain(hidden.iter().copied()).collect();
    let first_way = load + 1 + index(layout.stay.len());
    let placeholders: BTreeMap<u32, u32> =
        hidden.iter().copied().zip(first_way + index(called.len())..).collect();
    half.ways = Ways {
        slots: layout.wanted.iter().map(|f| (*f, layout.slot[f])).collect(),
        by_type: called.iter().copied().zip(first_way..).collect(),
        note: loaded + 1,
        noted: hidden.iter().map(|of| module.types[*of as usize].clone()).collect(),
    };
    for function in &layout.stay {
        half.copy(*function)?;
    }
    for of in &called {
        way(&mut half, &module.types[*of as usize], load, loaded);
    }
    for of in &hidden {
        placeholder(&mut half, &module.types[*of as usize], *of);
    }

    let mut wasm = wasm_encoder::Module::new();
    let types = half.types()?;
    wasm.section(&types).section(&imports).section(&half.declared);
    Spaces { module, layout, lent, loaded }.write(&mut wasm, &mut half)?;
    if let Some(start) = module.start {
        wasm.section(&StartSection { function_index: half.function_index(start).map_err(broken)? });
    }
    wasm.section(&elements(module, layout, &half, &placeholders));
    if let Some(count) = module.data.count {
        wasm.section(&DataCountSection { count });
    }
    wasm.section(&half.code);
    if let Some(data) = module.data.section {
        wasm.section(&RawSection { id: SectionId::Data.into(), data });
    }
    Ok(wasm.finish())
}

fn imports(module: &Module<'_>, layout: &Layout, half: &mut Half<'_, '_>) -> Result<ImportSection> {
    let mut section = ImportSection::new();
    for function in &layout.imports[0] {
        let import = &module.imports[*function as usize];
        let of = half.type_of(module.type_of(*function));
        section.import(import.module, import.name, EntityType::Function(of));
    }
    let load = half.type_of(&FuncType::new([], []));
    section.import("rest", "load", EntityType::Function(load));
    Ok(section)
}

/// Calls what is in the slot that its last argument names, after loading the second module.
fn way(half: &mut Half<'_, '_>, of: &FuncType, load: u32, loaded: u32) {
    let params = of.params().iter().copied();
    let with_slot = FuncType::new(params.chain([wasmparser::ValType::I32]), of.results().iter().copied());
    let (with_slot, type_index) = (half.type_of(&with_slot), half.type_of(of));
    let mut body = Function::new([]);
    body.instruction(&Instruction::GlobalGet(loaded));
    body.instruction(&Instruction::I32Eqz);
    body.instruction(&Instruction::If(BlockType::Empty));
    body.instruction(&Instruction::Call(load));
    body.instruction(&Instruction::End);
    for param in 0..=index(of.params().len()) {
        body.instruction(&Instruction::LocalGet(param));
    }
    body.instruction(&Instruction::CallIndirect { type_index, table_index: 0 });
    body.instruction(&Instruction::End);
    half.add(with_slot, &body);
}

/// Stands in the table for all functions of a type that moved: calls the one whose slot was noted.
fn placeholder(half: &mut Half<'_, '_>, of: &FuncType, number: u32) {
    let mut body = Function::new([]);
    for param in 0..index(of.params().len()) {
        body.instruction(&Instruction::LocalGet(param));
    }
    body.instruction(&Instruction::GlobalGet(half.ways.note));
    body.instruction(&Instruction::Call(half.ways.by_type[&number]));
    body.instruction(&Instruction::End);
    let of = half.type_of(of);
    half.add(of, &body);
}

/// Tables, memories, globals and exports: what the module has, and what the second one needs besides.
struct Spaces<'s, 'a> {
    module: &'s Module<'a>,
    layout: &'s Layout,
    lent: &'s Lent,
    loaded: u32,
}

impl Spaces<'_, '_> {
    fn write(&self, wasm: &mut wasm_encoder::Module, half: &mut Half<'_, '_>) -> Result<()> {
        wasm.section(&self.tables(half)?);
        let mut memories = MemorySection::new();
        for memory in &self.module.memories {
            memories.memory(half.memory_type(*memory).map_err(broken)?);
        }
        wasm.section(&memories);
        let mut globals = GlobalSection::new();
        for global in &self.module.globals {
            utils::parse_global(half, &mut globals, global.clone()).map_err(broken)?;
        }
        let flag = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        // The flag, and the slot that was called last.
        globals.global(flag, &ConstExpr::i32_const(0)).global(flag, &ConstExpr::i32_const(0));
        wasm.section(&globals);
        wasm.section(&self.exports(half)?);
        Ok(())
    }

    fn tables(&self, half: &mut Half<'_, '_>) -> Result<TableSection> {
        let mut tables = TableSection::new();
        for (number, table) in self.module.tables.iter().enumerate() {
            let mut table = table.clone();
            if number == 0 {
                let more = u64::from(self.layout.slots) - table.ty.initial;
                table.ty.initial += more;
                table.ty.maximum = table.ty.maximum.map(|maximum| maximum + more);
            }
            utils::parse_table(half, &mut tables, table).map_err(broken)?;
        }
        Ok(tables)
    }

    fn exports(&self, half: &mut Half<'_, '_>) -> Result<ExportSection> {
        let mut exports = ExportSection::new();
        for export in &self.module.exports {
            let kind = half.export_kind(export.kind).map_err(broken)?;
            let at = half.external_index(export.kind, export.index).map_err(broken)?;
            exports.export(export.name, kind, at);
        }
        for (kind, at) in self.lent.all() {
            let name = lent_name(self.module, kind, at);
            if self.module.exports.iter().all(|export| export.name != name) {
                exports.export(&name, half.export_kind(kind).map_err(broken)?, at);
            }
        }
        exports.export(LOADED, ExportKind::Global, self.loaded);
        Ok(exports)
    }
}

/// The exported flag that says whether the second module has filled its slots.
pub const LOADED: &str = "loaded";
/// The exported table through which the modules call each other.
pub const SLOTS: &str = "slots";

/// What the second module imports a table, memory or global of the first by: a name that it is exported by already, or one of ours.
pub fn lent_name(module: &Module<'_>, kind: ExternalKind, at: u32) -> String {
    let mut exports = module.exports.iter();
    match (kind, at) {
        (ExternalKind::Table, 0) => SLOTS.to_owned(),
        _ => exports
            .find(|export| export.kind == kind && export.index == at)
            .map_or_else(|| format!("{kind:?}{at}"), |export| export.name.to_owned()),
    }
}

/// The table's slots from the start, with placeholders, and behind them the functions that the second module calls.
fn elements(
    module: &Module<'_>,
    layout: &Layout,
    half: &Half<'_, '_>,
    placeholders: &BTreeMap<u32, u32>,
) -> ElementSection {
    let mut slots: BTreeMap<u32, u32> = module
        .slots
        .iter()
        .map(|(slot, old)| {
            let placeholder = || placeholders[&module.functions[*old as usize]];
            (*slot, half.functions.get(old).copied().unwrap_or_else(placeholder))
        })
        .collect();
    slots.extend(layout.shared.iter().map(|old| (layout.slot[old], half.functions[old])));
    segments(&slots)
}

/// One segment for each run of slots without a gap.
pub fn segments(slots: &BTreeMap<u32, u32>) -> ElementSection {
    let mut section = ElementSection::new();
    let mut rest = slots.iter().peekable();
    while let Some((first, function)) = rest.next() {
        let mut run = vec![*function];
        while let Some((_, next)) = rest.next_if(|(slot, _)| **slot == first + index(run.len())) {
            run.push(*next);
        }
        section.active(None, &ConstExpr::i32_const(first.cast_signed()), Elements::Functions(run.into()));
    }
    section
}
