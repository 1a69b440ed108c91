//! A story that is told: a scenario that is played, caption by caption, on the session of the page. What was told can be
//! seen again; it is the same run, gone back to.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use orrery_kubectl::Output;
use orrery_manifest::Diagnostic;
use orrery_scenario::{Deed, Play, Rate, Scenario, Step, View as Shown, heard};
use orrery_view::scene::{ObjectRef, View};
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use crate::session::Session;
use crate::ui::{CONTROL_PLANE, Choose, Ui};

#[wasm_bindgen(module = "/editor/load.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = loadStory)]
    async fn load_story(name: &str) -> Result<JsValue, JsValue>;
}

/// The stories of the page, in the order of the gallery. Each is a file beside the page.
pub const STORIES: [&str; 14] = [
    "machine-or-container",
    "monolith-or-microservices",
    "image-to-pod",
    "deployment",
    "scheduling",
    "healing",
    "rollout",
    "requests-in-a-rollout",
    "services",
    "probes",
    "autoscaling",
    "configuration",
    "volume",
    "topologies",
];

/// How fast time runs for somebody who will not wait.
const HURRY: f64 = 60.0;
/// The shortest time that a caption stays when a story goes by itself, and what each letter adds, in milliseconds.
const READING_MS: f64 = 3_500.0;
const LETTER_MS: f64 = 55.0;

/// Fetches a story.
pub async fn fetch(name: &str) -> Option<Scenario> {
    let text = load_story(name).await.ok()?.as_string()?;
    orrery_scenario::read(&text).ok()
}

/// What is wrong with a scenario's text, in a line.
pub fn mistake(found: &Diagnostic) -> String {
    let hint = found.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{}:{}: {}{hint}", found.line, found.column, found.message)
}

/// The story that the address asks for: `?story=healing`.
pub fn wanted() -> Option<&'static str> {
    let search = web_sys::window()?.location().search().ok()?;
    let name = web_sys::UrlSearchParams::new_with_str(&search).ok()?.get("story")?;
    STORIES.into_iter().find(|story| *story == name)
}

/// A story as the page passes it on: equal when it is the same telling.
#[derive(Clone, Debug)]
pub struct Story(Rc<RefCell<Teller>>);

impl PartialEq for Story {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Where a caption is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Time runs to this moment; then its steps are taken.
    Reaching(u64),
    /// Its steps are taken.
    Acting,
    /// All of it has happened.
    Told,
    /// It is seen again, up to this moment.
    Again(u64),
}

/// Who tells it.
struct Teller {
    play: Play,
    /// The steps that belong to each caption.
    slides: Vec<Range<usize>>,
    slide: usize,
    phase: Phase,
    auto: bool,
    hurry: bool,
    /// When the caption was shown, by the clock of the page.
    since: f64,
    /// The speed that the person had chosen.
    speed: f64,
    /// What is lit, as a style; and the command of the step.
    lit: String,
    line: String,
}

impl std::fmt::Debug for Teller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.play.scenario().name, self.slide)
    }
}

/// What the page shows of a story.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// The scenario.
    pub scenario: Rc<Scenario>,
    /// The step whose caption is shown.
    pub step: usize,
    /// The step that the chapter is told at.
    pub chapter: Option<usize>,
    /// Which caption, from 0, and how many there are.
    pub slide: (usize, usize),
    /// Something is under way.
    pub busy: bool,
    /// It goes by itself.
    pub auto: bool,
    /// A style that lights what the caption is about.
    pub lit: String,
    /// The command of the step.
    pub line: String,
    /// The step whose manifests were applied last.
    pub applied: Option<usize>,
    /// What was expected and held, and what did not hold.
    pub held: usize,
    /// Why something did not hold.
    pub wrong: Vec<String>,
}

fn now_ms() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
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
        session.reset(run);
        for line in play.scenario().opening() {
            session.kubectl(&joined(&line), Vec::new());
        }
        session.play(true);
        let slides = slides(&play.scenario().steps);
        let teller = Teller {
            play,
            slides,
            slide: 0,
            phase: Phase::Reaching(0),
            auto: false,
            hurry: false,
            since: now_ms(),
            speed,
            lit: String::new(),
            line: String::new(),
        };
        Ok(Story(Rc::new(RefCell::new(teller))))
    }

    /// Tells this telling from every other.
    pub fn key(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// What the page shows.
    pub fn told(&self) -> Told {
        let teller = self.0.borrow();
        let scenario = teller.play.scenario().clone();
        let range = teller.slides[teller.slide].clone();
        let step = range.clone().find(|at| scenario.steps[*at].caption.is_some()).unwrap_or(range.start);
        let verdicts = || teller.play.verdicts().iter().filter(|verdict| range.contains(&verdict.step));
        Told {
            chapter: (0..=step).rev().find(|at| scenario.steps[*at].chapter.is_some()),
            step,
            slide: (teller.slide, teller.slides.len()),
            busy: teller.phase != Phase::Told,
            auto: teller.auto,
            lit: teller.lit.clone(),
            line: teller.line.clone(),
            applied: (0..teller.play.next().min(range.end))
                .rev()
                .find(|at| scenario.steps[*at].apply.is_some()),
            held: verdicts().filter(|verdict| verdict.wrong.is_none()).count(),
            wrong: verdicts().filter_map(|verdict| verdict.wrong.clone()).collect(),
            scenario,
        }
    }

    /// Goes on to the next caption; what is under way is hurried to its end first.
    pub fn next(&self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        self.0.borrow_mut().next(session, ui);
    }

    /// Goes back to the caption before.
    pub fn back(&self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let mut teller = self.0.borrow_mut();
        let to = teller.slide.saturating_sub(1);
        teller.again(to, session, ui);
    }

    /// Lets it go by itself, or not.
    pub fn set_auto(&self, auto: bool) {
        let mut teller = self.0.borrow_mut();
        (teller.auto, teller.since) = (auto, now_ms());
    }

    /// Ends the telling; the cluster stays as it is.
    pub fn leave(&self, session: &Session) {
        session.set_speed(self.0.borrow().speed);
    }

    /// Looks how far it has come and goes on from there.
    pub fn tick(&self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        // What is being done may ask for the next look itself.
        if let Ok(mut teller) = self.0.try_borrow_mut() {
            teller.tick(session, ui);
        }
    }
}

impl Teller {
    fn tick(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let clock = session.clock();
        match self.phase {
            Phase::Reaching(at) if !clock.seeking && clock.now >= at => {
                self.phase = Phase::Acting;
                session.play(true);
                self.act(session, ui);
            }
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

    /// All of a caption has happened.
    fn told(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        self.phase = Phase::Told;
        session.set_speed(1.0);
        if self.steps().iter().any(|step| step.pause) {
            session.play(false);
        }
        if std::mem::take(&mut self.hurry) {
            self.next(session, ui);
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

    fn next(&mut self, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        if self.phase != Phase::Told {
            self.hurry = true;
            return session.set_speed(HURRY);
        }
        let to = self.slide + 1;
        let Some(range) = self.slides.get(to).cloned() else { return };
        if range.start < self.play.next() {
            return self.again(to, session, ui);
        }
        let end = range.start.checked_sub(1).and_then(|last| self.play.times(last)?.1);
        (self.slide, self.since) = (to, now_ms());
        let end = end.map_or(0, |end| end.as_nanos());
        if session.clock().now < end {
            session.seek(end);
        }
        self.phase = Phase::Reaching(end);
        self.tick(session, ui);
    }

    /// Shows a caption again whose steps were begun before.
    fn again(&mut self, to: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let range = self.slides[to].clone();
        let Some((began, _)) = self.play.times(range.start) else { return };
        let Some(end) = self.play.times(range.end - 1).and_then(|(_, ended)| ended) else { return };
        (self.slide, self.since, self.hurry) = (to, now_ms(), false);
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
        let output = deed.map(|deed| perform(deed, session));
        session.read(|engine| self.play.done(engine.run.cluster(), output));
        self.show(at, session, ui);
        if self.play.scenario().steps[at].request.is_some() {
            ui.dispatch(Choose::Journey(session.read(|engine| engine.latest_journey())));
        }
    }

    /// Turns the picture to what a step is about.
    fn show(&mut self, at: usize, session: &Session, ui: &UseReducerDispatcher<Ui>) {
        let scenario = self.play.scenario().clone();
        let step = &scenario.steps[at];
        let told = step.caption.is_some();
        if told || !step.highlight.is_empty() {
            self.lit = style(&self.play, step);
        }
        let line = command(step);
        if told || !line.is_empty() {
            self.line = line;
        }
        if !self.hurry {
            session.set_speed(step.speed.map_or(1.0, Rate::in_a_second));
        }
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

/// Does what a step does; the console shows its commands.
fn perform(deed: Deed, session: &Session) -> Output {
    match deed {
        Deed::Command { line, files } => {
            let said = session.kubectl(&joined(&line), files);
            let (answer, failed) = (said.text(), said.failed);
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

/// Words as a line that a shell splits into them again.
fn joined(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let quoted = |word: &String| match !word.is_empty() && word.chars().all(plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The command of a step, as it would be typed.
fn command(step: &Step) -> String {
    match (&step.kubectl, &step.run, &step.apply) {
        (Some(line), ..) => format!("kubectl {}", joined(&line.0)),
        (_, Some(line), _) => joined(&line.0),
        (.., Some(_)) => "kubectl apply -f -".to_owned(),
        _ => String::new(),
    }
}

/// A style that lights what a step names. Names are checked as the scenario is read, so none is markup.
fn style(play: &Play, step: &Step) -> String {
    let selector = |text: &orrery_apimachinery::Str| match text.strip_prefix("part/") {
        Some(part) => Some(format!("[data-part*=\"{part}\"]")),
        None => {
            let (key, begins) = play.key(text)?;
            Some(format!("[data-ref{}=\"{key}\"]", if begins { "^" } else { "" }))
        }
    };
    let all: Vec<String> =
        step.highlight.iter().filter_map(selector).map(|one| format!(".stage {one}")).collect();
    match all.is_empty() {
        true => String::new(),
        false => format!(
            "{}{{filter:var(--lit);outline:2px dashed var(--brass);outline-offset:3px;border-radius:6px}}",
            all.join(",")
        ),
    }
}
