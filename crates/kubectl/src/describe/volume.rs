//! The volumes of a pod (upstream: `describeVolumes`).

use super::persistent_volume_claim::{class, data_source};
use super::story::{LONGEST, Story, annotations, joined, list, pairs, shorten, shown};
use orrery_api::Volume;
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;

/// A source of volumes: its field, what it is called, and what is told of it.
struct Source(&'static str, &'static str, &'static str);

/// The sources, those of former days too; those of pods and those of PersistentVolumes. Some say more. A line that begins
/// with `!` is told of PersistentVolumes only.
const SOURCES: &[Source] = &[
    Source(
        "hostPath",
        "HostPath (bare host directory volume)",
        "    Path:\t{path}\n    HostPathType:\t{type?<none>}",
    ),
    Source(
        "emptyDir",
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        "    Medium:\t{medium}\n    SizeLimit:\t{sizeLimit?<unset>}",
    ),
    Source(
        "gcePersistentDisk",
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        "    PDName:\t{pdName}\n    FSType:\t{fsType}\n    Partition:\t{#partition}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "awsElasticBlockStore",
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        "    VolumeID:\t{volumeID}\n    FSType:\t{fsType}\n    Partition:\t{#partition}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "gitRepo",
        "GitRepo (a volume that is pulled from git when the pod is created)",
        "    Repository:\t{repository}\n    Revision:\t{revision}",
    ),
    Source(
        "secret",
        "Secret (a volume populated by a Secret)",
        "    SecretName:\t{secretName}\n    Optional:\t{optional?false}",
    ),
    Source(
        "configMap",
        "ConfigMap (a volume populated by a ConfigMap)",
        "    Name:\t{name}\n    Optional:\t{optional?false}",
    ),
    Source(
        "nfs",
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        "    Server:\t{server}\n    Path:\t{path}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "iscsi",
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        "    TargetPortal:\t{targetPortal}\n    IQN:\t{iqn}\n    Lun:\t{#lun}\n    ISCSIInterface\t{iscsiInterface}\n    FSType:\t{fsType}\n    ReadOnly:\t{readOnly?false}\n    Portals:\t{portals?[]}\n    DiscoveryCHAPAuth:\t{chapAuthDiscovery?false}\n    SessionCHAPAuth:\t{chapAuthSession?false}\n    SecretRef:\t{secretRef?nil}\n    InitiatorName:\t{initiatorName?<none>}",
    ),
    Source(
        "glusterfs",
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        "    EndpointsName:\t{endpoints}\n!    EndpointsNamespace:\t{endpointsNamespace?<unset>}\n    Path:\t{path}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "persistentVolumeClaim",
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        "    ClaimName:\t{claimName}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "ephemeral",
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        "",
    ),
    Source("downwardAPI", "DownwardAPI (a volume populated by information about the pod)", ""),
    Source("projected", "Projected (a volume that contains injected data from multiple sources)", ""),
    Source(
        "vsphereVolume",
        "vSphereVolume (a Persistent Disk resource in vSphere)",
        "    VolumePath:\t{volumePath}\n    FSType:\t{fsType}\n    StoragePolicyName:\t{storagePolicyName}",
    ),
    Source(
        "cinder",
        "Cinder (a Persistent Disk resource in OpenStack)",
        "    VolumeID:\t{volumeID}\n    FSType:\t{fsType}\n    ReadOnly:\t{readOnly?false}\n    SecretRef:\t{secretRef?nil}",
    ),
    Source(
        "azureFile",
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        "    SecretName:\t{secretName}\n!    SecretNamespace:\t{secretNamespace}\n    ShareName:\t{shareName}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "azureDisk",
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        "    DiskName:\t{diskName}\n    DiskURI:\t{diskURI}\n    Kind: \t{kind}\n    FSType:\t{fsType}\n    CachingMode:\t{cachingMode}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "fc",
        "FC (a Fibre Channel disk)",
        "    TargetWWNs:\t{targetWWNs}\n    LUN:\t{lun?<none>}\n    FSType:\t{fsType}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "local",
        "LocalVolume (a persistent volume backed by local storage on a node)",
        "    Path:\t{path}",
    ),
    Source(
        "csi",
        "CSI (a Container Storage Interface (CSI) volume source)",
        "    Driver:\t{driver}\n    FSType:\t{fsType}\n!    VolumeHandle:\t{volumeHandle}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "image",
        "Image (a container image or OCI artifact)",
        "    Reference:\t{reference}\n    PullPolicy:\t{pullPolicy}",
    ),
    Source(
        "rbd",
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        "    CephMonitors:\t{monitors?[]}\n    RBDImage:\t{image}\n    FSType:\t{fsType}\n    RBDPool:\t{pool}\n    RadosUser:\t{user}\n    Keyring:\t{keyring}\n    SecretRef:\t{secretRef?nil}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "quobyte",
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        "    Registry:\t{registry}\n    Volume:\t{volume}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "photonPersistentDisk",
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
        "    PdID:\t{pdID}\n    FSType:\t{fsType}",
    ),
    Source("portworxVolume", "PortworxVolume (a Portworx Volume resource)", "    VolumeID:\t{volumeID}"),
    Source(
        "scaleIO",
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        "    Gateway:\t{gateway}\n    System:\t{system}\n    Protection Domain:\t{protectionDomain}\n    Storage Pool:\t{storagePool}\n    Storage Mode:\t{storageMode}\n    VolumeName:\t{volumeName}\n!    SecretName:\t{secretRef.name}\n!    SecretNamespace:\t{secretRef.namespace}\n    FSType:\t{fsType}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "cephfs",
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        "    Monitors:\t{monitors?[]}\n    Path:\t{path}\n    User:\t{user}\n    SecretFile:\t{secretFile}\n    SecretRef:\t{secretRef?nil}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "storageos",
        "StorageOS (a StorageOS Persistent Disk resource)",
        "    VolumeName:\t{volumeName}\n    VolumeNamespace:\t{volumeNamespace}\n    FSType:\t{fsType}\n    ReadOnly:\t{readOnly?false}",
    ),
    Source(
        "flexVolume",
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
        "    Driver:\t{driver}\n    FSType:\t{fsType}\n    SecretRef:\t{secretRef?nil}\n    ReadOnly:\t{readOnly?false}\n    Options:\t{options?map[]}",
    ),
    Source(
        "flocker",
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        "    DatasetName:\t{datasetName}\n    DatasetUUID:\t{datasetUUID}",
    ),
];

/// What a projected volume is made of, source by source.
const PARTS: &[Source] = &[
    Source("secret", "", "    SecretName:\t{name}\n    SecretOptionalName:\t{optional?<nil>}"),
    Source("configMap", "", "    ConfigMapName:\t{name}\n    ConfigMapOptional:\t{optional?<nil>}"),
    Source("serviceAccountToken", "", "    TokenExpirationSeconds:\t{expirationSeconds}"),
];

/// All volumes of a pod, or of a template, in which everything stands further to the right.
pub(super) fn describe(story: &mut Story, level: usize, volumes: &[Volume]) {
    if volumes.is_empty() {
        return story.field(level, "Volumes", "<none>");
    }
    story.line(level, "Volumes:");
    for volume in volumes {
        story.line(1, &[if level > 0 { " " } else { "" }, &volume.name, ":"].concat());
        source(story, &encode(volume), false);
    }
}

/// Where a volume comes from, be it a pod's or a PersistentVolume.
pub(super) fn source(story: &mut Story, volume: &Value, persistent: bool) {
    let Some(Source(field, name, template)) = SOURCES.iter().find(|source| volume.get(source.0).is_some())
    else {
        return story.line(1, "<unknown>");
    };
    story.field(2, "Type", name);
    let source = as_go_prints(field, &volume[*field], persistent);
    for line in template.lines() {
        match line.strip_prefix('!') {
            None => story.tell(&source, line),
            Some(line) if persistent => story.tell(&source, line),
            Some(_) => {}
        }
    }
    tell_more(story, field, &source);
}

/// A source with the texts that Go makes of what is no text.
fn as_go_prints(field: &str, source: &Value, persistent: bool) -> Value {
    let mut source = source.clone();
    if let Some(secret) = source.get("secretRef").filter(|_| field != "scaleIO") {
        let name = shown(&secret["name"]);
        source["secretRef"] = match persistent {
            false => ["&LocalObjectReference{Name:", &name, ",}"].concat(),
            true => {
                let namespace = shown(&secret["namespace"]);
                ["&SecretReference{Name:", &name, ",Namespace:", &namespace, ",}"].concat()
            }
        }
        .into();
    }
    match field {
        "emptyDir" if source["sizeLimit"] == "0" => source["sizeLimit"] = Value::Null,
        "fc" => source["targetWWNs"] = joined(&source["targetWWNs"], ", ").into(),
        "flexVolume" if source.get("options").is_some() => {
            source["options"] = ["map[", &pairs(&source["options"], ":").join(" "), "]"].concat().into();
        }
        _ => {}
    }
    source
}

fn tell_more(story: &mut Story, field: &str, source: &Value) {
    match field {
        "downwardAPI" => {
            story.line(2, "Items:");
            for item in list(&source["items"]) {
                for from in [&item["fieldRef"]["fieldPath"], &item["resourceFieldRef"]["resource"]] {
                    if let Some(from) = from.as_str() {
                        story.line(3, &[from, " -> ", &shown(&item["path"])].concat());
                    }
                }
            }
        }
        "projected" => list(&source["sources"]).iter().for_each(|part| tell_part(story, part)),
        "ephemeral" => tell_claim(story, &source["volumeClaimTemplate"]),
        "csi" => {
            // Upstream sets every part of the table off anew.
            let text = match source.get("volumeAttributes") {
                None => "<none>".into(),
                Some(attributes) => {
                    let mut told = pairs(attributes, "=");
                    told.iter_mut().for_each(|pair| *pair = shorten(pair, LONGEST));
                    nested(&told)
                }
            };
            story.field(2, "VolumeAttributes", &text);
        }
        _ => {}
    }
}

fn tell_part(story: &mut Story, part: &Value) {
    if part.get("downwardAPI").is_some() {
        return story.field(2, "DownwardAPI", "true");
    }
    if let Some(Source(field, _, template)) = PARTS.iter().find(|source| part.get(source.0).is_some()) {
        story.tell(&part[*field], template);
    }
}

/// The claim that is made for each pod (upstream: `printPersistentVolumeClaim`).
fn tell_claim(story: &mut Story, claim: &Value) {
    story.field(2, "StorageClass", class(claim));
    story.tell(claim, "    Volume:\t{spec.volumeName}");
    story.field(2, "Labels", &nested(&pairs(&claim["metadata"]["labels"], "=")));
    story.field(2, "Annotations", &nested(&annotations(&claim["metadata"]["annotations"])));
    story.tell(claim, "    Capacity:\t\n    Access Modes:\t\n?    VolumeMode:\t{spec.volumeMode}");
    data_source(story, 2, claim);
}

/// Upstream sets every part of a table inside another off anew.
fn nested(told: &[String]) -> String {
    let mut text = String::new();
    for (nth, told) in told.iter().enumerate() {
        text += if nth == 0 { "    " } else { "\n    \t    " };
        text += &told.replace("\n\t", "\n    \t");
    }
    text
}
