//! What came as a file or from an address, shown before anything is done with it: what it is, from where, and how large.

use yew::prelude::*;

use super::dialog::Modal;
use super::transport::hms;
use crate::begin;
use crate::files::{Edit, use_files};
use crate::i18n::Words;
use crate::opening::{Arrival, Found, Opening, State};
use crate::session::use_session;
use crate::ui::{Choose, UiContext, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The dialog.
#[component]
pub fn ArrivalDialog() -> Html {
    let ui = use_ui();
    let w = use_words();
    let t = w.timed;
    let Some(arrival) = ui.arrival.clone() else { return html! {} };
    let close = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Dialog(None))
    };
    let body = match &arrival.state {
        State::Asking => html! { <p role="status">{t.asking}</p> },
        State::Refused(refusal) => html! {
            <>
                <p class="refusal" role="alert"><b>{t.not_opened}</b>{(t.refusal)(refusal, w)}</p>
                <div class="row"><button class="btn" onclick={close}>{w.close}</button></div>
            </>
        },
        State::Here(opening) => html! { <Ask arrival={arrival.clone()} opening={opening.clone()} /> },
    };
    html! {
        <Modal title={t.open_this}>
            <p class="whence">
                if let Some(host) = &arrival.host { <span>{t.from_host}</span><b class="mono">{host}</b> }
                else { <span>{t.from_file}</span> }
                <span class="mono muted">{&arrival.name}</span>
            </p>
            {body}
        </Modal>
    }
}

#[derive(Properties, PartialEq)]
struct AskProps {
    arrival: std::rc::Rc<Arrival>,
    opening: Opening,
}

/// What it is, and what can be done with it.
#[component]
fn Ask(props: &AskProps) -> Html {
    let (session, files, ui, w) = (use_session(), use_files(), use_ui(), use_words());
    let t = w.timed;
    let close = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Dialog(None))
    };
    let open = {
        let (files, ui, arrival, found) =
            (files.clone(), ui.clone(), props.arrival.clone(), props.opening.found.clone());
        move |_: MouseEvent| match &found {
            Found::Run(saved) => begin::run(&session, &files, &ui, saved, &arrival.from()),
            Found::Manifests(list) => begin::manifests(&session, &files, &ui, list.clone(), &arrival.from()),
        }
    };
    let add = match &props.opening.found {
        Found::Manifests(list) => {
            let list = list.clone();
            let onclick = move |_: MouseEvent| {
                list.iter().for_each(|file| files.dispatch(Edit::Take(file.clone())));
                added(&ui);
            };
            html! { <button class="btn" {onclick}>{t.add_to_editor}</button> }
        }
        Found::Run(_) => html! {},
    };
    html! {
        <>
            <ul class="facts">{ for facts(&props.opening, w).into_iter().map(|fact| html! { <li>{fact}</li> }) }</ul>
            <p class="muted">{t.kept_before}</p>
            <div class="row"><button class="btn primary" onclick={open}>{t.open}</button>{add}<button class="btn" onclick={close}>{t.cancel}</button></div>
        </>
    }
}

fn added(ui: &UiContext) {
    ui.dispatch(Choose::Dialog(None));
    ui.dispatch(Choose::Sheet(Some(crate::ui::Sheet::Editor)));
}

fn facts(opening: &Opening, w: &Words) -> Vec<String> {
    let t = w.timed;
    match &opening.found {
        Found::Manifests(_) => vec![t.manifests.to_owned(), (w.objects)(opening.objects)],
        Found::Run(saved) => {
            let steps = saved.branches.iter().map(|branch| branch.steps.len()).sum();
            let mut facts = vec![t.a_run.to_owned(), (w.objects)(opening.objects), (t.steps)(steps)];
            if saved.branches.len() > 1 {
                facts.push((t.branches)(saved.branches.len()));
            }
            facts.push((t.of_nodes)(saved.run.nodes as usize));
            facts.push((t.until)(&hms(saved.run.at / NANOS_PER_SECOND)));
            facts
        }
    }
}
