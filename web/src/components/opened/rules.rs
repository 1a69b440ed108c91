//! kube-proxy's rules on a node, to be read and searched: a chain leads to the next, as a packet goes.

use orrery_view::opened::rules::{Rule, RuleChain};
use orrery_view::scene::ObjectRef;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::session::use_view;
use crate::ui::use_words;

/// More chains are not drawn at once.
const CHAINS: usize = 60;

/// Properties of the rules.
#[derive(Properties, PartialEq)]
pub struct RulesProps {
    /// The node.
    pub id: ObjectRef,
}

/// The rules of a node.
#[component]
pub fn Rules(props: &RulesProps) -> Html {
    let words = use_words().traffic;
    let open = use_state(|| false);
    let filter = use_state(String::new);
    let chains = use_view((props.id.clone(), (*filter).clone(), *open), |session, (id, filter, open)| {
        if *open { session.read(|engine| engine.rules(id, filter)) } else { Vec::new() }
    });
    let oninput = {
        let filter = filter.clone();
        move |e: InputEvent| filter.set(e.target_unchecked_into::<HtmlInputElement>().value())
    };
    let ontoggle = {
        let open = open.clone();
        move |e: Event| open.set(e.target_unchecked_into::<web_sys::Element>().has_attribute("open"))
    };
    let leads = |name: &str| {
        let (filter, name) = (filter.clone(), name.to_owned());
        Callback::from(move |_: MouseEvent| filter.set(name.clone()))
    };
    html! {
        <details class="node-rules" {ontoggle}>
            <summary>{words.rules}</summary>
            <input class="find mono" value={(*filter).clone()} {oninput} placeholder="default/web" aria-label={words.filter} title={words.filter} />
            { for chains.iter().take(CHAINS).map(|c| chain(c, &leads)) }
            if chains.is_empty() && *open { <p class="none">{words.no_rules}</p> }
        </details>
    }
}

fn chain(chain: &RuleChain, leads: &dyn Fn(&str) -> Callback<MouseEvent>) -> Html {
    html! {
        <section key={format!("{}{}", chain.table, chain.name)}>
            <h4 class="mono">{&*chain.name}<small class="muted">{format!(" {}", chain.table)}</small></h4>
            <ol>{ for chain.rules.iter().map(|r| rule(r, leads)) }</ol>
        </section>
    }
}

fn rule(rule: &Rule, leads: &dyn Fn(&str) -> Callback<MouseEvent>) -> Html {
    html! {
        <li>
            <span>{&*rule.about}</span>
            { for rule.chance.iter().map(|chance| html! { <mark>{&**chance}</mark> }) }
            if rule.jump.starts_with("KUBE-") { <button class="link mono" onclick={leads(&rule.jump)}>{format!("→ {}", rule.jump)}</button> } else { <b class="mono">{format!("→ {}", rule.jump)}</b> }
            { for rule.to.iter().map(|to| html! { <b class="mono">{&**to}</b> }) }
            <code>{&*rule.line}</code>
        </li>
    }
}
