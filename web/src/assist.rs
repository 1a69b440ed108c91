//! The table of fields, fetched when the editor is, and what the editor makes of it: answers as JSON.

use std::cell::Cell;

use orrery_run::Library;
use orrery_schema::Schema;
use orrery_share::File;
use orrery_view::assist::{Sort, hover};
use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::session::Session;

#[wasm_bindgen(module = "/editor/load.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = loadSchema)]
    async fn load_schema() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = loadHelp)]
    async fn load_help() -> Result<JsValue, JsValue>;
}

thread_local! {
    static TABLE: Cell<Option<&'static Schema>> = const { Cell::new(None) };
    static HELP: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// What commands of the console can read, as far as it is here.
pub fn library() -> Library<'static> {
    Library { schema: TABLE.get(), help: HELP.get() }
}

/// Fetches what commands tell of themselves. Without it `--help` says that it is not here, and everything else works.
pub async fn fetch_help() {
    if HELP.get().is_none()
        && let Some(text) = load_help().await.ok().and_then(|text| text.as_string())
    {
        HELP.set(Some(Box::leak(text.into_boxed_str())));
    }
}

/// The table, once it is here.
pub fn table() -> Option<&'static Schema> {
    TABLE.get()
}

/// Fetches the table. Without it the editor offers nothing, and everything else works.
pub async fn fetch_table() {
    if table().is_none()
        && let Some(text) = load_schema().await.ok().and_then(|text| text.as_string())
    {
        // Read once and kept as long as the page.
        let schema = Schema::parse(Box::leak(text.into_boxed_str()));
        TABLE.set(Some(Box::leak(Box::new(schema))));
    }
}

/// What can be written at a place of the open file; empty for nothing.
pub fn offers(session: &Session, files: &[File], text: &str, at: (u32, u32)) -> String {
    let offer = table().and_then(|schema| session.read(|engine| engine.offer(text, at, schema, files)));
    let Some(offer) = offer else { return String::new() };
    let suggestions = offer.suggestions.into_iter().map(|one| {
        let sort = match one.sort {
            Sort::Field => "field",
            Sort::Value => "value",
            Sort::Name => "name",
        };
        json!({
            "sort": sort, "label": one.label, "insert": one.insert, "detail": one.detail,
            "required": one.required, "doc": one.doc, "rank": one.rank,
        })
    });
    json!({"column": offer.column, "suggestions": suggestions.collect::<Vec<_>>()}).to_string()
}

/// What is said of the word at a place; empty for nothing.
pub fn said(text: &str, at: (u32, u32)) -> String {
    let Some(found) = table().and_then(|schema| hover(text, at, schema)) else { return String::new() };
    json!({
        "column": found.column, "endColumn": found.end_column, "path": found.path, "ty": found.ty,
        "required": found.required, "default": found.default, "ofValue": found.of_value, "doc": found.doc,
    })
    .to_string()
}
