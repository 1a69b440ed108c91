//! A story that waits to be begun: what it is called and about, in the place of the picture.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::icon::{Icon, draw};
use super::story::says;
use crate::session::use_session;
use crate::story::Story;
use crate::ui::{use_ui, use_words};
use crate::{address, gallery};

/// Properties of a poster.
#[derive(Properties, PartialEq)]
pub struct PosterProps {
    /// The story that waits.
    pub name: &'static str,
}

/// The poster.
#[component]
pub fn Poster(props: &PosterProps) -> Html {
    let w = use_words();
    let (ui, session) = (use_ui(), use_session());
    let scenario = use_state(|| None);
    {
        let scenario = scenario.clone();
        use_effect_with(props.name, move |name| {
            let name = *name;
            spawn_local(async move { scenario.set(gallery::fetch(&[name]).await.pop().map(Rc::new)) });
        });
    }
    let Some(waiting) = (*scenario).clone() else {
        return html! { <section class="poster" aria-busy="true" /> };
    };
    let captions = waiting.steps.iter().filter(|step| step.caption.is_some()).count();
    let onclick = {
        let (waiting, to) = (waiting.clone(), ui.dispatcher());
        move |_: MouseEvent| {
            Story::begin((*waiting).clone(), &session).into_iter().for_each(|story| story.show(&to));
        }
    };
    html! {
        <section class="poster" aria-label={w.story.story}>
            <h1>{says(&waiting.title, ui.lang)}</h1>
            <p>{says(&waiting.summary, ui.lang)}</p>
            <button class="btn primary begin" {onclick}>{draw(Icon::Play)}{(w.story.captions)(captions)}</button>
            if ui.embed { <a class="btn quiet" target="_blank" rel="noopener" href={address::full()}>{w.open_full}</a> }
        </section>
    }
}
