//! The page: reads the address and what was kept, opens a session, and lays out the parts.

use orrery_share::{Action, File, Link};
use orrery_view::scene::View;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::window;
use yew::prelude::*;

use crate::address::{self, Wishes};
use crate::arriving;
use crate::components::arrival::ArrivalDialog;
use crate::components::branches::Branches;
use crate::components::drop::DropTarget;
use crate::components::editor::EditorPane;
use crate::components::forked::Forked;
use crate::components::gallery::Gallery;
use crate::components::header::Header;
use crate::components::help::Help;
use crate::components::inspector::Inspector;
use crate::components::legend::Legend;
use crate::components::log::Log;
use crate::components::not_simulated::NotSimulated;
use crate::components::opened::Opened;
use crate::components::picture::Picture;
use crate::components::pod::shapes;
use crate::components::poster::Poster;
use crate::components::runs::Runs;
use crate::components::scheduling::SchedulingGrid;
use crate::components::share::Share;
use crate::components::sheets::SheetBar;
use crate::components::sides::Sides;
use crate::components::story::Telling;
use crate::components::transport::Transport;
use crate::components::walk::WalkBar;
use crate::dom::use_seen;
use crate::files::{Files, FilesContext, use_files};
use crate::gallery;
use crate::host::use_host;
use crate::i18n::Lang;
use crate::keeping::use_keeper;
use crate::keys;
use crate::reading::{ReadingContext, use_reader};
use crate::runs::{self, Kept};
use crate::session::{Session, SessionContext, use_session};
use crate::store;
use crate::story;
use crate::ui::{Choose, Dialog, Sheet, Theme, Ui, UiContext, use_ui, use_words};
use orrery_run::{NODES, Run, SEED};

/// What the page starts with.
struct Start {
    session: SessionContext,
    files: Vec<File>,
    ui: Ui,
    /// An address to be asked.
    src: Option<String>,
    /// What there is to say at once: why a link could not be opened, or that the last run crashed.
    notice: Option<String>,
}

/// A run, and where to look.
struct Begin {
    run: Run,
    files: Vec<File>,
    at: u64,
    speed: Option<f64>,
}

/// This tab's run if it has one, else a link, else the last visit, else the first example. A damaged link changes nothing.
fn start() -> Start {
    let wishes = Wishes::read();
    let ui = ui_of(&wishes);
    let words = ui.lang.words();
    // What made the page crash at its start must not do so for ever.
    let crashed = store::crashed();
    let resumed = if crashed || wishes.embed { None } else { resumed(&address::origin(&wishes)) };
    let src = wishes.src.clone().filter(|_| resumed.is_none());
    let (link, bad_link) = match address::link().filter(|_| resumed.is_none()) {
        Some(Ok(link)) => (Some(link), None),
        Some(Err(damage)) => (None, Some((words.bad_link)(&(words.damage)(&damage)))),
        None => (None, None),
    };
    let view = link.as_ref().and_then(|link| View::named(link.view.as_deref()?));
    let typed = store::files().filter(|files| files.iter().any(|f| !f.text.trim().is_empty()));
    if link.is_some() {
        // What the person wrote here before can be had back from the examples.
        typed.iter().for_each(|files| store::put_aside(files));
    }
    let origin = Kept { from: address::origin(&wishes), ..Kept::new(runs::new_id()) };
    let (begin, kept) = match (resumed, link.filter(|_| !crashed)) {
        (Some((kept, begin)), _) => (begin, Kept { tab: origin.tab, size: 0, ..kept }),
        (None, Some(link)) => (of_link(link), origin),
        (None, None) => {
            let files = typed.filter(|_| !wishes.embed).unwrap_or_else(gallery::first);
            let mut run = Run::new(SEED, NODES, None);
            if !crashed {
                run.act(Action::Apply { text: Files::new(files.clone()).joined() });
            }
            (Begin { run, files, at: 0, speed: None }, Kept { from: String::new(), ..origin })
        }
    };
    let Begin { run, files, at, speed } = begin;
    let session = Session::new(run);
    session.set_kept(kept);
    let kept_speed = store::choice("speed").and_then(|s| s.parse().ok());
    session.set_speed(wishes.speed.or(speed).or(kept_speed).unwrap_or(1.0));
    session.play(wishes.starts());
    let at = wishes.at.unwrap_or(at);
    if at > 0 {
        session.seek(at);
    }
    let notice = bad_link.or(crashed.then(|| words.timed.crashed.to_owned()));
    // What the address asks for goes before what the link says.
    let view = view.filter(|_| wishes.view == View::default()).unwrap_or(ui.view);
    Start { session: SessionContext(session), files, ui: Ui { view, ..ui }, src, notice }
}

fn of_link(link: Link) -> Begin {
    Begin { run: Run::of(&link), files: link.files, at: link.at, speed: Some(link.speed) }
}

/// The run of this tab, or the last of this browser; an address that was not opened in this tab comes first.
fn resumed(origin: &str) -> Option<(Kept, Begin)> {
    let (kept, mine) = runs::last()?;
    let is_it = mine && kept.from == origin;
    if !origin.is_empty() && !is_it {
        return None;
    }
    let saved = runs::open(&kept)?.ok()?;
    let run = Run::open(&saved);
    let files = store::files().filter(|_| mine).unwrap_or(saved.run.files);
    // The speed is the person's own choice.
    let begin = Begin { run, files, at: saved.run.at, speed: None };
    Some((kept, begin))
}

fn ui_of(wishes: &Wishes) -> Ui {
    let browser = window().and_then(|w| w.navigator().language());
    let kept = |name: &str| store::choice(name);
    let lang = wishes.lang.or_else(|| Lang::tagged(&kept("lang")?)).or_else(|| Lang::tagged(&browser?));
    let theme = wishes.theme.or_else(|| Theme::named(&kept("theme")?));
    Ui {
        embed: wishes.embed,
        poster: story::wanted().filter(|_| !wishes.starts()),
        view: wishes.view,
        lang: lang.unwrap_or_default(),
        theme: theme.unwrap_or_default(),
        ..Ui::default()
    }
}

/// The whole page with its contexts.
#[component]
pub fn App() -> Html {
    let start = use_memo((), |()| start());
    let ui = use_reducer({
        let start = start.clone();
        move || start.ui.clone()
    });
    let files = use_reducer({
        let start = start.clone();
        move || Files::new(start.files.clone())
    });
    let reading = use_reader(&files, &ui, &start.session.0);
    use_keeper(&files, &ui, &start.session.0);
    html! {
        <ContextProvider<SessionContext> context={start.session.clone()}>
            <ContextProvider<UiContext> context={ui}>
                <ContextProvider<FilesContext> context={files}>
                    <ContextProvider<ReadingContext> context={reading}>
                        <Page notice={start.notice.clone()} src={start.src.clone()} />
                    </ContextProvider<ReadingContext>>
                </ContextProvider<FilesContext>>
            </ContextProvider<UiContext>>
        </ContextProvider<SessionContext>>
    }
}

#[derive(Properties, PartialEq)]
struct PageProps {
    notice: Option<String>,
    src: Option<String>,
}

#[component]
fn Page(props: &PageProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let page = use_node_ref();
    use_document(&ui);
    use_keys();
    use_wanted_story();
    use_host();
    use_seen(&page);
    let notice = use_state(|| props.notice.clone());
    let (session, asking) = (use_session(), ui.clone());
    use_effect_with(props.src.clone(), move |src| {
        if let Some(src) = src.clone() {
            spawn_local(arriving::address(session, asking, src));
        }
    });
    let sheet = match ui.sheet {
        None => "",
        Some(Sheet::Editor) => "show-editor",
        Some(Sheet::Inspector) => "show-inspector",
        Some(Sheet::Events) => "show-events",
    };
    let bare = ui.embed || ui.present;
    let drop_notice = {
        let notice = notice.clone();
        move |_: MouseEvent| notice.set(None)
    };
    html! {
        <div ref={page} class={classes!("page", sheet, ui.embed.then_some("embed"), ui.present.then_some("present"), ui.story.is_some().then_some("tells"))}>
            { shapes() }
            if !ui.embed { <Header /> }
            if !ui.embed { <EditorPane /> }
            <main class="stage">
                { match (ui.opened.last(), ui.beside, ui.poster) {
                    (_, _, Some(name)) => html! { <Poster {name} /> },
                    (Some(id), _, _) => html! { <Opened key={id.key()} id={id.clone()} /> },
                    (None, Some(branch), _) => html! { <Sides key={branch} {branch} /> },
                    (None, None, None) => html! { <Picture /> },
                } }
                if let Some(text) = &*notice {
                    <div class="notice" role="alert"><p>{text.clone()}</p><button class="btn" onclick={drop_notice}>{w.close}</button></div>
                }
                <NotSimulated />
                <Forked />
                <WalkBar />
                <Toast />
            </main>
            if let Some(story) = &ui.story { <Telling key={story.key()} story={story.clone()} /> }
            if !ui.embed { <Inspector /> }
            if !ui.embed { <Log /> }
            <Transport />
            if !bare { <Legend /> }
            if !bare { <SheetBar /> }
            if !ui.embed { <DropTarget /> }
            { match ui.dialog {
                None => html! {},
                Some(Dialog::Help) => html! { <Help /> },
                Some(Dialog::Runs) => html! { <Runs /> },
                Some(Dialog::Branches) => html! { <Branches /> },
                Some(Dialog::Arrival) => html! { <ArrivalDialog /> },
                Some(Dialog::Share) => html! { <Share /> },
                Some(Dialog::Gallery) => html! { <Gallery /> },
                Some(Dialog::Scheduling) => html! { <SchedulingGrid /> },
            } }
        </div>
    }
}

/// One sentence about what just happened.
#[component]
fn Toast() -> Html {
    let ui = use_ui();
    let w = use_words();
    let close = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Toast(None))
    };
    // It fades by a style, so that no timer runs; without motion it stays until it is closed.
    let fade = {
        let ui = ui.clone();
        move |_: AnimationEvent| ui.dispatch(Choose::Toast(None))
    };
    html! {
        <div aria-live="polite">
            if let Some(text) = &ui.toast {
                <div class="toast" key={text.clone()} onanimationend={fade}><span>{text.clone()}</span><button aria-label={w.close} onclick={close}>{"✕"}</button></div>
            }
        </div>
    }
}

/// Language, theme and stage on the document itself, and in storage.
#[hook]
fn use_document(ui: &UiContext) {
    use_effect_with((ui.theme, ui.lang), |(theme, lang)| {
        if let Some(root) = window().and_then(|w| w.document()).and_then(|d| d.document_element()) {
            // An attribute of that name is always accepted.
            let _ = root.set_attribute("data-theme", theme.name());
            let _ = root.set_attribute("lang", lang.tag());
        }
        if let Some(document) = window().and_then(|w| w.document()) {
            document.set_title(lang.words().title);
        }
        store::keep_choice("theme", theme.name());
        store::keep_choice("lang", lang.tag());
    });
    use_effect_with(ui.present, |present| {
        let Some(document) = window().and_then(|w| w.document()) else { return };
        if *present {
            if let Some(root) = document.document_element() {
                // A browser may refuse; the page itself is enough of a stage.
                let _ = root.request_fullscreen();
            }
        } else if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
        }
    });
}

/// Tells the story that the address asks for, unless it waits to be begun.
#[hook]
fn use_wanted_story() {
    let (ui, session) = (use_ui(), use_session());
    use_effect_with((), move |()| {
        if let Some(name) = story::wanted().filter(|_| ui.poster.is_none()) {
            story::tell(name, session, ui.dispatcher());
        }
    });
}

#[hook]
fn use_keys() {
    let session = use_session();
    let ui = use_ui();
    let files = use_files();
    use_effect_with((ui.clone(), files), move |(ui, files)| {
        let listening = keys::listen(session, ui.clone(), files.clone());
        move || drop(listening)
    });
    // Leaving full screen by the browser's own key leaves the stage too.
    use_effect_with((), move |()| {
        let document = window().and_then(|w| w.document());
        let listening = document.map(|document| {
            let target = document.clone().unchecked_into();
            gloo::events::EventListener::new(&target, "fullscreenchange", move |_| {
                if document.fullscreen_element().is_none() {
                    ui.dispatch(Choose::Present(false));
                }
            })
        });
        move || drop(listening)
    });
}
