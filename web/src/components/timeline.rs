//! The strip of the run: how much happened when, what the person did, where time stands, and the other futures.

use orrery_view::timeline::{Mark, Timeline};
use yew::prelude::*;

use super::transport::hms;
use crate::futures::hue;
use crate::i18n::TimeWords;
use crate::ui::use_words;

/// The strip is drawn on a sheet of this width and stretched.
const WIDTH: f64 = 1200.0;
const HIGHEST: f64 = 20.0;
/// The words of a mark take so many per cent of the strip.
const ROOM: f64 = 12.0;
/// What lies so near to each other, in per cent of the strip, is pointed at together.
const NEAR: f64 = 0.8;
/// More tracks than this are only in the list of branches.
pub const TRACKS: usize = 2;
/// The first track lies so far below the top, and each further one so much lower, in pixels.
const FIRST_TRACK: usize = 60;
const TRACK_HEIGHT: usize = 24;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Another future, as a track below the strip.
#[derive(Clone, PartialEq, Debug)]
pub struct Track {
    /// Which branch it is.
    pub branch: usize,
    /// Where it leaves the branch that is shown.
    pub from: u64,
    /// How far it is known.
    pub end: u64,
    /// What was done first on it.
    pub label: String,
}

/// Properties of the strip.
#[derive(Properties, PartialEq)]
pub struct StripProps {
    /// Writes over time.
    pub timeline: Timeline,
    /// What the person did.
    pub marks: Vec<Mark>,
    /// Virtual time in nanoseconds.
    pub now: u64,
    /// The other futures.
    pub tracks: Vec<Track>,
    /// Goes to a moment.
    pub seek: Callback<u64>,
    /// Goes to another future.
    pub switch: Callback<usize>,
}

/// Bars, a line, marks with their words, the present, and a track for each other future.
#[component]
pub fn Strip(props: &StripProps) -> Html {
    let t = use_words().timed;
    let StripProps { timeline, marks, now, tracks, .. } = props;
    let share = |at: u64| at.min(timeline.span) as f64 / timeline.span.max(1) as f64;
    let here = share(*now) * 100.0;
    html! {
        <div class="strip">
            { bars(&timeline.bins, share(*now)) }
            <div class="line"><i style={format!("width:{here:.3}%")} /></div>
            { for tracks.iter().take(TRACKS).enumerate().map(|(lane, track)| other_future(props, track, lane, &share, t)) }
            { for labelled(marks, timeline.span).map(|(mark, left, side)| button(props, mark, left, side)) }
            <b class="here" style={format!("left:{here:.3}%")} />
        </div>
    }
}

/// Where the words of a mark are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    After,
    Before,
    Nowhere,
}

/// What was done, where it was done. The arrow keys with Shift go from one to the next, so that Tab need not.
fn button(props: &StripProps, mark: &Mark, left: f64, side: Side) -> Html {
    let (seek, at) = (props.seek.clone(), mark.at);
    let called = format!("{} {}", hms(at / NANOS_PER_SECOND), mark.label);
    let onclick = move |_: MouseEvent| seek.emit(at);
    let (class, words) = match side {
        Side::After => ("mark", &*mark.label),
        Side::Before => ("mark before", &*mark.label),
        Side::Nowhere => ("mark bare", ""),
    };
    let style = match side {
        Side::Before => format!("right:{:.3}%", 100.0 - left),
        _ => format!("left:{left:.3}%"),
    };
    html! {
        <button {class} tabindex="-1" {style} title={called.clone()} aria-label={called} {onclick}>{words}</button>
    }
}

/// What there is to say of a moment: when it is, what was done there, and how much changed.
pub fn told(timeline: &Timeline, marks: &[Mark], at: u64, t: &TimeWords) -> String {
    let span = timeline.span.max(1);
    let near = (span as f64 * NEAR / 100.0) as u64;
    let bin = (at as u128 * timeline.bins.len() as u128 / span as u128) as usize;
    let mut told = vec![hms(at / NANOS_PER_SECOND)];
    told.extend(
        marks.iter().filter(|mark| mark.at.abs_diff(at) <= near).take(2).map(|mark| mark.label.to_string()),
    );
    told.extend(timeline.bins.get(bin).filter(|n| **n > 0).map(|n| (t.changes)(*n as usize)));
    told.join(" · ")
}

/// A line that leaves the strip, and a button along it.
fn other_future(
    props: &StripProps,
    track: &Track,
    lane: usize,
    share: &dyn Fn(u64) -> f64,
    t: &TimeWords,
) -> Html {
    let (from, end) = (share(track.from), share(track.end.max(track.from)));
    let top = FIRST_TRACK + lane * TRACK_HEIGHT;
    let down = (top + TRACK_HEIGHT - 2) as f64;
    // Down along the tick of what was done instead, and then on beside the strip.
    let (x, turn, bend) = (from * WIDTH, (from * WIDTH + 10.0).min(WIDTH), down - 9.0);
    let d = format!("M{x:.1} 32V{bend}Q{x:.1} {down} {turn:.1} {down}H{:.1}", (end * WIDTH).max(turn));
    let (switch, branch) = (props.switch.clone(), track.branch);
    let onclick = move |_: MouseEvent| switch.emit(branch);
    let called = (t.switch_to)(&track.label, &hms(track.from / NANOS_PER_SECOND));
    let side = if from > 0.75 {
        format!("right:{:.3}%", (1.0 - from) * 100.0)
    } else {
        format!("left:calc({:.3}% + 14px)", from * 100.0)
    };
    let hue = hue(branch);
    html! {
        <>
            <svg class={classes!("way", hue.clone())} viewBox={format!("0 0 {WIDTH} 110")} preserveAspectRatio="none" aria-hidden="true"><path {d} /></svg>
            <button class={classes!("track", hue)} style={format!("{side};top:{}px", top - 2)} title={called.clone()} aria-label={called} {onclick}>{&track.label}</button>
        </>
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

/// Marks with their places in per cent of the strip, and where their words are: where several fall together only the first
/// has any, and at the end of the strip they stand before their mark.
fn labelled(marks: &[Mark], span: u64) -> impl Iterator<Item = (&Mark, f64, Side)> {
    let mut taken = f64::NEG_INFINITY;
    marks.iter().map(move |mark| {
        let left = mark.at as f64 / span.max(1) as f64 * 100.0;
        let side = match left - taken {
            free if left + ROOM <= 100.0 && free > 0.0 => Side::After,
            free if left + ROOM > 100.0 && free > ROOM => Side::Before,
            _ => Side::Nowhere,
        };
        match side {
            Side::After => taken = left + ROOM,
            Side::Before => taken = left,
            Side::Nowhere => {}
        }
        (mark, left, side)
    })
}
