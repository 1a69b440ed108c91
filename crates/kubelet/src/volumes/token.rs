//! The token of a pod's service account, as it lies in a volume (upstream: `pkg/kubelet/token` and
//! `pkg/serviceaccount/claims.go`).
//!
//! It says what a real one says, and its signature is nobody's. It is replaced when four fifths of its time are over, or
//! after a day.

use super::up_to_date::Maker;
use orrery_api::{Bytes, ServiceAccount, ServiceAccountTokenProjection};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, Random, SimTime};

/// How long a token is valid of which nothing is said, in seconds.
const LIFETIME: i64 = 3_600;
/// How long one of the default lifetime is valid in truth, for programs that never read it again (upstream:
/// `WarnOnlyBoundTokenExpirationPeriod`, `ExpirationExtensionSeconds`).
const WARNS_AFTER: i64 = 3_607;
const EXTENDED: i64 = 365 * 24 * 3_600;
/// A token is replaced after a day at the latest (upstream: `maxTTL`).
const LONGEST: u64 = 24 * 3_600;
const AUDIENCE: &str = "https://kubernetes.default.svc.cluster.local";

/// The token that the pod has at the time.
pub(super) fn of(source: &ServiceAccountTokenProjection, maker: &Maker<'_>) -> Str {
    let (pod, seconds) = (maker.pod, source.expiration_seconds.unwrap_or(LIFETIME));
    let begun = pod.status.start_time.or(pod.metadata.creation_timestamp);
    let begun = begun.map_or(SimTime::ZERO, |date| maker.api.instant(date));
    let period = (seconds.unsigned_abs() * 4 / 5).clamp(1, LONGEST);
    let number = maker.at.since(begun).as_secs() / period;
    let issued = maker.api.date(begun + Duration::from_secs(number * period)).0;

    let account = pod.spec.service_account_name.as_deref().unwrap_or("default");
    let namespace = &pod.metadata.namespace;
    let object = maker.api.get::<ServiceAccount>(namespace, account);
    let account_uid = object.map(|account| account.metadata.uid.clone()).unwrap_or_default();
    let audience = source.audience.as_deref().filter(|audience| !audience.is_empty());
    let extended = audience.is_none() && seconds == WARNS_AFTER;
    let expires = issued + if extended { EXTENDED } else { seconds };
    let warns = if extended { format!(",\"warnafter\":{}", issued + WARNS_AFTER) } else { String::new() };
    let claims = format!(
        "{{\"aud\":[\"{}\"],\"exp\":{expires},\"iat\":{issued},\"iss\":\"{AUDIENCE}\",\"kubernetes.io\":{{\"namespace\":\"{namespace}\",\"node\":{{\"name\":\"{}\"}},\"pod\":{{\"name\":\"{}\",\"uid\":\"{}\"}},\"serviceaccount\":{{\"name\":\"{account}\",\"uid\":\"{account_uid}\"}}{warns}}},\"nbf\":{issued},\"sub\":\"system:serviceaccount:{namespace}:{account}\"}}",
        audience.unwrap_or(AUDIENCE),
        maker.node.config.name,
        pod.metadata.name,
        pod.metadata.uid,
    );
    let signature = Random::stream(number, &pod.metadata.uid).hex(64);
    let header = "{\"alg\":\"RS256\",\"kid\":\"orrery\"}";
    [&*url_safe(header), ".", &url_safe(&claims), ".", &url_safe(&signature)].concat().into()
}

/// A text in the alphabet of base64 that fits into addresses, without padding.
fn url_safe(text: &str) -> String {
    let encoded = Bytes::from(text).to_base64();
    encoded.trim_end_matches('=').replace('+', "-").replace('/', "_")
}
