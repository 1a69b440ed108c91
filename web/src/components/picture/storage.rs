//! A claim, its volume, and the five stages of a volume's life with the current one lit.

use orrery_view::layout::Spot;
use orrery_view::scene::{Stage, VolumeTrack};
use orrery_view::words;
use yew::prelude::*;

use crate::i18n::Words;
use crate::ui::use_words;

/// Properties of a track.
#[derive(Properties, PartialEq)]
pub struct VolumeProps {
    /// Claim and volume.
    pub track: VolumeTrack,
    /// Where it stands.
    pub spot: Spot,
    /// Whether it is selected.
    pub chosen: bool,
}

/// A claim and its volume.
#[component]
pub fn Volume(props: &VolumeProps) -> Html {
    let w = use_words();
    let VolumeProps { track, spot, chosen } = props;
    let tone = match (track.ghost, track.stage) {
        (true, _) => Some("ghost"),
        (_, None) => Some("stuck"),
        _ => None,
    };
    let class = if track.class.is_empty() { w.no_class } else { &track.class };
    let says = if track.ghost { w.no_such_claim.to_owned() } else { format!("{} · {class}", track.size) };
    let claimed = &*track.id.kind == "PersistentVolumeClaim";
    let left = if claimed { 68.0 } else { 16.0 };
    let room = spot.w - left - 6.0 - if track.volume.is_some() { 72.0 } else { 10.0 };
    html! {
        <g class={classes!("volume", "move", tone, chosen.then_some("chosen"), track.hue.map(|h| format!("h{h}")))} data-ref={track.id.key()}
            role="button" tabindex="0"
            style={format!("transform:translate({:.1}px,{:.1}px)", spot.x, spot.y)}>
            <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="12" />
            if claimed {
                <path class="ticket" d="M14 16h42v6.5a5.5 5.5 0 0 0 0 11V40H14v-6.5a5.5 5.5 0 0 0 0-11z" />
                <text class="mu s10 mid" x="36" y="32">{w.claim}</text>
            }
            <text class="m b" x={left.to_string()} y="26">{words::clip(&track.id.name, 13.0, room)}</text>
            <text class="mu s10" x={left.to_string()} y="41">{words::clip(&says, 10.5, room)}</text>
            if let Some(volume) = &track.volume { { drum(volume, spot.w) } }
            { if let Some(stage) = track.stage { stages(stage, spot.w, w) } else { why(track, spot.w) } }
            <title>{format!("{} {} {}", track.id.name, says, track.why.as_deref().unwrap_or_default())}</title>
        </g>
    }
}

/// The volume as a drum, with the end of its name: the beginning is the same for all.
fn drum(name: &str, w: f64) -> Html {
    let x = w - 66.0;
    let short = if name.len() > 9 { format!("…{}", &name[name.len() - 6..]) } else { name.to_owned() };
    html! {
        <g>
            <path class="drum" d={format!("M{x} 15v23c0 8 52 8 52 0V15")} />
            <ellipse class="drum" cx={(x + 26.0).to_string()} cy="15" rx="26" ry="5.5" />
            <text class="m s9 mid" x={(x + 26.0).to_string()} y="34">{short}</text>
            <title>{name.to_owned()}</title>
        </g>
    }
}

fn stages(now: Stage, w: f64, words: &Words) -> Html {
    let (first, step) = (30.0, (w - 60.0) / 4.0);
    html! {
        <g>
            { for Stage::ALL.into_iter().enumerate().map(|(i, stage)| {
                let x = first + step * i as f64;
                let done = (stage <= now).then_some("done");
                let here = stage == now;
                let anchor = match i { 0 => "", 4 => "end", _ => "mid" };
                let under = match i { 0 => x - 8.0, 4 => x + 8.0, _ => x };
                let ahead = (stage < now).then_some("done");
                html! {
                    <>
                        if i < 4 { <path class={classes!("leg", ahead)} d={format!("M{} 70H{}", x + 5.0, x + step - 5.0)} /> }
                        <circle class={classes!("stop", done)} cx={x.to_string()} cy="70" r={if here { "6.5" } else { "4.2" }} />
                        // Where the names would run into each other, only the current one is written.
                        if here || step > 66.0 {
                            <text class={classes!("s9", anchor, if here { "b" } else { "fa" })} x={under.to_string()} y="92">{words.stages[i]}</text>
                        }
                    </>
                }
            }) }
        </g>
    }
}

fn why(track: &VolumeTrack, w: f64) -> Html {
    let text = track.why.as_deref().unwrap_or("Pending");
    html! {
        <g>
            { for words::wrap(text, 10.5, w - 28.0, 3).into_iter().enumerate().map(|(i, line)| html! {
                <text class="s10" x="14" y={(62.0 + 15.0 * i as f64).to_string()}>{line}</text>
            }) }
        </g>
    }
}
