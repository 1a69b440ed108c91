//! A pod, a node or the control plane, opened in the place of the picture; Escape goes back.

mod container;
mod control_plane;
mod node;
mod pod;
mod rules;
mod volumes;

use orrery_view::scene::ObjectRef;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::ui::{Choose, use_ui, use_words};
use control_plane::ControlPlane;
use node::Node;
use pod::Pod;

/// Properties of what is opened.
#[derive(Properties, PartialEq)]
pub struct OpenedProps {
    /// The pod, the node, or `ControlPlane`.
    pub id: ObjectRef,
}

/// The way here, and what is inside.
#[component]
pub fn Opened(props: &OpenedProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let inside = use_node_ref();
    {
        let inside = inside.clone();
        use_effect_with(props.id.clone(), move |_| {
            if let Some(inside) = inside.cast::<HtmlElement>() {
                // Who came by keyboard goes on here.
                let _ = inside.focus();
            }
        });
    }
    let leave = |depth: usize| {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Leave(depth))
    };
    let depth = ui.opened.len();
    html! {
        <section class="opened" ref={inside} tabindex="-1" aria-label={format!("{} {}", props.id.kind, props.id.name)}>
            <nav class="crumbs" aria-label={w.views}>
                <button class="btn small" onclick={leave(depth.saturating_sub(1))} title="Esc">{"← Esc"}</button>
                <button class="link" onclick={leave(0)}>{w.picture}</button>
                { for ui.opened.iter().enumerate().map(|(i, id)| html! {
                    <><span aria-hidden="true">{"›"}</span>
                    if i + 1 < depth { <button class="link" onclick={leave(i + 1)}>{&*id.name}</button> } else { <b>{&*id.name}</b> }</>
                }) }
                <button class="btn icon quiet push" aria-label={w.close} title={w.close} onclick={leave(0)}>{draw(Icon::Close)}</button>
            </nav>
            { match &*props.id.kind {
                "Node" => html! { <Node id={props.id.clone()} /> },
                "ControlPlane" => html! { <ControlPlane /> },
                _ => html! { <Pod id={props.id.clone()} /> },
            } }
        </section>
    }
}

/// A word in a rim.
fn chip(text: &str, tone: &'static str) -> Html {
    html! { <span class={classes!("chip", tone)}>{text}</span> }
}
