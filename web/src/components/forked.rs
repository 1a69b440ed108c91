//! Says that a branch was begun by what was done in the past, and leads back to the one that was left.

use yew::prelude::*;

use super::transport::hms;
use crate::doing;
use crate::session::{Session, use_session, use_view};
use crate::ui::{Choose, use_ui, use_words};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Which run this is, how many branches it has, and on which it stands.
type Where = (String, usize, usize);

fn place(session: &Session) -> Where {
    let run = session.kept().id;
    session.read(|engine| (run, engine.run.branches().len(), engine.run.branch()))
}

/// A sentence and two ways on; it fades, or is closed.
#[component]
pub fn Forked() -> Html {
    let (session, ui, t) = (use_session(), use_ui(), use_words().timed);
    let here = use_view((), |session, ()| place(session));
    // The new branch, and the one that the person was on.
    let told = use_state(|| None::<(usize, usize)>);
    let before = use_mut_ref(|| (*here).clone());
    {
        let told = told.clone();
        use_effect_with(here, move |here| {
            let (run, branches, branch) = before.replace((**here).clone());
            if run == here.0 && branches + 1 == here.1 && branch != here.2 {
                told.set(Some((here.2, branch)));
            } else if here.0 != run || told.is_some_and(|(told, _)| told != here.2) {
                told.set(None);
            }
        });
    }
    let close = {
        let told = told.clone();
        Callback::from(move |()| told.set(None))
    };
    // Who sees both has no need of it.
    let begun = told.filter(|_| ui.beside.is_none()).and_then(|(branch, left)| {
        let at = session.read(|engine| engine.run.branches().get(branch).map(|one| one.at))?;
        Some((branch, left, at))
    });
    let Some((branch, left, at)) = begun else { return html! {} };
    let [back, beside] = [true, false].map(|goes| {
        let (session, ui, close) = (session.clone(), ui.clone(), close.clone());
        move |_: MouseEvent| {
            close.emit(());
            match goes {
                true => doing::switch(&session, &ui, left),
                false => ui.dispatch(Choose::Beside(Some(left))),
            }
        }
    });
    let (fade, shut) = (close.clone(), close);
    html! {
        <div class="forked" role="status" key={branch} onanimationend={move |_: AnimationEvent| fade.emit(())}>
            <p>{(t.forked)(branch + 1, &hms(at / NANOS_PER_SECOND), left + 1)}</p>
            <button class="btn" onclick={back}>{(t.back_to)(left + 1)}</button>
            <button class="btn" onclick={beside}>{t.side_by_side}</button>
            <button class="btn quiet" aria-label={t.cancel} onclick={move |_: MouseEvent| shut.emit(())}>{"✕"}</button>
        </div>
    }
}
