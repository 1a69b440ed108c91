//! What a person can make a container or a node do: a list that opens, each line with its command.

use std::rc::Rc;

use orrery_view::behaviour::Can;
use orrery_view::scene::Text;
use yew::prelude::*;

use crate::doing;
use crate::i18n::Words;
use crate::session::Session;
use crate::ui::UiContext;

/// The list, of one container or of all.
pub fn menu(all: &[Can], only: Option<&Text>, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let mut wanted = all.iter().filter(|can| only.is_none() || can.container.as_ref() == only).peekable();
    if wanted.peek().is_none() {
        return html! {};
    }
    let item = |can: &Can| {
        let (session, ui, line) = (session.clone(), ui.clone(), can.line.clone());
        let command = format!("kubectl {}", can.line.join(" "));
        let onclick = move |_: MouseEvent| doing::run(&session, &ui, &line, false);
        let about = can.container.as_ref().filter(|_| only.is_none());
        html! {
            <li key={command.clone()}>
                <button {onclick}><b>{(w.does)(can.does)}</b>if let Some(name) = about { <i>{&**name}</i> }<code>{command}</code></button>
            </li>
        }
    };
    html! { <details class="behaviour"><summary class="btn small">{w.behaviour}</summary><ul>{ for wanted.map(item) }</ul></details> }
}
