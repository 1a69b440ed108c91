//! One life: the volume as a drum to scale, the claim as a ticket, the pods, and the five stages with the current one lit.

use orrery_view::scene::{PodMark, Stage, Text};
use orrery_view::storage::lives::{ClaimTicket, Drum, Life};
use yew::prelude::*;

use super::super::pod::{label, symbol};
use super::files::{bytes, files};
use super::{forecast, part};
use crate::doing;
use crate::i18n::Words;
use crate::ui::UiContext;

/// The height of the largest drum, and of the smallest that can still be seen.
const HIGHEST: f64 = 74.0;
const LOWEST: f64 = 7.0;
/// The width of a drum and the height of its lid.
const WIDE: f64 = 64.0;
const LID: f64 = 7.0;
/// The floor on which all drums stand.
const FLOOR: f64 = 90.0;
/// A life.
pub fn life(life: &Life, largest: i64, w: &Words, ui: &UiContext) -> Html {
    let hue = life.pods.first().map(|(mark, _)| format!("h{}", mark.hue));
    let stuck = life.stage.is_none().then_some("stuck");
    let key = life.id().map_or_else(String::new, |id| id.key());
    html! {
        <li class={classes!("life", hue, stuck)} key={key}>
            <div class="parts">
                { volume(life, largest, w, ui) }
                <span class="join" aria-hidden="true">{if life.stage.is_some() && life.claim.is_some() { "↔" } else { "" }}</span>
                { claim(life.claim.as_ref(), w, ui) }
                <span class="join" aria-hidden="true">{if life.pods.is_empty() { "" } else { "→" }}</span>
                <ul class="users">
                    { for life.pods.iter().map(|(mark, node)| user(mark, node, ui)) }
                    if life.pods.is_empty() && life.claim.is_some() { <li class="muted">{w.keeps.unused}</li> }
                </ul>
            </div>
            if let Some(stage) = life.stage {
                { track(stage, w) }
            }
            { forecast::why_not(&life.why_not, w) }
            if life.forecast.is_some() && life.volume.is_some() {
                <h3>{w.keeps.inside}</h3>
                { files(&life.files, w) }
            }
            { for life.forecast.iter().map(|told| forecast::forecast(told, life.claim.is_some(), w)) }
            if let Some(why) = life.why.as_ref().filter(|why| !why.is_empty()) { <p class="why">{&**why}</p> }
        </li>
    }
}

/// The five stages, with the current one lit.
fn track(now: Stage, w: &Words) -> Html {
    html! {
        <ol class="stages">
            { for Stage::ALL.into_iter().zip(w.stages).map(|(stage, name)| html! {
                <li class={(stage < now).then_some("done")} aria-current={(stage == now).then_some("step")}>{name}</li>
            }) }
        </ol>
    }
}

/// The volume, or the place where none is yet, drawn as large as what is asked for.
fn volume(life: &Life, largest: i64, w: &Words, ui: &UiContext) -> Html {
    let words = w.keeps;
    let asked = life.claim.as_ref().map_or(0, |claim| claim.bytes);
    let Some(volume) = &life.volume else {
        return html! {
            <div class="part volume-box ghost">if asked > 0 { { drum(asked, 0, None, largest) } }<span><b>{words.no_volume}</b></span></div>
        };
    };
    let says = html! {
        <>
            { drum(volume.bytes, volume.used, Some(asked).filter(|_| life.claim.is_some()), largest) }
            <span>
                <b class="mono">{short(&volume.id.name)}</b>
                <small>{sized(&volume.holds, &volume.modes)}</small>
                <small class="mono one-line" title={volume.behind.to_string()}>{&*volume.behind}</small>
                <small>{(words.reclaim)(&volume.reclaim)}</small>
                { for volume.only_on.iter().map(|place| html! { <small>{(words.only_on)(place)}</small> }) }
                if volume.used > 0 { <small>{(words.used)(&bytes(volume.used))}</small> }
                { state(volume, w) }
            </span>
        </>
    };
    part(ui, &volume.id, if volume.missing { "volume-box ghost" } else { "volume-box" }, says)
}

/// What is special about a volume's state.
fn state(volume: &Drum, w: &Words) -> Html {
    match (volume.missing, volume.terminating) {
        (true, _) => html! { <small class="red">{w.keeps.no_such_volume}</small> },
        (_, true) => html! { <small class="amber">{w.keeps.terminating}</small> },
        _ => html! { <small>{&*volume.phase}</small> },
    }
}

/// A drum as high as its bytes, filled as far as it is used, and with what a claim asked for, if that is less.
fn drum(bytes: i64, used: u64, asked: Option<i64>, largest: i64) -> Html {
    let scale = |bytes: i64| (bytes as f64 / largest.max(1) as f64 * HIGHEST).max(LOWEST);
    let (high, left) = (scale(bytes), 4.0);
    let top = FLOOR - high;
    let side = |y: f64| format!("M{left} {y}a{} {LID} 0 0 0 {WIDE} 0", WIDE / 2.0);
    let body = format!("M{left} {top}V{FLOOR}a{} {LID} 0 0 0 {WIDE} 0V{top}", WIDE / 2.0);
    // What is on it can be seen, however little it is.
    let level = (high * used as f64 / bytes.max(1) as f64).clamp(3.0, high);
    let full = format!(
        "M{left} {}V{FLOOR}a{} {LID} 0 0 0 {WIDE} 0V{}a{} {LID} 0 0 1 -{WIDE} 0z",
        FLOOR - level,
        WIDE / 2.0,
        FLOOR - level,
        WIDE / 2.0
    );
    let line = asked.filter(|asked| *asked > 0 && *asked < bytes).map(|asked| FLOOR - scale(asked));
    html! {
        <svg class="to-scale" viewBox={format!("0 0 {} {}", WIDE + 8.0, FLOOR + LID + 2.0)} aria-hidden="true">
            <path class="drum" d={body} />
            if used > 0 { <path class="fill" d={full} /> }
            <ellipse class="drum" cx={(left + WIDE / 2.0).to_string()} cy={top.to_string()} rx={(WIDE / 2.0).to_string()} ry={LID.to_string()} />
            { for line.into_iter().map(|y| html! { <path class="asked" d={side(y)} /> }) }
        </svg>
    }
}

fn claim(claim: Option<&ClaimTicket>, w: &Words, ui: &UiContext) -> Html {
    let Some(claim) = claim else {
        return html! { <div class="part claim-box ghost"><span>{w.keeps.unclaimed}</span></div> };
    };
    let note = match (claim.missing, claim.terminating) {
        (true, _) => html! { <small class="red">{w.keeps.no_such_claim}</small> },
        (_, true) => html! { <small class="amber">{w.keeps.terminating}</small> },
        _ => html! { <small>{&*claim.phase}</small> },
    };
    let says = html! {
        <span>
            <b class="mono">{&*claim.id.name}</b>
            <small>{sized(&claim.asks, &claim.modes)}</small>
            <small>{&*claim.id.namespace}</small>
            {note}
        </span>
    };
    part(ui, &claim.id, if claim.missing { "claim-box ghost" } else { "claim-box" }, says)
}

/// A pod that uses the claim; a click selects it, a second one opens it.
fn user(mark: &PodMark, node: &Text, ui: &UiContext) -> Html {
    let ondblclick = {
        let (ui, id) = (ui.clone(), mark.id.clone());
        move |_: MouseEvent| doing::open(&ui, &id)
    };
    let says = html! {
        <>
            <svg viewBox="0 0 32 32" aria-hidden="true"><use href={format!("#pod-{}", symbol(mark.state))} width="32" height="32" /></svg>
            <span><b>{&*mark.id.name}</b><small>{&**node}</small></span>
        </>
    };
    html! {
        <li key={mark.uid.to_string()} class={format!("h{}", mark.hue)} title={label(mark)} {ondblclick}>{ part(ui, &mark.id, "user-pod", says) }</li>
    }
}

/// `5Gi · RWO`.
fn sized(size: &str, modes: &str) -> String {
    if modes.is_empty() { size.to_owned() } else { format!("{size} · {modes}") }
}

/// The names of volumes that were made for claims begin alike and end alike.
fn short(name: &str) -> String {
    match name.strip_prefix("pvc-") {
        Some(rest) if rest.len() > 12 => format!("pvc-{}…", &rest[..8]),
        _ => name.to_owned(),
    }
}
