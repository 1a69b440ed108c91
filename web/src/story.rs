//! A story that is told: a scenario that is played, caption by caption, on the session of the page. What was told can be
//! seen again; it is the same run, gone back to.

mod teller;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use orrery_manifest::Diagnostic;
use orrery_run::Run;
use orrery_scenario::{Phrase, Play, Scenario, Step};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::gallery;
use crate::session::Session;
use crate::store;
use crate::ui::{Choose, Ui};
use teller::{Phase, Said, Teller, joined, now_ms};

/// Under which name it is kept that nobody has to be invited to the stories any more.
pub const INVITED: &str = "invited";

/// What is wrong with a scenario's text, in a line.
pub fn mistake(found: &Diagnostic) -> String {
    let hint = found.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{}:{}: {}{hint}", found.line, found.column, found.message)
}

/// Fetches a story and tells it.
pub fn tell(name: &'static str, session: Rc<Session>, ui: UseReducerDispatcher<Ui>) {
    spawn_local(async move {
        let found = gallery::fetch(&[name]).await.pop();
        let story = found.and_then(|found| Story::begin(found, &session).ok());
        story.into_iter().for_each(|story| story.show(&ui));
    });
}

/// The story that the address asks for: `?story=healing`.
pub fn wanted() -> Option<&'static str> {
    let search = web_sys::window()?.location().search().ok()?;
    let name = web_sys::UrlSearchParams::new_with_str(&search).ok()?.get("story")?;
    gallery::NAMES.into_iter().find(|story| *story == name)
}

/// Puts the run of a scenario in place of the one that is shown, as it is before the first step.
pub fn prepare(scenario: &Scenario, run: Run, session: &Session) {
    session.reset(run);
    for line in scenario.opening() {
        session.kubectl(&joined(&line), Vec::new());
    }
}

/// A story as the page passes it on: equal when it is the same telling.
#[derive(Clone, Debug)]
pub struct Story(Rc<RefCell<Teller>>);

impl PartialEq for Story {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What the page shows of a story.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// The scenario.
    pub scenario: Rc<Scenario>,
    /// The step whose caption is shown.
    pub step: usize,
    /// The captions that chapters begin with, and the steps that name them.
    pub chapters: Vec<(usize, usize)>,
    /// Which caption, from 0, and how many there are.
    pub slide: (usize, usize),
    /// Something is under way.
    pub busy: bool,
    /// It goes by itself.
    pub auto: bool,
    /// The viewer has gone elsewhere while something was under way.
    pub away: bool,
    /// A selector of what is lit.
    pub lit: String,
    /// A selector of all that the caption is about.
    pub about: String,
    /// The last commands of the caption, and what they said.
    pub said: Vec<Said>,
    /// The step whose manifests were applied last.
    pub applied: Option<usize>,
    /// What was expected and held, and what did not hold.
    pub held: usize,
    /// Why something did not hold.
    pub wrong: Vec<String>,
}

/// Steps by caption: those before the first one belong to it.
fn slides(steps: &[Step]) -> Vec<Range<usize>> {
    let mut starts: Vec<usize> = (0..steps.len()).filter(|at| steps[*at].caption.is_some()).collect();
    if let Some(first) = starts.first_mut() {
        *first = 0;
    } else {
        starts.push(0);
    }
    let ends = starts.iter().skip(1).copied().chain([steps.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

impl Story {
    /// Begins a story on a cluster of its own; an error tells why it cannot be.
    pub fn begin(scenario: Scenario, session: &Session) -> Result<Story, String> {
        let play = Play::new(scenario);
        let run = play.run()?;
        let speed = session.clock().speed;
        session.leave();
        prepare(play.scenario(), run, session);
        session.play(true);
        let slides = slides(&play.scenario().steps);
        let teller = Teller {
            play,
            slides,
            slide: 0,
            phase: Phase::Reaching(0),
            auto: false,
            goal: 0,
            since: now_ms(),
            speed,
            lit: String::new(),
            about: String::new(),
            said: Vec::new(),
        };
        Ok(Story(Rc::new(RefCell::new(teller))))
    }

    /// Puts it on the page. Who has begun one needs no invitation any more.
    pub fn show(self, ui: &UseReducerDispatcher<Ui>) {
        store::keep_choice(INVITED, "yes");
        ui.dispatch(Choose::Namespace(None));
        ui.dispatch(Choose::Leave(0));
        ui.dispatch(Choose::Beside(None));
        ui.dispatch(Choose::Dialog(None));
        ui.dispatch(Choose::Story(Some(self)));
    }

    /// Tells this telling from every other.
    pub fn key(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// Its name, the number of the caption that is shown, from 0, and how many there are.
    pub fn place(&self) -> (String, usize, usize) {
        let teller = self.0.borrow();
        (teller.play.scenario().name.to_string(), teller.slide, teller.slides.len())
    }

    /// What it is called.
    pub fn title(&self) -> Option<Phrase> {
        self.0.borrow().play.scenario().title.clone()
    }

    /// What the page shows.
    pub fn told(&self, session: &Session) -> Told {
        let teller = self.0.borrow();
        let scenario = teller.play.scenario().clone();
        let range = teller.slides[teller.slide].clone();
        let step = range.clone().find(|at| scenario.steps[*at].caption.is_some()).unwrap_or(range.start);
        let verdicts = || teller.play.verdicts().iter().filter(|verdict| range.contains(&verdict.step));
        Told {
            chapters: (teller.slides.iter().enumerate())
                .filter_map(|(slide, range)| {
                    Some((slide, range.clone().find(|at| scenario.steps[*at].chapter.is_some())?))
                })
                .collect(),
            step,
            slide: (teller.slide, teller.slides.len()),
            busy: teller.phase != Phase::Told,
            auto: teller.auto,
            away: teller.is_away(session),
            lit: teller.lit.clone(),
            about: teller.about.clone(),
            said: teller.said_in(&range),
            applied: (0..teller.play.next().min(range.end))
                .rev()
                .find(|at| scenario.steps[*at].apply.is_some()),
            held: verdicts().filter(|verdict| verdict.wrong.is_none()).count(),
            wrong: verdicts().filter_map(|verdict| verdict.wrong.clone()).collect(),
            scenario,
        }
    }

    /// Goes on to the next caption; what is under way is hurried to its end first. Somebody who has gone elsewhere
    /// meanwhile is brought back.
    pub fn next(&self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        self.0.borrow_mut().next(session, ui);
    }

    /// Goes back to the caption before.
    pub fn back(&self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let mut teller = self.0.borrow_mut();
        let to = teller.slide.saturating_sub(1);
        teller.go(to, session, ui);
    }

    /// Goes to a caption; what comes before it and was not told yet is hurried through.
    pub fn go(&self, to: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        self.0.borrow_mut().go(to, session, ui);
    }

    /// Lets it go by itself, or not.
    pub fn set_auto(&self, auto: bool) {
        let mut teller = self.0.borrow_mut();
        (teller.auto, teller.since) = (auto, now_ms());
    }

    /// Ends the telling; the cluster stays as it is.
    pub fn leave(&self, session: &Session) {
        session.run_at(self.0.borrow().speed);
    }

    /// Looks how far it has come and goes on from there.
    pub fn tick(&self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        // What is being done may ask for the next look itself.
        if let Ok(mut teller) = self.0.try_borrow_mut() {
            teller.tick(session, ui);
        }
    }
}
