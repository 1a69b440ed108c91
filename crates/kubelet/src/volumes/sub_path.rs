//! Parts of volumes that are mounted by themselves (upstream: `kubelet_pods.go`, `makeMounts`).

use super::is_made;
use crate::RuntimeProfile;
use crate::env::Environment;
use crate::outside::Outside;
use crate::sync::Turn;
use orrery_api::{Container, VolumeMount};
use orrery_container_runtime::{Kind, normal, parent};

impl Turn<'_, '_> {
    /// Makes the parts of volumes that a container mounts and that are not there. The error is why it cannot be made.
    pub(crate) fn make_sub_paths(&mut self, spec: &Container) -> Result<(), String> {
        for mount in &spec.volume_mounts {
            let stated = [&mount.sub_path, &mount.sub_path_expr].into_iter().flatten();
            if stated.filter(|path| !path.is_empty()).count() > 0 {
                match self.node.profile {
                    // Its file system has no modes (upstream: `FakeHostUtil.GetMode`).
                    RuntimeProfile::Immediate => return Err("not implemented".into()),
                    RuntimeProfile::Lively => self.outside().make_sub_path(spec, mount)?,
                }
            }
        }
        Ok(())
    }
}

impl Outside<'_> {
    fn make_sub_path(&mut self, spec: &Container, mount: &VolumeMount) -> Result<(), String> {
        let sub_path = match &mount.sub_path_expr {
            Some(text) if !text.is_empty() => {
                let env = Environment::of(self.pod, spec, self.api, self.node, &self.address());
                let missing = env.missing(text);
                if !missing.is_empty() {
                    return Err(format!("missing value for {}", missing.join(", ")));
                }
                env.expand(text)
            }
            _ => mount.sub_path.clone().unwrap_or_default(),
        };
        if sub_path.starts_with('/') {
            return Err(format!("error SubPath `{sub_path}` must not be an absolute path"));
        }
        if sub_path.split('/').any(|part| part == "..") {
            return Err(format!("unable to provision SubPath `{sub_path}`: must not contain '..'"));
        }
        let pod = self.pod;
        let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name);
        let Some(volume) = volume.filter(|volume| !is_made(volume)) else { return Ok(()) };
        let read_only = self.is_read_only(volume);
        let store = self.store(volume, &normal("/", &sub_path));
        if store.files.kind(&store.at).is_some() {
            return Ok(());
        }
        let mut above = parent(&store.at);
        while store.files.kind(above).is_none() {
            above = parent(above);
        }
        if read_only || store.files.kind(above) == Some(Kind::File) {
            return Err(format!(
                "failed to create subPath directory for volumeMount {:?} of container {:?}",
                &*mount.name, &*spec.name
            ));
        }
        store.files.make_directory(&store.at);
        Ok(())
    }
}
