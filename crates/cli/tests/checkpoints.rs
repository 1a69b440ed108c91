//! What checkpoints take of memory, measured in a program that does nothing else.

use std::process::Command;

/// A run thins out its checkpoints by what it thinks that they take.
#[test]
fn checkpoints_take_about_what_the_run_thinks() {
    for (nodes, pods) in [("3", "20"), ("10", "500")] {
        let bench = ["bench", "jump", "--jumps", "1", "--nodes", nodes, "--pods", pods];
        let output = Command::new(env!("CARGO_BIN_EXE_orrery")).args(bench).output().expect("it runs");
        let printed = String::from_utf8(output.stdout).expect("it prints text");
        let line = printed.lines().nth(3).expect("the fourth line is of memory").replace("MiB", "");
        let told: Vec<f64> = line.split_whitespace().map(|word| word.parse().expect(word)).collect();
        let [_, taken, thought] = told[..] else { panic!("{printed}") };
        assert!(taken < thought * 2.0 && thought < taken * 4.0, "{printed}");
    }
}
