//! Names of objects that are nowhere, and keys that an object has not.

use super::paths::text;
use super::world::{Thing, World, title};
use super::{Remark, each};
use orrery_api::Kind;
use orrery_apimachinery::decode::closest;
use orrery_apimachinery::{Str, Value};

/// A place that names another object: where, in which field, what it names, and where the keys are that it names.
struct Reference {
    place: &'static str,
    name: &'static str,
    kind: Kind,
    keys: &'static str,
}

const fn reference(place: &'static str, name: &'static str, kind: Kind, keys: &'static str) -> Reference {
    Reference { place, name, kind, keys }
}

/// Of the spec of a pod. `#` stands for both kinds of containers.
const OF_PODS: [Reference; 12] = [
    reference("#[].env[].valueFrom.configMapKeyRef", "name", Kind::ConfigMap, "key"),
    reference("#[].env[].valueFrom.secretKeyRef", "name", Kind::Secret, "key"),
    reference("#[].envFrom[].configMapRef", "name", Kind::ConfigMap, ""),
    reference("#[].envFrom[].secretRef", "name", Kind::Secret, ""),
    reference("volumes[].configMap", "name", Kind::ConfigMap, "items[].key"),
    reference("volumes[].secret", "secretName", Kind::Secret, "items[].key"),
    reference("volumes[].projected.sources[].configMap", "name", Kind::ConfigMap, "items[].key"),
    reference("volumes[].projected.sources[].secret", "name", Kind::Secret, "items[].key"),
    reference("volumes[].persistentVolumeClaim", "claimName", Kind::PersistentVolumeClaim, ""),
    reference("", "serviceAccountName", Kind::ServiceAccount, ""),
    reference("", "priorityClassName", Kind::PriorityClass, ""),
    reference("", "runtimeClassName", Kind::RuntimeClass, ""),
];

/// Of other objects.
const OF_OTHERS: [(Kind, Reference); 6] = [
    (Kind::PersistentVolumeClaim, reference("spec", "storageClassName", Kind::StorageClass, "")),
    (
        Kind::StatefulSet,
        reference("spec.volumeClaimTemplates[].spec", "storageClassName", Kind::StorageClass, ""),
    ),
    (Kind::Ingress, reference("spec", "ingressClassName", Kind::IngressClass, "")),
    (Kind::Ingress, reference("spec.defaultBackend.service", "name", Kind::Service, "")),
    (Kind::Ingress, reference("spec.rules[].http.paths[].backend.service", "name", Kind::Service, "")),
    (Kind::Ingress, reference("spec.tls[]", "secretName", Kind::Secret, "")),
];

pub(super) fn remarks(world: &World<'_>, thing: &Thing) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = namespace(world, thing).into_iter().collect();
    if let Some((path, template)) = thing.template()
        && let Some((path, spec)) = each(template, path, "spec").pop()
    {
        for reference in &OF_PODS {
            for containers in ["containers", "initContainers"] {
                let pattern = reference.place.replace('#', containers);
                if containers == "containers" || pattern != reference.place {
                    follow(world, thing, reference, each(spec, &path, &pattern), &mut remarks);
                }
            }
        }
    }
    for (_, reference) in OF_OTHERS.iter().filter(|(kind, _)| *kind == thing.key.kind) {
        follow(world, thing, reference, each(&thing.tree, "", reference.place), &mut remarks);
    }
    remarks.extend(scale_target(world, thing));
    remarks
}

fn namespace(world: &World<'_>, thing: &Thing) -> Option<Remark> {
    let name = &thing.key.namespace;
    let missing = thing.key.kind.namespaced() && world.find(Kind::Namespace, "", name).is_none();
    missing.then(|| nowhere(world, thing, Kind::Namespace, name, "metadata.namespace".into()))
}

/// What is wrong with the places that name an object.
fn follow(
    world: &World<'_>,
    thing: &Thing,
    reference: &Reference,
    places: Vec<(String, &Value)>,
    remarks: &mut Vec<Remark>,
) {
    for (path, value) in places {
        let Some(name) = text(value, reference.name) else { continue };
        if value.get("optional").and_then(Value::as_bool) == Some(true) || always_there(reference.kind, name)
        {
            continue;
        }
        match world.find(reference.kind, &thing.key.namespace, name) {
            Some(target) if !reference.keys.is_empty() => {
                let keys = each(value, &path, reference.keys);
                remarks.extend(keys.into_iter().filter_map(|(path, key)| missing_key(&target, path, key)));
            }
            Some(_) => {}
            None if reference.kind == Kind::StorageClass && volume_of_class(world, name) => {}
            None => remarks.push(nowhere(
                world,
                thing,
                reference.kind,
                name,
                format!("{path}.{}", reference.name),
            )),
        }
    }
}

/// What a cluster has, or makes in every namespace, without being asked.
fn always_there(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::ServiceAccount => name == "default",
        Kind::ConfigMap => name == "kube-root-ca.crt",
        Kind::PriorityClass => name.starts_with("system-"),
        _ => false,
    }
}

/// Claims and volumes of one class find each other even when nobody declares the class.
fn volume_of_class(world: &World<'_>, class: &str) -> bool {
    let volumes = world.all(Kind::PersistentVolume, &"".into());
    volumes
        .iter()
        .any(|volume| volume.tree.pointer("/spec/storageClassName").and_then(Value::as_str) == Some(class))
}

fn nowhere(world: &World<'_>, thing: &Thing, kind: Kind, name: &str, path: String) -> Remark {
    let others = world.all(kind, &thing.key.namespace);
    let hint = match closest(name, others.iter().map(|other| &*other.key.name)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if kind.namespaced() => {
            format!(
                "add {} to namespace \"{}\", or name one that is there",
                title(kind, name),
                thing.key.namespace
            )
        }
        None => format!("add {}, or name one that is there", title(kind, name)),
    };
    Remark::new(path, format!("{} is in no file and not in the cluster", title(kind, name)), hint)
}

fn missing_key(target: &Thing, path: String, key: &Value) -> Option<Remark> {
    let key = key.as_str()?;
    let maps = ["data", "binaryData", "stringData"];
    let keys: Vec<&String> =
        maps.iter().filter_map(|map| target.tree.get(map)?.as_object()).flat_map(|map| map.keys()).collect();
    if keys.iter().any(|there| *there == key) {
        return None;
    }
    let hint = match closest(key, keys.iter().map(|key| key.as_str())) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if keys.is_empty() => "it has no keys: add it under `data`".into(),
        None => format!("it has {}", keys.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(", ")),
    };
    Some(Remark::new(path, format!("{} has no key \"{key}\"", target.title()), hint))
}

/// What a HorizontalPodAutoscaler scales.
fn scale_target(world: &World<'_>, thing: &Thing) -> Option<Remark> {
    if thing.key.kind != Kind::HorizontalPodAutoscaler {
        return None;
    }
    let target = thing.tree.pointer("/spec/scaleTargetRef")?;
    let (name, namespace): (&str, &Str) = (text(target, "name")?, &thing.key.namespace);
    let kind = Kind::by_gvk(text(target, "apiVersion").unwrap_or("v1"), text(target, "kind")?)?;
    let missing = world.find(kind, namespace, name).is_none();
    missing.then(|| nowhere(world, thing, kind, name, "spec.scaleTargetRef.name".into()))
}
