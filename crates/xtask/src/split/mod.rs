//! Splitting the finished page program in two, so that the first picture waits for less: the first module is what runs until
//! then and soon after, the second one everything else, loaded right behind it.
//!
//! Which function is in which file changes nothing but the moment at which its code arrives. What moved is called through the
//! table; whoever comes before the second module is there loads it, and waits (`rest.js`).

mod half;
mod layout;
mod module;
mod primary;
mod profile;
mod secondary;
mod site;
#[cfg(test)]
mod tests;

use crate::shell::Result;
use layout::Layout;
use module::Module;
pub use site::split_site;

/// The two modules.
pub struct Halves {
    /// Runs alone until it needs the other one.
    pub primary: Vec<u8>,
    /// Needs the first one's memory, tables and globals.
    pub secondary: Vec<u8>,
}

/// Splits a module that has its functions' names; both halves are without any.
pub fn split(wasm: &[u8], keep: &dyn Fn(&str) -> bool) -> Result<Halves> {
    let module = Module::read(wasm)?;
    let layout = Layout::of(&module, keep)?;
    let (secondary, lent) = secondary::write(&module, &layout)?;
    let primary = primary::write(&module, &layout, &lent)?;
    Ok(Halves { primary, secondary })
}
