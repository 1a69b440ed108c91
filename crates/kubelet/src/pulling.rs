//! Images for containers (upstream: `pkg/kubelet/images/image_manager.go`, and `getPullSecretsForPod`).

use crate::Kubelet;
use crate::RuntimeProfile;
use crate::kubelet::NODE;
use crate::node::Node;
use crate::pod_worker::{Delay, container};
use crate::sync::Turn;
use orrery_api::{Bytes, ContainerImage, Secret};
use orrery_apimachinery::Order;
use orrery_apimachinery::{Str, Value};
use orrery_client::{Cause, EventType};
use orrery_container_runtime::images::{Image, Pull, Reference};
use orrery_container_runtime::registry::Credentials;
use orrery_sim::SimTime;
use std::rc::Rc;

/// So many images are listed in a node's status at most (upstream: `nodeStatusMaxImages`).
const MAX_IMAGES: usize = 50;

/// An image that is on its way.
#[derive(Clone, Debug)]
pub(crate) struct Pulling {
    pub pull: Pull,
    /// What the registry answered: the image, or why there is none.
    answer: Result<Rc<Image>, Str>,
}

/// Why a container has no image: the reason and the message of its status.
pub(crate) type NoImage = (&'static str, String);

impl Turn<'_, '_> {
    /// Says which pull secrets are not there.
    pub(crate) fn check_pull_secrets(&mut self) {
        let pod = self.pod.clone();
        let names = pod.spec.image_pull_secrets.iter().filter_map(|secret| secret.name.as_deref());
        let missing =
            |name: &&str| !name.is_empty() && self.cx.get::<Secret>(&pod.metadata.namespace, name).is_none();
        let missing: Vec<&str> = names.filter(missing).collect();
        if !missing.is_empty() {
            let message = format!(
                "Unable to retrieve some image pull secrets ({}); attempting to pull the image may not succeed.",
                missing.join(", ")
            );
            self.cx.event(&*pod, EventType::Warning, "FailedToRetrieveImagePullSecret", message);
        }
    }

    /// Sees that a container's image is there; begins to pull it if need be.
    pub(crate) fn ensure_image(&mut self, index: usize) -> Result<Option<Pulling>, NoImage> {
        let now = self.now();
        let pod = self.pod.clone();
        let spec = container(&pod.spec, index).0;
        let image = spec.image.as_deref().unwrap_or_default();
        let reference = Reference::parse(image).map_err(|why| {
            let message = format!("Failed to apply default image tag \"{image}\": {why}");
            self.event_of(index, EventType::Warning, "InspectFailed", message.clone());
            ("InvalidImageName", message)
        })?;
        let name = self.peers.network.registries().name(&reference);
        let present = self.node.images.get(&name, now).is_some();
        match spec.image_pull_policy.as_deref() {
            Some("Never") | Some("IfNotPresent") if present => {
                let message = format!("Container image \"{image}\" already present on machine");
                self.event_of(index, EventType::Normal, "Pulled", message);
                return Ok(None);
            }
            Some("Never") => {
                let message = format!("Container image \"{image}\" is not present with pull policy of Never");
                self.event_of(index, EventType::Warning, "ErrImageNeverPull", message.clone());
                return Err(("ErrImageNeverPull", message));
            }
            _ => {}
        }
        let trouble = self.worker.runs[index].trouble.as_deref();
        let delay =
            trouble.and_then(|t| t.pulls).filter(|d| !d.expired(now) && now.since(d.since) < d.length);
        if delay.is_some() {
            let event = format!("Back-off pulling image \"{image}\"");
            let last = trouble.and_then(|t| t.pull_error.clone()).unwrap_or_default();
            self.event_of(index, EventType::Normal, "BackOff", event.clone());
            return Err(("ImagePullBackOff", format!("{event}: ErrImagePull: {last}")));
        }
        self.event_of(index, EventType::Normal, "Pulling", format!("Pulling image \"{image}\""));
        Ok(Some(self.pull(&name, &reference)))
    }

    fn pull(&mut self, name: &Str, reference: &Reference) -> Pulling {
        let now = self.now();
        let secrets = self.pod.spec.image_pull_secrets.iter().filter_map(|secret| secret.name.as_deref());
        let secrets =
            secrets.filter_map(|name| self.cx.api().get::<Secret>(&self.pod.metadata.namespace, name));
        let credentials: Vec<Credentials> = secrets.flat_map(|secret| credentials_of(secret)).collect();
        let answer = self.peers.network.pull(&self.node.config.name, reference, &credentials);
        if self.peers.network.registries().take_time() {
            let random = self.cx.random();
            let pull = self.node.images.pull(name, answer.as_ref().map_err(|why| &**why), random, now);
            return Pulling { pull, answer };
        }
        if let Ok(image) = &answer {
            self.node.images.put(name.clone(), image.clone(), now);
        }
        Pulling { pull: Pull { asked: now, begin: now, end: now }, answer }
    }

    /// Tells what came of a pull.
    pub(crate) fn end_pull(&mut self, index: usize, pulling: &Pulling) -> Result<(), NoImage> {
        let now = self.now();
        let pod = self.pod.clone();
        let spec = container(&pod.spec, index).0;
        let image = spec.image.as_deref().unwrap_or_default();
        match &pulling.answer {
            Ok(pulled) => {
                let (times, size) = (pulling.pull.times(), pulled.size);
                let message =
                    format!("Successfully pulled image \"{image}\" in {times}. Image size: {size} bytes.");
                self.event_of(index, EventType::Normal, "Pulled", message);
                if self.peers.network.registries().take_time() {
                    self.peers.queue.add(NODE.into(), self.node.image_news(now), Cause::TIME);
                }
                Ok(())
            }
            Err(why) => {
                let trouble = self.worker.runs[index].trouble.get_or_insert_default();
                trouble.pulls = Some(Delay::next(trouble.pulls, now));
                trouble.pull_error = Some(why.clone());
                let message = format!("Failed to pull image \"{image}\": {why}");
                self.event_of(index, EventType::Warning, "Failed", message);
                Err(("ErrImagePull", why.to_string()))
            }
        }
    }
}

/// What a pull secret holds; nothing when it cannot be read (upstream: `pkg/credentialprovider/secrets`).
fn credentials_of(secret: &Secret) -> Vec<Credentials> {
    let file = |key: &str| -> Option<Value> { serde_json::from_str(secret.data.get(key)?.as_text()?).ok() };
    let auths = match secret.type_.as_deref() {
        Some("kubernetes.io/dockerconfigjson") => {
            file(".dockerconfigjson").and_then(|mut file| file.get_mut("auths").map(Value::take))
        }
        Some("kubernetes.io/dockercfg") => file(".dockercfg"),
        _ => None,
    };
    let mut found = Vec::new();
    for (server, entry) in auths.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let both = Bytes::from_base64(text("auth")).unwrap_or_default();
        let (user, password) = both
            .as_text()
            .and_then(|both| both.split_once(':'))
            .unwrap_or((text("username"), text("password")));
        found.push(Credentials {
            server: server.as_str().into(),
            user: user.into(),
            password: password.into(),
        });
    }
    found
}

/// The images that a node lists in its status: the largest first, each with its digest and its tag.
pub(crate) fn listed(node: &Node, now: SimTime) -> Vec<ContainerImage> {
    let image = |(name, image): (&Str, &Rc<Image>)| {
        let repository = name.split('@').next().unwrap_or(name);
        let repository = repository.rfind(':').map_or(repository, |tag| &repository[..tag]);
        // The runtime of the recordings knows no digests.
        let lively = node.profile == RuntimeProfile::Lively;
        let by_digest = lively.then(|| [repository, "@", &image.digest].concat().into());
        let by_tag = (!name.contains('@')).then(|| name.clone());
        ContainerImage {
            names: by_digest.into_iter().chain(by_tag).collect(),
            size_bytes: i64::try_from(image.size).unwrap_or(i64::MAX),
        }
    };
    let mut images: Vec<ContainerImage> = node.images.iter(now).map(image).collect();
    images.order_by_key(|image| -image.size_bytes);
    images.truncate(MAX_IMAGES);
    images
}

impl Kubelet {
    /// The images that the node has, by name.
    pub fn images(&self, now: SimTime) -> impl Iterator<Item = (&Str, &Rc<Image>)> {
        self.node.images.iter(now)
    }

    /// The pulls that are under way or wait for their turn.
    pub fn pulls(&self, now: SimTime) -> impl Iterator<Item = &(Str, Pull)> {
        self.node.images.pulls(now)
    }

    /// Puts an image on the node, as `minikube image load` does.
    pub fn load_image(&mut self, name: Str, image: Rc<Image>, now: SimTime) {
        self.node.images.put(name, image, now);
    }
}
