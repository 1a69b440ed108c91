//! What the person has chosen to look at: selection, filter, theme, language, open dialogs. One reducer, one context.

use std::rc::Rc;

use orrery_view::scene::{ObjectRef, Text, View};
use yew::prelude::*;

use crate::i18n::{Lang, Words};
use crate::opening::Arrival;
use crate::story::Story;
use crate::walk::Walk;

/// The kind of what stands for the control plane as a whole.
pub const CONTROL_PLANE: &str = "ControlPlane";

/// The kind of what stands for the world outside.
pub const OUTSIDE: &str = "Outside";

/// Light, dark, or as the system says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Paper and ink.
    Light,
    /// Night sky.
    Dark,
}

impl Theme {
    /// The name in an address and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|t| t.name() == name)
    }

    /// The one that the switch goes to next.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

/// What is asked: why an object, or a field of it, is as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The object.
    pub id: ObjectRef,
    /// The field; none for the whole.
    pub field: Option<Text>,
}

impl Asked {
    /// For what comes and goes by itself the first question is why; for the rest it is what.
    fn at_once(id: &ObjectRef) -> Option<Self> {
        let first = matches!(&*id.kind, "Pod" | "PersistentVolumeClaim");
        first.then(|| Asked { id: id.clone(), field: None })
    }
}

/// A dialog over the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialog {
    /// Keys and shapes.
    Help,
    /// The link.
    Share,
    /// Examples.
    Gallery,
    /// The runs of this browser, and files.
    Runs,
    /// What came from outside.
    Arrival,
    /// Branches, and what differs between two moments.
    Branches,
    /// What the scheduler thought of each node for the selected pod.
    Scheduling,
}

/// A sheet that covers the lower part of a small screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sheet {
    /// Manifests.
    Editor,
    /// The selection.
    Inspector,
    /// Events.
    Events,
}

/// What the panel at the foot shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Panel {
    /// What the cluster recorded.
    #[default]
    Events,
    /// A line to type commands.
    Console,
    /// What the selected pod's containers wrote.
    Logs,
}

/// What is told of the selection, unless it is why it is so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// What it is.
    #[default]
    Summary,
    /// What it looks like in a file.
    Yaml,
    /// What was recorded about it.
    Events,
}

/// Everything the person has chosen.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ui {
    /// The selected object.
    pub selection: Option<ObjectRef>,
    /// Why it is so is told, and lit in the picture.
    pub why: Option<Asked>,
    /// The walk along what is asked about, until the person is back.
    pub walk: Option<Rc<Walk>>,
    /// What is told of the selection else.
    pub tab: Tab,
    /// What is opened in the place of the picture, and what it was opened from.
    pub opened: Vec<ObjectRef>,
    /// The container of the selected pod that is meant.
    pub container: Option<Text>,
    /// What the panel at the foot shows.
    pub panel: Panel,
    /// Only this namespace.
    pub namespace: Option<String>,
    /// What the picture is ordered by.
    pub view: View,
    /// Light or dark.
    pub theme: Theme,
    /// Language.
    pub lang: Lang,
    /// The open dialog.
    pub dialog: Option<Dialog>,
    /// The open sheet on a small screen.
    pub sheet: Option<Sheet>,
    /// On a stage: picture and time only, larger.
    pub present: bool,
    /// In another page: picture and time only.
    pub embed: bool,
    /// The followed request that is looked at, by its number.
    pub journey: Option<u64>,
    /// So many of its hops are looked at, from 1; all where none is told.
    pub hop: Option<usize>,
    /// Who asks, and what for: the request that is being written.
    pub ask: (String, String),
    /// The story that waits to be begun.
    pub poster: Option<&'static str>,
    /// The story that is told.
    pub story: Option<Story>,
    /// What came from outside, and is looked at before it is opened.
    pub arrival: Option<Rc<Arrival>>,
    /// The branch whose picture stands beside the other.
    pub beside: Option<usize>,
    /// One sentence about what just happened, until it is closed.
    pub toast: Option<String>,
}

/// What can change it.
#[derive(Clone, PartialEq, Debug)]
pub enum Choose {
    /// Selects an object, or nothing.
    Select(Option<ObjectRef>),
    /// Selects an object and asks why it is as it is, or asks no more.
    Why(Option<Asked>),
    /// Walks along a chain of causes, or walks no more.
    Walk(Option<Rc<Walk>>),
    /// Opens a pod or a node.
    Open(ObjectRef),
    /// Goes back until so many are open.
    Leave(usize),
    /// Shows the logs of a container of the selected pod.
    Logs(Option<Text>),
    /// Means a container of the selected pod.
    Container(Option<Text>),
    /// Tells this of the selection.
    Tab(Tab),
    /// Turns the panel at the foot.
    Panel(Panel),
    /// Filters by namespace.
    Namespace(Option<String>),
    /// Orders the picture.
    View(View),
    /// Sets the theme.
    Theme(Theme),
    /// Sets the language.
    Lang(Lang),
    /// Opens or closes a dialog.
    Dialog(Option<Dialog>),
    /// Opens or closes a sheet.
    Sheet(Option<Sheet>),
    /// Goes on or off the stage.
    Present(bool),
    /// Looks at a followed request.
    Journey(Option<u64>),
    /// Looks at so many of its hops, or at all.
    Hop(Option<usize>),
    /// Writes a request: who asks, and what for.
    Ask(String, String),
    /// Tells a story, or ends it.
    Story(Option<Story>),
    /// Shows what came from outside.
    Arrival(Arrival),
    /// Puts the picture of another branch beside this one, or takes it away.
    Beside(Option<usize>),
    /// Says something.
    Toast(Option<String>),
    /// Escape: closes the topmost thing that is open.
    Close,
}

impl Reducible for Ui {
    type Action = Choose;

    fn reduce(self: Rc<Self>, choice: Choose) -> Rc<Self> {
        let mut ui = (*self).clone();
        match choice {
            Choose::Select(selection) => {
                if selection.is_some() && ui.sheet.is_none() {
                    ui.sheet = Some(Sheet::Inspector);
                }
                ui.select(selection);
            }
            Choose::Open(id) => {
                ui.sheet = None;
                // Of the control plane nothing more is told than what it shows itself.
                ui.select(Some(&id).filter(|id| &*id.kind != CONTROL_PLANE).cloned());
                if ui.opened.last() != Some(&id) {
                    ui.opened.push(id);
                }
            }
            Choose::Leave(depth) => ui.leave(depth),
            Choose::Logs(container) => {
                ui.container = container;
                ui.panel = Panel::Logs;
                ui.sheet = Some(Sheet::Events);
            }
            Choose::Container(container) => ui.container = container,
            Choose::Panel(panel) => ui.panel = panel,
            Choose::Why(asked) => {
                if let Some(asked) = &asked {
                    ui.select(Some(asked.id.clone()));
                }
                ui.why = asked;
            }
            Choose::Walk(walk) => {
                // On a small screen the picture is seen meanwhile, and the panel again when the person is back.
                ui.sheet = walk.is_none().then_some(Sheet::Inspector);
                ui.walk = walk;
            }
            Choose::Tab(tab) => {
                ui.tab = tab;
                ui.why = None;
                if ui.selection.is_some() {
                    ui.sheet = Some(Sheet::Inspector);
                }
            }
            Choose::Namespace(namespace) => ui.namespace = namespace,
            Choose::View(view) => ui.view = view,
            Choose::Theme(theme) => ui.theme = theme,
            Choose::Lang(lang) => ui.lang = lang,
            Choose::Dialog(dialog) => ui.dialog = dialog,
            Choose::Sheet(sheet) => ui.sheet = sheet,
            Choose::Present(present) => ui.present = present,
            Choose::Journey(journey) => {
                ui.journey = journey;
                ui.hop = None;
                ui.view = View::Traffic;
            }
            Choose::Hop(hop) => ui.hop = hop,
            Choose::Ask(from, to) => ui.ask = (from, to),
            Choose::Story(story) => {
                ui.poster = None;
                ui.story = story;
            }
            Choose::Arrival(arrival) => {
                ui.arrival = Some(Rc::new(arrival));
                ui.dialog = Some(Dialog::Arrival);
            }
            Choose::Beside(branch) => {
                ui.beside = branch;
                ui.dialog = None;
                ui.opened.clear();
            }
            Choose::Toast(toast) => ui.toast = toast,
            Choose::Close => ui.close(),
        }
        Rc::new(ui)
    }
}

impl Ui {
    fn close(&mut self) {
        if self.dialog.take().is_some() {
            return;
        }
        self.toast = None;
        if !self.opened.is_empty() {
            self.leave(self.opened.len() - 1);
        } else if self.sheet.take().is_none() {
            if self.present {
                self.present = false;
            } else if self.selection.is_some() {
                self.select(None);
            } else {
                self.story = None;
            }
        }
    }

    fn select(&mut self, selection: Option<ObjectRef>) {
        if self.selection != selection {
            self.container = None;
            self.tab = Tab::default();
            self.why = selection.as_ref().and_then(Asked::at_once);
        }
        self.selection = selection;
    }

    /// What was left stays selected in the picture; what is still open is selected within.
    fn leave(&mut self, depth: usize) {
        self.opened.truncate(depth);
        if let Some(id) = self.opened.last().cloned() {
            self.select(Some(id));
        }
    }
}

/// The context that every component reads.
pub type UiContext = UseReducerHandle<Ui>;

/// The person's choices.
#[hook]
pub fn use_ui() -> UiContext {
    use_context::<UiContext>().expect("the page provides it around every component")
}

/// The words of the chosen language.
#[hook]
pub fn use_words() -> &'static Words {
    use_ui().lang.words()
}
