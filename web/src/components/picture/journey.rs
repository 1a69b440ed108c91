//! A followed request over the picture: its way, a packet that goes along it, a number at every hop, and the shape of its end.

use std::rc::Rc;

use orrery_view::journey::Followed;
use orrery_view::layout::{Layout, Leg, route};
use orrery_view::scene::Scene;
use yew::prelude::*;

use super::super::traffic::glyph;
use crate::session::use_view;
use crate::ui::use_ui;

/// Properties of the way.
#[derive(Properties, PartialEq)]
pub struct JourneyProps {
    /// What is drawn.
    pub scene: Rc<Scene>,
    /// Where it stands.
    pub layout: Rc<Layout>,
}

/// The request that is looked at, if any.
#[component]
pub fn JourneyWay(props: &JourneyProps) -> Html {
    let ui = use_ui();
    let found = use_view(ui.journey, |session, number| {
        number.and_then(|number| session.read(|engine| engine.journey(number)))
    });
    let Some(journey) = &*found else { return html! {} };
    let legs = route(&props.layout, &props.scene, &journey.from, &journey.stops());
    let at = ui.hop.map_or(legs.len(), |hop| hop.min(legs.len()));
    html! {
        <g key={format!("{}-{:?}", journey.number, ui.hop)} class={classes!("journey", (!journey.ending.is_well()).then_some("failed"))} pointer-events="none">
            { for legs.iter().enumerate().filter(|(_, leg)| !leg.path.is_empty()).map(|(i, leg)| html! {
                <path class={classes!("leg-way", if i < at { "gone" } else { "ahead" }, (ui.hop == Some(i + 1)).then_some("here"))} d={leg.path.clone()} pathLength="1" style={format!("--i:{i}")} />
            }) }
            { packet(&legs, at, ui.hop) }
            { numbers(&legs, at) }
            if at == legs.len() { { end(journey, &legs) } }
        </g>
    }
}

/// The packet: along the whole way, or along the hop that is looked at.
fn packet(legs: &[Leg], at: usize, hop: Option<usize>) -> Html {
    let of = if hop.is_some() { &legs[at.saturating_sub(1)..at] } else { legs };
    html! {
        <>
            { for of.iter().enumerate().filter(|(_, leg)| !leg.path.is_empty()).map(|(i, leg)| html! {
                <rect class="packet" x="-6" y="-4.5" width="12" height="9" rx="2" style={format!("offset-path:path('{}');--i:{i}", leg.path)} />
            }) }
        </>
    }
}

/// A number at each stop; several hops at one place stand beside each other.
fn numbers(legs: &[Leg], at: usize) -> Html {
    html! {
        <>
            { for legs.iter().enumerate().filter(|(i, leg)| *i < at && leg.at != (0.0, 0.0)).map(|(i, leg)| {
                let before = legs[..i].iter().filter(|other| other.at == leg.at).count();
                let (x, y) = (leg.at.0 - 17.0 * before as f64, leg.at.1);
                html! {
                    <g class="stop-number" style={format!("--i:{i};transform:translate({x:.1}px,{y:.1}px)")}>
                        <circle r="8" /><text class="mid s9" y="3.4">{i + 1}</text>
                    </g>
                }
            }) }
        </>
    }
}

/// The shape of the end, at the last stop.
fn end(journey: &Followed, legs: &[Leg]) -> Html {
    let Some(last) = legs.last() else { return html! {} };
    let (name, d) = glyph::shape(&journey.ending);
    let before = legs.iter().filter(|other| other.at == last.at).count();
    let x = last.at.0 - 17.0 * before as f64 - 4.0;
    html! {
        <g class={classes!("end-shape", name)} data-ending={name} style={format!("--i:{};transform:translate({x:.1}px,{:.1}px)", legs.len(), last.at.1)}>
            <circle r="11" /><path {d} transform="translate(-8 -8)" />
        </g>
    }
}
