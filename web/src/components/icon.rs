//! Small drawings for buttons, and the mark of the house.

use yew::prelude::*;

/// A drawing on a 16 px square.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    Play,
    Pause,
    Step,
    StepBack,
    Skip,
    Fork,
    History,
    Restart,
    Slower,
    Faster,
    Sun,
    Moon,
    Auto,
    Stage,
    Help,
    Close,
    Plus,
    Minus,
    Share,
    Grid,
    File,
    Eye,
    Bell,
    Pen,
    Send,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Play => "M5 3l8 5-8 5z",
            Self::Pause => "M5 3v10M11 3v10",
            Self::Step => "M8 3.5L12.5 8 8 12.5M4 3.5v9",
            Self::StepBack => "M8 3.5L3.5 8 8 12.5M12 3.5v9",
            Self::Skip => "M1.5 8H3M5 8h1.5M8.5 8h5M10.5 4.5L14 8l-3.5 3.5",
            Self::Fork => {
                "M2.5 8H6c3 0 3-4.5 6.5-4.5M6 8c3 0 3 4.5 6.5 4.5M10.8 1.8l2 1.7-2 1.7M10.8 10.8l2 1.7-2 1.7"
            }
            Self::History => "M8 4.8V8l2.4 1.5M2.7 6.2A5.6 5.6 0 1 1 2.5 9M2.5 3v3.2h3.2",
            Self::Restart => "M3.5 3.5v9M12.5 3.5L6 8l6.5 4.5z",
            Self::Slower => "M8 3.5L3 8l5 4.5M13 3.5L8 8l5 4.5",
            Self::Faster => "M3 3.5L8 8l-5 4.5M8 3.5L13 8l-5 4.5",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1"
            }
            Self::Moon => "M13 9.6A5.6 5.6 0 1 1 6.4 3a4.5 4.5 0 0 0 6.6 6.6z",
            Self::Auto => "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 2.5v11M8 5h3.6M8 8h5.3M8 11h3.6",
            Self::Stage => "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
            Self::Help => "M5.8 6a2.3 2.3 0 1 1 3.3 2.1c-.8.4-1.1.8-1.1 1.7M8 12.4v.1",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Minus => "M3 8h10",
            Self::Share => "M8 10V2.5M5 5l3-2.7L11 5M4 8H3v5.5h10V8h-1",
            Self::Grid => {
                "M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM8.9 8.9h4.6v4.6H8.9z"
            }
            Self::File => "M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.3M6 8.2h4.4M6 10.8h4.4",
            Self::Eye => {
                "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6"
            }
            Self::Bell => "M2.5 4h11M2.5 8h11M2.5 12h7",
            Self::Send => "M2.5 8h10M8.5 3.8L12.8 8l-4.3 4.2",
            Self::Pen => "M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.2z",
        }
    }
}

/// Draws an icon in the colour of the text.
pub fn draw(icon: Icon) -> Html {
    let fill = if icon == Icon::Play { "currentColor" } else { "none" };
    html! {
        <svg viewBox="0 0 16 16" aria-hidden="true" {fill} stroke="currentColor" stroke-width="1.5"
            stroke-linecap="round" stroke-linejoin="round"><path d={icon.path()} /></svg>
    }
}

/// The mark: a planet, a ring and a moon of brass.
pub fn logo() -> Html {
    html! {
        <svg viewBox="0 0 26 26" aria-hidden="true" fill="none" stroke="var(--brass)" stroke-width="1.3">
            <circle cx="13" cy="13" r="11.5" />
            <ellipse cx="13" cy="13" rx="11.5" ry="4.6" transform="rotate(-28 13 13)" />
            <circle cx="13" cy="13" r="3.6" fill="var(--blue)" stroke="none" />
            <circle cx="22.6" cy="8.2" r="2.1" fill="var(--brass)" stroke="none" />
        </svg>
    }
}
