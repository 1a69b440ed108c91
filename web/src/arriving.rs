//! Brings files and addresses before the person: nothing is opened here.

use std::rc::Rc;

use web_sys::File;

use crate::opening::{self, Arrival, Refusal, State};
use crate::outside;
use crate::session::Session;
use crate::ui::{Choose, UiContext};

/// A file that the person chose or dropped.
pub async fn file(session: Rc<Session>, ui: UiContext, file: File) {
    let read = outside::read_file(&file).await;
    show(&session, &ui, &file.name(), None, read);
}

/// An address, as the person or the page's own address names it.
pub async fn address(session: Rc<Session>, ui: UiContext, src: String) {
    let url = match outside::address(&src) {
        Ok(url) => url,
        Err(refusal) => return show(&session, &ui, &src, None, Err(refusal)),
    };
    let (name, host) = (url.href(), Some(url.host()));
    ui.dispatch(Choose::Arrival(Arrival { name: name.clone(), host: host.clone(), state: State::Asking }));
    let read = outside::fetch(&url).await;
    show(&session, &ui, &name, host, read);
}

fn show(session: &Session, ui: &UiContext, name: &str, host: Option<String>, read: Result<Vec<u8>, Refusal>) {
    let last = name.rsplit('/').next().and_then(|last| last.split(['?', '#']).next());
    let tab = last.filter(|last| !last.is_empty()).unwrap_or("manifest.yaml");
    let opening = read.and_then(|bytes| session.read(|engine| opening::bytes(tab, bytes, engine)));
    let state = opening.map_or_else(State::Refused, State::Here);
    ui.dispatch(Choose::Arrival(Arrival { name: name.to_owned(), host, state }));
}
