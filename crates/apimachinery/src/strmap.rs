//! Labels, annotations and other small maps of strings, shared until written.

use crate::decode::{Cx, GoType, Member, Typed};
use crate::{Str, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A map of strings that is shared by all its clones and copied when one of them is written.
///
/// The pods of a ReplicaSet all point to the labels of its template.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct StrMap(Option<Rc<BTreeMap<Str, Str>>>);

impl StrMap {
    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Str> {
        self.0.as_ref()?.get(key)
    }

    /// Whether there is a value under `key`.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets the value under `key`; true when that changed anything.
    pub fn insert(&mut self, key: impl Into<Str>, value: impl Into<Str>) -> bool {
        let (key, value) = (key.into(), value.into());
        if self.get(&key) == Some(&value) {
            return false;
        }
        Rc::make_mut(self.0.get_or_insert_default()).insert(key, value);
        true
    }

    /// Takes the value under `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Str> {
        self.get(key)?;
        let map = Rc::make_mut(self.0.as_mut()?);
        let old = map.remove(key);
        if map.is_empty() {
            self.0 = None;
        }
        old
    }

    /// Pairs in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Str, &Str)> {
        self.0.iter().flat_map(|m| m.iter())
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |m| m.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether both are the very same map in memory (or both empty): a quick "surely equal".
    pub fn same(&self, other: &StrMap) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<K: Into<Str>, V: Into<Str>> FromIterator<(K, V)> for StrMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut map = BTreeMap::new();
        for (key, value) in iter {
            map.insert(key.into(), value.into());
        }
        StrMap((!map.is_empty()).then(|| Rc::new(map)))
    }
}

impl Member for StrMap {
    fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
        let mut map = BTreeMap::<Str, Str>::new();
        let read = map.read(value, cx);
        self.0 = (!map.is_empty()).then(|| Rc::new(map));
        read
    }

    fn write(&self) -> Value {
        self.0.as_ref().map_or_else(|| Value::Object(Default::default()), |map| map.write())
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl Typed for StrMap {
    const TYPE: &'static GoType = BTreeMap::<Str, Str>::TYPE;
}
