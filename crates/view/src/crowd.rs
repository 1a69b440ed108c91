//! A large cluster as a map: a tile per node, a cell per pod, painted pixel by pixel from a camera's place. The cost of a picture
//! follows the size of the screen, not of the cluster. Near enough, cells have the same shapes as the marks.

mod lit;

use orrery_apimachinery::Order;
use std::collections::BTreeMap;
use std::rc::Rc;

use orrery_api::{Kind, Node, Pod};
use orrery_cluster::Cluster;

use crate::owner::{Hues, workload};
use crate::pod;
use crate::scene::{Hue, NodeState, PodState, Text};

pub use lit::{Lit, lit};

/// More pods or nodes than these are drawn as a map.
const MOST_PODS: usize = 1_000;
const MOST_NODES: usize = 64;
/// Room around the cells of a tile, as a share of the tile.
const EDGE: f64 = 0.07;
/// As large a share of the screen is a tile that is looked at from near by.
const CLOSE: f64 = 0.4;

/// Whether a cluster is too large for marks.
pub fn is_crowd(cluster: &Cluster) -> bool {
    let api = cluster.api();
    api.count(Kind::Pod) > MOST_PODS || api.count(Kind::Node) > MOST_NODES
}

/// A node and its pods as codes: state and hue in one byte.
#[derive(Clone, PartialEq, Debug)]
pub struct Tile {
    /// Name of the node; empty for the tile of pods without one.
    pub name: Text,
    /// Whether it is as it should be.
    pub well: bool,
    cells: Vec<u8>,
}

/// The whole cluster.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Crowd {
    /// Nodes by name, and last the pods that wait.
    pub tiles: Vec<Tile>,
    /// Pods in each state, by `PodState::rank`.
    pub tally: [usize; 9],
    /// Cells along the edge of a tile.
    side: usize,
}

/// Where the screen stands over the map, in tiles.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Camera {
    /// Left edge of the screen.
    pub x: f64,
    /// Upper edge of the screen.
    pub y: f64,
    /// Pixels per tile.
    pub scale: f64,
}

/// Red, green and blue of what is painted.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Palette {
    /// The eight hues.
    pub hues: [[u8; 3]; 8],
    /// A tile.
    pub surface: [u8; 3],
    /// Failure.
    pub red: [u8; 3],
}

/// Reads a cluster as a map, of all namespaces or of one.
pub fn crowd(cluster: &Cluster, namespace: Option<&str>) -> Crowd {
    let api = cluster.api();
    let hues = Hues::of(api);
    let mut tiles: Vec<Tile> = api.list::<Node>().map(|n| tile(cluster, n)).collect();
    let places: BTreeMap<Text, usize> = tiles.iter().enumerate().map(|(i, t)| (t.name.clone(), i)).collect();
    let mut waiting = Tile { name: "".into(), well: true, cells: Vec::new() };
    let mut tally = [0; 9];
    // Pods of one owner follow each other by name: its hue is looked up once.
    let mut last: (Text, Hue) = ("".into(), 0);
    for pod in api.list::<Pod>().filter(|p| namespace.is_none_or(|only| *p.metadata.namespace == *only)) {
        let owner = pod.metadata.controller().map_or_else(|| pod.metadata.uid.clone(), |o| o.uid.clone());
        if last.0 != owner {
            last = (owner, hues.get(&workload(api, &pod.metadata)));
        }
        let state = pod::state(pod);
        tally[state.rank()] += 1;
        let place = pod.node_name.as_ref().and_then(|node| places.get(node));
        let tile = place.map_or(&mut waiting, |i| &mut tiles[*i]);
        tile.cells.push(code(state, last.1));
    }
    if !waiting.cells.is_empty() {
        tiles.push(waiting);
    }
    // One tile that is far too full, such as that of all who wait, must not make all the others fine-grained.
    let mut sizes: Vec<usize> = tiles.iter().map(|t| t.cells.len()).collect();
    sizes.order();
    let usual = sizes.get(sizes.len() * 95 / 100).copied().unwrap_or(0);
    Crowd { tiles, tally, side: (usual.max(1) as f64).sqrt().ceil() as usize }
}

fn tile(cluster: &Cluster, node: &Rc<Node>) -> Tile {
    let name = node.metadata.name.clone();
    let well = crate::node::state(node) == NodeState::Ready && cluster.node_is_on(&name) != Some(false);
    Tile { name, well, cells: Vec::new() }
}

fn code(state: PodState, hue: Hue) -> u8 {
    (state.rank() as u8) << 3 | hue & 7
}

impl Crowd {
    /// Tiles in a row on a screen of this shape.
    pub fn columns(&self, w: f64, h: f64) -> usize {
        let count = self.tiles.len().max(1) as f64;
        ((count * w / h.max(1.0)).sqrt().ceil() as usize).max(1)
    }

    /// A camera that sees everything.
    pub fn overview(&self, w: f64, h: f64) -> Camera {
        let columns = self.columns(w, h);
        let rows = self.tiles.len().div_ceil(columns).max(1) as f64;
        let scale = (w / columns as f64).min(h / rows);
        Camera { x: -(w / scale - columns as f64) / 2.0, y: -(h / scale - rows) / 2.0, scale }
    }

    /// The tile under a point of the screen.
    pub fn tile_at(&self, camera: &Camera, columns: usize, x: f64, y: f64) -> Option<&Tile> {
        let (u, v) = (camera.x + x / camera.scale, camera.y + y / camera.scale);
        if u < 0.0 || v < 0.0 || u >= columns as f64 {
            return None;
        }
        self.tiles.get(v as usize * columns + u as usize)
    }

    /// Where a tile, or one of its cells, stands on the screen: left, top, and the length of its edges. A cell for which its
    /// tile has no room is told by its tile.
    pub fn spot(&self, camera: &Camera, columns: usize, tile: usize, cell: Option<usize>) -> [f64; 3] {
        let (column, row) = ((tile % columns.max(1)) as f64, (tile / columns.max(1)) as f64);
        let (x, y, size) = match cell.filter(|cell| *cell < self.side * self.side) {
            None => (column, row, 1.0),
            Some(cell) => {
                let size = (1.0 - 2.0 * EDGE) / self.side as f64;
                let along = |of: f64, steps: usize| of + EDGE + size * steps as f64;
                (along(column, cell % self.side), along(row, cell / self.side), size)
            }
        };
        [(x - camera.x) * camera.scale, (y - camera.y) * camera.scale, size * camera.scale]
    }

    /// A camera that looks at a tile from near by, on a screen of `w` by `h` pixels.
    pub fn close_up(&self, columns: usize, tile: usize, w: f64, h: f64) -> Camera {
        let scale = w.min(h) * CLOSE;
        let (x, y) = ((tile % columns.max(1)) as f64 + 0.5, (tile / columns.max(1)) as f64 + 0.5);
        Camera { x: x - w / scale / 2.0, y: y - h / scale / 2.0, scale }
    }

    /// Paints a screen of `w` by `h` pixels as RGBA; what is not a tile stays transparent.
    pub fn paint(&self, camera: &Camera, columns: usize, palette: &Palette, w: usize, h: usize) -> Vec<u8> {
        let mut out = vec![0; w * h * 4];
        for (y, line) in out.chunks_exact_mut(w.max(1) * 4).enumerate() {
            for (x, pixel) in line.chunks_exact_mut(4).enumerate() {
                let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
                let Some(tile) = self.tile_at(camera, columns, x, y) else { continue };
                let (u, v) = ((camera.x + x / camera.scale).fract(), (camera.y + y / camera.scale).fract());
                if let Some([r, g, b]) = self.colour(tile, u, v, camera.scale, palette) {
                    pixel.copy_from_slice(&[r, g, b, 255]);
                }
            }
        }
        out
    }

    /// The colour of a point within a tile; none for the gap between tiles.
    fn colour(&self, tile: &Tile, u: f64, v: f64, scale: f64, palette: &Palette) -> Option<[u8; 3]> {
        let near = |t: f64| !(EDGE * 0.5..=1.0 - EDGE * 0.5).contains(&t);
        if near(u) || near(v) {
            return None;
        }
        let side = self.side as f64;
        let cell = |t: f64| (t - EDGE) / (1.0 - 2.0 * EDGE) * side;
        let (cu, cv) = (cell(u), cell(v));
        let ground = if tile.well { palette.surface } else { mix(palette.red, palette.surface, 0.35) };
        if cu < 0.0 || cv < 0.0 || cu >= side || cv >= side {
            return Some(ground);
        }
        let code = tile.cells.get(cv as usize * self.side + cu as usize);
        let Some(code) = code else { return Some(ground) };
        let hue = palette.hues[usize::from(code & 7)];
        let fine = scale * (1.0 - 2.0 * EDGE) / side;
        Some(shade(code >> 3, cu.fract(), cv.fract(), fine, hue, ground, palette.red))
    }
}

fn mix(a: [u8; 3], b: [u8; 3], share: f64) -> [u8; 3] {
    std::array::from_fn(|i| (f64::from(a[i]) * share + f64::from(b[i]) * (1.0 - share)) as u8)
}

/// A point of a cell `size` pixels wide: the mark's shape where there is room for one, else its weight.
fn shade(rank: u8, u: f64, v: f64, size: f64, hue: [u8; 3], ground: [u8; 3], red: [u8; 3]) -> [u8; 3] {
    let gap = if size >= 4.0 { 0.1 } else { 0.0 };
    if u < gap || v < gap || u > 1.0 - gap || v > 1.0 - gap {
        return ground;
    }
    let pale = |share| mix(hue, ground, share);
    let rim = size >= 6.0 && (u < 0.24 || v < 0.24 || u > 0.76 || v > 0.76);
    match rank {
        0 => pale(if size < 6.0 {
            0.3
        } else if rim {
            0.9
        } else {
            0.0
        }),
        1 | 2 => pale(if rim { 0.7 } else { 0.3 }),
        3 => pale(if v > 0.5 || size < 3.0 { 1.0 } else { 0.25 }),
        4 => hue,
        5 => pale(0.4),
        6 if size >= 6.0 && (u - 0.5).abs() > v * 0.45 => mix(red, ground, 0.2),
        8 if size >= 6.0 && (u - v).abs() > 0.18 && (u + v - 1.0).abs() > 0.18 => mix(red, ground, 0.2),
        6 | 8 => red,
        _ => pale(0.22),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(tiles: usize) -> Crowd {
        let tile = |i: usize| Tile {
            name: format!("node-{i}").as_str().into(),
            well: true,
            cells: vec![code(PodState::Ready, 1); 4],
        };
        Crowd { tiles: (0..tiles).map(tile).collect(), tally: [0; 9], side: 2 }
    }

    #[test]
    fn the_overview_shows_every_tile_once() {
        for (count, w, h) in [(1, 300.0, 300.0), (100, 700.0, 300.0), (5_000, 390.0, 600.0)] {
            let crowd = map(count);
            let (columns, camera) = (crowd.columns(w, h), crowd.overview(w, h));
            for i in 0..count {
                let x = ((i % columns) as f64 + 0.5 - camera.x) * camera.scale;
                let y = ((i / columns) as f64 + 0.5 - camera.y) * camera.scale;
                assert!(x > 0.0 && x < w && y > 0.0 && y < h, "tile {i} of {count} is off the screen");
                assert_eq!(crowd.tile_at(&camera, columns, x, y), Some(&crowd.tiles[i]));
            }
        }
    }

    #[test]
    fn what_is_lit_is_found_where_it_is_painted() {
        let crowd = map(100);
        let (columns, camera) = (crowd.columns(700.0, 300.0), crowd.overview(700.0, 300.0));
        let palette = Palette { hues: [[9, 9, 9]; 8], surface: [1, 1, 1], red: [2, 2, 2] };
        let picture = crowd.paint(&camera, columns, &palette, 700, 300);
        for (tile, cell) in [(0, Some(0)), (57, Some(3)), (99, Some(2)), (42, None), (42, Some(9))] {
            let [x, y, size] = crowd.spot(&camera, columns, tile, cell);
            let middle = (x + size / 2.0, y + size / 2.0);
            assert_eq!(crowd.tile_at(&camera, columns, middle.0, middle.1), Some(&crowd.tiles[tile]));
            let at = (middle.1 as usize * 700 + middle.0 as usize) * 4;
            // In the middle of a tile stands the gap between its four cells.
            let want = if size < camera.scale { 9 } else { 1 };
            assert_eq!(picture[at..][..4], [want, want, want, 255], "cell {cell:?} of tile {tile}");
        }
        let near = crowd.close_up(columns, 57, 700.0, 300.0);
        assert_eq!(crowd.tile_at(&near, columns, 350.0, 150.0), Some(&crowd.tiles[57]));
    }

    #[test]
    fn a_ready_pod_has_the_hue_of_its_owner() {
        let crowd = map(1);
        let palette = Palette { hues: [[9, 9, 9]; 8], surface: [1, 1, 1], red: [2, 2, 2] };
        let picture = crowd.paint(&crowd.overview(40.0, 40.0), 1, &palette, 40, 40);
        assert_eq!(picture[(10 * 40 + 10) * 4..][..4], [9, 9, 9, 255]);
        assert_eq!(picture[..4], [0, 0, 0, 0], "the gap between tiles is left to the page");
    }
}
