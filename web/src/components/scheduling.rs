//! The scheduler's face: what it thought of each node, plug-in by plug-in, and for a pod that waits what would have to change.

use std::rc::Rc;

use orrery_share::Action;
use orrery_view::remedies::{Change, Remedy};
use orrery_view::scheduling::{Scheduling, Verdict};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dialog::Modal;
use super::workload::link;
use crate::doing;
use crate::i18n::Words;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Choose, Dialog, UiContext, use_ui, use_words};

/// So many nodes are told in the inspector; the table has all.
const SHORT: usize = 4;

/// Properties of the scheduler's words.
#[derive(Properties, PartialEq)]
pub struct SchedulingProps {
    /// The decision.
    pub decision: Scheduling,
}

/// The decision in the inspector: in short, with what would help and the way to the whole table.
#[component]
pub fn SchedulingShort(props: &SchedulingProps) -> Html {
    let w = use_words();
    let ui = use_ui();
    let session = use_session();
    let it = &props.decision;
    let open = {
        let ui = ui.clone();
        move |_: MouseEvent| ui.dispatch(Choose::Dialog(Some(Dialog::Scheduling)))
    };
    html! {
        <>
            if !it.remedies.first.is_empty() {
                <h3>{w.remedies}</h3>
                <ul class="remedies">{ for it.remedies.first.iter().map(|r| remedy(r, w, &ui, &session)) }</ul>
                if it.remedies.more > 0 { <p class="muted">{(w.more_problems)(it.remedies.more)}</p> }
            }
            if !it.preemption.is_empty() {
                <h3>{w.preemption}</h3>
                <p class="muted">{format!("{}: {}", it.preemption[0].node, (w.because)(it.because))}</p>
                <ul class="verdicts">{ for it.preemption.iter().take(SHORT).enumerate().map(|(i, room)| html! {
                    <li class={(i == 0).then_some("won")}>
                        <b class="mono">{&*room.node}</b>
                        <span>
                            { for room.victims.iter().map(|(id, priority)| html! { <span class="victim">{link(&ui, id, html! { {&*id.name} })}{format!(" {} ", (w.priority)(*priority))}</span> }) }
                            if room.violations > 0 { {(w.violations)(room.violations)} }
                        </span>
                    </li>
                }) }</ul>
            }
            <h3>{w.scheduling}</h3>
            <p class="muted">{(w.feasible)(it.feasible, it.evaluated)}</p>
            <ul class="verdicts">
                { for it.verdicts.iter().filter(|v| v.score.is_some()).take(SHORT).map(|v| html! {
                    <li class={v.won.then_some("won")}><b class="mono">{&*v.node}</b><span class="mono push">{v.score}</span></li>
                }) }
                { for it.refusals.iter().take(SHORT).map(|(plugin, reason, nodes)| html! {
                    <li class="no"><b class="mono">{(w.times)(*nodes)}</b><span>{format!("{reason} ({plugin})")}</span></li>
                }) }
            </ul>
            <button class="btn small all-nodes" onclick={open}>{w.all_nodes}</button>
        </>
    }
}

/// Everything that one node would need, each with the command that does it where there is one.
fn remedy(remedy: &Remedy, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let Remedy { node, changes, others } = remedy;
    html! {
        <li>
            if !node.is_empty() {
                <b class="mono">{&**node}</b>
                if *others > 0 { <span class="muted">{format!(" {}", (w.more_problems)(*others))}</span> }
            }
            { for changes.iter().map(|change| {
                let (text, line) = ((w.change)(change), change.command(node));
                let action = match change {
                    Change::AddNode => Some(Action::AddNode),
                    Change::Start => Some(Action::StartNode { name: node.to_string() }),
                    _ => None,
                };
                if line.is_none() && action.is_none() {
                    return html! { <p>{text}</p> };
                }
                let words = line.clone().or_else(|| orrery_run::command(action.as_ref()?));
                let title = words.map(|words| orrery_run::typed(&words));
                let (session, ui) = (session.clone(), ui.clone());
                let onclick = move |_: MouseEvent| {
                    if let Some(line) = &line {
                        doing::run(&session, &ui, line, false);
                    }
                    action.iter().for_each(|action| drop(session.act(action.clone())));
                };
                html! { <p><button class="btn small" {title} {onclick}>{text}</button></p> }
            }) }
        </li>
    }
}

/// The table of all nodes that the decision tells of, over the page.
#[component]
pub fn SchedulingGrid() -> Html {
    let w = use_words();
    let ui = use_ui();
    let wanted = use_state(String::new);
    let decision = use_view(ui.selection.clone(), |session, id| {
        id.as_ref().and_then(|id| session.read(|engine| engine.scheduling(id)))
    });
    let Some(it) = &*decision else {
        return html! { <Modal title={w.scheduling}><p>{w.no_decision}</p></Modal> };
    };
    let name = ui.selection.as_ref().map(|id| id.name.to_string()).unwrap_or_default();
    let oninput = {
        let wanted = wanted.clone();
        move |e: InputEvent| {
            wanted.set(e.target_dyn_into::<HtmlInputElement>().map(|f| f.value()).unwrap_or_default())
        }
    };
    let label = format!("{}: {name}", w.scheduling);
    html! {
        <Modal title={label.clone()} wide={true}>
            <p>{(w.grid_about)(it.nodes, it.evaluated, it.feasible, it.verdicts.len())}</p>
            <input class="find" placeholder={w.find_node} aria-label={w.find_node} {oninput} />
            <div class="grid" role="region" aria-label={label} tabindex="0">
                <table>
                    <thead><tr>
                        <th scope="col">{w.node}</th>
                        { for it.scored_by.iter().map(|(plugin, weight)| html! { <th scope="col">{*plugin}<small>{format!("×{weight}")}</small></th> }) }
                        <th scope="col">{w.total}</th>
                    </tr></thead>
                    <tbody>{ for it.verdicts.iter().filter(|v| v.node.contains(wanted.as_str())).map(|v| row(v, it, w)) }</tbody>
                </table>
            </div>
        </Modal>
    }
}

fn row(v: &Verdict, it: &Scheduling, w: &Words) -> Html {
    let class = if v.won {
        "won"
    } else if v.score.is_none() {
        "no"
    } else {
        ""
    };
    html! {
        <tr key={v.node.to_string()} {class}>
            <th scope="row" class="mono">{&*v.node}</th>
            { if let Some(score) = v.score {
                html! { <>{ for v.scores.iter().map(|(raw, normalised)| html! { <td>{*normalised}<small>{*raw}</small></td> }) }<td><b>{score}</b>if v.won { <small>{w.won}</small> }</td></> }
            } else {
                html! { <td colspan={(it.scored_by.len() + 1).to_string()}><b>{format!("✗ {}", v.plugin)}</b>{format!(" {}", v.reason)}</td> }
            } }
        </tr>
    }
}
