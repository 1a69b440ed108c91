//! The allocators of service addresses and node ports.

use imbl::OrdSet;
use orrery_api::Service;
use orrery_apimachinery::Str;
use orrery_sim::Random;
use std::net::Ipv4Addr;

/// The service network, 10.96.0.0/12.
const SERVICES: u32 = 0x0a60_0000;
const SERVICES_SIZE: u32 = 1 << 20;
/// Addresses below this offset are left to those who choose their own (KEP-3070).
const DYNAMIC_ADDRESSES: u32 = 257;
/// Node ports, both ends included.
const NODE_PORTS: std::ops::RangeInclusive<i32> = 30_000..=32_767;
/// Ports below this one are left to those who choose their own.
const DYNAMIC_PORTS: i32 = 30_086;
const FULL: &str = "range is full";
const TAKEN: &str = "provided port is already allocated";

/// What is taken. A clone is cheap: it is what a refused request goes back to.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    addresses: OrdSet<u32>,
    ports: OrdSet<i32>,
    random: Random,
    /// In a dry run the ports that it has taken so far; what it is given is no more than a stand-in.
    rehearsed: Option<Vec<i32>>,
}

impl Network {
    pub(crate) fn new(seed: u64) -> Self {
        Network {
            addresses: OrdSet::new(),
            ports: OrdSet::new(),
            random: Random::stream(seed, "service-network"),
            rehearsed: None,
        }
    }

    /// From now on nothing is taken for good (upstream: `dryRunRange`, `PortAllocationOperation.dryRun`).
    pub(crate) fn rehearse(&mut self) {
        self.rehearsed = Some(Vec::new());
    }

    /// Takes the address asked for, or a random free one.
    pub(crate) fn take_address(&mut self, asked: Option<&str>) -> Result<Str, String> {
        let address = match asked {
            Some(text) => {
                let address = text.parse::<Ipv4Addr>().ok().map(u32::from);
                // The network's own address and that of everybody in it are nobody's.
                address.filter(|a| (SERVICES + 1..SERVICES + SERVICES_SIZE - 1).contains(a)).ok_or_else(|| {
                    format!(
                        "failed to allocate IP {text}: the provided IP ({text}) is not in the valid range. The range of valid IPs is 10.96.0.0/12"
                    )
                })?
            }
            None if self.rehearsed.is_some() => SERVICES,
            None => self.free_address().ok_or(FULL)?,
        };
        if self.rehearsed.is_some() {
            return Ok(Ipv4Addr::from(address).to_string().into());
        }
        if self.addresses.insert(address).is_some() {
            return Err(format!(
                "failed to allocate IP {}: provided IP is already allocated",
                asked.unwrap_or_default()
            ));
        }
        Ok(Ipv4Addr::from(address).to_string().into())
    }

    fn free_address(&mut self) -> Option<u32> {
        let dynamic = SERVICES_SIZE - 1 - DYNAMIC_ADDRESSES;
        let start = self.random.below(u64::from(dynamic)) as u32;
        let upper = (0..dynamic).map(|i| SERVICES + DYNAMIC_ADDRESSES + (start + i) % dynamic);
        let mut all = upper.chain(SERVICES + 1..SERVICES + DYNAMIC_ADDRESSES);
        all.find(|address| !self.addresses.contains(address))
    }

    /// Takes the node port asked for, or a random free one.
    pub(crate) fn take_port(&mut self, asked: Option<i32>) -> Result<i32, String> {
        if let Some(taken) = &mut self.rehearsed {
            let port = asked.unwrap_or_else(|| taken.iter().max().unwrap_or(&(NODE_PORTS.end() + 1)) + 1);
            if asked.is_some() && (self.ports.contains(&port) || taken.contains(&port)) {
                return Err(TAKEN.into());
            }
            taken.push(port);
            return Ok(port);
        }
        let port = match asked {
            Some(port) if !NODE_PORTS.contains(&port) => {
                return Err(
                    "provided port is not in the valid range. The range of valid ports is 30000-32767".into(),
                );
            }
            Some(port) => port,
            None => self.free_port().ok_or(FULL)?,
        };
        if self.ports.insert(port).is_some() {
            return Err(TAKEN.into());
        }
        Ok(port)
    }

    fn free_port(&mut self) -> Option<i32> {
        let dynamic = NODE_PORTS.end() - DYNAMIC_PORTS + 1;
        let start = self.random.below(u64::from(dynamic.unsigned_abs())) as i32;
        let upper = (0..dynamic).map(|i| DYNAMIC_PORTS + (start + i) % dynamic);
        upper.chain(*NODE_PORTS.start()..DYNAMIC_PORTS).find(|port| !self.ports.contains(port))
    }

    /// Gives back what a service holds.
    pub(crate) fn release(&mut self, service: &Service) {
        self.release_addresses(service);
        let ports = service.spec.ports.iter().map(|port| port.node_port);
        ports.chain([service.spec.health_check_node_port]).for_each(|port| self.release_port(port));
    }

    /// Gives back the addresses of a service.
    pub(crate) fn release_addresses(&mut self, service: &Service) {
        for address in addresses(service) {
            self.addresses.remove(&address);
        }
    }

    /// Gives back a node port.
    pub(crate) fn release_port(&mut self, port: i32) {
        self.ports.remove(&port);
    }
}

fn addresses(service: &Service) -> impl Iterator<Item = u32> {
    service.spec.cluster_ips.iter().filter_map(|ip| ip.parse::<Ipv4Addr>().ok()).map(u32::from)
}
