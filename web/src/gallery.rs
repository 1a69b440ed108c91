//! The gallery: scenario files beside the page, in its order. Each can be played; one that begins with manifests can also
//! be opened, and they are the person's own files then.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use orrery_manifest::{Limits, read};
use orrery_scenario::{Phrase, Scenario};
use orrery_share::File;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

#[wasm_bindgen(module = "/editor/load.js")]
extern "C" {
    /// The texts of scenarios whose names stand between blanks; nothing where one cannot be had.
    #[wasm_bindgen(js_name = loadScenarios)]
    async fn load_scenarios(names: &str) -> JsValue;
}

/// The scenarios: first those that tell a story, then those that are there to be tried.
pub const NAMES: [&str; 33] = [
    "machine-or-container",
    "monolith-or-microservices",
    "image-to-pod",
    "deployment",
    "scheduling",
    "healing",
    "rollout",
    "requests-in-a-rollout",
    "services",
    "probes",
    "autoscaling",
    "configuration",
    "volume",
    "topologies",
    "shop",
    "store",
    "rolling-update",
    "failing",
    "pending",
    "namespaces",
    "killed",
    "node-lost",
    "liveness",
    "init-waits",
    "no-image",
    "memory",
    "control-plane",
    "service-types",
    "ingress",
    "network-policy",
    "autoscaler",
    "rollout-drops",
    "rollout-keeps",
];
/// So many of them tell a story.
pub const STORIES: usize = 14;

/// What a page that nobody has used opens with; it is there before anything is fetched.
const FIRST: (&str, &str) = ("shop", include_str!("../assets/gallery/shop.yaml"));

/// The manifests that a scenario begins with, and what it is called.
#[derive(PartialEq, Debug)]
pub struct Example {
    /// Its title.
    pub title: Phrase,
    /// The manifests, as a file.
    file: File,
}

thread_local! {
    /// Those whose files were read so far.
    static KNOWN: RefCell<Vec<Rc<Example>>> = const { RefCell::new(Vec::new()) };
}

/// Reads of a scenario only what can be opened: for the first picture the rest of the format is not needed.
fn example(name: &str, text: &str) -> Option<Example> {
    let value = read(text, &Limits::default()).documents.into_iter().next()?.value;
    let said = |path: &str| value.pointer(path)?.as_str();
    let title = Phrase { en: said("/title/en")?.into(), ko: said("/title/ko")?.into() };
    let text = said("/steps/0/apply")?.to_owned();
    Some(Example { title, file: File { name: format!("{name}.yaml"), text } })
}

/// Remembers a scenario's manifests, to know them again.
fn learn(name: &str, text: &str) {
    let new = |known: &Vec<Rc<Example>>| known.iter().all(|one| *one.file.name != format!("{name}.yaml"));
    if KNOWN.with_borrow(new) {
        let found = example(name, text).map(Rc::new);
        KNOWN.with_borrow_mut(|known| known.extend(found));
    }
}

/// The files of the first example.
pub fn first() -> Vec<File> {
    learn(FIRST.0, FIRST.1);
    KNOWN.with_borrow(|known| known.iter().take(1).map(|first| first.file.clone()).collect())
}

/// The example whose manifests these files are, unchanged.
pub fn which(list: &[File]) -> Option<Rc<Example>> {
    learn(FIRST.0, FIRST.1);
    let [file] = list else { return None };
    KNOWN.with_borrow(|known| known.iter().find(|example| example.file.text == file.text).cloned())
}

/// The scenarios of these names, in their order.
pub async fn fetch(names: &[&'static str]) -> Vec<Scenario> {
    let texts = Array::from(&load_scenarios(&names.join(" ")).await);
    let named = names.iter().zip(texts.iter());
    let scenario = |(name, text): (&&str, JsValue)| {
        let text = text.as_string()?;
        learn(name, &text);
        orrery_scenario::read(&text).ok()
    };
    named.filter_map(scenario).collect()
}

/// Looks up the example that files of an earlier visit may be, by the name of the file; and the page is drawn again.
#[hook]
pub fn use_recognized(list: &[File]) {
    let redraw = use_force_update();
    let name = match list {
        [file] => NAMES.into_iter().find(|name| file.name.strip_suffix(".yaml") == Some(name)),
        _ => None,
    };
    let unknown = name.filter(|_| which(list).is_none());
    use_effect_with(unknown, move |unknown| {
        if let Some(name) = *unknown {
            wasm_bindgen_futures::spawn_local(async move {
                fetch(&[name]).await;
                redraw.force_update();
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_scenario_beside_the_page_is_in_the_gallery_and_what_can_be_opened_is_what_it_begins_with() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/gallery");
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut names: Vec<_> =
            files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        let mut listed = NAMES;
        listed.sort_unstable();
        assert_eq!(names, listed);
        for name in NAMES {
            let text = fs::read_to_string(format!("{folder}/{name}.yaml")).unwrap();
            let scenario = orrery_scenario::read(&text).unwrap();
            let found = example(name, &text);
            assert_eq!(scenario.manifests(), found.as_ref().map(|found| &*found.file.text), "{name}");
        }
        assert_eq!(&*which(&first()).unwrap().title.en, "Web shop");
    }
}
