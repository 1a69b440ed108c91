//! How a request ended, as a shape that tells it without colour: a check, a cross, an hourglass, a shield, a gap, a question
//! mark, a drop, a sign without a way.

use orrery_view::journey::{Ending, Failure};
use yew::prelude::*;

/// The shape's name, and its drawing in a square of 16.
pub fn shape(ending: &Ending) -> (&'static str, &'static str) {
    match ending {
        Ending::Answered(_) if ending.is_well() => ("well", "M3.5 8.5l3 3L12.5 5"),
        Ending::Answered(_) => ("status", "M8 2.5L14 13H2zM8 6.5v3M8 11v.4"),
        Ending::Failed(failure, _) => match failure {
            Failure::NoEndpoints | Failure::NotListening | Failure::NoSuchPort => {
                ("refused", "M4 4l8 8M12 4l-8 8")
            }
            Failure::TimedOut => ("timeout", "M4.5 2.5h7M4.5 13.5h7M5 2.5c0 4 6 7 6 11M11 2.5c0 4-6 7-6 11"),
            Failure::Denied => ("denied", "M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM5.5 8h5"),
            Failure::NoRoute => ("gap", "M2 8h3.5M10.5 8H14M7 5l-1 6M10 5l-1 6"),
            Failure::UnknownName => ("unknown", "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1 .9-1 1.8M8 12.6v.2"),
            Failure::NoLocalEndpoints => ("dropped", "M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M3 13.5h10"),
            Failure::ConnectionReset => ("reset", "M2.5 8h3l2-4 2 8 2-4h2"),
            Failure::NoBackend => ("nowhere", "M8 2.5v11M3 4h8l2.5 2L11 8H3z"),
        },
    }
}

/// The shape by itself, beside text.
pub fn draw(ending: &Ending) -> Html {
    let (name, d) = shape(ending);
    html! { <svg class={classes!("ending", name)} viewBox="0 0 16 16" aria-hidden="true"><path {d} /></svg> }
}

/// What a policy's mark on a pod looks like, in a square of 12.
pub const SHIELD: &str = "M6 0l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V2z";
