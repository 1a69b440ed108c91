//! A new text from old ones.

use crate::random::Random;

/// Longer texts are cut: what they find, shorter ones find sooner.
const LONGEST: usize = 4_000;

/// A text of the corpus after a few changes.
pub fn mutate(corpus: &[Vec<u8>], words: &[&str], random: &mut Random) -> Vec<u8> {
    let mut text = random.pick(corpus).clone();
    if text.len() > LONGEST {
        let from = random.below(text.len() - LONGEST);
        text = text[from..from + LONGEST].to_vec();
    }
    for _ in 0..=random.below(6) {
        change(&mut text, corpus, words, random);
    }
    text.truncate(2 * LONGEST);
    text
}

fn change(text: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[&str], random: &mut Random) {
    let at = random.below(text.len() + 1);
    let to = (at + random.below(8)).min(text.len());
    match random.below(8) {
        0 => drop(text.splice(at..to, [])),
        1 => drop(text.splice(at..at, [random.below(256) as u8])),
        2 if at < text.len() => text[at] = random.below(256) as u8,
        3 => {
            let copy = text[at..(at + random.below(40)).min(text.len())].to_vec();
            let into = random.below(text.len() + 1);
            text.splice(into..into, copy);
        }
        4 => {
            let other = random.pick(corpus);
            let from = random.below(other.len() + 1);
            let until = (from + random.below(200)).min(other.len());
            text.splice(at..to, other[from..until].iter().copied());
        }
        5 => repeat(text, at, random),
        _ => drop(text.splice(at..to, random.pick(words).bytes())),
    }
}

/// The same few bytes many times: what grows too deep or too wide.
fn repeat(text: &mut Vec<u8>, at: usize, random: &mut Random) {
    let piece = text[at..(at + 1 + random.below(3)).min(text.len())].to_vec();
    text.splice(at..at, piece.repeat(1 + random.below(60)));
}
