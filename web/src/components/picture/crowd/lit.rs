//! What is lit on the map: the chain of causes while somebody asks why, else what the last line in the console is about. Each
//! has an outline where it stands, and all are listed, so that they can be found: a click goes to the place.

use std::rc::Rc;

use orrery_view::calls::Caller;
use orrery_view::crowd::{Camera, Crowd, Lit};
use orrery_view::scene::ObjectRef;
use orrery_view::why::Step;
use yew::prelude::*;

use super::super::super::chain::use_chain;
use super::super::super::icon::{Icon, draw};
use crate::session::{Entry, use_view};
use crate::ui::{Asked, use_ui, use_words};
use crate::walk::{use_lit, use_walk};

/// An outline is never smaller than this many pixels.
const SMALLEST: f64 = 16.0;
/// So many objects are lit at most.
const MOST: usize = 60;
/// So many of them are listed.
const LISTED: usize = 8;

/// Where the screen stands over the map.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stand {
    /// The camera.
    pub camera: Camera,
    /// Tiles in a row.
    pub columns: usize,
}

/// Properties of the lights.
#[derive(Properties, PartialEq, Clone)]
pub struct LightsProps {
    /// Where the screen stands.
    pub stand: Stand,
    /// The map.
    pub crowd: Rc<Crowd>,
    /// Goes to a tile.
    pub go: Callback<usize>,
}

/// What is lit now, if anything is.
#[component]
pub fn Lights(props: &LightsProps) -> Html {
    match use_lit() {
        Some(asked) => html! { <OfChain {asked} map={props.clone()} /> },
        None => html! { <OfLine map={props.clone()} /> },
    }
}

#[derive(Properties, PartialEq)]
struct OfChainProps {
    asked: Asked,
    map: LightsProps,
}

/// The steps of the chain of causes, by their numbers.
#[component]
fn OfChain(props: &OfChainProps) -> Html {
    let w = use_words();
    let here = use_walk().filter(|walk| walk.asked == props.asked).map(|walk| walk.at + 1);
    let steps = use_chain(&props.asked).map(|chain| chain.steps()).unwrap_or_default();
    html! { <Marks title={w.walk.lit_chain} marks={marks(&steps)} {here} map={props.map.clone()} /> }
}

/// Who acted and what was written, each with the number of its step. Of those who act only kubelets stand on the map.
fn marks(steps: &[Step]) -> Vec<(ObjectRef, usize)> {
    let mut marks = Vec::new();
    for (step, number) in steps.iter().zip(1..) {
        if let Caller::Node(name) = &step.caller {
            marks.push((ObjectRef::new("Node", "", name), number));
        }
        marks.extend(step.object.iter().map(|id| (id.clone(), number)));
    }
    marks
}

#[derive(Properties, PartialEq)]
struct OfLineProps {
    map: LightsProps,
}

/// What the last line in the console is about, until it is put out.
#[component]
fn OfLine(props: &OfLineProps) -> Html {
    let w = use_words();
    let out = use_state(|| None::<Rc<Entry>>);
    let last = use_view((), |session, ()| session.paper().entries.last().cloned());
    let Some(entry) = (*last).clone().filter(|entry| out.as_ref() != Some(entry)) else { return html! {} };
    let marks: Vec<_> = entry.touched.iter().take(MOST).map(|id| (id.clone(), 0)).collect();
    let unlight = Callback::from(move |_: MouseEvent| out.set(Some(entry.clone())));
    html! { <Marks title={w.walk.lit_line} {marks} {unlight} map={props.map.clone()} /> }
}

#[derive(Properties, PartialEq)]
struct MarksProps {
    title: &'static str,
    /// What is lit, each with a number; 0 for none.
    marks: Vec<(ObjectRef, usize)>,
    /// The number that is looked at.
    #[prop_or_default]
    here: Option<usize>,
    #[prop_or_default]
    unlight: Option<Callback<MouseEvent>>,
    map: LightsProps,
}

/// Outlines over the map, and the list of what they are.
#[component]
fn Marks(props: &MarksProps) -> Html {
    let (ui, w) = (use_ui(), use_words());
    let ids: Vec<ObjectRef> = props.marks.iter().map(|(id, _)| id.clone()).collect();
    let found = use_view((ui.namespace.clone(), ids), |session, (namespace, ids)| {
        session.read(|engine| engine.lit(namespace.as_deref(), ids))
    });
    if found.is_empty() {
        return html! {};
    }
    let numbers = |lit: &Lit| {
        let own = props.marks.iter().filter(|(id, number)| *id == lit.id && *number > 0);
        own.map(|(_, number)| number.to_string()).collect::<Vec<_>>().join(" ")
    };
    let here =
        |lit: &Lit| props.marks.iter().any(|(id, number)| *id == lit.id && Some(*number) == props.here);
    let class = |lit: &Lit| classes!(here(lit).then_some("here"));
    let more = found.len().saturating_sub(LISTED);
    html! {
        <>
            <svg class={classes!("crowd-lit", props.here.map(|_| "walked"))} aria-hidden="true">
                { for found.iter().filter_map(|lit| outline(lit, &numbers(lit), class(lit), &props.map)) }
            </svg>
            <section class="crowd-legend" aria-label={props.title}>
                <b>{props.title}</b>
                if let Some(onclick) = &props.unlight {
                    <button class="btn icon quiet" title={w.walk.unlight} aria-label={w.walk.unlight} {onclick}>{draw(Icon::Close)}</button>
                }
                <ul>
                    { for found.iter().take(LISTED).map(|lit| row(lit, numbers(lit), class(lit), w.walk.off_map, &props.map.go)) }
                    if more > 0 { <li class="muted">{(w.walk.lit_more)(more)}</li> }
                </ul>
            </section>
        </>
    }
}

/// The outline of an object: dashed around a node, whole around a pod; with the numbers of its steps.
fn outline(lit: &Lit, numbers: &str, class: Classes, map: &LightsProps) -> Option<Html> {
    let [x, y, size] = map.crowd.spot(&map.stand.camera, map.stand.columns, lit.tile?, lit.cell);
    let edge = size.max(SMALLEST);
    let (x, y) = (x - (edge - size) / 2.0, y - (edge - size) / 2.0);
    let kind = if lit.cell.is_some() { "of-pod" } else { "of-node" };
    let [left, top, wide] = [x, y, edge].map(|at| format!("{at:.1}"));
    Some(html! {
        <g key={lit.id.key()} class={classes!(kind, class)}>
            <rect class="halo" x={left.clone()} y={top.clone()} width={wide.clone()} height={wide.clone()} rx="4" />
            <rect x={left} y={top} width={wide.clone()} height={wide} rx="4" />
            if !numbers.is_empty() { <text x={format!("{:.1}", x + edge + 4.0)} y={format!("{:.1}", y + 11.0)}>{numbers.to_owned()}</text> }
        </g>
    })
}

/// A line of the list; a click goes to the place.
fn row(lit: &Lit, numbers: String, class: Classes, off_map: &'static str, go: &Callback<usize>) -> Html {
    let name = format!("{} {}", lit.id.kind, lit.id.name);
    let beside = match (lit.tile, &*lit.node) {
        (None, _) => off_map,
        (Some(_), node) if node == &*lit.id.name => "",
        (Some(_), node) => node,
    };
    let text = html! { <><span class="stop">{numbers}</span><span>{name}</span><small class="muted">{beside.to_owned()}</small></> };
    let go = lit.tile.map(|tile| go.reform(move |_: MouseEvent| tile));
    html! {
        <li key={lit.id.key()} {class}>
            { match go {
                Some(onclick) => html! { <button class="link" {onclick}>{text}</button> },
                None => html! { <span class="off">{text}</span> },
            } }
        </li>
    }
}
