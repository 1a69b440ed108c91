//! Stretches of functions that a first visit never reaches become functions of their own, so that they can move.
//!
//! Such a function gets the locals that the stretch reads, and returns those that are read elsewhere and that it may have written,
//! behind what the stretch leaves for the block around it. A stretch that can be left in several ways also returns which one it was.

use super::module::{Module, broken, index};
use super::region::Region;
use super::stretch::{self, Stretched};
use crate::shell::Result;
use std::collections::BTreeMap;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{BlockType, CodeSection, Function, FunctionSection, Instruction, TypeSection, ValType};
use wasmparser::{CodeSectionReader, FuncType, FunctionSectionReader, Operator, Parser, TypeSectionReader};

/// Makes functions of cold stretches. `cold` tells of a function with so many stretches which of them are, `worth` whether one
/// should move. The module that results
/// has the same functions as before and the new ones behind them.
pub fn outline(
    wasm: &[u8],
    cold: &dyn Fn(u32, usize) -> Vec<bool>,
    worth: &dyn Fn(&Region) -> bool,
) -> Result<Vec<u8>> {
    let module = Module::read(wasm)?;
    let functions = stretch::read(wasm)?;
    let mut outliner = Outliner {
        next: index(module.functions.len()),
        types: module.types.clone(),
        known: module.types.len(),
        functions: Vec::new(),
        bodies: Vec::new(),
        outlined: Vec::new(),
    };
    for (number, function) in module.defined().zip(&functions) {
        let cold = cold(number, function.stretches.len());
        let regions = regions(function, &cold, worth);
        let body = if regions.is_empty() {
            module.body(number).as_bytes().to_vec()
        } else {
            outliner.rewrite(function, &regions)?.into_raw_body()
        };
        outliner.bodies.push(body);
    }
    let mut copy = wasm_encoder::Module::new();
    outliner.parse_core_module(&mut copy, Parser::new(0), wasm).map_err(broken)?;
    Ok(copy.finish())
}

/// The cold stretches worth a function, the longest possible ones, in their order.
fn regions(function: &Stretched<'_>, cold: &[bool], worth: &dyn Fn(&Region) -> bool) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for (stretch, _) in function.stretches.iter().zip(cold).filter(|(_, cold)| **cold) {
        let free = regions.last().is_none_or(|before| before.end <= stretch.begin);
        if free && let Some(region) = Region::of(function, stretch).filter(worth) {
            regions.push(region);
        }
    }
    regions
}

struct Outliner {
    /// The index of the next new function.
    next: u32,
    /// The first of them are the module's own.
    types: Vec<FuncType>,
    known: usize,
    /// The types of the new functions, and their code.
    functions: Vec<u32>,
    outlined: Vec<Function>,
    /// The code of the module's own functions.
    bodies: Vec<Vec<u8>>,
}

impl Outliner {
    /// A function with calls in place of its cold regions, which become functions.
    fn rewrite(&mut self, function: &Stretched<'_>, regions: &[Region]) -> Result<Function> {
        let mut locals: Vec<(u32, ValType)> = Vec::new();
        for local in &function.locals[function.params as usize..] {
            locals.push((1, value(*local)?));
        }
        let left_by = index(function.locals.len());
        locals.push((1, ValType::I32));
        let mut copy = Function::new(grouped(locals));
        let mut at = 0;
        for region in regions {
            for operator in &function.operators[at..region.begin] {
                copy.instruction(&RoundtripReencoder.instruction(operator.clone()).map_err(broken)?);
            }
            self.outline(function, region)?;
            call(&mut copy, region, self.next, left_by);
            self.next += 1;
            at = region.end;
        }
        for operator in &function.operators[at..] {
            copy.instruction(&RoundtripReencoder.instruction(operator.clone()).map_err(broken)?);
        }
        Ok(copy)
    }

    /// Makes a function of a region.
    fn outline(&mut self, function: &Stretched<'_>, region: &Region) -> Result<()> {
        let of = region.function_type(function);
        let number = self.types.iter().position(|have| *have == of).unwrap_or_else(|| {
            self.types.push(of);
            self.types.len() - 1
        });
        self.functions.push(index(number));
        self.outlined.push(outlined(function, region)?);
        Ok(())
    }
}

/// The call of the function that a region became, and what follows from how it was left.
fn call(copy: &mut Function, region: &Region, function: u32, left_by: u32) {
    for local in &region.takes {
        copy.instruction(&Instruction::LocalGet(*local));
    }
    copy.instruction(&Instruction::Call(function));
    if region.tells_exit() {
        copy.instruction(&Instruction::LocalSet(left_by));
    }
    for local in region.returns.iter().rev() {
        copy.instruction(&Instruction::LocalSet(*local));
    }
    match (region.falls, region.exits.as_slice()) {
        (true, []) => {}
        (false, []) => {
            copy.instruction(&Instruction::Unreachable);
        }
        (false, [exit]) => {
            copy.instruction(&Instruction::Br(*exit));
        }
        (true, [exit]) => {
            copy.instruction(&Instruction::LocalGet(left_by));
            copy.instruction(&Instruction::BrIf(*exit));
        }
        (false, [exits @ .., last]) => {
            copy.instruction(&Instruction::LocalGet(left_by));
            copy.instruction(&Instruction::BrTable(exits.into(), *last));
        }
        (true, [exits @ .., last]) => {
            let labels: Vec<u32> = std::iter::once(0).chain(exits.iter().map(|exit| exit + 1)).collect();
            copy.instruction(&Instruction::Block(BlockType::Empty));
            copy.instruction(&Instruction::LocalGet(left_by));
            copy.instruction(&Instruction::BrTable(labels.into(), last + 1));
            copy.instruction(&Instruction::End);
        }
    }
}

/// The code of a region as a function: around it a block for each way out, behind each of which that way is told.
fn outlined(function: &Stretched<'_>, region: &Region) -> Result<Function> {
    let own: Vec<u32> = region.uses.iter().copied().filter(|local| !region.takes.contains(local)).collect();
    let mut types = Vec::new();
    for local in &own {
        types.push((1, value(function.locals[*local as usize])?));
    }
    let locals: BTreeMap<u32, u32> = region.takes.iter().chain(&own).copied().zip(0..).collect();
    let mut body = Function::new(grouped(types));
    for _ in &region.exits {
        body.instruction(&Instruction::Block(BlockType::Empty));
    }
    let mut depth = 0;
    for operator in &function.operators[region.begin..region.end] {
        let inner = |label: u32| region.label(label, depth);
        let instruction = match operator {
            Operator::LocalGet { local_index } => Instruction::LocalGet(locals[local_index]),
            Operator::LocalSet { local_index } => Instruction::LocalSet(locals[local_index]),
            Operator::LocalTee { local_index } => Instruction::LocalTee(locals[local_index]),
            Operator::Br { relative_depth } => Instruction::Br(inner(*relative_depth)),
            Operator::BrIf { relative_depth } => Instruction::BrIf(inner(*relative_depth)),
            Operator::BrTable { targets } => {
                let labels =
                    targets.targets().map(|label| label.map(inner)).collect::<wasmparser::Result<Vec<_>>>();
                Instruction::BrTable(labels.map_err(broken)?.into(), inner(targets.default()))
            }
            Operator::Return => Instruction::Br(inner(depth + region.outermost)),
            other => RoundtripReencoder.instruction(other.clone()).map_err(broken)?,
        };
        body.instruction(&instruction);
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
            Operator::End => depth -= 1,
            _ => {}
        }
    }
    if region.falls {
        leave(&mut body, region, &locals, 0);
    }
    for way in (u32::from(region.falls)..).take(region.exits.len()) {
        body.instruction(&Instruction::End);
        if region.falls {
            for left in &region.leaves {
                body.instruction(&zero(*left)?);
            }
        }
        leave(&mut body, region, &locals, way);
    }
    if region.exits.is_empty() && !region.falls {
        body.instruction(&Instruction::Unreachable);
    }
    body.instruction(&Instruction::End);
    Ok(body)
}

/// Returns the locals and the way out; what the region leaves is on the stack.
fn leave(body: &mut Function, region: &Region, locals: &BTreeMap<u32, u32>, way: u32) {
    for local in &region.returns {
        body.instruction(&Instruction::LocalGet(locals[local]));
    }
    if region.tells_exit() {
        body.instruction(&Instruction::I32Const(way.cast_signed()));
    }
    body.instruction(&Instruction::Return);
}

fn zero(of: wasmparser::ValType) -> Result<Instruction<'static>> {
    Ok(match of {
        wasmparser::ValType::I32 => Instruction::I32Const(0),
        wasmparser::ValType::I64 => Instruction::I64Const(0),
        wasmparser::ValType::F32 => Instruction::F32Const(0.0.into()),
        wasmparser::ValType::F64 => Instruction::F64Const(0.0.into()),
        wasmparser::ValType::V128 => Instruction::V128Const(0),
        wasmparser::ValType::Ref(of) => {
            Instruction::RefNull(RoundtripReencoder.heap_type(of.heap_type()).map_err(broken)?)
        }
    })
}

fn value(of: wasmparser::ValType) -> Result<ValType> {
    RoundtripReencoder.val_type(of).map_err(broken)
}

/// Neighbours of one type are declared together.
fn grouped(locals: Vec<(u32, ValType)>) -> Vec<(u32, ValType)> {
    let mut grouped: Vec<(u32, ValType)> = Vec::new();
    for (count, of) in locals {
        match grouped.last_mut() {
            Some((many, last)) if *last == of => *many += count,
            _ => grouped.push((count, of)),
        }
    }
    grouped
}

impl Reencode for Outliner {
    type Error = std::convert::Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        utils::parse_type_section(self, types, section)?;
        for of in &self.types[self.known..] {
            types.ty().func_type(&RoundtripReencoder.func_type(of.clone())?);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        utils::parse_function_section(self, functions, section)?;
        for of in &self.functions {
            functions.function(*of);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        _section: CodeSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        for body in &self.bodies {
            code.raw(body);
        }
        for body in &self.outlined {
            code.function(body);
        }
        Ok(())
    }
}
