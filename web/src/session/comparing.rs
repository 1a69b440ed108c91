//! A comparison of two moments, made in the frames of the page as the run is.

use std::rc::Rc;

use orrery_run::{Comparing, Comparison, Moment};

use super::{BUDGET_MS, Session, State, now_ms};

/// How far a comparison is.
#[derive(Clone, Default)]
pub enum Compared {
    /// Nothing is compared.
    #[default]
    Nothing,
    /// It is under way.
    UnderWay(Box<Comparing>),
    /// What was found.
    Found(Rc<Comparison>),
}

/// The same, to be shown.
#[derive(Clone)]
pub enum Shown {
    /// Nothing is compared.
    Nothing,
    /// So much of a hundred is done.
    UnderWay(usize),
    /// What was found.
    Found(Rc<Comparison>),
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::UnderWay(a), Self::UnderWay(b)) => a == b,
            (Self::Found(a), Self::Found(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl State {
    /// Goes on with what is compared for as long as a frame gives.
    pub(super) fn go_on_comparing(&mut self) {
        let Compared::UnderWay(comparing) = &mut self.compared else { return };
        let deadline = now_ms() + BUDGET_MS;
        if let Some(found) = comparing.go_on(&self.engine.run, &mut || now_ms() < deadline) {
            self.compared = Compared::Found(Rc::new(found));
        }
    }

    /// Whether something is being compared.
    pub(super) fn compares(&self) -> bool {
        matches!(self.compared, Compared::UnderWay(_))
    }
}

impl Session {
    /// Begins to compare two moments.
    pub fn compare(&self, a: Moment, b: Moment) {
        {
            let mut s = self.state.borrow_mut();
            s.compared = Compared::UnderWay(Box::new(Comparing::new(&s.engine.run, a, b)));
        }
        self.changed();
    }

    /// Forgets what was compared, or stops comparing.
    pub fn forget_comparison(&self) {
        self.state.borrow_mut().compared = Compared::Nothing;
        self.changed();
    }

    /// How far the comparison is.
    pub fn compared(&self) -> Shown {
        match &self.state.borrow().compared {
            Compared::Nothing => Shown::Nothing,
            Compared::UnderWay(comparing) => Shown::UnderWay(comparing.percent()),
            Compared::Found(found) => Shown::Found(found.clone()),
        }
    }
}
