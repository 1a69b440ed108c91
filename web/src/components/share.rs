//! The link to this run: how long it is, where it can be pasted, and how it is embedded.

use orrery_share::encode;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use super::dialog::Modal;
use crate::address;
use crate::files::use_files;
use crate::i18n::Words;
use crate::session::use_session;
use crate::ui::use_words;

/// Links up to this length can be pasted anywhere.
const ANYWHERE: usize = 2_000;
/// Slack cuts near here.
const CHATS: usize = 4_000;

/// The dialog.
#[component]
pub fn Share() -> Html {
    let w = use_words();
    let session = use_session();
    let files = use_files();
    // Made once: the run may go on below, the link says what was when the dialog opened.
    let fragment = use_memo((), |()| {
        let speed = session.clock().speed;
        encode(&session.read(|engine| engine.run.link(files.list.clone(), speed)))
    });
    let link = address::with_fragment(&fragment);
    let frame = format!(
        "<iframe loading=\"lazy\" width=\"800\" height=\"560\" src=\"{}\"></iframe>",
        address::embedded(&fragment)
    );
    let yaml = format!("data:text/yaml;charset=utf-8,{}", js_sys::encode_uri_component(&files.joined()));
    html! {
        <Modal title={w.share}>
            <p>{w.share_text}</p>
            <Copyable label={w.share} text={link.clone()} class="link-text" />
            <p class="muted length">{format!("{} · {}", (w.link_length)(link.len()), where_to(link.len(), w))}</p>
            <h3>{w.embed_code}</h3>
            <Copyable label={w.embed_code} text={frame} class="embed-text" />
            <p><a class="btn" download="manifests.yaml" href={yaml}>{w.download}</a></p>
        </Modal>
    }
}

fn where_to(length: usize, w: &Words) -> &'static str {
    match length {
        n if n <= ANYWHERE => w.length_short,
        n if n <= CHATS => w.length_slack,
        _ => w.length_long,
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
