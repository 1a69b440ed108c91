//! A file can be dropped anywhere on the page; the list of runs has a button that does the same.

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DataTransfer, DragEvent};
use yew::prelude::*;

use crate::arriving;
use crate::session::use_session;
use crate::ui::{use_ui, use_words};

/// What is seen while a file is held over the page.
#[component]
pub fn DropTarget() -> Html {
    let (session, ui, w) = (use_session(), use_ui(), use_words());
    let over = use_state_eq(|| false);
    {
        let over = over.clone();
        use_effect_with(ui.clone(), move |ui| {
            let ui = ui.clone();
            let hear = |event: &'static str, act: Box<dyn Fn(&DataTransfer)>| {
                let body = web_sys::window()?.document()?.body()?;
                let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
                Some(EventListener::new_with_options(&body, event, options, move |e| {
                    let Some(carried) = e.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) else {
                        return;
                    };
                    // Text that is dragged about belongs to the editor.
                    if carried.types().includes(&"Files".into(), 0) {
                        e.prevent_default();
                        e.stop_propagation();
                        act(&carried);
                    }
                }))
            };
            let (enter, leave) = (over.clone(), over.clone());
            let drop_here = move |carried: &DataTransfer| {
                over.set(false);
                if let Some(file) = carried.files().and_then(|files| files.get(0)) {
                    spawn_local(arriving::file(session.clone(), ui.clone(), file));
                }
            };
            let listening = [
                hear("dragover", Box::new(move |_| enter.set(true))),
                hear("dragleave", Box::new(move |_| leave.set(false))),
                hear("drop", Box::new(drop_here)),
            ];
            move || drop(listening)
        });
    }
    html! { if *over { <div class="dropping" aria-hidden="true">{w.timed.drop_now}</div> } }
}
