//! The link to this run: how long it is, where a link of that length can be pasted, and how the run is embedded.

use orrery_share::{Link, encode};
use orrery_view::scene::View;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use super::dialog::Modal;
use super::runs::save_file;
use crate::address;
use crate::crash::BUILD;
use crate::files::use_files;
use crate::gallery::NAMES;
use crate::i18n::Words;
use crate::outside;
use crate::session::use_session;
use crate::ui::{use_ui, use_words};

/// Links up to this length can be pasted anywhere.
const ANYWHERE: usize = 2_000;
/// Slack cuts near here.
const CHATS: usize = 4_000;
/// The scale goes on this far.
const SCALE: usize = 6_000;

/// The dialog.
#[component]
pub fn Share() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let files = use_files();
    // Made once: the run may go on below, the link says what was when the dialog opened.
    let made = use_memo((), |()| {
        let speed = session.clock().speed;
        session.read(|engine| {
            let link = engine.run.link(files.list.clone(), speed);
            let link = Link { view: named(ui.view), ..link };
            (encode(&link), (w.run_facts)(link.seed, engine.run.trace_hash(), BUILD))
        })
    });
    let several = session.read(|engine| engine.run.branches().len() > 1);
    let (fragment, facts) = &*made;
    let link = address::with_fragment(fragment);
    // A story is told there from its beginning.
    let told = ui.story.as_ref().map(|story| story.place().0);
    let told = told.and_then(|told| NAMES.into_iter().find(|name| *name == told));
    let frame = format!(
        "<iframe title=\"Orrery\" loading=\"lazy\" width=\"800\" height=\"560\" src=\"{}\"></iframe>",
        told.map_or_else(|| address::embedded(fragment), address::embedded_story)
    );
    let save = {
        let files = files.clone();
        move |_: MouseEvent| save_file(&session, &files)
    };
    let manifests = move |_: MouseEvent| outside::saved("manifests.yaml", &files.joined(), "text/yaml");
    html! {
        <Modal title={w.share}>
            <p>{w.share_text}</p>
            { length(link.len(), w) }
            <Copyable label={w.share} text={link.clone()} class="link-text" />
            <p class="muted facts">{facts.clone()}</p>
            if several { <p>{w.timed.one_branch}</p> }
            if link.len() > CHATS { <p>{w.timed.src_instead}</p> }
            <h3>{w.embed_code}</h3>
            <Copyable label={w.embed_code} text={frame} class="embed-text" />
            <p class="muted">{w.embed_waits}</p>
            <div class="row ways">
                <button class="btn save-run" onclick={save}>{w.timed.save_run}</button>
                <button class="btn" onclick={manifests}>{w.download}</button>
            </div>
        </Modal>
    }
}

/// The name of a view that is not the first one.
fn named(view: View) -> Option<String> {
    (view != View::default()).then(|| view.name().to_owned())
}

/// How long it is, on a scale with the two lengths that matter, and what that means.
fn length(length: usize, w: &Words) -> Html {
    let (class, means) = match length {
        n if n <= ANYWHERE => ("short", w.length_short),
        n if n <= CHATS => ("middle", w.length_slack),
        _ => ("long", w.length_long),
    };
    let share = |n: usize| n.min(SCALE) as f64 / SCALE as f64 * 100.0;
    let tick =
        |n: usize| html! { <span class="tick mono" style={format!("left:{:.1}%", share(n))}>{n}</span> };
    html! {
        <>
            <p class={classes!("length", class)}><b>{(w.link_length)(length)}</b>{" · "}{means}</p>
            <div class={classes!("scale", class)} aria-hidden="true"><i style={format!("width:{:.1}%", share(length))} />{tick(ANYWHERE)}{tick(CHATS)}</div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct CopyableProps {
    label: AttrValue,
    text: String,
    class: AttrValue,
}

/// A text to be copied, by button or by hand.
#[component]
fn Copyable(props: &CopyableProps) -> Html {
    let w = use_words();
    let copied = use_state(|| false);
    let onclick = {
        let (copied, text) = (copied.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let (copied, text) = (copied.clone(), text.clone());
            spawn_local(async move {
                let Some(window) = web_sys::window() else { return };
                copied.set(JsFuture::from(window.navigator().clipboard().write_text(&text)).await.is_ok());
            });
        })
    };
    html! {
        <div class="copyable">
            <textarea class={classes!("mono", props.class.clone())} readonly=true aria-label={props.label.clone()} value={props.text.clone()} />
            <button class="btn primary" {onclick}>{if *copied { w.copied } else { w.copy }}</button>
        </div>
    }
}
