//! Examples: each is a set of manifests, applied to a new cluster.

use orrery_share::Action;
use yew::prelude::*;

use super::dialog::Modal;
use crate::engine::{Engine, NODES, SEED};
use crate::files::{Edit, Files, use_files};
use crate::gallery;
use crate::session::use_session;
use crate::ui::{Choose, use_ui, use_words};

/// The gallery.
#[component]
pub fn Gallery() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let files = use_files();
    html! {
        <Modal title={w.examples}>
            <ul class="gallery">
                { for w.gallery.iter().enumerate().map(|(which, (title, says))| {
                    let (ui, session, files) = (ui.clone(), session.clone(), files.clone());
                    let onclick = Callback::from(move |_: MouseEvent| {
                        let list = gallery::files(which);
                        session.reset(Engine::new(SEED, NODES));
                        session.act(Action::Apply { text: Files::new(list.clone()).joined() });
                        session.play(true);
                        files.dispatch(Edit::Replace(list));
                        ui.dispatch(Choose::Select(None));
                        ui.dispatch(Choose::Namespace(None));
                        ui.dispatch(Choose::Dialog(None));
                    });
                    html! { <li key={which}><button {onclick}><b>{*title}</b><span>{*says}</span></button></li> }
                }) }
            </ul>
        </Modal>
    }
}
