//! Where the decoder is: a list of steps that lives on the stack and is written out only when something is wrong.

use std::fmt::Write;

/// A place in the object being decoded.
pub(super) enum Path<'p> {
    /// The object itself.
    Root,
    /// A field of a struct.
    Field { parent: &'p Path<'p>, of: &'static str, name: &'p str },
    /// An entry of a map.
    Entry { parent: &'p Path<'p>, key: &'p str },
    /// An element of a list.
    Index { parent: &'p Path<'p>, index: usize },
}

impl Path<'_> {
    fn parent(&self) -> Option<&Path<'_>> {
        match self {
            Path::Root => None,
            Path::Field { parent, .. } | Path::Entry { parent, .. } | Path::Index { parent, .. } => {
                Some(parent)
            }
        }
    }

    /// How many steps it is from the object.
    pub(super) fn depth(&self) -> usize {
        std::iter::successors(Some(self), |p| p.parent()).count()
    }

    /// As strict decoding errors write it: `spec.containers[0].image`.
    pub(super) fn render(&self) -> String {
        let mut text = self.parent().map(Path::render).unwrap_or_default();
        match self {
            Path::Root => {}
            Path::Field { name: step, .. } | Path::Entry { key: step, .. } => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(step);
            }
            Path::Index { index, .. } => write!(text, "[{index}]").expect("writing to a string cannot fail"),
        }
        text
    }

    /// As Go's JSON errors write it: the innermost struct, then the fields from the object down, without list
    /// indexes and map keys (`Container.spec.containers.image`). `None` above all structs.
    pub(super) fn go_field(&self) -> Option<String> {
        let mut fields = Vec::new();
        let mut innermost = None;
        for step in std::iter::successors(Some(self), |p| p.parent()) {
            if let Path::Field { of, name, .. } = step {
                innermost.get_or_insert(*of);
                fields.push(*name);
            }
        }
        fields.push(innermost?);
        fields.reverse();
        Some(fields.join("."))
    }
}
