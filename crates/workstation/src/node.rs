//! Commands on a node, as `minikube ssh` and `docker exec NODE` run them: what a person looks at and asks for there, and the
//! kubelet, which is a service of systemd.

use crate::Desk;
use orrery_container_runtime::MachineDeed;

/// Runs a command line on a node.
pub(crate) fn run(desk: &mut Desk<'_>, node: &str, command: &[String]) -> Result<(), String> {
    let split = |line: &String| line.split_whitespace().map(str::to_owned).collect();
    let mut line: Vec<String> = if let [line] = command { split(line) } else { command.to_vec() };
    if line.first().is_some_and(|word| word == "sudo") {
        line.remove(0);
    }
    let words: Vec<&str> = line.iter().map(String::as_str).collect();
    let missing = || format!("Error response from daemon: No such container: {node}");
    let table = match words[..] {
        ["curl", ..] => {
            let known = desk.station.nodes().iter().any(|known| **known == *node);
            return if known { crate::curl::run(desk, Some(node), &line[1..]) } else { Err(missing()) };
        }
        ["systemctl", "stop", "kubelet" | "kubelet.service"] => {
            return desk.station.machine(node, MachineDeed::StopKubelet).then_some(()).ok_or_else(missing);
        }
        ["systemctl", "start" | "restart", "kubelet" | "kubelet.service"] => {
            return desk.station.machine(node, MachineDeed::Start).then_some(()).ok_or_else(missing);
        }
        ["iptables-save"] => None,
        ["iptables-save", "-t", table] => Some(table),
        _ => {
            let name = words.first().copied().unwrap_or_default();
            return Err(format!("bash: line 1: {name}: command not found"));
        }
    };
    let rules = desk.station.iptables_save(node, table);
    let rules = rules.ok_or_else(missing)?;
    desk.output.stdout.push_str(&rules);
    Ok(())
}
