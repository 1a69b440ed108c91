//! The charts: what loads, autoscalers and workloads did over virtual time. A click goes to that moment.

mod plot;

use orrery_view::charts::{ChartLine, Role, Topic};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::workload::link;
use crate::i18n::Words;
use crate::session::{use_session, use_view};
use crate::ui::{use_ui, use_words};
use plot::{instant, number, place, round, svg};

/// All charts.
#[component]
pub fn Charts() -> Html {
    let ui = use_ui();
    let w = use_words();
    let session = use_session();
    let seen = (ui.namespace.clone(), ui.selection.clone());
    let view = use_view(seen, |session, (namespace, chosen)| {
        let charts = session.read(|engine| engine.charts(namespace.as_deref(), chosen.as_ref()));
        let (now, end) = session.read(|engine| (engine.run.now(), engine.run.end()));
        let span = round(end);
        // A mark that moves by less than a pixel has not moved.
        (charts, now - now % (span / 512).max(1), span)
    });
    let (charts, now, span) = &*view;
    let seek = {
        let span = *span;
        Callback::from(move |e: MouseEvent| {
            let sheet = e.current_target().and_then(|t| t.dyn_into::<Element>().ok());
            let wide = sheet.map_or(0.0, |sheet| sheet.get_bounding_client_rect().width());
            if wide > 0.0 {
                session.seek(instant(f64::from(e.offset_x()) / wide, span));
            }
        })
    };
    html! {
        <section class="charts" aria-label={w.plots.heading}>
            if charts.is_empty() { <p class="none">{w.plots.nothing}</p> }
            { for charts.iter().enumerate().map(|(i, chart)| {
                let key = format!("{i}{}{}", chart.name, chart.topic as u8);
                html! {
                    <figure class="chart" {key}>
                        <figcaption>
                            { match &chart.id {
                                Some(id) => link(&ui, id, html! { {&*chart.name} }),
                                None => html! { <b>{&*chart.name}</b> },
                            } }
                            <small>{title(chart.topic, w)}</small>
                            { for chart.lines.iter().enumerate().map(|(i, line)| legend(i, line, w)) }
                        </figcaption>
                        <div class="sheet-of" onclick={seek.clone()} title={w.plots.seek}>
                            { Html::from_html_unchecked(svg(&chart.lines, *span, *now).into()) }
                            <i class="now" style={format!("left:{:.2}%", place(*now, *span))} />
                        </div>
                    </figure>
                }
            }) }
        </section>
    }
}

fn title(topic: Topic, w: &Words) -> &'static str {
    match topic {
        Topic::Replicas => w.plots.replicas,
        Topic::Usage => w.plots.usage,
        Topic::Requests => w.plots.requests,
        Topic::Latency => w.plots.latency,
    }
}

/// A line's colour, what it tells, and its last value.
fn legend(i: usize, line: &ChartLine, w: &Words) -> Html {
    let words = w.plots;
    let name = match line.role {
        Role::Desired => words.desired,
        Role::Current => words.current,
        Role::Ready => words.ready,
        Role::Usage => words.measured,
        Role::Target => words.target,
        Role::Answered => words.answered,
        Role::Errors => words.errors,
        Role::Median => "p50",
        Role::Slowest => "p99",
    };
    let last = line.last().map_or_else(String::new, |value| number(value as f64 / 1000.0));
    html! { <span class={format!("line-{}", i + 1)}><i />{name}{" "}<b>{last}</b></span> }
}
