//! What runs out, as an arc around a mark and in words.

use orrery_view::countdown::{Countdown, Wait};
use orrery_view::scene::PodState;
use yew::prelude::*;

use super::pod::symbol;

fn class(what: Wait) -> &'static str {
    match what {
        Wait::BackOff => "count",
        Wait::Grace => "count grace",
        Wait::Eviction | Wait::Silence | Wait::Lease => "count away",
    }
}

/// The arc around a box of this size that says how much is left.
pub fn arc(w: f64, h: f64, count: &Countdown) -> Html {
    let left = f64::from(count.remaining) / f64::from(count.of) * 100.0;
    html! {
        <rect class={class(count.what)} x="-3" y="-3" width={(w + 6.0).to_string()} height={(h + 6.0).to_string()} rx={if w > 60.0 { "14" } else { "9.5" }} pathLength="100"
            stroke-dasharray={format!("{left:.1} 100")} />
    }
}

/// Seconds as short as they can be read: `17 s`, `4:58`.
pub fn short(seconds: u32) -> String {
    if seconds < 100 { format!("{seconds} s") } else { format!("{}:{:02}", seconds / 60, seconds % 60) }
}

/// A state as its shape beside text, with what runs out for it.
pub fn shape(state: PodState, count: Option<&Countdown>) -> Html {
    html! {
        <svg class="shape-of" viewBox="-5 -5 42 42" aria-hidden="true">
            <use href={format!("#pod-{}", symbol(state))} width="32" height="32" />
            { for count.map(|count| arc(32.0, 32.0, count)) }
        </svg>
    }
}
