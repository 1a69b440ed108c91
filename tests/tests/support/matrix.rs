//! The matrix: its file, and what the sources propose.

use super::fields::{Fields, Types};
use super::sources::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const HEAD: &str = "\
# Of every field of every kind, by the type that has it: does the cluster act on it?
#
# simulated: a component reads it, or writes it into a status.
# accepted:  it is read, checked, kept and printed, and nothing happens because of it.
# namesake:  the same; but the components know the name, of something else or to forget the field: only a person
#            can tell, and wrote it here.
#
# The tests in tests/tests/support hold this file true against the sources of the components. After a change of what
# is simulated, UPDATE_SUPPORT=1 cargo test -p orrery-tests --test support writes it anew; read what it did.
";

const WIDTH: usize = 110;

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    Simulated,
    Accepted,
    Namesake,
}

const MARKS: [(Mark, &str); 3] =
    [(Mark::Simulated, "simulated"), (Mark::Accepted, "accepted"), (Mark::Namesake, "namesake")];

/// Type, mark, fields.
#[derive(Default)]
pub struct Matrix(BTreeMap<String, BTreeMap<Mark, BTreeSet<String>>>);

impl Matrix {
    /// Reads the few shapes of YAML that [`Matrix::print`] writes.
    pub fn parse(text: &str) -> Matrix {
        let mut matrix = Matrix::default();
        let (mut ty, mut mark) = (String::new(), Mark::Simulated);
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut rest = line.trim();
            if let Some(name) = line.strip_suffix(':').filter(|name| !name.starts_with(' ')) {
                ty = name.to_owned();
                continue;
            }
            if let Some((word, fields)) = rest.split_once(": [") {
                mark = MARKS.iter().find(|(_, name)| *name == word).expect("a mark").0;
                rest = fields;
            }
            let fields =
                rest.trim_end_matches(']').split(',').map(str::trim).filter(|field| !field.is_empty());
            for field in fields {
                matrix.put(&ty, mark, field);
            }
        }
        matrix
    }

    fn put(&mut self, ty: &str, mark: Mark, field: &str) {
        self.0.entry(ty.to_owned()).or_default().entry(mark).or_default().insert(field.to_owned());
    }

    /// The file.
    pub fn print(&self) -> String {
        let mut out = HEAD.to_owned();
        for (ty, marks) in &self.0 {
            let _ = writeln!(out, "{ty}:");
            for (mark, word) in MARKS {
                let Some(fields) = marks.get(&mark) else { continue };
                let mut line = format!("  {word}: [");
                for (i, field) in fields.iter().enumerate() {
                    let end = if i + 1 == fields.len() { "]" } else { "," };
                    if line.len() + field.len() + 2 > WIDTH {
                        let _ = writeln!(out, "{}", line.trim_end());
                        line = "    ".to_owned();
                    }
                    let _ = write!(line, "{field}{end} ");
                }
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
        out
    }

    /// Every mark of the field.
    pub fn marks(&self, ty: &str, field: &str) -> Vec<Mark> {
        let marks = self.0.get(ty).into_iter().flatten();
        marks.filter(|(_, fields)| fields.contains(field)).map(|(mark, _)| *mark).collect()
    }

    /// Every field that is listed.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(ty, marks)| marks.values().flatten().map(|field| (ty.as_str(), field.as_str())))
    }
}

/// The types that fields lead to for which `follow` holds, from kinds that a component speaks of.
pub fn alive(fields: &Fields, sources: &Sources, follow: impl Fn(&str, &str) -> bool) -> Types {
    let spoken = fields.kinds().filter(|(_, kind)| sources.names(kind.name()));
    let mut open: Vec<&'static str> = spoken.map(|(ty, _)| ty).collect();
    let mut alive = Types::new();
    while let Some(ty) = open.pop() {
        if alive.insert(ty) {
            let inner = fields.of(ty).filter(|(field, inner)| !inner.is_empty() && follow(ty, field));
            open.extend(inner.map(|(_, inner)| inner));
        }
    }
    // Every object has metadata.
    alive.extend(["ObjectMeta", "OwnerReference"]);
    alive
}

/// What the sources say, where they can tell; what a person wrote, where they cannot.
pub fn proposal(fields: &Fields, sources: &Sources, written: &Matrix) -> Matrix {
    let mark = |ty: &str, field: &str| match (
        sources.uses(fields.ident(ty, field)),
        &written.marks(ty, field)[..],
    ) {
        (false, _) => Mark::Accepted,
        (true, [Mark::Namesake]) if !(field == "spec" && sources.has_controller(ty)) => Mark::Namesake,
        (true, _) => Mark::Simulated,
    };
    let alive = alive(fields, sources, |ty, field| mark(ty, field) == Mark::Simulated);
    let mut matrix = Matrix::default();
    for (ty, field) in fields.all() {
        let mark = match mark(ty, field) {
            _ if field == "metadata" => Mark::Simulated,
            _ if !alive.contains(ty) => Mark::Accepted,
            mark => mark,
        };
        matrix.put(ty, mark, field);
    }
    matrix
}
