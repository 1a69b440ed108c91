//! Registries beside the services, and images on their way to nodes.

use orrery_view::layout::Layout;
use orrery_view::registries::{PullMark, RegistryBox};
use orrery_view::scene::Scene;
use orrery_view::words;
use yew::prelude::*;

use crate::i18n::Words;

/// All registries, and what is on its way.
pub fn registries(scene: &Scene, l: &Layout, w: &Words) -> Html {
    let Some(first) = l.registries.first() else { return html! {} };
    html! {
        <g class="registries">
            { super::heading(first.x, first.y - 9.0, w.registries, "") }
            { for scene.registries.iter().enumerate().flat_map(|(i, r)| r.pulls.iter().map(move |p| (i, p))).map(|(i, p)| pull(scene, l, i, p)) }
            { for scene.registries.iter().zip(&l.registries).map(|(registry, spot)| html! {
                <g key={registry.host.to_string()} class={classes!("registry", (!registry.up).then_some("down"))} transform={format!("translate({:.1},{:.1})", spot.x, spot.y)}>
                    <rect class="box" width={spot.w.to_string()} height={spot.h.to_string()} rx="8" />
                    <path class="drum" d="M9 9v12c0 5 16 5 16 0V9" /><ellipse class="drum" cx="17" cy="9" rx="8" ry="3.2" />
                    <text class="s10" x="32" y="19">{words::clip(&registry.host, 10.5, spot.w - 38.0)}</text>
                    <title>{told(registry, w)}</title>
                </g>
            }) }
        </g>
    }
}

/// A registry in words: who may pull, and whether it answers.
pub fn told(registry: &RegistryBox, w: &Words) -> String {
    let kind = registry.kind.map(w.registry_kind).unwrap_or_default();
    let down = if registry.up { "" } else { w.no_answer };
    [&*registry.host, kind, down].join(" ").trim_end().to_owned()
}

/// An image on its way: a box on the line from its registry.
fn pull(scene: &Scene, l: &Layout, registry: usize, pull: &PullMark) -> Html {
    let node = scene.nodes.iter().position(|n| n.id.name == pull.node);
    let Some(path) = node.and_then(|node| l.pull(registry, node)) else { return html! {} };
    let style = format!("offset-path:path('{path}');offset-distance:{}%", pull.share.unwrap_or(0));
    html! {
        <g key={format!("{}{}", pull.node, pull.image)} class="pull">
            <path d={path} />
            <g class="parcel" {style}><rect x="-7" y="-7" width="14" height="14" rx="3" /><path d="M-7 -1.5H7M0 -7v5.5" /></g>
            <title>{format!("{} → {}", pull.image, pull.node)}</title>
        </g>
    }
}
