//! What outlives a drawing of the map: where the screen stands over it, and how pointer and wheel move that.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use orrery_view::crowd::{Camera, Crowd};
use wasm_bindgen::JsCast;
use web_sys::{Element, WheelEvent};
use yew::prelude::*;

/// One press of a button, or one notch of the wheel.
pub const NEARER: f64 = 1.4;
/// A tile never fills more than this many pixels.
const NEAREST: f64 = 900.0;
/// A press that moves less than this is a click.
const CLICK_PX: f64 = 4.0;

/// The camera, and where the pointer went down.
#[derive(Default)]
pub struct View {
    /// Where the screen stands; none before the first drawing.
    pub camera: Option<Camera>,
    /// Tiles in a row.
    pub columns: usize,
    drag: Option<(f64, f64, Camera)>,
}

/// Comes nearer by a factor, keeping the point of the screen where it is.
pub fn nearer(view: &Rc<RefCell<View>>, by: f64, x: f64, y: f64) {
    let mut view = view.borrow_mut();
    let Some(camera) = &mut view.camera else { return };
    let scale = (camera.scale * by).clamp(2.0, NEAREST);
    camera.x += x / camera.scale - x / scale;
    camera.y += y / camera.scale - y / scale;
    camera.scale = scale;
}

/// The wheel alone scrolls the page around an embed; with Ctrl it is ours.
#[hook]
pub fn use_wheel(canvas: &NodeRef, view: &Rc<RefCell<View>>, moved: &UseForceUpdateHandle) {
    let (canvas, view, moved) = (canvas.clone(), view.clone(), moved.clone());
    use_effect_with((), move |()| {
        let listener = canvas.cast::<Element>().map(|element| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&element, "wheel", options, move |event| {
                let Some(wheel) = event.dyn_ref::<WheelEvent>().filter(|e| e.ctrl_key() || e.meta_key())
                else {
                    return;
                };
                wheel.prevent_default();
                let by = if wheel.delta_y() < 0.0 { NEARER } else { 1.0 / NEARER };
                nearer(&view, by, f64::from(wheel.offset_x()), f64::from(wheel.offset_y()));
                moved.force_update();
            })
        });
        move || drop(listener)
    });
}

/// Begins a drag.
pub fn press(view: &Rc<RefCell<View>>, e: &PointerEvent) {
    let mut view = view.borrow_mut();
    view.drag = view.camera.map(|camera| (f64::from(e.client_x()), f64::from(e.client_y()), camera));
    if let Some(canvas) = e.target().and_then(|t| t.dyn_into::<Element>().ok()) {
        // Without capture a drag ends at the edge, no worse.
        let _ = canvas.set_pointer_capture(e.pointer_id());
    }
}

/// Goes on with one. Whether the camera moved.
pub fn drag(view: &Rc<RefCell<View>>, e: &PointerEvent) -> bool {
    let mut view = view.borrow_mut();
    let Some((x, y, from)) = view.drag else { return false };
    let (dx, dy) = (f64::from(e.client_x()) - x, f64::from(e.client_y()) - y);
    view.camera = Some(Camera { x: from.x - dx / from.scale, y: from.y - dy / from.scale, ..from });
    true
}

/// Ends a drag; a press that went nowhere names the node under it.
pub fn release(view: &Rc<RefCell<View>>, crowd: &Crowd, e: &PointerEvent) -> Option<String> {
    let mut view = view.borrow_mut();
    let (x, y, _) = view.drag.take()?;
    let far = (f64::from(e.client_x()) - x).hypot(f64::from(e.client_y()) - y);
    let tile =
        crowd.tile_at(&view.camera?, view.columns, f64::from(e.offset_x()), f64::from(e.offset_y()))?;
    (far < CLICK_PX && !tile.name.is_empty()).then(|| tile.name.to_string())
}
