//! Commands on a node, as `minikube ssh` and `docker exec NODE` run them: what a person looks at there, and the kubelet,
//! which is a service of systemd.

use crate::Desk;
use orrery_container_runtime::MachineDeed;

/// Runs a command line on a node.
pub(crate) fn run(desk: &mut Desk<'_>, node: &str, command: &[String]) -> Result<(), String> {
    let line = command.join(" ");
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if words.first() == Some(&"sudo") {
        words.remove(0);
    }
    let missing = || format!("Error response from daemon: No such container: {node}");
    let table = match words[..] {
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
