//! What survives a reload: the files and the person's choices. Storage may be full or forbidden; the page works without.

use gloo::storage::{LocalStorage, Storage};
use orrery_share::File;

const FILES: &str = "orrery.files";

/// The files of the last visit.
pub fn files() -> Option<Vec<File>> {
    let json: String = LocalStorage::get(FILES).ok()?;
    serde_json::from_str(&json).ok()
}

/// Keeps the files; false when there is no room.
pub fn keep_files(files: &[File]) -> bool {
    serde_json::to_string(files).is_ok_and(|json| LocalStorage::set(FILES, json).is_ok())
}

/// A choice by its name.
pub fn choice(name: &str) -> Option<String> {
    LocalStorage::get(format!("orrery.{name}")).ok()
}

/// Keeps a choice.
pub fn keep_choice(name: &str, value: &str) {
    // Without storage the choice holds until the page is closed.
    let _ = LocalStorage::set(format!("orrery.{name}"), value);
}
