//! Steady loads over the picture: a stream from who asks, spreading over the pods; how wide it is and the number beside it tell
//! each pod's part of the last seconds.

use std::rc::Rc;

use orrery_view::journey::Place;
use orrery_view::layout::{Layout, route};
use orrery_view::load::{Share, Stream};
use orrery_view::scene::Scene;
use yew::prelude::*;

use super::journey::JourneyProps;
use crate::session::use_view;

/// More branches than these are not drawn: the list beside the picture tells of all.
const BRANCHES: usize = 32;
/// The parts are those of so many nanoseconds.
const WINDOW: u64 = 2_000_000_000;

/// What was counted when: by load and pod, what was answered and what was lost.
#[derive(Default)]
struct Counted {
    at: u64,
    counts: Vec<(String, u64, u64)>,
    /// What came since the count before.
    fresh: Vec<(String, u64, u64)>,
}

/// The streams of all loads that are on.
#[component]
pub fn Streams(props: &JourneyProps) -> Html {
    let seen =
        use_view((), |session, ()| session.read(|engine| (engine.run.now() / 500_000_000, engine.streams())));
    let counted = use_mut_ref(Counted::default);
    let (now, all) = (seen.0 * 500_000_000, &seen.1);
    let mut counted = counted.borrow_mut();
    if now < counted.at || now - counted.at >= WINDOW {
        count(&mut counted, now, all);
    }
    html! { <g class="streams" pointer-events="none">{ for all.iter().filter(|s| s.on).map(|s| stream(s, &counted, &props.layout, &props.scene)) }</g> }
}

fn key(stream: &Stream, share: &Share) -> String {
    format!("{} {}", stream.name, share.pod.key())
}

fn count(counted: &mut Counted, now: u64, all: &[Stream]) {
    let mut counts = Vec::new();
    for stream in all {
        for share in &stream.pods {
            counts.push((key(stream, share), share.answered, share.failed));
        }
    }
    let before =
        |key: &str| counted.counts.iter().find(|(k, ..)| k == key).map_or((0, 0), |(_, a, f)| (*a, *f));
    let since = |(key, answered, failed): &(String, u64, u64)| {
        let (a, f) = before(key);
        (key.clone(), answered.saturating_sub(a), failed.saturating_sub(f))
    };
    let fresh = counts.iter().map(since).collect();
    *counted = Counted { at: now, counts, fresh };
}

fn stream(stream: &Stream, counted: &Counted, l: &Rc<Layout>, scene: &Rc<Scene>) -> Html {
    let lately = |share: &Share| {
        let key = key(stream, share);
        counted.fresh.iter().find(|(k, ..)| *k == key).map_or((0, 0), |(_, a, f)| (*a, *f))
    };
    let all: u64 = stream.pods.iter().map(|share| lately(share).0 + lately(share).1).sum();
    let stops: Vec<&Place> = stream.via.iter().collect();
    let trunk = route(l, scene, &stream.from, &stops);
    let branches = stream.pods.iter().filter(|share| share.there).take(BRANCHES).filter_map(|share| {
        let pod = Place::Pod(share.pod.namespace.clone(), share.pod.name.clone(), None);
        let mut stops = stops.clone();
        stops.push(&pod);
        let leg = route(l, scene, &stream.from, &stops).pop()?;
        let (answered, failed) = lately(share);
        let part = (answered + failed) as f64 / all.max(1) as f64;
        (part > 0.0).then(|| html! {
            <g key={share.pod.key()} class={classes!("branch-way", (failed > 0).then_some("failing"))} data-share={format!("{:.0}", part * 100.0)}>
                <path d={leg.path} style={format!("stroke-width:{:.1}", 1.4 + 5.0 * part)} />
                <text class="s9 b" x={(leg.at.0 + 17.0).to_string()} y={(leg.at.1 - 34.0).to_string()}>{format!("{:.0}%", part * 100.0)}{ for (failed > 0).then(|| html! { <tspan class="red">{format!(" ✕{failed}")}</tspan> }) }</text>
            </g>
        })
    });
    html! {
        <g key={stream.name.to_string()} class={classes!("stream", (stream.errors > 0).then_some("failing"))}>
            { for trunk.iter().map(|leg| html! { <path class="trunk" d={leg.path.clone()} /> }) }
            { for branches }
        </g>
    }
}
