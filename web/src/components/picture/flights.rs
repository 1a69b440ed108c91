//! Calls in flight: the latest one as a label on the rail, and dots that run along fixed tracks from whoever called to the store
//! and on to whom it concerns. Nothing flies at load, or when the person asked for less motion.

use std::rc::Rc;

use orrery_view::calls::{Call, Caller};
use orrery_view::layout::Layout;
use orrery_view::scene::Text;
use orrery_view::words;
use yew::prelude::*;

use crate::session::use_view;

/// The most calls that fly at once; more are one blur to the eye.
const AT_ONCE: usize = 6;

/// Properties of the calls in flight.
#[derive(Properties, PartialEq)]
pub struct FlightsProps {
    /// Where everything stands.
    pub layout: Rc<Layout>,
    /// Names of the nodes, in the order of their cards.
    pub nodes: Vec<Text>,
}

/// The latest calls.
#[component]
pub fn Flights(props: &FlightsProps) -> Html {
    let calls = use_view((), |session, ()| session.read(|engine| engine.calls(AT_ONCE)));
    let oldest = use_mut_ref(|| None);
    // What happened before the picture was first drawn does not fly.
    let oldest = *oldest.borrow_mut().get_or_insert(calls.last().map_or(0, |c| c.seq));
    let Some(last) = calls.last() else { return html! {} };
    html! {
        <g>
            { for calls.iter().filter(|c| c.seq > oldest).enumerate().map(|(i, call)| flight(props, call, i)) }
            { pill(props, last) }
        </g>
    }
}

/// A point where a caller meets its track.
fn place(props: &FlightsProps, caller: &Caller) -> Option<(f64, f64)> {
    let l = &props.layout;
    let stand = |spot: &orrery_view::layout::Spot| (spot.cx(), spot.bottom());
    match caller {
        Caller::Outside => Some((l.outside.x + 18.0, l.outside.y)),
        Caller::Store => Some(stand(&l.etcd)),
        Caller::Scheduler => Some(stand(&l.scheduler)),
        Caller::Controller(_) => Some(stand(&l.controllers)),
        Caller::Node(name) => {
            let card = l.nodes.get(props.nodes.iter().position(|n| n == name)?)?;
            Some((card.cx(), card.y))
        }
    }
}

/// From the caller to the store, and from the store to the node that the call concerns.
fn flight(props: &FlightsProps, call: &Call, place_in_row: usize) -> Html {
    let Some(from) = place(props, &call.caller) else { return html! {} };
    // Along the lower edge, below the words.
    let rail = props.layout.rail.bottom() - 5.0;
    let store = props.layout.etcd.cx();
    let mut path = format!(
        "M{} {}L{} {rail}L{store} {rail}L{store} {}",
        from.0,
        from.1,
        from.0,
        props.layout.etcd.bottom()
    );
    if let Some(to) = call.concerns.as_ref().and_then(|node| place(props, &Caller::Node(node.clone()))) {
        path += &format!("L{store} {rail}L{} {rail}L{} {}", to.0, to.0, to.1);
    }
    // Calls of one moment follow each other instead of lying on each other.
    let style = format!("offset-path:path('{path}');--after:{}ms", place_in_row * 90);
    html! {
        <g key={call.seq.to_string()}>
            <circle class="flight" r="4.4" style={style.clone()} />
            <circle class="flight t1" r="3" style={style.clone()} />
            <circle class="flight t2" r="2" {style} />
        </g>
    }
}

/// A path is cut in its middle: the verb and the end say the most.
fn shorten(label: &str, most: usize) -> String {
    let count = label.chars().count();
    if count <= most || most < 8 {
        return label.to_owned();
    }
    let (head, tail) = (most * 3 / 5, most - most * 3 / 5 - 1);
    let first: String = label.chars().take(head).collect();
    let last: String = label.chars().skip(count - tail).collect();
    format!("{first}…{last}")
}

/// The label of the latest call, at the track of whoever made it.
fn pill(props: &FlightsProps, call: &Call) -> Html {
    let l = &props.layout;
    let start = l.rail.x + if l.narrow { 142.0 } else { 300.0 };
    let room = l.rail.right() - 8.0 - start;
    let most = ((room - 20.0) / words::mono_width("0", 11.0)) as usize;
    let text = shorten(&call.label, most);
    let width = words::mono_width(&text, 11.0) + 20.0;
    let want = place(props, &call.caller).map_or(start, |p| p.0 - width / 2.0);
    let x = want.clamp(start, (l.rail.right() - 8.0 - width).max(start));
    html! {
        <g key="pill" class="pill" data-ref={call.object.key()}>
            <rect x={x.to_string()} y={(l.rail.y + 6.0).to_string()} width={width.to_string()} height="18" rx="9" />
            <text x={(x + 10.0).to_string()} y={(l.rail.y + 19.0).to_string()}>{text}</text>
            <title>{format!("{} · {}", call.actor, call.label)}</title>
        </g>
    }
}
