//! What the panel shows while nothing is selected: the workloads, and a way to each.

use yew::prelude::*;

use crate::session::use_view;
use crate::ui::{Choose, use_ui, use_words};

/// The list of workloads.
#[component]
pub fn Overview() -> Html {
    let ui = use_ui();
    let w = use_words();
    let rows =
        use_view(ui.namespace.clone(), |session, ns| session.read(|engine| engine.workloads(ns.as_deref())));
    html! {
        <div class="overview">
            <p class="none">{w.nothing_selected}</p>
            if !rows.is_empty() { <h3>{w.workloads}</h3> }
            <ul>
                { for rows.iter().map(|row| {
                    let (ui, id) = (ui.clone(), row.id.clone());
                    let onclick = Callback::from(move |_: MouseEvent| ui.dispatch(Choose::Select(Some(id.clone()))));
                    let short = row.ready < row.desired;
                    let share = f64::from(row.ready) / f64::from(row.desired.max(1)) * 100.0;
                    let place = if &*row.id.namespace == "default" { String::new() } else { format!("{} · ", row.id.namespace) };
                    html! {
                        <li key={row.id.key()}>
                            <button {onclick} class={format!("h{}", row.hue)}>
                                <i class="swatch" /><b>{&*row.id.name}</b>
                                <span class={classes!("mono", short.then_some("short"))}>{format!("{}/{}", row.ready, row.desired)}</span>
                                <small>{place}{&*row.images}</small>
                                <span class="fill"><i style={format!("width:{:.0}%", share.min(100.0))} /></span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </div>
    }
}
