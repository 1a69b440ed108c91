//! Owns the engine and its time: the frame loop, one revision counter, and the views that components hang on to.
//!
//! While paused there is no frame and no timer. Each frame spends at most `BUDGET_MS` on the engine; when that is too little,
//! virtual time slows down and says so instead of catching up.

mod comparing;
mod console;
mod travelling;

pub use comparing::Shown;
pub use console::{Entry, Paper, Piece};
pub use travelling::Progress;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use gloo::render::{AnimationFrame, request_animation_frame};
use orrery_run::{Pace, Run};
use yew::prelude::*;

use crate::crash;
use crate::engine::Engine;
use crate::pace;
use crate::runs::{self, Kept};
use crate::store;

use comparing::Compared;
use console::Consoles;
use travelling::UnderWay;

/// What one animation frame gives to the engine.
const BUDGET_MS: f64 = 7.0;
/// A longer gap between frames (a hidden tab, a sleeping laptop) is not caught up.
const LONGEST_FRAME_MS: f64 = 100.0;
/// Reading the views takes at most one part in so many of the time.
const VIEWS_SHARE: f64 = 4.0;
const NANOS_PER_MS: f64 = 1e6;
/// Nothing happens for so long, at the speed of one: that is idle.
const IDLE_NS: f64 = 1e9;
/// The speeds of the switch, in virtual seconds per real second.
pub const SPEEDS: [f64; 10] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 300.0, 1000.0];

/// The running model behind the page.
pub struct Session {
    me: Weak<Session>,
    state: RefCell<State>,
    consoles: RefCell<Consoles>,
    /// Under which name this run is kept in the browser.
    kept: RefCell<Kept>,
    listeners: RefCell<BTreeMap<u64, Rc<dyn Fn()>>>,
    keeper: RefCell<Option<Rc<dyn Fn()>>>,
}

struct State {
    engine: Engine,
    playing: bool,
    visible: bool,
    speed: f64,
    /// Virtual time that the page has asked for, in nanoseconds.
    target: f64,
    /// Where the person is going, as fast as possible.
    travel: Option<UnderWay>,
    compared: Compared,
    behind: bool,
    /// What a step of the transport goes by.
    pace: Pace,
    /// Time in which nothing happens is leapt over.
    skips: bool,
    /// Nothing more happens by itself.
    over: bool,
    last_frame: Option<f64>,
    frame: Option<AnimationFrame>,
    revision: u64,
    listener: u64,
    /// Until then views are not read again, so that reading a large cluster leaves time to run it.
    rest_until: f64,
}

/// What the transport shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Clock {
    /// Virtual time in nanoseconds.
    pub now: u64,
    /// Time runs.
    pub playing: bool,
    /// Virtual seconds per real second.
    pub speed: f64,
    /// The engine needs longer than the speed allows.
    pub behind: bool,
    /// The person is going somewhere.
    pub seeking: bool,
    /// How far that is, once it takes long enough to be told.
    pub progress: Option<Progress>,
    /// What a step goes by.
    pub pace: Pace,
    /// Time in which nothing happens is leapt over.
    pub skips: bool,
    /// Nothing more happens by itself.
    pub over: bool,
}

impl State {
    /// Whether there is something to do in each frame.
    fn is_busy(&self) -> bool {
        self.playing || self.travel.is_some() || self.compares()
    }

    /// Leaps to the next thing that happens if it is far; where there is none, time stops.
    fn leap_over(&mut self) {
        match self.engine.run.next_at() {
            Some(next) if next as f64 > self.target + IDLE_NS * self.speed => self.target = next as f64,
            Some(_) => {}
            None => {
                self.over = true;
                self.playing = false;
            }
        }
    }
}

impl Session {
    /// A paused session around a run.
    pub fn new(run: Run) -> Rc<Self> {
        let consoles = RefCell::new(Consoles::new(run.cluster().now()));
        let state = State {
            engine: Engine::new(run),
            playing: false,
            visible: true,
            speed: 1.0,
            target: 0.0,
            travel: None,
            compared: Compared::Nothing,
            behind: false,
            pace: store::choice("pace").and_then(|name| pace::named(&name)).unwrap_or_default(),
            skips: store::choice("skips").is_some(),
            over: false,
            last_frame: None,
            frame: None,
            revision: 0,
            listener: 0,
            rest_until: 0.0,
        };
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            state: RefCell::new(state),
            consoles,
            kept: RefCell::new(Kept::new(runs::new_id())),
            listeners: RefCell::default(),
            keeper: RefCell::default(),
        })
    }

    /// Reads the engine.
    pub fn read<V>(&self, read: impl FnOnce(&Engine) -> V) -> V {
        read(&self.state.borrow().engine)
    }

    /// Time, as the transport shows it.
    pub fn clock(&self) -> Clock {
        let s = self.state.borrow();
        Clock {
            now: s.engine.run.now(),
            playing: s.playing,
            speed: s.speed,
            behind: s.behind && s.playing,
            seeking: s.travel.is_some(),
            progress: s.progress(),
            pace: s.pace,
            skips: s.skips,
            over: s.over,
        }
    }

    /// Under which name this run is kept in the browser.
    pub fn kept(&self) -> Kept {
        self.kept.borrow().clone()
    }

    /// The run is kept under this name from now on.
    pub fn set_kept(&self, kept: Kept) {
        self.kept.replace(kept);
    }

    /// Which run this is, and how much was done in it, on how many branches.
    pub fn done(&self) -> (String, usize) {
        let count = |engine: &Engine| engine.run.branches().iter().map(|branch| 1 + branch.steps.len()).sum();
        (self.kept.borrow().id.clone(), self.read(count))
    }

    /// Names who keeps the run before another takes its place.
    pub fn set_keeper(&self, keeper: Rc<dyn Fn()>) {
        self.keeper.replace(Some(keeper));
    }

    /// Keeps the run as it stands: another is about to take its place, and perhaps that of its files.
    pub fn leave(&self) {
        let keeper = self.keeper.borrow().clone();
        if let Some(keeper) = keeper {
            keeper();
        }
    }

    /// Replaces the run, at time zero; it is kept beside the one before.
    pub fn reset(&self, run: Run) {
        let tab = self.kept.borrow().tab.clone();
        self.kept.replace(Kept::new(tab));
        {
            let mut s = self.state.borrow_mut();
            *self.consoles.borrow_mut() = Consoles::new(run.cluster().now());
            s.engine = Engine::new(run);
            s.target = 0.0;
            s.travel = None;
            s.compared = Compared::Nothing;
        }
        self.changed();
    }

    /// Lets time run, or stops it.
    pub fn play(&self, playing: bool) {
        {
            let mut s = self.state.borrow_mut();
            s.playing = playing;
            s.over = false;
            s.travel = None;
            s.target = s.engine.run.now() as f64;
            s.last_frame = None;
        }
        self.changed();
    }

    /// Sets the speed.
    pub fn set_speed(&self, speed: f64) {
        self.run_at(speed);
        store::keep_choice("speed", &self.clock().speed.to_string());
    }

    /// Runs at this speed, which is not the person's choice.
    pub fn run_at(&self, speed: f64) {
        let speed = if speed.is_finite() { speed.clamp(SPEEDS[0], SPEEDS[SPEEDS.len() - 1]) } else { 1.0 };
        self.state.borrow_mut().speed = speed;
        self.changed();
    }

    /// The next slower (-1) or faster (+1) speed of the switch.
    pub fn shift_speed(&self, by: i32) {
        let now = self.clock().speed;
        let next =
            if by > 0 { SPEEDS.iter().find(|s| **s > now) } else { SPEEDS.iter().rev().find(|s| **s < now) };
        if let Some(next) = next {
            self.set_speed(*next);
        }
    }

    /// Goes to another branch, at the same instant.
    pub fn switch(&self, branch: usize) {
        let now = {
            let run = &mut self.state.borrow_mut().engine.run;
            let now = run.now();
            run.switch(branch);
            now
        };
        self.seek(now);
    }

    /// Begins another branch now, so that both can go on.
    pub fn fork(&self) {
        {
            let mut s = self.state.borrow_mut();
            s.travel = None;
            let run = &mut s.engine.run;
            run.fork(run.now());
        }
        self.changed();
    }

    /// Calls a branch by a name.
    pub fn name_branch(&self, branch: usize, name: &str) {
        self.state.borrow_mut().engine.run.rename(branch, name);
        self.leave();
        self.changed();
    }

    /// A session at another branch, to be looked at beside this one.
    pub fn beside(&self, branch: usize) -> Rc<Self> {
        let mut run = self.read(|engine| engine.run.clone());
        run.switch(branch);
        Self::new(run)
    }

    /// Goes to the instant of another session.
    pub fn follow(&self, leader: &Session) {
        let now = leader.clock().now;
        if self.clock().now != now {
            self.seek(now);
        }
    }

    /// Goes by this from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.state.borrow_mut().pace = pace;
        store::keep_choice("pace", pace::name(pace));
        self.changed();
    }

    /// Leaps over time in which nothing happens, or not.
    pub fn set_skips(&self, skips: bool) {
        self.state.borrow_mut().skips = skips;
        store::set_choice("skips", skips.then_some("yes"));
        self.changed();
    }

    /// Nothing is computed for a page that nobody sees.
    pub fn set_visible(&self, visible: bool) {
        let mut s = self.state.borrow_mut();
        s.visible = visible;
        s.last_frame = None;
        if !visible {
            s.frame = None;
        }
        drop(s);
        self.request();
    }

    /// Calls `listener` after each change until the guard is dropped.
    pub fn subscribe(&self, listener: Rc<dyn Fn()>) -> Subscription {
        let id = {
            let mut s = self.state.borrow_mut();
            s.listener += 1;
            s.listener
        };
        self.listeners.borrow_mut().insert(id, listener);
        Subscription { session: self.me.clone(), id }
    }

    fn revision(&self) -> u64 {
        self.state.borrow().revision
    }

    fn changed(&self) {
        self.look_at_consoles();
        self.state.borrow_mut().revision += 1;
        let listeners: Vec<_> = self.listeners.borrow().values().cloned().collect();
        listeners.iter().for_each(|listener| listener());
        self.request();
    }

    /// Asks for a frame if there is something to do in it.
    fn request(&self) {
        let mut s = self.state.borrow_mut();
        let wanted = s.visible && (s.is_busy());
        if wanted && s.frame.is_none() {
            let me = self.me.clone();
            s.frame = Some(request_animation_frame(move |at| {
                if let Some(session) = me.upgrade() {
                    session.frame(at);
                }
            }));
        } else if !wanted {
            s.frame = None;
            s.last_frame = None;
        }
    }

    fn frame(&self, at_ms: f64) {
        {
            let mut guard = self.state.borrow_mut();
            let s = &mut *guard;
            s.frame = None;
            let deadline = now_ms() + BUDGET_MS;
            let mut more = || now_ms() < deadline;
            if s.travel.is_some() {
                s.go_on_travelling(&mut more);
            } else if s.playing {
                let elapsed = s.last_frame.map_or(0.0, |last| (at_ms - last).clamp(0.0, LONGEST_FRAME_MS));
                s.target += elapsed * NANOS_PER_MS * s.speed;
                if s.skips {
                    s.leap_over();
                }
                s.engine.run.run(s.target as u64, &mut more);
                s.behind = s.engine.run.now() < s.target as u64;
                if s.behind {
                    s.target = s.engine.run.now() as f64;
                }
            }
            s.go_on_comparing();
            s.last_frame = Some(at_ms);
            crash::note(s.engine.run.now());
        }
        let now = now_ms();
        let rests = {
            let s = self.state.borrow();
            s.is_busy() && now < s.rest_until
        };
        if rests {
            return self.request();
        }
        self.changed();
        let cost = now_ms() - now;
        self.state.borrow_mut().rest_until = now + cost * VIEWS_SHARE;
    }
}

/// Ends a subscription when it is dropped.
pub struct Subscription {
    session: Weak<Session>,
    id: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(session) = self.session.upgrade() {
            session.listeners.borrow_mut().remove(&self.id);
        }
    }
}

/// The clock of the page, in milliseconds.
fn now_ms() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

/// The session as a context: equal when it is the same one.
#[derive(Clone)]
pub struct SessionContext(pub Rc<Session>);

impl PartialEq for SessionContext {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The session of the page.
#[hook]
pub fn use_session() -> Rc<Session> {
    use_context::<SessionContext>().expect("the page provides it around every component").0
}

/// What a component read last, from which revision and with what in hand.
struct Seen<D, V> {
    with: D,
    revision: u64,
    value: Rc<V>,
}

/// A plain model read from the session. The component is drawn again only when the model differs.
#[hook]
pub fn use_view<D, V>(with: D, read: fn(&Session, &D) -> V) -> Rc<V>
where
    D: PartialEq + Clone + 'static,
    V: PartialEq + 'static,
{
    let session = use_session();
    let update = use_force_update();
    let seen = use_mut_ref(|| None::<Seen<D, V>>);
    let latest = use_mut_ref(|| with.clone());
    *latest.borrow_mut() = with.clone();
    {
        let (session, seen) = (session.clone(), seen.clone());
        use_effect_with((), move |()| {
            let listener = {
                let session = Rc::downgrade(&session);
                move || {
                    let Some(session) = session.upgrade() else { return };
                    let with = latest.borrow().clone();
                    let value = read(&session, &with);
                    let mut seen = seen.borrow_mut();
                    let differs = seen.as_ref().is_none_or(|s| s.with != with || *s.value != value);
                    if differs {
                        *seen = Some(Seen { with, revision: session.revision(), value: Rc::new(value) });
                        update.force_update();
                    } else if let Some(seen) = seen.as_mut() {
                        seen.revision = session.revision();
                    }
                }
            };
            // What changed between the first drawing and this moment was told to nobody.
            listener();
            let subscription = session.subscribe(Rc::new(listener));
            move || drop(subscription)
        });
    }
    let mut seen = seen.borrow_mut();
    let revision = session.revision();
    match &*seen {
        Some(s) if s.revision == revision && s.with == with => s.value.clone(),
        _ => {
            let value = Rc::new(read(&session, &with));
            *seen = Some(Seen { with, revision, value: value.clone() });
            value
        }
    }
}
