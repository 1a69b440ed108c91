//! The page's own address: what its parameters ask for, and what its fragment holds.

use orrery_share::{Damage, Link, decode};
use orrery_view::scene::View;
use web_sys::{Url, UrlSearchParams, window};

use crate::host;
use crate::i18n::Lang;
use crate::outside;
use crate::ui::Theme;

/// Longer moments are not reached in any bearable time.
pub const LATEST_S: f64 = 365.0 * 86_400.0;
/// Nanoseconds in a second.
pub const NANOS: f64 = 1e9;
/// So much of a fragment holds its length and its checksum.
const ORIGIN: usize = 24;

/// What the parameters ask for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Wishes {
    /// Picture and transport alone.
    pub embed: bool,
    /// The origin of the page around an embed, if the two may speak with each other.
    pub parent: Option<String>,
    /// Light or dark.
    pub theme: Option<Theme>,
    /// Language.
    pub lang: Option<Lang>,
    /// An address to fetch a run or manifests from.
    pub src: Option<String>,
    /// Whether time runs at once.
    pub autoplay: Option<bool>,
    /// The virtual time to open at, in nanoseconds.
    pub at: Option<u64>,
    /// Virtual seconds per real second.
    pub speed: Option<f64>,
    /// What the picture is ordered by.
    pub view: View,
}

impl Wishes {
    /// Reads the address.
    pub fn read() -> Self {
        let search = window().and_then(|w| w.location().search().ok()).unwrap_or_default();
        let Ok(params) = UrlSearchParams::new_with_str(&search) else { return Self::default() };
        let number = |name| {
            params.get(name).and_then(|v| v.parse::<f64>().ok()).filter(|n| n.is_finite() && *n >= 0.0)
        };
        let flag = |name| params.get(name).map(|v| v != "0" && v != "false");
        Self {
            embed: flag("embed").unwrap_or(false),
            parent: params
                .get("origin")
                .and_then(|v| Some(Url::new(&v).ok()?.origin()))
                .filter(|v| v != "null"),
            theme: params.get("theme").and_then(|v| Theme::named(&v)),
            lang: params.get("lang").and_then(|v| Lang::tagged(&v)),
            src: params.get("src").filter(|src| !src.is_empty()),
            autoplay: flag("autoplay"),
            at: number("t").map(|s| (s.min(LATEST_S) * NANOS) as u64),
            speed: number("speed"),
            view: params.get("view").and_then(|name| View::named(&name)).unwrap_or_default(),
        }
    }
}

impl Wishes {
    /// Whether time runs at once. Who opened the page sees it live; an embed waits to be asked, and with somebody who wants as
    /// little motion as possible it always does.
    pub fn starts(&self) -> bool {
        self.autoplay.unwrap_or(!self.embed) && !(self.embed && host::prefers_stillness())
    }
}

/// The link in the fragment: none when there is no fragment at all.
pub fn link() -> Option<Result<Link, Damage>> {
    let hash = window()?.location().hash().ok()?;
    if hash.len() <= 1 { None } else { Some(decode(&hash)) }
}

/// What tells the run of this address from others: the beginning of the fragment, with its checksum; or where it is fetched from.
pub fn origin(wishes: &Wishes) -> String {
    let hash = window().and_then(|w| w.location().hash().ok()).unwrap_or_default();
    if hash.len() > 1 {
        hash.chars().take(ORIGIN).collect()
    } else {
        let whole = |src: &String| outside::address(src).map_or(src.clone(), |url| url.href());
        wishes.src.as_ref().map(whole).unwrap_or_default()
    }
}

/// This page without parameters, with a fragment.
pub fn with_fragment(fragment: &str) -> String {
    address(|url| {
        url.set_search("");
        url.set_hash(fragment);
    })
}

/// An embeddable address with a fragment.
pub fn embedded(fragment: &str) -> String {
    address(|url| {
        url.set_search("?embed=1");
        url.set_hash(fragment);
    })
}

/// An embeddable address of a story.
pub fn embedded_story(name: &str) -> String {
    address(|url| {
        url.set_search(&format!("?embed=1&story={name}"));
        url.set_hash("");
    })
}

/// This page without the parameters that strip it down, for people in an embed.
pub fn full() -> String {
    address(|url| ["embed", "origin", "autoplay"].iter().for_each(|name| url.search_params().delete(name)))
}

fn address(change: impl FnOnce(&Url)) -> String {
    let href = window().and_then(|w| w.location().href().ok()).unwrap_or_default();
    match Url::new(&href) {
        Ok(url) => {
            change(&url);
            url.href()
        }
        Err(_) => href,
    }
}
