//! Two moments, of one branch or of two, and what differs between them: a list of objects with the fields that changed.

use orrery_run::{Changed, Comparison, Field, Moment, What};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::transport::hms;
use crate::futures::BranchRow;
use crate::i18n::Words;
use crate::session::{Shown, use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// As many fields of one object as anyone reads.
const MOST_FIELDS: usize = 40;
/// As many objects.
const MOST_OBJECTS: usize = 300;
/// Of so many of a kind each is shown at once.
const OPEN: usize = 12;

/// The choice of both moments, and what differs.
#[component]
pub fn Compare() -> Html {
    let (session, ui, w) = (use_session(), use_ui(), use_words());
    let t = w.timed;
    let rows = use_view((), |session, ()| session.read(|engine| engine.branches()));
    let begin = session.read(|engine| engine.moments(ui.beside));
    let (a, b) = (use_state(|| begin.0), use_state(|| begin.1));
    let shown = use_view((), |session, ()| session.compared());
    let compare = {
        let (session, a, b) = (session.clone(), *a, *b);
        move |_: MouseEvent| session.compare(a, b)
    };
    let stop = {
        let session = session.clone();
        move |_: MouseEvent| session.forget_comparison()
    };
    let pick = |state: &UseStateHandle<Moment>| {
        let (state, session) = (state.clone(), session.clone());
        Callback::from(move |moment: Moment| {
            state.set(moment);
            session.forget_comparison();
        })
    };
    html! {
        <section class="compare">
            <h3>{t.compare}</h3>
            <Pick label={t.before} moment={*a} rows={rows.clone()} onpick={pick(&a)} />
            <Pick label={t.after} moment={*b} rows={rows.clone()} onpick={pick(&b)} />
            if let Shown::UnderWay(percent) = &*shown {
                <p class="row"><progress max="100" value={percent.to_string()} aria-label={t.comparing} /><span class="mono">{format!("{percent} %")}</span>
                    <button class="btn" onclick={stop}>{t.cancel}</button></p>
            } else {
                <p><button class="btn primary" onclick={compare}>{t.compare_now}</button></p>
            }
            <div aria-live="polite">
                if let Shown::Found(found) = &*shown { { found_html(found, w) } }
            </div>
        </section>
    }
}

/// What differs, a group for each kind.
fn found_html(found: &Comparison, w: &Words) -> Html {
    let (t, all) = (w.timed, &found.changed);
    let left = all.len().saturating_sub(MOST_OBJECTS);
    let groups = all[..all.len() - left].chunk_by(|a, b| a.id.kind == b.id.kind);
    html! {
        <>
            if all.is_empty() { <p class="none">{t.no_difference}</p> } else { { tally(all, None) } }
            { for groups.map(|group| {
                let kind = &group[0].id.kind;
                let whole: Vec<_> = all.iter().filter(|changed| changed.id.kind == *kind).collect();
                html! {
                    <details class="kind" open={whole.len() <= OPEN}>
                        <summary>{ tally(whole, Some(kind)) }</summary>
                        <ul class="changes">{ for group.iter().map(|changed| html! { <Object changed={changed.clone()} /> }) }</ul>
                    </details>
                }
            }) }
            if left > 0 { <p class="muted">{(w.keeps.more)(left)}</p> }
            if found.heartbeats > 0 { <p class="muted">{(t.heartbeats)(found.heartbeats)}</p> }
        </>
    }
}

/// How many objects came, went and changed.
fn tally<'a>(all: impl IntoIterator<Item = &'a Changed>, kind: Option<&str>) -> Html {
    let mut counts = [0; 3];
    for changed in all {
        counts[[What::Added, What::Removed].iter().position(|what| *what == changed.what).unwrap_or(2)] += 1;
    }
    let all = [What::Added, What::Removed, What::Fields(Vec::new())];
    let shown = all.iter().zip(counts).filter(|(_, n)| kind.is_none() || *n > 0);
    html! {
        <span class="tally">
            { for kind.map(|kind| html! { <span>{kind}</span> }) }
            { for shown.map(|(what, n)| html! { <b class={sign(what).1}>{format!("{} {n}", sign(what).0)}</b> }) }
        </span>
    }
}

/// The sign and the style of what became of an object.
fn sign(what: &What) -> (&'static str, &'static str) {
    match what {
        What::Added => ("+", "added"),
        What::Removed => ("−", "removed"),
        What::Fields(_) => ("~", "changed"),
    }
}

#[derive(Properties, PartialEq)]
struct PickProps {
    label: &'static str,
    moment: Moment,
    rows: std::rc::Rc<Vec<BranchRow>>,
    onpick: Callback<Moment>,
}

/// A moment: which branch, and when; by a number, or before something that was done.
#[component]
fn Pick(props: &PickProps) -> Html {
    let w = use_words();
    let t = w.timed;
    let Moment { branch, at } = props.moment;
    let chosen = props.rows.iter().find(|row| row.branch == branch);
    let (to_branch, to_moment, to_number) =
        (props.onpick.clone(), props.onpick.clone(), props.onpick.clone());
    let value =
        |e: &Event| e.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok()).map(|s| s.value());
    let on_branch = move |e: Event| {
        value(&e)
            .and_then(|v| v.parse().ok())
            .into_iter()
            .for_each(|branch| to_branch.emit(Moment { branch, at }))
    };
    let on_moment = move |e: Event| {
        value(&e)
            .and_then(|v| v.parse().ok())
            .into_iter()
            .for_each(|at| to_moment.emit(Moment { branch, at }))
    };
    let on_number = move |e: Event| {
        if let Some(input) = e.target_dyn_into::<HtmlInputElement>() {
            let seconds = input.value_as_number().clamp(0.0, 1e9);
            to_number.emit(Moment { branch, at: (seconds * NANOS_PER_SECOND as f64) as u64 });
        }
    };
    let done = chosen.map_or(&[][..], |row| &row.done);
    html! {
        <fieldset class="moment">
            <legend>{props.label}</legend>
            if props.rows.len() > 1 {
                <select aria-label={format!("{}: {}", props.label, t.futures)} onchange={on_branch}>
                    { for props.rows.iter().map(|row| html! { <option value={row.branch.to_string()} selected={row.branch == branch}>{row.name(t)}</option> }) }
                </select>
            }
            <label><input type="number" min="0" step="0.001" value={((at / 1_000_000) as f64 / 1e3).to_string()} onchange={on_number} />{t.seconds}</label>
            <select class="before" aria-label={format!("{}: {}", props.label, t.done_here)} onchange={on_moment}>
                <option value="" selected=true disabled=true>{t.just_before}</option>
                { for done.iter().map(|mark| html! { <option value={mark.at.saturating_sub(1).to_string()}>{format!("{} {}", hms(mark.at / NANOS_PER_SECOND), mark.label)}</option> }) }
            </select>
        </fieldset>
    }
}

#[derive(Properties, PartialEq)]
struct ObjectProps {
    changed: Changed,
}

/// An object and its fields.
#[component]
fn Object(props: &ObjectProps) -> Html {
    let ui = use_ui();
    let Changed { id, what } = &props.changed;
    let (sign, class) = sign(what);
    let fields = if let What::Fields(fields) = what { &fields[..] } else { &[] };
    let (called, namespace) = (format!("{}/{}", id.kind.to_lowercase(), id.name), id.namespace.to_string());
    let id = id.clone();
    let select = move |_: MouseEvent| {
        ui.dispatch(Choose::Select(Some(id.clone())));
        ui.dispatch(Choose::Dialog(None));
    };
    html! {
        <li class={class}>
            <b class="sign">{sign}</b>
            <span><button class="link mono" onclick={select}>{called}</button>{" "}<small class="muted">{namespace}</small></span>
            if !fields.is_empty() { <dl>{ for fields.iter().take(MOST_FIELDS).map(field) }</dl> }
        </li>
    }
}

/// A field: what it was, and what it is.
fn field(field: &Field) -> Html {
    html! {
        <>
            <dt class="mono">{&field.path}</dt>
            if let Some(old) = &field.old { <dd class="mono old"><del>{old}</del></dd> }
            if let Some(new) = &field.new { <dd class="mono new"><ins>{new}</ins></dd> }
        </>
    }
}
