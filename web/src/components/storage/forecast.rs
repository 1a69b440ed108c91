//! Why a claim gets none of the volumes, and what comes of deleting it, before it is done.

use orrery_cluster::{DeletionForecast, WhyNot};
use yew::prelude::*;

use crate::i18n::Words;

/// A line for each volume that does not fit.
pub fn why_not(told: &[WhyNot], w: &Words) -> Html {
    if told.is_empty() {
        return html! {};
    }
    html! {
        <>
            <h3>{w.keeps.why_not}</h3>
            <ul class="told">{ for told.iter().map(|one| html! { <li><b class="mono">{&*one.volume}</b>{" "}{(w.keeps.misfit)(&one.reason)}</li> }) }</ul>
        </>
    }
}

/// What would happen.
pub fn forecast(told: &DeletionForecast, of_claim: bool, w: &Words) -> Html {
    let words = w.keeps;
    let pods: Vec<&str> = told.waits_for.iter().map(|pod| &**pod).collect();
    html! {
        <>
            <h3>{if of_claim { words.claim_deleted } else { words.volume_deleted }}</h3>
            <ul class="told forecast">
                if !pods.is_empty() { <li>{(words.waits_for)(&pods.join(", "))}</li> }
                <li>{(words.fate)(&told.fate)}</li>
            </ul>
        </>
    }
}
