//! What the pods of one node share.

use crate::words::Words;
use crate::{NodeConfig, RuntimeProfile, admission::Allotted, ip::Addresses, rhythm::Beat};
use orrery_apimachinery::Str;
use orrery_container_runtime::images::{Images, Reference, config};
use orrery_container_runtime::{Files, ImageConfig};
use orrery_sim::SimTime;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// The node as its kubelet's pod workers see it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub config: NodeConfig,
    pub profile: RuntimeProfile,
    /// The node's own address.
    pub address: Str,
    pub images: Images,
    pub addresses: Addresses,
    pub allotted: Allotted,
    /// When containers are relisted.
    pub relist: Beat,
    /// When pods that wait to be looked at again are looked at.
    pub tick: Beat,
    pub words: Words,
    /// The files of the machine that pods can mount.
    pub disk: Files,
    /// How the images run that were run here.
    pub image_configs: BTreeMap<Str, Rc<ImageConfig>>,
    /// Whether new pods are to stay away, as far as was told in an event.
    pub unschedulable: bool,
    /// The conditions that are not well.
    pub ailments: Vec<&'static str>,
    /// How often the machine has started.
    pub boots: u32,
    /// The volumes of pods that have to be attached, and the uids of those pods (upstream: `GetVolumesInUse`).
    pub volumes_in_use: BTreeMap<Str, Vec<Str>>,
    /// Whether that has changed since it was last told.
    pub volumes_changed: bool,
}

impl Node {
    /// A node without pods.
    pub(crate) fn new(config: NodeConfig, profile: RuntimeProfile) -> Self {
        // The beats of many nodes are spread over the second, so that they do not all wake at once; those of a few lie
        // close together, as those of the recorded ones do, which were started together.
        let phase = config.index as u64 * 7 % 1_000 + 350;
        Node {
            address: config.address(),
            images: Images::default(),
            addresses: Addresses::new(&config.pod_cidr),
            allotted: Allotted::new(&config),
            relist: Beat::at_millis(phase),
            tick: Beat::at_millis(phase + 400),
            words: Words::default(),
            disk: Files::default(),
            image_configs: BTreeMap::new(),
            unschedulable: false,
            ailments: Vec::new(),
            boots: 0,
            volumes_in_use: BTreeMap::new(),
            volumes_changed: false,
            config,
            profile,
        }
    }

    /// When the node's status tells of an image that has come: images are listed every half minute (upstream:
    /// `imageCachePeriod`).
    pub(crate) fn image_news(&self, now: SimTime) -> SimTime {
        const PERIOD: u64 = 30;
        self.tick.from(SimTime::from_secs((now.as_secs() / PERIOD + 1) * PERIOD))
    }

    /// A pod needs a volume that has to be attached.
    pub(crate) fn use_volume(&mut self, volume: Str, uid: &Str) {
        let users = self.volumes_in_use.entry(volume).or_default();
        self.volumes_changed |= users.is_empty();
        if !users.contains(uid) {
            users.push(uid.clone());
        }
    }

    /// A pod needs no volume any more.
    pub(crate) fn let_go_of_volumes(&mut self, uid: &str) {
        let before = self.volumes_in_use.len();
        self.volumes_in_use.retain(|_, users| {
            users.retain(|user| &**user != uid);
            !users.is_empty()
        });
        self.volumes_changed |= self.volumes_in_use.len() != before;
    }

    /// Whether an address is the node's own, or one of those that its pods get.
    pub(crate) fn has_address(&self, address: Ipv4Addr) -> bool {
        self.addresses.covers(u32::from(address)) || *address.to_string() == *self.address
    }

    /// How the image runs that the node has under the name `name`.
    pub(crate) fn image_config(
        &mut self,
        reference: &Reference,
        name: &str,
        now: SimTime,
    ) -> Rc<ImageConfig> {
        let Some(image) = self.images.get(name, now) else { return Rc::default() };
        let made = || Rc::new(config(reference, image.recipe.as_deref()));
        self.image_configs.entry(image.id.clone()).or_insert_with(made).clone()
    }

    /// When a pod may be looked at that is to be looked at from `at` on: its worker, which looked last
    /// at `last`, waits for a relisting after that (upstream: `podCache.GetNewerThan`).
    pub(crate) fn ready_at(&self, at: SimTime, last: Option<SimTime>) -> SimTime {
        match last {
            Some(last) if self.relist.last(at) <= last => self.relist.after(last.max(at)),
            _ => at,
        }
    }
}
