//! The text itself: CodeMirror once its bundle has come, a plain field until then and if it never does.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

use crate::files::{Edit, Problem, use_files};
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
    /// Line and column to go to.
    pub reveal: Option<(u32, u32)>,
    /// The person asks to apply.
    pub apply: Callback<()>,
}

/// Where the bundle stands.
#[derive(Clone)]
enum Stand {
    Loading,
    Failed,
    Open(Editor),
}

/// The editor as the closures that it calls into live with it.
struct Live {
    editor: Editor,
    _change: Closure<dyn FnMut(String)>,
    _apply: Closure<dyn FnMut()>,
}

/// The text of the open file.
#[component]
pub fn Code(props: &CodeProps) -> Html {
    let w = use_words();
    let files = use_files();
    let parent = use_node_ref();
    let stand = use_state(|| Stand::Loading);
    let live = use_mut_ref(|| None::<Live>);
    let active = files.active;
    // What the editor calls belongs to the file and the page as they are now, not as they were when it was opened.
    let type_into = use_mut_ref(Callback::<String>::noop);
    let apply = use_mut_ref(Callback::<()>::noop);
    *apply.borrow_mut() = props.apply.clone();
    *type_into.borrow_mut() = {
        let files = files.clone();
        Callback::from(move |text| files.dispatch(Edit::Text(active, text)))
    };
    {
        let (parent, stand, live, type_into, apply) =
            (parent.clone(), stand.clone(), live.clone(), type_into.clone(), apply.clone());
        let text = files.open().text.clone();
        use_effect_with((), move |()| {
            let shelf = live.clone();
            spawn_local(async move {
                let opened = open(&parent, &text, w.manifests, type_into, apply).await;
                stand.set(match &opened {
                    Some(live) => Stand::Open(live.editor.clone()),
                    None => Stand::Failed,
                });
                *shelf.borrow_mut() = opened;
            });
            move || {
                if let Some(live) = live.borrow_mut().take() {
                    live.editor.close();
                }
            }
        });
    }
    let open = matches!(*stand, Stand::Open(_));
    {
        // Another file, or a text from outside: what the person typed is in the editor already.
        let (stand, text) = (stand.clone(), files.open().text.clone());
        use_effect_with((active, files.replaced, files.list.len(), open), move |_| {
            if let Stand::Open(editor) = &*stand {
                editor.set_text(&text);
            }
        });
    }
    {
        let stand = stand.clone();
        let json = serde_json::to_string(&props.problems).unwrap_or_default();
        use_effect_with((json, active, open), move |(json, _, _)| {
            if let Stand::Open(editor) = &*stand {
                editor.set_problems(json);
            }
        });
    }
    {
        let stand = stand.clone();
        use_effect_with((props.tint, active, files.replaced, open), move |(tint, _, _, _)| {
            if let Stand::Open(editor) = &*stand {
                let (first, last) = tint.unwrap_or_default();
                editor.set_tint(first, last);
            }
        });
    }
    {
        let stand = stand.clone();
        use_effect_with((props.reveal, active), move |(reveal, _)| {
            if let (Stand::Open(editor), Some((line, column))) = (&*stand, reveal) {
                editor.reveal(*line, *column);
            }
        });
    }
    html! {
        <div class="code">
            <div class="cm-parent" ref={parent} hidden={!open} />
            if !open { <Plain failed={matches!(*stand, Stand::Failed)} apply={props.apply.clone()} /> }
        </div>
    }
}

/// Loads the bundle and opens the editor in `parent`; none when it cannot be had.
async fn open(
    parent: &NodeRef,
    text: &str,
    label: &str,
    type_into: Rc<RefCell<Callback<String>>>,
    apply: Rc<RefCell<Callback<()>>>,
) -> Option<Live> {
    let bundle: Bundle = load_editor().await.ok()?.unchecked_into();
    let parent = parent.cast::<Element>()?;
    let change = Closure::<dyn FnMut(String)>::new(move |text| {
        let type_into = type_into.borrow().clone();
        type_into.emit(text);
    });
    let apply = Closure::<dyn FnMut()>::new(move || {
        let apply = apply.borrow().clone();
        apply.emit(());
    });
    let on = Object::new();
    for (name, closure) in [("change", change.as_ref()), ("apply", apply.as_ref())] {
        Reflect::set(&on, &name.into(), closure).ok()?;
    }
    let editor = bundle.open(&parent, text, label, &on).ok()?;
    Some(Live { editor, _change: change, _apply: apply })
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
