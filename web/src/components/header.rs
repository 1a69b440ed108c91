//! The header: what is shown, and everything that is not time.

use orrery_share::Action;
use orrery_view::scene::View;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::icon::{Icon, draw, logo};
use super::story::says;
use crate::files::use_files;
use crate::gallery;
use crate::session::{use_session, use_view};
use crate::ui::{Choose, Dialog, Theme, use_ui, use_words};

/// The header.
#[component]
pub fn Header() -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let add_node = Callback::from(move |_: MouseEvent| drop(session.act(Action::AddNode)));
    let choose = |choice: Choose| {
        let ui = ui.clone();
        Callback::from(move |_: MouseEvent| ui.dispatch(choice.clone()))
    };
    let (theme, icon) = match ui.theme {
        Theme::Auto => (w.theme_auto, Icon::Auto),
        Theme::Light => (w.theme_light, Icon::Sun),
        Theme::Dark => (w.theme_dark, Icon::Moon),
    };
    let other = ui.lang.other();
    html! {
        <header class="head">
            <h1 class="logo">{logo()}{"Orrery"}</h1>
            <button class="btn quiet examples" aria-label={w.examples} onclick={choose(Choose::Dialog(Some(Dialog::Gallery)))}>{draw(Icon::Grid)}<span class="wide">{w.examples}</span></button>
            <button class="btn quiet runs-button" title={format!("{} (Ctrl+O)", w.timed.runs)} aria-label={w.timed.runs} onclick={choose(Choose::Dialog(Some(Dialog::Runs)))}>{draw(Icon::History)}<span class="wide">{w.timed.runs}</span></button>
            <Scenario />
            <NamespacePick />
            <Tally />
            <span class="push" />
            <ViewPick />
            <span class="views" role="group" aria-label={w.views}>
                { for View::ALL.into_iter().zip(w.view_names).map(|(view, name)| html! {
                    <button aria-pressed={(ui.view == view).to_string()} onclick={choose(Choose::View(view))}>{name}</button>
                }) }
            </span>
            <span class="push" />
            <button class="btn add" onclick={add_node} title={format!("+ {}", w.add_node)} aria-label={format!("+ {}", w.add_node)}>{draw(Icon::Plus)}<span class="wide">{w.add_node}</span></button>
            <button class="btn share" onclick={choose(Choose::Dialog(Some(Dialog::Share)))} aria-label={w.share}>{draw(Icon::Share)}<span class="wide">{w.share}</span></button>
            <button class="btn lang" title={other.name()} lang={other.tag()} onclick={choose(Choose::Lang(other))}><span class="wide">{other.name()}</span><span class="narrow">{other.tag().to_uppercase()}</span></button>
            <button class="btn icon theme" title={theme} aria-label={theme} onclick={choose(Choose::Theme(ui.theme.next()))}>{draw(icon)}</button>
            <button class="btn icon stage-on" title={w.stage} aria-label={w.stage} onclick={choose(Choose::Present(true))}>{draw(Icon::Stage)}</button>
            <button class="btn icon" title={w.help} aria-label={w.help} onclick={choose(Choose::Dialog(Some(Dialog::Help)))}>{draw(Icon::Help)}</button>
        </header>
    }
}

/// The name of what is open.
#[component]
fn Scenario() -> Html {
    let w = use_words();
    let files = use_files();
    let ui = use_ui();
    gallery::use_recognized(&files.list);
    let shown = match &ui.story {
        Some(story) => says(&story.title(), ui.lang),
        None => match gallery::which(&files.list) {
            Some(example) => says(&Some(example.title.clone()), ui.lang),
            None => w.own_manifests.into(),
        },
    };
    html! { <span class="scenario">{shown}</span> }
}

/// Filters the picture by namespace.
#[component]
fn NamespacePick() -> Html {
    let ui = use_ui();
    let w = use_words();
    let all = use_view((), |session, ()| session.read(|engine| engine.namespaces()));
    let onchange = {
        let ui = ui.clone();
        Callback::from(move |e: Event| {
            let chosen = e.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok()).map(|s| s.value());
            ui.dispatch(Choose::Namespace(chosen.filter(|value| !value.is_empty())));
        })
    };
    html! {
        <span class="pick">
            <select class="namespace" aria-label={w.namespace} {onchange}>
                <option value="" selected={ui.namespace.is_none()}>{format!("{}: {}", w.namespace, w.all)}</option>
                { for all.iter().map(|name| html! {
                    <option value={name.clone()} selected={ui.namespace.as_deref() == Some(name)}>{name.clone()}</option>
                }) }
            </select>
        </span>
    }
}

/// The views as a menu, where there is no room for a row of them.
#[component]
fn ViewPick() -> Html {
    let ui = use_ui();
    let w = use_words();
    let onchange = {
        let ui = ui.clone();
        Callback::from(move |e: Event| {
            let chosen = e.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok()).map(|s| s.value());
            chosen
                .and_then(|name| View::named(&name))
                .into_iter()
                .for_each(|view| ui.dispatch(Choose::View(view)));
        })
    };
    html! {
        <span class="pick view-pick">
            <select aria-label={w.views} {onchange}>
                { for View::ALL.into_iter().zip(w.view_names).map(|(view, name)| html! {
                    <option value={view.name()} selected={ui.view == view}>{name}</option>
                }) }
            </select>
        </span>
    }
}

/// How many pods are ready, in the header where the eye rests.
#[component]
fn Tally() -> Html {
    let ui = use_ui();
    let w = use_words();
    let tally = use_view(ui.namespace.clone(), |session, namespace| {
        session.read(|engine| engine.tally(namespace.as_deref()))
    });
    html! { <span class="tally">{(w.ready_of)(tally.0, tally.1)}</span> }
}
