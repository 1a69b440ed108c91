//! A pod from within: who goes first, the network that the pause container holds, the containers that hang from it, their volumes
//! as lines below them, and the log of the one that is meant.

use orrery_view::opened::container::{ContainerBox, Role};
use orrery_view::opened::pod::OpenedPod;
use yew::prelude::*;

use super::super::countdown::shape;
use super::super::logs::Logs;
use super::super::workload::link;
use super::container::{Near, container};
use super::volumes::volumes;
use super::{OpenedProps, chip};
use crate::i18n::Words;
use crate::session::{use_session, use_view};
use crate::ui::{Choose, UiContext, use_ui, use_words};

/// The pod.
#[component]
pub fn Pod(props: &OpenedProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let found = use_view(props.id.clone(), |session, id| {
        session.read(|engine| engine.opened_pod(id).map(|pod| (pod, engine.behaviour(id))))
    });
    let Some((pod, can)) = &*found else { return html! { <p class="none">{w.gone}</p> } };
    let chosen = ui.container.as_ref().or(first(pod));
    let near = Near { id: &props.id, w, ui: &ui, session: &session, can, chosen };
    let (inits, rest): (Vec<_>, Vec<_>) = pod.containers.iter().partition(|c| c.role == Role::Init);
    html! {
        <div class={format!("inside h{}", pod.mark.hue)} data-state={super::super::pod::symbol(pod.mark.state)}>
            { head(pod, w, &ui) }
            <div class="pod-box" style={format!("--n:{}", rest.len().clamp(1, 4))}>
                if !inits.is_empty() { { init_line(&inits, w, &ui) } }
                { network(pod, w) }
                <div class="columns">{ for rest.iter().map(|c| container(c, &near)) }</div>
                { volumes(&pod.volumes, &rest, w, &ui) }
            </div>
            <Logs pod={props.id.clone()} container={chosen.cloned()} />
        </div>
    }
}

/// The container that is meant while none is chosen: the one that is in trouble, else the first.
fn first(pod: &OpenedPod) -> Option<&orrery_view::scene::Text> {
    use orrery_view::scene::PodState::{BackOff, Failed};
    let broken = pod.containers.iter().find(|c| matches!(c.state, BackOff | Failed));
    let main = pod.containers.iter().find(|c| c.role == Role::Main);
    broken.or(main).map(|c| &c.name)
}

fn head(pod: &OpenedPod, w: &Words, ui: &UiContext) -> Html {
    let mark = &pod.mark;
    html! {
        <header class="inside-head">
            { shape(mark.state, mark.countdown.as_ref()) }
            <div>
                <h2>{&*mark.id.name}</h2>
                <p class="muted">
                    {&*mark.id.namespace}
                    if let Some(node) = &pod.node { {" · "}{ link(ui, node, html! { {&*node.name} }) } }
                </p>
            </div>
            <div class="chips">
                <span class="chip strong">{&*mark.reason}</span>
                if let Some(count) = &mark.countdown { <span class="chip warn" role="timer">{(w.runs_out)(count)}</span> }
                { for pod.chips.iter().filter(|c| **c != mark.reason).map(|c| chip(c, "")) }
                { for pod.conditions.iter().filter(|(_, status)| &**status != "True").map(|(name, status)| chip(&format!("{name}: {status}"), "warn")) }
            </div>
        </header>
    }
}

/// The shared network: the pause container holds it, whatever becomes of the others.
fn network(pod: &OpenedPod, w: &Words) -> Html {
    let says = if pod.host_network { w.host_network } else { w.shared_network };
    let held = pod.ip.is_some();
    html! {
        <div class={classes!("netns", (!held).then_some("absent"))}>
            <span class="pause"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 3v10M11 3v10" /></svg>{"pause"}</span>
            <b class="mono">{ pod.ip.as_deref().unwrap_or(w.no_address) }</b>
            <small>{says}</small>
        </div>
    }
}

/// Init containers run one after the other; the line shows how far they are.
fn init_line(inits: &[&ContainerBox], w: &Words, ui: &UiContext) -> Html {
    html! {
        <section class="inits" aria-label={w.inits}>
            <h3>{w.inits}</h3>
            <ol>
                { for inits.iter().map(|c| {
                    let (ui, name) = (ui.clone(), c.name.clone());
                    let onclick = move |_: MouseEvent| ui.dispatch(Choose::Container(Some(name.clone())));
                    let says = match &c.countdown { Some(count) => (w.runs_out)(count), None => c.reason.to_string() };
                    html! {
                        <li key={c.name.to_string()}>
                            <button {onclick} data-container={c.name.to_string()} title={c.command.to_string()}>{ shape(c.state, c.countdown.as_ref()) }<span><b>{&*c.name}</b><small>{says}</small><small class="mono">{&*c.image}</small></span></button>
                        </li>
                    }
                }) }
            </ol>
        </section>
    }
}
