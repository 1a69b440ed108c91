//! Reads files and answers of other hosts, and gives files out.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{File, Url, window};

use crate::opening::{MOST_BYTES, Refusal};

#[wasm_bindgen(module = "/opening/read.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn fetched(address: &str, most: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn contents(file: &File, most: f64) -> Result<JsValue, JsValue>;
    /// Gives a text to the person as a file.
    pub fn saved(name: &str, text: &str, media_type: &str);
}

/// An address that may be asked: over TLS, or of the page's own host, beside which it may lie.
pub fn address(src: &str) -> Result<Url, Refusal> {
    let page = window().and_then(|w| w.document()?.base_uri().ok()?).unwrap_or_default();
    let url = Url::new_with_base(src.trim(), &page).map_err(|_| Refusal::Address)?;
    let own = Url::new(&page).is_ok_and(|page| page.origin() == url.origin());
    if own || url.protocol() == "https:" { Ok(url) } else { Err(Refusal::Address) }
}

/// What an address answers.
pub async fn fetch(url: &Url) -> Result<Vec<u8>, Refusal> {
    read(fetched(&url.href(), MOST_BYTES as f64).await)
}

/// What is in a file.
pub async fn read_file(file: &File) -> Result<Vec<u8>, Refusal> {
    read(contents(file, MOST_BYTES as f64).await)
}

fn read(answer: Result<JsValue, JsValue>) -> Result<Vec<u8>, Refusal> {
    match answer {
        Ok(bytes) => Ok(Uint8Array::new(&bytes).to_vec()),
        Err(why) => Err(match (why.as_f64(), why.as_string().as_deref()) {
            (Some(status), _) => Refusal::Status(status as u16),
            (None, Some("large")) => Refusal::TooLarge(MOST_BYTES),
            _ => Refusal::Unreachable,
        }),
    }
}
