//! What a person can make a container or a node do: a list that opens, each line with its command.

use std::rc::Rc;

use orrery_view::behaviour::Can;
use orrery_view::scene::{ObjectRef, Text};
use yew::prelude::*;

use crate::doing;
use crate::i18n::Words;
use crate::session::Session;
use crate::ui::UiContext;

/// What can be done, and to whom.
pub struct Menu<'a> {
    /// The pod or the node.
    pub id: &'a ObjectRef,
    /// Everything that can be done to it.
    pub all: &'a [Can],
    /// Only to this container.
    pub only: Option<&'a Text>,
    /// The words.
    pub w: &'a Words,
    /// The person's choices.
    pub ui: &'a UiContext,
    /// The session.
    pub session: &'a Rc<Session>,
}

impl Menu<'_> {
    /// The list.
    pub fn draw(&self) -> Html {
        let wanted = |can: &&Can| self.only.is_none() || can.container.as_ref() == self.only;
        if !self.all.iter().any(|can| wanted(&can)) {
            return html! {};
        }
        html! { <details class="behaviour"><summary class="btn small">{self.w.behaviour}</summary><ul>{ for self.all.iter().filter(wanted).map(|can| self.item(can)) }</ul></details> }
    }

    fn item(&self, can: &Can) -> Html {
        let (session, ui, id) = (self.session.clone(), self.ui.clone(), self.id.clone());
        let command = orrery_run::command(&orrery_run::deed(&id, can));
        let command = command.map_or_else(|| self.w.by_hand.to_owned(), |words| orrery_run::typed(&words));
        let about = can.container.as_ref().filter(|_| self.only.is_none());
        let name = (self.w.does)(can.does);
        let key = format!("{name}{}", can.container.as_deref().unwrap_or_default());
        let can = can.clone();
        let onclick = move |_: MouseEvent| doing::behave_as(&session, &ui, &id, &can);
        html! {
            <li {key}><button {onclick}><b>{name}</b>if let Some(name) = about { <i>{&**name}</i> }<code>{command}</code></button></li>
        }
    }
}
