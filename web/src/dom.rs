//! The few things that are asked of the browser directly.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, ResizeObserver};
use yew::prelude::*;

use crate::session::use_session;

/// The width of an element, followed as it changes.
#[hook]
pub fn use_width(of: &NodeRef) -> f64 {
    let width = use_state_eq(|| 0.0);
    {
        let (of, width) = (of.clone(), width.clone());
        use_effect_with((), move |()| {
            let element = of.cast::<Element>();
            let measured = {
                let element = element.clone();
                move || {
                    if let Some(element) = &element {
                        width.set(f64::from(element.client_width()));
                    }
                }
            };
            measured();
            let closure = Closure::<dyn FnMut()>::new(measured);
            let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(element)) = (&observer, &element) {
                observer.observe(element);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(closure);
            }
        });
    }
    *width
}

/// Tells the session whether anybody can see the page: not in a hidden tab, not in a frame that is scrolled away.
#[hook]
pub fn use_seen(page: &NodeRef) {
    let session = use_session();
    let page = page.clone();
    use_effect_with((), move |()| {
        let closure = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last: Option<IntersectionObserverEntry> = entries.iter().last().map(JsCast::unchecked_into);
            session.set_visible(last.is_none_or(|entry| entry.is_intersecting()));
        });
        let observer = IntersectionObserver::new(closure.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(page)) = (&observer, page.cast::<Element>()) {
            observer.observe(&page);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(closure);
        }
    });
}

/// Puts a text onto the clipboard; a browser may refuse.
pub fn copy(text: String) {
    wasm_bindgen_futures::spawn_local(async move {
        let Some(window) = web_sys::window() else { return };
        // Without the clipboard the text can still be selected by hand.
        let _ = wasm_bindgen_futures::JsFuture::from(window.navigator().clipboard().write_text(&text)).await;
    });
}

/// The keys that apply, as this machine's keyboard names them.
pub fn apply_keys() -> &'static str {
    let agent = web_sys::window().and_then(|w| w.navigator().user_agent().ok()).unwrap_or_default();
    if agent.contains("Mac") { "⌘⏎" } else { "Ctrl ⏎" }
}
