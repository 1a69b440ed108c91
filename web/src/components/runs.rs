//! The runs of this browser: to be opened, named and removed; and the way in and out for runs as files.

use orrery_share::save;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use super::dialog::Modal;
use super::icon::{Icon, draw};
use super::transport::hms;
use crate::arriving;
use crate::begin;
use crate::files::{FilesContext, use_files};
use crate::runs::{self, Kept};
use crate::session::{Session, use_session};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The dialog.
#[component]
pub fn Runs() -> Html {
    let (session, files, ui) = (use_session(), use_files(), use_ui());
    let t = use_words().timed;
    let all = use_state(runs::list);
    let save = {
        let (session, files) = (session.clone(), files.clone());
        move |_: MouseEvent| save_file(&session, &files)
    };
    let choose = {
        let (session, ui) = (session.clone(), ui.clone());
        move |e: Event| {
            let input: Option<HtmlInputElement> = e.target_dyn_into();
            if let Some(file) = input.and_then(|input| input.files()?.get(0)) {
                spawn_local(arriving::file(session.clone(), ui.clone(), file));
            }
        }
    };
    let address = use_node_ref();
    let onsubmit = {
        let (session, ui, address) = (session.clone(), ui.clone(), address.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            if let Some(input) = address.cast::<HtmlInputElement>().filter(|input| !input.value().is_empty())
            {
                spawn_local(arriving::address(session.clone(), ui.clone(), input.value()));
            }
        }
    };
    let reread = {
        let all = all.clone();
        Callback::from(move |()| all.set(runs::list()))
    };
    html! {
        <Modal title={t.runs}>
            <div class="row ways">
                <button class="btn primary save-run" title={format!("{} (Ctrl+S)", t.save_run)} onclick={save}>{t.save_run}</button>
                <label class="btn open-file">{t.open_file}<input class="unseen" type="file" accept=".json,.yaml,.yml,.txt" onchange={choose} /></label>
            </div>
            <p class="muted">{t.drop_here}</p>
            <form class="row" {onsubmit}>
                <input ref={address} class="find address" type="text" inputmode="url" placeholder="https://…" aria-label={t.address} />
                <button class="btn">{t.open_address}</button>
            </form>
            <h3>{t.kept_here}</h3>
            if !runs::keeps_any() { <p class="refusal">{t.nothing_kept}</p> }
            else if all.is_empty() { <p class="none">{t.no_runs}</p> }
            <ul class="runs">
                { for all.iter().filter(|run| run.own).map(|run| html! { <Row key={run.id.clone()} run={run.clone()} current={run.id == session.kept().id} reread={reread.clone()} /> }) }
            </ul>
        </Modal>
    }
}

/// Gives the run to the person as a file.
pub fn save_file(session: &Session, files: &FilesContext) {
    let saved = session.read(|engine| engine.run.saved(files.list.clone(), session.clock().speed));
    crate::outside::saved("orrery-run.json", &save(&saved), "application/json");
}

#[derive(Properties, PartialEq)]
struct RowProps {
    run: Kept,
    current: bool,
    reread: Callback<()>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let (session, files, ui, w) = (use_session(), use_files(), use_ui(), use_words());
    let (t, run) = (w.timed, &props.run);
    let called = if run.name.is_empty() { run.words.clone() } else { run.name.clone() };
    let way = if props.current { t.open_now } else { t.open };
    let open = {
        let (ui, kept) = (ui.clone(), run.clone());
        move |_: MouseEvent| match runs::open(&kept) {
            Some(Ok(saved)) => begin::kept_run(&session, &files, &ui, &saved, kept.clone()),
            Some(Err(damage)) => ui.dispatch(Choose::Toast(Some((w.bad_link)(&(w.damage)(&damage))))),
            None => ui.dispatch(Choose::Toast(Some(t.run_gone.to_owned()))),
        }
    };
    let rename = {
        let (id, reread) = (run.id.clone(), props.reread.clone());
        move |e: Event| {
            if let Some(input) = e.target_dyn_into::<HtmlInputElement>() {
                runs::rename(&id, &input.value());
                reread.emit(());
            }
        }
    };
    let remove = {
        let (id, reread, question) = (run.id.clone(), props.reread.clone(), (t.confirm_remove)(&called));
        move |_: MouseEvent| {
            if web_sys::window().is_some_and(|w| w.confirm_with_message(&question).unwrap_or(false)) {
                runs::remove(&id);
                reread.emit(());
            }
        }
    };
    let date = js_sys::Date::new(&run.kept.into())
        .to_locale_string(ui.lang.tag(), &wasm_bindgen::JsValue::UNDEFINED);
    let mut facts = vec![String::from(date), (t.steps)(run.steps)];
    let branches = run.branches.max(run.tree.len() + 1);
    if branches > 1 {
        facts.push((t.branches)(branches));
    }
    facts.push((t.until)(&hms(run.at / NANOS_PER_SECOND)));
    html! {
        <li class={props.current.then_some("current")}>
            <input class="name" value={run.name.clone()} placeholder={run.words.clone()} aria-label={(t.name_of)(&called)} onchange={rename} />
            <button class="btn open" aria-label={format!("{way} {called}")} disabled={props.current} onclick={open}>{way}</button>
            <button class="btn icon quiet" aria-label={format!("{} {called}", t.remove)} title={t.remove} disabled={props.current} onclick={remove}>{draw(Icon::Close)}</button>
            <small class="muted">{facts.join(" · ")}<span class="mono" title={t.trace}>{format!(" · {}", run.trace)}</span></small>
            if !run.name.is_empty() { <small>{&run.words}</small> }
        </li>
    }
}
