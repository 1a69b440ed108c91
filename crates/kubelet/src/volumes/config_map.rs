//! Files made of a ConfigMap (upstream: `pkg/volume/configmap`).

use super::Payload;
use super::up_to_date::Maker;
use orrery_api::{ConfigMap, KeyToPath};
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
    let Some(map) = maker.object::<ConfigMap>(name) else {
        return if optional { Ok(()) } else { Err(format!("configmap \"{name}\" not found")) };
    };
    if items.is_empty() && maker.writes {
        for (key, text) in map.data.iter() {
            files.push((normal("/", key), text.clone()));
        }
        for (key, bytes) in &map.binary_data {
            files.push((normal("/", key), bytes.as_text().unwrap_or_default().into()));
        }
    }
    for item in items {
        let text = map.data.get(&item.key).cloned();
        let bytes = || map.binary_data.get(&item.key).map(|b| b.as_text().unwrap_or_default().into());
        match text.or_else(bytes) {
            Some(text) => files.push((normal("/", &item.path), text)),
            None if optional => {}
            None => return Err(format!("configmap references non-existent config key: {}", item.key)),
        }
    }
    Ok(())
}
