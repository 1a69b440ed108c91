//! The consoles of the page: shells in tabs, and all that was typed or clicked, with what it printed.

mod desk;
mod editing;

use std::rc::Rc;

use orrery_apimachinery::Str;
use orrery_kubectl::{KUBECONFIG, Known};
use orrery_run::{Outcome, Run};
use orrery_share::{Action, File};
use orrery_sim::SimTime;
use orrery_view::scene::ObjectRef;
use orrery_view::touched::touched;
use orrery_workstation::console::{Completion, Console, Machine, NEW_PAGE, complete};

use super::Session;
use crate::assist;
use crate::files::is_edited;
use crate::shell::kubectl_words;
use crate::store;
use desk::Desk;

/// Older lines of a console scroll away for good.
const LINES_KEPT: usize = 100;
/// What one line printed is kept up to so many bytes, the last of them.
const LONGEST_ANSWER: usize = 400_000;
/// So many lines can be had back after a reload.
const HISTORY_KEPT: usize = 300;
/// Where they are kept.
const HISTORY: &str = "history";

/// What was printed in one piece: whether as an error, and the text.
pub type Piece = (bool, Rc<str>);

/// A line that was typed, or that does the same as what was clicked, and what it printed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    /// What stood in front of it.
    pub prompt: String,
    /// The line.
    pub line: String,
    /// What it printed.
    pub answer: Vec<Piece>,
    /// Whether it failed.
    pub failed: bool,
    /// What was clicked, where no command does the same.
    pub by_hand: Option<Action>,
    /// The objects that it is about.
    pub touched: Vec<ObjectRef>,
    /// Whether it has changed anything.
    pub changes: bool,
}

impl Entry {
    /// Everything that was printed.
    pub fn text(&self) -> String {
        self.answer.iter().map(|(_, text)| &**text).collect()
    }
}

/// A console, as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paper {
    /// The numbers of all consoles, and whether something goes on in them.
    pub tabs: Vec<(u32, bool)>,
    /// The number of this one.
    pub id: u32,
    /// What stands in front of the line that is typed.
    pub prompt: String,
    /// Whether a line is still being worked on, or waits for more.
    pub busy: bool,
    /// The lines, the oldest first.
    pub entries: Rc<Vec<Rc<Entry>>>,
    /// The file that waits to be saved: what is edited, and the name of its file.
    pub editing: Option<(String, String)>,
}

/// A shell and what was typed into it.
struct Tab {
    id: u32,
    shell: Console,
    entries: Rc<Vec<Rc<Entry>>>,
}

/// All consoles.
pub(super) struct Consoles {
    tabs: Vec<Tab>,
    active: usize,
    last_id: u32,
    /// The editor's files, as the shells see them.
    files: Vec<File>,
    /// What the shells did to them: the name, and the text; `None` removes.
    written: Vec<(String, Option<String>)>,
    /// How much of that the editor has taken over.
    taken: usize,
    history: Vec<String>,
    editing: Option<(String, String)>,
}

impl Consoles {
    pub(super) fn new(now: SimTime) -> Self {
        let history = store::choice(HISTORY).and_then(|json| serde_json::from_str(&json).ok());
        let mut all = Consoles {
            tabs: Vec::new(),
            active: 0,
            last_id: 0,
            files: Vec::new(),
            written: Vec::new(),
            taken: 0,
            history: history.unwrap_or_default(),
            editing: None,
        };
        all.open(now);
        all
    }

    fn open(&mut self, now: SimTime) {
        self.last_id += 1;
        self.tabs.push(Tab { id: self.last_id, shell: Console::new(now), entries: Rc::default() });
        self.active = self.tabs.len() - 1;
    }

    /// Lets a shell work, and adds what it printed and was about to its last line.
    fn with(&mut self, at: usize, run: &mut Run, act: &mut dyn FnMut(&mut Console, &mut dyn Machine)) {
        let Consoles { tabs, files, written, editing, .. } = self;
        let Some(tab) = tabs.get_mut(at) else { return };
        let mut desk = Desk { run, files, written, editing, touched: Vec::new(), changes: false, code: 0 };
        act(&mut tab.shell, &mut desk);
        let (touched, changes, code) = (desk.touched, desk.changes, desk.code);
        let lines = tab.shell.take();
        if lines.is_empty() && touched.is_empty() && code == 0 {
            return;
        }
        let Some(entry) = Rc::make_mut(&mut tab.entries).last_mut().map(Rc::make_mut) else { return };
        entry.failed |= code != 0;
        entry.changes |= changes;
        for (error, text) in lines {
            let shown = text.rsplit(NEW_PAGE).next().unwrap_or_default();
            if shown.len() < text.len() {
                entry.answer.clear();
            }
            entry.answer.push((error, shown.into()));
        }
        let mut size: usize = entry.answer.iter().map(|(_, text)| text.len()).sum();
        let too_many = entry.answer.iter().take_while(|(_, text)| {
            let long = size > LONGEST_ANSWER;
            size -= text.len();
            long
        });
        let too_many = too_many.count();
        entry.answer.drain(..too_many);
        entry
            .touched
            .extend(touched.into_iter().filter(|id| !entry.touched.contains(id)).collect::<Vec<_>>());
    }

    fn add(&mut self, at: usize, entry: Entry) {
        let Some(tab) = self.tabs.get_mut(at) else { return };
        let entries = Rc::make_mut(&mut tab.entries);
        entries.push(Rc::new(entry));
        let old = entries.len().saturating_sub(LINES_KEPT);
        entries.drain(..old);
    }

    fn remember(&mut self, line: &str) {
        self.history.retain(|known| known != line);
        self.history.push(line.to_owned());
        let old = self.history.len().saturating_sub(HISTORY_KEPT);
        self.history.drain(..old);
        if let Ok(json) = serde_json::to_string(&self.history) {
            store::keep_choice(HISTORY, &json);
        }
    }
}

impl Session {
    /// Types a line into the console that is open; while something goes on there, into another.
    pub fn enter(&self, line: &str) {
        {
            let (mut state, mut all) = (self.state.borrow_mut(), self.consoles.borrow_mut());
            state.travel = None;
            if all.tabs[all.active].shell.is_busy() {
                let free = all.tabs.iter().position(|tab| !tab.shell.is_busy());
                match free {
                    Some(free) => all.active = free,
                    None => all.open(state.engine.run.cluster().now()),
                }
            }
            let at = all.active;
            let prompt = all.tabs[at].shell.prompt().to_owned();
            // A command of kubectl's is shown as it would be typed elsewhere.
            let shown =
                if prompt == "$ " { orrery_workstation::console::whole(line) } else { line.to_owned() };
            all.remember(line);
            all.add(at, Entry { prompt, line: shown, ..Entry::default() });
            all.with(at, &mut state.engine.run, &mut |shell, machine| shell.enter(line, machine));
        }
        self.changed();
    }

    /// Runs a command line that does the same as what was clicked.
    pub fn kubectl(&self, line: &str, files: Vec<File>) -> Entry {
        self.run_line(line, files).0
    }

    /// The same, with the files that it wrote.
    fn run_line(&self, line: &str, files: Vec<File>) -> (Entry, Vec<(String, String)>) {
        let done = {
            let (mut state, mut all) = (self.state.borrow_mut(), self.consoles.borrow_mut());
            state.travel = None;
            let run = &mut state.engine.run;
            let words = kubectl_words(line);
            let before = run.cluster().api().revision();
            let output = run.kubectl(words.clone(), files, assist::library());
            let changes = run.cluster().api().revision() != before;
            let touched = touched(run.cluster(), before, &words, &output.stdout);
            let whole = match orrery_workstation::is_program(&words) {
                true => line.to_owned(),
                false => ["kubectl ", line.strip_prefix("kubectl ").unwrap_or(line)].concat(),
            };
            let mut answer: Vec<Piece> = Vec::new();
            for (printed, told) in output.in_order() {
                let pieces =
                    [(false, printed), (true, told)].into_iter().filter(|(_, text)| !text.is_empty());
                answer.extend(pieces.map(|(error, text)| (error, text.into())));
            }
            let failed = output.code != 0;
            let entry = Entry {
                prompt: "$ ".into(),
                line: whole,
                answer,
                failed,
                touched,
                changes,
                ..Entry::default()
            };
            let at = all.free();
            all.add(at, entry.clone());
            (entry, output.files)
        };
        self.changed();
        done
    }

    /// Does something to the cluster, now. The console shows the command that does the same, or says that there is none.
    /// What lay ahead in a replayed run is forgotten: this is another future.
    pub fn act(&self, action: Action) -> Outcome {
        let outcome = {
            let (mut state, mut all) = (self.state.borrow_mut(), self.consoles.borrow_mut());
            state.travel = None;
            let run = &mut state.engine.run;
            let before = run.cluster().api().revision();
            let outcome = run.act(action.clone());
            let words = match &action {
                Action::Apply { .. } => Some(all.apply()),
                action => orrery_run::command(action),
            };
            let touched = touched(run.cluster(), before, words.as_deref().unwrap_or_default(), "");
            let (prompt, line) = match &words {
                Some(words) => ("$ ", orrery_run::typed(words)),
                None => ("# ", String::new()),
            };
            let printed: Option<Piece> =
                (!outcome.printed.is_empty()).then(|| (false, outcome.printed.as_str().into()));
            let refused =
                outcome.refused.iter().map(|refused| (true, [&*refused.message, "\n"].concat().into()));
            let entry = Entry {
                prompt: prompt.into(),
                line,
                answer: printed.into_iter().chain(refused).collect(),
                failed: !outcome.refused.is_empty(),
                by_hand: Some(action).filter(|_| words.is_none()),
                touched,
                changes: true,
            };
            let at = all.free();
            all.add(at, entry);
            outcome
        };
        self.changed();
        outcome
    }

    /// The console that is open.
    pub fn paper(&self) -> Paper {
        let all = self.consoles.borrow();
        let tab = &all.tabs[all.active];
        Paper {
            tabs: all.tabs.iter().map(|tab| (tab.id, tab.shell.goes_on())).collect(),
            id: tab.id,
            prompt: tab.shell.prompt().to_owned(),
            busy: tab.shell.is_busy() || tab.shell.prompt().is_empty(),
            entries: tab.entries.clone(),
            editing: all.editing.clone(),
        }
    }

    /// Opens a console, or another one where none is told.
    pub fn open_console(&self, id: Option<u32>) {
        {
            let (state, mut all) = (self.state.borrow(), self.consoles.borrow_mut());
            match id {
                Some(id) => all.active = all.tabs.iter().position(|tab| tab.id == id).unwrap_or(all.active),
                None => all.open(state.engine.run.cluster().now()),
            }
        }
        self.changed();
    }

    /// Closes a console with all that goes on in it; the last one stays.
    pub fn close_console(&self, id: u32) {
        self.in_console(&mut |shell, machine| shell.interrupt(machine));
        {
            let mut all = self.consoles.borrow_mut();
            if all.tabs.len() > 1 {
                all.tabs.retain(|tab| tab.id != id);
                all.active = all.active.min(all.tabs.len() - 1);
            }
        }
        self.changed();
    }

    /// Presses a key that means something to the shell itself: Ctrl-C, Ctrl-D.
    pub fn in_console(&self, act: &mut dyn FnMut(&mut Console, &mut dyn Machine)) {
        {
            let (mut state, mut all) = (self.state.borrow_mut(), self.consoles.borrow_mut());
            let at = all.active;
            all.with(at, &mut state.engine.run, act);
        }
        self.changed();
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        {
            let mut all = self.consoles.borrow_mut();
            let at = all.active;
            if all.tabs[at].shell.is_busy()
                && let Some(entry) = Rc::make_mut(&mut all.tabs[at].entries).last_mut()
            {
                Rc::make_mut(entry).answer.push((true, "^C\n".into()));
            }
        }
        self.in_console(&mut |shell, machine| shell.interrupt(machine));
    }

    /// Takes everything off the paper of the console that is open.
    pub fn clear_console(&self) {
        {
            let mut all = self.consoles.borrow_mut();
            let at = all.active;
            let tab = &mut all.tabs[at];
            let going = tab.shell.goes_on();
            let kept = tab.entries.last().filter(|_| going).cloned();
            tab.entries = Rc::new(kept.into_iter().collect());
        }
        self.changed();
    }

    /// The lines of this and earlier visits, the oldest first.
    pub fn history(&self) -> Vec<String> {
        self.consoles.borrow().history.clone()
    }

    /// What Tab offers behind a line.
    pub fn complete(&self, line: &str) -> Completion {
        let (state, all) = (self.state.borrow(), self.consoles.borrow());
        let files: Vec<String> = all.files.iter().map(|file| file.name.clone()).collect();
        let variables: Vec<String> = all.tabs[all.active].shell.variables().map(Str::to_string).collect();
        let run = &state.engine.run;
        let known = Known { api: run.cluster().api(), files: &files, config: run.at_home(KUBECONFIG) };
        complete(line, &known, &variables)
    }

    /// Tells the shells the editor's files.
    pub fn set_files(&self, files: Vec<File>) {
        self.consoles.borrow_mut().files = files;
    }

    /// How often the shells have written to files.
    pub fn written(&self) -> usize {
        let all = self.consoles.borrow();
        all.taken + all.written.len()
    }

    /// What the shells have written to files: names and texts, without a text for what was removed.
    pub fn take_written(&self) -> Vec<(String, Option<String>)> {
        let mut all = self.consoles.borrow_mut();
        all.taken += all.written.len();
        std::mem::take(&mut all.written)
    }

    /// Prints what is new in the consoles.
    pub(super) fn look_at_consoles(&self) {
        let (mut state, mut all) = (self.state.borrow_mut(), self.consoles.borrow_mut());
        for at in 0..all.tabs.len() {
            if all.tabs[at].shell.goes_on() {
                all.with(at, &mut state.engine.run, &mut |shell, machine| shell.look(machine));
            }
        }
    }
}

impl Consoles {
    /// `kubectl apply` of all files of the editor.
    fn apply(&self) -> Vec<String> {
        let mut words = vec!["apply".to_owned()];
        for file in self.files.iter().filter(|file| !file.text.trim().is_empty() && !is_edited(file)) {
            words.extend(["-f".to_owned(), file.name.clone()]);
        }
        words
    }

    /// The console that shows what was clicked: the open one, unless something goes on there.
    fn free(&mut self) -> usize {
        let busy = self.tabs[self.active].shell.goes_on();
        let free = self.tabs.iter().position(|tab| !tab.shell.goes_on());
        if busy { free.unwrap_or(self.active) } else { self.active }
    }
}
