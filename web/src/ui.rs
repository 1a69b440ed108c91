//! What the person has chosen to look at: selection, filter, theme, language, open dialogs. One reducer, one context.

use std::rc::Rc;

use orrery_view::scene::{ObjectRef, View};
use yew::prelude::*;

use crate::i18n::{Lang, Words};

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

/// A dialog over the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialog {
    /// Keys and shapes.
    Help,
    /// The link.
    Share,
    /// Examples.
    Gallery,
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

/// Everything the person has chosen.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ui {
    /// The selected object.
    pub selection: Option<ObjectRef>,
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
    /// One sentence about what just happened, until it is closed.
    pub toast: Option<String>,
}

/// What can change it.
#[derive(Clone, PartialEq, Debug)]
pub enum Choose {
    /// Selects an object, or nothing.
    Select(Option<ObjectRef>),
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
                ui.selection = selection;
            }
            Choose::Namespace(namespace) => ui.namespace = namespace,
            Choose::View(view) => ui.view = view,
            Choose::Theme(theme) => ui.theme = theme,
            Choose::Lang(lang) => ui.lang = lang,
            Choose::Dialog(dialog) => ui.dialog = dialog,
            Choose::Sheet(sheet) => ui.sheet = sheet,
            Choose::Present(present) => ui.present = present,
            Choose::Toast(toast) => ui.toast = toast,
            Choose::Close => ui.close(),
        }
        Rc::new(ui)
    }
}

impl Ui {
    fn close(&mut self) {
        if self.dialog.take().is_some() || self.sheet.take().is_some() || self.toast.take().is_some() {
            return;
        }
        if self.present {
            self.present = false;
        } else {
            self.selection = None;
        }
    }
}

/// The view that the switch goes to next.
pub fn other(view: View) -> View {
    if view == View::Nodes { View::Owners } else { View::Nodes }
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
