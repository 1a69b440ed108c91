//! The form: who asks, and what for.

use orrery_share::Action;
use orrery_view::requests::Offers;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::session::{use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

/// The form.
#[component]
pub fn Send() -> Html {
    let ui = use_ui();
    let w = use_words().traffic;
    let session = use_session();
    let offers = use_view(ui.namespace.clone(), |session, namespace| {
        session.read(|engine| engine.offers(namespace.as_deref()))
    });
    let known = |o: &orrery_view::scene::Text| **o == *ui.ask.0;
    let from = offers
        .origins
        .iter()
        .find(|o| known(o))
        .or(offers.origins.first())
        .map_or_else(String::new, |o| o.to_string());
    let to = wanted(&ui.ask.1, &from, &offers);
    let choose_from = {
        let ui = ui.clone();
        move |e: Event| {
            if let Some(field) = e.target_dyn_into::<HtmlSelectElement>() {
                ui.dispatch(Choose::Ask(field.value(), ui.ask.1.clone()));
            }
        }
    };
    let choose_to = {
        let ui = ui.clone();
        move |e: InputEvent| {
            if let Some(field) = e.target_dyn_into::<HtmlInputElement>() {
                ui.dispatch(Choose::Ask(ui.ask.0.clone(), field.value()));
            }
        }
    };
    let onsubmit = {
        let (ui, from, to) = (ui.clone(), from.clone(), to.clone());
        move |e: SubmitEvent| {
            e.prevent_default();
            if to.trim().is_empty() {
                return;
            }
            session.act(Action::Request { from: from.clone(), url: to.trim().to_owned() });
            ui.dispatch(Choose::Journey(session.read(|engine| engine.latest_journey())));
        }
    };
    html! {
        <form class="send" {onsubmit} aria-label={w.send_a_request}>
            <h2>{w.send_a_request}</h2>
            <label><span>{w.from}</span>
                <select class="mono" onchange={choose_from}>
                    { for offers.origins.iter().map(|o| html! { <option value={o.to_string()} selected={**o == *from}>{short(o)}</option> }) }
                </select>
            </label>
            <label><span>{w.to}</span>
                <input class="mono" list="targets" value={to.clone()} oninput={choose_to} placeholder="http://web.default" autocomplete="off" autocapitalize="off" spellcheck="false" />
            </label>
            <datalist id="targets">{ for offers.targets.iter().map(|t| html! { <option value={t.url.to_string()}>{&*t.what}</option> }) }</datalist>
            <div class="chips">
                { for offers.fitting(&from).take(6).map(|target| {
                    let (ui, chosen) = (ui.clone(), target.url.to_string());
                    let onclick = move |_: MouseEvent| ui.dispatch(Choose::Ask(ui.ask.0.clone(), chosen.clone()));
                    html! { <button type="button" class="chip mono" title={target.what.to_string()} {onclick}>{target.url.trim_start_matches("http://")}</button> }
                }) }
            </div>
            <div class="row">
                <button class="btn primary" type="submit">{w.send}</button>
                <span class="push" />
                <Steadily {from} {to} />
            </div>
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct SteadilyProps {
    from: String,
    to: String,
}

/// The same request again and again: how often, and the button that begins.
#[component]
fn Steadily(props: &SteadilyProps) -> Html {
    let w = use_words().traffic;
    let session = use_session();
    let rate = use_state(|| 20_u32);
    let oninput = {
        let rate = rate.clone();
        move |e: InputEvent| {
            let typed = e.target_dyn_into::<HtmlInputElement>().and_then(|field| field.value().parse().ok());
            if let Some(n) = typed {
                rate.set(n)
            }
        }
    };
    let onclick = {
        let (from, url, per_second_milli) = (props.from.clone(), props.to.clone(), u64::from(*rate) * 1000);
        move |_: MouseEvent| {
            let name = format!("{from} {url}");
            let (from, url) = (from.clone(), url.clone());
            session.act(Action::Load {
                name,
                from,
                url,
                per_second_milli,
                keep_alive: false,
                for_millis: None,
            });
        }
    };
    html! {
        <>
            <input class="rate mono" type="number" min="1" max="10000" value={(*rate).to_string()} aria-label={w.rate} title={w.rate} {oninput} /><span class="muted" aria-hidden="true">{"/s"}</span>
            <button class="btn" type="button" {onclick}>{w.start_load}</button>
        </>
    }
}

/// What was typed, or the first of what is offered.
fn wanted(typed: &str, from: &str, offers: &Offers) -> String {
    let first = || offers.fitting(from).next().map_or_else(String::new, |target| target.url.to_string());
    if typed.is_empty() { first() } else { typed.to_owned() }
}

/// `pod/default/web-1` without the namespace that everybody means.
fn short(origin: &str) -> String {
    origin.replacen("pod/default/", "pod/", 1)
}
