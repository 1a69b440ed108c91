//! The owners view: workloads, what stands between them and their pods, and the places that nobody holds as ghosts. The pods
//! themselves are the ones of the nodes view; they fly from one to the other.

use std::rc::Rc;

use orrery_view::job::JobProgress;
use orrery_view::layout::{BranchPlace, Density, Layout, Spot};
use orrery_view::owners::{Branch, Family, Slot, SlotClaim};
use orrery_view::scene::{ObjectRef, Scene};
use orrery_view::words;
use yew::prelude::*;

use super::super::strip;
use super::super::transport::hms;
use crate::i18n::Words;
use crate::ui::use_words;

/// Properties of the owners.
#[derive(Properties, PartialEq)]
pub struct OwnersProps {
    /// The scene with its families.
    pub scene: Rc<Scene>,
    /// Where everything stands.
    pub layout: Rc<Layout>,
    /// The selected object.
    pub selection: Option<ObjectRef>,
}

/// All families.
#[component]
pub fn Owners(props: &OwnersProps) -> Html {
    let w = use_words();
    let OwnersProps { scene, layout, selection } = props;
    let picked = |id: &ObjectRef| selection.as_ref() == Some(id);
    let families = scene.families.iter().flatten().zip(&layout.families);
    families
        .map(|(family, place)| {
            let alone = &*family.id.kind == "Namespace";
            let kind = if alone { w.no_owner } else { &family.id.kind };
            let line = format!("{kind} · {}", under(family, w));
            html! {
                <g key={family.id.key()} class={format!("family h{}", family.hue)}>
                    <path class="stem" d={family.branches.iter().zip(&place.branches).map(|(b, p)| links(place.head, b, p, layout)).collect::<String>()} />
                    { head(&family.id, &line, &place.head, picked(&family.id)) }
                    { for family.autoscaler.iter().map(|says| scaler(says, &place.head)) }
                    { for family.branches.iter().zip(&place.branches).map(|(b, p)| branch(b, p, layout.density, &picked, w)) }
                </g>
            }
        })
        .collect()
}

/// What stands below the name of a workload.
fn under(family: &Family, w: &Words) -> String {
    match &family.runs {
        Some(runs) if runs.suspended => w.suspended.to_owned(),
        Some(runs) => runs.next.first().map_or_else(String::new, |(_, left)| (w.in_time)(&hms(*left))),
        None => format!("{}/{}", family.counts.0, family.counts.1),
    }
}

/// What scales it, on the edge of its box.
fn scaler(says: &str, at: &Spot) -> Html {
    let wide = words::width(says, 9.5) + 14.0;
    html! {
        <g class="scaler" style={format!("transform:translate({:.1}px,{:.1}px)", at.x + 10.0, at.bottom() - 7.0)}>
            <rect width={wide.to_string()} height="15" rx="7.5" /><text class="s9" x="7" y="11">{says.to_owned()}</text>
        </g>
    }
}

/// A box with a name, and a line about it.
fn head(id: &ObjectRef, line: &str, at: &Spot, chosen: bool) -> Html {
    let room = at.w - 22.0;
    html! {
        <g class={classes!("owner", chosen.then_some("chosen"))} data-ref={id.key()} role="button" tabindex="0"
            style={format!("transform:translate({:.1}px,{:.1}px)", at.x, at.y)}>
            <rect class="box" width={at.w.to_string()} height={at.h.to_string()} rx="10" />
            <path class="hue-bar" d={format!("M0 8h4v{}h-4z", at.h - 16.0)} />
            <text class="b" x="13" y={(at.h / 2.0 - 4.0).to_string()}>{words::clip_bold(&id.name, 12.0, room)}</text>
            <text class="mu s10" x="13" y={(at.h / 2.0 + 12.0).to_string()}>{words::clip(line, 10.5, room)}</text>
            <title>{format!("{} {} {line}", id.kind, id.name)}</title>
        </g>
    }
}

/// From the workload to a branch, and from there to its first place.
fn links(from: Spot, branch: &Branch, at: &BranchPlace, l: &Layout) -> String {
    let elbow = |from: &Spot, x: f64, y: f64| {
        if l.narrow {
            return format!("M{} {}V{y}H{x}", from.x + 7.0, from.bottom());
        }
        let middle = from.right() + 13.0;
        format!("M{} {}H{middle}V{y}H{x}", from.right(), from.cy().min(from.y + 24.0))
    };
    let first = at.slots.first().or(at.strip.as_ref()).filter(|_| !branch.slots.is_empty());
    let to_first =
        |from: &Spot| first.map_or_else(String::new, |s| elbow(from, s.x - 4.0, s.y + s.h.min(32.0) / 2.0));
    match &at.head {
        Some(head) => elbow(&from, head.x, head.cy()) + &to_first(head),
        None => to_first(&from),
    }
}

fn branch(
    branch: &Branch,
    at: &BranchPlace,
    density: Density,
    picked: &dyn Fn(&ObjectRef) -> bool,
    w: &Words,
) -> Html {
    let counts = format!("{}/{} · {}", branch.counts.0, branch.counts.1, branch.note);
    html! {
        <g key={branch.id.key()}>
            if let Some(place) = &at.head { { head(&branch.id, &counts, place, picked(&branch.id)) } }
            { for branch.slots.iter().zip(&at.slots).map(|(s, at)| slot(s, at, density, picked, w)) }
            if let (Some(job), Some(at)) = (&branch.job, &at.strip) {
                { job_strip(job, at, w) }
            }
        </g>
    }
}

/// How far a Job is, as a strip and in words.
fn job_strip(job: &JobProgress, at: &Spot, w: &Words) -> Html {
    let most = (at.w * 0.45).min(240.0);
    let x = at.x + (28.0 * job.cells.len() as f64).min(most) + 8.0;
    let told = strip::told(job, w);
    html! {
        <g>
            { strip::cells(job, at.x, at.y, most, at.h) }
            <text class="mu s10" x={x.to_string()} y={(at.y + 13.0).to_string()}>{words::clip(&told, 10.5, at.right() - x)}<title>{told.clone()}</title></text>
        </g>
    }
}

/// A place: a ghost where nobody holds it, a card where it has claims. The pod is drawn on the layer of all pods.
fn slot(slot: &Slot, at: &Spot, density: Density, picked: &dyn Fn(&ObjectRef) -> bool, w: &Words) -> Html {
    let ghost = slot.pod.is_none();
    let card = !slot.claims.is_empty();
    if !ghost && !card {
        return html! {};
    }
    let side = density.mark();
    let inset = if card { 9.0 } else { 0.0 };
    let name = slot.pod.as_ref().map_or(if slot.beyond { w.beyond } else { w.no_pod }, |p| &p.id.name);
    html! {
        <g class={classes!("slot", ghost.then_some("empty-slot"), slot.beyond.then_some("beyond"))} data-slot={slot.label.to_string()} style={format!("transform:translate({:.1}px,{:.1}px)", at.x, at.y)}>
            if card {
                <rect class="box" width={at.w.to_string()} height={at.h.to_string()} rx="10" />
                <text class="m s11" x={(side + 17.0).to_string()} y="29">{words::clip(name, 11.5, at.w - side - 24.0)}</text>
            }
            if ghost {
                <rect class="vacant" x={(inset + 1.0).to_string()} y={(inset + 1.0).to_string()} width={(side - 2.0).to_string()} height={(side - 2.0).to_string()} rx="6.2" />
                if density == Density::Full {
                    <text class="mu s9 mid" x={(inset + side / 2.0).to_string()} y={(inset + side + 13.0).to_string()}>{words::clip(&slot.label, 9.5, 44.0)}</text>
                }
            }
            { for slot.claims.iter().enumerate().map(|(i, c)| claim(c, 58.0 + 19.0 * i as f64, at.w, picked, w)) }
            <title>{format!("{} {name}", slot.label)}</title>
        </g>
    }
}

/// A claim of an ordinal, and the volume it is bound to.
fn claim(claim: &SlotClaim, y: f64, width: f64, picked: &dyn Fn(&ObjectRef) -> bool, w: &Words) -> Html {
    let volume = match (&claim.volume, claim.exists) {
        (Some(volume), _) => volume,
        (None, true) => "Pending",
        (None, false) => w.no_such_claim,
    };
    html! {
        <g class={classes!("slot-claim", (!claim.exists).then_some("missing"), picked(&claim.id).then_some("chosen"))} data-ref={claim.id.key()} role="button" tabindex="-1"
            style={format!("transform:translate(8px,{y}px)")}>
            <rect class="row" width={(width - 16.0).to_string()} height="16" rx="4" />
            <path class="ticket" d="M3 3h12v3a2 2 0 0 0 0 4v3H3v-3a2 2 0 0 0 0-4z" />
            <text class="s10" x="20" y="12">{words::clip(&claim.template, 10.5, 52.0)}</text>
            <text class="m s9 mu end" x={(width - 20.0).to_string()} y="12">{end_of(volume)}</text>
            <title>{format!("{} → {volume}", claim.id.name)}</title>
        </g>
    }
}

/// The end of a volume's name: the beginning is the same for all.
fn end_of(name: &str) -> String {
    let skip = name.chars().count().saturating_sub(9);
    if skip < 3 { name.to_owned() } else { format!("…{}", name.chars().skip(skip).collect::<String>()) }
}
