//! Sets of fields (upstream: `fieldpath.Set` of structured-merge-diff).

use super::element::Element;
use orrery_api::merge_schema::MergeType;
use orrery_apimachinery::Value;
use serde_json::Map;
use std::collections::BTreeMap;

/// A set of fields. That a field is in it does not say that those below it are, nor the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet(BTreeMap<Element, Node>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    member: bool,
    below: FieldSet,
}

impl FieldSet {
    /// The set of these paths, each of names of fields.
    pub(crate) fn of_fields(paths: &[&[&str]]) -> Self {
        let mut set = FieldSet::default();
        for path in paths {
            set.insert(&path.iter().map(|name| Element::field(name)).collect::<Vec<_>>());
        }
        set
    }

    /// Adds the field at `path`; nobody owns a whole object.
    pub(super) fn insert(&mut self, path: &[Element]) {
        let Some((first, rest)) = path.split_first() else { return };
        let node = self.0.entry(first.clone()).or_default();
        if rest.is_empty() {
            node.member = true;
        } else {
            node.below.insert(rest);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the field at `path` is in the set.
    pub(super) fn has(&self, path: &[Element]) -> bool {
        match path {
            [] => false,
            [last] => self.has_member(last),
            [first, rest @ ..] => self.below(first).is_some_and(|below| below.has(rest)),
        }
    }

    /// Whether the field at this step is in the set.
    pub(super) fn has_member(&self, step: &Element) -> bool {
        self.0.get(step).is_some_and(|node| node.member)
    }

    /// The set of the fields below a step, if there are any.
    pub(super) fn below(&self, step: &Element) -> Option<&FieldSet> {
        self.0.get(step).map(|node| &node.below).filter(|below| !below.is_empty())
    }

    /// What is in either.
    pub(super) fn union(&self, other: &FieldSet) -> FieldSet {
        let mut all = self.clone();
        for (step, node) in &other.0 {
            let mine = all.0.entry(step.clone()).or_default();
            mine.member |= node.member;
            mine.below = mine.below.union(&node.below);
        }
        all
    }

    /// What is in both.
    pub(super) fn intersection(&self, other: &FieldSet) -> FieldSet {
        self.map(|step, node| {
            let theirs = other.0.get(step)?;
            Some(Node { member: node.member && theirs.member, below: node.below.intersection(&theirs.below) })
        })
    }

    /// What is in this one only, field by field.
    pub(super) fn difference(&self, other: &FieldSet) -> FieldSet {
        self.map(|step, node| match other.0.get(step) {
            None => Some(node.clone()),
            Some(theirs) => Some(Node {
                member: node.member && !theirs.member,
                below: node.below.difference(&theirs.below),
            }),
        })
    }

    /// What is in this one only; a field in the other takes all below it along.
    pub(super) fn without_trees(&self, other: &FieldSet) -> FieldSet {
        self.map(|step, node| match other.0.get(step) {
            None => Some(node.clone()),
            Some(theirs) if theirs.member => None,
            Some(theirs) => Some(Node { below: node.below.without_trees(&theirs.below), ..*node }),
        })
    }

    /// The set with every named field on the way to one that is in it.
    pub(super) fn with_named_fields(&self, ty: MergeType) -> FieldSet {
        self.map(|step, node| {
            let inner = match step.name() {
                Some(name) => ty.field(name),
                None => ty.item(),
            };
            let named = step.name().is_some() && ty.has_fields() && !node.below.is_empty();
            Some(Node { member: node.member || named, below: node.below.with_named_fields(inner) })
        })
    }

    /// The set of what `change` makes of every node; a node that holds nothing is no node.
    fn map(&self, change: impl Fn(&Element, &Node) -> Option<Node>) -> FieldSet {
        let changed = self.0.iter().filter_map(|(step, node)| Some((step.clone(), change(step, node)?)));
        FieldSet(changed.filter(|(_, node)| node.member || !node.below.is_empty()).collect())
    }

    /// The paths of all fields: those at one place before those below it.
    pub(super) fn paths(&self) -> Vec<Vec<Element>> {
        let mut paths = Vec::new();
        self.add_paths(&mut Vec::new(), &mut paths);
        paths
    }

    fn add_paths(&self, prefix: &mut Vec<Element>, paths: &mut Vec<Vec<Element>>) {
        let members = self.0.iter().filter(|(_, node)| node.member);
        paths.extend(members.map(|(step, _)| [prefix.as_slice(), std::slice::from_ref(step)].concat()));
        for (step, node) in &self.0 {
            prefix.push(step.clone());
            node.below.add_paths(prefix, paths);
            prefix.pop();
        }
    }

    /// Reads FieldsV1.
    pub(super) fn from_tree(tree: &Value) -> FieldSet {
        let nodes = tree.as_object().into_iter().flatten().filter_map(|(text, inner)| {
            let (step, below) = (Element::parse(text)?, FieldSet::from_tree(inner));
            let member = below.is_empty() || inner.get(".").is_some();
            Some((step, Node { member, below }))
        });
        FieldSet(nodes.collect())
    }

    /// Writes FieldsV1.
    pub(super) fn to_tree(&self) -> Value {
        let nodes = self.0.iter().map(|(step, node)| {
            let mut inner = node.below.to_tree();
            if let (true, false, Value::Object(below)) = (node.member, node.below.is_empty(), &mut inner) {
                below.insert(".".into(), Value::Object(Map::new()));
            }
            (String::from(step.text()), inner)
        });
        Value::Object(nodes.collect())
    }
}
