//! On a small screen the panels are sheets; these buttons open and close them.

use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::ui::{Choose, Sheet, use_ui, use_words};

/// The buttons at the foot of a small screen.
#[component]
pub fn SheetBar() -> Html {
    let w = use_words();
    let ui = use_ui();
    let sheets = [
        (None, w.picture, Icon::Eye),
        (Some(Sheet::Editor), w.manifests, Icon::File),
        (Some(Sheet::Inspector), w.inspector, Icon::Help),
        (Some(Sheet::Events), w.events, Icon::Bell),
    ];
    html! {
        <nav class="sheet-bar" aria-label={w.views}>
            { for sheets.into_iter().map(|(sheet, name, icon)| {
                let onclick = { let ui = ui.clone(); move |_: MouseEvent| ui.dispatch(Choose::Sheet(sheet)) };
                html! { <button {onclick} aria-pressed={(ui.sheet == sheet).to_string()}>{draw(icon)}<span>{name}</span></button> }
            }) }
        </nav>
    }
}
