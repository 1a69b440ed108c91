//! The volumes of a pod: a line for each below the containers, with a tap in the column of every container that sees it.

use orrery_view::opened::container::ContainerBox;
use orrery_view::opened::volume::VolumeRow;
use yew::prelude::*;

use super::super::storage::files::{bytes, files};
use super::super::workload::link;
use crate::i18n::Words;
use crate::ui::UiContext;

/// All volumes, in the columns of the containers.
pub fn volumes(volumes: &[VolumeRow], containers: &[&ContainerBox], w: &Words, ui: &UiContext) -> Html {
    if volumes.is_empty() {
        return html! {};
    }
    html! {
        <section class="volumes" aria-label={w.volumes}>
            <h3>{w.volumes}</h3>
            <ul>{ for volumes.iter().map(|volume| row(volume, containers, w, ui)) }</ul>
        </section>
    }
}

fn row(volume: &VolumeRow, containers: &[&ContainerBox], w: &Words, ui: &UiContext) -> Html {
    let what = match &volume.object {
        Some(id) => link(ui, id, html! { {&*volume.what} }),
        None => html! { <span>{&*volume.what}</span> },
    };
    let tap = |c: &&ContainerBox| {
        let paths: Vec<_> = c.mounts.iter().filter(|(name, ..)| *name == volume.name).collect();
        let seen = (!paths.is_empty()).then_some("tap");
        html! {
            <li class={seen} key={c.name.to_string()}>
                if !paths.is_empty() { <b>{&*c.name}</b> }
                { for paths.iter().map(|(_, path, read_only)| html! { <code>{&**path}if *read_only { <small>{" ro"}</small> }</code> }) }
            </li>
        }
    };
    html! {
        <li key={volume.name.to_string()} class={classes!(volume.missing.then_some("missing"), (volume.mounted_by.len() > 1).then_some("shared"))}>
            <p><b>{&*volume.name}</b><span class="kind">{&*volume.kind}</span>{what}if volume.missing { <span class="chip bad">{w.missing}</span> }</p>
            { for volume.facts.iter().map(|facts| html! {
                <>
                    <p class="kept">{(w.keeps.kept)(&facts.place)}</p>
                    if let Some(problem) = &facts.problem { <p class="red">{&**problem}</p> }
                    <details><summary>{format!("{} · {} · {}", w.keeps.inside, facts.files.len(), bytes(facts.used))}</summary>{ files(&facts.files, w) }</details>
                </>
            }) }
            <ul class="taps">{ for containers.iter().map(tap) }</ul>
        </li>
    }
}
