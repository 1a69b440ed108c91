//! The chain of causes over the picture, while somebody asks why: a number for each step where its author stands, and a
//! ring around what it wrote, from the first cause to the last.

use std::rc::Rc;

use orrery_view::calls::Caller;
use orrery_view::layout::{Layout, Spot, spot_of};
use orrery_view::scene::Scene;
use yew::prelude::*;

use super::super::chain::use_chain;
use crate::ui::{Asked, use_words};
use crate::walk::{use_lit, use_walk};

/// Properties of the lit chain.
#[derive(Properties, PartialEq)]
pub struct WhyWayProps {
    /// What is drawn.
    pub scene: Rc<Scene>,
    /// Where it stands.
    pub layout: Rc<Layout>,
}

/// The chain of what is asked about, if anything is.
#[component]
pub fn WhyWay(props: &WhyWayProps) -> Html {
    match use_lit() {
        Some(asked) => html! { <Lit {asked} scene={props.scene.clone()} layout={props.layout.clone()} /> },
        None => html! {},
    }
}

#[derive(Properties, PartialEq)]
struct LitProps {
    asked: Asked,
    scene: Rc<Scene>,
    layout: Rc<Layout>,
}

#[component]
fn Lit(props: &LitProps) -> Html {
    let w = use_words();
    let walk = use_walk().filter(|walk| walk.asked == props.asked);
    let chain = use_chain(&props.asked);
    let Some(steps) = chain.map(|chain| chain.steps()) else { return html! {} };
    let l = &*props.layout;
    let mut taken: Vec<(f64, f64)> = Vec::new();
    html! {
        <g class={classes!("lit-chain", walk.as_ref().map(|_| "walked"))} key={format!("{}-{:?}", props.asked.id.key(), props.asked.field)}
            pointer-events="none" role="img" aria-label={(w.reasons.steps)(steps.len())}>
            { for steps.iter().enumerate().map(|(i, one)| {
                let author = place(l, &props.scene, &one.caller);
                let to = one.object.as_ref().and_then(|id| spot_of(l, &props.scene, id));
                let at = author.map(|spot| {
                    let (x, y) = foot(&spot, &one.caller);
                    let beside = taken.iter().filter(|known| **known == (x, y)).count();
                    taken.push((x, y));
                    (x + 17.0 * beside as f64, y)
                });
                let here = walk.as_ref().is_some_and(|walk| walk.at == i);
                step(l, i, at, [to, author.filter(|_| here)], here)
            }) }
        </g>
    }
}

/// The box of a caller.
fn place(l: &Layout, scene: &Scene, caller: &Caller) -> Option<Spot> {
    Some(match caller {
        Caller::Outside => l.rail,
        Caller::Store => l.etcd,
        Caller::Scheduler => l.scheduler,
        Caller::Controller(_) => l.controllers,
        Caller::Node(name) => {
            let at = scene.nodes.iter().position(|node| node.id.name == *name)?;
            *l.nodes.get(at)?
        }
    })
}

/// Where the numbers of a caller begin: at the left corner of its box, the lower one but for a node's.
fn foot(spot: &Spot, caller: &Caller) -> (f64, f64) {
    match caller {
        Caller::Node(_) => (spot.x + 12.0, spot.y),
        _ => (spot.x + 12.0, spot.bottom()),
    }
}

/// A step: its number, the way to what was written, and rings around that and, where it is looked at, around who acted.
fn step(l: &Layout, index: usize, at: Option<(f64, f64)>, rings: [Option<Spot>; 2], here: bool) -> Html {
    let style = format!("--i:{index}");
    let way = at.zip(rings[0]).map(|((x, y), to)| {
        let rail = l.rail.bottom() - 5.0;
        format!("M{x:.1} {y:.1}L{x:.1} {rail:.1}L{:.1} {rail:.1}L{:.1} {:.1}", to.cx(), to.cx(), to.y)
    });
    html! {
        <g key={index.to_string()} class={classes!("lit-step", here.then_some("here"))} {style}>
            if let Some(way) = way { <path class="lit-way" d={way} /> }
            { for rings.iter().flatten().map(|it| html! {
                <rect class="lit-ring" x={(it.x - 3.0).to_string()} y={(it.y - 3.0).to_string()} width={(it.w + 6.0).to_string()} height={(it.h + 6.0).to_string()} rx="10" />
            }) }
            if let Some((x, y)) = at {
                <g class="stop-number" style={format!("--i:0;transform:translate({x:.1}px,{y:.1}px)")}>
                    <circle r="8" /><text class="mid s9" y="3.4">{index + 1}</text>
                </g>
            }
        </g>
    }
}
