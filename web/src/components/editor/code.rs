//! The text itself: CodeMirror once its bundle has come, a plain field until then and if it never does.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use orrery_share::File;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

use crate::assist::{fetch_table, offers, said};
use crate::files::{Edit, Problem, use_files};
use crate::session::{Session, use_session};
use crate::ui::use_words;

#[wasm_bindgen(module = "/editor/load.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = loadEditor)]
    async fn load_editor() -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type Bundle;
    #[wasm_bindgen(method, catch)]
    fn open(this: &Bundle, parent: &Element, text: &str, label: &str, on: &Object)
    -> Result<Editor, JsValue>;

    #[derive(Clone)]
    type Editor;
    #[wasm_bindgen(method, js_name = setText)]
    fn set_text(this: &Editor, text: &str);
    #[wasm_bindgen(method, js_name = setProblems)]
    fn set_problems(this: &Editor, json: &str);
    #[wasm_bindgen(method, js_name = setTint)]
    fn set_tint(this: &Editor, first: u32, last: u32);
    #[wasm_bindgen(method, js_name = setWords)]
    fn set_words(this: &Editor, required: &str, filled_in: &str);
    #[wasm_bindgen(method)]
    fn format(this: &Editor);
    #[wasm_bindgen(method)]
    fn reveal(this: &Editor, line: u32, column: u32);
    #[wasm_bindgen(method)]
    fn close(this: &Editor);
}

/// Properties of the text.
#[derive(Properties, PartialEq)]
pub struct CodeProps {
    /// Problems of the open file.
    pub problems: Vec<Problem>,
    /// Lines of the selected object.
    pub tint: Option<(u32, u32)>,
    /// Line and column to go to, and how often somebody went.
    pub reveal: Option<(u32, u32, u32)>,
    /// The person asks to apply.
    pub apply: Callback<()>,
    /// The person put the cursor on a line of the open file.
    pub moved: Callback<u32>,
    /// How often the person asked for the text to be indented anew.
    pub formatted: u32,
}

/// What the editor calls. It belongs to the file and the page as they are now, not as they were when it was opened.
#[derive(Default)]
struct Calls {
    change: Callback<String>,
    apply: Callback<()>,
    moved: Callback<u32>,
    /// All files as they are.
    files: Vec<File>,
    session: Option<Rc<Session>>,
}

/// Where the bundle stands.
#[derive(Clone)]
enum Stand {
    Loading,
    Failed,
    Open(Editor),
}

/// The text of the open file.
#[component]
pub fn Code(props: &CodeProps) -> Html {
    let w = use_words();
    let files = use_files();
    let parent = use_node_ref();
    let (active, session) = (files.active, use_session());
    let calls = use_mut_ref(Calls::default);
    *calls.borrow_mut() = Calls {
        change: {
            let files = files.clone();
            Callback::from(move |text| files.dispatch(Edit::Text(active, text)))
        },
        apply: props.apply.clone(),
        moved: props.moved.clone(),
        files: files.list.clone(),
        session: Some(session),
    };
    let stand = use_bundle(&parent, &files.open().text, w.manifests, calls);
    // Another file, or a text from outside: what the person typed is in the editor already.
    let text = files.open().text.clone();
    use_told(&stand, (active, files.replaced, files.list.len()), move |editor, _| editor.set_text(&text));
    let problems = serde_json::to_string(&props.problems).unwrap_or_default();
    use_told(&stand, (problems, active), |editor, (problems, _)| editor.set_problems(problems));
    use_told(&stand, (props.tint, active, files.replaced), |editor, (tint, _, _)| {
        let (first, last) = tint.unwrap_or_default();
        editor.set_tint(first, last);
    });
    use_told(&stand, (w.required, w.filled_in), |editor, (required, filled_in)| {
        editor.set_words(required, filled_in);
    });
    use_told(&stand, props.formatted, |editor, asked| {
        if *asked > 0 {
            editor.format();
        }
    });
    use_told(&stand, (props.reveal, active), |editor, (reveal, _)| {
        if let Some((line, column, _)) = reveal {
            editor.reveal(*line, *column);
        }
    });
    let open = matches!(*stand, Stand::Open(_));
    html! {
        <div class="code">
            <div class="cm-parent" ref={parent} hidden={!open} />
            if !open { <Plain failed={matches!(*stand, Stand::Failed)} apply={props.apply.clone()} /> }
        </div>
    }
}

/// Where the bundle stands, which is asked for once; the editor is closed when the component goes.
#[hook]
fn use_bundle(
    parent: &NodeRef,
    text: &str,
    label: &'static str,
    calls: Rc<RefCell<Calls>>,
) -> UseStateHandle<Stand> {
    let stand = use_state(|| Stand::Loading);
    let live = use_mut_ref(|| None::<Editor>);
    let (parent, text, now) = (parent.clone(), text.to_owned(), stand.clone());
    use_effect_with((), move |()| {
        let shelf = live.clone();
        spawn_local(async move {
            let opened = open(&parent, &text, label, calls).await;
            now.set(match &opened {
                Some(editor) => Stand::Open(editor.clone()),
                None => Stand::Failed,
            });
            *shelf.borrow_mut() = opened;
            fetch_table().await;
        });
        move || {
            if let Some(editor) = live.borrow_mut().take() {
                editor.close();
            }
        }
    });
    stand
}

/// Tells the editor something as soon as it is open, and again whenever that is another.
#[hook]
fn use_told<T: PartialEq + 'static>(
    stand: &UseStateHandle<Stand>,
    what: T,
    tell: impl FnOnce(&Editor, &T) + 'static,
) {
    let open = matches!(**stand, Stand::Open(_));
    let stand = stand.clone();
    use_effect_with((what, open), move |(what, _)| {
        if let Stand::Open(editor) = &*stand {
            tell(editor, what);
        }
    });
}

/// Loads the bundle and opens the editor in `parent`; none when it cannot be had.
async fn open(parent: &NodeRef, text: &str, label: &str, calls: Rc<RefCell<Calls>>) -> Option<Editor> {
    let bundle: Bundle = load_editor().await.ok()?.unchecked_into();
    let parent = parent.cast::<Element>()?;
    let on = Object::new();
    for (name, closure) in closures(&calls) {
        Reflect::set(&on, &name.into(), &closure).ok()?;
    }
    bundle.open(&parent, text, label, &on).ok()
}

/// What the editor calls, by the names that it knows. They live as long as the page.
fn closures(calls: &Rc<RefCell<Calls>>) -> [(&'static str, JsValue); 6] {
    // A call may draw the page anew, which writes these; so nothing is borrowed while it runs.
    let one = |pick: fn(&Calls) -> Callback<String>| {
        let calls = calls.clone();
        let call = move |text| {
            let callback = pick(&calls.borrow());
            callback.emit(text);
        };
        Closure::<dyn FnMut(String)>::new(call).into_js_value()
    };
    let apply = {
        let calls = calls.clone();
        Closure::<dyn FnMut()>::new(move || {
            let apply = calls.borrow().apply.clone();
            apply.emit(());
        })
    };
    let moved = {
        let calls = calls.clone();
        Closure::<dyn FnMut(u32)>::new(move |line| {
            let moved = calls.borrow().moved.clone();
            moved.emit(line);
        })
    };
    let complete = {
        let calls = calls.clone();
        Closure::<dyn FnMut(String, u32, u32) -> String>::new(move |text: String, line, column| {
            let calls = calls.borrow();
            let session = calls.session.as_ref();
            session.map(|session| offers(session, &calls.files, &text, (line, column))).unwrap_or_default()
        })
    };
    let hover = Closure::<dyn FnMut(String, u32, u32) -> String>::new(|text: String, line, column| {
        said(&text, (line, column))
    });
    let format = Closure::<dyn FnMut(String) -> String>::new(|text: String| orrery_manifest::format(&text));
    [
        ("change", one(|calls| calls.change.clone())),
        ("apply", apply.into_js_value()),
        ("moved", moved.into_js_value()),
        ("complete", complete.into_js_value()),
        ("hover", hover.into_js_value()),
        ("format", format.into_js_value()),
    ]
}

#[derive(Properties, PartialEq)]
struct PlainProps {
    failed: bool,
    apply: Callback<()>,
}

/// A plain field that does the same, less prettily.
#[component]
fn Plain(props: &PlainProps) -> Html {
    let w = use_words();
    let files = use_files();
    let active = files.active;
    let value = files.open().text.clone();
    let oninput = {
        let files = files.clone();
        Callback::from(move |e: InputEvent| {
            if let Some(field) = e.target_dyn_into::<HtmlTextAreaElement>() {
                files.dispatch(Edit::Text(active, field.value()));
            }
        })
    };
    let onkeydown = {
        let apply = props.apply.clone();
        Callback::from(move |e: KeyboardEvent| {
            if e.key() == "Enter" && (e.ctrl_key() || e.meta_key()) {
                e.prevent_default();
                apply.emit(());
            }
        })
    };
    html! {
        <>
            if props.failed { <p class="none">{w.editor_plain}</p> }
            <textarea class="plain mono" aria-label={w.manifests} spellcheck="false" {value} {oninput} {onkeydown} />
        </>
    }
}
