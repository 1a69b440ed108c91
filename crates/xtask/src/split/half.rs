//! One of the two modules while its functions are copied: old indexes become its own.

use super::module::{Module, broken, index};
use crate::shell::Result;
use std::collections::{BTreeMap, HashSet};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, Function, FunctionSection, Instruction, TypeSection, ValType};
use wasmparser::{FuncType, Operator};

/// Index spaces and code of a module that is being written.
pub struct Half<'m, 'a> {
    module: &'m Module<'a>,
    /// The new index of each old function that this half imports or has.
    pub functions: BTreeMap<u32, u32>,
    types: Vec<FuncType>,
    /// How this half calls what it does not have.
    pub ways: Ways,
    /// What the first module lends to the second, by old index; the first itself keeps every index.
    pub lent: Option<Lent>,
    pub declared: FunctionSection,
    pub code: CodeSection,
}

/// How the first module calls what moved.
#[derive(Default)]
pub struct Ways {
    /// Functions that are called through a slot.
    pub slots: BTreeMap<u32, u32>,
    /// For a type, the function that calls what is in the slot that its last argument names.
    pub by_type: BTreeMap<u32, u32>,
    /// A call through the table leaves the slot's number in this global …
    pub note: u32,
    /// … if what it calls may be a placeholder: if it has one of these types.
    pub noted: HashSet<FuncType>,
}

/// Tables, memories and globals that the second module uses; their order is their new index.
#[derive(Default)]
pub struct Lent {
    pub tables: Vec<u32>,
    pub memories: Vec<u32>,
    pub globals: Vec<u32>,
}

impl<'m, 'a> Half<'m, 'a> {
    /// A half whose functions will be numbered in this order, the imported ones first.
    pub fn new(module: &'m Module<'a>, order: impl IntoIterator<Item = u32>) -> Self {
        Half {
            module,
            functions: order.into_iter().zip(0..).collect(),
            types: Vec::new(),
            ways: Ways::default(),
            lent: None,
            declared: FunctionSection::new(),
            code: CodeSection::new(),
        }
    }

    /// The index of a type in this half, which gets it if it lacks it.
    pub fn type_of(&mut self, of: &FuncType) -> u32 {
        let at = self.types.iter().position(|have| have == of).unwrap_or_else(|| {
            self.types.push(of.clone());
            self.types.len() - 1
        });
        index(at)
    }

    /// Copies a function.
    pub fn copy(&mut self, function: u32) -> Result<()> {
        let of = self.type_of(self.module.type_of(function));
        let body = self.module.body(function);
        let mut copy = self.new_function_with_parsed_locals(body).map_err(broken)?;
        for operator in body.get_operators_reader().map_err(broken)? {
            let operator = operator.map_err(broken)?;
            if let Operator::Call { function_index } = operator
                && let Some(slot) = self.ways.slots.get(&function_index)
            {
                let way = self.ways.by_type[&self.module.functions[function_index as usize]];
                copy.instruction(&Instruction::I32Const(slot.cast_signed()));
                copy.instruction(&Instruction::Call(way));
                continue;
            }
            if let Operator::CallIndirect { type_index, table_index: 0 } = operator
                && self.ways.noted.contains(&self.module.types[type_index as usize])
            {
                copy.instruction(&Instruction::GlobalSet(self.ways.note));
                copy.instruction(&Instruction::GlobalGet(self.ways.note));
            }
            copy.instruction(&self.instruction(operator).map_err(broken)?);
        }
        self.add(of, &copy);
        Ok(())
    }

    /// Adds a function of our own.
    pub fn add(&mut self, of: u32, body: &Function) {
        self.declared.function(of);
        self.code.function(body);
    }

    /// The types that this half turned out to need.
    pub fn types(&mut self) -> Result<TypeSection> {
        let mut section = TypeSection::new();
        for of in std::mem::take(&mut self.types) {
            let (params, results) = (self.values(of.params())?, self.values(of.results())?);
            section.ty().function(params, results);
        }
        Ok(section)
    }

    fn values(&mut self, values: &[wasmparser::ValType]) -> Result<Vec<ValType>> {
        values.iter().map(|value| self.val_type(*value).map_err(broken)).collect()
    }
}

impl Reencode for Half<'_, '_> {
    type Error = String;

    fn function_index(&mut self, function: u32) -> std::result::Result<u32, reencode::Error<String>> {
        let unknown = || reencode::Error::UserError(format!("function {function} is in the other module"));
        self.functions.get(&function).copied().ok_or_else(unknown)
    }

    fn type_index(&mut self, of: u32) -> std::result::Result<u32, reencode::Error<String>> {
        let module = self.module;
        Ok(self.type_of(&module.types[of as usize]))
    }

    fn table_index(&mut self, table: u32) -> std::result::Result<u32, reencode::Error<String>> {
        Ok(self.lent.as_mut().map_or(table, |lent| borrow(&mut lent.tables, table)))
    }

    fn memory_index(&mut self, memory: u32) -> std::result::Result<u32, reencode::Error<String>> {
        Ok(self.lent.as_mut().map_or(memory, |lent| borrow(&mut lent.memories, memory)))
    }

    fn global_index(&mut self, global: u32) -> std::result::Result<u32, reencode::Error<String>> {
        Ok(self.lent.as_mut().map_or(global, |lent| borrow(&mut lent.globals, global)))
    }
}

fn borrow(lent: &mut Vec<u32>, old: u32) -> u32 {
    let at = lent.iter().position(|have| *have == old).unwrap_or_else(|| {
        lent.push(old);
        lent.len() - 1
    });
    index(at)
}
