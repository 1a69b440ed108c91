//! Whether a container may run as the user that it would run as (upstream: `kuberuntime/security_context_others.go`,
//! `verifyRunAsNonRoot`).

use crate::RuntimeProfile;
use crate::pod_worker::described;
use crate::sync::Turn;
use orrery_api::{Container, Pod};
use orrery_container_runtime::{ImageConfig, Userland};
use std::rc::Rc;

impl Turn<'_, '_> {
    /// Why a container cannot be made because of whom it would run as.
    pub(crate) fn user_problem(&mut self, container: &Container) -> Option<String> {
        let image = match self.node.profile {
            // There the images of the fake runtime name no user.
            RuntimeProfile::Immediate => Rc::default(),
            RuntimeProfile::Lively => self.outside().image(container),
        };
        root_problem(&self.pod, container, &image)
    }
}

/// Why a container that must not run as root would, or why that is not known; `None` when it may run.
fn root_problem(pod: &Pod, container: &Container, image: &ImageConfig) -> Option<String> {
    let (own, whole) = (container.security_context.as_deref(), pod.spec.security_context.as_ref());
    let non_root =
        own.and_then(|c| c.run_as_non_root).or_else(|| whole.and_then(|c| c.run_as_non_root)) == Some(true);
    if !non_root {
        return None;
    }
    let why = match own.and_then(|c| c.run_as_user).or_else(|| whole.and_then(|c| c.run_as_user)) {
        Some(0) => "container's runAsUser breaks non-root policy".into(),
        Some(_) => return None,
        None => image_problem(image)?,
    };
    Some(format!("{why} (pod: {:?}, container: {})", described(pod), container.name))
}

/// What is wrong with the user that an image names. Of an image of which nothing is known the best is assumed.
fn image_problem(image: &ImageConfig) -> Option<String> {
    let user = image.user.split(':').next().unwrap_or_default();
    match user.parse::<u32>() {
        _ if image.userland == Userland::Unknown => None,
        Ok(0) => Some("container has runAsNonRoot and image will run as root".into()),
        Ok(_) => None,
        Err(_) if user.is_empty() => Some("container has runAsNonRoot and image will run as root".into()),
        Err(_) => Some(format!(
            "container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is non-root"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::SecurityContext;

    #[test]
    fn root_is_refused_where_it_is_not_wanted() {
        let problem = |non_root, user: Option<i64>, image: &str, userland| {
            let context =
                SecurityContext { run_as_non_root: non_root, run_as_user: user, ..Default::default() };
            let container = Container {
                name: "c".into(),
                security_context: Some(Box::new(context)),
                ..Default::default()
            };
            let image = ImageConfig { user: image.into(), userland, ..Default::default() };
            root_problem(&Pod::default(), &container, &image).unwrap_or_default()
        };
        let known = Userland::Gnu;
        for (row, found, expected) in [
            ("nobody minds", problem(None, None, "", known), ""),
            ("another user is stated", problem(Some(true), Some(1000), "", known), ""),
            (
                "root is stated",
                problem(Some(true), Some(0), "", known),
                "container's runAsUser breaks non-root policy (pod: \"_()\", container: c)",
            ),
            (
                "the image is root's",
                problem(Some(true), None, "", known),
                "container has runAsNonRoot and image will run as root (pod: \"_()\", container: c)",
            ),
            ("the image has a number", problem(Some(true), None, "101:101", known), ""),
            (
                "the image has a name",
                problem(Some(true), None, "redis", known),
                "container has runAsNonRoot and image has non-numeric user (redis), cannot verify user is non-root (pod: \"_()\", container: c)",
            ),
            ("nothing is known of the image", problem(Some(true), None, "", Userland::Unknown), ""),
        ] {
            assert_eq!(found, expected, "{row}");
        }
    }
}
