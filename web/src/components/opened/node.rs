//! A node from within: its agents, what it says of itself, what it offers, its pods and its images.

use orrery_view::opened::node::OpenedNode;
use orrery_view::scene::{NodeState, PodMark};
use yew::prelude::*;

use super::super::behaviour::Menu;
use super::super::countdown::{shape, short};
use super::super::pod::{label, symbol};
use super::rules::Rules;
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
    let off = card.stopped || node.countdown.is_some();
    html! {
        <div class={classes!("inside", "node-inside", broken.then_some("broken"), off.then_some("off"))} data-state={if broken { "NotReady" } else { "Ready" }}>
            <header class="inside-head">
                <div><h2>{&*card.id.name}</h2><p class="mono">{&*node.address}</p></div>
                <b class="state">{ if broken { "NotReady" } else { "Ready" } }</b>
                if let Some(count) = &node.countdown { <b class="state" role="timer">{(w.runs_out)(count)}</b> }
            </header>
            <div class="chips">
                if card.stopped { { chip(w.switched_off, "bad") } }
                if node.cut { { chip(w.cut_off, "bad") } }
                if card.cordoned { { chip("SchedulingDisabled", "warn") } }
                { for node.taints.iter().map(|t| chip(t, "warn")) }
            </div>
            { Menu { id: &props.id, all: can, only: None, w, ui: &ui, session: &session }.draw() }
            <div class="machine">
                { agents(node, w) }
                <div class="netns"><span class="pause">{"CNI"}</span><b class="mono">{&*card.pod_cidr}</b><small>{format!("{} · {}", (w.addresses)(node.addresses), (w.pods_of)(card.pods.len(), card.max_pods))}</small></div>
                <ul class="marks" aria-label={w.pods}>{ for card.pods.iter().map(|pod| mark(pod, &ui)) }</ul>
            </div>
            <div class="halves">
                <section><h3>{w.conditions}</h3>{ conditions(node) }</section>
                <section><h3>{w.offers}</h3>{ offers(node, w) }</section>
            </div>
            <Rules id={props.id.clone()} />
        </div>
    }
}

/// The programs of every node, side by side.
fn agents(node: &OpenedNode, w: &Words) -> Html {
    let agent = |name: &'static str, version: &str, dead: bool, says: Html| {
        html! { <section class={classes!("agent-box", dead.then_some("dead"))}><h3>{name}<small class="mono">{version}</small></h3>{says}</section> }
    };
    let silent = if node.kubelet_runs { w.heartbeat } else { w.silent };
    let heard = if node.cut { w.unheard } else { silent };
    let images = html! {
        <ul class="images">
            { for node.pulls.iter().map(|pull| html! {
                <li key={pull.image.to_string()} class="pulling"><span class="mono">{&*pull.image}</span><small>{ pull.share.map_or(w.in_turn.to_owned(), |share| format!("{share} %")) }</small>
                    <span class="fill"><i style={format!("width:{}%", pull.share.unwrap_or(0))} /></span></li>
            }) }
            { for node.images.iter().map(|(name, size)| html! { <li key={name.to_string()}><span class="mono">{&**name}</span><small>{&**size}</small></li> }) }
        </ul>
    };
    let off = node.card.stopped;
    html! {
        <div class="agents">
            { agent("kubelet", &node.kubelet, !node.kubelet_runs, html! { <p>{heard}</p> }) }
            { agent("runtime", &node.runtime, off, images) }
            { agent("kube-proxy", "", off, html! { <p>{w.kube_proxy}</p> }) }
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
            <thead><tr><th><span class="unseen">{w.offers}</span></th>{ for [w.capacity, w.allocatable, w.requested].map(|name| html! { <th scope="col">{name}</th> }) }</tr></thead>
            <tbody>
                { for node.offers.iter().map(|offer| html! {
                    <tr><th scope="row">{&*offer.resource}</th><td class="mono">{&*offer.capacity}</td><td class="mono">{&*offer.allocatable}</td>
                        <td>{ for offer.share.map(|share| html! { <><span class="fill"><i style={format!("width:{:.0}%", share * 100.0)} /></span>{format!("{:.0} %", share * 100.0)}</> }) }</td></tr>
                }) }
            </tbody>
        </table>
    }
}
