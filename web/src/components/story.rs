//! A story, told below the picture: what happens, the command that does it, how far it is, and the ways on and back.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::{Interval, Timeout};
use orrery_scenario::Phrase;
use orrery_share::File;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlSelectElement, KeyboardEvent, window};
use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::files::{Edit, use_files};
use crate::i18n::Lang;
use crate::session::use_session;
use crate::story::{Story, Told};
use crate::ui::{Choose, use_ui, use_words};

/// How often it is looked how far the story has come, in milliseconds.
const LOOK_MS: u32 = 80;
/// By then the picture has been drawn, in milliseconds.
const DRAWN_MS: u32 = 400;
/// So much room is left beside what is brought into view, in pixels.
const BESIDE: f64 = 10.0;
/// How it is lit what a caption is about.
const LIT: &str = "filter:var(--lit);outline:2px dashed var(--brass);outline-offset:3px;border-radius:6px";

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
    let told = use_state_eq(|| story.told(&session));
    {
        let (story, session, told) = (story.clone(), session.clone(), told.clone());
        let to = ui.dispatcher();
        use_effect_with((), move |()| {
            let keys = listen(&story, &session, &to);
            let looking = Interval::new(LOOK_MS, move || {
                story.tick(&session, &to);
                told.set(story.told(&session));
            });
            move || drop((keys, looking))
        });
    }
    use_writing(&told);
    use_in_view(&told);
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
    let onchapter = {
        let (story, session, to) = (story.clone(), session.clone(), ui.dispatcher());
        Callback::from(move |slide: usize| story.go(slide, &session, &to))
    };
    // However it ends, the speed is the person's again.
    use_effect_with((), move |()| move || story.leave(&session));
    let onleave = {
        let ui = ui.clone();
        Callback::from(move |_: MouseEvent| ui.dispatch(Choose::Story(None)))
    };
    html! { <Band told={(*told).clone()} {onnext} {onback} {onauto} {onchapter} {onleave} /> }
}

/// While it is told the editor shows what the story applies; then the person's own files again.
#[hook]
fn use_writing(told: &Told) {
    let (files, w) = (use_files(), use_words());
    let (scenario, title) = (told.scenario.clone(), says(&told.scenario.title, use_ui().lang));
    let to = files.dispatcher();
    use_effect_with(told.applied, move |applied| {
        let text = applied.and_then(|at| scenario.steps[at].apply.as_deref()).map(str::to_owned);
        let text = text.unwrap_or_else(|| (w.story.writes)(&title));
        to.dispatch(Edit::Tell(File { name: format!("{}.yaml", scenario.name), text }));
    });
    let to = files.dispatcher();
    use_effect_with((), move |()| move || to.dispatch(Edit::Untell));
}

/// What the caption is about is brought into view.
#[hook]
fn use_in_view(told: &Told) {
    let about = told.about.clone();
    use_effect_with((told.about.clone(), told.slide.0, told.busy), move |_| {
        // Once the picture has been drawn.
        let later = Timeout::new(DRAWN_MS, move || {
            bring_into_view(&about);
        });
        move || drop(later)
    });
}

/// The last of what a selector finds and then the first, so that the first is seen for sure.
fn bring_into_view(selector: &str) -> Option<()> {
    let document = window()?.document()?;
    let frame = document.query_selector(".stage").ok()??.get_bounding_client_rect();
    let found = document.query_selector_all(selector).ok()?;
    for at in [found.length().checked_sub(1)?, 0] {
        let one: Element = found.get(at)?.dyn_into().ok()?;
        let place = one.get_bounding_client_rect();
        if place.top() < frame.top() {
            scroll(&one, place.top() - frame.top() - BESIDE);
        } else if place.bottom() > frame.bottom() {
            scroll(&one, place.bottom() - frame.bottom() + BESIDE);
        }
    }
    Some(())
}

/// Scrolls what an element lies in. Not by what browsers have for it: that scrolls the page around an embedded one, too.
fn scroll(one: &Element, by: f64) {
    let mut around = one.parent_element();
    while let Some(at) = around {
        let before = at.scroll_top();
        at.set_scroll_top(before + by as i32);
        if at.scroll_top() != before {
            return;
        }
        around = at.parent_element();
    }
}

/// A phrase in the language of the page.
pub fn says(phrase: &Option<Phrase>, lang: Lang) -> AttrValue {
    let text = phrase.as_ref().map(|phrase| if lang == Lang::Ko { &phrase.ko } else { &phrase.en });
    text.map(|text| AttrValue::from(text.to_string())).unwrap_or_default()
}

#[derive(Properties, PartialEq)]
struct BandProps {
    told: Told,
    onnext: Callback<MouseEvent>,
    onback: Callback<MouseEvent>,
    onauto: Callback<MouseEvent>,
    onchapter: Callback<usize>,
    onleave: Callback<MouseEvent>,
}

#[component]
fn Band(props: &BandProps) -> Html {
    let ui = use_ui();
    let (w, lang) = (use_words().story, ui.lang);
    let BandProps { told, onnext, onback, onauto, onchapter, onleave } = props;
    let (at, of) = told.slide;
    let last = at + 1 == of;
    let style = if told.lit.is_empty() { String::new() } else { format!("{}{{{LIT}}}", told.lit) };
    let on = match (told.away, told.busy) {
        (true, _) => w.resume,
        (_, true) => w.hurry,
        _ => w.next,
    };
    html! {
        <section class="telling" aria-label={w.story}>
            <style>{ style }</style>
            <header>
                <b>{says(&told.scenario.title, lang)}</b>
                <Chapters told={told.clone()} {onchapter} />
                <span class="push muted">{(w.count)(at + 1, of)}</span>
                <button class="btn icon quiet" aria-label={w.leave} title={w.leave} onclick={onleave.clone()}>{draw(Icon::Close)}</button>
            </header>
            <progress max={of.to_string()} value={(at + 1).to_string()} aria-hidden="true" />
            <p class="caption" aria-live="polite"><span key={at}>{says(&told.scenario.steps[told.step].caption, lang)}</span></p>
            if !told.said.is_empty() {
                <div class="typed mono">{ for told.said.iter().map(|said| html! {
                    <><p><span aria-hidden="true">{"$ "}</span>{said.line.clone()}</p>if !said.answer.is_empty() { <pre>{said.answer.clone()}</pre> }</>
                }) }</div>
            }
            <footer>
                <button class="btn" onclick={onback.clone()} disabled={at == 0}>{w.back}<kbd>{"PgUp"}</kbd></button>
                if last && !told.busy {
                    <button class="btn primary" onclick={onleave.clone()}>{w.stay}</button>
                } else {
                    <button class={classes!("btn", (told.away || !told.busy).then_some("primary"))} onclick={onnext.clone()}>{on}<kbd>{"PgDn"}</kbd></button>
                }
                <button class="btn quiet" aria-pressed={told.auto.to_string()} onclick={onauto.clone()}>{draw(if told.auto { Icon::Pause } else { Icon::Play })}{w.auto}</button>
                if told.busy && !told.away { <span class="busy" aria-hidden="true"></span> }
                <span class="push" role="status">
                    if told.held > 0 { <span class="chip good">{"✓ "}{(w.held)(told.held)}</span> }
                    { for told.wrong.iter().map(|why| html! { <span class="chip bad">{"✗ "}{why.clone()}</span> }) }
                </span>
            </footer>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ChaptersProps {
    told: Told,
    onchapter: Callback<usize>,
}

/// The chapters, to go to each of them.
#[component]
fn Chapters(props: &ChaptersProps) -> Html {
    let lang = use_ui().lang;
    let w = use_words().story;
    let Told { chapters, scenario, slide, .. } = &props.told;
    let here = chapters.iter().rev().find(|(first, _)| *first <= slide.0).map(|(first, _)| *first);
    let onchange = {
        let onchapter = props.onchapter.clone();
        Callback::from(move |e: Event| {
            let chosen =
                e.target_dyn_into::<HtmlSelectElement>().and_then(|select| select.value().parse().ok());
            chosen.into_iter().for_each(|slide| onchapter.emit(slide));
        })
    };
    if chapters.is_empty() {
        return html! {};
    }
    html! {
        <span class="pick"><select class="chapters" aria-label={w.chapter} {onchange}>
            { for chapters.iter().enumerate().map(|(number, (first, step))| html! {
                <option value={first.to_string()} selected={here == Some(*first)}>{format!("{}. {}", number + 1, says(&scenario.steps[*step].chapter, lang))}</option>
            }) }
        </select></span>
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
