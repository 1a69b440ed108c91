//! Reads: get, list, and lists by index. No object is cloned; what is handed out is shared.

use crate::key::{Place, custom_name};
use crate::{ApiServer, Key};
use orrery_api::{CustomResourceDefinition, EXTERNAL_NAME, Kind, Object, Pod, Resource};
use orrery_apimachinery::{LabelSelector, Str, StrMap, labels};
use std::rc::Rc;

impl ApiServer {
    /// The object under `key`.
    pub fn object(&self, key: &Key) -> Option<&Object> {
        self.stored_at(key.kind, &key.namespace, &key.name)
    }

    /// The object of a kind that is stored for a name.
    pub(crate) fn stored_at(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Object> {
        let get = |name: &str| self.store.get(kind.number(), &Place(namespace, name));
        match kind {
            Kind::Custom(kind) => get(&custom_name(kind, name)),
            _ => get(name),
        }
    }

    /// An object as who reads it gets it: a Service of type ExternalName does not tell the policy that it was given
    /// while it had another type (upstream: `defaultOnReadInternalTrafficPolicy`).
    pub fn served(&self, object: &Object) -> Object {
        let mut object = object.clone();
        if let Object::Service(service) = &mut object
            && service.spec.type_.as_deref() == Some(EXTERNAL_NAME)
            && service.spec.internal_traffic_policy.is_some()
        {
            Rc::make_mut(service).spec.internal_traffic_policy = None;
        }
        object
    }

    /// Every kind that the server serves: those of the registry, and those that were declared.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        let declared = self.list::<CustomResourceDefinition>().filter_map(|d| d.declared_kind());
        Kind::ALL.iter().copied().chain(declared.map(Kind::Custom))
    }

    /// The kind that an object states in `apiVersion` and `kind`.
    pub fn kind_by_gvk(&self, api_version: &str, kind: &str) -> Option<Kind> {
        self.kinds().find(|known| known.is_served_as(api_version, kind))
    }

    /// The kind that a word of the command line names.
    pub fn kind_named(&self, word: &str) -> Option<Kind> {
        self.kinds().find(|known| known.is_named(word))
    }

    /// The object of type `R` called `name`; `namespace` is empty for cluster-scoped kinds.
    pub fn get<R: Resource>(&self, namespace: &str, name: &str) -> Option<&Rc<R>> {
        self.store.get(R::KIND.number(), &Place(namespace, name)).and_then(R::unwrap_ref)
    }

    /// All objects of type `R`, by namespace and name.
    pub fn list<R: Resource>(&self) -> impl Iterator<Item = &Rc<R>> {
        self.store.values(R::KIND.number()).filter_map(R::unwrap_ref)
    }

    /// The objects of type `R` in a namespace, by name.
    pub fn list_in<R: Resource>(&self, namespace: &Str) -> impl Iterator<Item = &Rc<R>> {
        self.objects_in(R::KIND, namespace).filter_map(R::unwrap_ref)
    }

    /// All objects of a kind, by namespace and name.
    pub fn objects(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.store.values(kind.number()).filter(move |object| is_of(object, kind))
    }

    /// The objects of a kind in a namespace, by name.
    pub fn objects_in(&self, kind: Kind, namespace: &Str) -> impl Iterator<Item = &Object> {
        let start = (namespace.clone(), Str::from(""));
        let namespace = namespace.clone();
        self.store
            .range(kind.number(), start..)
            .take_while(move |((ns, _), _)| *ns == namespace)
            .map(|(_, o)| o)
            .filter(move |object| is_of(object, kind))
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Custom(_) => self.objects(kind).count(),
            _ => self.store.len(kind.number()),
        }
    }

    /// The pods bound to a node, by namespace and name.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Rc<Pod>> {
        self.indexes
            .pods_on(node)
            .filter_map(|place| self.store.get(Kind::Pod.number(), place))
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

/// Whether an object in the bucket of `kind` is of that kind: custom kinds share a bucket.
fn is_of(object: &Object, kind: Kind) -> bool {
    !matches!(kind, Kind::Custom(_)) || object.kind() == kind
}
