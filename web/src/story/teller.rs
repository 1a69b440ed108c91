//! Who tells a story: takes its steps one by one as the run comes to them, and turns the picture to each.

use std::ops::Range;

use orrery_apimachinery::Str;
use orrery_kubectl::Output;
use orrery_scenario::{Deed, Play, Rate, Step, View as Shown, heard};
use orrery_view::scene::{ObjectRef, View};
use yew::prelude::*;

use crate::session::Session;
use crate::ui::{CONTROL_PLANE, Choose, Ui};

/// How fast time runs for somebody who will not wait.
const HURRY: f64 = 60.0;
/// The shortest time that a caption stays when a story goes by itself, and what each letter adds, in milliseconds.
const READING_MS: f64 = 3_500.0;
const LETTER_MS: f64 = 55.0;
/// So many commands of a caption are shown, and so many lines of what each said.
const COMMANDS: usize = 2;
const LINES: usize = 4;
/// A story is told on the branch that its run begins with.
const BRANCH: usize = 0;

/// Where a caption is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Time runs to this moment; then its steps are taken.
    Reaching(u64),
    /// Its steps are taken.
    Acting,
    /// All of it has happened.
    Told,
    /// It is seen again, up to this moment.
    Again(u64),
}

/// A command of a story, and the beginning of what it said.
#[derive(Clone, PartialEq, Debug)]
pub struct Said {
    step: usize,
    /// The command line.
    pub line: String,
    /// Its answer.
    pub answer: String,
}

/// Who tells it.
pub(super) struct Teller {
    pub(super) play: Play,
    /// The steps that belong to each caption.
    pub(super) slides: Vec<Range<usize>>,
    pub(super) slide: usize,
    pub(super) phase: Phase,
    pub(super) auto: bool,
    /// The caption that the viewer wants to see; what comes before it is hurried through.
    pub(super) goal: usize,
    /// When the caption was shown, by the clock of the page.
    pub(super) since: f64,
    /// The speed that the person had chosen.
    pub(super) speed: f64,
    /// A selector of what is lit, and of all that is to be in view.
    pub(super) lit: String,
    pub(super) about: String,
    /// What was said so far.
    pub(super) said: Vec<Said>,
}

impl std::fmt::Debug for Teller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.play.scenario().name, self.slide)
    }
}

pub(super) fn now_ms() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

impl Teller {
    pub(super) fn tick(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let clock = session.clock();
        match self.phase {
            Phase::Reaching(at) if !clock.seeking && clock.now >= at => {
                self.phase = Phase::Acting;
                session.play(true);
                if !self.play.is_going() {
                    self.act(session, ui);
                }
            }
            Phase::Acting if self.is_away(session) => {}
            Phase::Acting if session.read(|engine| self.play.look(engine.run.cluster())) => {
                if self.play.next() < self.slides[self.slide].end {
                    self.act(session, ui);
                } else {
                    self.told(session, ui);
                }
            }
            Phase::Again(end) if !clock.seeking && clock.now >= end => {
                session.play(false);
                self.told(session, ui);
            }
            Phase::Told if self.auto && self.is_read() => self.next(session, ui),
            _ => {}
        }
    }

    /// Whether the viewer is in another future, or before the step that is under way.
    pub(super) fn is_away(&self, session: &Session) -> bool {
        let began = self.play.next().checked_sub(1).and_then(|step| self.play.times(step));
        let branch = session.read(|engine| engine.run.branch());
        self.phase == Phase::Acting
            && (branch != BRANCH || began.is_some_and(|(began, _)| session.clock().now < began.as_nanos()))
    }

    /// The last commands among these steps.
    pub(super) fn said_in(&self, steps: &Range<usize>) -> Vec<Said> {
        let all: Vec<&Said> = self.said.iter().filter(|said| steps.contains(&said.step)).collect();
        all.iter().skip(all.len().saturating_sub(COMMANDS)).map(|said| (*said).clone()).collect()
    }

    /// All of a caption has happened.
    fn told(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        self.phase = Phase::Told;
        session.run_at(1.0);
        if self.steps().iter().any(|step| step.pause) {
            session.play(false);
        }
        if self.goal > self.slide {
            self.go(self.goal, session, ui);
        }
    }

    /// The steps of the caption.
    fn steps(&self) -> &[Step] {
        &self.play.scenario().steps[self.slides[self.slide].clone()]
    }

    fn is_read(&self) -> bool {
        let steps = self.steps();
        let letters =
            steps.iter().filter_map(|step| step.caption.as_ref()).map(|text| text.en.len()).sum::<usize>();
        let last = self.slide + 1 == self.slides.len();
        !last && now_ms() - self.since > READING_MS + letters as f64 * LETTER_MS
    }

    pub(super) fn next(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let away = self.is_away(session);
        self.go(self.slide + usize::from(!away), session, ui);
    }

    /// How many captions have wholly been told once.
    fn known(&self) -> usize {
        let done = self.play.next() - usize::from(self.play.is_going());
        self.slides.iter().take_while(|range| range.end <= done).count()
    }

    pub(super) fn go(&mut self, to: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let known = self.known();
        self.goal = to.min(self.slides.len() - 1);
        if session.read(|engine| engine.run.branch()) != BRANCH {
            session.switch(BRANCH);
        }
        if self.goal < known {
            return if to < self.slides.len() {
                self.again(self.goal, session, ui)
            };
        }
        let is_here = self.slide == known && matches!(self.phase, Phase::Acting | Phase::Reaching(_));
        if is_here && !self.is_away(session) {
            // What is under way comes to its end sooner, also for somebody who had stopped time.
            if to > self.slide {
                session.run_at(HURRY);
            }
            return if !session.clock().seeking {
                session.play(true)
            };
        }
        self.enter(known, session, ui);
    }

    /// Goes to the first caption that is not wholly told.
    fn enter(&mut self, slide: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let first = self.slides[slide].start;
        (self.slide, self.since) = (slide, now_ms());
        if self.play.next() > first {
            self.show(self.play.next() - 1, session, ui);
        }
        // Where nothing that was done lies ahead: else the next step would begin another branch.
        let end = session.read(|engine| engine.run.end());
        if session.clock().now < end {
            session.seek(end);
        }
        self.phase = Phase::Reaching(end);
        self.tick(session, ui);
    }

    /// Shows a caption again whose steps were taken before.
    fn again(&mut self, to: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let range = self.slides[to].clone();
        let Some((began, _)) = self.play.times(range.start) else { return };
        let Some(end) = self.play.times(range.end - 1).and_then(|(_, ended)| ended) else { return };
        (self.slide, self.since) = (to, now_ms());
        for at in range {
            self.show(at, session, ui);
        }
        session.play(true);
        session.seek(began.as_nanos());
        self.phase = Phase::Again(end.as_nanos());
    }

    /// Takes the next step.
    fn act(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let at = self.play.next();
        let deed = session.read(|engine| self.play.begin(engine.run.cluster()));
        let output = deed.map(|deed| self.perform(at, deed, session));
        session.read(|engine| self.play.done(engine.run.cluster(), output));
        self.show(at, session, ui);
        if self.play.scenario().steps[at].request.is_some() {
            ui.dispatch(Choose::Journey(session.read(|engine| engine.latest_journey())));
        }
    }

    /// Does what a step does; the console shows its commands.
    fn perform(&mut self, step: usize, deed: Deed, session: &Session) -> Output {
        match deed {
            Deed::Command { line, files } => {
                let said = session.kubectl(&joined(&line), files);
                let (answer, failed) = (said.text(), said.failed);
                self.said.push(Said { step, line: said.line, answer: beginning(&answer) });
                Output {
                    code: i32::from(failed),
                    stderr: if failed { answer.clone() } else { String::new() },
                    stdout: answer,
                    ..Output::default()
                }
            }
            Deed::Act(action) => {
                let outcome = session.act(action.clone());
                session.read(|engine| heard(&action, &outcome, engine.run.cluster()))
            }
        }
    }

    /// Turns the picture to what a step is about.
    fn show(&mut self, at: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let scenario = self.play.scenario().clone();
        let step = &scenario.steps[at];
        let told = step.caption.is_some();
        if told || !step.highlight.is_empty() || step.select.is_some() {
            self.lit = selector(&self.play, &mut step.highlight.iter());
            self.about = selector(&self.play, &mut step.highlight.iter().chain(&step.select));
        }
        let wanted = step.speed.map_or(1.0, Rate::in_a_second);
        session.run_at(if self.goal > self.slide { HURRY } else { wanted });
        if let Some(view) = step.view {
            ui.dispatch(Choose::Leave(0));
            ui.dispatch(match view {
                Shown::Nodes => Choose::View(View::Nodes),
                Shown::Owners => Choose::View(View::Owners),
                Shown::Traffic => Choose::View(View::Traffic),
                Shown::Storage => Choose::View(View::Storage),
                Shown::Charts => Choose::View(View::Charts),
                Shown::ControlPlane => Choose::Open(ObjectRef::new(CONTROL_PLANE, "", "control-plane")),
            });
        }
        let find = |text: &str| {
            let found = session.read(|engine| self.play.first(text, engine.run.cluster()))?;
            Some(ObjectRef::new(&found[0], &found[1], &found[2]))
        };
        if told || step.select.is_some() {
            ui.dispatch(Choose::Select(step.select.as_deref().and_then(find)));
            // On a small screen what is selected would cover the picture.
            ui.dispatch(Choose::Sheet(None));
        }
        if let Some(id) = step.open.as_deref().and_then(find) {
            ui.dispatch(Choose::Open(id));
        }
    }
}

/// The first lines of an answer.
fn beginning(answer: &str) -> String {
    let mut lines: Vec<&str> = answer.trim_end().lines().take(LINES + 1).collect();
    if lines.len() > LINES {
        lines[LINES] = "\u{2026}";
    }
    lines.join("\n")
}

/// Words as a line that a shell splits into them again.
pub(super) fn joined(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let quoted = |word: &String| match !word.is_empty() && word.chars().all(plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// A selector of what a step names. Names are checked as the scenario is read, so none is markup.
fn selector(play: &Play, names: &mut dyn Iterator<Item = &Str>) -> String {
    let one = |text: &Str| match text.strip_prefix("part/") {
        Some(part) => Some(format!(".stage [data-part*=\"{part}\"]")),
        None => {
            let (key, begins) = play.key(text)?;
            Some(format!(".stage [data-ref{}=\"{key}\"]", if begins { "^" } else { "" }))
        }
    };
    names.filter_map(one).collect::<Vec<_>>().join(",")
}
