//! CSIDrivers: how a CSI driver wants to be treated.

use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, strings};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};

/// The least life of a token, in seconds.
const MIN_TOKEN_SECONDS: i64 = 600;
/// The longest life of a token, in seconds.
const MAX_TOKEN_SECONDS: i64 = 1 << 32;

/// How a CSI driver wants to be treated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSIDriver {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it wants.
    pub spec: CSIDriverSpec,
}

/// What a CSI driver wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CSIDriverSpec {
    /// Whether volumes must be attached before they are mounted.
    #[json(omitempty)]
    pub attach_required: Option<bool>,
    /// Whether the driver is told of the pod.
    #[json(omitempty)]
    pub pod_info_on_mount: Option<bool>,
    /// `Persistent`, `Ephemeral` or both.
    #[json(omitempty)]
    pub volume_lifecycle_modes: Vec<Str>,
    /// Whether the scheduler asks how much is left.
    #[json(omitempty)]
    pub storage_capacity: Option<bool>,
    /// Whether the kubelet may change who owns a volume's files.
    #[json(omitempty)]
    pub fs_group_policy: Option<Str>,
    /// The tokens that the driver gets.
    #[json(omitempty)]
    pub token_requests: Vec<TokenRequest>,
    /// Whether volumes are published again and again.
    #[json(omitempty)]
    pub requires_republish: Option<bool>,
    /// Whether volumes can be mounted with an SELinux label.
    #[json(omitempty)]
    pub se_linux_mount: Option<bool>,
}

/// A token of a service account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TokenRequest {
    /// Whom it is for.
    pub audience: Str,
    /// How long it lives.
    #[json(omitempty)]
    pub expiration_seconds: Option<i64>,
}

impl Rules for CSIDriver {
    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        spec.attach_required.get_or_insert(true);
        spec.pod_info_on_mount.get_or_insert(false);
        spec.storage_capacity.get_or_insert(false);
        fill(&mut spec.fs_group_policy, "ReadWriteOnceWithFSType");
        if spec.volume_lifecycle_modes.is_empty() {
            spec.volume_lifecycle_modes.push("Persistent".into());
        }
        spec.requires_republish.get_or_insert(false);
        spec.se_linux_mount.get_or_insert(false);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        if let Some(policy) = &spec.fs_group_policy {
            let policies = ["File", "None", "ReadWriteOnceWithFSType"];
            errors.one_of(&path.field("fsGroupPolicy"), Some(policy), &policies);
        }
        check_tokens(&spec.token_requests, &path.field("tokenRequests"), errors);
        for mode in &spec.volume_lifecycle_modes {
            let path = path.field("volumeLifecycleModes");
            errors.one_of(&path, Some(mode), &["Persistent", "Ephemeral"]);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        let (path, new, old) = (&Path::Root("spec"), &self.spec, &old.spec);
        // Upstream's own spelling.
        errors.immutable(&path.field("attachedRequired"), &new.attach_required, &old.attach_required);
        if new.volume_lifecycle_modes != old.volume_lifecycle_modes {
            let shown = strings("storage.VolumeLifecycleMode", &new.volume_lifecycle_modes);
            errors.invalid(&path.field("volumeLifecycleModes"), &Bare(&shown), "field is immutable");
        }
    }
}

fn check_tokens(requests: &[TokenRequest], path: &Path, errors: &mut Errors) {
    for (i, request) in requests.iter().enumerate() {
        let at = path.index(i);
        if requests[..i].iter().any(|earlier| earlier.audience == request.audience) {
            errors.duplicate(&at.field("audience"), &request.audience);
            continue;
        }
        let (at, seconds) =
            (at.field("expirationSeconds"), request.expiration_seconds.unwrap_or(MIN_TOKEN_SECONDS));
        if seconds < MIN_TOKEN_SECONDS {
            errors.invalid(&at, &seconds, "may not specify a duration less than 10 minutes");
        }
        if seconds > MAX_TOKEN_SECONDS {
            errors.invalid(&at, &seconds, "may not specify a duration larger than 2^32 seconds");
        }
    }
}
