//! A container as a card: its state, its image, its probes with their rhythm, what it may use, and what can be done to it.

use std::rc::Rc;

use orrery_view::behaviour::Can;
use orrery_view::opened::container::{Amount, ContainerBox, ProbeRow, Role};
use orrery_view::scene::{ObjectRef, PodState, Text};
use yew::prelude::*;

use super::super::behaviour::Menu;
use super::super::countdown::shape;
use super::super::pod::{state_name, symbol};
use super::super::transport::hms;
use crate::i18n::Words;
use crate::session::Session;
use crate::ui::{Choose, UiContext};

/// What a card needs besides its container.
pub struct Near<'a> {
    /// The pod.
    pub id: &'a ObjectRef,
    /// The words.
    pub w: &'static Words,
    /// The person's choices.
    pub ui: &'a UiContext,
    /// The session.
    pub session: &'a Rc<Session>,
    /// What can be done to the pod's containers.
    pub can: &'a [Can],
    /// The container that is meant.
    pub chosen: Option<&'a Text>,
}

/// The card.
pub fn container(c: &ContainerBox, near: &Near<'_>) -> Html {
    let w = near.w;
    let (ui, name) = (near.ui.clone(), c.name.clone());
    let onclick = move |_: MouseEvent| ui.dispatch(Choose::Container(Some(name.clone())));
    let chosen = near.chosen == Some(&c.name);
    let bad = matches!(c.state, PodState::BackOff | PodState::Failed).then_some("bad");
    let part = match c.role {
        Role::Sidecar => w.sidecar,
        Role::Ephemeral => w.ephemeral,
        _ => "",
    };
    html! {
        <article key={c.name.to_string()} class={classes!("ctr", bad, chosen.then_some("chosen"), (c.role == Role::Ephemeral).then_some("visitor"))}
            data-container={c.name.to_string()} data-state={symbol(c.state)} aria-label={format!("{}, {}", c.name, state_name(c.state))}>
            <div class="plugs">{ for c.ports.iter().map(|port| html! { <span class="mono">{&**port}</span> }) }</div>
            <button class="ctr-head" {onclick} aria-pressed={chosen.to_string()}>
                { shape(c.state, c.countdown.as_ref()) }
                <span><b>{&*c.name}</b>if !part.is_empty() { <i>{part}</i> }<small>{ state(c, w) }</small></span>
            </button>
            if let Some(message) = c.message.as_ref().filter(|_| bad.is_some()) { <p class="said">{&**message}</p> }
            <p class="image"><b class="mono">{&*c.image}</b><small>{&*c.registry}</small></p>
            if !c.command.is_empty() { <code class="command" title={c.command.to_string()}>{&*c.command}</code> }
            if let Some(why) = &c.assumed { <p class="assumed"><b>{w.assumed}</b>{format!(" {why}")}</p> }
            { for c.probes.iter().map(|probe| row(probe, w)) }
            { for c.amounts.iter().map(|amount| meter(amount, w)) }
            if c.restarts > 0 { <p class="restarts"><b>{(w.restarts)(c.restarts as usize)}</b>{ last(c, w) }</p> }
            { Menu { id: near.id, all: near.can, only: Some(&c.name), w, ui: near.ui, session: near.session }.draw() }
        </article>
    }
}

/// The state in words, with what runs out or since when it is so.
fn state(c: &ContainerBox, w: &Words) -> String {
    match (&c.countdown, c.since_s) {
        (Some(count), _) => format!("{} · {}", c.reason, (w.runs_out)(count)),
        (None, Some(since)) => format!("{} · {}", c.reason, (w.since)(&hms(since))),
        _ => c.reason.to_string(),
    }
}

fn last(c: &ContainerBox, w: &Words) -> Html {
    match &c.last {
        Some((reason, code, at)) => html! { <small>{(w.last_end)(reason, *code, &hms(*at))}</small> },
        None => html! {},
    }
}

/// A probe: what it asks and how often, how far its last answers are from counting, and when the next comes.
fn row(probe: &ProbeRow, w: &Words) -> Html {
    let (class, sign) = match probe.passes {
        Some(true) => ("yes", "✓"),
        Some(false) => ("no", "✗"),
        None => ("open", "·"),
    };
    // While it passes, what counts is how many failures in a row it can bear; while it does not, how many successes it needs.
    let (passes, (last, row)) = (probe.passes == Some(true), probe.last);
    let of = if passes { probe.failures } else { probe.successes };
    let row = if passes == last { 0 } else { row.min(of) };
    let told = (w.in_a_row)(!passes, row, of);
    html! {
        <div class={classes!("probe", class)} data-probe={probe.question}>
            <b>{probe.question}</b><span class="verdict">{sign}</span>
            <small class="mono">{&*probe.asks}</small>
            <span class={if passes { "answers bad" } else { "answers" }} role="img" aria-label={told.clone()} title={told}>
                { for (0..of.min(10)).map(|i| html! { <i class={(i < row).then_some("on")} /> }) }
            </span>
            { for probe.next.map(|left| next(left, probe.period)) }
            <small class="rhythm">{(w.rhythm)(probe.period, probe.failures, probe.successes)}</small>
        </div>
    }
}

/// The way to the next answer, as a ring and in seconds.
fn next(left: u32, period: u32) -> Html {
    let gone = 100.0 - f64::from(left) / f64::from(period) / 10.0;
    html! {
        <span class="next">
            <svg viewBox="0 0 18 18" aria-hidden="true"><circle cx="9" cy="9" r="7" /><circle class="gone" cx="9" cy="9" r="7" pathLength="100" stroke-dasharray={format!("{gone:.1} 100")} transform="rotate(-90 9 9)" /></svg>
            <small class="mono">{format!("{} s", left.div_ceil(1000))}</small>
        </span>
    }
}

fn meter(amount: &Amount, w: &Words) -> Html {
    let part = |name: &str, value: &Option<Text>| value.as_ref().map(|v| format!("{name} {v}"));
    let parts = [part(w.used, &amount.used), part(w.request, &amount.request), part(w.limit, &amount.limit)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let full = amount.share.is_some_and(|share| share > 0.9).then_some("full");
    html! {
        <div class="amount"><b>{amount.resource}</b><small>{parts.join(" · ")}</small>
            { for amount.share.map(|share| html! { <span class={classes!("fill", full)}><i style={format!("width:{:.0}%", share * 100.0)} /></span> }) }
        </div>
    }
}
