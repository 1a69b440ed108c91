//! What survives a reload: the files and the person's choices. Storage may be full or forbidden; the page works without.

use orrery_share::File;

use crate::gallery;
use crate::shelf::Shelf;

const FILES: &str = "orrery.files";
const ASIDE: &str = "orrery.aside";

/// The files of the last visit.
pub fn files() -> Option<Vec<File>> {
    let json: String = Shelf::Browser.get(FILES)?;
    serde_json::from_str(&json).ok()
}

/// Keeps the files; false when there is no room.
pub fn keep_files(files: &[File]) -> bool {
    serde_json::to_string(files).is_ok_and(|json| Shelf::Browser.set(FILES, &json))
}

/// Puts the person's own files aside before others take their place; an unchanged example is nobody's own.
pub fn put_aside(files: &[File]) {
    let written = files.iter().any(|f| !f.text.trim().is_empty());
    if written && gallery::which(files).is_none() {
        // Without storage there is no place aside.
        let _ = serde_json::to_string(files).map(|json| Shelf::Browser.set(ASIDE, &json));
    }
}

/// The files that were put aside last.
pub fn aside() -> Option<Vec<File>> {
    let json: String = Shelf::Browser.get(ASIDE)?;
    serde_json::from_str(&json).ok()
}

/// A choice by its name.
pub fn choice(name: &str) -> Option<String> {
    Shelf::Browser.get(&format!("orrery.{name}"))
}

/// Whether the last visit ended in a crash; asked once, so that a page that crashes at its start can be left.
pub fn crashed() -> bool {
    let crashed = choice("crashed").is_some();
    set_choice("crashed", None);
    crashed
}

/// Keeps a choice, or forgets it.
pub fn set_choice(name: &str, value: Option<&str>) {
    match value {
        Some(value) => keep_choice(name, value),
        None => Shelf::Browser.delete(&format!("orrery.{name}")),
    }
}

/// Keeps a choice.
pub fn keep_choice(name: &str, value: &str) {
    // Without storage the choice holds until the page is closed.
    Shelf::Browser.set(&format!("orrery.{name}"), value);
}
