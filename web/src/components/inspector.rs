//! The selection: what it is, why it is so, what it looks like as YAML, what was recorded about it, and what can be done to it.

use orrery_view::handle::{Reads, reads};
use orrery_view::inspect::{Inspection, Tone};
use orrery_view::scene::{ObjectRef, View};
use yew::prelude::*;

use super::actions::Actions;
use super::autoscaler::Autoscaler;
use super::behaviour::Menu;
use super::chain::Causes;
use super::event_list::Rows;
use super::icon::{Icon, draw};
use super::overview::Overview;
use super::traffic::TrafficPanel;
use super::why::Why;
use super::workload::workload;
use super::yaml::Yaml;
use crate::doing;
use crate::session::{use_session, use_view};
use crate::ui::{Asked, Choose, Tab, UiContext, use_ui, use_words};
use crate::walk::use_walk;

/// The panel at the right.
#[component]
pub fn Inspector() -> Html {
    let ui = use_ui();
    let w = use_words();
    let body = match &ui.selection {
        None if ui.view == View::Traffic => html! { <TrafficPanel /> },
        None => html! { <Overview /> },
        Some(id) => html! { <Selected key={id.key()} id={id.clone()} /> },
    };
    html! { <aside class="right" aria-label={w.inspector}>{body}</aside> }
}

#[derive(Properties, PartialEq)]
struct SelectedProps {
    id: ObjectRef,
}

#[component]
fn Selected(props: &SelectedProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let (session, walk) = (use_session(), use_walk());
    let line = use_state(|| 0);
    let asked = ui.why.clone().filter(|asked| asked.id == props.id);
    // Without a tab it is why.
    let shown = if asked.is_some() { None } else { Some(ui.tab) };
    let found = use_view(props.id.clone(), |session, id| session.read(|engine| engine.inspect(id)));
    let close = {
        let ui = ui.clone();
        Callback::from(move |_: MouseEvent| ui.dispatch(Choose::Close))
    };
    let deselect = html! {
        <button class="btn icon quiet deselect" title={w.deselect} aria-label={w.deselect} onclick={close}>{draw(Icon::Close)}</button>
    };
    let Some(it) = &*found else {
        let gone = if walk.is_some() { w.walk.not_there } else { w.gone };
        return html! {
            <div class="inspect">
                {deselect}<h2>{&*props.id.name}</h2><p class="muted">{gone}</p>
                if let Some(asked) = asked { <Causes {asked} /> }
            </div>
        };
    };
    let open = {
        let (ui, id) = (ui.clone(), it.id.clone());
        move |_: MouseEvent| doing::open(&ui, &id)
    };
    let tabs = [
        (None, w.why),
        (Some(Tab::Summary), w.summary),
        (Some(Tab::Yaml), w.yaml),
        (Some(Tab::Events), w.events),
    ];
    html! {
        <div class="inspect">
            {deselect}
            <div class="chips">
                { for it.chips.iter().map(|(text, tone)| html! { <span class={classes!("chip", tone_class(*tone))}>{&**text}</span> }) }
            </div>
            <h2>{&*it.id.name}</h2>
            <p class="muted">{&*it.place}</p>
            if matches!(&*it.id.kind, "Pod" | "Node") { <div class="quick"><button class="btn small enter" onclick={open}>{draw(Icon::Stage)}{w.open}</button>
            { Menu { id: &it.id, all: &it.can, only: None, w, ui: &ui, session: &session }.draw() }</div> }
            if let Some((from, to)) = &it.request { <p><button class="btn small ask" onclick={ask(&ui, from, to)}>{draw(Icon::Send)}{w.traffic.send_a_request}</button></p> }
            <Actions id={it.id.clone()} handle={it.handle.clone()} deleting_loses={it.deleting_loses} power={it.power} />
            <div class="tabs" role="tablist" aria-label={w.inspector}>
                { for tabs.into_iter().map(|(which, name)| {
                    let chosen = shown == which;
                    let (ui, id) = (ui.clone(), it.id.clone());
                    let onclick = move |_: MouseEvent| {
                        let why = || Choose::Why(Some(Asked { id: id.clone(), field: None }));
                        ui.dispatch(which.map_or_else(why, Choose::Tab));
                    };
                    html! { <button role="tab" aria-selected={chosen.to_string()} {onclick}>{name}</button> }
                }) }
            </div>
            <div class="tab-body" role="tabpanel" tabindex="0">
                { command(&it.id, shown) }
                { match shown {
                    None => asked.map_or_else(Html::default, |asked| html! { <Why it={it.clone()} {asked} /> }),
                    Some(Tab::Summary) => html! { <><Autoscaler id={it.id.clone()} />{workload(it, w, &ui, &session)}{summary(it)}</> },
                    Some(Tab::Yaml) => html! { <Yaml id={it.id.clone()} text={it.yaml.clone()} at={line} /> },
                    Some(Tab::Events) => html! { <EventsOf id={it.id.clone()} /> },
                } }
            </div>
        </div>
    }
}

/// The command that shows what a tab shows.
fn command(id: &ObjectRef, tab: Option<Tab>) -> Html {
    let what = match tab {
        None => return html! {},
        Some(Tab::Summary) => Reads::Describe,
        Some(Tab::Yaml) => Reads::Yaml,
        Some(Tab::Events) => Reads::Events,
    };
    html! { <p class="command"><code>{format!("kubectl {}", reads(id, what).join(" "))}</code></p> }
}

/// Begins a request to, or from, what is selected.
fn ask(ui: &UiContext, from: &str, to: &str) -> Callback<MouseEvent> {
    let (ui, from, to) = (ui.clone(), from.to_owned(), to.to_owned());
    Callback::from(move |_| {
        ui.dispatch(Choose::Ask(from.clone(), to.clone()));
        doing::traffic(&ui);
    })
}

fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    }
}

fn summary(it: &Inspection) -> Html {
    html! {
        <table class="rows"><tbody>
            { for it.rows.iter().map(|(label, value)| html! { <tr><th scope="row">{&**label}</th><td>{&**value}</td></tr> }) }
        </tbody></table>
    }
}

#[derive(Properties, PartialEq)]
struct EventsOfProps {
    id: ObjectRef,
}

#[component]
fn EventsOf(props: &EventsOfProps) -> Html {
    let rows =
        use_view(props.id.clone(), |session, id| session.read(|engine| engine.events(None, Some(id), 60)));
    html! { <Rows rows={(*rows).clone()} /> }
}
