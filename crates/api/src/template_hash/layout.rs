//! In which order Go declares the fields of a pod template, and with which types.

/// A field of a struct.
pub(crate) struct Field {
    /// Its name in Go.
    pub name: &'static str,
    /// Its key in JSON; none where Go embeds the struct.
    pub key: Option<String>,
    /// Its type in Go.
    pub ty: &'static str,
}

/// The fields of the struct of that name, if there is one.
pub(crate) fn fields(name: &str) -> Option<&'static str> {
    STRUCTS.binary_search_by_key(&name, |entry| entry.0).ok().map(|i| STRUCTS[i].1)
}

/// Reads the fields of a struct out of its line in the table.
pub(crate) fn parse(fields: &'static str) -> impl Iterator<Item = Field> {
    fields.split(' ').map(|field| {
        if let Some(name) = field.strip_prefix('+') {
            return Field { name, key: None, ty: name };
        }
        let (field, ty) = field.split_once(':').unwrap_or((field, "string"));
        match field.split_once('=') {
            Some((name, key)) => Field { name, key: Some(key.to_owned()), ty },
            None => Field { name: field, key: Some(lower_camel(field)), ty },
        }
    })
}

/// `HTTPGet` as `httpGet`, `TTY` as `tty`: of leading capitals the last begins the next word.
fn lower_camel(name: &str) -> String {
    let capitals = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let lowered = if capitals == name.len() { capitals } else { capitals.max(2) - 1 };
    name[..lowered].to_ascii_lowercase() + &name[lowered..]
}

/// The structs, by name. A field is `Name`, then `=key` where the key in JSON is not the name with its
/// leading capitals lowered, then `:type` where the type is not `string`; `+Name` is an embedded struct.
/// Named types that are no structs are texts. `EphemeralContainer` and `ManagedFieldsEntry` are left out, a
/// template cannot carry them (upstream: `core/v1/types.go` and `meta/v1/types.go` of 1.32).
const STRUCTS: &[(&str, &str)] = &[
    ("AWSElasticBlockStoreVolumeSource", "VolumeID FSType Partition:int32 ReadOnly:bool"),
    ("Affinity", "NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAntiAffinity"),
    ("AppArmorProfile", "Type:AppArmorProfileType LocalhostProfile:*string"),
    (
        "AzureDiskVolumeSource",
        "DiskName DataDiskURI=diskURI CachingMode:*AzureDataDiskCachingMode FSType:*string ReadOnly:*bool \
         Kind:*AzureDataDiskKind",
    ),
    ("AzureFileVolumeSource", "SecretName ShareName ReadOnly:bool"),
    (
        "CSIVolumeSource",
        "Driver ReadOnly:*bool FSType:*string VolumeAttributes:map[string]string \
         NodePublishSecretRef:*LocalObjectReference",
    ),
    ("Capabilities", "Add:[]Capability Drop:[]Capability"),
    (
        "CephFSVolumeSource",
        "Monitors:[]string Path User SecretFile SecretRef:*LocalObjectReference ReadOnly:bool",
    ),
    ("CinderVolumeSource", "VolumeID FSType ReadOnly:bool SecretRef:*LocalObjectReference"),
    (
        "ClusterTrustBundleProjection",
        "Name:*string SignerName:*string LabelSelector:*LabelSelector Optional:*bool Path",
    ),
    ("ConfigMapEnvSource", "+LocalObjectReference Optional:*bool"),
    ("ConfigMapKeySelector", "+LocalObjectReference Key Optional:*bool"),
    ("ConfigMapProjection", "+LocalObjectReference Items:[]KeyToPath Optional:*bool"),
    ("ConfigMapVolumeSource", "+LocalObjectReference Items:[]KeyToPath DefaultMode:*int32 Optional:*bool"),
    (
        "Container",
        "Name Image Command:[]string Args:[]string WorkingDir Ports:[]ContainerPort EnvFrom:[]EnvFromSource \
         Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy \
         RestartPolicy:*ContainerRestartPolicy VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice \
         LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle \
         TerminationMessagePath TerminationMessagePolicy:TerminationMessagePolicy \
         ImagePullPolicy:PullPolicy SecurityContext:*SecurityContext Stdin:bool StdinOnce:bool TTY:bool",
    ),
    ("ContainerPort", "Name HostPort:int32 ContainerPort:int32 Protocol:Protocol HostIP"),
    ("ContainerResizePolicy", "ResourceName:ResourceName RestartPolicy:ResourceResizeRestartPolicy"),
    ("DownwardAPIProjection", "Items:[]DownwardAPIVolumeFile"),
    (
        "DownwardAPIVolumeFile",
        "Path FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode:*int32",
    ),
    ("DownwardAPIVolumeSource", "Items:[]DownwardAPIVolumeFile DefaultMode:*int32"),
    ("EmptyDirVolumeSource", "Medium:StorageMedium SizeLimit:*resource.Quantity"),
    ("EnvFromSource", "Prefix ConfigMapRef:*ConfigMapEnvSource SecretRef:*SecretEnvSource"),
    ("EnvVar", "Name Value ValueFrom:*EnvVarSource"),
    (
        "EnvVarSource",
        "FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector \
         ConfigMapKeyRef:*ConfigMapKeySelector SecretKeyRef:*SecretKeySelector",
    ),
    ("EphemeralVolumeSource", "VolumeClaimTemplate:*PersistentVolumeClaimTemplate"),
    ("ExecAction", "Command:[]string"),
    ("FCVolumeSource", "TargetWWNs:[]string Lun:*int32 FSType ReadOnly:bool WWIDs=wwids:[]string"),
    (
        "FlexVolumeSource",
        "Driver FSType SecretRef:*LocalObjectReference ReadOnly:bool Options:map[string]string",
    ),
    ("FlockerVolumeSource", "DatasetName DatasetUUID"),
    ("GCEPersistentDiskVolumeSource", "PDName FSType Partition:int32 ReadOnly:bool"),
    ("GRPCAction", "Port:int32 Service:*string"),
    ("GitRepoVolumeSource", "Repository Revision Directory"),
    ("GlusterfsVolumeSource", "EndpointsName=endpoints Path ReadOnly:bool"),
    ("HTTPGetAction", "Path Port:intstr.IntOrString Host Scheme:URIScheme HTTPHeaders:[]HTTPHeader"),
    ("HTTPHeader", "Name Value"),
    ("HostAlias", "IP Hostnames:[]string"),
    ("HostPathVolumeSource", "Path Type:*HostPathType"),
    (
        "ISCSIVolumeSource",
        "TargetPortal IQN Lun:int32 ISCSIInterface FSType ReadOnly:bool Portals:[]string \
         DiscoveryCHAPAuth=chapAuthDiscovery:bool SessionCHAPAuth=chapAuthSession:bool \
         SecretRef:*LocalObjectReference InitiatorName:*string",
    ),
    ("ImageVolumeSource", "Reference PullPolicy:PullPolicy"),
    ("KeyToPath", "Key Path Mode:*int32"),
    ("LabelSelector", "MatchLabels:map[string]string MatchExpressions:[]LabelSelectorRequirement"),
    ("LabelSelectorRequirement", "Key Operator:LabelSelectorOperator Values:[]string"),
    ("Lifecycle", "PostStart:*LifecycleHandler PreStop:*LifecycleHandler"),
    (
        "LifecycleHandler",
        "Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction Sleep:*SleepAction",
    ),
    ("LocalObjectReference", "Name"),
    ("NFSVolumeSource", "Server Path ReadOnly:bool"),
    (
        "NodeAffinity",
        "RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector \
         PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm",
    ),
    ("NodeSelector", "NodeSelectorTerms:[]NodeSelectorTerm"),
    ("NodeSelectorRequirement", "Key Operator:NodeSelectorOperator Values:[]string"),
    ("NodeSelectorTerm", "MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement"),
    ("ObjectFieldSelector", "APIVersion FieldPath"),
    (
        "ObjectMeta",
        "Name GenerateName Namespace SelfLink UID:types.UID ResourceVersion Generation:int64 \
         CreationTimestamp:Time DeletionTimestamp:*Time DeletionGracePeriodSeconds:*int64 \
         Labels:map[string]string Annotations:map[string]string OwnerReferences:[]OwnerReference \
         Finalizers:[]string ManagedFields:[]ManagedFieldsEntry",
    ),
    ("OwnerReference", "APIVersion Kind Name UID:types.UID Controller:*bool BlockOwnerDeletion:*bool"),
    (
        "PersistentVolumeClaimSpec",
        "AccessModes:[]PersistentVolumeAccessMode Selector:*LabelSelector \
         Resources:VolumeResourceRequirements VolumeName StorageClassName:*string \
         VolumeMode:*PersistentVolumeMode DataSource:*TypedLocalObjectReference \
         DataSourceRef:*TypedObjectReference VolumeAttributesClassName:*string",
    ),
    ("PersistentVolumeClaimTemplate", "ObjectMeta=metadata:ObjectMeta Spec:PersistentVolumeClaimSpec"),
    ("PersistentVolumeClaimVolumeSource", "ClaimName ReadOnly:bool"),
    ("PhotonPersistentDiskVolumeSource", "PdID FSType"),
    (
        "PodAffinity",
        "RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm \
         PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm",
    ),
    (
        "PodAffinityTerm",
        "LabelSelector:*LabelSelector Namespaces:[]string TopologyKey NamespaceSelector:*LabelSelector \
         MatchLabelKeys:[]string MismatchLabelKeys:[]string",
    ),
    (
        "PodAntiAffinity",
        "RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm \
         PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm",
    ),
    ("PodDNSConfig", "Nameservers:[]string Searches:[]string Options:[]PodDNSConfigOption"),
    ("PodDNSConfigOption", "Name Value:*string"),
    ("PodOS", "Name:OSName"),
    ("PodReadinessGate", "ConditionType:PodConditionType"),
    ("PodResourceClaim", "Name ResourceClaimName:*string ResourceClaimTemplateName:*string"),
    ("PodSchedulingGate", "Name"),
    (
        "PodSecurityContext",
        "SELinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*int64 \
         RunAsGroup:*int64 RunAsNonRoot:*bool SupplementalGroups:[]int64 \
         SupplementalGroupsPolicy:*SupplementalGroupsPolicy FSGroup:*int64 Sysctls:[]Sysctl \
         FSGroupChangePolicy:*PodFSGroupChangePolicy SeccompProfile:*SeccompProfile \
         AppArmorProfile:*AppArmorProfile SELinuxChangePolicy:*PodSELinuxChangePolicy",
    ),
    (
        "PodSpec",
        "Volumes:[]Volume InitContainers:[]Container Containers:[]Container \
         EphemeralContainers:[]EphemeralContainer RestartPolicy:RestartPolicy \
         TerminationGracePeriodSeconds:*int64 ActiveDeadlineSeconds:*int64 DNSPolicy:DNSPolicy \
         NodeSelector:map[string]string ServiceAccountName DeprecatedServiceAccount=serviceAccount \
         AutomountServiceAccountToken:*bool NodeName HostNetwork:bool HostPID:bool HostIPC:bool \
         ShareProcessNamespace:*bool SecurityContext:*PodSecurityContext \
         ImagePullSecrets:[]LocalObjectReference Hostname Subdomain Affinity:*Affinity SchedulerName \
         Tolerations:[]Toleration HostAliases:[]HostAlias PriorityClassName Priority:*int32 \
         DNSConfig:*PodDNSConfig ReadinessGates:[]PodReadinessGate RuntimeClassName:*string \
         EnableServiceLinks:*bool PreemptionPolicy:*PreemptionPolicy Overhead:ResourceList \
         TopologySpreadConstraints:[]TopologySpreadConstraint SetHostnameAsFQDN:*bool OS:*PodOS \
         HostUsers:*bool SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim \
         Resources:*ResourceRequirements",
    ),
    ("PodTemplateSpec", "ObjectMeta=metadata:ObjectMeta Spec:PodSpec"),
    ("PortworxVolumeSource", "VolumeID FSType ReadOnly:bool"),
    ("PreferredSchedulingTerm", "Weight:int32 Preference:NodeSelectorTerm"),
    (
        "Probe",
        "+ProbeHandler InitialDelaySeconds:int32 TimeoutSeconds:int32 PeriodSeconds:int32 \
         SuccessThreshold:int32 FailureThreshold:int32 TerminationGracePeriodSeconds:*int64",
    ),
    ("ProbeHandler", "Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction GRPC:*GRPCAction"),
    ("ProjectedVolumeSource", "Sources:[]VolumeProjection DefaultMode:*int32"),
    ("QuobyteVolumeSource", "Registry Volume ReadOnly:bool User Group Tenant"),
    (
        "RBDVolumeSource",
        "CephMonitors=monitors:[]string RBDImage=image FSType RBDPool=pool RadosUser=user Keyring \
         SecretRef:*LocalObjectReference ReadOnly:bool",
    ),
    ("ResourceClaim", "Name Request"),
    ("ResourceFieldSelector", "ContainerName Resource Divisor:resource.Quantity"),
    ("ResourceRequirements", "Limits:ResourceList Requests:ResourceList Claims:[]ResourceClaim"),
    ("SELinuxOptions", "User Role Type Level"),
    (
        "ScaleIOVolumeSource",
        "Gateway System SecretRef:*LocalObjectReference SSLEnabled:bool ProtectionDomain StoragePool \
         StorageMode VolumeName FSType ReadOnly:bool",
    ),
    ("SeccompProfile", "Type:SeccompProfileType LocalhostProfile:*string"),
    ("SecretEnvSource", "+LocalObjectReference Optional:*bool"),
    ("SecretKeySelector", "+LocalObjectReference Key Optional:*bool"),
    ("SecretProjection", "+LocalObjectReference Items:[]KeyToPath Optional:*bool"),
    ("SecretVolumeSource", "SecretName Items:[]KeyToPath DefaultMode:*int32 Optional:*bool"),
    (
        "SecurityContext",
        "Capabilities:*Capabilities Privileged:*bool SELinuxOptions:*SELinuxOptions \
         WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*int64 RunAsGroup:*int64 \
         RunAsNonRoot:*bool ReadOnlyRootFilesystem:*bool AllowPrivilegeEscalation:*bool \
         ProcMount:*ProcMountType SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile",
    ),
    ("ServiceAccountTokenProjection", "Audience ExpirationSeconds:*int64 Path"),
    ("SleepAction", "Seconds:int64"),
    (
        "StorageOSVolumeSource",
        "VolumeName VolumeNamespace FSType ReadOnly:bool SecretRef:*LocalObjectReference",
    ),
    ("Sysctl", "Name Value"),
    ("TCPSocketAction", "Port:intstr.IntOrString Host"),
    ("Toleration", "Key Operator:TolerationOperator Value Effect:TaintEffect TolerationSeconds:*int64"),
    (
        "TopologySpreadConstraint",
        "MaxSkew:int32 TopologyKey WhenUnsatisfiable:UnsatisfiableConstraintAction \
         LabelSelector:*LabelSelector MinDomains:*int32 NodeAffinityPolicy:*NodeInclusionPolicy \
         NodeTaintsPolicy:*NodeInclusionPolicy MatchLabelKeys:[]string",
    ),
    ("TypedLocalObjectReference", "APIGroup:*string Kind Name"),
    ("TypedObjectReference", "APIGroup:*string Kind Name Namespace:*string"),
    ("Volume", "Name +VolumeSource"),
    ("VolumeDevice", "Name DevicePath"),
    (
        "VolumeMount",
        "Name ReadOnly:bool RecursiveReadOnly:*RecursiveReadOnlyMode MountPath SubPath \
         MountPropagation:*MountPropagationMode SubPathExpr",
    ),
    (
        "VolumeProjection",
        "Secret:*SecretProjection DownwardAPI:*DownwardAPIProjection ConfigMap:*ConfigMapProjection \
         ServiceAccountToken:*ServiceAccountTokenProjection \
         ClusterTrustBundle:*ClusterTrustBundleProjection",
    ),
    ("VolumeResourceRequirements", "Limits:ResourceList Requests:ResourceList"),
    (
        "VolumeSource",
        "HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource \
         GCEPersistentDisk:*GCEPersistentDiskVolumeSource \
         AWSElasticBlockStore:*AWSElasticBlockStoreVolumeSource GitRepo:*GitRepoVolumeSource \
         Secret:*SecretVolumeSource NFS:*NFSVolumeSource ISCSI:*ISCSIVolumeSource \
         Glusterfs:*GlusterfsVolumeSource PersistentVolumeClaim:*PersistentVolumeClaimVolumeSource \
         RBD:*RBDVolumeSource FlexVolume:*FlexVolumeSource Cinder:*CinderVolumeSource \
         CephFS=cephfs:*CephFSVolumeSource Flocker:*FlockerVolumeSource \
         DownwardAPI:*DownwardAPIVolumeSource FC:*FCVolumeSource AzureFile:*AzureFileVolumeSource \
         ConfigMap:*ConfigMapVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource \
         Quobyte:*QuobyteVolumeSource AzureDisk:*AzureDiskVolumeSource \
         PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource Projected:*ProjectedVolumeSource \
         PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOVolumeSource \
         StorageOS=storageos:*StorageOSVolumeSource CSI:*CSIVolumeSource Ephemeral:*EphemeralVolumeSource \
         Image:*ImageVolumeSource",
    ),
    ("VsphereVirtualDiskVolumeSource", "VolumePath FSType StoragePolicyName StoragePolicyID"),
    ("WeightedPodAffinityTerm", "Weight:int32 PodAffinityTerm:PodAffinityTerm"),
    (
        "WindowsSecurityContextOptions",
        "GMSACredentialSpecName:*string GMSACredentialSpec:*string RunAsUserName:*string HostProcess:*bool",
    ),
];
