//! What a container wrote: its choice, its run before, and the lines with their virtual times, followed as they come.

use orrery_view::handle::line;
use orrery_view::scene::{ObjectRef, Text};
use web_sys::{Element, HtmlSelectElement};
use yew::prelude::*;

use super::transport::hms;
use crate::session::use_view;
use crate::ui::{Choose, use_ui, use_words};

/// So many lines are drawn at most.
const MOST: usize = 300;

/// Properties of the log.
#[derive(Properties, PartialEq)]
pub struct LogsProps {
    /// The pod.
    pub pod: ObjectRef,
    /// The container; the first one if absent.
    pub container: Option<Text>,
}

/// The log of one container.
#[component]
pub fn Logs(props: &LogsProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let (previous, follow) = (use_state(|| false), use_state(|| true));
    let asked = (props.pod.clone(), props.container.clone(), *previous);
    let logs = use_view(asked, |session, (pod, container, previous)| {
        session.read(|engine| engine.logs(pod, container.as_deref(), *previous, MOST))
    });
    let paper = use_node_ref();
    {
        let (paper, follow) = (paper.clone(), *follow);
        use_effect_with(logs.clone(), move |_| {
            if let Some(paper) = paper.cast::<Element>().filter(|_| follow) {
                paper.set_scroll_top(paper.scroll_height());
            }
        });
    }
    let choose = move |e: Event| {
        let chosen = e.target_dyn_into::<HtmlSelectElement>().map(|s| s.value().as_str().into());
        ui.dispatch(Choose::Container(chosen));
    };
    let toggle = |state: &UseStateHandle<bool>, name: &'static str| {
        let (on, state) = (**state, state.clone());
        html! { <button class="btn small" aria-pressed={on.to_string()} onclick={move |_: MouseEvent| state.set(!on)}>{name}</button> }
    };
    let flags = [(*previous, " --previous"), (*follow && !*previous, " -f")];
    let flags: String = flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect();
    html! {
        <div class="logs">
            <div class="row">
                <select class="small" aria-label={w.container} onchange={choose}>
                    { for logs.containers.iter().map(|name| html! { <option value={name.to_string()} selected={*name == logs.container}>{&**name}</option> }) }
                </select>
                { toggle(&previous, w.previous) }
                { toggle(&follow, w.follow) }
                <code class="muted">{format!("kubectl {}{flags}", line(&["logs", &props.pod.name, "-c", &logs.container], &props.pod.namespace).join(" "))}</code>
            </div>
            <div class="paper mono" ref={paper} tabindex="0" role="log" aria-label={format!("{} {}", w.logs, logs.container)}>
                if let Some(refusal) = &logs.refusal { <p class="muted">{&**refusal}</p> }
                if logs.refusal.is_none() && logs.rows.is_empty() { <p class="muted">{w.no_logs}</p> }
                { for logs.rows.iter().enumerate().map(|(i, row)| html! {
                    <p key={logs.before + i} class={row.error.then_some("error")}><time>{format!("{}.{:03}", hms(row.at / 1_000_000_000), row.at / 1_000_000 % 1000)}</time>{&*row.text}</p>
                }) }
            </div>
        </div>
    }
}
