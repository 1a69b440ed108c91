//! Stretches of a function: from behind a branch to the end of the block around it. Nothing jumps into the middle of one, so a
//! stretch whose beginning was never reached was never run.

use super::module::broken;
use crate::shell::Result;
use std::collections::BTreeMap;
use wasmparser::{
    BlockType, FuncToValidate, FuncValidatorAllocations, FunctionBody, Operator, Parser, Payload, ValType,
    Validator, ValidatorResources, WasmFeatures, WasmModuleResources,
};

/// A function with its operators and stretches.
pub struct Stretched<'a> {
    pub operators: Vec<Operator<'a>>,
    /// Where each operator begins in the module, and where the last one ends.
    pub offsets: Vec<usize>,
    /// Type of every local, the parameters first.
    pub locals: Vec<ValType>,
    pub params: u32,
    pub results: Vec<ValType>,
    /// By their beginning.
    pub stretches: Vec<Stretch>,
    /// How often each local is read.
    reads: BTreeMap<u32, usize>,
}

impl Stretched<'_> {
    /// How often the function reads a local.
    pub fn reads(&self, local: u32) -> usize {
        self.reads.get(&local).copied().unwrap_or(0)
    }
}

/// Operators from `begin` up to the `end` or `else` at `end`.
#[derive(Clone)]
pub struct Stretch {
    pub begin: usize,
    pub end: usize,
    /// What it leaves for the block around it.
    pub leaves: Vec<ValType>,
    /// Whether its end can be reached.
    pub falls: bool,
    /// Whether it may run again with the same locals.
    pub repeats: bool,
    /// What a branch to each label around it carries, the innermost first; the last one is the function's.
    pub carried: Vec<usize>,
}

/// Every function of a module that has a body, with its stretches.
pub fn read(wasm: &[u8]) -> Result<Vec<Stretched<'_>>> {
    let mut validator = Validator::new_with_features(WasmFeatures::WASM2);
    let mut allocations = FuncValidatorAllocations::default();
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(broken)?;
        if let wasmparser::ValidPayload::Func(function, body) = validator.payload(&payload).map_err(broken)? {
            let (stretched, done) = stretched(function, &body, allocations).map_err(broken)?;
            functions.push(stretched);
            allocations = done;
        }
        if let Payload::End(_) = payload {
            break;
        }
    }
    Ok(functions)
}

/// A block that is open, with those of its stretches that have begun.
struct Open {
    repeats: bool,
    results: Vec<ValType>,
    /// How many values a branch to it carries.
    carried: usize,
    begun: Vec<usize>,
}

fn stretched<'a>(
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'a>,
    allocations: FuncValidatorAllocations,
) -> wasmparser::Result<(Stretched<'a>, FuncValidatorAllocations)> {
    let own = function.resources.sub_type_at(function.ty).map(|of| of.unwrap_func().clone());
    let own = own.expect("the validator knows the function's type");
    let mut validator = function.into_validator(allocations);
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    let mut of = Stretched {
        operators: Vec::new(),
        offsets: Vec::new(),
        locals: (0..validator.len_locals()).filter_map(|local| validator.get_local_type(local)).collect(),
        params: super::module::index(own.params().len()),
        results: own.results().to_vec(),
        stretches: Vec::new(),
        reads: BTreeMap::new(),
    };
    let mut open = vec![Open {
        repeats: false,
        results: of.results.clone(),
        carried: of.results.len(),
        begun: Vec::new(),
    }];
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        let here = of.operators.len();
        if matches!(operator, Operator::End | Operator::Else) {
            let falls = validator.get_control_frame(0).is_some_and(|frame| !frame.unreachable);
            let block = open.last_mut().expect("as many blocks end as begin");
            for stretch in block.begun.drain(..) {
                of.stretches[stretch].end = here;
                of.stretches[stretch].falls = falls;
            }
        }
        match &operator {
            Operator::Block { blockty } | Operator::If { blockty } => {
                open.push(block(&validator, *blockty, false))
            }
            Operator::Loop { blockty } => open.push(block(&validator, *blockty, true)),
            Operator::End => {
                open.pop();
            }
            Operator::LocalGet { local_index } => *of.reads.entry(*local_index).or_default() += 1,
            _ => {}
        }
        validator.op(offset, &operator)?;
        let begins =
            matches!(operator, Operator::End | Operator::Else | Operator::If { .. } | Operator::BrIf { .. });
        of.operators.push(operator);
        of.offsets.push(offset);
        let frame = validator.get_control_frame(0);
        if begins
            && frame.is_some_and(|f| !f.unreachable && f.height == validator.operand_stack_height() as usize)
        {
            let carried = open.iter().rev().map(|block| block.carried).collect();
            let repeats = open.iter().any(|block| block.repeats);
            let block = open.last_mut().expect("a frame of the validator is an open block");
            block.begun.push(of.stretches.len());
            let leaves = block.results.clone();
            of.stretches.push(Stretch {
                begin: here + 1,
                end: here + 1,
                leaves,
                falls: false,
                repeats,
                carried,
            });
        }
    }
    of.offsets.push(operators.original_position());
    Ok((of, validator.into_allocations()))
}

fn block(validator: &wasmparser::FuncValidator<ValidatorResources>, of: BlockType, repeats: bool) -> Open {
    let (params, results) = match of {
        BlockType::Empty => (0, Vec::new()),
        BlockType::Type(result) => (0, vec![result]),
        BlockType::FuncType(number) => {
            let of = validator.resources().sub_type_at(number).map(|of| of.unwrap_func());
            of.map_or((0, Vec::new()), |of| (of.params().len(), of.results().to_vec()))
        }
    };
    let carried = if repeats { params } else { results.len() };
    Open { repeats, results, carried, begun: Vec::new() }
}
