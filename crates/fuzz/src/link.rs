//! Links and saved runs: what can be read is written as something that reads the same, and can be played.

use crate::targets::{gist, shape};
use orrery_run::{Run, label};
use orrery_share::deflate::{pack, unpack};
use orrery_share::{DICTIONARY, Damage, Link, Saved, Step, decode, encode, keep, kept, open, save};
use std::collections::BTreeSet;

/// What is played of a run at most: events, and virtual time.
const EVENTS: usize = 5_000;
const TIME: u64 = 1_800_000_000_000;
/// Nodes of a run that is played.
const NODES: u32 = 8;

/// Pieces that links and runs are likely to hold.
pub const WORDS: &[&str] = &[
    "1:",
    "2:",
    "#",
    "A",
    "_",
    "-",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "\\n",
    "\\u0000",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "18446744073709551615",
    "4000000000",
    "60000000000",
    "\"at\":",
    "\"branches\":[{\"steps\":[]},",
    "{\"parent\":0,\"at\":9000000000,\"shared\":1,\"end\":60000000000},",
    "\"branch\":1,",
    "\"shared\":",
    "\"do\":",
    "\"name\":\"",
    "\"text\":\"",
    "{\"at\":0,\"do\":\"add-node\"},",
    "{\"at\":9000000000,\"do\":{\"stop-node\":{\"name\":\"node-1\"}}},",
    "{\"at\":9000000000,\"do\":{\"kubectl\":{\"line\":[\"delete\",\"pods\",\"--all\"]}}},",
    "\"topology\":{\"etcd\":3,\"control_planes\":3},",
    "node-1",
    "etcd-1",
    "kube-scheduler-1",
    "default",
    "--all",
    "--wait=false",
    "--force",
    "-o",
    "yaml",
    "outside",
    "pod/default/web",
    "http://web/",
    "replicas: 40\\n",
    "kind: Job\\n",
    "kind: StatefulSet\\n",
    "kind: DaemonSet\\n",
    "restartPolicy: Never\\n",
    "command: [sh, -c, 'exit 1']\\n",
];

const FILE: &str = include_str!("../../share/src/tests/golden/branches.2.json");
const GOLDENS: [&str; 2] = [
    include_str!("../../share/src/tests/golden/every-action.1.link"),
    include_str!("../../share/src/tests/golden/every-action.2.link"),
];

/// The first texts: links of each codec, what one inflates to, and a short run for each action.
pub fn corpus() -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> = GOLDENS.iter().map(|link| link.trim_end().as_bytes().to_vec()).collect();
    texts.push(FILE.as_bytes().to_vec());
    let golden = decode(GOLDENS[0]).expect("a golden can be read");
    for step in &golden.steps {
        let steps =
            vec![golden.steps[0].clone(), step.clone(), Step { at: step.at, ..golden.steps[5].clone() }];
        let one = Link { files: Vec::new(), steps, seed: 1, ..golden.clone() };
        let text = save(&Saved::from(one.clone()));
        texts.push(pack(text.as_bytes(), DICTIONARY));
        texts.push(text.lines().map(str::trim_start).collect::<String>().into_bytes());
        texts.push(encode(&one).into_bytes());
    }
    texts
}

/// Reads a text in every way that it can be meant.
pub fn run(bytes: &[u8]) -> u64 {
    let inflated = unpack(bytes, DICTIONARY).map(|found| found.len().min(64) / 16);
    let text = String::from_utf8_lossy(bytes);
    let read = match decode(&text) {
        Err(Damage::NotALink) => open(&text),
        read => read.map(Saved::from),
    };
    match read {
        Ok(saved) => {
            let link = saved.link(saved.branch);
            same(decode(&encode(&link)), &link);
            for read in [open(&save(&saved)), kept(&keep(&saved))] {
                let read = read.expect("what we write can be read");
                assert_eq!(read.branches, saved.branches);
                same(Ok(read.link(saved.branch)), &link);
            }
            let played = play(&saved);
            assert_eq!(play(&saved), played, "a run is another one the second time");
            let done: BTreeSet<_> = link.steps.iter().map(|step| gist(&label(&step.action))).collect();
            shape((link.files.len().min(3), done, played.1))
        }
        Err(damage) => shape((gist(&damage.to_string()), inflated.ok())),
    }
}

/// Of a speed the last digit can go; nothing depends on it.
fn same(read: Result<Link, Damage>, link: &Link) {
    let mut read = read.expect("what we write can be read");
    assert!((read.speed - link.speed).abs() <= link.speed * 1e-12);
    read.speed = link.speed;
    assert_eq!(read, *link);
}

/// The fingerprint of a run, and a measure of how much happened.
fn play(saved: &Saved) -> (u64, u32) {
    let link = &saved.run;
    let few = Link { nodes: link.nodes.min(NODES), ..link.clone() };
    let mut run = Run::open(&Saved { run: few, ..saved.clone() });
    let mut left = EVENTS;
    run.run(link.at.min(TIME), &mut || {
        left = left.saturating_sub(1);
        left > 0
    });
    (run.trace_hash(), run.cluster().api().revision().ilog2())
}
