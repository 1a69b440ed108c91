//! The storage view: class → volume ↔ claim → pods, life by life, and below it the ConfigMaps and Secrets with their readers.

pub mod files;
mod forecast;
mod life;
mod plugins;
mod settings;

use orrery_view::scene::ObjectRef;
use orrery_view::storage::lives::ClassLane;
use yew::prelude::*;

use crate::i18n::Words;
use crate::session::use_view;
use crate::ui::{Choose, UiContext, use_ui, use_words};

/// Everything that is kept.
#[component]
pub fn Storage() -> Html {
    let ui = use_ui();
    let w = use_words();
    let seen = (ui.namespace.clone(), ui.selection.clone());
    let view = use_view(seen, |session, (namespace, chosen)| {
        session.read(|engine| engine.storage(namespace.as_deref(), chosen.as_ref()))
    });
    let empty = view.settings.is_empty() && view.classes.iter().all(|lane| lane.lives.is_empty());
    html! {
        <section class="keeps" aria-label={w.storage}>
            <h2 class="caps">{w.keeps.volumes}</h2>
            if empty { <p class="none">{w.keeps.nothing}</p> }
            { for view.classes.iter().map(|lane| class_lane(lane, view.largest, w, &ui)) }
            if view.more > 0 { <p class="muted">{(w.keeps.more)(view.more)}</p> }
            if !view.left.is_empty() {
                <h2 class="caps">{w.keeps.left}</h2>
                <ul class="lives left-behind">{ for view.left.iter().map(|left| html! {
                    <li class="life" key={left.name.to_string()}>
                        <p><b class="mono">{&*left.name}</b>{" "}<small>{(w.keeps.last_used)(&left.claim)}</small></p>
                        { files::files(&left.files, w) }
                    </li>
                }) }</ul>
            }
            if !view.settings.is_empty() {
                <h2 class="caps">{w.keeps.settings}</h2>
                <ul class="settings">{ for view.settings.iter().map(|setting| settings::setting(setting, w, &ui)) }</ul>
            }
            { plugins::table(w) }
        </section>
    }
}

/// A class, and beside it the lives of its volumes.
fn class_lane(lane: &ClassLane, largest: i64, w: &Words, ui: &UiContext) -> Html {
    let words = w.keeps;
    let name = lane.id.as_ref().map_or(words.no_class, |id| &id.name);
    let key = lane.id.as_ref().map_or_else(String::new, ObjectRef::key);
    let says = html! {
        <>
            <b class="mono">{name}</b>
            if lane.default { <span class="chip">{words.default}</span> }
            if lane.missing { <small class="red">{words.no_such_class}</small> }
            if !lane.provisioner.is_empty() {
                <small class="mono">{&*lane.provisioner}</small>
                <small>{(words.binding)(&lane.binding)}</small>
                <small>{(words.reclaim)(&lane.reclaim)}</small>
                <small>{if lane.expands { words.expands } else { words.fixed }}</small>
            }
        </>
    };
    html! {
        <section class={classes!("lane", lane.missing.then_some("missing"))} key={key}>
            { match &lane.id {
                Some(id) => part(ui, id, "class-box", says),
                None => html! { <div class="part class-box nobody">{says}</div> },
            } }
            <ul class="lives">{ for lane.lives.iter().map(|one| life::life(one, largest, w, ui)) }</ul>
        </section>
    }
}

/// A part of the picture that can be selected.
fn part(ui: &UiContext, id: &ObjectRef, class: &'static str, says: Html) -> Html {
    let chosen = ui.selection.as_ref() == Some(id);
    let onclick = {
        let (ui, id) = (ui.clone(), id.clone());
        move |_: MouseEvent| ui.dispatch(Choose::Select(Some(id.clone())))
    };
    html! {
        <button class={classes!("part", class, chosen.then_some("chosen"))} aria-pressed={chosen.to_string()} data-ref={id.key()} {onclick}>{says}</button>
    }
}
