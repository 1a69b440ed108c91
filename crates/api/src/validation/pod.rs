//! Rules for pods and for the templates of workloads.

use super::pod_spec::{Of, spec};
use super::{Errors, Path, container, metadata, pod_annotations};
use crate::{Pod, PodTemplateSpec};

/// The rules for a new pod (upstream: `ValidatePodCreate`).
pub(crate) fn pod(pod: &Pod, errors: &mut Errors) {
    let path = &Path::Root("spec");
    any(pod, path, errors);
    if !pod.spec.ephemeral_containers.is_empty() {
        errors.forbidden(&path.field("ephemeralContainers"), "cannot be set on create");
    }
    if pod.node_name.is_some() && !pod.spec.scheduling_gates.is_empty() {
        let detail = "cannot be set until all schedulingGates have been cleared";
        errors.forbidden(&path.field("nodeName"), detail);
    }
    pod_annotations::match_fields(&pod.metadata.annotations, &pod.spec, path, errors);
}

/// The rules for any pod, new or changed.
pub(super) fn any(pod: &Pod, path: &Path, errors: &mut Errors) {
    let (meta, node) = (Path::Root("metadata"), pod.node_name.as_ref());
    let at = meta.field("annotations");
    pod_annotations::annotations(&pod.metadata.annotations, &pod.spec, node, &at, errors);
    spec(&pod.spec, Of::Pod(pod), path, errors);
    tokens(pod, path, errors);
    let lists = [("containers", &pod.spec.containers), ("initContainers", &pod.spec.init_containers)];
    for (field, list) in lists {
        for (i, c) in list.iter().enumerate() {
            container::trimmed(c, &path.field(field).index(i), errors);
        }
    }
}

/// There are no tokens without an account.
fn tokens(pod: &Pod, path: &Path, errors: &mut Errors) {
    if pod.spec.service_account_name.is_some() {
        return;
    }
    for (i, volume) in pod.spec.volumes.iter().enumerate() {
        let at = path.field("volumes");
        let at = at.index(i);
        let at = at.field("projected");
        let sources = volume.projected.iter().flat_map(|p| &p.sources).enumerate();
        for (j, _) in sources.filter(|(_, source)| source.service_account_token.is_some()) {
            let at = at.field("sources");
            let detail = "must not be specified when serviceAccountName is not set";
            errors.forbidden(&at.index(j).field("serviceAccountToken"), detail);
        }
    }
}

/// The rules for the template of any workload (upstream: `ValidatePodTemplateSpec`).
pub(crate) fn template(template: &PodTemplateSpec, path: &Path, errors: &mut Errors) {
    metadata::labels(&template.metadata.labels, &path.field("labels"), errors);
    metadata::annotations(&template.metadata.annotations, &path.field("annotations"), errors);
    let annotations = &template.metadata.annotations;
    let (at, node) = (path.field("annotations"), template.spec.node_name.as_ref());
    pod_annotations::annotations(annotations, &template.spec, node, &at, errors);
    let at = path.field("spec");
    spec(&template.spec, Of::Template, &at, errors);
    pod_annotations::match_fields(annotations, &template.spec, &at, errors);
    if !template.spec.ephemeral_containers.is_empty() {
        let detail = "ephemeral containers not allowed in pod template";
        errors.forbidden(&at.field("ephemeralContainers"), detail);
    }
}
