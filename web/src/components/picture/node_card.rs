//! A node: name, readiness, requests against allocatable, agents, addresses. Its pods stand on a layer above.

use orrery_view::layout::{Density, Spot};
use orrery_view::scene::{Meter, NodeCard as Card, NodeState};
use orrery_view::words;
use yew::prelude::*;

use super::super::countdown::{arc, short};
use crate::ui::use_words;

/// Properties of a card.
#[derive(Properties, PartialEq)]
pub struct NodeCardProps {
    /// What it says.
    pub card: Card,
    /// Where it stands.
    pub spot: Spot,
    /// How much it tells.
    pub density: Density,
    /// Whether it is selected.
    pub chosen: bool,
}

/// A node in the picture. Everything is drawn relative to its corner, so that a card moves as one.
#[component]
pub fn NodeCard(props: &NodeCardProps) -> Html {
    let w = use_words();
    let NodeCardProps { card, spot, density, chosen } = props;
    let state = match card.state {
        NodeState::Ready => "Ready",
        NodeState::NotReady => "NotReady",
        NodeState::Unknown => "Unknown",
    };
    let broken = card.state != NodeState::Ready;
    let alarmed = broken || card.stopped || card.countdown.is_some();
    let note = match &card.countdown {
        Some(count) => short(count.remaining),
        // As kubectl prints it, whatever the reason.
        None if broken => "NotReady".to_owned(),
        None if card.stopped => w.switched_off.to_owned(),
        None if card.cordoned => w.cordoned.to_owned(),
        None => state.to_owned(),
    };
    let note_width = words::width(&note, if alarmed { 13.0 } else { 11.0 });
    let full = *density == Density::Full;
    let foot = if full { spot.h - 46.0 } else { spot.h - 12.0 };
    let count = (w.pods_of)(card.pods.len(), card.max_pods);
    let cidr = if card.pod_cidr.is_empty() { count } else { format!("{} · {count}", card.pod_cidr) };
    html! {
        <g class={classes!("node", "move", chosen.then_some("chosen"), alarmed.then_some("off"), broken.then_some("broken"))} data-ref={card.id.key()}
            data-state={state} role="button" tabindex="0"
            style={format!("transform:translate({:.1}px,{:.1}px)", spot.x, spot.y)}>
            <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="12" />
            if alarmed { { alarm(spot) } }
            { for card.countdown.iter().map(|count| arc(spot.w, spot.h, count)) }
            <text class="m s13 b title" x="14" y="25">{words::clip(&card.id.name, 14.5, spot.w - 52.0 - note_width)}</text>
            if alarmed {
                <path class="cross" d={format!("M{} 16.5l8 8m0-8l-8 8", spot.w - note_width - 26.0)} />
            } else {
                <circle cx={(spot.w - note_width - 22.0).to_string()} cy="20.5" r="4" fill="var(--green)" />
            }
            <text class="mu s11 end title" x={(spot.w - 12.0).to_string()} y="24.5">{note.clone()}</text>
            { meter("cpu", &card.cpu, cores(&card.cpu), 41.0, spot.w) }
            { meter("mem", &card.memory, bytes(&card.memory), 61.0, spot.w) }
            <text class="fa s9" x="14" y={foot.to_string()}>{words::clip(&cidr, 9.5, spot.w - 24.0)}</text>
            if full { { agents(card, spot) } }
        </g>
    }
}

/// What nobody can overlook: a band across the head, and a ground that no other card has.
fn alarm(spot: &Spot) -> Html {
    let (w, h) = (spot.w.to_string(), spot.h.to_string());
    html! {
        <>
            <rect class="hatch" width={w} height={h} rx="12" />
            <path class="band" d={format!("M0 35V12A12 12 0 0 1 12 0H{}A12 12 0 0 1 {} 12V35z", spot.w - 12.0, spot.w)} />
        </>
    }
}

/// Requests against allocatable, as a bar and in words.
fn meter(name: &'static str, meter: &Meter, says: String, y: f64, w: f64) -> Html {
    let room = (w - 68.0 - words::mono_width(&says, 10.5)).max(10.0);
    let full = (meter.share() > 0.9).then_some("full");
    html! {
        <>
            <text class="fa s10" x="14" y={(y + 8.0).to_string()}>{name}</text>
            <rect class="meter" x="48" y={y.to_string()} width={room.to_string()} height="7" rx="3.5" />
            <rect class={classes!("meter-on", full)} x="48" y={y.to_string()} width={(room * meter.share()).to_string()} height="7" rx="3.5" />
            <text class="mu m s10 end" x={(w - 12.0).to_string()} y={(y + 8.0).to_string()}>{says}</text>
        </>
    }
}

fn cores(meter: &Meter) -> String {
    let one = |milli: u64| {
        let text = format!("{:.2}", milli as f64 / 1000.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    format!("{} / {}", one(meter.requested), one(meter.allocatable))
}

fn bytes(meter: &Meter) -> String {
    const MI: u64 = 1 << 20;
    const GI: u64 = 1 << 30;
    let one = |n: u64| {
        let text = format!("{:.1}", n as f64 / GI as f64);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let requested = if meter.requested < GI {
        format!("{}Mi", meter.requested / MI)
    } else {
        one(meter.requested) + "Gi"
    };
    format!("{requested} / {}Gi", one(meter.allocatable))
}

/// The agents of every node.
const AGENTS: [&str; 3] = ["kubelet", "containerd", "kube-proxy"];

/// The agents as chips, as many as there is room for; the kubelet lights up when it calls the API server.
fn agents(card: &Card, spot: &Spot) -> Html {
    let (gap, y) = (4.0, spot.h - 32.0);
    let wide = |names: &[&str]| {
        names.iter().map(|n| words::width(n, 9.0) + 5.0).sum::<f64>() + gap * (names.len() - 1) as f64
    };
    let names = if wide(&AGENTS) <= spot.w - 20.0 { &AGENTS[..] } else { &AGENTS[..2] };
    let spare = (spot.w - 20.0 - wide(names)) / names.len() as f64 + 5.0;
    let mut next = 10.0;
    html! {
        <g>
            { for names.iter().enumerate().map(|(i, name)| {
                let (x, each) = (next, words::width(name, 9.0) + spare);
                next += each + gap;
                let lit = i == 0 && card.kubelet.calls > 0 && !card.stopped;
                html! {
                    <g key={if lit { format!("{name}-{}", card.kubelet.calls) } else { (*name).to_owned() }}>
                        <rect class={classes!("agent", lit.then_some("lit"))} x={x.to_string()} y={y.to_string()} width={each.to_string()} height="20" rx="6" />
                        <text class="mu s8 mid" x={(x + each / 2.0).to_string()} y={(y + 13.5).to_string()}>{*name}</text>
                    </g>
                }
            }) }
        </g>
    }
}
