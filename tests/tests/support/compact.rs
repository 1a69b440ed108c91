//! What the page needs of the matrix: the way to each field that is accepted and not simulated.

use super::fields::{Fields, Types};
use super::matrix::{Mark, Matrix};
use std::fmt::Write;

/// Where it is.
pub const PATH: &str = "crates/view/src/support.txt";

/// A line for each type that has such a field or leads to one: its name, a space, its fields. `-tty` is accepted
/// only; `containers>Container` leads on. A field of a status is not a person's.
pub fn compact(fields: &Fields, matrix: &Matrix) -> String {
    let simulated = |ty: &str, field: &str| matrix.marks(ty, field) == [Mark::Simulated];
    let mut types = Types::new();
    let mut open: Vec<&'static str> = fields.kinds().map(|(ty, _)| ty).collect();
    while let Some(ty) = open.pop() {
        if types.insert(ty) {
            open.extend(ways(fields, ty).filter(|(field, _)| simulated(ty, field)).map(|(_, inner)| inner));
        }
    }
    let accepts = |ty: &str| persons(fields, ty).any(|(field, _)| !simulated(ty, field));
    let mut telling: Types = types.iter().copied().filter(|ty| accepts(ty)).collect();
    loop {
        let leads = |ty: &&str| {
            ways(fields, ty).any(|(field, inner)| simulated(ty, field) && telling.contains(inner))
        };
        let more: Types = types.iter().copied().filter(leads).filter(|ty| !telling.contains(ty)).collect();
        if more.is_empty() {
            break;
        }
        telling.extend(more);
    }
    let mut out = String::new();
    for ty in &telling {
        out.push_str(ty);
        for (field, inner) in persons(fields, ty) {
            let _ = match simulated(ty, field) {
                false => write!(out, " -{field}"),
                true if telling.contains(inner) => write!(out, " {field}>{inner}"),
                true => Ok(()),
            };
        }
        out.push('\n');
    }
    out
}

/// The fields that a person writes.
fn persons(fields: &Fields, ty: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    fields.of(ty).filter(move |(field, _)| *field != "status" || fields.kinds().all(|(kind, _)| kind != ty))
}

/// Those of them that lead to another type.
fn ways(fields: &Fields, ty: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    persons(fields, ty).filter(|(_, inner)| !inner.is_empty())
}
