//! A volume of a pod: of which kind it is, what it is made from, and whether that is there.

use orrery_api::{ConfigMap, PersistentVolumeClaim, Pod, PodSpec, Secret, Volume};
use orrery_apimachinery::Str;
use orrery_apimachinery::decode::Member;
use orrery_apiserver::ApiServer;
use orrery_cluster::{Cluster, VolumeFacts};

use crate::scene::{ObjectRef, Text};

/// A volume.
#[derive(Clone, PartialEq, Debug)]
pub struct VolumeRow {
    /// Its name in the pod.
    pub name: Text,
    /// The field that says what it is, `emptyDir`.
    pub kind: Text,
    /// What it holds, or what is behind it, in a few words.
    pub what: Text,
    /// The object that it is made from.
    pub object: Option<ObjectRef>,
    /// That object is not there, although it must be.
    pub missing: bool,
    /// The containers that see it.
    pub mounted_by: Vec<Text>,
    /// Where it is kept and what is inside, once a kubelet has the pod.
    pub facts: Option<VolumeFacts>,
}

/// The volumes of a pod.
pub(crate) fn volumes(cluster: &Cluster, pod: &Pod) -> Vec<VolumeRow> {
    let (meta, spec) = (&pod.metadata, &pod.spec);
    let mut seen = cluster.volumes(&meta.namespace, &meta.name);
    let mut fact = |name: &Str| Some(seen.swap_remove(seen.iter().position(|f| f.name == *name)?));
    let rows = spec.volumes.iter().map(|volume| (fact(&volume.name), volume));
    rows.map(|(facts, volume)| VolumeRow { facts, ..row(cluster.api(), &meta.namespace, spec, volume) })
        .collect()
}

fn row(api: &ApiServer, namespace: &str, spec: &PodSpec, volume: &Volume) -> VolumeRow {
    let (kind, what) = told(volume);
    let mut row = VolumeRow {
        name: volume.name.clone(),
        kind,
        what,
        object: None,
        missing: false,
        mounted_by: users(spec, volume),
        facts: None,
    };
    let mut from = |kind: &str, name: &Option<Str>, there: &dyn Fn(&str) -> bool, optional: Option<bool>| {
        let name = name.as_deref().unwrap_or_default();
        row.what = name.into();
        row.object = Some(ObjectRef::new(kind, namespace, name));
        row.missing = !there(name) && optional != Some(true);
    };
    if let Some(source) = &volume.config_map {
        from("ConfigMap", &source.name, &|n| api.get::<ConfigMap>(namespace, n).is_some(), source.optional);
    } else if let Some(source) = &volume.secret {
        from("Secret", &source.secret_name, &|n| api.get::<Secret>(namespace, n).is_some(), source.optional);
    } else if let Some(source) = &volume.persistent_volume_claim {
        let claim = |n: &str| api.get::<PersistentVolumeClaim>(namespace, n);
        from("PersistentVolumeClaim", &Some(source.claim_name.clone()), &|n| claim(n).is_some(), None);
        let behind = claim(&source.claim_name).and_then(|c| c.spec.volume_name.clone());
        if let Some(behind) = behind {
            row.what = format!("{} → {behind}", source.claim_name).as_str().into();
        }
    }
    row
}

/// The field that is set beside the name, and what it says of itself.
fn told(volume: &Volume) -> (Text, Text) {
    let value = volume.write();
    let source = value.as_object().and_then(|o| o.iter().find(|(key, _)| *key != "name"));
    let Some((kind, source)) = source else { return ("emptyDir".into(), "".into()) };
    let words = ["medium", "sizeLimit", "path", "server", "driver", "reference"];
    let mut what: Vec<&str> = words.iter().filter_map(|word| source.get(*word)?.as_str()).collect();
    let sources = source.get("sources").and_then(|s| s.as_array());
    for part in sources.into_iter().flatten().filter_map(|s| s.as_object()) {
        what.extend(part.keys().map(|key| &**key));
    }
    (kind.as_str().into(), what.join(", ").as_str().into())
}

fn users(spec: &PodSpec, volume: &Volume) -> Vec<Text> {
    let containers = spec.init_containers.iter().chain(&spec.containers);
    let mounts = containers.map(|c| (&c.name, &c.volume_mounts, &c.volume_devices));
    mounts
        .filter(|(_, mounts, devices)| {
            mounts.iter().any(|m| m.name == volume.name) || devices.iter().any(|d| d.name == volume.name)
        })
        .map(|(name, ..)| name.clone())
        .collect()
}
