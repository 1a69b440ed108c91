//! Time, like a player's: play, step, speed, the clock, and the strip of the run.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, draw};
use super::timeline::Strip;
use crate::session::{SPEEDS, use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The transport.
#[component]
pub fn Transport() -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let clock = use_view((), |session, ()| session.clock());
    let playing = clock.playing;
    let on = |act: fn(&crate::session::Session)| {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| act(&session))
    };
    let toggle = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.play(!playing))
    };
    let leave = {
        let ui = ui.clone();
        Callback::from(move |_: MouseEvent| ui.dispatch(Choose::Present(false)))
    };
    let (name, icon) = if playing { (w.pause, Icon::Pause) } else { (w.play, Icon::Play) };
    html! {
        <section class="time" aria-label={w.time}>
            <div class="controls">
                <button class="btn icon restart" title={w.restart} aria-label={w.restart} onclick={on(|s| s.seek(0))}>{draw(Icon::Restart)}</button>
                <button class="play" title={format!("{name} (Space)")} aria-label={name} onclick={toggle}>{draw(icon)}</button>
                <button class="btn step" title={format!("{} (.)", w.step)} aria-label={w.step} onclick={on(|s| s.step())}>{draw(Icon::Step)}</button>
                { clock_face(clock.now) }
                if clock.behind { <span class="chip warn behind">{w.behind}</span> }
                if clock.seeking { <span class="chip">{w.seeking}</span> }
                <span class="push" />
                <span class="speed" role="group" aria-label={w.speed}>
                    <button class="btn icon slower" title={format!("{} ([)", w.slower)} aria-label={w.slower} disabled={clock.speed <= SPEEDS[0]} onclick={on(|s| s.shift_speed(-1))}>{draw(Icon::Slower)}</button>
                    <output class="mono">{format!("{}×", clock.speed)}</output>
                    <button class="btn icon faster" title={format!("{} (])", w.faster)} aria-label={w.faster} disabled={clock.speed >= SPEEDS[SPEEDS.len() - 1]} onclick={on(|s| s.shift_speed(1))}>{draw(Icon::Faster)}</button>
                </span>
                if ui.present {
                    <button class="btn" onclick={leave}>{draw(Icon::Close)}{w.leave_stage}</button>
                }
                if ui.embed {
                    <a class="btn" target="_blank" rel="noopener" href={crate::address::full()}>{w.open_full}</a>
                }
            </div>
            <Scrubber />
        </section>
    }
}

/// Virtual time, `00:02:41.350`.
fn clock_face(now: u64) -> Html {
    let (whole, milli) = (now / NANOS_PER_SECOND, now / 1_000_000 % 1000);
    html! {
        <span class="clock mono" role="timer" aria-live="off">{ hms(whole) }<small>{format!(".{milli:03}")}</small></span>
    }
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
    let strip = use_view((), |session, ()| session.read(|engine| (engine.timeline(120), engine.marks())));
    let now = use_view((), |session, ()| session.clock().now);
    let span = strip.0.span.max(1);
    let oninput = Callback::from(move |e: InputEvent| {
        if let Some(input) = e.target_dyn_into::<HtmlInputElement>() {
            session.seek((input.value_as_number() * NANOS_PER_SECOND as f64) as u64);
        }
    });
    html! {
        <div class="scrubber">
            <Strip timeline={strip.0.clone()} marks={strip.1.clone()} now={*now} />
            <input type="range" min="0" max={(span / NANOS_PER_SECOND).to_string()} step="1" value={(*now / NANOS_PER_SECOND).to_string()}
                aria-label={w.scrub} aria-valuetext={hms(*now / NANOS_PER_SECOND)} {oninput} />
        </div>
    }
}
