//! Where the decoder is: a list of steps that is written out only when something is wrong.

use std::fmt::Write;

/// A step down into the object being decoded.
#[derive(Clone, Copy)]
pub(super) enum Step<'v> {
    /// To a field of a struct.
    Field { of: &'static str, name: &'v str },
    /// To an entry of a map.
    Entry(&'v str),
    /// To an element of a list.
    Index(usize),
}

/// As strict decoding errors write it: `spec.containers[0].image`.
pub(super) fn render(steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Field { name: step, .. } | Step::Entry(step) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(step);
            }
            Step::Index(index) => write!(text, "[{index}]").expect("writing to a string cannot fail"),
        }
    }
    text
}

/// As Go's JSON errors write it: the innermost struct, then the fields from the object down, without list
/// indexes and map keys (`Container.spec.containers.image`). `None` above all structs.
pub(super) fn go_field(steps: &[Step<'_>]) -> Option<String> {
    let (mut innermost, mut fields) = (None, String::new());
    for step in steps {
        if let Step::Field { of, name } = step {
            innermost = Some(of);
            fields.extend([".", name]);
        }
    }
    innermost.map(|of| format!("{of}{fields}"))
}
