//! Commands on a node, as `minikube ssh` and `docker exec NODE` run them: what a person looks at there.

use crate::Desk;

/// Runs a command line on a node.
pub(crate) fn run(desk: &mut Desk<'_>, node: &str, command: &[String]) -> Result<(), String> {
    let line = command.join(" ");
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if words.first() == Some(&"sudo") {
        words.remove(0);
    }
    let table = match words[..] {
        ["iptables-save"] => None,
        ["iptables-save", "-t", table] => Some(table),
        _ => {
            let name = words.first().copied().unwrap_or_default();
            return Err(format!("bash: line 1: {name}: command not found"));
        }
    };
    let rules = desk.station.iptables_save(node, table);
    let rules = rules.ok_or_else(|| format!("Error response from daemon: No such container: {node}"))?;
    desk.output.stdout.push_str(&rules);
    Ok(())
}
