//! Examples: each is a set of manifests, applied to a new cluster.

use orrery_share::{Action, File};
use yew::prelude::*;

use super::dialog::Modal;
use crate::files::{Edit, Files, use_files};
use crate::gallery;
use crate::session::use_session;
use crate::store;
use crate::ui::{Choose, use_ui, use_words};
use orrery_run::{NODES, Run, SEED};

/// The gallery, and what the person wrote before opening one of its examples.
#[component]
pub fn Gallery() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let files = use_files();
    let open = move |list: Vec<File>| {
        store::put_aside(&files.list);
        session.reset(Run::new(SEED, NODES, None));
        session.act(Action::Apply { text: Files::new(list.clone()).joined() });
        session.play(true);
        files.dispatch(Edit::Replace(list));
        ui.dispatch(Choose::Select(None));
        ui.dispatch(Choose::Namespace(None));
        ui.dispatch(Choose::Dialog(None));
    };
    let card = |key: String, title: &'static str, says: String, list: Vec<File>| {
        let open = open.clone();
        let onclick = Callback::from(move |_: MouseEvent| open(list.clone()));
        html! { <li {key}><button {onclick}><b>{title}</b><span>{says}</span></button></li> }
    };
    let own = store::aside().map(|list| {
        let names = list.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
        card("own".to_owned(), w.own_manifests, names, list)
    });
    html! {
        <Modal title={w.examples}>
            <ul class="gallery">
                { for w.gallery.iter().enumerate().map(|(which, (title, says))| {
                    card(which.to_string(), title, (*says).to_owned(), gallery::files(which))
                }) }
                { for own }
            </ul>
        </Modal>
    }
}
