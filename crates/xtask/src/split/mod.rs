//! Splitting the finished page program in two, so that the first picture waits for less: the first module is what runs until
//! then and soon after, the second one everything else, loaded right behind it.
//!
//! Functions that a first visit did not call move; of those that it called, the stretches that it did not reach become functions
//! of their own and move too.
//!
//! Which function is in which file changes nothing but the moment at which its code arrives. What moved is called through the
//! table; whoever comes before the second module is there loads it, and waits (`rest.js`).

mod half;
mod layout;
mod module;
mod outline;
mod primary;
mod profile;
mod region;
mod secondary;
mod site;
mod stretch;
#[cfg(test)]
mod tests;

use crate::shell::Result;
use layout::Layout;
use module::Module;
use profile::Profile;
use region::Region;
pub use site::split_site;

/// Shorter stretches of a function, in bytes, are not worth a call of the other module …
const SHORTEST: usize = 24;
/// … for which each local that is handed over counts so much.
const LOCAL: usize = 3;

/// The two modules.
pub struct Halves {
    /// Runs alone until it needs the other one.
    pub primary: Vec<u8>,
    /// Needs the first one's memory, tables and globals.
    pub secondary: Vec<u8>,
}

/// Splits a module that has its functions' names; both halves are without any. What the profile does not know moves: functions
/// by their name, and stretches of functions that stay.
pub fn split(wasm: &[u8], profile: &Profile) -> Result<Halves> {
    split_where(wasm, profile, &|region| region.length >= SHORTEST + LOCAL * region.crossing())
}

fn split_where(wasm: &[u8], profile: &Profile, worth: &dyn Fn(&Region) -> bool) -> Result<Halves> {
    let whole = Module::read(wasm)?;
    let name = |function: u32| whole.names.get(&function).copied();
    let cold = |function: u32, stretches: usize| {
        name(function).map_or_else(|| vec![false; stretches], |name| profile.cold(name, stretches))
    };
    let outlined = outline::outline(wasm, &cold, worth)?;
    let stays = |function: u32| {
        whole.defined().contains(&function) && name(function).is_none_or(|name| profile.has(name))
    };
    let module = Module::read(&outlined)?;
    let layout = Layout::of(&module, &stays)?;
    let (secondary, lent) = secondary::write(&module, &layout)?;
    let primary = primary::write(&module, &layout, &lent)?;
    Ok(Halves { primary, secondary })
}
