//! Two branches side by side: the picture of each at the same instant.

use std::rc::Rc;

use yew::prelude::*;

use super::icon::{Icon, draw};
use super::picture::Picture;
use super::transport::hms;
use crate::session::{Session, SessionContext, use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Properties of both.
#[derive(Properties, PartialEq)]
pub struct SidesProps {
    /// The branch that stands beside the one that is shown.
    pub branch: usize,
}

/// Both pictures, each with the name of its branch. Time and deeds belong to the first.
#[component]
pub fn Sides(props: &SidesProps) -> Html {
    let (session, ui, w) = (use_session(), use_ui(), use_words());
    let other = use_memo(props.branch, |branch| SessionContext(session.beside(*branch)));
    use_effect_with(other.clone(), move |other| {
        let follow = {
            let (leader, follower) = (Rc::downgrade(&session), other.0.clone());
            move || leader.upgrade().into_iter().for_each(|leader| follower.follow(&leader))
        };
        follow();
        let subscription = session.subscribe(Rc::new(follow));
        move || drop(subscription)
    });
    let close = move |_: MouseEvent| ui.dispatch(Choose::Beside(None));
    html! {
        <div class="sides">
            <section class="side"><Caption /><div class="pane"><Picture /></div></section>
            <section class="side">
                <ContextProvider<SessionContext> context={(*other).clone()}><Caption /><div class="pane"><Picture /></div></ContextProvider<SessionContext>>
                <button class="btn icon" title={w.timed.one_side} aria-label={w.timed.one_side} onclick={close}>{draw(Icon::Close)}</button>
            </section>
        </div>
    }
}

/// Which branch, and when.
#[component]
fn Caption() -> Html {
    let t = use_words().timed;
    let shown = use_view((), |session: &Session, ()| {
        (session.read(|engine| engine.branches().into_iter().find(|row| row.current)), session.clock().now)
    });
    let Some(row) = &shown.0 else { return html! {} };
    html! { <h2 class={classes!("caption", row.hue())}>{row.name(t)}<small class="mono">{hms(shown.1 / NANOS_PER_SECOND)}</small></h2> }
}
