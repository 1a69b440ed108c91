//! Time, like a player's: play, steps, speed, the clock, and the strip of the run.

use orrery_run::Pace;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icon::{Icon, draw};
use super::timeline::{Strip, TRACKS, told};
use crate::doing;
use crate::pace;
use crate::session::{Progress, SPEEDS, Session, use_session, use_view};
use crate::ui::{Choose, Dialog, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// By so many pixels the slider is wider than the strip, on each side.
const THUMB: f64 = 9.0;
/// Stretches of the strip.
const BINS: usize = 120;

/// The transport.
#[component]
pub fn Transport() -> Html {
    let w = use_words();
    let t = w.timed;
    let ui = use_ui();
    let session = use_session();
    let clock = use_view((), |session, ()| session.clock());
    let branches =
        use_view((), |session, ()| session.read(|engine| (engine.run.branch(), engine.run.branches().len())));
    let count = if branches.1 > 1 { format!("{}/{}", branches.0 + 1, branches.1) } else { String::new() };
    let playing = clock.playing;
    let on = |act: fn(&Session)| {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| act(&session))
    };
    let choose = |choice: Choose| {
        let ui = ui.clone();
        Callback::from(move |_: MouseEvent| ui.dispatch(choice.clone()))
    };
    let (name, icon) = if playing { (w.pause, Icon::Pause) } else { (w.play, Icon::Play) };
    let (back, further) = (
        format!("{} ({})", t.step_back, t.pace(clock.pace)),
        format!("{} ({})", t.step_on, t.pace(clock.pace)),
    );
    html! {
        <section class="time" aria-label={w.time}>
            <div class="controls">
                <button class="btn icon restart" title={format!("{} (0)", w.restart)} aria-label={w.restart} onclick={on(|s| s.seek(0))}>{draw(Icon::Restart)}</button>
                <button class="btn icon back" title={format!("{back} (,)")} aria-label={back} onclick={on(|s| s.leap(s.clock().pace, false))}>{draw(Icon::StepBack)}</button>
                <button class="play" title={format!("{name} (Space)")} aria-label={name} onclick={on(|s| s.play(!s.clock().playing))}>{draw(icon)}</button>
                <button class="btn icon step" title={format!("{further} (.)")} aria-label={further} onclick={on(|s| s.leap(s.clock().pace, true))}>{draw(Icon::Step)}</button>
                <PacePick pace={clock.pace} />
                { clock_face(clock.now) }
                if clock.behind { <span class="chip warn behind">{w.behind}</span> }
                if let Some(Progress(percent)) = clock.progress {
                    <span class="chip going" role="status">
                        <progress max="100" value={percent.map(|percent| percent.to_string())} aria-label={w.seeking} />
                        <span class="wide">{w.seeking}</span>
                        <button class="btn quiet small" title={format!("{} (Esc)", t.cancel)} onclick={on(|s| { s.stop_travelling(); })}>{t.cancel}</button>
                    </span>
                }
                if clock.over { <span class="chip over">{t.nothing_ahead}</span> }
                <span class="push" />
                <span class="speed" role="group" aria-label={w.speed}>
                    <button class="btn icon slower" title={format!("{} ([)", w.slower)} aria-label={w.slower} disabled={clock.speed <= SPEEDS[0]} onclick={on(|s| s.shift_speed(-1))}>{draw(Icon::Slower)}</button>
                    <output class="mono">{format!("{}×", clock.speed)}</output>
                    <button class="btn icon faster" title={format!("{} (])", w.faster)} aria-label={w.faster} disabled={clock.speed >= SPEEDS[SPEEDS.len() - 1]} onclick={on(|s| s.shift_speed(1))}>{draw(Icon::Faster)}</button>
                </span>
                <button class="btn skip" title={t.skip_about} aria-label={t.skip_idle} aria-pressed={clock.skips.to_string()} onclick={on(|s| s.set_skips(!s.clock().skips))}>{draw(Icon::Skip)}<span class="wide">{t.skip_idle}</span></button>
                if !ui.embed {
                    <button class="btn branches" title={t.futures_about} aria-label={format!("{} {count}", t.futures)} onclick={choose(Choose::Dialog(Some(Dialog::Branches)))}>{draw(Icon::Fork)}<span class="wide">{t.futures}</span>
                        if !count.is_empty() { <span class="count mono">{count.clone()}</span> }</button>
                }
                if ui.present {
                    <button class="btn" onclick={choose(Choose::Present(false))}>{draw(Icon::Close)}{w.leave_stage}</button>
                }
                if ui.embed {
                    <a class="btn" target="_blank" rel="noopener" href={crate::address::full()}>{w.open_full}</a>
                }
            </div>
            <Scrubber />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct PacePickProps {
    pace: Pace,
}

/// What a step goes by.
#[component]
fn PacePick(props: &PacePickProps) -> Html {
    let t = use_words().timed;
    let session = use_session();
    let onchange = move |e: Event| {
        let chosen = e.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok()).map(|s| s.value());
        chosen.and_then(|name| pace::named(&name)).into_iter().for_each(|pace| session.set_pace(pace));
    };
    html! {
        <span class="pick pace">
            <select aria-label={t.step_by} title={t.step_by} {onchange}>
                { for pace::ALL.into_iter().map(|one| html! { <option value={pace::name(one)} selected={one == props.pace}>{t.pace(one)}</option> }) }
            </select>
        </span>
    }
}

/// Virtual time, `00:02:41.350`.
fn clock_face(now: u64) -> Html {
    let (whole, milli) = (now / NANOS_PER_SECOND, now / 1_000_000 % 1000);
    html! {
        <span class="clock mono" role="timer" aria-live="off">{ hms(whole) }<small>{format!(".{milli:03}")}</small></span>
    }
}

/// Where a pointer is on the strip, from 0 to 1: the slider is wider than the strip by half a thumb on each side.
fn share(e: &PointerEvent) -> Option<f64> {
    let input: HtmlInputElement = e.target_dyn_into()?;
    let around = input.get_bounding_client_rect();
    let width = around.width() - 2.0 * THUMB;
    (width > 0.0).then(|| ((f64::from(e.client_x()) - around.x() - THUMB) / width).clamp(0.0, 1.0))
}

/// `00:02:41`, with days in front when there are any.
pub fn hms(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days > 0 { format!("{days}d {time}") } else { time }
}

/// The strip, and on it a slider by which the run is searched.
#[component]
fn Scrubber() -> Html {
    let w = use_words();
    let session = use_session();
    let pointed = use_state(|| None::<f64>);
    let strip = use_view((), |session, ()| session.read(|engine| (engine.timeline(BINS), engine.marks())));
    let now = use_view((), |session, ()| session.clock().now);
    let span = strip.0.span.max(1);
    let seconds = |nanos: u64| (nanos as f64 / NANOS_PER_SECOND as f64).to_string();
    let oninput = {
        let session = session.clone();
        move |e: InputEvent| {
            if let Some(input) = e.target_dyn_into::<HtmlInputElement>() {
                session.seek((input.value_as_number() * NANOS_PER_SECOND as f64) as u64);
            }
        }
    };
    let tracks = use_view((), |session, ()| session.read(|engine| engine.tracks()));
    let lanes = tracks.len().min(TRACKS);
    let (switching, ui) = (session.clone(), use_ui());
    // The strip goes on beyond what is known; its key leads to the end of that.
    let onkeydown = {
        let session = session.clone();
        move |e: KeyboardEvent| {
            if e.key() == "End" {
                e.prevent_default();
                session.seek(session.read(|engine| engine.run.end()));
            }
        }
    };
    let onpointermove = {
        let pointed = pointed.clone();
        move |e: PointerEvent| pointed.set(share(&e))
    };
    let leave = move |pointed: &UseStateHandle<Option<f64>>| {
        let pointed = pointed.clone();
        Callback::from(move |_: PointerEvent| pointed.set(None))
    };
    let say = |at: u64| told(&strip.0, &strip.1, at, w.timed);
    let bubble = pointed.map(|share| (share * 100.0, say((share * span as f64) as u64)));
    html! {
        <div class={classes!("scrubber", format!("lanes-{lanes}"))}>
            <input type="range" min="0" max={seconds(span)} step="0.01" value={seconds(*now)}
                aria-label={w.scrub} aria-valuetext={say(*now)} {oninput} {onkeydown}
                {onpointermove} onpointerleave={leave(&pointed)} onpointercancel={leave(&pointed)} />
            if let Some((left, text)) = bubble {
                <span class="bubble mono" aria-hidden="true" style={format!("left:clamp(0px, {left:.2}%, 100%);--shift:-{left:.0}%")}>{text}</span>
            }
            <Strip timeline={strip.0.clone()} marks={strip.1.clone()} now={*now} tracks={(*tracks).clone()}
                seek={move |at| session.seek(at)} switch={move |branch| doing::switch(&switching, &ui, branch)} />
        </div>
    }
}
