//! A story, told below the picture: what happens, the command that does it, how far it is, and the ways on and back.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Interval;
use orrery_share::File;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, window};
use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::files::{Edit, use_files};
use crate::i18n::Lang;
use crate::session::use_session;
use crate::store;
use crate::story::{Story, Told};
use crate::ui::{Choose, use_ui, use_words};

/// How often it is looked how far the story has come, in milliseconds.
const LOOK_MS: u32 = 80;

/// Properties of a story.
#[derive(Properties, PartialEq)]
pub struct TellingProps {
    /// The story.
    pub story: Story,
}

/// The band.
#[component]
pub fn Telling(props: &TellingProps) -> Html {
    let ui = use_ui();
    let session = use_session();
    let story = props.story.clone();
    let told = use_state_eq(|| story.told());
    {
        let (story, session, told) = (story.clone(), session.clone(), told.clone());
        let to = ui.dispatcher();
        use_effect_with((), move |()| {
            let keys = listen(&story, &session, &to);
            let looking = Interval::new(LOOK_MS, move || {
                story.tick(&session, &to);
                told.set(story.told());
            });
            move || drop((keys, looking))
        });
    }
    {
        let (files, scenario) = (use_files(), told.scenario.clone());
        use_effect_with(told.applied, move |applied| {
            if let Some(text) = applied.and_then(|at| scenario.steps[at].apply.as_deref()) {
                let name = format!("{}.yaml", scenario.name);
                // What the story itself wrote before is nobody's own.
                if files.open().name != name {
                    store::put_aside(&files.list);
                }
                files.dispatch(Edit::Replace(vec![File { name, text: text.to_owned() }]));
            }
        });
    }
    let (onnext, onback) = {
        let go = |on: bool| {
            let (story, session, to) = (story.clone(), session.clone(), ui.dispatcher());
            Callback::from(
                move |_: MouseEvent| if on { story.next(&session, &to) } else { story.back(&session, &to) },
            )
        };
        (go(true), go(false))
    };
    let onauto = {
        let (story, auto) = (story.clone(), told.auto);
        Callback::from(move |_: MouseEvent| story.set_auto(!auto))
    };
    let onleave = {
        let ui = ui.clone();
        Callback::from(move |_: MouseEvent| {
            story.leave(&session);
            ui.dispatch(Choose::Story(None));
        })
    };
    html! { <Band told={(*told).clone()} {onnext} {onback} {onauto} {onleave} /> }
}

#[derive(Properties, PartialEq)]
struct BandProps {
    told: Told,
    onnext: Callback<MouseEvent>,
    onback: Callback<MouseEvent>,
    onauto: Callback<MouseEvent>,
    onleave: Callback<MouseEvent>,
}

#[component]
fn Band(props: &BandProps) -> Html {
    let ui = use_ui();
    let (w, lang) = (use_words().story, ui.lang);
    let BandProps { told, onnext, onback, onauto, onleave } = props;
    let (at, of) = told.slide;
    let (last, steps) = (at + 1 == of, &told.scenario.steps);
    let says = |phrase: &Option<orrery_scenario::Phrase>| {
        let text = phrase.as_ref().map(|phrase| if lang == Lang::Ko { &phrase.ko } else { &phrase.en });
        text.map(|text| AttrValue::from(text.to_string())).unwrap_or_default()
    };
    let chapter = told.chapter.map(|at| says(&steps[at].chapter)).unwrap_or_default();
    html! {
        <section class="telling" aria-label={w.story}>
            <style>{ told.lit.clone() }</style>
            <header>
                <b>{says(&told.scenario.title)}</b>
                <span class="muted">{chapter}</span>
                <span class="push muted">{(w.count)(at + 1, of)}</span>
                <button class="btn icon quiet" aria-label={w.leave} title={w.leave} onclick={onleave.clone()}>{draw(Icon::Close)}</button>
            </header>
            <progress max={of.to_string()} value={(at + 1).to_string()} aria-hidden="true" />
            <p class="caption" aria-live="polite"><span key={at}>{says(&steps[told.step].caption)}</span></p>
            if !told.line.is_empty() { <p class="typed mono"><span aria-hidden="true">{"$ "}</span>{told.line.clone()}</p> }
            <footer>
                <button class="btn" onclick={onback.clone()} disabled={at == 0}>{w.back}<kbd>{"PgUp"}</kbd></button>
                if last && !told.busy {
                    <button class="btn primary" onclick={onleave.clone()}>{w.stay}</button>
                } else {
                    <button class={classes!("btn", (!told.busy).then_some("primary"))} onclick={onnext.clone()}>{if told.busy { w.hurry } else { w.next }}<kbd>{"PgDn"}</kbd></button>
                }
                <button class="btn quiet" aria-pressed={told.auto.to_string()} onclick={onauto.clone()}>{draw(if told.auto { Icon::Pause } else { Icon::Play })}{w.auto}</button>
                if told.busy { <span class="busy" aria-hidden="true"></span> }
                <span class="push" role="status">
                    if told.held > 0 { <span class="chip good">{"✓ "}{(w.held)(told.held)}</span> }
                    { for told.wrong.iter().map(|why| html! { <span class="chip bad">{"✗ "}{why.clone()}</span> }) }
                </span>
            </footer>
        </section>
    }
}

/// The keys of a presenter's remote control; they are the text's own while somebody types.
fn listen(
    story: &Story,
    session: &std::rc::Rc<crate::session::Session>,
    to: &UseReducerDispatcher<crate::ui::Ui>,
) -> Option<EventListener> {
    let document = window()?.document()?;
    let (story, session, to) = (story.clone(), session.clone(), to.clone());
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(&document, "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let typing = at.is_some_and(|at| {
            at.closest("textarea, select, input, [contenteditable=true], dialog").ok().flatten().is_some()
        });
        let go: fn(&Story, &crate::session::Session, &UseReducerDispatcher<crate::ui::Ui>) =
            match event.key().as_str() {
                "PageDown" if !typing => Story::next,
                "PageUp" if !typing => Story::back,
                _ => return,
            };
        // The picture is not to scroll as well.
        event.prevent_default();
        go(&story, &session, &to);
    }))
}
