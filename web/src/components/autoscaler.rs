//! An autoscaler explained: the chain that its numbers come by, the formula with the numbers in it, what bounds and
//! stabilization made of it, and a slider for those who have no requests to send.

use orrery_view::hpa::{Aside, Autoscaler as Told, Link, Measured, Metric};
use orrery_view::scene::ObjectRef;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::workload::link;
use crate::doing;
use crate::i18n::Words;
use crate::session::{use_session, use_view};
use crate::ui::{use_ui, use_words};

/// More pods are not listed.
const PODS: usize = 20;

/// Properties of an autoscaler.
#[derive(Properties, PartialEq)]
pub struct AutoscalerProps {
    /// The autoscaler, or what it scales.
    pub id: ObjectRef,
}

/// The autoscaler of an object, if it has one.
#[component]
pub fn Autoscaler(props: &AutoscalerProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let found = use_view(props.id.clone(), |session, id| session.read(|engine| engine.autoscaler(id)));
    let Some(it) = &*found else { return html! {} };
    let other = if it.id == props.id { &it.target } else { &it.id };
    html! {
        <section class="autoscaler">
            <h3>{"HorizontalPodAutoscaler"}</h3>
            <p>{link(&ui, other, html! { {format!("{} {}", other.kind, other.name)} })}</p>
            { for it.metrics.iter().map(|m| metric(m, w)) }
            { bounds(it) }
            { steps(it, w) }
            <h3>{w.scaling.chain}</h3>
            <ol class="chain">{ for it.chain.iter().map(|l| stage(l, w)) }</ol>
            if it.usage_line.is_some() { <Usage told={it.clone()} /> }
        </section>
    }
}

/// The formula, large, and what each pod puts into it.
fn metric(metric: &Metric, w: &Words) -> Html {
    let against = metric.percent.map(|(now, target)| format!("{now} % / {target} %"));
    html! {
        <div class={classes!("metric", metric.decisive.then_some("decisive"))}>
            <small>{&*metric.name}</small>
            { for metric.formula.iter().map(|f| html! { <output class="formula mono">{&**f}</output> }) }
            { for metric.error.iter().map(|e| html! { <p class="red" lang="en">{&**e}</p> }) }
            { for against.map(|text| html! { <small class="mono">{text}</small> }) }
            <ul class="shares">{ for metric.pods.iter().take(PODS).map(|pod| measured(pod, w)) }</ul>
        </div>
    }
}

fn measured(pod: &Measured, w: &Words) -> Html {
    let used = pod.usage.map_or("–".to_owned(), |usage| format!("{usage}m"));
    let of = if pod.request > 0 { format!("{used} / {}m", pod.request) } else { used };
    let part = pod.usage.unwrap_or(0) as f64 * 100.0 / pod.request.max(1) as f64;
    let aside = pod.aside.map(|aside| match aside {
        Aside::Unready => w.scaling.unready,
        Aside::Missing => w.scaling.missing,
        Aside::Ignored => w.scaling.ignored,
    });
    html! {
        <li key={pod.name.to_string()}>
            <span class={classes!("mono", aside.is_some().then_some("muted"))}>{&*pod.name}</span>
            <span class="fill"><i style={format!("width:{:.0}%", part.min(100.0))} /></span>
            <small class="mono">{of}{ for aside.map(|why| html! { <span class="muted">{format!(" ({why})")}</span> }) }</small>
        </li>
    }
}

/// From the least to the most replicas, and where it stands.
fn bounds(it: &Told) -> Html {
    let (min, max) = it.bounds;
    let (now, wanted) = it.replicas;
    let share =
        |n: i32| f64::from((n - min).clamp(0, (max - min).max(1))) * 100.0 / f64::from((max - min).max(1));
    html! {
        <div class="bounds" aria-label={format!("{min} ≤ {now} ≤ {max}")} role="img">
            <span class="mono">{min}</span>
            <span class="range"><i class="now" style={format!("left:{:.0}%", share(now))}>{now}</i>
                { for wanted.filter(|n| *n != now).map(|n| html! { <i class="wanted" style={format!("left:{:.0}%", share(n))}>{n}</i> }) }</span>
            <span class="mono">{max}</span>
        </div>
    }
}

/// What was made of the proposal, rule by rule, and what is still waited for.
fn steps(it: &Told, w: &Words) -> Html {
    html! {
        <>
            <ul class="steps">{ for it.steps.iter().map(|(rule, from, to)| html! { <li><b class="mono">{&**rule}</b><span class="mono">{format!("{from} → {to}")}</span></li> }) }</ul>
            { for it.held.iter().map(|(left, of)| {
                let part = *left as f64 * 100.0 / (*of).max(1) as f64;
                html! { <p role="timer">{(w.scaling.held)(*left)}<span class="fill"><i style={format!("width:{part:.0}%")} /></span></p> }
            }) }
            if !it.reason.is_empty() { <p class="muted" lang="en">{&*it.reason}</p> }
            <p class="muted">{(w.scaling.looked)(it.ago)}</p>
        </>
    }
}

fn stage(link: &Link, w: &Words) -> Html {
    html! {
        <li><b>{(w.scaling.stage)(link.stage)}</b><span class="mono">{&*link.says}</span>
            { for link.age.map(|age| html! { <small class="muted">{(w.scaling.age)(age)}</small> }) }</li>
    }
}

#[derive(Properties, PartialEq)]
struct UsageProps {
    told: Told,
}

/// How much every pod uses, by hand.
#[component]
fn Usage(props: &UsageProps) -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let amount = use_state(|| 100_u32);
    let line = {
        let amount = format!("{}m", *amount);
        let whole =
            |word: &String| if word.ends_with('=') { format!("{word}{amount}") } else { word.clone() };
        props.told.usage_line.iter().flatten().map(whole).collect::<Vec<_>>()
    };
    let shown = format!("kubectl {}", line.join(" "));
    let oninput = {
        let amount = amount.clone();
        move |e: InputEvent| {
            let typed = e.target_dyn_into::<HtmlInputElement>().and_then(|f| f.value().parse().ok());
            if let Some(n) = typed {
                amount.set(n);
            }
        }
    };
    let onclick = move |_: MouseEvent| doing::run(&session, &ui, &line, false);
    html! {
        <div class="usage">
            <label><span>{w.scaling.usage}</span><input type="range" min="0" max="1000" step="10" value={amount.to_string()} {oninput} /><output class="mono">{format!("{}m", *amount)}</output></label>
            <button class="btn small" {onclick}>{w.scaling.set}</button>
            <code>{shown}</code>
        </div>
    }
}
