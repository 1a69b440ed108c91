//! Programs are installed, and taken away, while the cluster runs.

use crate::cluster::Seat;
use crate::{AddOn, Cluster, ComponentId};
use orrery_client::Component;

impl Cluster {
    /// Whether a program is installed. What works through pods does nothing before its manifests are applied.
    pub fn has_add_on(&self, add_on: AddOn) -> bool {
        self.config.add_ons.contains(&add_on)
    }

    /// Installs a program, or takes it away.
    pub fn set_add_on(&mut self, add_on: AddOn, on: bool) {
        if self.has_add_on(add_on) == on {
            return;
        }
        self.config.add_ons.retain(|known| *known != add_on);
        if on {
            self.config.add_ons.push(add_on);
        }
        self.register_metrics();
        self.api.forget_webhooks();
        orrery_add_ons::webhooks(&self.config.add_ons).for_each(|webhook| self.api.register_webhook(webhook));
        // Control loops share a process, which begins with a fresh list.
        if add_on.has_loop() {
            let mut fresh = orrery_add_ons::install(self.config.seed, &self.config.add_ons);
            for change in self.list() {
                fresh.observe(&change, &self.api, self.now);
            }
            self.add_ons.clear(&mut self.agenda);
            self.add_ons = Seat::new(fresh);
            self.plan(ComponentId::AddOns);
        }
    }
}
