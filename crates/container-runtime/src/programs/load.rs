//! Programs that use the processor and memory on purpose, and the few one-liners in other languages that are known.

use super::files::bytes;
use super::wget::long_values;
use super::{Call, Found, Outcome, Program, Reach, basic};
use orrery_sim::Duration;

const fn program(name: &'static str, found: Found, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found, reach: Reach::Others, run }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("bc", Found::Busybox, calculator),
    program("stress", Found::Apart, stress),
    program("stress-ng", Found::Apart, stress),
];

/// What one worker of `stress --vm` takes when nobody says.
const WORKER_BYTES: u64 = 256 << 20;
/// What the program itself takes.
const OWN_BYTES: u64 = 1 << 20;

/// `stress --cpu 2 --vm 1 --vm-bytes 150M --timeout 60s`
fn stress(call: &mut Call) -> Outcome {
    let number = |short: &str, long: &str| {
        let values = long_values(call, short, long);
        values.last().and_then(|count| count.parse::<u64>().ok()).unwrap_or(0)
    };
    let (cpu, memory, io) = (number("-c", "--cpu"), number("-m", "--vm"), number("-i", "--io"));
    let size =
        long_values(call, "", "--vm-bytes").last().and_then(|size| bytes(size)).unwrap_or(WORKER_BYTES);
    let hangs =
        !long_values(call, "", "--vm-hang").is_empty() || call.args.iter().any(|w| &**w == "--vm-keep");
    let cpu_millis = (cpu + if hangs { 0 } else { memory }).saturating_mul(1_000).saturating_add(io * 100);
    let memory_bytes = memory.saturating_mul(size).saturating_add(OWN_BYTES);
    let limit = long_values(call, "-t", "--timeout").last().and_then(|limit| basic::duration(limit));
    match (limit, call.stage) {
        (_, 0) => {
            let name = call.name().to_owned();
            call.out =
                format!("{name}: info: [1] dispatching hogs: {cpu} cpu, {io} io, {memory} vm, 0 hdd\n");
            Outcome::Again(1)
        }
        (None, _) => Outcome::Work { cpu_millis, memory_bytes },
        (Some(limit), 1) => Outcome::WorkFor { cpu_millis, memory_bytes, time: limit },
        (Some(limit), _) => {
            let name = call.name().to_owned();
            call.out = format!("{name}: info: [1] successful run completed in {}s\n", limit.as_secs());
            Outcome::Exit(0)
        }
    }
}

/// The digits of pi that fit into an example.
const PI: &str = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651328230664709384460955058223172535940812848111745028410270193852110555964462294895493038196";

/// What a program of one line in another language does, if that is known: the one of the documentation about Jobs
/// computes pi.
pub(crate) fn one_liner(call: &mut Call) -> Option<Outcome> {
    let text = call.args[1..].join(" ");
    if let Some(rest) = text.split("bpi(").nth(1) {
        let places = rest.split(')').next()?.trim().parse::<usize>().unwrap_or(40);
        call.out = pi(places.clamp(1, 10_000)) + "\n";
        // Two thousand digits take a good five seconds; the effort grows with the square.
        call.took = Duration::from_millis(20 + (places as u64).saturating_pow(2) / 800);
        return Some(Outcome::Exit(0));
    }
    let printed = printed(&text)?;
    call.out = [printed, "\n"].concat();
    Some(Outcome::Exit(0))
}

/// What a program of one statement prints: `print("hello")`, `console.log('hello')`.
fn printed(text: &str) -> Option<&str> {
    let code = text.strip_prefix("-c ").or(text.strip_prefix("-e "))?.trim().trim_end_matches(';');
    let inner = code.strip_prefix("print(").or(code.strip_prefix("console.log("))?.strip_suffix(')')?;
    let quote = inner.chars().next().filter(|c| "'\"".contains(*c))?;
    let text = inner.strip_prefix(quote)?.strip_suffix(quote)?;
    (!text.contains([quote, '\\'])).then_some(text)
}

/// Pi with so many digits, computed as the spigot does (Rabinowitz and Wagon, 1995).
fn pi(places: usize) -> String {
    if places < PI.len() - 1 {
        return PI[..=places].into();
    }
    let length = places * 10 / 3 + 2;
    let mut state = vec![2_u32; length];
    let mut text = String::with_capacity(places + 2);
    let (mut nines, mut held) = (0, None::<u32>);
    let push = |text: &mut String, digit: u32| {
        if text.len() == 1 {
            text.push('.');
        }
        text.push(char::from_digit(digit % 10, 10).unwrap_or('0'));
    };
    while text.len() <= places {
        let mut carry = 0_u32;
        for i in (1..length).rev() {
            let value = state[i] * 10 + carry;
            state[i] = value % (2 * i as u32 + 1);
            carry = value / (2 * i as u32 + 1) * i as u32;
        }
        let value = state[0] * 10 + carry;
        state[0] = value % 10;
        let digit = value / 10;
        if digit == 9 {
            nines += 1;
            continue;
        }
        let over = u32::from(digit == 10);
        if let Some(held) = held {
            push(&mut text, held + over);
        }
        for _ in 0..std::mem::take(&mut nines) {
            push(&mut text, if over == 1 { 0 } else { 9 });
        }
        held = Some(digit % 10);
    }
    text.truncate(places + 1);
    text
}

/// `echo '1 + 2' | bc`
fn calculator(call: &mut Call) -> Outcome {
    let text = call.input.rest();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.contains('=')) {
        match crate::shell::evaluate(line, call.shell) {
            Ok(number) => call.out.push_str(&[&number.to_string(), "\n"].concat()),
            Err(_) => return call.fail(1, &["syntax error"]),
        }
    }
    Outcome::Exit(0)
}
