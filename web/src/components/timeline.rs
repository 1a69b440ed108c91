//! The strip of the run: how much happened when, what the person did, and where time stands.

use orrery_view::timeline::{Mark, Timeline};
use yew::prelude::*;

/// The strip is drawn on a sheet of this width and stretched.
const WIDTH: f64 = 1200.0;
const HIGHEST: f64 = 20.0;

/// Properties of the strip.
#[derive(Properties, PartialEq)]
pub struct StripProps {
    /// Writes over time.
    pub timeline: Timeline,
    /// What the person did.
    pub marks: Vec<Mark>,
    /// Virtual time in nanoseconds.
    pub now: u64,
}

/// Bars, a line, marks with their words, and the present.
#[component]
pub fn Strip(props: &StripProps) -> Html {
    let StripProps { timeline, marks, now } = props;
    let share = |at: u64| at as f64 / timeline.span.max(1) as f64;
    let here = share(*now) * 100.0;
    html! {
        <div class="strip" aria-hidden="true">
            { bars(&timeline.bins, share(*now)) }
            <div class="line"><i style={format!("width:{here:.3}%")} /></div>
            { for labelled(marks, timeline.span).into_iter().map(|(at, label)| html! {
                <span class="mark" style={format!("left:{at:.3}%")}>{label}</span>
            }) }
            <b class="here" style={format!("left:{here:.3}%")} />
        </div>
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
        <svg viewBox={format!("0 0 {WIDTH} {HIGHEST}")} preserveAspectRatio="none">
            <path class="past" d={path(&|at| at <= now)} />
            <path class="ahead" d={path(&|at| at > now)} />
        </svg>
    }
}

/// Marks in per cent of the strip. Where several fall together only the first says its words.
fn labelled(marks: &[Mark], span: u64) -> Vec<(f64, String)> {
    let mut last = f64::NEG_INFINITY;
    let mut out = Vec::new();
    for mark in marks {
        let at = mark.at as f64 / span.max(1) as f64 * 100.0;
        let room = at - last > 12.0;
        if room {
            last = at;
        }
        out.push((at, if room { mark.label.to_string() } else { String::new() }));
    }
    out
}
