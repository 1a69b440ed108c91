//! Commands on a node, as `minikube ssh` and `docker exec NODE` run them: what a person looks at and asks for there, and the
//! kubelet, which is a service of systemd.

use crate::Desk;
use orrery_container_runtime::MachineDeed;

/// The words of a line; quotes hold words together.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut quote, mut within): (Vec<String>, _, _) = (Vec::new(), None, false);
    for sign in line.chars() {
        if quote.is_none() && sign.is_whitespace() {
            within = false;
            continue;
        }
        if !std::mem::replace(&mut within, true) {
            words.push(String::new());
        }
        match quote {
            Some(open) if open == sign => quote = None,
            None if matches!(sign, '\'' | '"') => quote = Some(sign),
            _ => words.last_mut().expect("one was begun").push(sign),
        }
    }
    words
}

/// Runs a command line on a node.
pub(crate) fn run(desk: &mut Desk<'_>, node: &str, command: &[String]) -> Result<(), String> {
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

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_in_one_word_is_split_as_a_shell_splits_it() {
        for (row, line, expected) in [
            ("words", "curl  -s web", &["curl", "-s", "web"][..]),
            (
                "quotes of both kinds",
                "curl -w \"%{http_code} a\\n\" 'a b'",
                &["curl", "-w", "%{http_code} a\\n", "a b"],
            ),
            ("a quote within a word", "a'b c'd", &["ab cd"]),
            ("an empty word", "a ''", &["a", ""]),
            ("nothing", " ", &[]),
        ] {
            assert_eq!(super::split(line), expected, "{row}");
        }
    }
}
