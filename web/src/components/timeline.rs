//! The strip of the run: how much happened when, what the person did, and where time stands.

use orrery_view::timeline::{Mark, Timeline};
use yew::prelude::*;

use super::transport::hms;

/// The strip is drawn on a sheet of this width and stretched.
const WIDTH: f64 = 1200.0;
const HIGHEST: f64 = 20.0;
/// The words of a mark take so many per cent of the strip.
const ROOM: f64 = 12.0;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Properties of the strip.
#[derive(Properties, PartialEq)]
pub struct StripProps {
    /// Writes over time.
    pub timeline: Timeline,
    /// What the person did.
    pub marks: Vec<Mark>,
    /// Virtual time in nanoseconds.
    pub now: u64,
    /// Goes to a moment.
    pub seek: Callback<u64>,
}

/// Bars, a line, marks with their words, and the present.
#[component]
pub fn Strip(props: &StripProps) -> Html {
    let StripProps { timeline, marks, now, .. } = props;
    let share = |at: u64| at.min(timeline.span) as f64 / timeline.span.max(1) as f64;
    let here = share(*now) * 100.0;
    html! {
        <div class="strip">
            { bars(&timeline.bins, share(*now)) }
            <div class="line"><i style={format!("width:{here:.3}%")} /></div>
            { for labelled(marks, timeline.span).into_iter().map(|(mark, left, room)| button(props, mark, left, room)) }
            <b class="here" style={format!("left:{here:.3}%")} />
        </div>
    }
}

/// What was done, where it was done. The arrow keys with Shift go from one to the next, so that Tab need not.
fn button(props: &StripProps, mark: &Mark, left: f64, room: bool) -> Html {
    let (seek, at) = (props.seek.clone(), mark.at);
    let called = format!("{} {}", hms(at / NANOS_PER_SECOND), mark.label);
    let onclick = move |_: MouseEvent| seek.emit(at);
    html! {
        <button class={classes!("mark", (!room).then_some("bare"))} tabindex="-1" style={format!("left:{left:.3}%")}
            title={called.clone()} aria-label={called} {onclick}>{if room { &*mark.label } else { "" }}</button>
    }
}

/// Bars grow with the logarithm, so that an apply does not flatten everything else.
fn bars(bins: &[u32], now: f64) -> Html {
    let step = WIDTH / bins.len().max(1) as f64;
    let most = bins.iter().copied().max().unwrap_or(0).max(8);
    let high = |n: u32| f64::from(n).ln_1p() / f64::from(most).ln_1p() * HIGHEST;
    let path = |part: &dyn Fn(f64) -> bool| {
        let shown = bins.iter().enumerate().filter(|(i, n)| **n > 0 && part(*i as f64 / bins.len() as f64));
        shown
            .map(|(i, n)| {
                format!("M{:.1} {HIGHEST}V{:.1}", (i as f64 + 0.5) * step, HIGHEST - high(*n).max(2.0))
            })
            .collect::<String>()
    };
    html! {
        <svg class="bars" viewBox={format!("0 0 {WIDTH} {HIGHEST}")} preserveAspectRatio="none" aria-hidden="true">
            <path class="past" d={path(&|at| at <= now)} />
            <path class="ahead" d={path(&|at| at > now)} />
        </svg>
    }
}

/// Marks with their places in per cent of the strip, and whether there is room for their words: where several fall together only
/// the first has it.
fn labelled(marks: &[Mark], span: u64) -> impl Iterator<Item = (&Mark, f64, bool)> {
    let mut last = f64::NEG_INFINITY;
    marks.iter().map(move |mark| {
        let left = mark.at as f64 / span.max(1) as f64 * 100.0;
        let room = left - last > ROOM;
        if room {
            last = left;
        }
        (mark, left, room)
    })
}
