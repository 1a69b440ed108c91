//! Why the selection is as it is: the reasons for which it does not get on, each with what would have to change, then the
//! chain of writes that led here, and the fields that changed. The same chain is lit in the picture.

use std::rc::Rc;

use orrery_view::inspect::Inspection;
use orrery_view::scene::{ObjectRef, Text};
use orrery_view::why::{Chain, Deed, Done, FieldChange, FieldRow, Link, Reason, Start, words::fill};
use yew::prelude::*;

use super::icon::{Icon, draw};
use super::scheduling::SchedulingShort;
use super::transport::hms;
use crate::i18n::Words;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Asked, Choose, UiContext, use_ui, use_words};

/// So many fields are listed at first.
const FIELDS: usize = 8;

/// The chain of causes of what is asked; worked out again only when the object was written.
#[hook]
pub fn use_chain(asked: &Asked) -> Rc<Option<Chain>> {
    let session = use_session();
    let last = use_view(asked.id.clone(), |session, id| session.read(|engine| engine.last_revision(id)));
    (*use_memo((asked.clone(), last), move |(asked, _)| {
        Rc::new(session.read(|engine| engine.chain(&asked.id, asked.field.as_deref())))
    }))
    .clone()
}

/// Properties of the panel.
#[derive(Properties, PartialEq)]
pub struct WhyProps {
    /// What is selected.
    pub it: Inspection,
    /// What is asked of it.
    pub asked: Asked,
}

/// The panel.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let (ui, w, session) = (use_ui(), use_words(), use_session());
    let it = &props.it;
    let reasons = use_view(it.id.clone(), |session, id| session.read(|engine| engine.stuck(id)));
    let chain = use_chain(&props.asked);
    html! {
        <>
            if !reasons.is_empty() {
                <h3>{w.reasons.heading}</h3>
                <ul class="reasons">{ for reasons.iter().map(|reason| told_reason(reason, w, &ui)) }</ul>
            } else if let Some(says) = &it.says {
                <p class="says">{&**says}</p>
            }
            if let Some(decision) = &it.scheduling { <SchedulingShort decision={decision.clone()} /> }
            <h3>{w.chain}</h3>
            { asked_field(&props.asked, w, &ui) }
            { match &*chain {
                Some(chain) => told_chain(chain, &it.id, w, &ui, &session),
                None => html! { <p class="muted">{w.no_chain}</p> },
            } }
            <Fields id={it.id.clone()} />
        </>
    }
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

/// Asks why an object, or a field of it, is as it is.
fn ask(ui: &UiContext, id: &ObjectRef, field: Option<Text>) -> Callback<MouseEvent> {
    let (ui, asked) = (ui.clone(), Asked { id: id.clone(), field });
    Callback::from(move |_| ui.dispatch(Choose::Why(Some(asked.clone()))))
}

/// Another object, which can be asked in its turn.
fn other(ui: &UiContext, id: &ObjectRef) -> Html {
    html! { <button class="link" onclick={ask(ui, id, None)}>{format!("{} {}", id.kind, id.name)}</button> }
}

fn told_reason(reason: &Reason, w: &Words, ui: &UiContext) -> Html {
    let (why, remedy) = (w.reasons.sentences)(reason.what);
    html! {
        <li>
            <b>{fill(why, &reason.args)}</b>
            if let Some(says) = &reason.says { <q>{&**says}</q> }
            <p class="remedy">{fill(remedy, &reason.args)}</p>
            if let Some(command) = &reason.command { <code>{&**command}</code> }
            { for reason.about.iter().take(3).map(|id| other(ui, id)) }
        </li>
    }
}

fn told_chain(chain: &Chain, about: &ObjectRef, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let steps = chain.links.len() + usize::from(matches!(chain.start, Start::Person(_)));
    html! {
        <ol class="why" reversed={true}>
            { for chain.links.iter().enumerate().map(|(i, link)| html! {
                <li key={link.revision.to_string()}>
                    <span class="step" aria-hidden="true">{steps - i}</span>
                    { sentence(link, about, w, ui) }
                    { instant(link.at, &link.call, w, session) }
                    { for link.fields.iter().map(told_field) }
                    if link.more > 0 { <small>{(w.reasons.more_fields)(link.more)}</small> }
                    if !link.kept { <small>{w.reasons.not_kept}</small> }
                    if let Some(says) = &link.says { <q>{&**says}</q> }
                    if let Some(waited) = link.waited { <small class="waited">{(w.reasons.waited)(&length(waited))}</small> }
                </li>
            }) }
            { start(&chain.start, w, ui, session) }
        </ol>
    }
}

/// A write as a sentence. Other objects can be followed.
fn sentence(link: &Link, about: &ObjectRef, w: &Words, ui: &UiContext) -> Html {
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
fn instant(at: u64, call: &str, w: &Words, session: &Rc<Session>) -> Html {
    let text = format!("{}.{:03}", hms(at / 1_000_000_000), at / 1_000_000 % 1000);
    let label = (w.reasons.go_to)(&text);
    let session = session.clone();
    let go = move |_: MouseEvent| {
        session.play(false);
        session.seek(at);
    };
    html! {
        <small class="mono">
            <button class="link at" title={label.clone()} aria-label={label} onclick={go}>{text}</button>
            {format!(" {call}")}
        </small>
    }
}

fn told_field(change: &FieldChange) -> Html {
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
        Start::Person(done) => html! {
            <li class="start"><span class="step" aria-hidden="true">{"1"}</span>{ person(done, w, ui, session) }</li>
        },
        Start::Time(None) => plain(words.time),
        Start::Time(Some(done)) => html! {
            <li class="start"><span class="muted">{words.time_after}</span>{ person(done, w, ui, session) }</li>
        },
        Start::Cluster => plain(words.cluster),
        Start::Longer => plain(words.longer),
        Start::Older(None) => plain(words.older),
        Start::Older(Some(manager)) => plain(&format!("{} {}", words.older, (words.manages)(manager))),
    }
}

/// What a person did.
fn person(done: &Done, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    html! {
        <>
            <span>
                <i>{w.reasons.person}</i>{" "}
                if let Some(id) = &done.about { { other(ui, id) }{": "} }
                <code>{(w.reasons.deed)(&done.act)}</code>
            </span>
            { instant(done.at, "", w, session) }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FieldsProps {
    id: ObjectRef,
}

/// The fields that changed since the object was made, the latest first. Each can be asked about.
#[component]
fn Fields(props: &FieldsProps) -> Html {
    let (ui, w, session) = (use_ui(), use_words(), use_session());
    let all = use_state(|| false);
    let last = use_view(props.id.clone(), |session, id| session.read(|engine| engine.last_revision(id)));
    let found =
        use_memo((props.id.clone(), last), move |(id, _)| session.read(|engine| engine.changed_fields(id)));
    let (rows, older) = &*found;
    if rows.is_empty() && !older {
        return html! {};
    }
    let most = if *all { rows.len() } else { FIELDS };
    let more = {
        let all = all.clone();
        move |_: MouseEvent| all.set(true)
    };
    html! {
        <>
            <h3>{w.reasons.fields}</h3>
            <ul class="changed">{ for rows.iter().take(most).map(|row| field_row(row, &props.id, w, &ui)) }</ul>
            if rows.len() > most { <button class="btn small" onclick={more}>{(w.reasons.more_fields)(rows.len() - most)}</button> }
            if *older { <p class="muted">{w.reasons.older_fields}</p> }
        </>
    }
}

fn field_row(row: &FieldRow, id: &ObjectRef, w: &Words, ui: &UiContext) -> Html {
    let onclick = ask(ui, id, Some(row.change.path.clone()));
    let label = (w.reasons.why_field)(&row.change.path);
    html! {
        <li key={row.change.path.to_string()}>
            <button class="btn small quiet" title={label.clone()} aria-label={label} {onclick}>{"?"}</button>
            <span>{ told_field(&row.change) }<small class="muted">{format!("{} · {}", hms(row.at / 1_000_000_000), row.actor)}</small></span>
        </li>
    }
}

/// `12 ms`, `3.5 s`, `00:05:00`.
fn length(nanos: u64) -> String {
    match nanos / 1_000_000 {
        millis @ 0..1_000 => format!("{millis} ms"),
        millis @ 1_000..60_000 => format!("{}.{} s", millis / 1_000, millis / 100 % 10),
        millis => hms(millis / 1_000),
    }
}
