//! The second module: what moved. It borrows the first one's memory, tables and globals, and fills the slots that wait for it.

use super::half::{Half, Lent};
use super::layout::Layout;
use super::module::{Module, index};
use super::primary::{LOADED, lent_name, segments};
use crate::shell::Result;
use std::collections::BTreeMap;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{EntityType, Function, GlobalType, ImportSection, Instruction, StartSection, ValType};
use wasmparser::{ExternalKind, FuncType};

/// Writes the module, and tells what it takes from the first one.
pub fn write(module: &Module<'_>, layout: &Layout) -> Result<(Vec<u8>, Lent)> {
    let order = layout.imports[1].iter().chain(&layout.shared).chain(&layout.moved);
    let mut half = Half::new(module, order.copied());
    half.lent = Some(Lent { tables: vec![0], ..Lent::default() });
    let mut imports = ImportSection::new();
    for function in &layout.imports[1] {
        let import = &module.imports[*function as usize];
        let of = half.type_of(module.type_of(*function));
        imports.import(import.module, import.name, EntityType::Function(of));
    }
    for function in &layout.shared {
        let of = half.type_of(module.type_of(*function));
        imports.import("slot", &layout.slot[function].to_string(), EntityType::Function(of));
    }
    for function in &layout.moved {
        half.copy(*function)?;
    }
    let lent = half.lent.take().unwrap_or_default();
    borrow(module, layout, &lent, &mut half, &mut imports)?;
    let start = done(&mut half, index(lent.globals.len()));

    let mut wasm = wasm_encoder::Module::new();
    let types = half.types()?;
    wasm.section(&types).section(&imports).section(&half.declared);
    wasm.section(&StartSection { function_index: start });
    wasm.section(&elements(module, layout, &half)).section(&half.code);
    Ok((wasm.finish(), lent))
}

impl Lent {
    /// Everything lent, by its old index.
    pub fn all(&self) -> impl Iterator<Item = (ExternalKind, u32)> {
        let kinds = [
            (ExternalKind::Table, &self.tables),
            (ExternalKind::Memory, &self.memories),
            (ExternalKind::Global, &self.globals),
        ];
        kinds.into_iter().flat_map(|(kind, all)| all.iter().map(move |at| (kind, *at)))
    }
}

fn borrow(
    module: &Module<'_>,
    layout: &Layout,
    lent: &Lent,
    half: &mut Half<'_, '_>,
    imports: &mut ImportSection,
) -> Result<()> {
    for (kind, at) in lent.all() {
        let entity = match kind {
            ExternalKind::Table => {
                let mut table = module.tables[at as usize].ty;
                if at == 0 {
                    table.maximum = table.maximum.map(|most| most + u64::from(layout.slots) - table.initial);
                    table.initial = u64::from(layout.slots);
                }
                EntityType::Table(half.table_type(table).map_err(super::module::broken)?)
            }
            ExternalKind::Memory => {
                let memory = module.memories[at as usize];
                EntityType::Memory(half.memory_type(memory).map_err(super::module::broken)?)
            }
            _ => {
                let global = module.globals[at as usize].ty;
                EntityType::Global(half.global_type(global).map_err(super::module::broken)?)
            }
        };
        imports.import("primary", &lent_name(module, kind, at), entity);
    }
    let flag = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    imports.import("primary", LOADED, EntityType::Global(flag));
    Ok(())
}

/// The function that runs when all slots are filled, and says so.
fn done(half: &mut Half<'_, '_>, loaded: u32) -> u32 {
    let mut body = Function::new([]);
    body.instruction(&Instruction::I32Const(1));
    body.instruction(&Instruction::GlobalSet(loaded));
    body.instruction(&Instruction::End);
    let of = half.type_of(&FuncType::new([], []));
    half.add(of, &body);
    index(half.functions.len())
}

fn elements(module: &Module<'_>, layout: &Layout, half: &Half<'_, '_>) -> wasm_encoder::ElementSection {
    let from_the_start = module.slots.iter().map(|(slot, function)| (*slot, *function));
    let wanted = layout.wanted.iter().map(|function| (layout.slot[function], *function));
    let slots: BTreeMap<u32, u32> = from_the_start
        .chain(wanted)
        .filter(|(_, function)| layout.moved.binary_search(function).is_ok())
        .map(|(slot, function)| (slot, half.functions[&function]))
        .collect();
    segments(&slots)
}
