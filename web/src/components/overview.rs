//! What the panel shows while nothing is selected: the workloads, and a way to each.

use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::session::{use_session, use_view};
use crate::store;
use crate::story;
use crate::ui::{Choose, Dialog, use_ui, use_words};

/// The story to begin with.
const FIRST: &str = "deployment";

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
            <Invitation />
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

/// Who is here for the first time is invited to a story.
#[component]
fn Invitation() -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    if ui.story.is_some() || store::choice(story::INVITED).is_some() {
        return html! {};
    }
    let begin = {
        let to = ui.dispatcher();
        move |_: MouseEvent| story::tell(FIRST, session.clone(), to.clone())
    };
    let (all, no) = (ui.clone(), ui.clone());
    let onall = move |_: MouseEvent| all.dispatch(Choose::Dialog(Some(Dialog::Gallery)));
    let onno = move |_: MouseEvent| {
        store::keep_choice(story::INVITED, "yes");
        // The page is drawn again without it.
        no.dispatch(Choose::Select(None));
    };
    html! {
        <aside class="invitation" aria-label={w.story.stories}>
            <p>{w.story.invite}</p>
            <button class="btn primary" onclick={begin}>{draw(Icon::Play)}{w.story.first}</button>
            <button class="btn" onclick={onall}>{w.story.all}</button>
            <button class="btn quiet" onclick={onno}>{w.story.no}</button>
        </aside>
    }
}
