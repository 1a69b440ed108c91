//! ConfigMaps and Secrets: what is in them, who reads them and how, and the ghosts of those that nobody made.

use std::collections::BTreeMap;

use orrery_api::{ConfigMap, Container, Pod, Secret, Volume};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;

use crate::owner::{Hues, workload};
use crate::scene::{Hue, ObjectRef, Text};

/// Every namespace has it, and hardly anybody cares.
const ROOT_CA: &str = "kube-root-ca.crt";

/// A ConfigMap or a Secret.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// The object.
    pub id: ObjectRef,
    /// Its keys with the sizes of their values in bytes.
    pub keys: Vec<(Text, usize)>,
    /// A Secret's type.
    pub kind: Text,
    /// It can not be changed any more.
    pub immutable: bool,
    /// Somebody needs it, but nobody made it.
    pub missing: bool,
    /// Who reads it: a line for each workload.
    pub readers: Vec<Reader>,
}

/// A workload that reads a ConfigMap or a Secret.
#[derive(Clone, PartialEq, Debug)]
pub struct Reader {
    /// Its name.
    pub name: Text,
    /// Its hue.
    pub hue: Hue,
    /// One of its pods.
    pub pod: ObjectRef,
    /// As variables: changes reach a container when it is made again.
    pub variables: Vec<Text>,
    /// As files below these paths: changes reach them within a minute or so.
    pub files: Vec<Text>,
    /// To pull images with.
    pub pulls: bool,
}

/// What is read, by whom.
struct Uses<'a> {
    api: &'a ApiServer,
    /// By kind, namespace and name, then by the workload's name.
    readers: BTreeMap<(&'static str, Str, Str), BTreeMap<Text, Reader>>,
}

/// Every ConfigMap and Secret that somebody made or needs, with its readers.
pub(crate) fn settings(api: &ApiServer, hues: &Hues, wanted: &dyn Fn(&str) -> bool) -> Vec<Setting> {
    let mut uses = Uses { api, readers: BTreeMap::new() };
    for pod in api.list::<Pod>().filter(|p| wanted(&p.metadata.namespace)) {
        uses.of_pod(hues, pod);
    }
    let mut found = Vec::new();
    for map in api.list::<ConfigMap>().filter(|m| wanted(&m.metadata.namespace)) {
        let id = ObjectRef::new("ConfigMap", &map.metadata.namespace, &map.metadata.name);
        let readers = uses.take(&id);
        if &*id.name == ROOT_CA && readers.is_empty() {
            continue;
        }
        let text = map.data.iter().map(|(key, value)| (key.clone(), value.len()));
        let bytes = map.binary_data.iter().map(|(key, value)| (key.clone(), value.len() * 3 / 4));
        let keys = text.chain(bytes).collect();
        found.push(setting(id, keys, "", map.immutable == Some(true), readers));
    }
    for secret in api.list::<Secret>().filter(|s| wanted(&s.metadata.namespace)) {
        let id = ObjectRef::new("Secret", &secret.metadata.namespace, &secret.metadata.name);
        let readers = uses.take(&id);
        let keys = secret.data.iter().map(|(key, value)| (key.clone(), value.len() * 3 / 4)).collect();
        let kind = secret.type_.clone().unwrap_or_default();
        found.push(setting(id, keys, &kind, secret.immutable == Some(true), readers));
    }
    for ((kind, namespace, name), readers) in uses.readers {
        let id = ObjectRef::new(kind, &namespace, &name);
        let readers = readers.into_values().collect();
        found.push(Setting { missing: true, ..setting(id, Vec::new(), "", false, readers) });
    }
    found
}

fn setting(
    id: ObjectRef,
    keys: Vec<(Text, usize)>,
    kind: &str,
    immutable: bool,
    readers: Vec<Reader>,
) -> Setting {
    Setting { id, keys, kind: kind.into(), immutable, missing: false, readers }
}

impl Uses<'_> {
    /// The readers of an object that is there.
    fn take(&mut self, id: &ObjectRef) -> Vec<Reader> {
        let kind = if &*id.kind == "Secret" { "Secret" } else { "ConfigMap" };
        let readers = self.readers.remove(&(kind, id.namespace.clone(), id.name.clone()));
        readers.map(|readers| readers.into_values().collect()).unwrap_or_default()
    }

    fn of_pod(&mut self, hues: &Hues, pod: &Pod) {
        let workload = workload(self.api, &pod.metadata);
        let reader = Reader {
            name: workload.name.clone(),
            hue: hues.get(&workload),
            pod: ObjectRef::new("Pod", &pod.metadata.namespace, &pod.metadata.name),
            variables: Vec::new(),
            files: Vec::new(),
            pulls: false,
        };
        let spec = &pod.spec;
        let containers = || spec.init_containers.iter().chain(&spec.containers);
        for container in containers() {
            self.of_environment(&reader, container);
        }
        for volume in &spec.volumes {
            let mounts = containers().flat_map(|c| &c.volume_mounts).filter(|m| m.name == volume.name);
            let paths: Vec<Text> = mounts.map(|m| m.mount_path.clone()).collect();
            for (kind, name, optional) in sources(volume) {
                let files = self.reads(kind, name, optional, &reader).map(|reader| &mut reader.files);
                files.into_iter().for_each(|files| paths.iter().for_each(|path| note(files, path)));
            }
        }
        for secret in &spec.image_pull_secrets {
            let reads = self.reads("Secret", secret.name.as_ref(), None, &reader);
            reads.into_iter().for_each(|reader| reader.pulls = true);
        }
    }

    fn of_environment(&mut self, reader: &Reader, container: &Container) {
        for from in &container.env_from {
            let all: Text = [from.prefix.as_deref().unwrap_or_default(), "*"].concat().as_str().into();
            if let Some(source) = &from.config_map_ref {
                self.varies("ConfigMap", source.name.as_ref(), source.optional, reader, &all);
            }
            if let Some(source) = &from.secret_ref {
                self.varies("Secret", source.name.as_ref(), source.optional, reader, &all);
            }
        }
        for variable in &container.env {
            let Some(from) = &variable.value_from else { continue };
            if let Some(source) = &from.config_map_key_ref {
                self.varies("ConfigMap", source.name.as_ref(), source.optional, reader, &variable.name);
            }
            if let Some(source) = &from.secret_key_ref {
                self.varies("Secret", source.name.as_ref(), source.optional, reader, &variable.name);
            }
        }
    }

    fn varies(
        &mut self,
        kind: &'static str,
        name: Option<&Str>,
        optional: Option<bool>,
        reader: &Reader,
        variable: &Text,
    ) {
        let reads = self.reads(kind, name, optional, reader);
        reads.into_iter().for_each(|reader| note(&mut reader.variables, variable));
    }

    /// The entry of who reads something; none for what is not there and need not be.
    fn reads(
        &mut self,
        kind: &'static str,
        name: Option<&Str>,
        optional: Option<bool>,
        reader: &Reader,
    ) -> Option<&mut Reader> {
        let (namespace, name) = (&reader.pod.namespace, name?);
        let there = match kind {
            "Secret" => self.api.get::<Secret>(namespace, name).is_some(),
            _ => self.api.get::<ConfigMap>(namespace, name).is_some(),
        };
        if !there && optional == Some(true) {
            return None;
        }
        let readers = self.readers.entry((kind, namespace.clone(), name.clone())).or_default();
        Some(readers.entry(reader.name.clone()).or_insert_with(|| reader.clone()))
    }
}

/// Pods of one workload say the same.
fn note(into: &mut Vec<Text>, text: &Text) {
    if !into.contains(text) {
        into.push(text.clone());
    }
}

/// The ConfigMaps and Secrets that a volume is made from, and whether they may be missing. That the root certificates
/// are there is nobody's wish.
fn sources(volume: &Volume) -> Vec<(&'static str, Option<&Str>, Option<bool>)> {
    let mut found = Vec::new();
    found.extend(volume.config_map.as_ref().map(|s| ("ConfigMap", s.name.as_ref(), s.optional)));
    found.extend(volume.secret.as_ref().map(|s| ("Secret", s.secret_name.as_ref(), s.optional)));
    for source in volume.projected.iter().flat_map(|p| &p.sources) {
        let map = source.config_map.as_ref().filter(|s| s.name.as_deref() != Some(ROOT_CA));
        found.extend(map.map(|s| ("ConfigMap", s.name.as_ref(), s.optional)));
        found.extend(source.secret.as_ref().map(|s| ("Secret", s.name.as_ref(), s.optional)));
    }
    found
}
