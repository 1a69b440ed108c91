//! Image references (upstream: `pkg/util/parsers` and `github.com/distribution/reference`).

/// The tag that a reference asks for: `latest` if it names neither a tag nor a digest; `None` if it names
/// only a digest, or is no reference at all.
pub fn tag(reference: &str) -> Option<&str> {
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    let (repository, tag) = match name[last..].find(':') {
        Some(colon) => (&name[..last + colon], Some(&name[last + colon + 1..])),
        None => (name, None),
    };
    if !is_repository(repository) {
        return None;
    }
    tag.or_else(|| digest.is_none().then_some("latest"))
}

/// When to pull an image if its container does not say: always if its tag is `latest`.
pub(crate) fn default_pull_policy(reference: &str) -> &'static str {
    if tag(reference) == Some("latest") { "Always" } else { "IfNotPresent" }
}

/// Paths are in lower case; only the host before them may have capitals and a port.
fn is_repository(repository: &str) -> bool {
    let path = match repository.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" || has_capitals(host) => path,
        _ => repository,
    };
    !path.is_empty()
        && path.split('/').all(|part| {
            let known =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
            let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            part.chars().all(known) && part.starts_with(edge) && part.ends_with(edge)
        })
}

fn has_capitals(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tag_latest_is_pulled_always() {
        for (row, reference, expected) in [
            ("no tag means latest", "nginx", "Always"),
            ("a tag is kept", "nginx:1.25", "IfNotPresent"),
            ("latest by name", "docker.io/library/nginx:latest", "Always"),
            ("a port is no tag", "registry.local:5000/team/app", "Always"),
            ("a digest pins the image", "nginx@sha256:0123", "IfNotPresent"),
            ("what is no reference has no tag", "Nginx", "IfNotPresent"),
            ("nor has one with blanks", " nginx", "IfNotPresent"),
            ("nor an absent one", "", "IfNotPresent"),
        ] {
            assert_eq!(default_pull_policy(reference), expected, "{row}: {reference}");
        }
    }
}
