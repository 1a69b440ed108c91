//! The outside world, the services, and the lines to the pods behind them. A selector that matches nothing is a ghost.

use std::rc::Rc;

use orrery_view::layout::Layout;
use orrery_view::scene::{ObjectRef, ServiceBox};
use orrery_view::words;
use yew::prelude::*;

use crate::ui::{OUTSIDE, use_words};

/// Properties of the column of services.
#[derive(Properties, PartialEq)]
pub struct ServicesProps {
    /// The services.
    pub services: Vec<ServiceBox>,
    /// Where they stand.
    pub layout: Rc<Layout>,
    /// What is selected.
    pub selection: Option<ObjectRef>,
}

/// Outside, services and their lines.
#[component]
pub fn Services(props: &ServicesProps) -> Html {
    let ServicesProps { services, layout: l, selection } = props;
    let w = use_words();
    let crowded = services.iter().any(|s| s.id.namespace != services[0].id.namespace);
    let chosen = services.iter().position(|s| Some(&s.id) == selection.as_ref());
    html! {
        <>
            { outside(l, w) }
            if let Some(first) = l.services.first() {
                { super::heading(first.x, first.y - 9.0, w.services, "") }
            }
            <path class="outside-line" d={outside_line(services, l)} />
            { lines(services, l, chosen) }
            { for services.iter().zip(&l.services).map(|(service, spot)| {
                let hue = service.hue.map(|h| format!("h{h}"));
                let picked = (selection.as_ref() == Some(&service.id)).then_some("chosen");
                let says = if service.ghost { w.matches_nothing.to_owned() } else { service.ports.to_string() };
                html! {
                    <g key={service.id.key()} class={classes!("service", "move", hue, picked, service.ghost.then_some("ghost"))} data-ref={service.id.key()}
                        role="button" tabindex="0"
                        style={format!("transform:translate({:.1}px,{:.1}px)", spot.x, spot.y)}>
                        <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="9" />
                        if !service.ghost { <rect class="hue-bar" y="9" width="4" height={(spot.h - 18.0).to_string()} rx="2" /> }
                        <text class="b" x="14" y="18">
                            {words::clip_bold(&service.id.name, 12.0, spot.w - 22.0)}
                            if crowded { <tspan class="mu s9" dx="5">{words::clip(&service.id.namespace, 9.5, spot.w - 26.0 - words::bold_width(&service.id.name, 12.0))}</tspan> }
                        </text>
                        <text class="mu s10" x="14" y="33">{words::clip(&says, 10.5, spot.w - 20.0)}</text>
                        <title>{format!("{} {} · {}", service.id.name, service.ports, service.id.namespace)}</title>
                    </g>
                }
            }) }
        </>
    }
}

/// From the services to the pods behind them; dashed to those that are not ready.
pub fn lines(services: &[ServiceBox], l: &Layout, chosen: Option<usize>) -> Html {
    let tracks = l.tracks.iter().map(|track| {
        let emphasis = match chosen { Some(i) if i == track.service => "bright", Some(_) => "dim", None => "" };
        let hue = services[track.service].hue.map(|h| format!("h{h}"));
        let ready = if track.ready { "" } else { "unready" };
        html! { <path key={format!("{}-{}", track.service, track.path)} class={classes!("track", hue, emphasis, ready)} d={track.path.clone()} /> }
    });
    tracks.collect()
}

/// The person outside, who applies manifests and sends requests.
fn outside(l: &Layout, w: &crate::i18n::Words) -> Html {
    let (x, y) = (l.outside.x + 18.0, l.outside.cy());
    html! {
        <g data-ref={format!("{OUTSIDE}//")} role="button" tabindex="0">
            <title>{w.traffic.send_a_request}</title>
            <path class="stem" d={format!("M{x} {}V{}", l.rail.bottom(), y - 16.0)} />
            <circle class="box" cx={x.to_string()} cy={y.to_string()} r="16" />
            <path d={format!("M{x} {}a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM{} {}c2-6 14-6 16 0", y - 8.0, x - 8.0, y + 8.5)}
                fill="none" stroke="var(--muted)" stroke-width="1.6" />
            <text class="b s11" x={(x + 24.0).to_string()} y={(y - 1.0).to_string()}>{w.outside}</text>
            <text class="mu m s10" x={(x + 24.0).to_string()} y={(y + 12.0).to_string()}>{w.you}</text>
        </g>
    }
}

/// From the outside world to each service that it can reach.
fn outside_line(services: &[ServiceBox], l: &Layout) -> String {
    if l.narrow {
        return String::new();
    }
    let bus = l.outside.x - 10.0;
    let reached: Vec<_> =
        services.iter().zip(&l.services).filter(|(s, _)| s.external).map(|(_, spot)| spot).collect();
    let Some(last) = reached.last() else { return String::new() };
    let mut d = format!("M{} {}H{bus}V{}", l.outside.x, l.outside.cy(), last.cy());
    for spot in reached {
        d += &format!("M{bus} {}H{}", spot.cy(), spot.x);
    }
    d
}
