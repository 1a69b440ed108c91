//! What is on a pod's volumes, as its containers find it (upstream: `pkg/volume/*`).

use crate::downward;
use crate::node::Node;
use orrery_api::{
    Bytes, ConfigMap, Container, DownwardAPIVolumeFile, KeyToPath, Pod, Resource, Secret, Volume, VolumeMount,
};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, WATCH_LATENCY};
use orrery_container_runtime::{Files, normal};
use orrery_sim::{Duration, Random, SimTime};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often a kubelet looks at a pod of which it hears nothing, and brings its volumes up to date
/// (upstream: `syncFrequency`).
const SYNC: Duration = Duration::from_secs(60);
/// Where the files of a volume are kept among [`Files`].
const ROOT: &str = "/volume";

/// What a kubelet keeps of the volumes of one pod.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volumes {
    /// The directories that live as long as the pod.
    directories: BTreeMap<Str, Files>,
    /// ConfigMaps and Secrets as they were last brought to the pod.
    config_maps: BTreeMap<Str, Rc<ConfigMap>>,
    secrets: BTreeMap<Str, Rc<Secret>>,
}

/// A path on a volume.
pub(crate) struct Place<'a> {
    pub volume: &'a Volume,
    /// The path from the root of the volume, with a slash before it unless it is the root.
    pub path: String,
    pub read_only: bool,
}

/// Where the volume `mount` of a container stands in its pod, and below which path of it. `expand` fills in variables.
pub(crate) fn place_of<'a>(
    pod: &'a Pod,
    mount: &VolumeMount,
    expand: &dyn Fn(&str) -> Str,
) -> Option<Place<'a>> {
    let volume = pod.spec.volumes.iter().find(|v| v.name == mount.name)?;
    let sub = mount.sub_path.clone().filter(|sub| !sub.is_empty());
    let sub = sub.or_else(|| mount.sub_path_expr.as_deref().map(expand)).unwrap_or_default();
    let path = if sub.is_empty() { String::new() } else { normal("/", &sub) };
    let claim = volume.persistent_volume_claim.as_ref().is_some_and(|claim| claim.read_only);
    Some(Place { volume, path, read_only: mount.read_only || claim || is_made(volume) })
}

/// Whether the kubelet makes the content of a volume out of objects.
pub(crate) fn is_made(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.secret.is_some()
        || volume.downward_api.is_some()
        || volume.projected.is_some()
}

/// Where a path of a volume is kept among its [`Files`].
pub(crate) fn kept(path: &str) -> String {
    [ROOT, path].concat()
}

/// For whom the content of a volume is made, and when.
pub(crate) struct Maker<'a> {
    pub pod: &'a Pod,
    pub container: &'a Container,
    pub api: &'a ApiServer,
    pub node: &'a Node,
    pub address: &'a str,
    pub now: SimTime,
}

impl Volumes {
    /// The directory of a volume that lives as long as the pod.
    pub(crate) fn directory(&mut self, volume: &Str) -> &mut Files {
        self.directories.entry(volume.clone()).or_default()
    }

    /// Bytes in the directory of a volume.
    pub(crate) fn bytes(&self, volume: &str) -> i64 {
        self.directories.get(volume).map_or(0, |files| i64::try_from(files.bytes()).unwrap_or(i64::MAX))
    }

    /// The files of a volume that is made out of objects: their paths, with a slash before each, and their texts.
    pub(crate) fn made(&mut self, volume: &Volume, maker: &Maker<'_>) -> Vec<(String, Str)> {
        let mut files = Vec::new();
        if let Some(source) = &volume.config_map {
            self.add_config_map(source.name.as_deref(), &source.items, maker, &mut files);
        } else if let Some(source) = &volume.secret {
            self.add_secret(source.secret_name.as_deref(), &source.items, maker, &mut files);
        } else if let Some(source) = &volume.downward_api {
            maker.add_downward(&source.items, &mut files);
        }
        for part in volume.projected.iter().flat_map(|projected| &projected.sources) {
            if let Some(source) = &part.config_map {
                self.add_config_map(source.name.as_deref(), &source.items, maker, &mut files);
            } else if let Some(source) = &part.secret {
                self.add_secret(source.name.as_deref(), &source.items, maker, &mut files);
            } else if let Some(source) = &part.downward_api {
                maker.add_downward(&source.items, &mut files);
            } else if let Some(source) = &part.service_account_token {
                files.push((normal("/", &source.path), maker.token()));
            }
        }
        files
    }

    fn add_config_map(
        &mut self,
        name: Option<&str>,
        items: &[KeyToPath],
        maker: &Maker<'_>,
        files: &mut Vec<(String, Str)>,
    ) {
        let Some(map) = brought(&mut self.config_maps, name.unwrap_or_default(), maker) else { return };
        let texts = map.data.iter().map(|(key, text)| (key, text.clone()));
        add(texts.chain(map.binary_data.iter().map(|(key, bytes)| (key, text(bytes)))), items, files);
    }

    fn add_secret(
        &mut self,
        name: Option<&str>,
        items: &[KeyToPath],
        maker: &Maker<'_>,
        files: &mut Vec<(String, Str)>,
    ) {
        let Some(secret) = brought(&mut self.secrets, name.unwrap_or_default(), maker) else { return };
        add(secret.data.iter().map(|(key, bytes)| (key, text(bytes))), items, files);
    }
}

/// An object as it was last brought to the pod: what is new in it arrives when the kubelet next looks at the pod.
fn brought<R: Resource>(known: &mut BTreeMap<Str, Rc<R>>, name: &str, maker: &Maker<'_>) -> Option<Rc<R>> {
    let there = maker.api.get::<R>(&maker.pod.metadata.namespace, name);
    let old = known.get(name);
    let revision = |object: &Rc<R>| object.metadata().resource_version;
    let is_old = |there: &Rc<R>| old.is_some_and(|old| revision(old) == revision(there));
    let arrives = |there: &Rc<R>| {
        // What nobody remembers was long ago.
        let written = maker.api.change(revision(there)).map_or(SimTime::ZERO, |change| change.time);
        old.is_none() || maker.next_sync(written + WATCH_LATENCY) <= maker.now
    };
    match there.filter(|there| !is_old(there) && arrives(there)) {
        Some(there) => drop(known.insert(name.into(), there.clone())),
        None if there.is_none() => return old.cloned(),
        None => {}
    }
    known.get(name).cloned()
}

/// Adds the values that are wanted, or all.
fn add<'a>(
    values: impl Iterator<Item = (&'a Str, Str)>,
    items: &[KeyToPath],
    files: &mut Vec<(String, Str)>,
) {
    for (key, text) in values {
        if items.is_empty() {
            files.push((normal("/", key), text));
            continue;
        }
        for item in items.iter().filter(|item| item.key == *key) {
            files.push((normal("/", &item.path), text.clone()));
        }
    }
}

fn text(bytes: &Bytes) -> Str {
    bytes.as_text().unwrap_or_default().into()
}

impl Maker<'_> {
    /// When the kubelet looks at the pod for the first time from `at` on, if nothing else makes it.
    fn next_sync(&self, at: SimTime) -> SimTime {
        let period = SYNC.as_secs() * 1_000_000_000;
        let phase = Random::stream(0, &self.pod.metadata.uid).below(period);
        let since = at.as_nanos().saturating_sub(phase);
        SimTime::from_nanos(phase + since.div_ceil(period) * period)
    }

    fn add_downward(&self, items: &[DownwardAPIVolumeFile], files: &mut Vec<(String, Str)>) {
        for item in items {
            let value = match (&item.field_ref, &item.resource_field_ref) {
                (Some(field), _) => downward::field(self.pod, &field.field_path, self.node, self.address),
                (None, Some(resource)) => downward::resource(resource, self.pod, self.container, self.node),
                (None, None) => continue,
            };
            files.push((normal("/", &item.path), value));
        }
    }

    /// The token of the pod's service account: it looks like one, and says whose it is to nobody.
    fn token(&self) -> Str {
        let mut random = Random::stream(0, &self.pod.metadata.uid);
        format!("eyJhbGciOiJSUzI1NiJ9.{}.{}", random.hex(8), random.hex(16)).into()
    }
}
