//! Stories that are told, and examples: sets of manifests that are applied to a new cluster.

use std::rc::Rc;

use orrery_run::{NODES, Run, SEED};
use orrery_scenario::Scenario;
use orrery_share::{Action, File};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::dialog::Modal;
use crate::files::{Edit, Files, use_files};
use crate::gallery;
use crate::i18n::Lang;
use crate::session::use_session;
use crate::store;
use crate::story::{self, STORIES, Story};
use crate::ui::{Choose, use_ui, use_words};

/// The gallery, and what the person wrote before opening one of its examples.
#[component]
pub fn Gallery() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let files = use_files();
    let open = move |list: Vec<File>| {
        session.leave();
        store::put_aside(&files.list);
        ui.dispatch(Choose::Story(None));
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
        <Modal title={w.examples} wide={true}>
            <h3>{w.story.stories}</h3>
            <Stories />
            <h3>{w.story.manifests}</h3>
            <ul class="gallery examples">
                { for w.gallery.iter().enumerate().map(|(which, (title, says))| {
                    card(which.to_string(), title, (*says).to_owned(), gallery::files(which))
                }) }
                { for own }
            </ul>
        </Modal>
    }
}

/// The stories, fetched as the gallery opens, and the person's own.
#[component]
fn Stories() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let files = use_files();
    let list = use_state(|| None::<Vec<Rc<Scenario>>>);
    let mistakes = use_state(Vec::<String>::new);
    {
        let list = list.clone();
        use_effect_with((), move |()| {
            spawn_local(async move {
                let mut found = Vec::new();
                for name in STORIES {
                    found.extend(story::fetch(name).await.map(Rc::new));
                }
                list.set(Some(found));
            });
        });
    }
    let begin = {
        let (ui, mistakes) = (ui.clone(), mistakes.clone());
        move |scenario: Scenario| match Story::begin(scenario, &session) {
            Ok(story) => {
                ui.dispatch(Choose::Namespace(None));
                ui.dispatch(Choose::Leave(0));
                ui.dispatch(Choose::Dialog(None));
                ui.dispatch(Choose::Story(Some(story)));
            }
            Err(why) => mistakes.set(vec![why]),
        }
    };
    let own = {
        let (begin, mistakes) = (begin.clone(), mistakes.clone());
        Callback::from(move |_: MouseEvent| match orrery_scenario::read(&files.open().text) {
            Ok(scenario) => begin(scenario),
            Err(found) => mistakes.set(found.iter().map(story::mistake).collect()),
        })
    };
    let card = |(at, scenario): (usize, &Rc<Scenario>)| {
        let (begin, chosen) = (begin.clone(), scenario.clone());
        let onclick = Callback::from(move |_: MouseEvent| begin((*chosen).clone()));
        let says = |phrase: &Option<orrery_scenario::Phrase>| {
            let text =
                phrase.as_ref().map(|phrase| if ui.lang == Lang::Ko { &phrase.ko } else { &phrase.en });
            text.map(ToString::to_string).unwrap_or_default()
        };
        html! {
            <li key={scenario.name.to_string()}><button {onclick} data-story={scenario.name.to_string()}><b><span class="order">{format!("{} ", at + 1)}</span>{says(&scenario.title)}</b><span>{says(&scenario.summary)}</span></button></li>
        }
    };
    html! {
        <>
        <ul class="gallery stories" aria-busy={list.is_none().to_string()}>
            { for list.iter().flatten().enumerate().map(card) }
            <li key="own"><button onclick={own}><b>{w.story.own}</b><span>{w.story.own_says}</span></button></li>
        </ul>
        if list.as_ref().is_some_and(Vec::is_empty) { <p class="muted">{w.story.none}</p> }
        if !mistakes.is_empty() {
            <div role="alert"><ul class="mistakes mono">{ for mistakes.iter().map(|mistake| html! { <li>{mistake.clone()}</li> }) }</ul></div>
        }
        </>
    }
}
