//! The page around an embed: what it may ask for and what it is told, once the embed's address names its origin.
//! `docs/embedding.md` lists both.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Interval;
use orrery_share::Action;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use crate::address::{LATEST_S, NANOS, Wishes};
use crate::gallery::NAMES;
use crate::reading::LARGEST;
use crate::session::{Session, use_session};
use crate::story::{self, Story};
use crate::ui::{UiContext, use_ui};

#[wasm_bindgen(module = "/embed/host.js")]
extern "C" {
    fn listen(origin: &str, heard: &Closure<dyn Fn(String)>);
    fn tell(origin: &str, message: &str);
    /// Whether the person wants as little motion as possible.
    #[wasm_bindgen(js_name = prefersStillness)]
    pub fn prefers_stillness() -> bool;
}

/// The version of what is said.
const VERSION: u32 = 1;
/// How often it is looked whether there is something to tell, in milliseconds.
const LOOK_MS: u32 = 100;
/// No command line is longer.
const LONGEST_LINE: usize = 16 << 10;

/// Lets the page around an embed steer it, and tells it what happens.
#[hook]
pub fn use_host() {
    let (ui, session) = (use_ui(), use_session());
    let latest = use_mut_ref(|| ui.clone());
    latest.borrow_mut().clone_from(&ui);
    use_effect_with((), move |()| {
        let wishes = Wishes::read();
        let origin = wishes.parent.filter(|_| wishes.embed);
        let listening = origin.map(|origin| {
            let heard = {
                let (origin, session, latest) = (origin.clone(), session.clone(), latest.clone());
                Closure::<dyn Fn(String)>::new(move |text: String| {
                    let asked: Value = serde_json::from_str(&text).unwrap_or_default();
                    let ui = latest.borrow().clone();
                    if let Some(answer) = answer(&asked, &session, &ui) {
                        say(&origin, "answer", answer);
                    }
                })
            };
            listen(&origin, &heard);
            say(&origin, "ready", json!({ "stories": NAMES[..] }));
            (heard, watch(origin, session, latest))
        });
        move || drop(listening)
    });
}

fn say(origin: &str, event: &str, mut message: Value) {
    message["orrery"] = VERSION.into();
    message["event"] = event.into();
    tell(origin, &message.to_string());
}

/// Does what is asked; the answer names it, and says why if it cannot be done.
fn answer(asked: &Value, session: &Rc<Session>, ui: &UiContext) -> Option<Value> {
    let what = asked["do"].as_str()?;
    let value = &asked["value"];
    let done = carry_out(what, value, session, ui);
    let mut answer = json!({ "do": what, "id": asked["id"], "ok": done.is_ok() });
    match done {
        Ok(output) => answer["output"] = output.into(),
        Err(why) => answer["why"] = why.into(),
    }
    Some(answer)
}

fn carry_out(what: &str, value: &Value, session: &Rc<Session>, ui: &UiContext) -> Result<String, String> {
    let to = ui.dispatcher();
    let told = || ui.story.as_ref().ok_or("no story is told");
    let text = |most: usize| {
        let text = value.as_str().filter(|text| text.len() <= most);
        text.ok_or_else(|| format!("value: a text of at most {most} bytes is expected"))
    };
    match what {
        "play" => match ui.poster {
            Some(name) => story::tell(name, session.clone(), to),
            None => session.play(true),
        },
        "pause" => session.play(false),
        "seek" => {
            let seconds = value.as_f64().filter(|seconds| (0.0..=LATEST_S).contains(seconds));
            session.seek((seconds.ok_or("value: seconds are expected")? * NANOS) as u64);
        }
        "story" => {
            let name = NAMES.into_iter().find(|name| Some(*name) == value.as_str());
            story::tell(name.ok_or("there is no such story")?, session.clone(), to);
        }
        "next" => told()?.next(session, &to),
        "back" => told()?.back(session, &to),
        "caption" => {
            let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
            let number = number
                .and_then(|number| number.checked_sub(1))
                .ok_or("value: a number from 1 is expected")?;
            told()?.go(number, session, &to);
        }
        "apply" => {
            let outcome = session.act(Action::Apply { text: text(LARGEST)?.to_owned() });
            if let Some(refused) = outcome.refused.first() {
                return Err(refused.message.to_string());
            }
        }
        "kubectl" => {
            let said = session.kubectl(text(LONGEST_LINE)?, Vec::new());
            return if said.failed { Err(said.text()) } else { Ok(said.text()) };
        }
        _ => return Err("there is no such request".into()),
    }
    Ok(String::new())
}

/// Tells from time to time what has changed: whether time runs, and which caption of which story is shown.
fn watch(origin: String, session: Rc<Session>, latest: Rc<RefCell<UiContext>>) -> Interval {
    let (mut played, mut shown) = (false, None);
    Interval::new(LOOK_MS, move || {
        let clock = session.clock();
        let place = latest.borrow().story.as_ref().map(Story::place);
        if place != shown {
            match &place {
                Some((name, caption, of)) => {
                    say(&origin, "caption", json!({ "story": name, "caption": caption + 1, "of": of }));
                }
                None => say(&origin, "left", json!({})),
            }
            shown = place;
        }
        if clock.playing != played {
            played = clock.playing;
            let event = if played { "play" } else { "pause" };
            say(&origin, event, json!({ "seconds": clock.now as f64 / NANOS }));
        }
    })
}
