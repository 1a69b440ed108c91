//! Keys and shapes.

use yew::prelude::*;

use super::dialog::Modal;
use super::legend::shape_list;
use crate::ui::use_words;

/// The help.
#[component]
pub fn Help() -> Html {
    let w = use_words();
    let keys: [(&[&str], &str); 17] = [
        (&["Space", "K"], w.key_play),
        (&["."], w.key_step),
        (&["[", "]"], w.key_speed),
        (&["F"], w.key_stage),
        (&["V"], w.key_view),
        (&["T"], w.key_traffic),
        (&["N", "B"], w.key_hop),
        (&["+", "−"], w.key_scale),
        (&["O"], w.key_open),
        (&["L"], w.key_logs),
        (&["P", "X", "C"], w.key_behave),
        (&["R"], w.key_restart),
        (&["U"], w.key_undo),
        (&["←", "→"], w.key_move),
        (&["Ctrl", "Enter"], w.key_apply),
        (&["?"], w.key_help),
        (&["Esc"], w.key_close),
    ];
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
            <p class="muted mono">{format!("Orrery {}", crate::crash::BUILD)}</p>
        </Modal>
    }
}
