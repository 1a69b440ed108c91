//! A pod as a mark: state by shape, owner by hue. The shapes are drawn once as symbols and used everywhere.

use orrery_view::layout::Spot;
use orrery_view::scene::{PodMark, PodState};
use orrery_view::words;
use yew::prelude::*;

use super::countdown::{arc, short};

/// The name of a state's symbol.
pub fn symbol(state: PodState) -> &'static str {
    ["pending", "creating", "pulling", "not-ready", "ready", "terminating", "back-off", "completed", "failed"]
        [state.rank()]
}

/// The name of a state, as people who know Kubernetes say it. Never translated.
pub fn state_name(state: PodState) -> &'static str {
    ["Pending", "Creating", "Pulling", "Not ready", "Ready", "Terminating", "Back-off", "Completed", "Failed"]
        [state.rank()]
}

fn shape(state: PodState) -> Html {
    let tile = |opacity: &'static str| html! { <rect width="32" height="32" rx="7" fill="var(--h)" opacity={opacity} /> };
    let outline = |stroke: &'static str| {
        html! { <rect x="1" y="1" width="30" height="30" rx="6.2" fill="none" stroke={stroke} stroke-width="1.8" /> }
    };
    let check = |stroke: &'static str| {
        html! {
            <path d="M9 16.5l4.6 4.7L23 11" fill="none" stroke={stroke} stroke-width="2.4"
                stroke-linecap="round" stroke-linejoin="round" />
        }
    };
    let ring = html! {
        <circle class="spin" cx="16" cy="16" r="8.5" fill="none" stroke="var(--h)" stroke-width="2.4"
            stroke-dasharray="36 18" stroke-linecap="round" />
    };
    match state {
        PodState::Pending => html! {
            <rect x="1" y="1" width="30" height="30" rx="6.2" fill="var(--surface)" stroke="var(--h)" stroke-width="1.8"
                stroke-dasharray="4 3" />
        },
        PodState::Creating => html! { <>{tile(".18")}{ring}</> },
        PodState::Pulling => html! {
            <>{tile(".18")}{ring}<path d="M16 11.5v8M12.8 16.6l3.2 3.2 3.2-3.2" fill="none" stroke="var(--h)" stroke-width="2"
                stroke-linecap="round" stroke-linejoin="round" /></>
        },
        PodState::NotReady => html! {
            <>{tile(".2")}<path d="M0 16H32V25a7 7 0 0 1-7 7H7a7 7 0 0 1-7-7Z" fill="var(--h)" />{outline("var(--h)")}</>
        },
        PodState::Ready => html! { <>{tile("1")}{check("var(--surface)")}</> },
        PodState::Terminating => html! {
            <g opacity=".5">{tile("1")}<path d="M8 8L24 24" stroke="var(--surface)" stroke-width="2.4" stroke-linecap="round" /></g>
        },
        PodState::BackOff => html! {
            <>{tile(".18")}{outline("var(--red)")}<path d="M16 8L25 24H7Z" fill="var(--red)" stroke="var(--red)"
                stroke-width="1.5" stroke-linejoin="round" /></>
        },
        PodState::Completed => html! { <>{tile(".2")}{check("var(--h)")}</> },
        PodState::Failed => html! {
            <>{tile(".18")}{outline("var(--red)")}<path d="M10 10L22 22M22 10L10 22" stroke="var(--red)" stroke-width="2.8"
                stroke-linecap="round" /></>
        },
    }
}

/// Every shape as a symbol, once per page.
pub fn shapes() -> Html {
    html! {
        <svg class="unseen" aria-hidden="true">
            <defs>
                { for PodState::ALL.into_iter().map(|state| html! {
                    <symbol id={format!("pod-{}", symbol(state))} viewBox="0 0 32 32" overflow="visible">{shape(state)}</symbol>
                }) }
                <pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="3.4" height="9" fill="var(--red)" /></pattern>
            </defs>
        </svg>
    }
}

/// How a pod stands out against the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Emphasis {
    /// As all others.
    #[default]
    Plain,
    /// Selected.
    Chosen,
    /// Behind the selected service, or in the selected node.
    Served,
    /// Something else is selected.
    Aside,
}

/// Properties of a mark.
#[derive(Properties, PartialEq)]
pub struct PodProps {
    /// The pod.
    pub mark: PodMark,
    /// Where it stands.
    pub spot: Spot,
    /// Whether there is room for its name.
    pub named: bool,
    /// Whether it stands out.
    pub emphasis: Emphasis,
    /// Whether Tab stops here.
    pub tab_stop: bool,
}

/// A pod in the picture.
#[component]
pub fn Pod(props: &PodProps) -> Html {
    let PodProps { mark, spot, named, emphasis, tab_stop } = props;
    let emphasis = match emphasis {
        Emphasis::Plain => "",
        Emphasis::Chosen => "chosen",
        Emphasis::Served => "served",
        Emphasis::Aside => "aside",
    };
    let side = spot.w;
    html! {
        <g class={classes!("pod", "move", format!("h{}", mark.hue), emphasis)} data-ref={mark.id.key()} data-state={symbol(mark.state)}
            role="button" tabindex={if *tab_stop { "0" } else { "-1" }} aria-label={label(mark)}
            style={format!("transform:translate({:.1}px,{:.1}px)", spot.x, spot.y)}>
            <title>{label(mark)}</title>
            <rect class="ring" x="-5" y="-5" width={(side + 10.0).to_string()} height={(side + 10.0).to_string()} rx="11" />
            <use key={symbol(mark.state)} class="shape" href={format!("#pod-{}", symbol(mark.state))}
                width={side.to_string()} height={side.to_string()} />
            { for mark.countdown.iter().map(|count| arc(side, side, count)) }
            if *named { { caption(mark) } }
        </g>
    }
}

/// A pod in words.
pub fn label(mark: &PodMark) -> String {
    let state = state_name(mark.state);
    if &*mark.reason == state || mark.reason.is_empty() {
        format!("Pod {}, {state}", mark.id.name)
    } else {
        format!("Pod {}, {state}: {}", mark.id.name, mark.reason)
    }
}

fn caption(mark: &PodMark) -> Html {
    match &mark.countdown {
        Some(count) => {
            let class = if mark.state == PodState::BackOff { "m s10 b mid red" } else { "m s10 b mid" };
            html! { <text {class} x="16" y="46">{short(count.remaining)}</text> }
        }
        None => html! { <text class="mu s9 mid" x="16" y="45">{words::clip(&mark.label, 9.5, 37.0)}</text> },
    }
}
