//! The names of images (upstream: `github.com/distribution/reference` and `pkg/util/parsers`).

use orrery_apimachinery::Str;

/// The name of an image, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// As it was written, with `:latest` where neither a tag nor a digest was given (upstream: `applyDefaultImageTag`).
    pub name: Str,
    /// The registry: `docker.io` where none is named.
    pub host: Str,
    /// The repository within the registry, such as `library/nginx`.
    pub path: Str,
    /// The tag; none beside a digest unless it was written.
    pub tag: Option<Str>,
    /// The digest, such as `sha256:…`.
    pub digest: Option<Str>,
}

impl Reference {
    /// Reads the name of an image. The error is why it cannot be read.
    pub fn parse(image: &str) -> Result<Reference, String> {
        let refusal =
            |why: &str| format!("couldn't parse image name \"{image}\": invalid reference format{why}");
        let (host, path) = split_host(image);
        let remote = path.split(':').next().unwrap_or_default();
        if remote.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(refusal(&format!(": repository name ({remote}) must be lowercase")));
        }
        let (name, digest) = path.split_once('@').map_or((&*path, None), |(n, d)| (n, Some(d)));
        let (name, tag) = name.split_once(':').map_or((name, None), |(n, t)| (n, Some(t)));
        let good = is_host(host)
            && name.split('/').all(is_path_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        if !good {
            return Err(refusal(""));
        }
        let bare = tag.is_none() && digest.is_none();
        Ok(Reference {
            name: if bare { format!("{image}:latest").into() } else { image.into() },
            host: host.into(),
            path: name.into(),
            tag: if bare { Some("latest".into()) } else { tag.map(Str::from) },
            digest: digest.map(Str::from),
        })
    }

    /// The repository with its registry, such as `docker.io/library/nginx`.
    pub fn repository(&self) -> String {
        [&*self.host, "/", &*self.path].concat()
    }

    /// The whole name, as container runtimes keep it: `docker.io/library/nginx:1.25`.
    pub fn canonical(&self) -> Str {
        let mut name = self.repository();
        for (mark, part) in [(':', &self.tag), ('@', &self.digest)] {
            if let Some(part) = part {
                name.push(mark);
                name.push_str(part);
            }
        }
        name.into()
    }

    /// What is asked of the registry: the digest if there is one, else the tag.
    pub fn version(&self) -> &str {
        self.digest.as_deref().or(self.tag.as_deref()).unwrap_or("latest")
    }

    /// The repository as people know it: without Docker's own names before it.
    pub fn familiar(&self) -> String {
        match &*self.host {
            "docker.io" => self.path.strip_prefix("library/").unwrap_or(&self.path).into(),
            _ => self.repository(),
        }
    }
}

/// The registry and the rest; names without a registry are Docker's (upstream: `splitDockerDomain`).
fn split_host(image: &str) -> (&str, String) {
    let registry = image.split_once('/').filter(|(first, _)| {
        first.contains(['.', ':']) || *first == "localhost" || first.chars().any(|c| c.is_ascii_uppercase())
    });
    let (host, path) = match registry {
        Some(("index.docker.io", path)) => ("docker.io", path),
        Some(found) => found,
        None => ("docker.io", image),
    };
    if host == "docker.io" && !path.contains('/') {
        return (host, format!("library/{path}"));
    }
    (host, path.into())
}

fn is_host(host: &str) -> bool {
    let (host, port) = host.split_once(':').map_or((host, None), |(h, p)| (h, Some(p)));
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
    component.starts_with(word)
        && component.ends_with(word)
        && component
            .split(word)
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.chars().all(|c| c == '-'))
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
        let digest = "nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        for (image, expected) in [
            ("nginx", Ok(("nginx:latest", "docker.io/library/nginx:latest"))),
            ("nginx:1.25", Ok(("nginx:1.25", "docker.io/library/nginx:1.25"))),
            ("docker.io/nginx:1", Ok(("docker.io/nginx:1", "docker.io/library/nginx:1"))),
            ("bitnami/redis", Ok(("bitnami/redis:latest", "docker.io/bitnami/redis:latest"))),
            ("localhost:5000/app", Ok(("localhost:5000/app:latest", "localhost:5000/app:latest"))),
            (digest, Ok((digest, &format!("docker.io/library/{digest}")))),
            ("UPPER/case:1", Ok(("UPPER/case:1", "UPPER/case:1"))),
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
            let read = Reference::parse(image).map(|r| (r.name.to_string(), r.canonical().to_string()));
            let expected = expected
                .map(|(name, canonical): (&str, &str)| (name.to_owned(), canonical.to_owned()))
                .map_err(|e| format!("couldn't parse image name \"{image}\": {e}"));
            assert_eq!(read, expected);
        }
    }
}
