//! What is wrong with the manifests: line, message, field, and what to write instead.

use yew::prelude::*;

use crate::files::Problem;
use crate::ui::use_words;

/// More are counted, not listed.
const SHOWN: usize = 20;

/// Properties of the list.
#[derive(Properties, PartialEq)]
pub struct ProblemsProps {
    /// Problems of all files.
    pub problems: Vec<Problem>,
    /// Names of the files.
    pub names: Vec<String>,
    /// Called with the one that was picked.
    pub onpick: Callback<Problem>,
}

/// The list below the editor.
#[component]
pub fn Problems(props: &ProblemsProps) -> Html {
    let w = use_words();
    if props.problems.is_empty() {
        return html! {};
    }
    let rest = props.problems.len().saturating_sub(SHOWN);
    html! {
        <ul class="problems" aria-live="polite">
            { for props.problems.iter().take(SHOWN).enumerate().map(|(i, problem)| {
                let onclick = { let (pick, problem) = (props.onpick.clone(), problem.clone()); move |_: MouseEvent| pick.emit(problem.clone()) };
                // The words of a refusal name the field themselves.
                let path = Some(&problem.path).filter(|path| !problem.message.contains(path.as_str()));
                let name = if props.names.len() > 1 { format!("{} ", props.names.get(problem.file).map_or("", String::as_str)) } else { String::new() };
                html! {
                    <li key={i}>
                        <button {onclick} class={if problem.error { "error" } else { "warning" }}>
                            <b>{format!("{} {name}{}", if problem.error { "✕" } else { "▲" }, (w.line)(problem.line as usize))}</b>
                            <span>{problem.message.clone()}</span>
                            if path.is_some() || problem.hint.is_some() {
                                <small>
                                    if let Some(path) = path { <code>{path.clone()}</code> }
                                    if let Some(hint) = &problem.hint { <span>{hint.clone()}</span> }
                                </small>
                            }
                        </button>
                    </li>
                }
            }) }
            if rest > 0 { <li class="muted">{(w.more_problems)(rest)}</li> }
        </ul>
    }
}
