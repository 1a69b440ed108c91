//! Which node has which addresses: its own, and the range that its pods get.

use orrery_apimachinery::Str;
use orrery_kube_proxy::Cidr;
use orrery_kubelet::NodeConfig;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A machine, as the network between the nodes knows it. A machine that is gone is still known.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub name: Str,
    /// Its own address.
    pub address: Ipv4Addr,
    /// Its pods'.
    pub pods: Cidr,
}

impl Home {
    /// The address of the bridge between its pods.
    pub(crate) fn bridge(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.pods.base) + 1)
    }
}

/// All machines, by the numbers of their kubelets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Homes {
    list: Vec<Home>,
    /// Their numbers by their own addresses, and by the first of their pods'.
    at: BTreeMap<Ipv4Addr, usize>,
}

impl Homes {
    /// Adds the next machine.
    pub(crate) fn add(&mut self, node: &NodeConfig) {
        let (address, pods) = (node.address().parse().ok(), Cidr::parse(&node.pod_cidr));
        let (address, pods) = address.zip(pods).expect("addresses derive from the node's number");
        self.at.insert(address, self.list.len());
        self.at.insert(pods.base, self.list.len());
        self.list.push(Home { name: node.name.clone(), address, pods });
    }

    /// The machine that has this number.
    pub(crate) fn get(&self, number: usize) -> &Home {
        &self.list[number]
    }

    /// The number of the machine with an address, and whether it is its own.
    pub(crate) fn find(&self, address: Ipv4Addr) -> Option<(usize, bool)> {
        let (_, &number) = self.at.range(..=address).next_back()?;
        let home = &self.list[number];
        if home.address == address {
            return Some((number, true));
        }
        home.pods.contains(address).then_some((number, false))
    }
}
