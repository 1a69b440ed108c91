//! How processes go on: foresight, signals, commands run within, what is served.

use super::{Village, outcome, run, start, words};
use crate::{Foresight, Message, Mount, Process, Reply, Signal, Start, Unreachable};
use orrery_sim::SimTime;
use std::rc::Rc;

fn begun(start: Start) -> Process {
    Process::start(Rc::new(start), SimTime::ZERO).expect("it starts")
}

#[test]
fn the_future_is_foreseen() {
    use Foresight::{Ends, Never, Reaches, Unknown};
    let second = SimTime::from_secs;
    for (row, script, expected) in [
        ("an end", "sleep 30; exit 3", Ends { at: second(30), code: 3 }),
        ("an endless sleep", "sleep infinity", Never),
        ("an endless loop", "while true; do date; sleep 1; done", Never),
        ("a counter", "i=0; while true; do echo \"$i: $(date)\"; i=$((i+1)); sleep 1; done", Never),
        (
            "a counter into a file",
            "i=0; while true; do echo $i >> /var/log/1.log; i=$((i+1)); sleep 1; done",
            Never,
        ),
        ("a loop that turns in circles", "until [ -f /tmp/ready ]; do sleep 1; done", Never),
        (
            "a loop that somebody leaves",
            "i=0; while true; do i=$((i+1)); [ $i = 5 ] && exit 1; sleep 2; done",
            Ends { at: second(8), code: 1 },
        ),
        ("a busy loop", "while true; do :; done", Never),
        ("a program without end", "yes > /dev/null", Never),
        ("a question after a while", "sleep 5; wget -qO- http://web", Reaches(second(5))),
        ("a question in a loop", "while true; do nslookup web; sleep 5; done", Reaches(second(0))),
        ("a file on a volume is read", "sleep 3; cat /data/x", Reaches(second(3))),
        ("a file on a volume is written", "while true; do date >> /data/x; sleep 1; done", Never),
        ("a file on a volume where others look", "sleep 2; date >> /seen/x; sleep 3600", Reaches(second(2))),
        ("a loop that watches a volume", "while true; do cat /data/x; sleep 5; done", Reaches(second(0))),
        ("a long way", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); sleep 1; done", Unknown(second(0))),
        ("a trap does not end it", "trap 'exit 0' TERM; while true; do sleep 1; done", Never),
        ("what runs beside", "sleep 100 & while true; do sleep 1; done", Never),
    ] {
        let mut start = start(script);
        start.mounts =
            vec![Mount { path: "/data".into(), prompt: false }, Mount { path: "/seen".into(), prompt: true }];
        match (begun(start).foresee(), expected) {
            (Unknown(at), Unknown(_)) => {
                assert!(at > SimTime::from_secs(60), "{row}: it looks ahead until {at}")
            }
            (found, expected) => assert_eq!(found, expected, "{row}"),
        }
    }
}

#[test]
fn what_was_foreseen_happens_and_a_late_look_sees_what_an_early_one_would() {
    let script = "i=0; while [ $i -lt 50 ]; do echo \"$i: $(date)\"; i=$((i+1)); sleep 1; done; exit 4";
    let process = begun(start(script));
    let (mut early, mut late) = (process.clone(), process.clone());
    let mut village = Village::default();
    (0..100).for_each(|second| early.advance(SimTime::from_secs(second), &mut village));
    late.advance(SimTime::from_secs(100), &mut village);
    assert_eq!(early.log(), late.log());
    let exit = late.ended().expect("it has ended");
    assert_eq!(process.foresee(), Foresight::Ends { at: exit.at, code: exit.code });
    assert!(process.ended().is_none(), "a clone runs by itself");
}

#[test]
fn a_signal_is_heard_by_those_who_listen() {
    for (row, script, expected) in [
        ("the first process does not hear what it does not handle", "sleep 3600", "runs: "),
        ("nor does a shell", "echo a; while true; do sleep 1; done", "runs: a\n"),
        (
            "a trap is done when the program in front has ended",
            "trap 'echo bye; exit 7' TERM; while true; do sleep 3; done",
            "7 after 12000 ms: bye\n",
        ),
        ("wait is broken off", "trap 'echo bye; exit 0' TERM; sleep 3600 & wait", "0 after 10000 ms: bye\n"),
        ("a trap that does nothing", "trap '' TERM; sleep 12; echo done", "0 after 12000 ms: done\n"),
        ("a trap goes on", "trap 'echo heard' TERM; sleep 12; echo on", "0 after 12000 ms: heard\non\n"),
        ("what is assumed ends well", "/opt/server --port 80", "0 after 10000 ms: "),
        ("what listens by hand does not handle it", "nc -l -p 80", "runs: "),
    ] {
        let mut process = begun(start(script));
        let mut village = Village::default();
        process.signal(Signal::Term, SimTime::from_secs(10), &mut village);
        process.advance(SimTime::from_secs(60), &mut village);
        assert_eq!(outcome(&process), expected, "{row}");
        process.signal(Signal::Kill, SimTime::from_secs(90), &mut village);
        assert!(process.ended().is_some(), "{row}: nobody survives a kill");
    }
}

#[test]
fn commands_are_run_within_a_container() {
    let mut process = begun(start("touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"));
    let mut village = Village::default();
    let mut exec = |at: u64, command: &[&str]| {
        let result = process.exec(&words(command), SimTime::from_secs(at), &mut village);
        let took = result.took.map_or("no end".into(), |took| format!("{} ms", took.as_millis()));
        format!(
            "{} after {took}: {}{}{}",
            result.code,
            result.stdout,
            result.stderr,
            result.error.unwrap_or_default()
        )
    };
    assert_eq!(exec(5, &["cat", "/tmp/healthy"]), "0 after 1 ms: ");
    assert_eq!(
        exec(35, &["cat", "/tmp/healthy"]),
        "1 after 1 ms: cat: can't open '/tmp/healthy': No such file or directory\n"
    );
    assert_eq!(exec(40, &["sh", "-c", "echo hi; sleep 2; exit 5"]), "5 after 2000 ms: hi\n");
    assert_eq!(exec(41, &["sleep", "infinity"]), "0 after no end: ");
    assert_eq!(exec(42, &["sh", "-c", "echo hello > /proc/1/fd/1; hostname"]), "0 after 1 ms: web-0\n");
    assert!(exec(43, &["bash"]).ends_with("exec: \"bash\": executable file not found in $PATH: unknown"));
    assert!(exec(44, &["ps"]).contains("1 root      0:00 sh -c touch"));
    assert_eq!(outcome(&process), "runs: hello\n");
    let exit = |command: &str| {
        let mut process = begun(start("trap 'exit 9' TERM; while true; do sleep 1; done"));
        let mut village = Village::default();
        process.exec(&words(&["sh", "-c", command]), SimTime::from_secs(5), &mut village);
        process.advance(SimTime::from_secs(10), &mut village);
        process.ended().map(|exit| (exit.code, exit.at.as_secs()))
    };
    assert_eq!(exit("kill 1"), Some((9, 6)), "a signal from within");
    assert_eq!(exit("kill -9 1"), None, "the first process is out of reach");
}

#[test]
fn memory_has_a_limit() {
    let stressed = |limit: u64| {
        let mut start = start("stress --vm 1 --vm-bytes 250M --vm-hang 1");
        start.image = Rc::default();
        start.limits.memory_bytes = Some(limit << 20);
        let mut process = begun(start);
        let foreseen = process.foresee();
        process.advance(SimTime::from_secs(1), &mut Village::default());
        let end = process.ended().map(|exit| (exit.code, exit.reason));
        (matches!(foreseen, Foresight::Ends { code: 137, .. }), end, process.usage().memory_bytes >> 20)
    };
    assert_eq!(stressed(100), (true, Some((137, "OOMKilled")), 0));
    assert_eq!(stressed(300), (false, None, 251));
    let mut start = start("sleep 5; stress -c 2 --timeout 10; sleep 60");
    start.image = Rc::default();
    let mut process = begun(start);
    let mut seen = Vec::new();
    for _ in 0..3 {
        process.advance(process.usage_changes(), &mut Village::default());
        seen.push((process.usage().cpu_millis, process.usage_changes().as_secs()));
    }
    assert_eq!(seen, [(2_000, 15), (0, 75), (0, 75)]);
}

#[test]
fn a_process_listens_and_answers() {
    let mut process = begun(start("echo hello | nc -l -p 8080"));
    let mut village = Village::default();
    process.advance(SimTime::from_secs(1), &mut village);
    assert_eq!(process.listens(), [8080]);
    let mut ask =
        |port| process.answer(port, &Message::Bytes("hi".into()), SimTime::from_secs(2), &mut village).result;
    assert_eq!(ask(8080), Ok(Reply::Bytes("hello\n".into())));
    assert_eq!(ask(80), Err(Unreachable::Refused));
}

#[test]
fn what_cannot_be_started_is_refused_in_the_runtimes_words() {
    let refused = |command: &[&str]| {
        let start = Start { command: words(command), ..start("") };
        Process::start(Rc::new(start), SimTime::ZERO)
            .err()
            .map(|error| (error.code, error.message.to_string()))
    };
    let frame = |what: &str| {
        format!(
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: {what}: unknown"
        )
    };
    assert_eq!(refused(&["nosuch"]), Some((128, frame("\"nosuch\": executable file not found in $PATH"))));
    assert_eq!(
        refused(&["/nosuch", "a"]),
        Some((128, frame("\"/nosuch\": stat /nosuch: no such file or directory")))
    );
    assert_eq!(refused(&["echo", "a"]), None);
    let mut process = begun(Start { image: Rc::default(), command: words(&["/srv/app"]), ..start("") });
    process.advance(SimTime::from_secs(9), &mut Village::default());
    assert_eq!(outcome(&process), "runs: ", "of an unknown image everything is assumed");
    assert!(process.assumed().is_some_and(|why| why.contains("/srv/app")));
}

#[test]
fn a_loop_that_turns_very_often_does_not_hang() {
    for script in [
        "while true; do :; done",
        "i=0; while [ $i -lt 100000000 ]; do i=$((i+1)); done",
        "f() { f; f; }; f",
        "yes",
    ] {
        let process = run(start(script), &mut Village::default());
        assert!(process.log().lines().count() <= 2_000, "{script}");
    }
    let process = run(start("while true; do :; done"), &mut Village::default());
    assert_eq!(process.usage().cpu_millis, 1_000, "it uses a processor");
}
