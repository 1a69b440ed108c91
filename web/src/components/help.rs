//! Keys and shapes.

use yew::prelude::*;

use super::dialog::Modal;
use super::legend::shape_list;
use crate::keys::LETTERS;
use crate::store;
use crate::ui::use_words;

/// The help.
#[component]
pub fn Help() -> Html {
    let w = use_words();
    let t = &w.timed.keys;
    let keys: [(&[&str], &str); 26] = [
        (&["Space", "K"], w.key_play),
        (&[",", "."], t.steps),
        (&["←", "→"], t.seconds),
        (&["Shift ←", "Shift →"], t.actions),
        (&["E"], t.events),
        (&["0", "…", "9"], t.digits),
        (&["S"], t.skip),
        (&["J"], t.futures),
        (&["Ctrl S"], t.save),
        (&["Ctrl O"], t.open),
        (&["[", "]"], w.key_speed),
        (&["F"], w.key_stage),
        (&["V"], w.key_view),
        (&["T"], w.key_traffic),
        (&["N", "B"], w.key_hop),
        (&["+", "−"], w.key_scale),
        (&["O"], w.key_open),
        (&["L"], w.key_logs),
        (&["W"], w.reasons.key),
        (&["P", "X", "C"], w.key_behave),
        (&["R"], w.key_restart),
        (&["U"], w.key_undo),
        (&["←", "→"], w.key_move),
        (&["Ctrl", "Enter"], w.key_apply),
        (&["?"], w.key_help),
        (&["Esc"], w.key_close),
    ];
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
                { for keys.into_iter().map(|(keys, does)| html! {
                    <><dt>{ for keys.iter().map(|key| html! { <kbd>{*key}</kbd> }) }</dt><dd>{does}</dd></>
                }) }
            </dl>
            <label class="row"><input type="checkbox" checked={*letters} {onchange} />{t.letters}</label>
            <p class="muted mono">{format!("Orrery {}", crate::crash::BUILD)}</p>
        </Modal>
    }
}
