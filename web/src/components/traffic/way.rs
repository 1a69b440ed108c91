//! The way of a request as text: every hop with its rule and its addresses, and how it ended. The picture shows the same, with
//! the same numbers.

use orrery_view::journey::{Ending, Followed, Step};
use yew::prelude::*;

use super::super::icon::{Icon, draw};
use super::super::workload::link;
use super::glyph;
use crate::i18n::Words;
use crate::ui::{Choose, UiContext, use_ui, use_words};

/// Properties of the way.
#[derive(Properties, PartialEq)]
pub struct WayProps {
    /// The request.
    pub journey: Followed,
}

/// The way.
#[component]
pub fn Way(props: &WayProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let journey = &props.journey;
    let (words, last) = (w.traffic, journey.steps.len());
    let at = ui.hop.map_or(last, |hop| hop.min(last));
    let to = |hop: Option<usize>| {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Hop(hop))
    };
    html! {
        <section class="way" aria-label={words.way}>
            <h3>{words.way}</h3>
            <p class="asked mono">{&*journey.asked}</p>
            <div class="row">
                <button class="btn icon" aria-label={words.previous} title={format!("{} (B)", words.previous)} disabled={at <= 1} onclick={to(Some(at.saturating_sub(1)))}>{draw(Icon::Slower)}</button>
                <output>{(words.step_of)(at, last)}</output>
                <button class="btn icon" aria-label={words.next} title={format!("{} (N)", words.next)} disabled={at >= last} onclick={to(Some(at + 1))}>{draw(Icon::Faster)}</button>
                <button class="btn small push" onclick={to(None)}>{words.whole}</button>
            </div>
            <ol class="hops" key={journey.number}>
                { for journey.steps.iter().enumerate().map(|(i, step)| hop(step, i, at, ui.hop, w, &ui)) }
                { ending(journey, last, w) }
            </ol>
            <p class="by-hand"><span class="muted">{words.by_hand}</span><code>{&*journey.command}</code></p>
        </section>
    }
}

/// A hop; those that lie ahead are pale.
fn hop(step: &Step, i: usize, at: usize, chosen: Option<usize>, w: &Words, ui: &UiContext) -> Html {
    let words = w.traffic;
    let name = (words.place)(&step.at);
    let told = (words.step)(step);
    let here = chosen == Some(i + 1);
    let onclick = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Hop(Some(i + 1)))
    };
    html! {
        <li class={classes!(here.then_some("here"), (i >= at).then_some("ahead"))} style={format!("--i:{i}")}>
            <button class="number" aria-label={(words.step_of)(i + 1, i + 1)} aria-current={here.then_some("step")} {onclick}>{i + 1}</button>
            <b>{ match &step.object { Some(id) => link(ui, id, html! { {name} }), None => html! { {name} } } }</b>
            if !told.is_empty() { <p>{told}</p> }
            if !step.rule.is_empty() { <code>{&*step.rule}</code> }
            <p class="addresses mono">{address(&step.source, step.rewritten.0, words.rewritten)}{" → "}{address(&step.destination, step.rewritten.1, words.rewritten)}</p>
        </li>
    }
}

/// An address, marked where it was rewritten.
fn address(text: &str, rewritten: bool, title: &'static str) -> Html {
    if rewritten {
        html! { <mark {title}>{text}</mark> }
    } else {
        html! { {text} }
    }
}

/// How it ended, with what would change it.
fn ending(journey: &Followed, last: usize, w: &Words) -> Html {
    let (class, says, why, advice) = match &journey.ending {
        Ending::Answered(status) => ("well", (w.traffic.answered)(*status), "", ""),
        Ending::Failed(failure, why) => {
            let (short, advice) = (w.traffic.failure)(*failure);
            ("failed", short.to_owned(), &**why, advice)
        }
    };
    let took = format!("{}.{:03} ms", journey.took / 1000, journey.took % 1000);
    html! {
        <li class={classes!("end", class)} style={format!("--i:{last}")} data-ending={glyph::shape(&journey.ending).0}>
            { glyph::draw(&journey.ending) }
            <b>{says}</b><small class="mono muted">{took}</small>
            if !why.is_empty() { <p lang="en">{why}</p> }
            if !advice.is_empty() { <p class="advice">{advice}</p> }
        </li>
    }
}
