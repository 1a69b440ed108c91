//! The volumes of a pod (upstream: `describeVolumes`).

use super::Story;
use orrery_api::Volume;
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;

/// A source of volumes: its field, what it is called, and what is told of it: `Label:field`, with what stands for
/// nothing behind a `?`.
type Source = (&'static str, &'static str, &'static [&'static str]);

/// The sources of today, and those of yesterday that people still have. Some say more.
const SOURCES: &[Source] = &[
    ("hostPath", "HostPath (bare host directory volume)", &["Path:path", "HostPathType:type?<none>"]),
    (
        "emptyDir",
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        &["Medium:medium", "SizeLimit:sizeLimit?<unset>"],
    ),
    (
        "secret",
        "Secret (a volume populated by a Secret)",
        &["SecretName:secretName", "Optional:optional?false"],
    ),
    ("configMap", "ConfigMap (a volume populated by a ConfigMap)", &["Name:name", "Optional:optional?false"]),
    (
        "nfs",
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        &["Server:server", "Path:path", "ReadOnly:readOnly?false"],
    ),
    (
        "persistentVolumeClaim",
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        &["ClaimName:claimName", "ReadOnly:readOnly?false"],
    ),
    (
        "ephemeral",
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        &[],
    ),
    ("downwardAPI", "DownwardAPI (a volume populated by information about the pod)", &[]),
    ("projected", "Projected (a volume that contains injected data from multiple sources)", &[]),
    (
        "csi",
        "CSI (a Container Storage Interface (CSI) volume source)",
        &["Driver:driver", "FSType:fsType", "ReadOnly:readOnly?false"],
    ),
    ("image", "Image (a container image or OCI artifact)", &["Reference:reference", "PullPolicy:pullPolicy"]),
];

/// What a projected volume is made of, source by source.
const PARTS: &[Source] = &[
    ("secret", "", &["SecretName:name", "SecretOptionalName:optional?<nil>"]),
    ("configMap", "", &["ConfigMapName:name", "ConfigMapOptional:optional?<nil>"]),
    ("serviceAccountToken", "", &["TokenExpirationSeconds:expirationSeconds"]),
];

pub(super) fn describe(story: &mut Story, volumes: &[Volume]) {
    if volumes.is_empty() {
        return story.field(1, "Volumes", "<none>");
    }
    story.line(1, "Volumes:");
    for volume in volumes {
        story.line(1, &format!(" {}:", volume.name));
        let tree = encode(volume);
        match SOURCES.iter().find(|source| tree.get(source.0).is_some()) {
            Some((field, name, told)) => {
                story.field(2, "Type", name);
                tell(story, &tree[*field], told);
                tell_more(story, field, &tree[*field]);
            }
            None => story.line(1, "<unknown>"),
        }
    }
}

fn tell(story: &mut Story, source: &Value, told: &[&str]) {
    for entry in told {
        let (label, field) = entry.split_once(':').unwrap_or((entry, ""));
        let (field, nothing) = field.split_once('?').unwrap_or((field, ""));
        story.field(2, label, &shown(&source[field], nothing));
    }
}

fn shown(value: &Value, nothing: &str) -> String {
    match value {
        Value::Null => nothing.into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn tell_more(story: &mut Story, field: &str, source: &Value) {
    match field {
        "downwardAPI" => {
            story.line(2, "Items:");
            for item in list(&source["items"]) {
                for from in [&item["fieldRef"]["fieldPath"], &item["resourceFieldRef"]["resource"]] {
                    if let Some(from) = from.as_str() {
                        story.line(3, &format!("{from} -> {}", shown(&item["path"], "")));
                    }
                }
            }
        }
        "projected" => list(&source["sources"]).iter().for_each(|part| tell_part(story, part)),
        "ephemeral" => tell_claim(story, &source["volumeClaimTemplate"]),
        "csi" => {
            // Upstream sets every part of the table off anew.
            let pairs = pairs(&source["volumeAttributes"], "=").join("\n        \t    ");
            let text = if pairs.is_empty() { "<none>".into() } else { format!("    {pairs}") };
            story.field(2, "VolumeAttributes", &text);
        }
        _ => {}
    }
}

fn tell_part(story: &mut Story, part: &Value) {
    if part.get("downwardAPI").is_some() {
        return story.field(2, "DownwardAPI", "true");
    }
    if let Some((field, _, told)) = PARTS.iter().find(|source| part.get(source.0).is_some()) {
        tell(story, &part[*field], told);
    }
}

/// The claim that is made for each pod (upstream: `printPersistentVolumeClaim`).
fn tell_claim(story: &mut Story, claim: &Value) {
    let (meta, spec) = (&claim["metadata"], &claim["spec"]);
    story.field(2, "StorageClass", &shown(&spec["storageClassName"], ""));
    story.field(2, "Volume", &shown(&spec["volumeName"], ""));
    story.list(2, "Labels", &pairs(&meta["labels"], "="));
    story.list(2, "Annotations", &pairs(&meta["annotations"], ": "));
    story.field(2, "Capacity", "");
    story.field(2, "Access Modes", "");
    if let Some(mode) = spec["volumeMode"].as_str() {
        story.field(2, "VolumeMode", mode);
    }
}

fn pairs(map: &Value, sign: &str) -> Vec<String> {
    let entries = map.as_object().into_iter().flatten();
    entries.map(|(key, value)| format!("{key}{sign}{}", shown(value, ""))).collect()
}
