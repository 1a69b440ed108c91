//! Pods that no node has taken, and the scheduler's words about them.

use orrery_view::layout::Spot;
use orrery_view::scene::Waiting;
use orrery_view::words;
use yew::prelude::*;

/// Properties of the lane.
#[derive(Properties, PartialEq)]
pub struct WaitingProps {
    /// Who waits.
    pub waiting: Waiting,
    /// Where.
    pub spot: Spot,
}

/// The lane. Its pods stand on the layer of all pods.
#[component]
pub fn WaitingLane(props: &WaitingProps) -> Html {
    let WaitingProps { waiting, spot } = props;
    let lines = if spot.w < 560.0 { 3 } else { 2 };
    let why = waiting.why.as_deref().unwrap_or_default();
    let lines = words::wrap(why, 11.0, spot.w - 28.0, lines);
    let top = spot.bottom() + 3.0 - 14.0 * lines.len() as f64;
    html! {
        <g class="stuck">
            <rect class="box" x={spot.x.to_string()} y={spot.y.to_string()} width={spot.w.to_string()} height={spot.h.to_string()} rx="12" />
            { for lines.iter().enumerate().map(|(i, line)| html! {
                <text class="s11" x={(spot.x + 14.0).to_string()} y={(top + 14.0 * i as f64).to_string()}>{line}</text>
            }) }
            <title>{why.to_owned()}</title>
        </g>
    }
}
