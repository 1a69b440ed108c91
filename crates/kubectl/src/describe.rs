//! Objects told at length, for people (upstream: `kubectl/pkg/describe`).

mod container;
pub(crate) mod pod_template;
mod volume;

use orrery_apimachinery::StrMap;

/// Longer values of annotations are cut, and stand on lines of their own.
const LONGEST: usize = 140;

/// What is told so far. Columns are apart by tabs, levels by two blanks.
#[derive(Default)]
struct Story(String);

impl Story {
    /// One line.
    fn line(&mut self, level: usize, text: &str) {
        self.0.extend(std::iter::repeat_n("  ", level));
        self.0 += text;
        self.0.push('\n');
    }

    /// `name:` and what it is.
    fn field(&mut self, level: usize, name: &str, value: &str) {
        self.line(level, &format!("{name}:\t{value}"));
    }

    /// `name:` and what it is, a line each.
    fn list(&mut self, level: usize, name: &str, values: &[String]) {
        match values.split_first() {
            None => self.field(level, name, "<none>"),
            Some((first, others)) => {
                self.field(level, name, first);
                others.iter().for_each(|value| self.line(0, &format!("\t{value}")));
            }
        }
    }

    fn labels(&mut self, level: usize, name: &str, labels: &StrMap) {
        let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        self.list(level, name, &pairs);
    }

    /// Annotations but for what `kubectl apply` keeps there.
    fn annotations(&mut self, level: usize, name: &str, annotations: &StrMap) {
        let mut pairs = Vec::new();
        for (key, value) in annotations.iter() {
            if &**key != "kubectl.kubernetes.io/last-applied-configuration" {
                pairs.push(annotation(key, value.strip_suffix('\n').unwrap_or(value)));
            }
        }
        self.list(level, name, &pairs);
    }
}

fn annotation(key: &str, value: &str) -> String {
    if value.len() + key.len() + 2 <= LONGEST && !value.contains('\n') {
        return format!("{key}: {value}");
    }
    let mut text = format!("{key}:");
    for line in value.split('\n') {
        let end = line.floor_char_boundary(LONGEST - 2);
        let (shown, cut) = (&line[..end], if end < line.len() { "..." } else { "" });
        text += &format!("\n\t  {shown}{cut}");
    }
    text
}
