//! Branches: what was done on this one, the other futures, and what differs between two moments.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::compare::Compare;
use super::dialog::Modal;
use super::transport::hms;
use crate::doing;
use crate::futures::BranchRow;
use crate::i18n::Words;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The dialog.
#[component]
pub fn Branches() -> Html {
    let w = use_words();
    let t = w.timed;
    let session = use_session();
    let rows = use_view((), |session, ()| session.read(|engine| engine.branches()));
    let marks = use_view((), |session, ()| session.read(|engine| engine.marks()));
    let now = use_view((), |session, ()| session.clock().now);
    let fork = {
        let session = session.clone();
        move |_: MouseEvent| session.fork()
    };
    html! {
        <Modal title={t.futures} wide=true>
            <div class="futures">
                <section>
                    <ul class="branch-list">{ for rows.iter().map(|row| html! { <Row key={row.branch} row={row.clone()} /> }) }</ul>
                    <p><button class="btn fork" onclick={fork}>{(t.fork_here)(&hms(*now / NANOS_PER_SECOND))}</button></p>
                    <p class="muted">{t.fork_about}</p>
                    <h3>{t.done_here}</h3>
                    if marks.is_empty() { <p class="none">{t.nothing_done}</p> }
                    <ol class="done">{ for marks.iter().map(|mark| done(&session, mark.at, &mark.label, *now, w)) }</ol>
                </section>
                <Compare />
            </div>
        </Modal>
    }
}

/// Something that was done, and the way to its moment.
fn done(session: &std::rc::Rc<Session>, at: u64, label: &str, now: u64, w: &Words) -> Html {
    let when = hms(at / NANOS_PER_SECOND);
    let session = session.clone();
    let onclick = move |_: MouseEvent| session.seek(at);
    html! {
        <li class={(at > now).then_some("ahead")}><button class="link mono" aria-label={(w.timed.go_to)(&when)} {onclick}>{when.clone()}</button><span>{label.to_owned()}</span></li>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    row: BranchRow,
}

/// A branch, and what can be done with it.
#[component]
fn Row(props: &RowProps) -> Html {
    let (session, ui, w) = (use_session(), use_ui(), use_words());
    let (t, row) = (w.timed, &props.row);
    let branch = row.branch;
    let shown = ui.beside == Some(branch);
    let switch = {
        let (session, ui) = (session.clone(), ui.clone());
        move |_: MouseEvent| doing::switch(&session, &ui, branch)
    };
    let beside = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Beside((!shown).then_some(branch)))
    };
    let rename = {
        let session = session.clone();
        move |e: Event| {
            if let Some(input) = e.target_dyn_into::<HtmlInputElement>() {
                session.name_branch(branch, input.value().trim());
            }
        }
    };
    let name = row.name(t);
    let facts = [
        (t.since)(&hms(row.from / NANOS_PER_SECOND)),
        (t.steps)(row.done.len()),
        (t.until)(&hms(row.end / NANOS_PER_SECOND)),
    ];
    html! {
        <li class={classes!(row.hue(), row.current.then_some("current"))}>
            <input class="name" value={row.called.clone()} placeholder={name.clone()} aria-label={(t.name_of)(&name)} maxlength="80" onchange={rename} />
            <small class="muted">{facts.join(" · ")}</small>
            if row.current { <span class="chip">{t.shown}</span> } else {
                <button class="btn" aria-label={format!("{}: {name}", t.switch)} onclick={switch}>{t.switch}</button>
                <button class="btn beside" aria-pressed={shown.to_string()} aria-label={format!("{}: {name}", t.side_by_side)} onclick={beside}>{t.side_by_side}</button>
            }
        </li>
    }
}
