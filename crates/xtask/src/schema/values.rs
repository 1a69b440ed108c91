//! The values that some fields are confined to, from `values.txt` beside this file.

use crate::shell::Result;
use std::collections::BTreeSet;

const TEXT: &str = include_str!("values.txt");

/// The whole list.
pub struct Values {
    sets: Vec<Set>,
    used: BTreeSet<String>,
}

/// The fields that share a set of values, and those.
pub struct Set {
    fields: Vec<String>,
    /// Whether the API publishes them as an enumeration.
    pub published: bool,
    /// Each value, and what the API says of it.
    values: Vec<(String, String)>,
}

impl Values {
    /// Reads the list.
    pub fn read() -> Result<Values> {
        let mut sets: Vec<Set> = Vec::new();
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match (line.strip_prefix('\t'), sets.last_mut()) {
                (Some(value), Some(set)) => {
                    let (value, said) = value.split_once('\t').unwrap_or((value, ""));
                    let value = if value == "\"\"" { "" } else { value };
                    set.values.push((value.to_owned(), said.to_owned()));
                }
                (Some(_), None) => return Err(format!("values.txt: whose value is this? {line}")),
                (None, _) => {
                    let (published, fields) =
                        line.strip_prefix("~ ").map_or((true, line), |rest| (false, rest));
                    let fields = fields.split_whitespace().map(str::to_owned).collect();
                    sets.push(Set { fields, published, values: Vec::new() });
                }
            }
        }
        Ok(Values { sets, used: BTreeSet::new() })
    }

    /// The values of a field, such as `PodSpec.restartPolicy`.
    pub fn of(&mut self, full_name: &str) -> Option<&Set> {
        let found = self.sets.iter().find(|set| set.fields.iter().any(|field| field == full_name));
        self.used.extend(found.map(|_| full_name.to_owned()));
        found
    }

    /// Complains about fields that are not there.
    pub fn all_used(&self) -> Result<()> {
        let mut fields = self.sets.iter().flat_map(|set| &set.fields);
        match fields.find(|field| !self.used.contains(*field)) {
            Some(field) => Err(format!("values.txt: there is no field {field}")),
            None => Ok(()),
        }
    }
}

impl Set {
    /// The values alone.
    pub fn names(&self) -> Vec<&str> {
        self.values.iter().map(|(value, _)| value.as_str()).collect()
    }

    /// The paragraph that the API server adds to the description of an enumeration
    /// (`k8s.io/kube-openapi/pkg/generators/enum.go`).
    pub fn prose(&self) -> String {
        if !self.published {
            return String::new();
        }
        let lines = self.values.iter().map(|(value, said)| match said.as_str() {
            "" => format!("\n - `\"{value}\"`"),
            said => format!("\n - `\"{value}\"` {said}"),
        });
        std::iter::once("\n\nPossible enum values:".to_owned()).chain(lines).collect()
    }
}
