//! A Deployment between ReplicaSets: both sides, and available pods against the two limits that the strategy sets.

use orrery_view::layout::Spot;
use orrery_view::scene::{RolloutLane, RolloutSide};
use orrery_view::words;
use yew::prelude::*;

use super::super::pod::symbol;
use crate::i18n::Words;
use crate::ui::use_words;

/// Properties of a lane.
#[derive(Properties, PartialEq)]
pub struct RolloutProps {
    /// The Deployment.
    pub lane: RolloutLane,
    /// Where it stands.
    pub spot: Spot,
    /// The limits stand below the sides instead of beside them.
    pub narrow: bool,
    /// Whether it is selected.
    pub chosen: bool,
}

/// The most pods of one side that are drawn one by one.
const SHOWN: usize = 12;

/// A lane.
#[component]
pub fn Rollout(props: &RolloutProps) -> Html {
    let w = use_words();
    let RolloutProps { lane, spot, narrow, chosen } = props;
    let (label, sides) = if *narrow { (spot.w * 0.42, spot.w) } else { (spot.w * 0.25, spot.w * 0.56) };
    let note = lane.note.as_deref().unwrap_or_default();
    let (bar_x, bar_end, bar_y) = if *narrow {
        (16.0, spot.w - 26.0, lane.sides.len() as f64 * 26.0 + 48.0)
    } else {
        (sides + 16.0, spot.w - 34.0, 37.0_f64.max(lane.sides.len() as f64 * 13.0 + 10.0))
    };
    html! {
        <g class={classes!("rollout", format!("h{}", lane.hue), chosen.then_some("chosen"), (!note.is_empty()).then_some("stuck"))}
            data-ref={lane.id.key()} role="button" tabindex="0"
            style={format!("transform:translate({:.1}px,{:.1}px)", spot.x, spot.y)}>
            <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="12" />
            { for lane.sides.iter().enumerate().map(|(i, s)| side(s, 28.0 + 26.0 * i as f64, label, sides)) }
            { partition(lane, label, sides, w) }
            { limits(lane, bar_x, bar_end, bar_y, w) }
            if !note.is_empty() {
                <text class="s10" x="16" y={(spot.h - 12.0).to_string()}>{words::clip(note, 10.5, spot.w - 32.0)}</text>
            }
        </g>
    }
}

fn side(side: &RolloutSide, y: f64, label: f64, end: f64) -> Html {
    let room = room(label, end);
    let count = side.pods.iter().flatten().count();
    let rest = side.pods.len().saturating_sub(room);
    // The hash tells the sides apart; the Deployment's name is in the heading.
    let hash = side.id.name.rsplit('-').next().unwrap_or_default();
    let name = format!("{} {hash}", side.image.rsplit('/').next().unwrap_or_default());
    html! {
        <g>
            <text class={classes!("m", "s11", if side.new { "b" } else { "mu" })} x="16" y={y.to_string()}>{words::clip(&name, 12.0, label - 20.0)}<title>{name.clone()}</title></text>
            { for side.pods.iter().take(room).enumerate().filter_map(|(i, state)| Some((i, (*state)?))).map(|(i, state)| html! {
                <use href={format!("#pod-{}", symbol(state))} x={(label + 22.0 * i as f64).to_string()} y={(y - 13.0).to_string()} width="18" height="18" />
            }) }
            if rest > 0 { <text class="mu s10" x={(label + 22.0 * room as f64 + 2.0).to_string()} y={y.to_string()}>{format!("+{rest}")}</text> }
            <text class="mu m s10 end" x={end.to_string()} y={y.to_string()}>{side.desired.map_or_else(|| count.to_string(), |desired| format!("{count} / {desired}"))}</text>
        </g>
    }
}

/// How many pods of a side are drawn one by one.
fn room(label: f64, end: f64) -> usize {
    (((end - label - 60.0) / 22.0).max(1.0) as usize).min(SHOWN)
}

/// A StatefulSet's partition: the ordinals before the line keep their revision.
fn partition(lane: &RolloutLane, label: f64, end: f64, w: &Words) -> Html {
    let shown = |(_, column): &(u32, u32)| *column as usize <= room(label, end);
    let Some((ordinal, column)) = lane.partition.filter(shown) else { return html! {} };
    let x = label + 22.0 * f64::from(column) - 2.0;
    let bottom = 16.0 + 26.0 * lane.sides.len() as f64;
    html! {
        <g>
            <path class="limit" d={format!("M{x} 13V{bottom}")} />
            <text class="mu s9 mid" x={x.to_string()} y="10">{format!("partition {ordinal}")}<title>{(w.partition)(ordinal)}</title></text>
        </g>
    }
}

/// One bar: available pods, the fewest that may be available, the most that may exist.
fn limits(lane: &RolloutLane, x: f64, end: f64, y: f64, w: &Words) -> Html {
    let scale = (end - x) / f64::from(lane.max_total.max(1));
    let at = |n: u32| x + scale * f64::from(n);
    let (least, most, now) =
        (at(lane.min_available), at(lane.max_total), at(lane.available.min(lane.max_total)));
    let anchor = if least - x < 60.0 { "" } else { "mid" };
    html! {
        <g>
            <path class="bar" d={format!("M{x} {y}H{end}")} />
            if lane.available > 0 { <path class="bar-on" d={format!("M{x} {y}H{now}")} /> }
            <path class="limit" d={format!("M{least} {}V{}M{most} {}V{}", y - 14.0, y + 14.0, y - 14.0, y + 14.0)} />
            <text class={classes!("mu", "s10", anchor)} x={least.to_string()} y={(y - 18.0).to_string()}>{(w.min_available)(lane.min_available)}</text>
            <text class="mu s10 end" x={(most + 16.0).to_string()} y={(y + 26.0).to_string()}>{(w.max_pods)(lane.max_total)}</text>
            <text class="b s10" x={x.to_string()} y={(y + 26.0).to_string()}>{(w.available)(lane.available, lane.desired)}</text>
        </g>
    }
}
