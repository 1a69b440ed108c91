//! The picture: reads the scene, places it on a sheet as wide as the stage, and draws it. Larger clusters are a map on a canvas.

mod control_plane;
mod crowd;
mod flights;
mod journey;
mod node_card;
mod owners;
pub mod registries;
mod rollout;
mod services;
mod storage;
mod streams;
mod traffic;
mod waiting;
mod why;

use std::collections::BTreeSet;
use std::rc::Rc;

use orrery_view::layout::{Density, Layout, Spot, arrange};
use orrery_view::scene::{ObjectRef, Scene, Text, View};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::icon::{Icon, draw};
use super::pod::{Emphasis, Pod};
use crate::doing;
use crate::dom::use_width;
use crate::i18n::Words;
use crate::session::use_view;
use crate::ui::{CONTROL_PLANE, Choose, OUTSIDE, use_ui, use_words};
use control_plane::{ControlPlane, RailLabel};
use crowd::CrowdMap;
use flights::Flights;
use journey::JourneyWay;
use node_card::NodeCard;
use owners::Owners;
use rollout::Rollout;
use services::Services;
use storage::Volume;
use streams::Streams;
use traffic::Network;
use waiting::WaitingLane;
use why::WhyWay;

/// On a stage everything is drawn larger: as if the sheet were this wide.
const STAGE_WIDTH: f64 = 1000.0;

/// The stage: marks on a sheet, or a map when there are too many for that.
#[component]
pub fn Picture() -> Html {
    let crowded = use_view((), |session, ()| session.read(|engine| engine.is_crowd()));
    match use_ui().view {
        View::Charts => html! { <super::charts::Charts /> },
        View::Storage => html! { <super::storage::Storage /> },
        _ if *crowded => html! { <CrowdMap /> },
        _ => html! { <Marks /> },
    }
}

/// A sheet that scrolls, with everything on it.
#[component]
fn Marks() -> Html {
    let ui = use_ui();
    let w = use_words();
    let sheet = use_node_ref();
    let width = use_width(&sheet);
    let seen = (ui.namespace.clone(), ui.selection.clone(), ui.view);
    let scene = use_view(seen, |session, (namespace, selection, view)| {
        session.read(|engine| engine.scene(namespace.as_deref(), selection.as_ref(), *view))
    });
    let zoom = if ui.present { (width / STAGE_WIDTH).clamp(1.2, 2.4) } else { 1.0 };
    let layout = use_memo((scene.clone(), (width / zoom).round() as u32), |(scene, width)| {
        arrange(scene, f64::from(*width))
    });
    let onclick = {
        let ui = ui.clone();
        Callback::from(move |e: MouseEvent| choose(&ui, target_ref(e.target())))
    };
    let ondblclick = {
        let ui = ui.clone();
        Callback::from(move |e: MouseEvent| target_ref(e.target()).iter().for_each(|id| doing::open(&ui, id)))
    };
    let open = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.selection.iter().for_each(|id| doing::open(&ui, id))
    };
    let onkeydown = {
        let ui = ui.clone();
        Callback::from(move |e: KeyboardEvent| on_key(&ui, &e))
    };
    let (wide, high) = (layout.width, layout.height);
    html! {
        <>
        <div class="sheet" ref={sheet}>
            if width > 0.0 {
                <svg class="picture" width={(wide * zoom).to_string()} height={(high * zoom).to_string()}
                    viewBox={format!("0 0 {wide} {high}")} role="group" aria-label={w.picture} {onclick} {ondblclick} {onkeydown}>
                    <Sheet scene={scene.clone()} layout={layout} selection={ui.selection.clone()} />
                </svg>
                { traffic::twin(&scene, w) }
                if scene.nodes.is_empty() { <p class="empty">{w.empty}</p> }
            }
            <p class="unseen" aria-live="polite">{ spoken(&scene, w) }</p>
        </div>
        if let Some(id) = ui.selection.as_ref().filter(|id| matches!(&*id.kind, "Pod" | "Node")) {
            <button class="btn open-it" onclick={open}>{draw(Icon::Stage)}{format!("{} {}", w.open, id.name)}<kbd>{"O"}</kbd></button>
        }
        </>
    }
}

fn spoken(scene: &Scene, w: &Words) -> String {
    let tally = scene.tally();
    let ready = scene.nodes.iter().filter(|n| n.state == orrery_view::scene::NodeState::Ready).count();
    format!("{}, {}", (w.ready_of)(tally[4], tally.iter().sum()), (w.nodes_of)(ready, scene.nodes.len()))
}

/// The object under a click or a key: the nearest mark that names one.
fn target_ref(target: Option<web_sys::EventTarget>) -> Option<ObjectRef> {
    let element = target?.dyn_into::<Element>().ok()?.closest("[data-ref]").ok()??;
    parse_ref(&element.get_attribute("data-ref")?)
}

fn parse_ref(key: &str) -> Option<ObjectRef> {
    let mut parts = key.splitn(3, '/');
    Some(ObjectRef::new(parts.next()?, parts.next()?, parts.next()?))
}

/// A click selects, and opens the control plane, of which nothing else can be told; from the outside requests are sent.
fn choose(ui: &crate::ui::UiContext, target: Option<ObjectRef>) {
    match target {
        Some(plane) if &*plane.kind == CONTROL_PLANE => doing::open(ui, &plane),
        Some(outside) if &*outside.kind == OUTSIDE => doing::traffic(ui),
        other => ui.dispatch(Choose::Select(other)),
    }
}

/// Enter and Space select, and Enter opens what is selected; the arrows walk over the marks in reading order.
fn on_key(ui: &crate::ui::UiContext, e: &KeyboardEvent) {
    let by = match e.key().as_str() {
        "Enter" | " " => {
            if let Some(target) = target_ref(e.target()) {
                e.prevent_default();
                e.stop_propagation();
                if e.key() == "Enter" && ui.selection.as_ref() == Some(&target) {
                    doing::open(ui, &target);
                } else {
                    choose(ui, Some(target));
                }
            }
            return;
        }
        "ArrowRight" | "ArrowDown" => 1,
        "ArrowLeft" | "ArrowUp" => -1,
        _ => return,
    };
    if walk(e, by).is_some() {
        e.prevent_default();
        e.stop_propagation();
    }
}

fn walk(e: &KeyboardEvent, by: i32) -> Option<()> {
    let here = e.target()?.dyn_into::<Element>().ok()?.closest("[data-ref]").ok()??;
    let all = here.owner_document()?.query_selector_all(".picture [data-ref]").ok()?;
    let at = (0..all.length()).find(|i| all.get(*i).is_some_and(|n| n.is_same_node(Some(&here))))?;
    let next = all.get(at.checked_add_signed(by)?)?;
    // SVG elements take focus too, though only HTMLElement declares it here.
    next.unchecked_into::<HtmlElement>().focus().ok()
}

#[derive(Properties, PartialEq)]
struct SheetProps {
    scene: Rc<Scene>,
    layout: Rc<Layout>,
    selection: Option<ObjectRef>,
}

/// Everything on the sheet, from the ground up.
#[component]
fn Sheet(props: &SheetProps) -> Html {
    let SheetProps { scene, layout, selection } = props;
    let w = use_words();
    let l = &**layout;
    let picked = |id: &ObjectRef| selection.as_ref() == Some(id);
    html! {
        <>
            <ControlPlane plane={scene.control_plane.clone()} layout={layout.clone()} />
            { if scene.families.is_some() {
                html! { <Owners scene={scene.clone()} layout={layout.clone()} selection={selection.clone()} /> }
            } else if scene.traffic.is_some() {
                html! { <><Network scene={scene.clone()} layout={layout.clone()} selection={selection.clone()} />{ unscheduled(props, w) }</> }
            } else {
                by_node(props, w)
            } }
            { for scene.rollouts.iter().zip(&l.rollouts).map(|(lane, spot)| html! {
                <g key={lane.id.key()}>
                    { heading(spot.x, spot.y - 9.0, w.rollout, &lane.id.name) }
                    <Rollout lane={lane.clone()} spot={*spot} narrow={l.narrow} chosen={picked(&lane.id)} />
                </g>
            }) }
            <Pods scene={scene.clone()} layout={layout.clone()} selection={selection.clone()} />
            if scene.traffic.is_some() {
                { traffic::shields(scene, l, w.traffic) }
                <Streams scene={scene.clone()} layout={layout.clone()} />
                <JourneyWay scene={scene.clone()} layout={layout.clone()} />
            }
            <Flights layout={layout.clone()} nodes={scene.nodes.iter().map(|n| n.id.name.clone()).collect::<Vec<_>>()} />
            <RailLabel plane={scene.control_plane.clone()} layout={layout.clone()} />
            <WhyWay scene={scene.clone()} layout={layout.clone()} />
        </>
    }
}

/// Nodes, services that send to pods in them, who waits, and volumes.
fn by_node(props: &SheetProps, w: &Words) -> Html {
    let SheetProps { scene, layout, selection } = props;
    let l = &**layout;
    let picked = |id: &ObjectRef| selection.as_ref() == Some(id);
    let heading = |spot: &Spot, text: &str| heading(spot.x, spot.y - 9.0, text, "");
    html! {
        <>
            { stems(l) }
            { for scene.nodes.iter().zip(&l.nodes).map(|(card, spot)| html! {
                <NodeCard key={card.id.key()} card={card.clone()} spot={*spot} density={l.density} chosen={picked(&card.id)} />
            }) }
            { registries::registries(scene, l, w) }
            <Services services={scene.services.clone()} layout={layout.clone()} selection={selection.clone()} />
            { unscheduled(props, w) }
            if let Some(spot) = l.volumes.first() { { heading(spot, w.storage) } }
            { for scene.volumes.iter().zip(&l.volumes).map(|(track, spot)| html! {
                <Volume key={track.id.key()} track={track.clone()} spot={*spot} chosen={picked(&track.id)} />
            }) }
        </>
    }
}

/// Who waits for a node.
fn unscheduled(props: &SheetProps, w: &Words) -> Html {
    let Some(spot) = &props.layout.waiting else { return html! {} };
    html! {
        <>
            { heading(spot.x, spot.y - 9.0, w.unscheduled, "") }
            <WaitingLane waiting={props.scene.waiting.clone()} spot={*spot} />
        </>
    }
}

/// A heading above a lane, and the name of what it is about, as it is written.
fn heading(x: f64, y: f64, text: &str, name: &str) -> Html {
    html! {
        <text class="caps" x={x.to_string()} y={y.to_string()}>
            {text.to_uppercase()}
            if !name.is_empty() { <tspan class="name" dx="7">{name.to_owned()}</tspan> }
        </text>
    }
}

#[derive(Properties, PartialEq)]
struct PodsProps {
    scene: Rc<Scene>,
    layout: Rc<Layout>,
    selection: Option<ObjectRef>,
}

/// All pods on one layer, so that a pod that is bound flies from the waiting lane into its node.
#[component]
fn Pods(props: &PodsProps) -> Html {
    let PodsProps { scene, layout, selection } = props;
    let served = served(scene, selection.as_ref());
    let first = scene.pods().next().map(|p| p.uid.clone());
    html! {
        <g>
            { for scene.pods().zip(&layout.pods).map(|(mark, spot)| {
                let emphasis = match (selection, &served) {
                    (Some(id), _) if *id == mark.id => Emphasis::Chosen,
                    (_, Some(served)) if served.contains(&mark.uid) => Emphasis::Served,
                    (_, Some(_)) => Emphasis::Aside,
                    _ => Emphasis::Plain,
                };
                html! {
                    <Pod key={mark.uid.to_string()} mark={mark.clone()} spot={*spot} named={layout.density == Density::Full}
                        {emphasis} tab_stop={first.as_ref() == Some(&mark.uid)} />
                }
            }) }
        </g>
    }
}

/// The pods that stand out because a service is selected.
fn served(scene: &Scene, selection: Option<&ObjectRef>) -> Option<BTreeSet<Text>> {
    let service = scene.services.iter().find(|s| Some(&s.id) == selection)?;
    Some(service.endpoints.iter().map(|e| e.pod.clone()).collect())
}

/// Every node hangs from the rail.
fn stems(l: &Layout) -> Html {
    html! { <path class="stem" d={l.nodes.iter().map(|card| stem(l, card)).collect::<String>()} /> }
}

/// From the rail to a card: straight down to the first row, along the gap beside a card to the rows below.
fn stem(l: &Layout, card: &Spot) -> String {
    let first_row = l.nodes.first().is_some_and(|first| first.y == card.y);
    if first_row && !l.narrow {
        format!("M{} {}V{}", card.cx(), l.rail.bottom(), card.y)
    } else {
        format!("M{} {}V{}H{}", card.x - 7.0, l.rail.bottom(), card.y + 20.0, card.x)
    }
}
