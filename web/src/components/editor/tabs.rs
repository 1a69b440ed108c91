//! One tab per file: open, add, rename by a double click, close.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::icon::{Icon, draw};
use crate::files::{Edit, use_files};
use crate::ui::use_words;

/// Properties of the tabs.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// Which files have errors.
    pub errors: Vec<bool>,
}

/// The tabs.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let w = use_words();
    let files = use_files();
    let renaming = use_state(|| None::<usize>);
    let add = {
        let files = files.clone();
        Callback::from(move |_: MouseEvent| files.dispatch(Edit::Add))
    };
    html! {
        <div class="file-tabs">
            { for files.list.iter().enumerate().map(|(at, file)| {
                if *renaming == Some(at) {
                    return html! { <Rename {at} name={file.name.clone()} done={let r = renaming.clone(); Callback::from(move |()| r.set(None))} /> };
                }
                let open = { let files = files.clone(); move |_: MouseEvent| files.dispatch(Edit::Open(at)) };
                let rename = { let renaming = renaming.clone(); move |_: MouseEvent| renaming.set(Some(at)) };
                let active = at == files.active;
                html! {
                    <span key={at} class={classes!("file-tab", active.then_some("on"))}>
                        <button onclick={open} ondblclick={rename.clone()} aria-current={active.to_string()}>
                            {file.name.clone()}
                            if props.errors.get(at) == Some(&true) { <i class="dot" /> }
                        </button>
                        if active {
                            <button class="mini" title={(w.rename_file)(&file.name)} aria-label={(w.rename_file)(&file.name)} onclick={rename}>{draw(Icon::Pen)}</button>
                        }
                        if active && files.list.len() > 1 { <CloseFile {at} name={file.name.clone()} empty={file.text.trim().is_empty()} /> }
                    </span>
                }
            }) }
            <button class="mini add-file" title={w.new_file} aria-label={w.new_file} onclick={add}>{draw(Icon::Plus)}</button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct CloseFileProps {
    at: usize,
    name: String,
    empty: bool,
}

/// Closing throws text away, so it asks first.
#[component]
fn CloseFile(props: &CloseFileProps) -> Html {
    let w = use_words();
    let files = use_files();
    let (at, empty, question) = (props.at, props.empty, (w.confirm_close)(&props.name));
    let onclick = Callback::from(move |_: MouseEvent| {
        let sure = empty
            || web_sys::window().is_some_and(|win| win.confirm_with_message(&question).unwrap_or(false));
        if sure {
            files.dispatch(Edit::Close(at));
        }
    });
    html! {
        <button class="mini" title={(w.close_file)(&props.name)} aria-label={(w.close_file)(&props.name)} {onclick}>{draw(Icon::Close)}</button>
    }
}

#[derive(Properties, PartialEq)]
struct RenameProps {
    at: usize,
    name: String,
    done: Callback<()>,
}

#[component]
fn Rename(props: &RenameProps) -> Html {
    let w = use_words();
    let files = use_files();
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with((), move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                // Nothing is lost when the field does not take the focus.
                let _ = input.focus();
                input.select();
            }
        });
    }
    let finish = {
        let (input, done, at) = (input.clone(), props.done.clone(), props.at);
        Callback::from(move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                files.dispatch(Edit::Rename(at, input.value()));
            }
            done.emit(());
        })
    };
    let onkeydown = {
        let (finish, done) = (finish.clone(), props.done.clone());
        Callback::from(move |e: KeyboardEvent| match e.key().as_str() {
            "Enter" if !e.is_composing() => finish.emit(()),
            "Escape" => done.emit(()),
            _ => {}
        })
    };
    html! {
        <input ref={input} class="rename mono" aria-label={w.file_name} value={props.name.clone()} {onkeydown} onblur={move |_| finish.emit(())} />
    }
}
