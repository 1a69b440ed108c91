//! Why the selection is as it is: the reasons for which it does not get on, each with what would have to change, then the
//! chain of causes, and the fields that changed. The same chain is lit in the picture.

use std::rc::Rc;

use orrery_view::inspect::Inspection;
use orrery_view::scene::{ObjectRef, Text};
use orrery_view::why::{FieldRow, Mend, Reason, What, words::fill};
use yew::prelude::*;

use super::chain::{Causes, person, told_field};
use super::icon::{Icon, draw};
use super::scheduling::SchedulingShort;
use super::transport::hms;
use crate::doing;
use crate::i18n::Words;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Asked, Choose, UiContext, use_ui, use_words};

/// So many fields are listed at first.
const FIELDS: usize = 8;

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
    html! {
        <>
            if props.asked.field.is_none() { { in_the_way(it, &reasons, w, &ui, &session) } }
            <Causes asked={props.asked.clone()} />
            <Fields id={it.id.clone()} />
        </>
    }
}

/// What keeps the selection from getting on; the answer to "why" comes before how it came about.
fn in_the_way(it: &Inspection, reasons: &[Reason], w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    html! {
        <>
            if !reasons.is_empty() {
                <h3>{w.reasons.heading}</h3>
                <ul class="reasons">{ for reasons.iter().map(|reason| told_reason(reason, w, ui, session)) }</ul>
            } else if let Some(says) = &it.says {
                <p class="says">{&**says}</p>
            }
            if let Some(decision) = &it.scheduling { <SchedulingShort decision={decision.clone()} /> }
        </>
    }
}

/// Asks why an object, or a field of it, is as it is.
pub fn ask(ui: &UiContext, id: &ObjectRef, field: Option<Text>) -> Callback<MouseEvent> {
    let (ui, asked) = (ui.clone(), Asked { id: id.clone(), field });
    Callback::from(move |_| ui.dispatch(Choose::Why(Some(asked.clone()))))
}

/// Another object, which can be asked in its turn.
pub fn other(ui: &UiContext, id: &ObjectRef) -> Html {
    html! { <button class="link" onclick={ask(ui, id, None)}>{format!("{} {}", id.kind, id.name)}</button> }
}

fn told_reason(reason: &Reason, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let (why, remedy) = (w.reasons.sentences)(reason.what);
    html! {
        <li>
            <b>{fill(why, &reason.args)}</b>
            if let Some(held) = &reason.by { <p class="held">{ person(&held.begun, w, ui, session) }</p> }
            if let Some(says) = &reason.says { <q>{&**says}</q> }
            <p class="remedy">{fill(remedy, &reason.args)}</p>
            if let Some(mend) = &reason.mend { { mends(mend, reason.what, w, ui, session) } }
            if let Some(command) = &reason.command {
                { mends(&Mend::Command(command.clone()), reason.what, w, ui, session) }
            }
            { for reason.about.iter().take(3).map(|id| other(ui, id)) }
        </li>
    }
}

/// What makes the change, or shows more: one click does it.
fn mends(mend: &Mend, what: What, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let text = (w.reasons.mend)(mend);
    // Data, or what a finalizer waits for, is gone afterwards.
    let loses = matches!(what, What::Finalizer | What::Released | What::InUse);
    let label = format!("{}: {text}", w.reasons.do_it);
    let (session, ui, mend) = (session.clone(), ui.clone(), mend.clone());
    let onclick = move |_: MouseEvent| doing::mend(&session, &ui, &mend, loses);
    html! {
        <button class="btn small mend" title={w.reasons.do_it} aria-label={label} {onclick}>{draw(Icon::Play)}<code>{text}</code></button>
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
