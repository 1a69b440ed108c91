//! What each shape means, with the same marks as the picture.

use orrery_view::scene::PodState;
use yew::prelude::*;

use super::pod::{state_name, symbol};
use crate::ui::use_words;

/// The nine shapes as a list.
pub fn shape_list() -> Html {
    html! {
        <ul>
            { for PodState::ALL.into_iter().map(|state| html! {
                <li class="h0">
                    <svg viewBox="0 0 32 32" aria-hidden="true"><use href={format!("#pod-{}", symbol(state))} width="32" height="32" /></svg>
                    {state_name(state)}
                </li>
            }) }
        </ul>
    }
}

/// The legend at the foot of the page.
#[component]
pub fn Legend() -> Html {
    let w = use_words();
    html! {
        <section class="legend still" aria-label={w.legend}>
            <h3>{w.legend}</h3>
            { shape_list() }
        </section>
    }
}
