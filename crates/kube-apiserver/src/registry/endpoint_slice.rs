//! EndpointSlices lose the labels of nodes that an older version of theirs had (upstream:
//! `pkg/registry/discovery/endpointslice/strategy.go`, `dropTopologyOnV1`).

use orrery_api::EndpointSlice;
use std::rc::Rc;

pub(super) fn drop_topology(slice: &mut Rc<EndpointSlice>) {
    if slice.endpoints.iter().any(|endpoint| !endpoint.deprecated_topology.is_empty()) {
        for endpoint in &mut Rc::make_mut(slice).endpoints {
            endpoint.deprecated_topology = Default::default();
        }
    }
}
