//! The walk along a chain of causes: the ways on and back, and over the picture which step is lit.

use std::rc::Rc;

use orrery_view::why::{Chain, Start};
use yew::prelude::*;

use super::chain::sentence;
use super::icon::{Icon, draw};
use super::transport::hms;
use crate::i18n::Words;
use crate::session::use_session;
use crate::ui::{Asked, UiContext, use_ui, use_words};
use crate::walk::{self, Walk, use_walk};

/// Properties of the buttons.
#[derive(Properties, PartialEq)]
pub struct StepsProps {
    /// What is asked.
    pub asked: Asked,
    /// The chain.
    pub chain: Rc<Chain>,
    /// The step that is looked at, if the person walks.
    pub at: Option<usize>,
}

/// To an earlier cause, to a later one, and back to where the person was.
#[component]
pub fn Steps(props: &StepsProps) -> Html {
    let (session, ui, w) = (use_session(), use_ui(), use_words());
    let words = w.walk;
    let count = props.chain.steps().len();
    let to = |at: Option<usize>| {
        let (session, ui, asked, chain) =
            (session.clone(), ui.clone(), props.asked.clone(), props.chain.clone());
        move |_: MouseEvent| at.iter().for_each(|at| walk::to(&session, &ui, &asked, &chain, *at))
    };
    let earlier = props.at.unwrap_or(count).checked_sub(1);
    let later = props.at.map_or(0, |at| at + 1);
    let back = {
        let (session, ui) = (session.clone(), ui.clone());
        move |_: MouseEvent| {
            walk::back(&session, &ui);
        }
    };
    html! {
        <div class="walk-steps" role="group" aria-label={words.walk}>
            <button class="btn small" title={format!("{} (B)", words.earlier)} disabled={earlier.is_none()} onclick={to(earlier)}>{draw(Icon::Slower)}{words.earlier}</button>
            if let Some(at) = props.at { <output>{(words.step_of)(at + 1, count)}</output> }
            <button class="btn small" title={format!("{} (N)", words.later)} disabled={later >= count} onclick={to(Some(later))}>{words.later}{draw(Icon::Faster)}</button>
            if props.at.is_some() {
                <button class="btn small push" title={format!("{} (Esc)", words.back_title)} onclick={back}>{words.back}</button>
            }
        </div>
    }
}

/// Over the picture, while the person walks.
#[component]
pub fn WalkBar() -> Html {
    let (ui, w) = (use_ui(), use_words());
    let Some(walk) = use_walk() else { return html! {} };
    html! {
        <section class="walk" aria-label={w.walk.walk}>
            <p aria-live="polite">{ told(&walk, w, &ui) }</p>
            <Steps asked={walk.asked.clone()} chain={walk.chain.clone()} at={Some(walk.at)} />
        </section>
    }
}

/// The step as a sentence, with its instant.
fn told(walk: &Walk, w: &Words, ui: &UiContext) -> Html {
    let (Some(step), count) = walk.step() else { return html! {} };
    let at = format!("{}.{:03}", hms(step.at / 1_000_000_000), step.at / 1_000_000 % 1000);
    // The newest link is the first one, the last step.
    let says = match (walk.chain.links.get(count - 1 - walk.at), &walk.chain.start) {
        (Some(link), _) => sentence(link, &link.object, w, ui),
        (None, Start::Person(done)) => {
            html! { <span><i>{w.reasons.person}</i>{" "}<code>{(w.reasons.deed)(&done.act)}</code></span> }
        }
        (None, _) => html! {},
    };
    html! { <><span class="stop">{walk.at + 1}</span><span class="mono muted">{at}</span>{says}</> }
}
