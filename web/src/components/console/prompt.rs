//! The line that is typed: history, search in it, and what Tab offers.

use orrery_workstation::console::{Completion, is_unfinished};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::session::{Session, use_session};
use crate::ui::use_words;

/// Properties of the line.
#[derive(Properties, PartialEq)]
pub struct PromptProps {
    /// The number of the shell.
    pub id: u32,
    /// What stands in front of it.
    pub prompt: String,
}

/// What is going on in the line.
#[derive(Clone, PartialEq, Default)]
struct Typing {
    /// Lines above this one that belong to it.
    above: String,
    /// How far back the arrow keys have gone.
    back: usize,
    /// What Tab offers, and which of it is chosen.
    offers: Option<(Completion, usize)>,
    /// Whether the line is what is searched for, and how many hits were passed by.
    search: Option<usize>,
}

/// What the keys work on.
struct Keys<'a> {
    session: &'a Session,
    field: HtmlInputElement,
    typing: UseStateHandle<Typing>,
}

/// The line.
#[component]
pub fn Prompt(props: &PromptProps) -> Html {
    let w = use_words();
    let session = use_session();
    let typing = use_state(Typing::default);
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with(props.id, move |_| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                // The line can still be reached by hand.
                let _ = input.focus();
            }
        });
    }
    let onkeydown = {
        let (session, typing) = (session.clone(), typing.clone());
        move |event: KeyboardEvent| {
            let Some(field) = event.target_dyn_into::<HtmlInputElement>() else { return };
            // An input method has its own use for all keys.
            if event.is_composing() || event.key_code() == 229 {
                return;
            }
            let keys = Keys { session: &session, field, typing: typing.clone() };
            if keys.press(&event) {
                event.prevent_default();
                event.stop_propagation();
            }
        }
    };
    let oninput = {
        let typing = typing.clone();
        move |_: InputEvent| {
            let search = typing.search.map(|_| 0);
            typing.set(Typing { offers: None, back: 0, search, ..(*typing).clone() });
        }
    };
    let onpaste = {
        let (session, typing) = (session.clone(), typing.clone());
        move |event: Event| {
            let Some(field) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let keys = Keys { session: &session, field, typing: typing.clone() };
            if let Some(text) = pasted(&event).filter(|text| text.trim_end().contains('\n')) {
                event.prevent_default();
                keys.paste(&text);
            }
        }
    };
    let found = typing.search.map(|passed| found(&session, &input, passed));
    let lead = match &found {
        Some(found) => format!("(reverse-i-search) {} ‹ ", found.clone().unwrap_or_default()),
        None if typing.above.is_empty() => props.prompt.clone(),
        None => "> ".into(),
    };
    let chosen = typing.offers.as_ref().map(|(_, chosen)| format!("console-offer-{chosen}"));
    html! {
        <>
            { offers(&session, &typing, &input, w.shell.offers) }
            <label><span aria-hidden="true">{lead}</span>
                <input ref={input} aria-label={if found.is_some() { w.shell.search } else { w.console_input }} autocomplete="off" autocapitalize="off" spellcheck="false"
                    role="combobox" aria-autocomplete="list" aria-controls="console-offers" aria-expanded={chosen.is_some().to_string()} aria-activedescendant={chosen}
                    {onkeydown} {oninput} {onpaste} />
            </label>
            <p class="unseen" role="status">{ typing.offers.as_ref().map(|(c, _)| (w.shell.offered)(c.offers.len())).unwrap_or_default() }</p>
        </>
    }
}

/// The text that is pasted.
fn pasted(event: &Event) -> Option<String> {
    let data = js_sys::Reflect::get(event, &"clipboardData".into()).ok()?;
    let get = js_sys::Reflect::get(&data, &"getData".into()).ok()?;
    get.dyn_into::<js_sys::Function>().ok()?.call1(&data, &"text".into()).ok()?.as_string()
}

/// The line of before that holds what is searched for.
fn found(session: &Session, input: &NodeRef, passed: usize) -> Option<String> {
    let wanted = input.cast::<HtmlInputElement>()?.value();
    session.history().into_iter().rev().filter(|line| line.contains(&wanted)).nth(passed)
}

fn offers(
    session: &std::rc::Rc<Session>,
    typing: &UseStateHandle<Typing>,
    input: &NodeRef,
    name: &'static str,
) -> Html {
    let Some((completion, chosen)) = &typing.offers else {
        return html! { <ul id="console-offers" role="listbox" aria-label={name} hidden=true></ul> };
    };
    html! {
        <ul id="console-offers" class="offers" role="listbox" aria-label={name}>
            { for completion.offers.iter().enumerate().map(|(at, offer)| {
                let (session, typing, input) = (session.clone(), typing.clone(), input.clone());
                let take = move |event: MouseEvent| {
                    event.prevent_default();
                    let Some(field) = input.cast::<HtmlInputElement>() else { return };
                    Keys { session: &session, field, typing: typing.clone() }.take(at);
                };
                html! { <li id={format!("console-offer-{at}")} key={at} role="option" aria-selected={(at == *chosen).to_string()} onmousedown={take}>{offer.clone()}</li> }
            }) }
        </ul>
    }
}

impl Keys<'_> {
    /// Does what a key means; false when it means nothing special.
    fn press(&self, event: &KeyboardEvent) -> bool {
        let (key, ctrl) = (event.key(), event.ctrl_key() && !event.alt_key() && !event.meta_key());
        match (&*key, ctrl) {
            ("Enter", false) => self.enter(),
            ("Tab", false) if !event.shift_key() => return self.tab(),
            ("ArrowUp", false) => self.go(1),
            ("ArrowDown", false) => self.go(-1),
            ("Escape", false) => return self.escape(),
            ("r", true) => self.search(),
            ("c", true) => return self.cancel(),
            ("l", true) => self.session.clear_console(),
            ("d", true) if self.field.value().is_empty() => {
                self.session.in_console(&mut |shell, machine| shell.end_input(machine));
            }
            _ => return false,
        }
        true
    }

    fn change(&self, change: impl FnOnce(&mut Typing)) {
        let mut typing = (*self.typing).clone();
        change(&mut typing);
        self.typing.set(typing);
    }

    fn enter(&self) {
        if let Some((_, chosen)) = &self.typing.offers {
            return self.take(*chosen);
        }
        let typed = self.field.value();
        let line = match self.typing.search {
            Some(passed) => {
                let mut hits = self.session.history().into_iter().rev().filter(|line| line.contains(&typed));
                hits.nth(passed).unwrap_or(typed)
            }
            None => typed,
        };
        self.field.set_value("");
        self.typed(&line);
    }

    /// Takes a line that may be one of several.
    fn typed(&self, line: &str) {
        let whole = match self.typing.above.as_str() {
            "" => line.trim().to_owned(),
            above => [above, "\n", line].concat(),
        };
        let open = is_unfinished(&whole);
        self.typing
            .set(Typing { above: if open { whole.clone() } else { String::new() }, ..Typing::default() });
        if !open && !whole.is_empty() {
            self.session.enter(&whole);
        }
    }

    /// Lines that are pasted are typed one after the other; the last waits for Enter.
    fn paste(&self, text: &str) {
        let text = [&self.field.value(), text].concat();
        let (mut whole, mut lines) = (self.typing.above.clone(), text.split('\n').peekable());
        while let Some(line) = lines.next() {
            if lines.peek().is_none() {
                self.field.set_value(line);
                break;
            }
            whole = if whole.is_empty() { line.to_owned() } else { [&whole, "\n", line].concat() };
            if !is_unfinished(&whole) {
                let done = std::mem::take(&mut whole);
                if !done.trim().is_empty() {
                    self.session.enter(done.trim());
                }
            }
        }
        self.typing.set(Typing { above: whole, ..Typing::default() });
    }

    /// Completes as far as it is clear, and shows what there is when nothing more is.
    fn tab(&self) -> bool {
        if let Some((completion, chosen)) = &self.typing.offers {
            let next = (chosen + 1) % completion.offers.len();
            self.choose(next);
            return true;
        }
        let line = self.field.value();
        let at = self.field.selection_start().ok().flatten().map_or(line.len(), |at| at as usize);
        // Places in the field count UTF-16; with anything else the end is meant.
        let (before, after) = if line.is_ascii() { line.split_at(at.min(line.len())) } else { (&*line, "") };
        if before.trim().is_empty() {
            return false;
        }
        let completion = self.session.complete(before);
        let clear = completion.clear();
        if clear.len() > before.len() - completion.from {
            self.put(&[&before[..completion.from], &clear].concat(), after);
        } else if completion.offers.len() > 1 {
            self.change(|typing| typing.offers = Some((completion, 0)));
        }
        true
    }

    fn choose(&self, at: usize) {
        self.change(|typing| {
            if let Some((_, chosen)) = &mut typing.offers {
                *chosen = at;
            }
        });
        let document = self.field.owner_document();
        if let Some(item) = document.and_then(|d| d.get_element_by_id(&format!("console-offer-{at}"))) {
            item.scroll_into_view_with_bool(false);
        }
    }

    /// Puts an offer in place of the unfinished word.
    fn take(&self, at: usize) {
        let Some((completion, _)) = &self.typing.offers else { return };
        let line = self.field.value();
        let offer = completion.offers.get(at).map_or("", String::as_str);
        let space = if offer.ends_with(['=', '/']) { "" } else { " " };
        self.put(&[line.get(..completion.from).unwrap_or_default(), offer, space].concat(), "");
        self.change(|typing| typing.offers = None);
    }

    fn put(&self, before: &str, after: &str) {
        self.field.set_value(&[before, after].concat());
        let at = before.encode_utf16().count() as u32;
        // A field that cannot place its cursor has it at the end.
        let _ = self.field.set_selection_range(at, at);
    }

    /// Through the offers, or through the lines of before.
    fn go(&self, by: isize) {
        if let Some((completion, chosen)) = &self.typing.offers {
            let count = completion.offers.len() as isize;
            return self.choose((*chosen as isize - by).rem_euclid(count) as usize);
        }
        let history = self.session.history();
        let back = self.typing.back.saturating_add_signed(by).min(history.len());
        let earlier = history.len().checked_sub(back).and_then(|at| history.get(at));
        self.put(earlier.map_or("", String::as_str), "");
        self.change(|typing| (typing.back, typing.search) = (back, None));
    }

    fn search(&self) {
        self.change(|typing| typing.search = Some(typing.search.map_or(0, |passed| passed + 1)));
    }

    /// Closes what is open over the line.
    fn escape(&self) -> bool {
        let open =
            self.typing.offers.is_some() || self.typing.search.is_some() || !self.typing.above.is_empty();
        if open {
            self.typing.set(Typing::default());
        }
        open
    }

    /// Ctrl-C: ends what goes on, or drops the line; a selection is copied as everywhere.
    fn cancel(&self) -> bool {
        let (start, end) = (self.field.selection_start(), self.field.selection_end());
        if start != end {
            return false;
        }
        self.field.set_value("");
        self.typing.set(Typing::default());
        self.session.interrupt();
        true
    }
}
