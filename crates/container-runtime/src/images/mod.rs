//! Images: their names, what public registries have of them, what one holds, and which of them a node has.

mod build;
mod catalog;
mod reference;
mod store;

pub use build::Recipe;
pub use reference::Reference;
pub use store::{Images, Pull};

pub use catalog::config;
pub(crate) use catalog::{Found, look_up, looks_unreal};

use orrery_apimachinery::Str;
use orrery_sim::Random;
use std::rc::Rc;

/// An image as a registry, a node or a docker daemon has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The digest of its manifest, by which registries know it: `sha256:…`.
    pub digest: Str,
    /// The digest of its configuration, by which container runtimes know it: `sha256:…`.
    pub id: Str,
    /// Its compressed size in bytes.
    pub size: u64,
    /// How it was built, if that is known.
    pub recipe: Option<Rc<Recipe>>,
}

impl Image {
    /// An image that is told apart by `content`.
    pub fn new(content: &str, size: u64) -> Image {
        // A name by digest says its digest itself.
        let digest = content.split_once('@').map_or_else(|| digest(1, content), |(_, digest)| digest.into());
        Image { digest, id: self::digest(2, content), size, recipe: None }
    }
}

/// A digest that follows from what it is of.
fn digest(what: u64, content: &str) -> Str {
    ["sha256:", &Random::stream(what, content).hex(4)].concat().into()
}
