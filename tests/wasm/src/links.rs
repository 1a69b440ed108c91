//! The committed links, and the trace that each came to natively (`tests/tests/links.rs`).

use orrery_run::Run;
use orrery_share::decode;

const LINKS: [(&str, &str); 8] = [
    ("autoscaling", include_str!("../../links/autoscaling.link")),
    ("containers", include_str!("../../links/containers.link")),
    ("control-plane", include_str!("../../links/control-plane.link")),
    ("nodes", include_str!("../../links/nodes.link")),
    ("one-machine", include_str!("../../links/one-machine.link")),
    ("requests", include_str!("../../links/requests.link")),
    ("rollout", include_str!("../../links/rollout.link")),
    ("storage", include_str!("../../links/storage.link")),
];

/// What they came to natively.
pub const TRACES: &str = include_str!("../../links/traces.txt");

/// What they come to here: name, trace hash and number of writes, a line for each.
pub fn traces() -> String {
    let mut lines = String::new();
    for (name, link) in LINKS {
        let link = decode(link).expect("committed links are whole");
        let mut run = Run::of(&link);
        run.run(link.at, &mut || true);
        lines += &format!("{name} {:016x} {}\n", run.trace_hash(), run.cluster().api().revision());
    }
    lines
}
