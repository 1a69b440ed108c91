//! A large cluster on a canvas: drag to move, Ctrl and the wheel or the buttons to come nearer, a click to select a node. What
//! it shows stands beside it as a table, and what is lit as a list.

mod camera;
mod lit;
mod paint;

use std::cell::RefCell;
use std::rc::Rc;

use orrery_view::crowd::{Camera, Crowd};
use orrery_view::scene::{ObjectRef, PodState};
use web_sys::Element;
use yew::prelude::*;

use super::super::icon::{Icon, draw};
use super::super::pod::state_name;
use crate::dom::use_width;
use crate::session::use_view;
use crate::ui::{Choose, use_ui, use_words};
use camera::{NEARER, View, drag, nearer, press, release, use_wheel};
use lit::{Lights, Stand};

/// What the parts of the map share.
#[derive(Clone)]
struct Map {
    canvas: NodeRef,
    view: Rc<RefCell<View>>,
    moved: UseForceUpdateHandle,
}

impl Map {
    /// Edges of the canvas in pixels.
    fn size(&self) -> Option<(f64, f64)> {
        let canvas = self.canvas.cast::<Element>()?;
        Some((f64::from(canvas.client_width()), f64::from(canvas.client_height())))
    }

    /// Comes nearer to the middle by a factor.
    fn zoom(&self, by: f64) -> Callback<MouseEvent> {
        let map = self.clone();
        Callback::from(move |_| {
            if let Some((w, h)) = map.size() {
                nearer(&map.view, by, w / 2.0, h / 2.0);
                map.moved.force_update();
            }
        })
    }

    /// Goes to a tile.
    fn go(&self, crowd: &Rc<Crowd>) -> Callback<usize> {
        let (map, crowd) = (self.clone(), crowd.clone());
        Callback::from(move |tile: usize| {
            if let Some((w, h)) = map.size() {
                let columns = map.view.borrow().columns;
                map.view.borrow_mut().camera = Some(crowd.close_up(columns, tile, w, h));
                map.moved.force_update();
            }
        })
    }

    /// Where the screen stands, once it was drawn.
    fn stand(&self) -> Option<Stand> {
        let view = self.view.borrow();
        view.camera.map(|camera: Camera| Stand { camera, columns: view.columns })
    }
}

/// The map.
#[component]
pub fn CrowdMap() -> Html {
    let (ui, w) = (use_ui(), use_words());
    let map = Map { canvas: use_node_ref(), view: use_mut_ref(View::default), moved: use_force_update() };
    let crowd =
        use_view(ui.namespace.clone(), |session, ns| session.read(|engine| engine.crowd(ns.as_deref())));
    // Drawn anew when the canvas gets another size.
    use_width(&map.canvas);
    {
        let (map, crowd) = (map.clone(), crowd.clone());
        // After every drawing of the component: the map, the camera or the theme may have changed.
        use_effect(move || paint::paint(&map.canvas, &map.view, &crowd).unwrap_or_default());
    }
    use_wheel(&map.canvas, &map.view, &map.moved);
    let onnode = {
        let ui = ui.clone();
        Callback::from(move |node: String| {
            ui.dispatch(Choose::Select(Some(ObjectRef::new("Node", "", &node))));
        })
    };
    let pods: usize = crowd.tally.iter().sum();
    let says = (w.crowd)(pods, crowd.tiles.iter().filter(|t| !t.name.is_empty()).count());
    html! {
        <div class="crowd">
            { sheet(&map, &crowd, &says, onnode) }
            if let Some(stand) = map.stand() { <Lights {stand} crowd={crowd.clone()} go={map.go(&crowd)} /> }
            <div class="crowd-tools">
                <button class="btn icon" aria-label="+" onclick={map.zoom(NEARER)}>{draw(Icon::Plus)}</button>
                <button class="btn icon" aria-label="−" onclick={map.zoom(1.0 / NEARER)}>{draw(Icon::Minus)}</button>
            </div>
            { tally(&crowd, says) }
        </div>
    }
}

/// The canvas, which a drag moves and on which a click names a node.
fn sheet(map: &Map, crowd: &Rc<Crowd>, says: &str, onnode: Callback<String>) -> Html {
    let down = {
        let view = map.view.clone();
        move |e: PointerEvent| press(&view, &e)
    };
    let slide = {
        let map = map.clone();
        move |e: PointerEvent| {
            if drag(&map.view, &e) {
                map.moved.force_update();
            }
        }
    };
    let up = {
        let (view, crowd) = (map.view.clone(), crowd.clone());
        move |e: PointerEvent| {
            if let Some(node) = release(&view, &crowd, &e) {
                onnode.emit(node);
            }
        }
    };
    html! {
        <canvas ref={map.canvas.clone()} role="img" aria-label={says.to_owned()} onpointerdown={down} onpointermove={slide} onpointerup={up} />
    }
}

/// How many pods there are in each state.
fn tally(crowd: &Crowd, says: String) -> Html {
    html! {
        <div class="crowd-tally">
            <b>{says}</b>
            <table><tbody>
                { for PodState::ALL.into_iter().filter(|s| crowd.tally[s.rank()] > 0).map(|state| html! {
                    <tr><th scope="row">{state_name(state)}</th><td>{crowd.tally[state.rank()]}</td></tr>
                }) }
            </tbody></table>
        </div>
    }
}
