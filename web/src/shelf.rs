//! What the browser keeps for the page, as JSON under names. It may be full or forbidden; whoever reads then finds nothing, and
//! whoever writes is told so.

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::{Storage, window};

/// Where something is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shelf {
    /// In the browser, for all its tabs.
    Browser,
    /// In this tab, until it is closed.
    Tab,
}

impl Shelf {
    fn storage(self) -> Option<Storage> {
        let window = window()?;
        let storage = match self {
            Self::Browser => window.local_storage(),
            Self::Tab => window.session_storage(),
        };
        storage.ok().flatten()
    }

    /// What is kept under a name, if it can be read.
    pub fn get<T: DeserializeOwned>(self, name: &str) -> Option<T> {
        serde_json::from_str(&self.storage()?.get_item(name).ok()??).ok()
    }

    /// Keeps something under a name; false when there is no room, or nothing may be kept.
    pub fn set<T: Serialize + ?Sized>(self, name: &str, value: &T) -> bool {
        let text = serde_json::to_string(value).ok();
        text.zip(self.storage()).is_some_and(|(text, storage)| storage.set_item(name, &text).is_ok())
    }

    /// Forgets what is kept under a name.
    pub fn delete(self, name: &str) {
        // What may not be kept is not there.
        self.storage().into_iter().for_each(|storage| drop(storage.remove_item(name)));
    }

    /// All names.
    pub fn names(self) -> Vec<String> {
        let Some(storage) = self.storage() else { return Vec::new() };
        let count = storage.length().unwrap_or(0);
        (0..count).filter_map(|n| storage.key(n).ok().flatten()).collect()
    }
}
