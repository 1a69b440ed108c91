//! Paints the map onto its canvas, at the screen's own resolution and in the page's colours.

use std::cell::RefCell;
use std::rc::Rc;

use orrery_view::crowd::{Camera, Crowd, Palette};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use yew::NodeRef;

use super::camera::View;

/// Paints the map at the screen's own resolution.
pub fn paint(canvas: &NodeRef, view: &Rc<RefCell<View>>, crowd: &Crowd) -> Option<()> {
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
