//! The panel beside the traffic view: a request to send, the way that one took, and those before it.

mod add_ons;
pub mod glyph;
mod loads;
mod past;
mod records;
mod send;
mod way;

use yew::prelude::*;

use crate::session::use_view;
use crate::ui::{use_ui, use_words};
use add_ons::AddOns;
use loads::Loads;
use past::Past;
use records::Records;
use send::Send;
use way::Way;

/// The panel.
#[component]
pub fn TrafficPanel() -> Html {
    let ui = use_ui();
    let w = use_words();
    let shown = use_view(ui.journey, |session, number| {
        number.and_then(|number| session.read(|engine| engine.journey(number)))
    });
    html! {
        <div class="traffic-panel">
            <Send />
            { match &*shown {
                Some(journey) => html! { <Way journey={journey.clone()} /> },
                None => html! { <p class="none">{w.traffic.hint}</p> },
            } }
            <Loads />
            <Past />
            <Records />
            <AddOns />
        </div>
    }
}
