//! The plug-in table: which kind of storage can do what.

use orrery_view::storage::plugins::plugins;
use yew::prelude::*;

use crate::i18n::Words;

const MODES: [&str; 4] = ["RWO", "ROX", "RWX", "RWOP"];

/// The table, closed until somebody wants to know.
pub fn table(w: &Words) -> Html {
    let words = w.keeps;
    let mark = |yes: bool| if yes { "●" } else { "" };
    let row = |plugin: &orrery_view::storage::plugins::PluginRow| {
        let note =
            plugin.instead.map(|to| if plugin.gone { (words.gone_since)(to) } else { format!("→ {to}") });
        html! {
            <tr class={plugin.gone.then_some("gone")}>
                <th scope="row">{plugin.name}if let Some(note) = note { <small>{note}</small> }</th>
                { for MODES.map(|mode| html! { <td>{mark(plugin.modes.contains(&mode))}</td> }) }
                { for plugin.can.map(|can| html! { <td>{mark(can)}</td> }) }
            </tr>
        }
    };
    html! {
        <details class="plugins">
            <summary>{words.plugins}</summary>
            <div class="scrolls" tabindex="0">
                <table>
                    <thead><tr>
                        <th scope="col">{words.plugin}</th>
                        { for MODES.map(|mode| html! { <th scope="col">{mode}</th> }) }
                        { for words.abilities.map(|can| html! { <th scope="col">{can}</th> }) }
                    </tr></thead>
                    <tbody>{ for plugins().iter().map(row) }</tbody>
                </table>
            </div>
        </details>
    }
}
