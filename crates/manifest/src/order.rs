//! The order of keys in YAML that upstream prints: numbers inside of keys count as numbers, so that `web-10`
//! comes after `web-9` (upstream: `goyaml.v2/sorter.go`).

use std::cmp::Ordering;

/// How go-yaml sorts two keys.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(i) = a.iter().zip(&b).position(|(x, y)| x != y) else { return a.len().cmp(&b.len()) };
    match (a[i].is_alphabetic(), b[i].is_alphabetic()) {
        (true, true) => a[i].cmp(&b[i]),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            // A zero within a number is one of its digits; at its start it says nothing.
            let within = (a[i] == '0' || b[i] == '0') && continues_number(&a[..i]);
            let (x, y) = (run(&a[i..], within), run(&b[i..], within));
            x.cmp(&y).then(a[i].cmp(&b[i]))
        }
    }
}

/// Whether a number that is not zero reaches the end of `before`.
fn continues_number(before: &[char]) -> bool {
    before.iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0')
}

/// The number that `text` starts with, and its length.
fn run(text: &[char], within: bool) -> (i64, usize) {
    let digits = text.iter().map_while(|c| c.to_digit(10));
    let fold = |(n, len): (i64, usize), d: u32| (n.wrapping_mul(10).wrapping_add(i64::from(d)), len + 1);
    digits.fold((i64::from(within), 0), fold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_as_people_count() {
        let mut keys = vec!["web-10", "web-9", "Web", "web", "1", "10", "2", "web-09", "a.b", "a-b", "ab"];
        keys.sort_by(|a, b| natural(a, b));
        assert_eq!(keys, ["1", "2", "10", "Web", "a-b", "a.b", "ab", "web", "web-9", "web-09", "web-10"]);
    }
}
