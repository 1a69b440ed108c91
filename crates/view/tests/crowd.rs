//! What is lit on the map of a large cluster stands where the map paints it.

mod common;

use std::collections::BTreeSet;

use common::cluster;
use orrery_api::Pod;
use orrery_view::crowd::{Palette, crowd, lit};
use orrery_view::scene::ObjectRef;

const COLOURS: Palette = Palette {
    hues: [[1; 3], [2; 3], [3; 3], [4; 3], [5; 3], [6; 3], [7; 3], [8; 3]],
    surface: [20; 3],
    red: [30; 3],
};

#[test]
fn a_pod_is_lit_where_the_map_paints_it() {
    let workload = |name: &str, replicas: u32| {
        format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: default}}, spec: {{replicas: {replicas}, selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: c, image: nginx}}]}}}}}}}}"
        )
    };
    let manifests = ["---", &workload("web", 7), "---", &workload("shop", 5), ""].join("\n");
    let cluster = cluster(3, &manifests, 60);
    let ids: Vec<ObjectRef> = cluster
        .api()
        .list::<Pod>()
        .map(|pod| ObjectRef::new("Pod", &pod.metadata.namespace, &pod.metadata.name))
        .collect();
    let found = lit(&cluster, None, &[ids.clone(), ids.clone()].concat());
    assert_eq!(found.len(), 12, "what is named twice is lit once");

    let map = crowd(&cluster, None);
    let (camera, columns) = (map.overview(600.0, 200.0), map.columns(600.0, 200.0));
    let picture = map.paint(&camera, columns, &COLOURS, 600, 200);
    let colours_of = |name: &str| -> BTreeSet<u8> {
        let own = found.iter().filter(|lit| lit.id.name.starts_with(name));
        let painted = own.map(|lit| {
            let tile = lit.tile.expect("every pod has a tile");
            assert_eq!(map.tiles[tile].name, lit.node);
            let [x, y, size] = map.spot(&camera, columns, tile, lit.cell);
            picture[((y + size / 2.0) as usize * 600 + (x + size / 2.0) as usize) * 4]
        });
        painted.collect()
    };
    let (web, shop) = (colours_of("web"), colours_of("shop"));
    assert!(
        web.len() == 1 && shop.len() == 1 && web != shop,
        "each in the hue of its owner: {web:?} {shop:?}"
    );
}

#[test]
fn what_has_no_place_on_the_map_is_told_without_one() {
    let wants = "{apiVersion: v1, kind: Pod, metadata: {name: one, namespace: default}, spec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: nginx}]}}";
    let cluster = cluster(3, &format!("---\n{wants}\n"), 10);
    let [pod, node, gone] = [("Pod", "default", "one"), ("Node", "", "node-2"), ("Pod", "default", "two")]
        .map(|(kind, namespace, name)| ObjectRef::new(kind, namespace, name));
    let tiles = |namespace| -> Vec<Option<usize>> {
        let ids = [pod.clone(), node.clone(), gone.clone()];
        lit(&cluster, namespace, &ids).iter().map(|lit| lit.tile).collect()
    };
    assert_eq!(tiles(None), [Some(3), Some(1), None], "who waits has the last tile");
    assert_eq!(tiles(Some("kube-system")), [None, Some(1), None], "of another namespace nothing is shown");
}
