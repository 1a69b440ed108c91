//! An object as YAML. A line is a field: a click on it, or Enter, asks why it is as it is.

use orrery_view::scene::{ObjectRef, Text};
use orrery_view::why::fields_of_lines;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::chain::use_seen_in_panel;
use crate::ui::{Asked, Choose, use_ui, use_words};

/// Properties of the text.
#[derive(Properties, PartialEq)]
pub struct YamlProps {
    /// Whose it is.
    pub id: ObjectRef,
    /// The text.
    pub text: Text,
    /// The line that was come to last, from 0.
    pub at: UseStateHandle<usize>,
}

/// The text, line by line. One line is in the order of the Tab key; the arrows lead to the others.
#[component]
pub fn Yaml(props: &YamlProps) -> Html {
    let (ui, w) = (use_ui(), use_words());
    let at = &props.at;
    // Who comes back from a question finds the line again.
    use_seen_in_panel((**at > 0).then_some(()), ".yaml [tabindex='0']");
    let text = use_node_ref();
    let fields = use_memo(props.text.clone(), |text| fields_of_lines(text));
    let key = {
        let (at, text, last) = (at.clone(), text.clone(), fields.len().saturating_sub(1));
        move |e: KeyboardEvent| {
            let to = match &*e.key() {
                "ArrowDown" => (*at + 1).min(last),
                "ArrowUp" => at.saturating_sub(1),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            e.prevent_default();
            let line = text.cast::<HtmlElement>().and_then(|it| it.children().item(to as u32));
            if let Some(line) = line.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                // A line that cannot be focused stays out of reach, no worse.
                let _ = line.focus();
            }
            at.set(to);
        }
    };
    html! {
        <>
            <p class="muted">{w.reasons.ask_lines}</p>
            <div class="yaml" ref={text} onkeydown={key}>
                { for props.text.lines().zip(fields.iter()).enumerate().map(|(i, (line, field))| {
                    let (ui, id, field) = (ui.clone(), props.id.clone(), field.clone());
                    let label = field.as_deref().map(w.reasons.why_field);
                    let class = classes!(field.is_none().then_some("plain"), (i == **at && i > 0).then_some("last"));
                    let tabindex = if i == **at { "0" } else { "-1" };
                    let at = at.clone();
                    let onclick = move |_: MouseEvent| {
                        at.set(i);
                        if let Some(field) = &field {
                            ui.dispatch(Choose::Why(Some(Asked { id: id.clone(), field: Some(field.clone()) })));
                        }
                    };
                    html! { <button key={i} {class} title={label} {tabindex} {onclick}>{line.to_owned()}</button> }
                }) }
            </div>
        </>
    }
}
