//! The chain of writes that led to what is asked, the newest first: each with its author, its instant and what it changed,
//! back to a person, a fault, or nothing but time. The person can walk along it.

use std::rc::Rc;

use orrery_view::scene::ObjectRef;
use orrery_view::why::{Chain, Deed, Done, FieldChange, Held, Link, Start};
use web_sys::window;
use yew::prelude::*;

use super::icon::{Icon, draw};
use super::transport::hms;
use super::walk::Steps;
use super::why::{ask, other};
use crate::files::{Edit, use_files};
use crate::i18n::Words;
use crate::reading::use_reading;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Asked, Choose, Sheet, UiContext, use_ui, use_words};
use crate::walk::{self, use_walk};

/// The chain of causes of what is asked; worked out again only when the object was written, and not while somebody walks
/// along it.
#[hook]
pub fn use_chain(asked: &Asked) -> Option<Rc<Chain>> {
    let (session, walk) = (use_session(), use_walk());
    let last = use_view(asked.id.clone(), |session, id| session.read(|engine| engine.last_revision(id)));
    let now = use_memo((asked.clone(), last), move |(asked, _)| {
        session.read(|engine| engine.chain(&asked.id, asked.field.as_deref())).map(Rc::new)
    });
    match walk.filter(|walk| walk.asked == *asked) {
        Some(walk) => Some(walk.chain.clone()),
        None => (*now).clone(),
    }
}

/// Properties of the causes.
#[derive(Properties, PartialEq)]
pub struct CausesProps {
    /// What is asked.
    pub asked: Asked,
}

/// The chain that led here, and the way along it.
#[component]
pub fn Causes(props: &CausesProps) -> Html {
    let (ui, w) = (use_ui(), use_words());
    let asked = &props.asked;
    let walk = use_walk().filter(|walk| walk.asked == *asked);
    let chain = use_chain(asked);
    use_seen_in_panel(walk.as_ref().map(|walk| walk.at), "ol.why .here");
    use_seen_in_panel(asked.field.clone(), ".asked-field");
    html! {
        <>
            <h3>{w.chain}</h3>
            { asked_field(asked, w, &ui) }
            { match &chain {
                Some(chain) => html! {
                    <>
                        if let Some(given) = chain.given { <p class="given">{(w.reasons.given)(given)}</p> }
                        <Steps asked={asked.clone()} chain={chain.clone()} at={walk.as_ref().map(|walk| walk.at)} />
                        <ToldChain asked={asked.clone()} chain={chain.clone()} at={walk.map(|walk| walk.at)} />
                    </>
                },
                None => html! { <p class="muted">{w.no_chain}</p> },
            } }
        </>
    }
}

/// What a selector finds in the panel is seen, once `now` has changed to something.
#[hook]
pub fn use_seen_in_panel<T: PartialEq + 'static>(now: Option<T>, selector: &'static str) {
    use_effect_with(now, move |now| {
        if now.is_some() {
            // What cannot be scrolled to is no worse off than without.
            let _ = bring_into_view(selector);
        }
    });
}

fn bring_into_view(selector: &str) -> Option<()> {
    let document = window()?.document()?;
    let step = document.query_selector(selector).ok()??;
    let frame = document.query_selector("aside.right").ok()??.get_bounding_client_rect();
    let place = step.get_bounding_client_rect();
    if place.bottom() > frame.bottom() || place.top() < frame.top() {
        step.scroll_into_view_with_bool(place.top() < frame.top());
    }
    Some(())
}

/// The field that is asked for, and the way back to the whole.
fn asked_field(asked: &Asked, w: &Words, ui: &UiContext) -> Html {
    let Some(field) = &asked.field else { return html! {} };
    let whole = ask(ui, &asked.id, None);
    html! {
        <p class="asked-field">
            <code>{&**field}</code>
            <button class="btn icon quiet" title={w.reasons.whole} aria-label={w.reasons.whole} onclick={whole}>{draw(Icon::Close)}</button>
        </p>
    }
}

/// Properties of the list.
#[derive(Properties, PartialEq)]
struct ToldChainProps {
    asked: Asked,
    chain: Rc<Chain>,
    at: Option<usize>,
}

/// The writes, the newest first, and where it begins.
#[component]
fn ToldChain(props: &ToldChainProps) -> Html {
    let (ui, w, session) = (use_ui(), use_words(), use_session());
    let ToldChainProps { asked, chain, at } = props;
    let last = chain.steps().len().saturating_sub(1);
    let go = |step: usize| {
        let (session, ui, asked, chain) = (session.clone(), ui.clone(), asked.clone(), chain.clone());
        Callback::from(move |_: MouseEvent| walk::to(&session, &ui, &asked, &chain, step))
    };
    let here = |step: usize| (*at == Some(step)).then_some("step");
    html! {
        <ol class={classes!("why", at.map(|_| "walked"))} reversed={true}>
            { for chain.links.iter().enumerate().map(|(i, link)| html! {
                <li key={link.revision.to_string()} class={here(last - i).map(|_| "here")} aria-current={here(last - i)}>
                    <span class="step" aria-hidden="true">{last - i + 1}</span>
                    { told_link(link, &asked.id, go(last - i), w, &ui, &session) }
                </li>
            }) }
            { match &chain.start {
                Start::Person(done) => html! {
                    <li class={classes!("start", here(0).map(|_| "here"))} aria-current={here(0)}>
                        <span class="step" aria-hidden="true">{"1"}</span>
                        { deed(done, go(0), w, &ui) }
                        <WrittenAt chain={chain.clone()} />
                    </li>
                },
                other => start(other, w, &ui, &session),
            } }
        </ol>
    }
}

/// A write: who did what, when, what changed, and what its author waited for.
fn told_link(
    link: &Link,
    about: &ObjectRef,
    go: Callback<MouseEvent>,
    w: &Words,
    ui: &UiContext,
    session: &Rc<Session>,
) -> Html {
    html! {
        <>
            { sentence(link, about, w, ui) }
            { instant(link.at, &link.call, w, go) }
            { for link.fields.iter().map(told_field) }
            if link.more > 0 { <small>{(w.reasons.more_fields)(link.more)}</small> }
            if !link.kept { <small>{w.reasons.not_kept}</small> }
            if let Some(says) = &link.says { <q>{&**says}</q> }
            if let Some(held) = &link.held { { told_held(held, w, ui, session) } }
            if !link.meanwhile.is_empty() {
                <div class="held"><small>{w.reasons.meanwhile}</small>{ for link.meanwhile.iter().map(|done| person(done, w, ui, session)) }</div>
            }
            if let Some(waited) = link.waited { <small class="waited">{(w.reasons.waited)(&length(waited))}</small> }
        </>
    }
}

/// A write as a sentence. Other objects can be followed.
pub fn sentence(link: &Link, about: &ObjectRef, w: &Words, ui: &UiContext) -> Html {
    let object = if link.object == *about {
        html! { <b>{&*link.object.name}</b> }
    } else {
        other(ui, &link.object)
    };
    let (before, after) = match &link.deed {
        Deed::Created => w.deed_created,
        Deed::Updated => w.deed_updated,
        Deed::Reported => w.deed_reported,
        Deed::Deleted => w.deed_deleted,
        Deed::Removed => w.deed_removed,
        Deed::Bound(_) => w.deed_bound,
    };
    let node = match &link.deed {
        Deed::Bound(node) => &**node,
        _ => "",
    };
    html! { <span><i>{&*link.actor}</i>{before}{object}{after}<b>{node.to_owned()}</b></span> }
}

/// An instant, which can be gone to, and what was asked then.
fn instant(at: u64, call: &str, w: &Words, go: Callback<MouseEvent>) -> Html {
    let text = format!("{}.{:03}", hms(at / 1_000_000_000), at / 1_000_000 % 1000);
    let label = (w.reasons.go_to)(&text);
    html! {
        <small class="mono">
            <button class="link at" title={label.clone()} aria-label={label} onclick={go}>{text}</button>
            {format!(" {call}")}
        </small>
    }
}

pub fn told_field(change: &FieldChange) -> Html {
    html! {
        <code class="field">
            {&*change.path}{": "}
            if !change.old.is_empty() { <del>{&*change.old}</del>{" → "} }
            <ins>{if change.new.is_empty() { "∅" } else { &change.new }.to_owned()}</ins>
        </code>
    }
}

fn start(start: &Start, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let words = &w.reasons;
    let plain = |text: &str| html! { <li class="start"><span class="muted">{text.to_owned()}</span></li> };
    match start {
        Start::Person(done) => html! { <li class="start">{ person(done, w, ui, session) }</li> },
        Start::Time(before) if before.is_empty() => plain(words.time),
        Start::Time(before) => html! {
            <li class="start"><span class="muted">{words.time_after}</span>{ for before.iter().map(|done| person(done, w, ui, session)) }</li>
        },
        Start::Cluster => plain(words.cluster),
        Start::Longer => plain(words.longer),
        Start::Older(None) => plain(words.older),
        Start::Older(Some(manager)) => plain(&format!("{} {}", words.older, (words.manages)(manager))),
    }
}

/// Who could not work, and what people did to begin and to end that.
fn told_held(held: &Held, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    html! {
        <div class="held">
            <small>{(w.reasons.held)(&held.who)}</small>
            { for held.ended.iter().map(|done| person(done, w, ui, session)) }
            { person(&held.begun, w, ui, session) }
        </div>
    }
}

/// What a person did beside the chain; its instant can be gone to.
pub fn person(done: &Done, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let (session, at) = (session.clone(), done.at);
    let go = move |_: MouseEvent| {
        session.play(false);
        session.seek(at);
    };
    deed(done, Callback::from(go), w, ui)
}

/// What a person did.
fn deed(done: &Done, go: Callback<MouseEvent>, w: &Words, ui: &UiContext) -> Html {
    html! {
        <>
            <span>
                <i>{w.reasons.person}</i>{" "}
                if let Some(id) = &done.about { { other(ui, id) }{": "} }
                <code>{(w.reasons.deed)(&done.act)}</code>
            </span>
            { instant(done.at, "", w, go) }
        </>
    }
}

/// Properties of the place.
#[derive(Properties, PartialEq)]
struct WrittenAtProps {
    chain: Rc<Chain>,
}

/// The file and the line of the editor where the person wrote what the chain begins with, if it is still there.
#[component]
fn WrittenAt(props: &WrittenAtProps) -> Html {
    let (ui, w, files, found) = (use_ui(), use_words(), use_files(), use_reading());
    let Some((file, line)) = files.origin(&found, &props.chain) else { return html! {} };
    let text = format!("{} {}", files.list[file].name, (w.line)(line as usize));
    let onclick = move |_: MouseEvent| {
        files.dispatch(Edit::Go(file, line, 1));
        ui.dispatch(Choose::Sheet(Some(Sheet::Editor)));
    };
    html! { <button class="btn small written-at" {onclick}>{draw(Icon::File)}{text}</button> }
}

/// `12 ms`, `3.5 s`, `00:05:00`.
fn length(nanos: u64) -> String {
    match nanos / 1_000_000 {
        millis @ 0..1_000 => format!("{millis} ms"),
        millis @ 1_000..60_000 => format!("{}.{} s", millis / 1_000, millis / 100 % 10),
        millis => hms(millis / 1_000),
    }
}
