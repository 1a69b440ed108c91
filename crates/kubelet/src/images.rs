//! Images: their names, and which of them a node has (upstream: `pkg/kubelet/images`).

use crate::RuntimeProfile;
use orrery_apimachinery::Str;
use orrery_sim::{Duration, Random, SimTime};
use std::collections::{BTreeMap, BTreeSet};

/// The images of one node, and its puller, which pulls one image after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Images {
    present: BTreeMap<Str, u64>,
    /// Images that were asked for before: their layers are here or on the way.
    asked: BTreeSet<Str>,
    busy_until: SimTime,
}

/// The size that every image has where pulling takes no time.
const INSTANT_SIZE: u64 = 1 << 20;

impl Images {
    /// Whether the node has the image of this full name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.present.contains_key(name)
    }

    /// The images and their sizes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Str, u64)> {
        self.present.iter().map(|(name, size)| (name, *size))
    }

    /// Puts an image on the node; returns its size.
    pub(crate) fn add(&mut self, name: &Str, profile: RuntimeProfile) -> u64 {
        let size = match profile {
            RuntimeProfile::Immediate => INSTANT_SIZE,
            RuntimeProfile::Lively => {
                // From 20 to 220 MB, the same on every node.
                20_000_000 + Random::stream(0, name).below(200_000_000)
            }
        };
        *self.present.entry(name.clone()).or_insert(size)
    }

    /// Takes a turn at the puller: when the pull begins and when it ends.
    pub(crate) fn pull(
        &mut self,
        name: &Str,
        profile: RuntimeProfile,
        random: &mut Random,
        now: SimTime,
    ) -> Pull {
        let begin = self.busy_until.max(now);
        let (least, most) = profile.pull_millis();
        // An image whose layers are there is only checked for news.
        let (least, most) =
            if self.asked.insert(name.clone()) { (least, most) } else { (least / 4, least / 2) };
        let end = begin + Duration::from_millis(least + random.below(most - least + 1));
        self.busy_until = end;
        Pull { asked: now, begin, end }
    }
}

/// One pull of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pull {
    /// When it was asked for.
    pub asked: SimTime,
    /// When its turn came.
    pub begin: SimTime,
    /// When it is over.
    pub end: SimTime,
}

impl Pull {
    /// `1.2s (1.5s including waiting)`.
    pub(crate) fn times(&self) -> String {
        let (pulling, all) = (self.end.since(self.begin), self.end.since(self.asked));
        format!("{} ({} including waiting)", go_duration(pulling), go_duration(all))
    }
}

/// A duration to the millisecond as Go prints it: `0s`, `850ms`, `1.5s`, `2m0.25s`.
fn go_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis == 0 {
        return "0s".into();
    }
    if millis < 1_000 {
        return format!("{millis}ms");
    }
    let fraction = format!(".{:03}", millis % 1_000);
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    match millis / 60_000 {
        0 => format!("{}{fraction}s", millis / 1_000),
        minutes => format!("{minutes}m{}{fraction}s", millis / 1_000 % 60),
    }
}

/// The full name of an image: with the tag `latest` where neither a tag nor a digest is given
/// (upstream: `applyDefaultImageTag`). The error is why the name cannot be read.
pub(crate) fn full_name(image: &str) -> Result<Str, String> {
    let refusal = |why: &str| format!("couldn't parse image name \"{image}\": invalid reference format{why}");
    let (domain, path) = split_domain(image);
    let remote = path.split(':').next().unwrap_or_default();
    if remote.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(refusal(&format!(": repository name ({remote}) must be lowercase")));
    }
    let (name, digest) = path.split_once('@').map_or((&*path, None), |(n, d)| (n, Some(d)));
    let (name, tag) = name.split_once(':').map_or((name, None), |(n, t)| (n, Some(t)));
    let good = is_domain(&domain)
        && name.split('/').all(is_path_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    match (good, tag, digest) {
        (false, _, _) => Err(refusal("")),
        (true, None, None) => Ok(format!("{image}:latest").into()),
        (true, _, _) => Ok(image.into()),
    }
}

/// The registry and the rest; names without a registry are Docker's (upstream: `splitDockerDomain`).
fn split_domain(image: &str) -> (String, String) {
    let registry = image.split_once('/').filter(|(first, _)| {
        first.contains(['.', ':']) || *first == "localhost" || first.chars().any(|c| c.is_ascii_uppercase())
    });
    match registry {
        Some((domain, path)) => (domain.into(), path.into()),
        None if image.contains('/') => ("docker.io".into(), image.into()),
        None => ("docker.io".into(), format!("library/{image}")),
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = domain.split_once(':').map_or((domain, None), |(h, p)| (h, Some(p)));
    let label = |l: &str| {
        !l.is_empty()
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    host.split('.').all(label) && port.is_none_or(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()))
}

/// Lower-case words, joined by a dot, one or two underscores, or dashes.
fn is_path_component(component: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators: Vec<&str> = component.split(word).filter(|s| !s.is_empty()).collect();
    component.starts_with(word)
        && component.ends_with(word)
        && separators.iter().all(|s| matches!(*s, "." | "_" | "__") || s.chars().all(|c| c == '-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= 128 && tag.starts_with(word) && tag.chars().all(|c| word(c) || c == '.' || c == '-')
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && hex.len() >= 32
            && hex.chars().all(|c| c.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_names_are_read_as_upstream_reads_them() {
        let unreadable = "invalid reference format";
        for (image, expected) in [
            ("nginx", Ok("nginx:latest")),
            ("nginx:1.25", Ok("nginx:1.25")),
            ("registry.example.com:5000/team/app:v1", Ok("registry.example.com:5000/team/app:v1")),
            ("UPPER/case:1", Ok("UPPER/case:1")),
            (
                "Nginx:1.25",
                Err("invalid reference format: repository name (library/Nginx) must be lowercase"),
            ),
            ("nginx:1.25:2", Err(unreadable)),
            ("nginx:", Err(unreadable)),
            ("https://docker.io/nginx", Err(unreadable)),
            ("nginx@sha256:zzz", Err(unreadable)),
            (":1.25", Err(unreadable)),
        ] {
            let expected =
                expected.map(Str::from).map_err(|e| format!("couldn't parse image name \"{image}\": {e}"));
            assert_eq!(full_name(image), expected);
        }
    }

    #[test]
    fn pulls_of_one_node_wait_for_each_other() {
        let (a, b) = (Str::from("a:1"), Str::from("b:1"));
        let (mut images, mut random) = (Images::default(), Random::stream(1, "kubelet/node-1"));
        let first = images.pull(&a, RuntimeProfile::Lively, &mut random, SimTime::ZERO);
        let second = images.pull(&b, RuntimeProfile::Lively, &mut random, SimTime::ZERO);
        assert_eq!(second.begin, first.end);
        assert!(
            first.end >= SimTime::from_millis(600) && first.end <= SimTime::from_millis(4_000),
            "{first:?}"
        );
        assert_eq!(go_duration(Duration::from_millis(62_500)), "1m2.5s");
    }
}
