//! Examples to begin with, written by us. Titles and sentences are in `i18n`, in the same order.

use orrery_share::File;

const EXAMPLES: [&[(&str, &str)]; 19] = [
    &[("shop.yaml", include_str!("../assets/gallery/shop.yaml"))],
    &[("store.yaml", include_str!("../assets/gallery/store.yaml"))],
    &[("rollout.yaml", include_str!("../assets/gallery/rollout.yaml"))],
    &[("failing.yaml", include_str!("../assets/gallery/failing.yaml"))],
    &[("pending.yaml", include_str!("../assets/gallery/pending.yaml"))],
    &[("namespaces.yaml", include_str!("../assets/gallery/namespaces.yaml"))],
    &[("killed.yaml", include_str!("../assets/gallery/killed.yaml"))],
    &[("node-lost.yaml", include_str!("../assets/gallery/node-lost.yaml"))],
    &[("liveness.yaml", include_str!("../assets/gallery/liveness.yaml"))],
    &[("init-waits.yaml", include_str!("../assets/gallery/init-waits.yaml"))],
    &[("no-image.yaml", include_str!("../assets/gallery/no-image.yaml"))],
    &[("memory.yaml", include_str!("../assets/gallery/memory.yaml"))],
    &[("control-plane.yaml", include_str!("../assets/gallery/control-plane.yaml"))],
    &[("services.yaml", include_str!("../assets/gallery/services.yaml"))],
    &[("ingress.yaml", include_str!("../assets/gallery/ingress.yaml"))],
    &[("network-policy.yaml", include_str!("../assets/gallery/network-policy.yaml"))],
    &[("autoscaling.yaml", include_str!("../assets/gallery/autoscaling.yaml"))],
    &[("rollout-drops.yaml", include_str!("../assets/gallery/rollout-drops.yaml"))],
    &[("rollout-keeps.yaml", include_str!("../assets/gallery/rollout-keeps.yaml"))],
];

/// Which example these files are, unchanged.
pub fn which(list: &[File]) -> Option<usize> {
    let same = |example: &[(&str, &str)]| {
        example.len() == list.len() && example.iter().zip(list).all(|((_, text), file)| *text == file.text)
    };
    EXAMPLES.iter().position(|example| same(example))
}

/// The files of an example.
pub fn files(which: usize) -> Vec<File> {
    let file = |(name, text): &(&str, &str)| File { name: (*name).to_owned(), text: (*text).to_owned() };
    EXAMPLES.get(which).map(|files| files.iter().map(file).collect()).unwrap_or_default()
}
