//! The last page: when the program panics it says so, with what helps to find the mistake, and gives back what was typed.

use std::cell::Cell;

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Document, Element, window};

use crate::i18n::{Lang, Words};
use crate::runs;
use crate::store;
use orrery_run::SEED;
use orrery_share::Saved;

const NANOS_PER_SECOND: f64 = 1e9;

/// The version and, where the build knows it, the commit.
pub const BUILD: &str = match option_env!("ORRERY_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// From here on a panic shows a page instead of a frozen picture.
pub fn guard() {
    // Yew would put its own hook in place of any other.
    yew::set_custom_panic_hook(Box::new(|info| {
        web_sys::console::error_1(&format!("{info}").into());
        store::keep_choice("crashed", "yes");
        let run = run_of_this_tab();
        let (seed, steps) = run.as_ref().map_or((SEED, 0), |run| (run.run.seed, run.count(run.branch)));
        let at = NOW.get() as f64 / NANOS_PER_SECOND;
        let details = format!("{info}\nseed {seed} · {steps} steps · {at} s · build {BUILD}");
        show(|words| [words.crash_title, words.crash_text], &details, run.as_ref());
    }));
}

/// Notes the virtual time that was reached, in nanoseconds: when the program has panicked the session can no longer be asked.
pub fn note(now: u64) {
    NOW.set(now);
}

/// The run as it was kept last.
fn run_of_this_tab() -> Option<Saved> {
    let (kept, _) = runs::last().filter(|(_, mine)| *mine)?;
    runs::open(&kept)?.ok()
}

/// Called when the part of the program that follows the first picture is needed and cannot be had.
#[wasm_bindgen(js_name = restLost)]
pub fn rest_lost(why: &str) {
    show(|words| [words.rest_title, words.rest_text], why, None);
}

fn show(text: fn(&Words) -> [&'static str; 2], details: &str, run: Option<&Saved>) -> Option<()> {
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
    if let Some(run) = run {
        let save = download(&document, words.timed.save_run, "orrery-run.json", &orrery_share::save(run))?;
        page.append_child(&save.into()).ok()?;
    }
    let typed: String = store::files()
        .unwrap_or_default()
        .iter()
        .map(|f| format!("# {}\n{}\n---\n", f.name, f.text))
        .collect();
    page.append_child(&download(&document, words.download, "manifests.yaml", &typed)?.into()).ok()?;
    let reload = element(&document, "a", words.crash_reload)?;
    reload.set_attribute("class", "btn").ok()?;
    reload.set_attribute("href", "").ok()?;
    page.append_child(&reload.into()).ok()?;
    document.body()?.append_child(&page.into()).ok()?;
    Some(())
}

/// A link that holds what it gives: nothing of the program has to work any more.
fn download(document: &Document, label: &str, name: &str, text: &str) -> Option<Element> {
    let link = element(document, "a", label)?;
    link.set_attribute("class", "btn primary").ok()?;
    link.set_attribute("download", name).ok()?;
    let data = js_sys::encode_uri_component(text);
    link.set_attribute("href", &format!("data:text/plain;charset=utf-8,{data}")).ok()?;
    Some(link)
}

fn element(document: &Document, tag: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_text_content(Some(text));
    Some(element)
}
