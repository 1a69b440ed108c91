//! A node from within: its agents, what it says of itself, what it offers, its pods and its images.

use orrery_view::opened::node::OpenedNode;
use orrery_view::scene::{NodeState, PodMark};
use yew::prelude::*;

use super::super::behaviour::Menu;
use super::super::countdown::{shape, short};
use super::super::pod::{label, symbol};
use super::{OpenedProps, chip};
use crate::doing;
use crate::i18n::Words;
use crate::session::{use_session, use_view};
use crate::ui::{UiContext, use_ui, use_words};

/// The node.
#[component]
pub fn Node(props: &OpenedProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let found = use_view(props.id.clone(), |session, id| {
        session.read(|engine| engine.opened_node(id).map(|node| (node, engine.behaviour(id))))
    });
    let Some((node, can)) = &*found else { return html! { <p class="none">{w.gone}</p> } };
    let card = &node.card;
    let broken = card.state != NodeState::Ready;
    html! {
        <div class={classes!("inside", "node-inside", broken.then_some("broken"), card.stopped.then_some("off"))}>
            <header class="inside-head">
                <div><h2>{&*card.id.name}</h2><p class="muted mono">{&*node.address}</p></div>
                <div class="chips">
                    { chip(state(card.state), if broken { "bad" } else { "good" }) }
                    if card.stopped { { chip(w.switched_off, "bad") } }
                    if card.cordoned { { chip("SchedulingDisabled", "warn") } }
                    if let Some(count) = &node.countdown { <span class="chip warn" role="timer">{(w.runs_out)(count)}</span> }
                    { for node.taints.iter().map(|t| chip(t, "warn")) }
                </div>
                { Menu { id: &props.id, all: can, only: None, w, ui: &ui, session: &session }.draw() }
            </header>
            { agents(node, w) }
            <section class="on-node" aria-label={w.pods}>
                <h3>{w.pods}<small>{(w.pods_of)(card.pods.len(), card.max_pods)}</small></h3>
                <ul class="marks">{ for card.pods.iter().map(|pod| mark(pod, &ui)) }</ul>
            </section>
            <div class="halves">
                <section><h3>{w.conditions}</h3>{ conditions(node) }</section>
                <section><h3>{w.offers}</h3>{ offers(node, w) }</section>
            </div>
        </div>
    }
}

fn state(state: NodeState) -> &'static str {
    match state {
        NodeState::Ready => "Ready",
        NodeState::NotReady => "NotReady",
        NodeState::Unknown => "Unknown",
    }
}

/// The four programs of every node, side by side.
fn agents(node: &OpenedNode, w: &Words) -> Html {
    let card = &node.card;
    let agent = |name: &'static str, version: &str, says: Html| {
        html! { <section class="agent-box"><h3>{name}<small class="mono">{version}</small></h3>{says}</section> }
    };
    let images = html! {
        <ul class="images">{ for node.images.iter().map(|(name, size)| html! { <li><span class="mono">{&**name}</span><small>{&**size}</small></li> }) }</ul>
    };
    let network = format!("{} · {}", card.pod_cidr, (w.addresses)(node.addresses));
    html! {
        <div class="agents">
            { agent("kubelet", &node.kubelet, html! { <p>{ if card.stopped { w.silent } else { w.heartbeat } }</p> }) }
            { agent("container runtime", &node.runtime, images) }
            { agent("kube-proxy", "", html! { <p>{w.kube_proxy}</p> }) }
            { agent("CNI", "", html! { <p class="mono">{network}</p> }) }
        </div>
    }
}

/// A pod that a click opens.
fn mark(pod: &PodMark, ui: &UiContext) -> Html {
    let (ui, id) = (ui.clone(), pod.id.clone());
    let onclick = move |_: MouseEvent| doing::open(&ui, &id);
    let under = pod.countdown.map_or_else(|| pod.label.to_string(), |count| short(count.remaining));
    html! {
        <li key={pod.uid.to_string()} class={format!("h{}", pod.hue)} data-state={symbol(pod.state)}>
            <button {onclick} data-ref={pod.id.key()} title={label(pod)} aria-label={label(pod)}>{ shape(pod.state, pod.countdown.as_ref()) }<small>{under}</small></button>
        </li>
    }
}

fn conditions(node: &OpenedNode) -> Html {
    html! {
        <table class="rows"><tbody>
            { for node.conditions.iter().map(|(name, status, reason, good)| html! {
                <tr class={if *good { "good" } else { "bad" }}><th scope="row">{&**name}</th><td>{&**status}</td><td class="mono">{&**reason}</td></tr>
            }) }
        </tbody></table>
    }
}

fn offers(node: &OpenedNode, w: &Words) -> Html {
    html! {
        <table class="rows">
            <thead><tr><th />{ for [w.capacity, w.allocatable].map(|name| html! { <th scope="col">{name}</th> }) }</tr></thead>
            <tbody>
                { for node.offers.iter().map(|(resource, capacity, allocatable)| html! {
                    <tr><th scope="row">{&**resource}</th><td class="mono">{&**capacity}</td><td class="mono">{&**allocatable}</td></tr>
                }) }
            </tbody>
        </table>
    }
}
