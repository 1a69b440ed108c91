//! A workload in the inspector: what it owns as a list that can be followed, how far a Job is, when a CronJob runs, and the
//! revisions that it can go back to.

use std::rc::Rc;

use orrery_view::cron_job::Runs;
use orrery_view::inspect::Inspection;
use orrery_view::owners::{Branch, Slot};
use orrery_view::scene::ObjectRef;
use yew::prelude::*;

use super::pod::symbol;
use super::strip;
use super::transport::hms;
use crate::doing;
use crate::i18n::Words;
use crate::session::Session;
use crate::ui::{Choose, UiContext};

/// Everything about the workload, above its rows.
pub fn workload(it: &Inspection, w: &'static Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    html! {
        <>
            if let Some(family) = &it.family {
                if let Some(runs) = &family.runs { { runs_of(runs, w, ui) } }
                { for family.branches.iter().map(|b| branch(b, b.id == it.id, w, ui)) }
            }
            if it.revisions.len() > 1 { { revisions(it, w, ui, session) } }
        </>
    }
}

/// A button that selects an object.
pub fn link(ui: &UiContext, id: &ObjectRef, text: Html) -> Html {
    let (ui, id) = (ui.clone(), id.clone());
    let onclick = move |_: MouseEvent| ui.dispatch(Choose::Select(Some(id.clone())));
    html! { <button class="link" {onclick}>{text}</button> }
}

fn branch(branch: &Branch, itself: bool, w: &'static Words, ui: &UiContext) -> Html {
    html! {
        <section class="branch" key={branch.id.key()}>
            if let Some(job) = &branch.job {
                <svg class="job-strip" viewBox="0 0 280 20" aria-hidden="true">{strip::cells(job, 0.0, 0.0, 280.0, 20.0)}</svg>
                <p class="muted">{strip::told(job, w)}</p>
            }
            if itself {
                if !branch.slots.is_empty() { <h3>{w.pods}</h3> }
            } else {
                <p>{link(ui, &branch.id, html! { {&*branch.id.name} })}<small class="muted">{format!(" {}/{} · {}", branch.counts.0, branch.counts.1, branch.note)}</small></p>
            }
            <ul class="slots">{ for branch.slots.iter().map(|s| slot(s, w, ui)) }</ul>
        </section>
    }
}

fn slot(slot: &Slot, w: &'static Words, ui: &UiContext) -> Html {
    let (class, href, name) = match &slot.pod {
        Some(pod) => (format!("h{}", pod.hue), symbol(pod.state), format!("{} {}", slot.label, pod.reason)),
        None => (
            "vacant".into(),
            "pending",
            format!("{} {}", slot.label, if slot.beyond { w.beyond } else { w.no_pod }),
        ),
    };
    let text = html! { <><svg viewBox="0 0 32 32" aria-hidden="true"><use href={format!("#pod-{href}")} width="32" height="32" /></svg>{name}</> };
    html! {
        <li {class}>
            { match &slot.pod { Some(pod) => link(ui, &pod.id, text), None => html! { <span>{text}</span> } } }
            { for slot.claims.iter().map(|claim| {
                let volume = claim.volume.as_deref().unwrap_or(if claim.exists { "Pending" } else { w.no_such_claim });
                html! { <small>{link(ui, &claim.id, html! { {&*claim.template} })}{format!(" → {volume}")}</small> }
            }) }
        </li>
    }
}

fn runs_of(runs: &Runs, w: &'static Words, ui: &UiContext) -> Html {
    html! {
        <>
            <h3>{w.next_runs}</h3>
            if runs.suspended { <p class="muted">{w.suspended}</p> }
            <table class="runs"><tbody>
                { for runs.next.iter().map(|(date, left)| html! { <tr><th scope="row" class="mono">{&**date}</th><td>{(w.in_time)(&hms(*left))}</td></tr> }) }
            </tbody></table>
            if !runs.jobs.is_empty() {
                <h3>{w.last_jobs}</h3>
                <table class="runs"><tbody>
                    { for runs.jobs.iter().map(|(id, state, age)| html! {
                        <tr><th scope="row">{link(ui, id, html! { {&*id.name} })}</th><td>{format!("{state} {}", (w.ago)(&hms(*age)))}</td></tr>
                    }) }
                </tbody></table>
            }
        </>
    }
}

/// The history; a click goes back.
fn revisions(it: &Inspection, w: &Words, ui: &UiContext, session: &Rc<Session>) -> Html {
    let Some(handle) = &it.handle else { return html! {} };
    html! {
        <>
            <h3>{w.revisions}</h3>
            <table class="revisions"><tbody>
                { for it.revisions.iter().map(|r| {
                    let (session, ui, line) = (session.clone(), ui.clone(), handle.undo(Some(r.number)));
                    let title = format!("kubectl {}", line.join(" "));
                    let onclick = move |_: MouseEvent| doing::run(&session, &ui, &line, false);
                    html! {
                        <tr key={r.number}>
                            <th scope="row">{r.number}</th>
                            <td>{&*r.images}<small class="muted">{format!(" {}", r.cause)}</small></td>
                            <td>{ if r.current { html! { {w.current} } } else { html! { <button class="btn small" {title} {onclick}>{w.go_back}</button> } } }</td>
                        </tr>
                    }
                }) }
            </tbody></table>
        </>
    }
}
