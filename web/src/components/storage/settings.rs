//! A ConfigMap or a Secret: its keys, and who reads it how.

use orrery_view::storage::settings::{Reader, Setting};
use yew::prelude::*;

use super::part;
use crate::i18n::Words;
use crate::ui::UiContext;

/// So many keys are written out.
const KEYS: usize = 8;

/// A ConfigMap or a Secret with its readers.
pub fn setting(setting: &Setting, w: &Words, ui: &UiContext) -> Html {
    let words = w.keeps;
    let more = setting.keys.len().saturating_sub(KEYS);
    let says = html! {
        <span>
            <small>{&*setting.id.kind}{if setting.kind.is_empty() { String::new() } else { format!(" · {}", setting.kind) }}</small>
            <b class="mono">{&*setting.id.name}</b>
            if setting.missing { <small class="red">{words.no_such_object}</small> }
            if setting.immutable { <span class="chip">{words.immutable}</span> }
            <span class="held">
                { for setting.keys.iter().take(KEYS).map(|(key, bytes)| html! { <code>{&**key}<small>{format!("{bytes} B")}</small></code> }) }
                if more > 0 { <small>{(words.more)(more)}</small> }
            </span>
        </span>
    };
    let class = if setting.missing { "setting-box ghost" } else { "setting-box" };
    html! {
        <li key={setting.id.key()}>
            { part(ui, &setting.id, class, says) }
            <span class="join" aria-hidden="true">{if setting.readers.is_empty() { "" } else { "→" }}</span>
            <ul class="readers">
                { for setting.readers.iter().map(|reader| read_by(reader, w, ui)) }
                if setting.readers.is_empty() { <li class="muted">{words.unread}</li> }
            </ul>
        </li>
    }
}

fn read_by(reader: &Reader, w: &Words, ui: &UiContext) -> Html {
    let words = w.keeps;
    let way = |names: &[orrery_view::scene::Text], how: &'static str| {
        if names.is_empty() {
            return html! {};
        }
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        html! { <small title={how}><code>{names.join(" ")}</code>{" "}{how}</small> }
    };
    let says = html! {
        <span>
            <b>{&*reader.name}</b>
            { way(&reader.variables, words.variables) }
            { way(&reader.files, words.files) }
            if reader.pulls { <small>{words.pulls}</small> }
        </span>
    };
    html! { <li key={reader.name.to_string()} class={format!("h{}", reader.hue)}>{ part(ui, &reader.pod, "reader", says) }</li> }
}
