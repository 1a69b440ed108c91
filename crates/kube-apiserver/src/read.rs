//! Reads: get, list, and lists by index. No object is cloned; what is handed out is shared.

use crate::key::Place;
use crate::{ApiServer, Key};
use orrery_api::{Kind, Object, Pod, Resource};
use orrery_apimachinery::{LabelSelector, Str, StrMap, labels};
use std::rc::Rc;

impl ApiServer {
    /// The object under `key`.
    pub fn object(&self, key: &Key) -> Option<&Object> {
        self.store.get(key.kind as usize, &Place(&key.namespace, &key.name))
    }

    /// The object of type `R` called `name`; `namespace` is empty for cluster-scoped kinds.
    pub fn get<R: Resource>(&self, namespace: &str, name: &str) -> Option<&Rc<R>> {
        self.store.get(R::KIND as usize, &Place(namespace, name)).and_then(R::unwrap_ref)
    }

    /// All objects of type `R`, by namespace and name.
    pub fn list<R: Resource>(&self) -> impl Iterator<Item = &Rc<R>> {
        self.store.values(R::KIND as usize).filter_map(R::unwrap_ref)
    }

    /// The objects of type `R` in a namespace, by name.
    pub fn list_in<R: Resource>(&self, namespace: &Str) -> impl Iterator<Item = &Rc<R>> {
        self.objects_in(R::KIND, namespace).filter_map(R::unwrap_ref)
    }

    /// All objects of a kind, by namespace and name.
    pub fn objects(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.store.values(kind as usize)
    }

    /// The objects of a kind in a namespace, by name.
    pub fn objects_in(&self, kind: Kind, namespace: &Str) -> impl Iterator<Item = &Object> {
        let start = (namespace.clone(), Str::from(""));
        let namespace = namespace.clone();
        self.store
            .range(kind as usize, start..)
            .take_while(move |((ns, _), _)| *ns == namespace)
            .map(|(_, o)| o)
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.store.len(kind as usize)
    }

    /// The pods bound to a node, by namespace and name.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Rc<Pod>> {
        self.indexes
            .pods_on(node)
            .filter_map(|place| self.store.get(Kind::Pod as usize, place))
            .filter_map(Pod::unwrap_ref)
    }

    /// The keys of the objects that name `uid` among their owners.
    pub fn dependents(&self, uid: &str) -> impl Iterator<Item = &Key> {
        self.indexes.dependents(uid)
    }

    /// The pods of a namespace that a set-based selector picks, by name.
    pub fn pods_matching(&self, namespace: &Str, selector: &LabelSelector) -> Vec<Rc<Pod>> {
        let candidates = self.indexes.selector_candidates(namespace, selector);
        self.pick(namespace, candidates, |pod| selector.matches(&pod.metadata.labels))
    }

    /// The pods of a namespace that an equality selector such as a Service's picks, by name.
    pub fn pods_equal_to(&self, namespace: &Str, selector: &StrMap) -> Vec<Rc<Pod>> {
        let candidates = self.indexes.candidates(namespace, selector);
        self.pick(namespace, candidates, |pod| labels::equality_matches(selector, &pod.metadata.labels))
    }

    fn pick(
        &self,
        namespace: &Str,
        candidates: Option<imbl::OrdSet<Str>>,
        wanted: impl Fn(&Pod) -> bool,
    ) -> Vec<Rc<Pod>> {
        match candidates {
            Some(names) => names
                .iter()
                .filter_map(|name| self.get::<Pod>(namespace, name))
                .filter(|pod| wanted(pod))
                .cloned()
                .collect(),
            None => self.list_in::<Pod>(namespace).filter(|pod| wanted(pod)).cloned().collect(),
        }
    }
}
