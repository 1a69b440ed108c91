//! `kind load docker-image NAME…`

use crate::{Desk, Words};
use orrery_sim::Duration;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let words = Words::of(argv, &[]);
    let ["load", "docker-image", names @ ..] = &words.plain[..] else {
        return Err("ERROR: of kind, 'kind load docker-image NAME' is known here".into());
    };
    if names.is_empty() {
        return Err("ERROR: requires at least 1 arg(s), only received 0".into());
    }
    for name in names {
        let Some((reference, image)) = desk.image(name) else {
            return Err(format!("ERROR: image: \"{name}\" not present locally"));
        };
        for node in desk.station.nodes() {
            let line = format!(
                "Image: \"{name}\" with ID \"{}\" not yet present on node \"{node}\", loading...",
                image.id
            );
            desk.note(&line);
        }
        desk.station.pass(Duration::from_millis(500 + image.size / 100_000));
        desk.load(&reference.canonical(), &image);
    }
    Ok(())
}
