//! `KEY=VALUE` and `KEY-` behind the names of resources (upstream: `GetResourcesAndPairs` and `ParsePairs`).

use crate::Failure;
use orrery_apimachinery::Order;
use orrery_apimachinery::{Patch, StrMap, Value};
use serde_json::{Map, json};

/// What a command line asks to change in a map of texts.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Pairs {
    /// What is to be set, by key.
    pub(crate) set: Vec<(String, String)>,
    /// What is to go.
    pub(crate) remove: Vec<String>,
}

/// Splits the words into those that name resources and those that are pairs of `what`.
pub(crate) fn split<'w>(words: &'w [String], what: &str) -> Result<(&'w [String], &'w [String]), Failure> {
    let is_pair = |word: &String| {
        (word.contains('=') && !word.starts_with('=')) || (word.ends_with('-') && word != "-")
    };
    let first = words.iter().position(is_pair).unwrap_or(words.len());
    let (resources, pairs) = words.split_at(first);
    match pairs.iter().find(|word| !is_pair(word)) {
        Some(word) => {
            Err(Failure::usage(format!("all resources must be specified before {what} changes: {word}")))
        }
        None => Ok((resources, pairs)),
    }
}

impl Pairs {
    /// Reads pairs of `what`; a later one with the same key wins.
    pub(crate) fn parse(words: &[String], what: &str) -> Result<Pairs, Failure> {
        let (mut pairs, mut invalid) = (Pairs::default(), Vec::new());
        for word in words {
            match (word.split_once('='), word.strip_suffix('-')) {
                (Some((key, value)), _) if !key.is_empty() => pairs.put(key, value),
                (None, Some(key)) if !key.is_empty() => pairs.remove.push(key.into()),
                _ => invalid.push(word.as_str()),
            }
        }
        pairs.set.order();
        if invalid.is_empty() {
            return Ok(pairs);
        }
        Err(Failure::usage(format!("invalid {what} format: {}", invalid.join(", "))))
    }

    pub(crate) fn put(&mut self, key: &str, value: &str) {
        self.set.retain(|(other, _)| other != key);
        self.set.push((key.into(), value.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// What would be overwritten: the keys that have another value, with that.
    pub(crate) fn overwritten<'m>(&'m self, map: &'m StrMap) -> impl Iterator<Item = (&'m str, &'m str)> {
        self.set.iter().filter_map(|(key, value)| {
            let old = map.get(key).filter(|old| ***old != **value)?;
            Some((key.as_str(), &**old))
        })
    }

    /// The map afterwards.
    pub(crate) fn apply(&self, map: &mut StrMap) {
        for (key, value) in &self.set {
            map.insert(key.as_str(), value.as_str());
        }
        for key in &self.remove {
            map.remove(key);
        }
    }

    /// The patch that changes the map `field` of an object's metadata, which is `map` now.
    pub(crate) fn patch(&self, field: &str, map: &StrMap) -> Patch {
        let set = self.set.iter().filter(|(key, value)| map.get(key).is_none_or(|old| **old != **value));
        let set = set.map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        let gone = self.remove.iter().filter(|key| map.contains_key(key));
        let change: Map<String, Value> = set.chain(gone.map(|key| (key.clone(), Value::Null))).collect();
        Patch::Merge(if change.is_empty() { json!({}) } else { json!({"metadata": {field: change}}) })
    }
}
