//! Steady loads: what became of their requests, by status, by reason and by pod.

use orrery_share::Action;
use orrery_view::journey::Ending;
use orrery_view::load::{Share, Stream};
use yew::prelude::*;

use super::super::workload::link;
use super::glyph;
use crate::i18n::Words;
use crate::session::{use_session, use_view};
use crate::ui::{UiContext, use_ui, use_words};

/// More pods of a load are not listed.
const PODS: usize = 24;

/// All loads, the latest first.
#[component]
pub fn Loads() -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let all = use_view((), |session, ()| session.read(|engine| engine.streams()));
    if all.is_empty() {
        return html! {};
    }
    html! {
        <section class="loads">
            <h3>{w.traffic.loads}</h3>
            { for all.iter().rev().map(|stream| {
                let (session, name) = (session.clone(), stream.name.to_string());
                let stop = move |_: MouseEvent| drop(session.act(Action::StopLoad { name: name.clone() }));
                html! {
                    <article key={stream.name.to_string()} class={classes!("stream-card", stream.on.then_some("on"))}>
                        <header><b class="mono">{stream.url.trim_start_matches("http://")}</b>
                            if stream.on { <button class="btn small" onclick={stop}>{w.traffic.stop}</button> } else { <span class="muted">{w.traffic.stopped}</span> }
                        </header>
                        { numbers(stream, w) }
                        { shares(stream, w, &ui) }
                    </article>
                }
            }) }
        </section>
    }
}

/// Milliseconds, as short as they can be read.
fn millis(micros: u64) -> String {
    if micros < 1000 {
        return format!("{micros} µs");
    }
    if micros < 10_000 {
        format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
    } else {
        format!("{} ms", micros / 1000)
    }
}

fn numbers(stream: &Stream, w: &Words) -> Html {
    let words = w.traffic;
    html! {
        <>
            <p class="muted">{format!("{} · {}/s", (words.place)(&stream.from), stream.per_second_milli / 1000)}</p>
            <p>{(words.sent)(stream.sent, stream.in_flight)}<small class="muted">{format!(" · {}", (words.latency)(&millis(stream.latency.0), &millis(stream.latency.1)))}</small></p>
            <ul class="tallies">
                { for stream.answered.iter().map(|(status, n)| {
                    let ending = Ending::Answered(Some(*status));
                    html! { <li class={classes!((!ending.is_well()).then_some("bad"))}>{ glyph::draw(&ending) }<b>{n}</b>{*status}</li> }
                }) }
                { for stream.failed.iter().map(|(failure, n)| {
                    let ending = Ending::Failed(*failure, "".into());
                    html! { <li class="bad">{ glyph::draw(&ending) }<b>{n}</b>{(words.failure)(*failure).0}</li> }
                }) }
            </ul>
            <p class={classes!("errors", (stream.errors > 0).then_some("bad"))} role="status">{(words.errors)(stream.errors)}</p>
        </>
    }
}

fn shares(stream: &Stream, w: &Words, ui: &UiContext) -> Html {
    let all: u64 = stream.pods.iter().map(|p| p.answered + p.failed).sum();
    let row = |share: &Share| {
        let here = share.answered + share.failed;
        let part = here as f64 * 100.0 / all.max(1) as f64;
        html! {
            <li key={share.pod.key()}>
                if share.there { {link(ui, &share.pod, html! { {&*share.pod.name} })} } else { <span class="muted">{format!("{} ({})", share.pod.name, w.traffic.gone)}</span> }
                <span class="fill"><i style={format!("width:{part:.1}%")} /></span>
                <small class="mono">{format!("{here} · {part:.0} %")}{ for (share.failed > 0).then(|| html! { <b class="red">{format!(" ✕{}", share.failed)}</b> }) }</small>
            </li>
        }
    };
    html! { <ul class="shares">{ for stream.pods.iter().rev().take(PODS).map(row) }</ul> }
}
