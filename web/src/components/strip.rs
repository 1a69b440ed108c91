//! A Job as a strip: a cell for each index or completion, its state by height before colour.

use orrery_view::job::{Cell, JobProgress};
use yew::prelude::*;

use crate::i18n::Words;

/// The states with the name of their style, and what share of the strip's height is left free above and below.
const STATES: [(Cell, &str, f64, f64); 4] = [
    (Cell::Waiting, "waiting", 0.72, 0.0),
    (Cell::Active, "active", 0.36, 0.0),
    (Cell::Done, "done", 0.12, 0.0),
    (Cell::Failed, "failed", 0.0, 0.36),
];

/// The cells in a box, a path for each state.
pub fn cells(job: &JobProgress, x: f64, y: f64, w: f64, h: f64) -> Html {
    let each = (w / job.cells.len().max(1) as f64).min(28.0);
    let thick = (each - 1.5).max(each * 0.6);
    let path = |(state, name, above, below): (Cell, &'static str, f64, f64)| {
        let mut d = String::new();
        for (i, _) in job.cells.iter().enumerate().filter(|(_, cell)| **cell == state) {
            let (x, y, h) = (x + each * i as f64, y + h * above, h * (1.0 - above - below));
            d += &format!("M{x:.1} {y:.1}h{thick:.1}v{h:.1}h-{thick:.1}z");
        }
        html! { <path class={classes!("cell", name)} {d} /> }
    };
    STATES.into_iter().map(path).collect()
}

/// The same in words.
pub fn told(job: &JobProgress, w: &Words) -> String {
    let mut told = (w.job_progress)(job);
    if let Some(seconds) = job.retry_in {
        told += " · ";
        told += &(w.retry_in)(seconds as usize);
    }
    if let Some((end, why)) = &job.end {
        told += &format!(" · {end} {why}");
    }
    told
}
