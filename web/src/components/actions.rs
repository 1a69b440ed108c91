//! What can be done to the selection and to the workload that it belongs to, each with the command that does the same.

use orrery_share::Action;
use orrery_view::handle::{Handle, delete};
use orrery_view::scene::ObjectRef;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, draw};
use crate::doing;
use crate::i18n::Words;
use crate::session::use_session;
use crate::ui::{use_ui, use_words};

/// Properties of the actions.
#[derive(Properties, PartialEq)]
pub struct ActionsProps {
    /// The selection.
    pub id: ObjectRef,
    /// The workload that it is or belongs to.
    pub handle: Option<Handle>,
    /// What cannot be made again goes with it.
    pub deleting_loses: bool,
    /// A node: whether its power is on.
    pub power: Option<bool>,
}

/// What a button does.
#[derive(Clone, PartialEq)]
enum Does {
    /// A command, and whether something is lost by it.
    Run(Vec<String>, bool),
    /// What is done to a machine.
    Power(Action),
}

/// A button: its class, its drawing, its name, and what it does.
type Offer = (&'static str, Option<Icon>, &'static str, Does);

/// The buttons, and below them the command of the one that the pointer or the focus is on.
#[component]
pub fn Actions(props: &ActionsProps) -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let shown = use_state(|| None::<Does>);
    let button = |(class, icon, name, does): Offer| {
        let title = text(&does, w);
        let show = {
            let (shown, does) = (shown.clone(), does.clone());
            Callback::from(move |()| shown.set(Some(does.clone())))
        };
        let (enter, focus) = (show.clone(), show);
        let (session, ui) = (session.clone(), ui.clone());
        let onclick = move |_: MouseEvent| match &does {
            Does::Run(line, loses) => doing::run(&session, &ui, line, *loses),
            Does::Power(action) => drop(session.act(action.clone())),
        };
        html! {
            <button class={classes!("btn", class)} {title} aria-label={name} {onclick} onmouseenter={move |_| enter.emit(())} onfocus={move |_| focus.emit(())}>
                { icon.map_or_else(|| html! { {name} }, draw) }
            </button>
        }
    };
    let count = props.handle.as_ref().and_then(|handle| handle.replicas.zip(Some(handle.clone())));
    let of_workload = props.handle.as_ref().map(|handle| of_workload(handle, w)).unwrap_or_default();
    let (scaling, rest): (Vec<_>, Vec<_>) = of_workload.into_iter().partition(|(_, icon, ..)| icon.is_some());
    let mut scaling = scaling.into_iter().map(button).collect::<Vec<_>>().into_iter();
    let belongs = props.handle.as_ref().filter(|handle| handle.id != props.id);
    html! {
        <div class="act">
            if let Some(handle) = belongs { <p class="muted">{format!("{} {}", handle.id.kind, handle.id.name)}</p> }
            <div class="row">
                { for scaling.next() }
                if let Some((replicas, handle)) = count { <Replicas {replicas} {handle} /> }
                { for scaling }
                { for rest.into_iter().map(button) }
                { for of_selection(props, w).into_iter().map(button) }
            </div>
            if let Some(does) = &*shown { <p class="command"><code>{text(does, w)}</code></p> }
        </div>
    }
}

fn text(does: &Does, w: &Words) -> String {
    match does {
        Does::Run(line, _) => format!("kubectl {}", line.join(" ")),
        Does::Power(action) => orrery_run::command(action)
            .map_or_else(|| w.by_hand.to_owned(), |words| orrery_run::typed(&words)),
    }
}

fn of_workload(handle: &Handle, w: &'static Words) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    if let Some(n) = handle.replicas {
        let fewer = Does::Run(handle.scale(n.saturating_sub(1)), handle.shrinking_loses);
        offers.push(("icon fewer", Some(Icon::Minus), w.fewer, fewer));
        offers.push((
            "icon more",
            Some(Icon::Plus),
            w.more,
            Does::Run(handle.scale(n.saturating_add(1)), false),
        ));
    }
    if handle.restarts {
        offers.push(("anew", None, w.restart_pods, Does::Run(handle.restart(), false)));
    }
    if handle.undoes {
        offers.push(("undo", None, w.undo, Does::Run(handle.undo(None), false)));
    }
    offers
}

fn of_selection(props: &ActionsProps, w: &'static Words) -> Vec<Offer> {
    let name = props.id.name.to_string();
    let mut offers: Vec<Offer> = Vec::new();
    match props.power {
        Some(true) => offers.push(("power", None, w.stop_node, Does::Power(Action::StopNode { name }))),
        Some(false) => offers.push(("power", None, w.start_node, Does::Power(Action::StartNode { name }))),
        None => {}
    }
    offers.push(("danger delete", None, w.delete, Does::Run(delete(&props.id), props.deleting_loses)));
    offers
}

#[derive(Properties, PartialEq)]
struct ReplicasProps {
    replicas: u32,
    handle: Handle,
}

/// How many there shall be, as a number to type.
#[component]
fn Replicas(props: &ReplicasProps) -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let (was, handle) = (props.replicas, props.handle.clone());
    let onchange = move |e: Event| {
        let typed =
            e.target_dyn_into::<HtmlInputElement>().and_then(|field| field.value().parse::<u32>().ok());
        if let Some(n) = typed.filter(|n| *n != was) {
            doing::run(&session, &ui, &handle.scale(n), n < was && handle.shrinking_loses);
        }
    };
    html! { <input class="replicas mono" type="number" min="0" aria-label={w.replicas} title={w.replicas} value={was.to_string()} {onchange} /> }
}
