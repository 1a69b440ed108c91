//! `fuser -k PORT/tcp`: ends what keeps ports of this machine open.

use crate::Desk;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let ports: Vec<&String> = argv.iter().filter(|word| !word.starts_with('-')).collect();
    if ports.is_empty() {
        return Err("No process specification given".into());
    }
    desk.output.code = 1;
    for word in ports {
        let port = word.strip_suffix("/tcp").and_then(|port| port.parse().ok());
        let port = port.ok_or_else(|| format!("Specified filename {word} does not exist."))?;
        if desk.station.close(port) {
            desk.note(&format!("{port}/tcp:"));
            desk.output.code = 0;
        }
    }
    Ok(())
}
