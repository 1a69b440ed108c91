//! The last page: when the program panics it says so, with what helps to find the mistake, and gives back what was typed.

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Document, Element, window};

use crate::i18n::{Lang, Words};
use crate::store;
use orrery_run::SEED;

/// The version and, where the build knows it, the commit.
pub const BUILD: &str = match option_env!("ORRERY_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

/// From here on a panic shows a page instead of a frozen picture.
pub fn guard() {
    // Yew would put its own hook in place of any other.
    yew::set_custom_panic_hook(Box::new(|info| {
        web_sys::console::error_1(&format!("{info}").into());
        store::keep_choice("crashed", "yes");
        let details = format!("{info}\nseed {SEED} · build {BUILD}");
        show(|words| [words.crash_title, words.crash_text], &details);
    }));
}

/// Called when the part of the program that follows the first picture is needed and cannot be had.
#[wasm_bindgen(js_name = restLost)]
pub fn rest_lost(why: &str) {
    show(|words| [words.rest_title, words.rest_text], why);
}

fn show(text: fn(&Words) -> [&'static str; 2], details: &str) -> Option<()> {
    let document = window()?.document()?;
    let words =
        document.document_element().and_then(|e| e.get_attribute("lang")).and_then(|tag| Lang::tagged(&tag));
    let words = words.unwrap_or_default().words();
    let page = element(&document, "div", "")?;
    page.set_attribute("class", "crash").ok()?;
    page.set_attribute("role", "alertdialog").ok()?;
    let [title, text] = text(words);
    for (tag, text) in [("h1", title), ("p", text), ("pre", details)] {
        page.append_child(&element(&document, tag, text)?.into()).ok()?;
    }
    let typed: String = store::files()
        .unwrap_or_default()
        .iter()
        .map(|f| format!("# {}\n{}\n---\n", f.name, f.text))
        .collect();
    let save = element(&document, "a", words.download)?;
    save.set_attribute("class", "btn primary").ok()?;
    save.set_attribute("download", "manifests.yaml").ok()?;
    save.set_attribute(
        "href",
        &format!("data:text/yaml;charset=utf-8,{}", js_sys::encode_uri_component(&typed)),
    )
    .ok()?;
    page.append_child(&save.into()).ok()?;
    let reload = element(&document, "a", words.crash_reload)?;
    reload.set_attribute("class", "btn").ok()?;
    reload.set_attribute("href", "").ok()?;
    page.append_child(&reload.into()).ok()?;
    document.body()?.append_child(&page.into()).ok()?;
    Some(())
}

fn element(document: &Document, tag: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_text_content(Some(text));
    Some(element)
}
