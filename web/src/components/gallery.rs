//! The gallery: scenarios that are played, or whose manifests are opened on a new cluster.

use std::rc::Rc;

use orrery_scenario::Scenario;
use orrery_share::File;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dialog::Modal;
use super::icon::{Icon, draw};
use super::story::says;
use crate::begin;
use crate::files::use_files;
use crate::gallery::{self, NAMES, STORIES};
use crate::session::use_session;
use crate::store;
use crate::story::{self, Story};
use crate::ui::{use_ui, use_words};

/// The gallery, what the person wrote before opening one of its examples, and what is in the editor.
#[component]
pub fn Gallery() -> Html {
    let w = use_words();
    let query = use_state(String::new);
    let mistakes = use_state(Vec::<String>::new);
    let list = use_scenarios();
    let oninput = {
        let query = query.clone();
        Callback::from(move |e: InputEvent| {
            let typed = e.target_dyn_into::<HtmlInputElement>().map(|field| field.value().to_lowercase());
            query.set(typed.unwrap_or_default());
        })
    };
    let onmistakes = {
        let mistakes = mistakes.clone();
        Callback::from(move |found: Vec<String>| mistakes.set(found))
    };
    let part = |names: &'static [&'static str], tells: bool| {
        let card = |(at, scenario): (usize, &Rc<Scenario>)| {
            let order = tells.then_some(at + 1);
            html! { <Card key={scenario.name.to_string()} {order} scenario={scenario.clone()} onmistakes={onmistakes.clone()} /> }
        };
        let coming =
            || names.iter().map(|name| html! { <li key={*name} class="coming" /> }).collect::<Html>();
        let belongs = |scenario: &&Rc<Scenario>| names.contains(&&*scenario.name);
        let found = |(_, scenario): &(usize, &Rc<Scenario>)| is_found(scenario, &query);
        match &*list {
            None => coming(),
            Some(all) => all.iter().filter(belongs).enumerate().filter(found).map(card).collect(),
        }
    };
    html! {
        <Modal title={w.examples} wide={true}>
            <input class="find" type="search" aria-label={w.story.find} placeholder={w.story.find} {oninput} />
            <h3>{w.story.stories}</h3>
            <ul class="gallery stories" aria-busy={list.is_none().to_string()}>
                { part(&NAMES[..STORIES], true) }
                <Own onmistakes={onmistakes.clone()} />
            </ul>
            if list.as_ref().is_some_and(Vec::is_empty) { <p class="muted">{w.story.none}</p> }
            if !mistakes.is_empty() {
                <div role="alert"><ul class="mistakes mono">{ for mistakes.iter().map(|mistake| html! { <li>{mistake.clone()}</li> }) }</ul></div>
            }
            <h3>{w.story.manifests}</h3>
            <ul class="gallery examples">
                { part(&NAMES[STORIES..], false) }
                <Aside />
            </ul>
        </Modal>
    }
}

/// All scenarios, fetched as the gallery opens.
#[hook]
fn use_scenarios() -> UseStateHandle<Option<Vec<Rc<Scenario>>>> {
    let list = use_state(|| None);
    let fetched = list.clone();
    use_effect_with((), move |()| {
        spawn_local(async move {
            fetched.set(Some(gallery::fetch(&NAMES).await.into_iter().map(Rc::new).collect()));
        });
    });
    list
}

/// Whether a scenario is about what is looked for, in either language.
fn is_found(scenario: &Scenario, query: &str) -> bool {
    let told = [&scenario.title, &scenario.summary].into_iter().flatten();
    let mut told = told.chain(scenario.steps.iter().filter_map(|step| step.chapter.as_ref()));
    told.any(|phrase| [&phrase.en, &phrase.ko].iter().any(|text| text.to_lowercase().contains(query)))
}

#[derive(Properties, PartialEq)]
struct CardProps {
    scenario: Rc<Scenario>,
    /// Its place among the stories; none if it is there to be tried.
    order: Option<usize>,
    onmistakes: Callback<Vec<String>>,
}

/// A scenario. The card itself plays a story and opens an example; below it is the other thing that can be done.
#[component]
fn Card(props: &CardProps) -> Html {
    let w = use_words().story;
    let (ui, session, files) = (use_ui(), use_session(), use_files());
    let CardProps { scenario, order, onmistakes } = props;
    let (name, lang) = (scenario.name.to_string(), ui.lang);
    let onplay = {
        let (scenario, onmistakes) = (scenario.clone(), onmistakes.clone());
        let (session, ui) = (session.clone(), ui.clone());
        Callback::from(move |_: MouseEvent| match Story::begin((*scenario).clone(), &session) {
            Ok(story) => story.show(&ui.dispatcher()),
            Err(why) => onmistakes.emit(vec![why]),
        })
    };
    let onopen = {
        let (scenario, onmistakes) = (scenario.clone(), onmistakes.clone());
        Callback::from(move |_: MouseEvent| {
            if let Err(why) = begin::scenario(&session, &files, &ui, &scenario) {
                onmistakes.emit(vec![why]);
            }
        })
    };
    let captions = scenario.steps.iter().filter(|step| step.caption.is_some()).count();
    let play = html! { <>{draw(Icon::Play)}{(w.captions)(captions)}</> };
    let text = html! { <><b>if let Some(order) = order { <span class="order">{format!("{order} ")}</span> }{says(&scenario.title, lang)}</b><span>{says(&scenario.summary, lang)}</span></> };
    let other = scenario.manifests().is_some();
    match order {
        Some(_) => html! {
            <li>
                <button onclick={onplay} data-story={name.clone()}>{text}<small>{play}</small></button>
                if other { <button class="other" onclick={onopen} data-example={name}>{w.open}</button> }
            </li>
        },
        None => html! {
            <li>
                <button onclick={onopen} data-example={name.clone()}>{text}</button>
                <button class="other" onclick={onplay} data-story={name}>{play}</button>
            </li>
        },
    }
}

#[derive(Properties, PartialEq)]
struct OwnProps {
    onmistakes: Callback<Vec<String>>,
}

/// Plays what is written in the editor.
#[component]
fn Own(props: &OwnProps) -> Html {
    let w = use_words().story;
    let (ui, session, files) = (use_ui(), use_session(), use_files());
    let onmistakes = props.onmistakes.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let read = orrery_scenario::read(&files.open().text);
        let read = read.map_err(|found| found.iter().map(story::mistake).collect());
        match read.and_then(|scenario| Story::begin(scenario, &session).map_err(|why| vec![why])) {
            Ok(story) => story.show(&ui.dispatcher()),
            Err(found) => onmistakes.emit(found),
        }
    });
    html! { <li><button class="own" {onclick}><b>{w.own}</b><span>{w.own_says}</span></button></li> }
}

/// What the person wrote before something else was opened.
#[component]
fn Aside() -> Html {
    let w = use_words();
    let (ui, session, files) = (use_ui(), use_session(), use_files());
    let Some(list) = store::aside() else { return html! {} };
    let names = list.iter().map(|file: &File| file.name.as_str()).collect::<Vec<_>>().join(", ");
    let onclick =
        Callback::from(move |_: MouseEvent| begin::manifests(&session, &files, &ui, list.clone(), ""));
    html! { <li><button {onclick}><b>{w.own_manifests}</b><span>{names}</span></button></li> }
}
