//! The chain of causes over the picture, while somebody asks why: a number for each step where its author stands, and a
//! ring around what it wrote, from the first cause to the last.

use std::rc::Rc;

use orrery_view::calls::Caller;
use orrery_view::layout::{Layout, Spot, spot_of};
use orrery_view::scene::{ObjectRef, Scene};
use orrery_view::why::{Chain, Start};
use yew::prelude::*;

use super::super::why::use_chain;
use crate::ui::{Asked, use_ui, use_words};

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
    match &use_ui().why {
        Some(asked) => {
            html! { <Lit asked={asked.clone()} scene={props.scene.clone()} layout={props.layout.clone()} /> }
        }
        None => html! {},
    }
}

#[derive(Properties, PartialEq)]
struct LitProps {
    asked: Asked,
    scene: Rc<Scene>,
    layout: Rc<Layout>,
}

/// A step: who acted, and what was written, oldest first.
type Step<'a> = (Caller, Option<&'a ObjectRef>);

#[component]
fn Lit(props: &LitProps) -> Html {
    let w = use_words();
    let chain = use_chain(&props.asked);
    let Some(chain) = &*chain else { return html! {} };
    let steps = steps(chain);
    let l = &*props.layout;
    let mut taken: Vec<(f64, f64)> = Vec::new();
    html! {
        <g class="lit-chain" key={format!("{}-{:?}", props.asked.id.key(), props.asked.field)} pointer-events="none"
            role="img" aria-label={(w.reasons.steps)(steps.len())}>
            { for steps.iter().enumerate().map(|(i, (caller, object))| {
                let from = stand(l, &props.scene, caller);
                let to = object.and_then(|id| spot_of(l, &props.scene, id));
                let at = from.map(|(x, y)| {
                    let beside = taken.iter().filter(|known| **known == (x, y)).count();
                    taken.push((x, y));
                    (x + 17.0 * beside as f64, y)
                });
                step(l, i, at, to)
            }) }
        </g>
    }
}

fn steps(chain: &Chain) -> Vec<Step<'_>> {
    let person = matches!(chain.start, Start::Person(_)).then_some((Caller::Outside, None));
    let writes = chain.links.iter().rev().map(|link| (link.caller.clone(), Some(&link.object)));
    person.into_iter().chain(writes).collect()
}

/// Where the numbers of a caller begin: at the lower left corner of its box.
fn stand(l: &Layout, scene: &Scene, caller: &Caller) -> Option<(f64, f64)> {
    let corner = |spot: &Spot| (spot.x + 12.0, spot.bottom());
    Some(match caller {
        Caller::Outside => (l.rail.x + 12.0, l.rail.bottom()),
        Caller::Store => corner(&l.etcd),
        Caller::Scheduler => corner(&l.scheduler),
        Caller::Controller(_) => corner(&l.controllers),
        Caller::Node(name) => {
            let at = scene.nodes.iter().position(|node| node.id.name == *name)?;
            let card = l.nodes.get(at)?;
            (card.x + 12.0, card.y)
        }
    })
}

fn step(l: &Layout, index: usize, at: Option<(f64, f64)>, to: Option<Spot>) -> Html {
    let style = format!("--i:{index}");
    let way = at.zip(to).map(|((x, y), to)| {
        let rail = l.rail.bottom() - 5.0;
        format!("M{x:.1} {y:.1}L{x:.1} {rail:.1}L{:.1} {rail:.1}L{:.1} {:.1}", to.cx(), to.cx(), to.y)
    });
    html! {
        <g key={index.to_string()} class="lit-step" {style}>
            if let Some(way) = way { <path class="lit-way" d={way} /> }
            if let Some(to) = to {
                <rect class="lit-ring" x={(to.x - 3.0).to_string()} y={(to.y - 3.0).to_string()} width={(to.w + 6.0).to_string()} height={(to.h + 6.0).to_string()} rx="10" />
            }
            if let Some((x, y)) = at {
                <g class="stop-number" style={format!("--i:0;transform:translate({x:.1}px,{y:.1}px)")}>
                    <circle r="8" /><text class="mid s9" y="3.4">{index + 1}</text>
                </g>
            }
        </g>
    }
}
