//! Events of the whole cluster, or of the selection.

use orrery_view::events::EventRow;
use yew::prelude::*;

use super::transport::hms;
use crate::session::{use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

/// As many rows as anyone reads; the rest is under the filter.
const MOST: usize = 120;

/// The latest events, and a filter.
#[component]
pub fn EventList() -> Html {
    let ui = use_ui();
    let w = use_words();
    let only = use_state(|| false);
    let about = ui.selection.clone().filter(|_| *only);
    let rows = use_view((ui.namespace.clone(), about), |session, (namespace, about)| {
        session.read(|engine| engine.events(namespace.as_deref(), about.as_ref(), MOST))
    });
    let toggle = {
        let only = only.clone();
        Callback::from(move |_: MouseEvent| only.set(!*only))
    };
    html! {
        <>
            <button class="btn quiet small only" aria-pressed={only.to_string()} onclick={toggle}>{w.only_selected}</button>
            <Rows rows={(*rows).clone()} />
        </>
    }
}

/// Properties of rows.
#[derive(Properties, PartialEq)]
pub struct RowsProps {
    /// The events, the latest first.
    pub rows: Vec<EventRow>,
}

/// Events as a list; each selects what it is about, and its time leads back to it.
#[component]
pub fn Rows(props: &RowsProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    if props.rows.is_empty() {
        return html! { <p class="none">{w.no_events}</p> };
    }
    html! {
        <ul class="events" tabindex="0">
            { for props.rows.iter().map(|row| {
                let (ui, object) = (ui.clone(), row.object.clone());
                let select = Callback::from(move |_: MouseEvent| ui.dispatch(Choose::Select(Some(object.clone()))));
                let (session, revision, when) = (session.clone(), row.revision, hms(row.at_s));
                let go = Callback::from(move |_: MouseEvent| session.seek_write(revision));
                html! {
                    <li key={row.key.to_string()} class={if row.warning { "warning" } else { "" }}>
                        <button class="when mono" title={(w.timed.go_to)(&when)} aria-label={(w.timed.go_to)(&when)} onclick={go}><time>{when.clone()}</time></button>
                        <button class="what" onclick={select} title={row.message.to_string()}>
                            <b>{&*row.reason}</b>
                            <span class="about">{format!("{}/{}", row.object.kind.to_lowercase(), row.object.name)}</span>
                            if row.count > 1 { <span class="count">{(w.times)(row.count as usize)}</span> }
                            <span class="message">{&*row.message}</span>
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}
