//! Walking along a chain of causes: each step goes to its instant and lights who acted and what was written, and in the end
//! the person is back where they were.

use std::rc::Rc;

use orrery_view::why::{Chain, Step};
use yew::prelude::*;

use crate::session::{Session, use_session};
use crate::ui::{Asked, Choose, UiContext, use_ui};

/// A walk that is under way. The chain is that of the instant at which it began: later it is longer, and earlier shorter.
#[derive(Clone, PartialEq, Debug)]
pub struct Walk {
    /// What was asked.
    pub asked: Asked,
    /// The chain.
    pub chain: Rc<Chain>,
    /// The step that is looked at, the first cause being 0.
    pub at: usize,
    /// The instant at which the walk began.
    from: u64,
    /// The run that is walked in.
    run: String,
}

impl Walk {
    /// The step that is looked at, and how many there are.
    pub fn step(&self) -> (Option<Step>, usize) {
        let steps = self.chain.steps();
        (steps.get(self.at).cloned(), steps.len())
    }
}

/// The walk that is under way; one of a run that is no longer here is over.
pub fn current(session: &Session, ui: &UiContext) -> Option<Rc<Walk>> {
    ui.walk.clone().filter(|walk| walk.run == session.kept().id)
}

/// The same, for a component.
#[hook]
pub fn use_walk() -> Option<Rc<Walk>> {
    current(&use_session(), &use_ui())
}

/// Whose chain is lit: that which somebody walks along, whatever else is asked meanwhile, or that of what is asked.
#[hook]
pub fn use_lit() -> Option<Asked> {
    let asked = use_ui().why.clone();
    use_walk().map(|walk| walk.asked.clone()).or(asked)
}

/// Goes to a step of a chain; the walk begins with the first one that is gone to.
pub fn to(session: &Session, ui: &UiContext, asked: &Asked, chain: &Rc<Chain>, at: usize) {
    let Some(step) = chain.steps().get(at).cloned() else { return };
    let from = match current(session, ui).filter(|walk| walk.asked == *asked) {
        Some(walk) => walk.from,
        None => session.clock().now,
    };
    session.play(false);
    session.seek(step.at);
    let (asked, chain, run) = (asked.clone(), chain.clone(), session.kept().id);
    ui.dispatch(Choose::Walk(Some(Rc::new(Walk { asked, chain, at, from, run }))));
}

/// Goes a step on, or back to an earlier cause. Where nobody walks yet, later steps begin with the first cause and
/// earlier ones with the last. False where there is nothing to walk along.
pub fn by(session: &Session, ui: &UiContext, by: i32) -> bool {
    if let Some(walk) = current(session, ui) {
        to(session, ui, &walk.asked, &walk.chain, walk.at.saturating_add_signed(by as isize));
        return true;
    }
    let Some(asked) = &ui.why else { return false };
    let Some(chain) = session.read(|engine| engine.chain(&asked.id, asked.field.as_deref())) else {
        return false;
    };
    let at = if by > 0 { 0 } else { chain.steps().len().saturating_sub(1) };
    to(session, ui, asked, &Rc::new(chain), at);
    true
}

/// Back to the instant and the selection with which the walk began. False where nobody walks.
pub fn back(session: &Session, ui: &UiContext) -> bool {
    let Some(walk) = current(session, ui) else { return false };
    session.play(false);
    session.seek(walk.from);
    ui.dispatch(Choose::Walk(None));
    ui.dispatch(Choose::Why(Some(walk.asked.clone())));
    true
}
