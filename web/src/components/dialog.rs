//! A dialog over the page: the browser's own, so that focus stays inside and Escape closes it.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::ui::{Choose, use_ui, use_words};

/// Properties of a dialog.
#[derive(Properties, PartialEq)]
pub struct ModalProps {
    /// Its heading.
    pub title: AttrValue,
    /// It takes the whole page.
    #[prop_or_default]
    pub wide: bool,
    /// What it says.
    pub children: Html,
}

/// A dialog with a heading and a way out.
#[component]
pub fn Modal(props: &ModalProps) -> Html {
    let w = use_words();
    let ui = use_ui();
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // A dialog that cannot be shown as a modal one stays closed, and the page stays usable.
                let _ = dialog.show_modal();
            }
        });
    }
    let close = {
        let ui = ui.clone();
        Callback::from(move |()| ui.dispatch(Choose::Dialog(None)))
    };
    let (cancel, button, outside) = (close.clone(), close.clone(), close);
    let onclick = {
        let dialog = dialog.clone();
        Callback::from(move |e: MouseEvent| {
            // A click on the backdrop hits the dialog itself, not what is in it.
            let itself = dialog.cast::<HtmlDialogElement>().map(web_sys::EventTarget::from);
            if e.target().is_some() && e.target() == itself {
                outside.emit(());
            }
        })
    };
    html! {
        <dialog ref={dialog} class={props.wide.then_some("wide")} aria-label={props.title.clone()} {onclick} oncancel={move |e: Event| { e.prevent_default(); cancel.emit(()) }}>
            <div class="dialog">
                <header><h2>{props.title.clone()}</h2><button class="btn icon quiet" aria-label={w.close} title={w.close} onclick={move |_| button.emit(())}>{draw(Icon::Close)}</button></header>
                {props.children.clone()}
            </div>
        </dialog>
    }
}
