//! Files made of a Secret (upstream: `pkg/volume/secret`).

use super::Payload;
use super::up_to_date::Maker;
use orrery_api::{KeyToPath, Secret};
use orrery_container_runtime::normal;

/// Adds the values that are wanted, or all.
pub(super) fn add(
    name: Option<&str>,
    items: &[KeyToPath],
    optional: bool,
    maker: &Maker<'_>,
    files: &mut Payload,
) -> Result<(), String> {
    let name = name.unwrap_or_default();
    let Some(secret) = maker.object::<Secret>(name) else {
        return if optional { Ok(()) } else { Err(format!("secret \"{name}\" not found")) };
    };
    if items.is_empty() && maker.writes {
        for (key, bytes) in &secret.data {
            files.push((normal("/", key), bytes.as_text().unwrap_or_default().into()));
        }
    }
    for item in items {
        match secret.data.get(&item.key) {
            Some(bytes) => {
                files.push((normal("/", &item.path), bytes.as_text().unwrap_or_default().into()));
            }
            None if optional => {}
            None => return Err(format!("references non-existent secret key: {}", item.key)),
        }
    }
    Ok(())
}
