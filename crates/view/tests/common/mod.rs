//! What the tests of the view begin with: a cluster to which manifests were given.

use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config};
use orrery_sim::SimTime;

/// A lively cluster of so many nodes to which these manifests were given, at that second of virtual time.
pub fn cluster(nodes: usize, manifests: &str, seconds: u64) -> Cluster {
    let mut cluster = Cluster::new(Config::lively(nodes));
    // Pods need the service account that a controller makes first.
    cluster.run(SimTime::from_millis(10), &mut || true);
    give(&mut cluster, manifests);
    cluster.run(SimTime::from_secs(seconds), &mut || true);
    cluster
}

/// Gives manifests to the cluster.
pub fn give(cluster: &mut Cluster, manifests: &str) {
    let read = orrery_manifest::objects(manifests);
    assert_eq!(read.diagnostics, [], "the manifests of this test are sound");
    for located in read.objects {
        let (api, request) = cluster.send();
        api.create(&request, located.object).expect("the objects of this test are valid");
    }
}
