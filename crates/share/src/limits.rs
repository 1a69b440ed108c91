//! What a run is held to before anything is made of it.

use crate::{Action, Damage, File, Limit, Link};

/// Nodes of a cluster at most.
pub const NODES: u32 = 5_000;
/// Steps of a run at most.
pub const STEPS: usize = 10_000;
/// Files of the editor, and of one command, at most.
pub const FILES: usize = 200;
/// Members of etcd at most, and API servers.
pub const CONTROL_PLANE: u8 = 9;
/// Later moments are not reached in any bearable time.
pub const DAYS: u64 = 365;
/// Virtual seconds for each real one at most.
pub const SPEED: u32 = 1_000_000;

const NANOS_OF_A_DAY: u64 = 86_400 * 1_000_000_000;

/// Refuses what no run of the page holds.
pub fn check(link: &Link) -> Result<(), Damage> {
    let within = |fits: bool, limit: Limit| if fits { Ok(()) } else { Err(Damage::Beyond(limit)) };
    within((1..=NODES).contains(&link.nodes), Limit::Nodes(NODES))?;
    if let Some(told) = link.topology {
        let (least, most) = (told.etcd.min(told.control_planes), told.etcd.max(told.control_planes));
        within(least >= 1 && most <= CONTROL_PLANE, Limit::ControlPlane(CONTROL_PLANE))?;
    }
    within(link.speed > 0.0 && link.speed <= f64::from(SPEED), Limit::Speed(SPEED))?;
    within(link.at <= DAYS * NANOS_OF_A_DAY, Limit::Days(DAYS))?;
    within(link.files.len() <= FILES, Limit::Files(FILES))?;
    within(link.steps.len() <= STEPS, Limit::Steps(STEPS))?;
    let mut before = 0;
    for (i, step) in link.steps.iter().enumerate() {
        if step.at < before {
            return Err(Damage::Order(i + 1));
        }
        before = step.at;
        within(files(&step.action).len() <= FILES, Limit::Files(FILES))?;
    }
    within(before <= DAYS * NANOS_OF_A_DAY, Limit::Days(DAYS))
}

fn files(action: &Action) -> &[File] {
    if let Action::Kubectl { files, .. } = action { files } else { &[] }
}
