//! The control plane from within: its machines with their parts, the majority of etcd, what does not work because of what, and the
//! snapshots.

use std::rc::Rc;

use orrery_share::{Action, Fault, Topology};
use orrery_view::parts::{Consequence, Machine, PartCard, Parts, Presence, Quorum, Standing};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::super::countdown::short;
use super::chip;
use crate::files::{FilesContext, use_files};
use crate::i18n::Words;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Choose, UiContext, use_ui, use_words};
use orrery_run::{NODES, Run, SEED};

/// The name of the one snapshot that the page takes.
const SNAPSHOT: &str = "snapshot.db";

/// What every part is drawn with.
struct Near<'a> {
    w: &'a Words,
    ui: &'a UiContext,
    session: &'a Rc<Session>,
}

/// The control plane.
#[component]
pub fn ControlPlane() -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let files = use_files();
    let parts = use_view((), |session, ()| session.read(|engine| engine.parts()));
    let near = Near { w, ui: &ui, session: &session };
    html! {
        <div class="inside plane-inside">
            <header class="inside-head">
                <div><h2>{w.control_plane}</h2><p class="muted">{laid_out(&parts, w)}</p></div>
                { laid_out_anew(&near, &files) }
                <div class="chips">{ for parts.takeovers.iter().map(|(who, count)| chip(&format!("{who} · {}", (w.runs_out)(count)), "warn")) }</div>
            </header>
            <ul class="consequences" aria-live="polite">
                { for parts.consequences.iter().map(|c| html! { <li class={if *c == Consequence::NoMemberToSpare { "warn" } else { "bad" }}>{(w.consequence)(*c)}</li> }) }
            </ul>
            if parts.balanced { <p class="balancer">{w.load_balancer}</p> }
            { etcd(parts.quorum, &parts, w) }
            <div class="plane-machines">{ for parts.machines.iter().map(|m| machine(m, &near)) }</div>
            { snapshots(&parts, &near) }
        </div>
    }
}

/// Of what it is made, in one line.
fn laid_out(parts: &Parts, w: &Words) -> String {
    let servers = parts.machines.iter().flat_map(|m| &m.parts).filter(|p| &*p.program == "kube-apiserver");
    (w.laid_out)(parts.quorum.of, servers.count())
}

/// What can be begun anew: members of etcd, API servers, and whether the first node carries them all.
const TOPOLOGIES: [Topology; 5] = [
    Topology { etcd: 1, control_planes: 1, all_in_one: false },
    Topology { etcd: 1, control_planes: 1, all_in_one: true },
    Topology { etcd: 1, control_planes: 3, all_in_one: false },
    Topology { etcd: 3, control_planes: 3, all_in_one: false },
    Topology { etcd: 5, control_planes: 3, all_in_one: false },
];

/// A choice that begins a new cluster with the same manifests.
fn laid_out_anew(near: &Near<'_>, files: &FilesContext) -> Html {
    let w = near.w;
    let session = near.session.clone();
    let text = files.joined();
    let onchange = move |e: Event| {
        let select: HtmlSelectElement = e.target_unchecked_into();
        let index = usize::try_from(select.selected_index() - 1).ok();
        let Some(topology) = index.and_then(|i| TOPOLOGIES.get(i)) else { return };
        session.leave();
        session.reset(Run::new(SEED, NODES, Some(*topology)));
        session.act(Action::Apply { text: text.clone() });
        session.play(true);
        select.set_selected_index(0);
    };
    html! {
        <label class="laid-out">
            <select {onchange} aria-label={w.start_over}>
                <option selected=true>{w.start_over}{" …"}</option>
                { for w.topologies.iter().map(|name| html! { <option>{*name}</option> }) }
            </select>
        </label>
    }
}

fn machine(machine: &Machine, near: &Near<'_>) -> Html {
    html! {
        <section key={machine.name.to_string()} class="plane-machine" aria-label={machine.name.to_string()}>
            <h3>{&*machine.name}if machine.is_node { <small>{near.w.also_node}</small> }</h3>
            { for machine.parts.iter().map(|p| part(p, near)) }
        </section>
    }
}

fn tone(part: &PartCard) -> &'static str {
    match part.presence {
        Presence::On if part.served => "on",
        Presence::On => "unserved",
        Presence::Cut => "cut",
        Presence::Restarting => "restarting",
        Presence::Off => "gone",
    }
}

fn part(part: &PartCard, near: &Near<'_>) -> Html {
    let w = near.w;
    let leads = part.standing == Standing::Leader;
    let standing = match part.presence {
        Presence::On => (w.standing)(part.standing),
        other => (w.presence)(other),
    };
    html! {
        <article key={part.name.to_string()} class={classes!("part-card", tone(part), leads.then_some("leads"))} data-part={part.name.to_string()}>
            <header>
                { mark(part) }
                <div><b>{&*part.program}</b><small>{standing}</small></div>
            </header>
            if let Some(log) = part.log { <p class="mono">{(w.member_log)(log.term, log.index, log.lag)}</p> }
            if part.presence == Presence::On && !part.served { <p class="unanswered">{w.unanswered}</p> }
            <div class="row">{ for deeds(part).iter().map(|fault| deed(part, *fault, near)) }</div>
        </article>
    }
}

/// State by shape: a full disc works, a ring waits, a broken ring is cut off, a cross is off. A leader wears a crown.
fn mark(part: &PartCard) -> Html {
    let shape = match (part.presence, part.standing) {
        (Presence::On, Standing::Leader | Standing::Equal) => {
            html! { <circle class="full" cx="16" cy="18" r="9" /> }
        }
        (Presence::On, _) => html! { <circle class="ring" cx="16" cy="18" r="8" /> },
        (Presence::Cut, _) => html! { <circle class="ring broken" cx="16" cy="18" r="8" /> },
        (Presence::Restarting, _) => html! { <circle class="ring turning" cx="16" cy="18" r="8" /> },
        (Presence::Off, _) => html! { <path class="cross" d="M9 11l14 14M23 11L9 25" /> },
    };
    let crown = part.standing == Standing::Leader && part.presence == Presence::On;
    html! {
        <svg class="part-mark" viewBox="0 0 32 32" aria-hidden="true">
            {shape}
            if crown { <path class="crown" d="M8 8l2-6 6 4 6-4 2 6z" /> }
        </svg>
    }
}

/// What can be done to it as it is.
fn deeds(part: &PartCard) -> Vec<Fault> {
    match part.presence {
        Presence::On => {
            let mut all = vec![Fault::Kill, Fault::Stop, Fault::Cut];
            all.extend((&*part.program == "etcd").then_some(Fault::Lose));
            all
        }
        Presence::Cut => vec![Fault::Join, Fault::Stop],
        Presence::Restarting => vec![Fault::Stop],
        Presence::Off => vec![Fault::Start],
    }
}

fn deed(part: &PartCard, fault: Fault, near: &Near<'_>) -> Html {
    let (session, ui) = (near.session.clone(), near.ui.clone());
    let (name, says) = (part.name.to_string(), (near.w.fault)(fault));
    let label = format!("{says}: {name}");
    let onclick = move |_: MouseEvent| {
        session.act(Action::Part { name: name.clone(), fault });
        ui.dispatch(Choose::Toast(Some(format!("{name}: {says}"))));
    };
    html! { <button class="btn small" {onclick} aria-label={label}>{says}</button> }
}

/// The members as a row of discs, with a line where the majority is.
fn etcd(quorum: Quorum, parts: &Parts, w: &Words) -> Html {
    let lost = quorum.have < quorum.need;
    let disc = |i: usize| {
        let class = classes!(
            "seat",
            (i < quorum.have).then_some("taken"),
            (i + 1 == quorum.need).then_some("needed")
        );
        html! { <i {class}></i> }
    };
    let revision =
        parts.machines.iter().flat_map(|m| &m.parts).filter_map(|p| p.log).map(|log| log.index).max();
    html! {
        <section class={classes!("quorum", lost.then_some("lost"))}>
            <h3>{"etcd"}</h3>
            <p class="seats" aria-hidden="true">{ for (0..quorum.of).map(disc) }</p>
            <p>{(w.quorum)(quorum.have, quorum.need, quorum.of)}</p>
            if let Some(revision) = revision { <p class="mono muted">{(w.revision)(revision)}</p> }
        </section>
    }
}

fn snapshots(parts: &Parts, near: &Near<'_>) -> Html {
    let w = near.w;
    let act = |action: Action| {
        let session = near.session.clone();
        move |_: MouseEvent| drop(session.act(action.clone()))
    };
    html! {
        <section class="snapshots">
            <h3>{w.snapshots}</h3>
            <ul>
                { for parts.snapshots.iter().map(|s| {
                    let restore = act(Action::Restore { name: s.name.to_string() });
                    let at = short(u32::try_from(s.at / 1_000_000_000).unwrap_or(u32::MAX));
                    html! { <li><span class="mono">{&*s.name}</span><small>{format!("{at} · {}", (w.revision)(s.revision))}</small><button class="btn small" onclick={restore}>{w.restore}</button></li> }
                }) }
            </ul>
            <p class="row"><button class="btn small" onclick={act(Action::Snapshot { name: SNAPSHOT.to_owned() })}>{w.take_snapshot}</button><code class="muted">{"etcdctl snapshot save "}{SNAPSHOT}</code></p>
        </section>
    }
}
