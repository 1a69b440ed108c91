//! Files of a volume that are in each other's way (upstream: `warningsForOverlappingVirtualPaths`).

use crate::{DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection};
use std::fmt;

/// A file and the object that it is from.
#[derive(Clone, PartialEq, Eq)]
struct File<'a> {
    path: &'a str,
    source: String,
}

impl fmt::Display for File<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.path)?;
        if self.source.is_empty() { Ok(()) } else { write!(f, " ({})", self.source) }
    }
}

fn keys<'a>(items: &'a [KeyToPath], source: &str) -> Vec<File<'a>> {
    items.iter().map(|item| file(&item.path, source)).collect()
}

fn fields<'a>(items: &'a [DownwardAPIVolumeFile], source: &str) -> Vec<File<'a>> {
    items.iter().map(|item| file(&item.path, source)).collect()
}

fn file<'a>(path: &'a str, source: &str) -> File<'a> {
    File { path: path.trim_end_matches('/'), source: source.into() }
}

/// The files of a volume that are in each other's way.
pub(super) fn overlaps(volume: &Volume, warnings: &mut Vec<String>) {
    let name = &volume.name;
    let named = |name: Option<&str>| name.unwrap_or_default().to_string();
    if let Some(s) = &volume.config_map {
        let of = format!("ConfigMap {:?}", named(s.name.as_deref()));
        tell(name, &of, keys(&s.items, ""), warnings);
    }
    if let Some(s) = &volume.secret {
        let of = format!("Secret {:?}", named(s.secret_name.as_deref()));
        tell(name, &of, keys(&s.items, ""), warnings);
    }
    if let Some(s) = &volume.downward_api {
        tell(name, "DownwardAPI", fields(&s.items, ""), warnings);
    }
    if let Some(s) = &volume.projected {
        let mut files = Vec::new();
        for source in &s.sources {
            if *source == VolumeProjection::default() {
                warnings.push(format!("volume {name:?} (Projected) has no sources provided"));
            }
            files.extend(projected(source));
        }
        tell(name, "Projected", files, warnings);
    }
}

fn projected(source: &VolumeProjection) -> Vec<File<'_>> {
    let named = |kind: &str, name: Option<&str>| format!("{kind} {:?}", name.unwrap_or_default());
    if let Some(s) = source.config_map.as_ref().filter(|s| !s.items.is_empty()) {
        keys(&s.items, &named("ConfigMap", s.name.as_deref()))
    } else if let Some(s) = source.secret.as_ref().filter(|s| !s.items.is_empty()) {
        keys(&s.items, &named("Secret", s.name.as_deref()))
    } else if let Some(s) = source.downward_api.as_ref().filter(|s| !s.items.is_empty()) {
        fields(&s.items, "DownwardAPI")
    } else {
        source.service_account_token.iter().map(|s| file(&s.path, "ServiceAccountToken")).collect()
    }
}

fn tell(volume: &str, of: &str, files: Vec<File>, warnings: &mut Vec<String>) {
    for (i, file) in files.iter().enumerate().filter(|(_, file)| !file.path.is_empty()) {
        for earlier in files[..i].iter().filter(|earlier| collide(earlier.path, file.path)) {
            warnings.push(format!("volume {volume:?} ({of}): overlapping paths: {file} with {earlier}"));
        }
    }
}

/// Whether both are one file, or one is to be a directory for the other.
fn collide(one: &str, other: &str) -> bool {
    let below = |path: &str, directory: &str| {
        path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !one.is_empty() && (below(one, other) || below(other, one))
}
