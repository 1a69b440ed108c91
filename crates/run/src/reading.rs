//! Which commands only read.

/// Commands that change nothing but what they print.
const READING: [&str; 21] = [
    "alpha",
    "api-resources",
    "api-versions",
    "auth",
    "cluster-info",
    "completion",
    "config",
    "describe",
    "diff",
    "events",
    "explain",
    "get",
    "help",
    "jq",
    "kustomize",
    "logs",
    "options",
    "plugin",
    "top",
    "version",
    "wait",
];

/// Whether a command line, without `kubectl`, leaves the cluster as it is. What is no command at all does so too.
pub fn only_reads(line: &[String]) -> bool {
    let word = |n: usize| line.get(n).map_or("", |word| word);
    let tells = word(0) == "rollout" && matches!(word(1), "history" | "status");
    let is_nothing = !orrery_workstation::is_program(line) && !orrery_kubectl::is_command(word(0));
    tells || is_nothing || (READING.contains(&word(0)) && word(1) != "reconcile")
}
