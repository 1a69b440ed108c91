//! Keys and shapes.

use yew::prelude::*;

use super::dialog::Modal;
use super::legend::shape_list;
use crate::keys::{KEYS, LETTERS};
use crate::store;
use crate::ui::use_words;

/// The help.
#[component]
pub fn Help() -> Html {
    let w = use_words();
    let t = &w.timed.keys;
    let letters = use_state(|| store::choice(LETTERS).is_none());
    let onchange = {
        let letters = letters.clone();
        move |_: Event| {
            let off = (*letters).then_some("yes");
            store::set_choice(LETTERS, off);
            letters.set(off.is_none());
        }
    };
    html! {
        <Modal title={w.help}>
            <p>{w.about}</p>
            <h3>{w.shapes}</h3>
            <div class="shapes still">{ shape_list() }</div>
            <h3>{w.keys}</h3>
            <dl class="keys">
                { for KEYS.iter().map(|row| html! {
                    <><dt>{ for row.shown.iter().map(|key| html! { <kbd>{*key}</kbd> }) }</dt><dd>{(row.does)(w)}</dd></>
                }) }
            </dl>
            <label class="row"><input type="checkbox" checked={*letters} {onchange} />{t.letters}</label>
            <p class="muted mono">{format!("Orrery {}", crate::crash::BUILD)}</p>
        </Modal>
    }
}
