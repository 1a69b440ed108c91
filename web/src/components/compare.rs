//! Two moments, of one branch or of two, and what differs between them: a list of objects with the fields that changed.

use orrery_run::{Changed, Field, Moment, What};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::transport::hms;
use crate::futures::BranchRow;
use crate::session::{use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// As many fields of one object as anyone reads.
const MOST_FIELDS: usize = 40;
/// As many objects.
const MOST_OBJECTS: usize = 300;

/// The choice of both moments, and what differs.
#[component]
pub fn Compare() -> Html {
    let (session, ui, w) = (use_session(), use_ui(), use_words());
    let t = w.timed;
    let rows = use_view((), |session, ()| session.read(|engine| engine.branches()));
    let begin = session.read(|engine| engine.moments(ui.beside));
    let (a, b) = (use_state(|| begin.0), use_state(|| begin.1));
    let found = use_state(|| None::<Vec<Changed>>);
    let compare = {
        let (found, a, b) = (found.clone(), *a, *b);
        move |_: MouseEvent| found.set(Some(session.read(|engine| engine.run.compare(a, b))))
    };
    let pick = |state: &UseStateHandle<Moment>| {
        let (state, found) = (state.clone(), found.clone());
        Callback::from(move |moment: Moment| {
            state.set(moment);
            found.set(None);
        })
    };
    html! {
        <section class="compare">
            <h3>{t.compare}</h3>
            <Pick label={t.before} moment={*a} rows={rows.clone()} onpick={pick(&a)} />
            <Pick label={t.after} moment={*b} rows={rows.clone()} onpick={pick(&b)} />
            <p><button class="btn primary" onclick={compare}>{t.compare_now}</button></p>
            <div aria-live="polite">
                if let Some(found) = &*found {
                    <p class="tally">{ for tally(found).into_iter().map(|(sign, class, n)| html! { <b class={class}>{format!("{sign} {n}")}</b> }) }</p>
                    if found.is_empty() { <p class="none">{t.no_difference}</p> }
                    <ul class="changes">{ for found.iter().take(MOST_OBJECTS).map(|changed| html! { <Object changed={changed.clone()} /> }) }</ul>
                    if found.len() > MOST_OBJECTS { <p class="muted">{(w.keeps.more)(found.len() - MOST_OBJECTS)}</p> }
                }
            </div>
        </section>
    }
}

fn tally(found: &[Changed]) -> [(&'static str, &'static str, usize); 3] {
    [&What::Added, &What::Removed, &What::Fields(Vec::new())].map(|what| {
        let (sign, class) = sign(what);
        (sign, class, found.iter().filter(|changed| self::sign(&changed.what).0 == sign).count())
    })
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
            <label><input type="number" min="0" step="0.001" value={(at as f64 / NANOS_PER_SECOND as f64).to_string()} onchange={on_number} />{t.seconds}</label>
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
