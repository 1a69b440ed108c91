//! What is installed beside Kubernetes' own programs; a click runs the command that installs or removes it.

use yew::prelude::*;

use crate::session::{use_session, use_view};
use crate::ui::use_words;

/// The list.
#[component]
pub fn AddOns() -> Html {
    let words = use_words().traffic;
    let session = use_session();
    let all = use_view((), |session, ()| session.read(|engine| engine.add_ons()));
    html! {
        <details class="records add-ons">
            <summary>{words.add_ons}</summary>
            <ul>
                { for all.iter().map(|add_on| {
                    let line = format!("minikube addons {} {}", if add_on.on { "disable" } else { "enable" }, add_on.name);
                    let (session, command) = (session.clone(), line.clone());
                    let onclick = move |_: MouseEvent| drop(session.kubectl(&command, Vec::new()));
                    html! {
                        <li key={add_on.name}><b class="mono">{add_on.name}</b>
                            if add_on.switched {
                                <button class="btn small" {onclick}>{if add_on.on { words.remove } else { words.install }}</button><code>{line}</code>
                            } else {
                                <span class="muted">{if add_on.on { words.installed } else { words.absent }}</span>
                            }
                        </li>
                    }
                }) }
            </ul>
        </details>
    }
}
