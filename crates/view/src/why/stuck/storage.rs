//! Why a claim is not bound or does not go, and why a volume is not given away again.

use orrery_api::{PersistentVolume, PersistentVolumeClaim, StorageClass};
use orrery_cluster::{Cluster, forecast_claim, why_not};

use super::mend::patch;
use super::{Reason, What, last_event};

/// So many volumes are told that do not fit.
const TOLD: usize = 5;
/// The provisioner of classes whose volumes somebody else makes (upstream: `NotSupportedProvisioner`).
const NOBODY: &str = "kubernetes.io/no-provisioner";

/// What makes a class the default one.
const DEFAULT: &str =
    r#"{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}"#;

pub(super) fn of_claim(cluster: &Cluster, claim: &PersistentVolumeClaim, found: &mut Vec<Reason>) {
    let (api, meta) = (cluster.api(), &claim.metadata);
    if meta.terminating() {
        let pods = forecast_claim(claim, api).waits_for;
        if !pods.is_empty() {
            let mut reason = Reason::new(What::InUse, [&pods.join(", ")]);
            reason
                .about
                .extend(pods.iter().map(|pod| crate::scene::ObjectRef::new("Pod", &meta.namespace, pod)));
            let line = format!("kubectl delete pod {}{}", pods.join(" "), super::flag(&meta.namespace));
            found.push(reason.mend(line));
        }
        return;
    }
    if claim.status.phase.as_deref() == Some("Bound") {
        return;
    }
    let said = last_event(cluster, meta, &["ProvisioningFailed", "FailedBinding", "WaitForFirstConsumer"]);
    match claim.spec.storage_class_name.as_deref() {
        None => {
            let reason = Reason::new(What::NoDefaultClass, []).saying(said);
            found.push(match api.list::<StorageClass>().next() {
                Some(class) => reason.mend(patch(&**class, DEFAULT)),
                None => reason,
            });
        }
        Some("") => {}
        Some(name) => match api.get::<StorageClass>("", name) {
            None => found.push(Reason::new(What::NoClass, [name]).saying(said)),
            Some(class) if waits(class) && unused(cluster, claim) => {
                found.push(Reason::new(What::WaitsForPod, []).saying(said));
            }
            Some(class) if &*class.provisioner != NOBODY => {
                let said = said.or_else(|| last_event(cluster, meta, &["ExternalProvisioning"]));
                found.push(Reason::new(What::Provisioner, [&class.provisioner]).saying(said));
            }
            Some(_) => {}
        },
    }
    for not in why_not(claim, api).iter().take(TOLD) {
        let why = not.reason.to_string();
        found.push(Reason::new(What::NoFit, [&not.volume, &why]).about("PersistentVolume", "", &not.volume));
    }
}

fn waits(class: &StorageClass) -> bool {
    class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
}

/// Whether no pod names the claim.
fn unused(cluster: &Cluster, claim: &PersistentVolumeClaim) -> bool {
    let names = |pod: &&std::rc::Rc<orrery_api::Pod>| {
        let mut claims = pod.spec.volumes.iter().filter_map(|v| v.persistent_volume_claim.as_ref());
        claims.any(|named| named.claim_name == claim.metadata.name)
    };
    cluster.api().list_in::<orrery_api::Pod>(&claim.metadata.namespace).find(names).is_none()
}

pub(super) fn of_volume(volume: &PersistentVolume, found: &mut Vec<Reason>) {
    if volume.status.phase.as_deref() != Some("Released") {
        return;
    }
    let claim = volume.spec.claim_ref.as_ref();
    let part = |part: Option<&orrery_apimachinery::Str>| part.map_or("", |text| text).to_owned();
    let namespace = part(claim.and_then(|c| c.namespace.as_ref()));
    let name = part(claim.and_then(|c| c.name.as_ref()));
    let command =
        format!("kubectl patch pv {} -p '{{\"spec\":{{\"claimRef\":null}}}}'", volume.metadata.name);
    found.push(Reason::new(What::Released, [&format!("{namespace}/{name}")]).mend(command));
}
