//! A large cluster on a canvas: drag to move, Ctrl and the wheel or the buttons to come nearer, a click to select a node. What it
//! shows stands beside it as a table.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use orrery_view::crowd::{Camera, Crowd, Palette};
use orrery_view::scene::{ObjectRef, PodState};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData, WheelEvent};
use yew::prelude::*;

use super::super::icon::{Icon, draw};
use super::super::pod::state_name;
use crate::session::use_view;
use crate::ui::{Choose, use_ui, use_words};

/// One press of a button, or one notch of the wheel.
const NEARER: f64 = 1.4;
/// A tile never fills more than this many pixels.
const NEAREST: f64 = 900.0;
/// A press that moves less than this is a click.
const CLICK_PX: f64 = 4.0;

/// What outlives a frame: the camera, and where the pointer went down.
#[derive(Default)]
struct View {
    camera: Option<Camera>,
    columns: usize,
    drag: Option<(f64, f64, Camera)>,
}

/// The map.
#[component]
pub fn CrowdMap() -> Html {
    let ui = use_ui();
    let w = use_words();
    let canvas = use_node_ref();
    let view = use_mut_ref(View::default);
    let moved = use_force_update();
    let crowd =
        use_view(ui.namespace.clone(), |session, ns| session.read(|engine| engine.crowd(ns.as_deref())));
    {
        let (canvas, view, crowd) = (canvas.clone(), view.clone(), crowd.clone());
        // After every drawing of the component: the map, the camera or the theme may have changed.
        use_effect(move || paint(&canvas, &view, &crowd).unwrap_or_default());
    }
    let zoom = {
        let (view, moved, canvas) = (view.clone(), moved.clone(), canvas.clone());
        move |by: f64| {
            if let Some(canvas) = canvas.cast::<Element>() {
                nearer(
                    &view,
                    by,
                    f64::from(canvas.client_width()) / 2.0,
                    f64::from(canvas.client_height()) / 2.0,
                );
                moved.force_update();
            }
        }
    };
    use_wheel(&canvas, &view, &moved);
    let down = {
        let view = view.clone();
        move |e: PointerEvent| press(&view, &e)
    };
    let slide = {
        let (view, moved) = (view.clone(), moved.clone());
        move |e: PointerEvent| {
            if drag(&view, &e) {
                moved.force_update()
            }
        }
    };
    let up = {
        let (view, crowd, ui) = (view.clone(), crowd.clone(), ui.clone());
        move |e: PointerEvent| {
            if let Some(node) = release(&view, &crowd, &e) {
                ui.dispatch(Choose::Select(Some(ObjectRef::new("Node", "", &node))));
            }
        }
    };
    let pods: usize = crowd.tally.iter().sum();
    let says = (w.crowd)(pods, crowd.tiles.iter().filter(|t| !t.name.is_empty()).count());
    let (closer, farther) = (zoom.clone(), zoom);
    html! {
        <div class="crowd">
            <canvas ref={canvas} role="img" aria-label={says.clone()} onpointerdown={down} onpointermove={slide} onpointerup={up} />
            <div class="crowd-tools">
                <button class="btn icon" aria-label="+" onclick={move |_| closer(NEARER)}>{draw(Icon::Plus)}</button>
                <button class="btn icon" aria-label="−" onclick={move |_| farther(1.0 / NEARER)}>{draw(Icon::Minus)}</button>
            </div>
            <div class="crowd-tally">
                <b>{says}</b>
                <table><tbody>
                    { for PodState::ALL.into_iter().filter(|s| crowd.tally[s.rank()] > 0).map(|state| html! {
                        <tr><th scope="row">{state_name(state)}</th><td>{crowd.tally[state.rank()]}</td></tr>
                    }) }
                </tbody></table>
            </div>
        </div>
    }
}

/// Paints the map at the screen's own resolution.
fn paint(canvas: &NodeRef, view: &Rc<RefCell<View>>, crowd: &Crowd) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let (w, h) = (canvas.client_width(), canvas.client_height());
    if w <= 0 || h <= 0 {
        return None;
    }
    let ratio = web_sys::window()?.device_pixel_ratio().clamp(1.0, 2.0);
    let (pw, ph) = ((f64::from(w) * ratio) as u32, (f64::from(h) * ratio) as u32);
    if canvas.width() != pw || canvas.height() != ph {
        canvas.set_width(pw);
        canvas.set_height(ph);
    }
    let mut view = view.borrow_mut();
    view.columns = crowd.columns(f64::from(w), f64::from(h));
    let camera = *view.camera.get_or_insert_with(|| crowd.overview(f64::from(w), f64::from(h)));
    let sharp = Camera { scale: camera.scale * ratio, ..camera };
    let pixels = crowd.paint(&sharp, view.columns, &palette(&canvas)?, pw as usize, ph as usize);
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), pw, ph).ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    context.put_image_data(&image, 0.0, 0.0).ok()
}

/// The page's colours as numbers: the browser resolves them on the canvas's own style.
fn palette(canvas: &HtmlCanvasElement) -> Option<Palette> {
    let window = web_sys::window()?;
    let colour = |name: &str| {
        canvas.style().set_property("color", &format!("var({name})")).ok()?;
        let text = window.get_computed_style(canvas).ok()??.get_property_value("color").ok()?;
        let mut parts = text
            .trim_start_matches("rgb(")
            .trim_end_matches(')')
            .split(", ")
            .map(|p| p.parse::<u8>().unwrap_or(0));
        Some([parts.next()?, parts.next()?, parts.next()?])
    };
    let mut palette = Palette { surface: colour("--surface")?, red: colour("--red")?, ..Palette::default() };
    for (i, hue) in palette.hues.iter_mut().enumerate() {
        *hue = colour(&format!("--h{i}"))?;
    }
    Some(palette)
}

/// Comes nearer by a factor, keeping the point of the screen where it is.
fn nearer(view: &Rc<RefCell<View>>, by: f64, x: f64, y: f64) {
    let mut view = view.borrow_mut();
    let Some(camera) = &mut view.camera else { return };
    let scale = (camera.scale * by).clamp(2.0, NEAREST);
    camera.x += x / camera.scale - x / scale;
    camera.y += y / camera.scale - y / scale;
    camera.scale = scale;
}

/// The wheel alone scrolls the page around an embed; with Ctrl it is ours.
#[hook]
fn use_wheel(canvas: &NodeRef, view: &Rc<RefCell<View>>, moved: &UseForceUpdateHandle) {
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

fn press(view: &Rc<RefCell<View>>, e: &PointerEvent) {
    let mut view = view.borrow_mut();
    view.drag = view.camera.map(|camera| (f64::from(e.client_x()), f64::from(e.client_y()), camera));
    if let Some(canvas) = e.target().and_then(|t| t.dyn_into::<Element>().ok()) {
        // Without capture a drag ends at the edge, no worse.
        let _ = canvas.set_pointer_capture(e.pointer_id());
    }
}

fn drag(view: &Rc<RefCell<View>>, e: &PointerEvent) -> bool {
    let mut view = view.borrow_mut();
    let Some((x, y, from)) = view.drag else { return false };
    let (dx, dy) = (f64::from(e.client_x()) - x, f64::from(e.client_y()) - y);
    view.camera = Some(Camera { x: from.x - dx / from.scale, y: from.y - dy / from.scale, ..from });
    true
}

/// Ends a drag; a press that went nowhere names the node under it.
fn release(view: &Rc<RefCell<View>>, crowd: &Crowd, e: &PointerEvent) -> Option<String> {
    let mut view = view.borrow_mut();
    let (x, y, _) = view.drag.take()?;
    let far = (f64::from(e.client_x()) - x).hypot(f64::from(e.client_y()) - y);
    let tile =
        crowd.tile_at(&view.camera?, view.columns, f64::from(e.offset_x()), f64::from(e.offset_y()))?;
    (far < CLICK_PX && !tile.name.is_empty()).then(|| tile.name.to_string())
}
