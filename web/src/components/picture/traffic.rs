//! The traffic view: the outside, what lets requests in, services with their ports, and nodes with kube-proxy's rules in front of
//! their pods. The pods themselves are those of every view.

use std::rc::Rc;

use orrery_view::layout::{Forward, Layout, Spot};
use orrery_view::scene::{NodeCard, NodeState, ObjectRef, Scene, ServiceBox};
use orrery_view::traffic::{Door, Entrance, Port, Served, Traffic, Way};
use orrery_view::words;
use yew::prelude::*;

use super::super::traffic::glyph::SHIELD;
use crate::i18n::{TrafficWords, Words};
use crate::ui::{OUTSIDE, use_words};

/// Properties of the network.
#[derive(Properties, PartialEq)]
pub struct NetworkProps {
    /// The scene with its traffic.
    pub scene: Rc<Scene>,
    /// Where everything stands.
    pub layout: Rc<Layout>,
    /// The selected object.
    pub selection: Option<ObjectRef>,
}

/// Everything but the pods.
#[component]
pub fn Network(props: &NetworkProps) -> Html {
    let w = use_words();
    let NetworkProps { scene, layout: l, selection } = props;
    let (Some(traffic), Some(places)) = (&scene.traffic, &l.traffic) else { return html! {} };
    let picked = |id: &ObjectRef| selection.as_ref() == Some(id);
    let chosen = scene.services.iter().position(|s| picked(&s.id));
    let tone = |service: usize| match chosen {
        Some(i) if i == service => "bright",
        Some(_) => "dim",
        None => "",
    };
    html! {
        <>
            { outside(&l.outside, w) }
            <path class="street" d={places.street.clone()} />
            { for places.edges.iter().map(|edge| html! {
                <g class={classes!("edge", edge.closed.then_some("closed"), tone(edge.service))}>
                    <path d={edge.path.clone()} />
                    <text class="m s9 end mu" x={edge.label.0.to_string()} y={edge.label.1.to_string()}>{&*edge.label.2}</text>
                </g>
            }) }
            { for scene.nodes.iter().zip(&l.nodes).map(|(card, spot)| node(card, spot, picked(&card.id), w)) }
            { super::services::lines(&scene.services, l, chosen) }
            { for traffic.entrances.iter().zip(&places.entrances).map(|(e, spot)| entrance(e, spot, traffic, scene, (picked(&e.id), w))) }
            { for places.forwards.iter().map(forwarded) }
            { dns(&places.dns, &traffic.dns) }
            { for scene.services.iter().zip(&traffic.services).zip(&l.services).map(|((shown, s), spot)| service(shown, s, spot, picked(&shown.id), w)) }
        </>
    }
}

/// The way to a forwarded port, with a dot for each program that hands on what comes.
fn forwarded(forward: &Forward) -> Html {
    let dots = forward.stops.iter().zip(["kube-apiserver", "kubelet"]);
    html! {
        <g class="forwarded">
            <path d={forward.path.clone()} />
            { for dots.map(|((x, y), name)| html! { <circle cx={x.to_string()} cy={y.to_string()} r="4"><title>{name}</title></circle> }) }
        </g>
    }
}

fn moved(spot: &Spot) -> String {
    format!("transform:translate({:.1}px,{:.1}px)", spot.x, spot.y)
}

fn boxed(spot: &Spot) -> Html {
    html! { <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="9" /> }
}

/// The world, at the left edge.
fn outside(spot: &Spot, w: &Words) -> Html {
    let (x, y) = (spot.cx(), spot.y + 18.0);
    html! {
        <g data-ref={format!("{OUTSIDE}//")} role="button" tabindex="0">
            <title>{w.traffic.send_a_request}</title>
            <circle class="box" cx={x.to_string()} cy={y.to_string()} r="17" />
            <path class="person" d={format!("M{x} {}a4.4 4.4 0 1 1 0 8.8 4.4 4.4 0 0 1 0-8.8zM{} {}c2-6.4 15-6.4 17 0", y - 9.0, x - 8.5, y + 9.5)} />
            <text class="b s10 mid" x={x.to_string()} y={(y + 31.0).to_string()}>{w.outside}</text>
        </g>
    }
}

fn entrance(
    it: &Entrance,
    spot: &Spot,
    traffic: &Traffic,
    scene: &Scene,
    (chosen, w): (bool, &Words),
) -> Html {
    let room = spot.w - 20.0;
    let (class, head) = match it.door {
        Door::LoadBalancer => ("balancer", "LoadBalancer"),
        Door::Ingress => ("ingress", "Ingress"),
        Door::Node => ("door", ""),
        Door::PortForward => ("forward", "port-forward"),
    };
    let says = match head {
        "" => entrance_told(it, scene, w),
        head => format!("{head} {}", entrance_told(it, scene, w)),
    };
    html! {
        <g key={format!("{class}{}{}", it.id.key(), if it.door == Door::PortForward { &*it.name } else { "" })} class={classes!("entrance", class, "move", it.closed.then_some("closed"), chosen.then_some("chosen"))}
            data-ref={it.id.key()} role="button" tabindex="0" style={moved(spot)}>
            { boxed(spot) }
            { match it.door {
                Door::Node => html! { <text class="m s11" x="10" y="17">{words::clip(&it.name, 11.0, room)}</text> },
                Door::LoadBalancer | Door::PortForward => html! { <>
                    <text class="mu s10" x="10" y="17">{head}</text>
                    <text class="m b s11" x="10" y="33">{words::clip(&it.name, 12.0, room)}</text>
                </> },
                Door::Ingress => html! { <>
                    <text class="b s11" x="10" y="18">{words::clip_bold(&it.name, 11.0, room - 44.0)}</text>
                    <text class="mu s9 end" x={(spot.w - 9.0).to_string()} y="18">{head}</text>
                    { for it.ways.iter().enumerate().map(|(i, way)| {
                        let missing = traffic.services[way.service].wanted_by.is_some();
                        html! { <text class={classes!("m", "s9", if missing { "red" } else { "mu" })} x="10" y={(34.0 + 15.0 * i as f64).to_string()}>{words::clip(&way.asked, 10.6, room)}</text> }
                    }) }
                </> },
            } }
            <title>{says}</title>
        </g>
    }
}

fn dns(spot: &Spot, address: &str) -> Html {
    html! {
        <g class="entrance dns move" style={moved(spot)}>
            { boxed(spot) }
            <text class="b s11" x="12" y="15">{"DNS"}</text>
            <text class="mu m s9" x="12" y="27">{address.to_owned()}</text>
            <title>{format!("DNS {address}")}</title>
        </g>
    }
}

fn service(shown: &ServiceBox, it: &Served, spot: &Spot, chosen: bool, w: &Words) -> Html {
    let hue = shown.hue.map(|h| format!("h{h}"));
    let room = spot.w - 24.0;
    let missing = it.wanted_by.is_some();
    let under =
        if missing { w.traffic.no_such_service.to_owned() } else { format!("{} {}", it.kind, it.address) };
    let mut y = 33.0;
    let mut line = || {
        y += 15.0;
        y.to_string()
    };
    let foot = foot(shown, it, w);
    let none_ready = it.ready.0 == 0 && !it.selector.is_empty();
    html! {
        <g key={shown.id.key()} class={classes!("service", "move", hue, chosen.then_some("chosen"), shown.ghost.then_some("ghost"))} data-ref={shown.id.key()}
            role="button" tabindex="0" style={moved(spot)}>
            { boxed(spot) }
            if !shown.ghost { <rect class="hue-bar" y="9" width="4" height={(spot.h - 18.0).to_string()} rx="2" /> }
            <text class="b" x="14" y="18">{words::clip_bold(&shown.id.name, 12.0, room)}</text>
            <text class="mu s9" x="14" y="32">{words::clip(&under, 9.6, room)}</text>
            { for it.ports.iter().map(|port| port_line(port, spot.w, line())) }
            { for it.policies.iter().map(|policy| html! { <text class="s9 amber" x="14" y={line()}>{words::clip(policy, 9.6, room)}</text> }) }
            <text class={classes!("s9", if shown.ghost || none_ready { "red" } else { "mu" })} x="14" y={line()}>{words::clip(&foot, 9.6, room)}</text>
            { for it.unready.first().map(|(name, why)| html! { <text class="s9 amber" x="14" y={line()}>{words::clip(&format!("\u{25d2} {why} ({name})"), 9.6, room)}</text> }) }
            <title>{told(shown, it, w)}</title>
        </g>
    }
}

/// What is behind it: how many are ready, nobody, or only another name.
fn foot(shown: &ServiceBox, it: &Served, w: &Words) -> String {
    match &*it.kind {
        _ if shown.ghost => says_ghost(it, w),
        "ExternalName" => "DNS CNAME".to_owned(),
        _ => (w.traffic.ready)(it.ready.0, it.ready.1),
    }
}

fn says_ghost(it: &Served, w: &Words) -> String {
    match &it.wanted_by {
        Some(who) => format!("← {who}"),
        None => format!("{}: {}", w.matches_nothing, it.selector),
    }
}

/// `http  80 → 8080`.
fn port_line(port: &Port, wide: f64, y: String) -> Html {
    html! {
        <>
            <text class="mu s9" x="14" y={y.clone()}>{words::clip(&port.name, 9.6, 48.0)}</text>
            <text class="m s10 end" x={(wide - 10.0).to_string()} {y}><tspan class="b">{&*port.port}</tspan>{" → "}<tspan class="b">{&*port.target}</tspan></text>
        </>
    }
}

/// A service in words.
fn told(shown: &ServiceBox, it: &Served, w: &Words) -> String {
    let mut says = format!("Service {}, {} {}", shown.id.name, it.kind, it.address);
    for port in &it.ports {
        says += &format!(", {} → {}", port.port, port.target);
        if port.node_port != 0 {
            says += &format!(" (nodePort {})", port.node_port);
        }
    }
    let foot = foot(shown, it, w);
    says + ". " + &foot
}

/// A node: its name, its state, and where kube-proxy's rules apply.
fn node(card: &NodeCard, spot: &Spot, chosen: bool, w: &Words) -> Html {
    let broken = card.state != NodeState::Ready || card.stopped;
    let state = if broken { "NotReady" } else { "Ready" };
    html! {
        <g key={card.id.key()} class={classes!("node", "plain", "move", chosen.then_some("chosen"), broken.then_some("broken"))} data-ref={card.id.key()} data-state={state}
            role="button" tabindex="0" style={moved(spot)}>
            <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="12" />
            <rect class="agent" x="-1" y="8" width="84" height="20" rx="6" />
            <text class="mu s9 mid" x="41" y="21.5">{w.traffic.rules_on_node}</text>
            <text class="m s11 b" x="94" y="22">{words::clip(&card.id.name, 11.5, spot.w - 104.0)}</text>
            <title>{format!("{} {state}", card.id.name)}</title>
        </g>
    }
}

/// The policies' marks, on the pods that they isolate.
pub fn shields(scene: &Scene, l: &Layout, w: &TrafficWords) -> Html {
    let Some(traffic) = &scene.traffic else { return html! {} };
    let shields = traffic.shields.iter().filter_map(|shield| {
        let at = l.pods.get(scene.pods().position(|p| p.uid == shield.pod)?)?;
        let names: Vec<&str> = shield.policies.iter().map(|p| &*p.name).collect();
        let says = format!("{} · {}", (w.isolated)(shield.ingress, shield.egress), names.join(", "));
        Some(html! {
            <g class="shield move" data-ref={shield.policies[0].key()} style={format!("transform:translate({:.1}px,{:.1}px)", at.right() - 8.0, at.y - 5.0)}>
                <path d={SHIELD} /><title>{says}</title>
            </g>
        })
    });
    html! { <g>{ for shields }</g> }
}

/// An entrance in words.
fn entrance_told(it: &Entrance, scene: &Scene, w: &Words) -> String {
    if it.door == Door::PortForward {
        return format!("{}: {} → {}", w.traffic.port_forward, it.name, it.id.name);
    }
    let way = |way: &Way| format!("{} → {}", way.asked, scene.services[way.service].id.name);
    format!("{}: {}", it.name, it.ways.iter().map(way).collect::<Vec<_>>().join(", "))
}

/// The picture in words, for those who do not see it.
pub fn twin(scene: &Scene, w: &Words) -> Html {
    let Some(traffic) = &scene.traffic else { return html! {} };
    html! {
        <ul class="unseen" aria-label={w.traffic.in_words}>
            { for traffic.entrances.iter().map(|e| html! { <li>{entrance_told(e, scene, w)}</li> }) }
            { for scene.services.iter().zip(&traffic.services).map(|(shown, it)| html! {
                <li>{told(shown, it, w)}
                    { for it.unready.iter().map(|(name, why)| format!(" {}.", (w.traffic.unready)(name, why))) }
                </li>
            }) }
            { for traffic.shields.iter().map(|s| {
                let pod = scene.pods().find(|p| p.uid == s.pod).map_or("", |p| &p.id.name);
                html! { <li>{format!("{pod}: {} ({})", (w.traffic.isolated)(s.ingress, s.egress), s.policies[0].name)}</li> }
            }) }
        </ul>
    }
}
