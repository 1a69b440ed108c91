//! A WebAssembly module taken apart as far as splitting it needs: what it consists of, and who calls whom.

use crate::shell::Result;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{
    ElementItems, ElementKind, Export, FuncType, FunctionBody, Global, Import, KnownCustom, MemoryType, Name,
    Operator, Parser, Payload, Table, TypeRef,
};

/// The module's parts, in the order of their index spaces.
#[derive(Default)]
pub struct Module<'a> {
    pub types: Vec<FuncType>,
    /// All of them functions.
    pub imports: Vec<Import<'a>>,
    /// The type of every function, the imported ones first.
    pub functions: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub exports: Vec<Export<'a>>,
    pub start: Option<u32>,
    /// What table 0 holds at the start: a function by slot.
    pub slots: BTreeMap<u32, u32>,
    pub bodies: Vec<FunctionBody<'a>>,
    pub data: Data<'a>,
    pub names: BTreeMap<u32, &'a str>,
}

/// The data section as it is written, and how many segments it has where the module says so in advance.
#[derive(Default)]
pub struct Data<'a> {
    pub count: Option<u32>,
    pub section: Option<&'a [u8]>,
}

impl<'a> Module<'a> {
    pub fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut module = Module::default();
        for payload in Parser::new(0).parse_all(wasm) {
            payload.map_err(broken).and_then(|payload| module.take(payload, wasm))?;
        }
        Ok(module)
    }

    fn take(&mut self, payload: Payload<'a>, wasm: &'a [u8]) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                self.types = all(section.into_iter_err_on_gc_types())?;
            }
            Payload::ImportSection(section) => {
                self.imports = all(section.into_imports())?;
                for import in &self.imports {
                    let TypeRef::Func(of) = import.ty else {
                        return Err(format!("the import {} is no function", import.name));
                    };
                    self.functions.push(of);
                }
            }
            Payload::FunctionSection(section) => self.functions.extend(all(section)?),
            Payload::TableSection(section) => self.tables = all(section)?,
            Payload::MemorySection(section) => self.memories = all(section)?,
            Payload::GlobalSection(section) => self.globals = all(section)?,
            Payload::ExportSection(section) => self.exports = all(section)?,
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.fill(element.map_err(broken)?)?;
                }
            }
            Payload::DataCountSection { count, .. } => self.data.count = Some(count),
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::DataSection(section) => self.data.section = Some(&wasm[section.range()]),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    for name in names {
                        self.name(name.map_err(broken)?)?;
                    }
                }
            }
            Payload::TagSection(_) => return Err("tags are not known here".to_owned()),
            _ => {}
        }
        Ok(())
    }

    /// Notes what an element segment puts into table 0; there is no other kind that a Rust program has.
    fn fill(&mut self, element: wasmparser::Element<'a>) -> Result<()> {
        let ElementKind::Active { table_index: None | Some(0), offset_expr } = element.kind else {
            return Err("an element segment that does not fill table 0 at the start".to_owned());
        };
        let first = match offset_expr.get_operators_reader().read().map_err(broken)? {
            Operator::I32Const { value } => value.cast_unsigned(),
            other => return Err(format!("an element segment begins at {other:?}")),
        };
        let ElementItems::Functions(functions) = element.items else {
            return Err("an element segment of expressions".to_owned());
        };
        for (slot, function) in (first..).zip(functions) {
            self.slots.insert(slot, function.map_err(broken)?);
        }
        Ok(())
    }

    fn name(&mut self, name: Name<'a>) -> Result<()> {
        if let Name::Function(map) = name {
            for naming in map {
                let naming = naming.map_err(broken)?;
                self.names.insert(naming.index, naming.name);
            }
        }
        Ok(())
    }

    /// How many functions are imported: the index of the first that has a body.
    pub fn imported(&self) -> u32 {
        index(self.imports.len())
    }

    /// The functions that have a body.
    pub fn defined(&self) -> std::ops::Range<u32> {
        self.imported()..index(self.functions.len())
    }

    pub fn body(&self, function: u32) -> &FunctionBody<'a> {
        &self.bodies[(function - self.imported()) as usize]
    }

    pub fn size_of_table(&self) -> Result<u32> {
        let table = self.tables.first().ok_or("the module has no table")?;
        u32::try_from(table.ty.initial).map_err(broken)
    }

    pub fn type_of(&self, function: u32) -> &FuncType {
        &self.types[self.functions[function as usize] as usize]
    }

    /// The functions that one calls by name.
    pub fn calls(&self, function: u32) -> Result<BTreeSet<u32>> {
        let mut calls = BTreeSet::new();
        for operator in self.body(function).get_operators_reader().map_err(broken)? {
            match operator.map_err(broken)? {
                Operator::Call { function_index } => {
                    calls.insert(function_index);
                }
                Operator::RefFunc { .. } => {
                    return Err("references of functions are not known here".to_owned());
                }
                Operator::ReturnCall { .. } => return Err("tail calls are not known here".to_owned()),
                Operator::MemoryInit { .. } | Operator::DataDrop { .. } => {
                    return Err("passive data is not known here".to_owned());
                }
                _ => {}
            }
        }
        Ok(calls)
    }
}

/// Indexes of WebAssembly are 32 bits wide.
pub fn index(length: usize) -> u32 {
    u32::try_from(length).expect("a module that was read has fewer than 2^32 of anything")
}

/// What a mistake in the module is called.
pub fn broken(why: impl std::fmt::Display) -> String {
    format!("the module cannot be read: {why}")
}

fn all<T>(items: impl IntoIterator<Item = wasmparser::Result<T>>) -> Result<Vec<T>> {
    items.into_iter().collect::<wasmparser::Result<_>>().map_err(broken)
}
