//! A chart as SVG, drawn by plotters. No text but numbers goes into it, and colours are tokens that the style sheet turns into
//! those of the theme: `#000001` is the first line.

use orrery_view::charts::ChartLine;
use plotters::prelude::*;

use super::super::transport::hms;

/// The sheet, and what the labels take of it.
pub const WIDTH: u32 = 460;
pub const HEIGHT: u32 = 150;
const LEFT: u32 = 44;
const BELOW: u32 = 22;
const MARGIN: u32 = 8;

/// Where on the sheet an instant stands, in per cent of its width.
pub fn place(at: u64, span: u64) -> f64 {
    let room = f64::from(WIDTH - LEFT - 2 * MARGIN);
    (f64::from(LEFT + MARGIN) + at as f64 / span.max(1) as f64 * room) / f64::from(WIDTH) * 100.0
}

/// The instant that stands at a share of the sheet's width.
pub fn instant(share: f64, span: u64) -> u64 {
    let room = f64::from(WIDTH - LEFT - 2 * MARGIN) / f64::from(WIDTH);
    let from = f64::from(LEFT + MARGIN) / f64::from(WIDTH);
    (((share - from) / room).clamp(0.0, 1.0) * span as f64) as u64
}

/// The span that is drawn for a run of this length: it grows in steps, so that charts stand still in between.
pub fn round(length: u64) -> u64 {
    const SHORTEST: u64 = 10_000_000_000;
    let step = (length / 8).next_power_of_two().max(SHORTEST);
    length.div_ceil(step).max(1) * step
}

/// The chart of these lines over a span of virtual time, of which `now` has been reached.
pub fn svg(lines: &[ChartLine], span: u64, now: u64) -> String {
    let mut out = String::new();
    // It is written into memory, which does not fail; an unfinished chart is better than none.
    let _ = draw(&mut out, lines, seconds(span.max(1_000_000_000)), seconds(now));
    out
}

fn draw(
    out: &mut String,
    lines: &[ChartLine],
    span: f64,
    now: f64,
) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let root = SVGBackend::with_string(out, (WIDTH, HEIGHT)).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .margin(MARGIN)
        .x_label_area_size(BELOW)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(0.0..span, 0.0..top(lines))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(5)
        .y_labels(4)
        .x_label_formatter(&|s| hms(*s as u64))
        .y_label_formatter(&|v| number(*v))
        .draw()?;
    for (i, line) in lines.iter().enumerate() {
        let token = RGBColor(0, 0, i as u8 + 1);
        chart.draw_series(LineSeries::new(points(line, now), token.stroke_width(2)))?;
    }
    root.present()
}

/// A value that holds makes a step; the last one holds until now.
fn points(line: &ChartLine, now: f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (at, value) in &line.points {
        let (at, value) = (seconds(*at), *value as f64 / 1000.0);
        if let Some((_, before)) = points.last().copied().filter(|_| line.holds) {
            points.push((at, before));
        }
        points.push((at, value));
    }
    if let Some((at, value)) = points.last().copied().filter(|(at, _)| line.holds && *at < now) {
        points.push((now.max(at), value));
    }
    points
}

/// A little above the highest value.
fn top(lines: &[ChartLine]) -> f64 {
    let highest = lines.iter().flat_map(|line| &line.points).map(|(_, value)| *value).max();
    (highest.unwrap_or(0) as f64 / 1000.0 * 1.15).max(1.0)
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

/// A number with as many digits as it takes.
pub fn number(value: f64) -> String {
    match value {
        v if v >= 10_000.0 => format!("{:.0}k", v / 1000.0),
        v if v >= 10.0 || v.fract() == 0.0 => format!("{v:.0}"),
        v => format!("{v:.1}"),
    }
}
