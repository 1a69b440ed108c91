//! Commands that are run from outside: what is typed into them, and those that go on.

use super::*;
use crate::Input;

fn begun(stdin: bool, command: &[&str]) -> Process {
    let image = ImageConfig { name: "busybox".into(), userland: Userland::Busybox, ..Default::default() };
    let command = command.iter().map(|word| Str::from(*word)).collect();
    let mounts = vec![crate::Mount { path: "/data".into(), prompt: false }];
    let start = Start { image: Rc::new(image), command, stdin, mounts, ..Start::default() };
    Process::start(Rc::new(start), SimTime::ZERO).expect("busybox has it")
}

/// Runs a command after two seconds, does what is listed, each at its second, and tells what is seen of it a minute later.
fn seen(command: &[&str], input: Input, deeds: &[(u64, &str)]) -> String {
    let (mut process, mut village) = (begun(false, &["sleep", "infinity"]), Village::default());
    let words = |words: &[&str]| words.iter().map(|word| Str::from(*word)).collect::<Vec<_>>();
    let start = SimTime::from_secs(2);
    let result = process.begin(&words(command), input, start, &mut village);
    let mut text = [result.stdout, result.stderr].concat();
    let Some(pid) = result.goes_on else { return format!("{text}{}", result.code) };
    text.push('|');
    for (at, deed) in deeds {
        let at = SimTime::from_secs(*at);
        match deed.strip_prefix("> ") {
            Some(typed) => {
                let tee = words(&["tee", &format!("/proc/{pid}/fd/0")]);
                process.begin(&tee, Input::new(typed), at, &mut village);
            }
            None => drop(process.begin(&words(&["sh", "-c", deed]), Input::default(), at, &mut village)),
        }
    }
    process.advance(SimTime::from_secs(62), &mut village);
    let session = process.session(pid).expect("it was begun");
    session.printed.iter().for_each(|printed| text += printed.after(0));
    let code: String = session.code.map_or("goes on".into(), |code| code.to_string());
    [text.as_str(), &*code, if session.reads { ", reads" } else { "" }].concat()
}

#[test]
fn what_is_typed_reaches_a_command_that_is_run_from_outside() {
    for (row, command, typed, expected) in [
        ("cat", "cat", "a\nb\n", "a\nb\n0"),
        ("a program that needs all of it", "wc -l", "a\nb\n", "2\n0"),
        ("a shell", "sh", "echo one; NAME=two\necho $NAME; exit 4\n", "one\ntwo\n4"),
        ("grep, which finds nothing", "grep c", "a\nb\n", "1"),
        ("a script that reads", "while read line; do echo \"<$line>\"; done", "a\nb\n", "<a>\n<b>\n0"),
        ("a file", "cat > /tmp/f; cat /tmp/f", "text", "text0"),
    ] {
        assert_eq!(seen(&["sh", "-c", command], Input::new(typed), &[]), expected, "{row}");
    }
}

#[test]
fn what_may_be_typed_later_is_waited_for() {
    for (row, command, deeds, expected) in [
        ("nobody types", "cat", &[][..], "|goes on, reads"),
        ("lines come one by one", "cat", &[(5, "> a\n"), (9, "> b\n")], "|a\nb\ngoes on, reads"),
        ("Ctrl-D is the end", "cat", &[(5, "> a\n"), (9, "> \u{4}")], "|a\n0"),
        ("a pipe hands on", "cat | grep b", &[(5, "> a\n"), (6, "> b\n")], "|b\ngoes on, reads"),
        ("who needs all waits for all", "sort", &[(5, "> b\n"), (6, "> a\n\u{4}")], "|a\nb\n0"),
        (
            "a shell keeps what it knows",
            "sh",
            &[(5, "> A=1\n"), (6, "> echo $A\n"), (7, "> exit 3\n")],
            "|1\n3",
        ),
        (
            "a loop that reads",
            "while read line; do echo \"<$line>\"; sleep 1; done; echo over",
            &[(5, "> a\nb\n"), (20, "> \u{4}")],
            "|<a>\n<b>\nover\n0",
        ),
        ("a limit", "timeout 8 cat", &[(5, "> a\n")], "|a\n143"),
    ] {
        assert_eq!(seen(&["sh", "-c", command], Input::open(), deeds), expected, "{row}");
    }
}

#[test]
fn what_does_not_end_at_once_goes_on() {
    for (row, command, deeds, expected) in [
        ("what takes less than a second", "sleep 0.5; echo a", &[][..], "a\n0"),
        ("what takes longer", "echo a; sleep 5; echo b; exit 3", &[], "a\n|b\n3"),
        ("what never ends", "sleep infinity", &[], "|goes on"),
        ("a loop", "while true; do sleep 25; echo a; done", &[], "|a\na\ngoes on"),
        ("a file that grows", "echo 1 > /f; tail -f /f", &[(5, "echo 2 >> /f")], "1\n|2\ngoes on"),
        (
            "a file of a volume that grows",
            "echo 1 > /data/f; tail -f /data/f | grep 2",
            &[(5, "echo 2 >> /data/f")],
            "|2\ngoes on",
        ),
        ("somebody kills it", "sleep 1000", &[(5, "kill -9 2")], "|137"),
        ("its children are waited for", "sleep 3 & wait; echo over", &[], "|over\n0"),
    ] {
        assert_eq!(seen(&["sh", "-c", command], Input::default(), deeds), expected, "{row}");
    }
}

#[test]
fn a_container_reads_what_is_typed_into_it() {
    for (row, command, typed, expected) in [
        ("cat", &["cat"][..], "hi\n", "hi\n, runs"),
        ("to the end", &["cat"], "hi\n\u{4}", "hi\n, 0"),
        ("a shell", &["sh"], "echo $((1+1))\nexit 5\n", "2\n, 5"),
        ("what does not read", &["sleep", "1000"], "hi\n", ", runs"),
    ] {
        let (mut process, mut village) = (begun(true, command), Village::default());
        process.feed(typed, SimTime::from_secs(3), &mut village);
        process.advance(SimTime::from_secs(9), &mut village);
        let log: String = process.log().lines().map(|line| line.text.to_string()).collect();
        let end = process.ended().map_or("runs".into(), |exit| exit.code.to_string());
        assert_eq!(format!("{log}, {end}"), expected, "{row}");
    }
}
