//! The control plane: etcd, the scheduler and the controllers stand on the API server, the rail.

use std::rc::Rc;

use orrery_view::layout::{Layout, Spot};
use orrery_view::parts::Consequence;
use orrery_view::scene::{ControlPlane as Plane, Lamp};
use orrery_view::words;
use yew::prelude::*;

use crate::ui::use_words;

/// What the control plane as a whole is called where an object is named.
const PLANE: &str = "ControlPlane//control-plane";
/// What is wrong with etcd, if it is one of these.
const STORE: [Consequence; 3] = [Consequence::NoStore, Consequence::NoQuorum, Consequence::Electing];
/// What keeps requests from being answered.
const SERVER: [Consequence; 5] = [
    Consequence::NoServer,
    Consequence::NoWayToServer,
    Consequence::NoStore,
    Consequence::NoQuorum,
    Consequence::Electing,
];

/// Properties of the control plane.
#[derive(Properties, PartialEq)]
pub struct ControlPlaneProps {
    /// What it says.
    pub plane: Plane,
    /// Where it stands.
    pub layout: Rc<Layout>,
}

/// The parts and the rail.
#[component]
pub fn ControlPlane(props: &ControlPlaneProps) -> Html {
    let w = use_words();
    let (plane, l) = (&props.plane, &props.layout);
    let loops = plane.loops.iter().map(|l| l.calls).sum::<u64>();
    let names: Vec<String> = plane.loops.iter().map(|l| short(&l.name)).collect();
    let fails = |kinds: &[Consequence]| plane.fails.iter().any(|c| kinds.contains(c));
    let names = if names.is_empty() { w.loops_idle.to_owned() } else { names.join(" · ") };
    html! {
        <>
            <Part name="etcd" says={(w.revision)(plane.revision)} calls={plane.writes} spot={l.etcd} rail={l.rail.y} broken={fails(&STORE)} />
            <Part name="scheduler" says={(w.in_queue)(plane.queue)} calls={plane.scheduler.calls} spot={l.scheduler} rail={l.rail.y} broken={fails(&[Consequence::NoScheduler])} />
            <Part name="controller-manager" says={names} calls={loops} spot={l.controllers} rail={l.rail.y} broken={fails(&[Consequence::NoControllerManager])} />
            if !l.narrow && !fails(&[Consequence::NoControllerManager]) { { lamps(&plane.loops, &l.controllers) } }
            <g data-ref={PLANE} data-part="apiserver" role="button" tabindex="0" aria-label={w.control_plane} class="part">
                <rect class={classes!("rail", "box", fails(&SERVER).then_some("off"))} x={l.rail.x.to_string()} y={l.rail.y.to_string()} width={l.rail.w.to_string()} height={l.rail.h.to_string()} rx="15" />
            </g>
        </>
    }
}

/// The words on the rail, above whatever travels along it.
#[component]
pub fn RailLabel(props: &ControlPlaneProps) -> Html {
    let w = use_words();
    let l = &props.layout;
    html! {
        <text class="on-rail b s13" data-ref={PLANE} x={(l.rail.x + 18.0).to_string()} y={(l.rail.y + 20.0).to_string()}>
            {"kube-apiserver"}
            if let Some(worst) = props.plane.fails.first() {
                <tspan class="on-rail s11 worst" dx="12">{(w.consequence)(*worst)}</tspan>
            } else if !l.narrow {
                <tspan class="on-rail dim s11" dx="12">{(w.only_door)(props.plane.writes)}</tspan>
            }
        </text>
    }
}

/// `deployment-controller` and `deployment` are the same to the eye.
fn short(name: &str) -> String {
    name.trim_end_matches("-controller").to_owned()
}

/// A light per loop; it flashes when the loop acts.
fn lamps(loops: &[Lamp], spot: &Spot) -> Html {
    let shown = loops.len().min(12);
    let start = spot.right() - 16.0 - 14.0 * (shown as f64 - 1.0).max(0.0);
    html! {
        <g>
            { for loops.iter().take(shown).enumerate().map(|(i, lamp)| html! {
                <circle key={format!("{}-{}", lamp.name, lamp.calls)} class="lamp lit" r="3.4"
                    cx={(start + 14.0 * i as f64).to_string()} cy={(spot.y + 16.0).to_string()}>
                    <title>{format!("{}: {}", lamp.name, lamp.calls)}</title>
                </circle>
            }) }
        </g>
    }
}

#[derive(Properties, PartialEq)]
struct PartProps {
    name: AttrValue,
    says: AttrValue,
    calls: u64,
    spot: Spot,
    rail: f64,
    broken: bool,
}

/// One component: it glows when it has made a call.
#[component]
fn Part(props: &PartProps) -> Html {
    let PartProps { name, says, calls, spot, rail, broken } = props;
    let room = spot.w - 22.0;
    let b = |v: f64| v.to_string();
    let rect = |class: &'static str| {
        html! { <rect {class} x={b(spot.x)} y={b(spot.y)} width={b(spot.w)} height={b(spot.h)} rx="10" /> }
    };
    html! {
        <g class={classes!("part", broken.then_some("broken"))} data-ref={PLANE} data-part={name}>
            <path class="stem" d={format!("M{} {}V{rail}", spot.cx(), spot.bottom())} />
            { rect("box") }
            if *broken {
                <path class="struck" d={format!("M{} {}l16 16m0-16l-16 16", spot.right() - 30.0, spot.y + 10.0)} />
            }
            if *calls > 0 { <g key={calls.to_string()}>{ rect("glow lit") }</g> }
            <text class="b s13" x={b(spot.x + 12.0)} y={b(spot.y + 21.0)}>{words::clip_bold(name, 13.0, room)}</text>
            <text class="mu s11" x={b(spot.x + 12.0)} y={b(spot.y + 38.0)}>{words::clip(says, 11.0, room)}</text>
            <title>{format!("{name}: {says}")}</title>
        </g>
    }
}
