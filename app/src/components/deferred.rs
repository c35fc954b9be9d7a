//! Parts of the page whose code is fetched when they are first shown, so that the first answer does not
//! wait for it.
//!
//! A part is a function with the attribute `wasm_split`. `cargo xtask assemble` moves its code, and what
//! only such parts need, into files of their own. The service worker fetches these files too, so every
//! part works offline.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use crate::texts;

/// A part that was built, or why its code could not be fetched.
pub type Part = Result<AnyView, SplitLoaderError>;

type Fetch = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Part>>>>;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Fetching,
    Here,
    Failed,
}

/// Shows a part once its code is here.
#[cfg(not(test))]
pub fn deferred<F: Future<Output = Part> + 'static>(part: impl Fn() -> F + 'static) -> AnyView {
    show(Box::new(move || Box::pin(part())))
}

/// Tests are one program, in which parts are plain functions: nobody splits it.
#[cfg(test)]
pub fn deferred(part: impl Fn() -> Part + 'static) -> AnyView {
    show(Box::new(move || Box::pin(std::future::ready(part()))))
}

fn show(fetch: Fetch) -> AnyView {
    let state = RwSignal::new(State::Fetching);
    let built = StoredValue::new_local(None);
    let fetch = StoredValue::new_local(fetch);
    let start = move || {
        let Some(part) = fetch.try_with_value(|fetch| fetch()) else {
            return;
        };
        // The part belongs to this place of the page, however late it comes.
        spawn_local(ScopedFuture::new_untracked(async move {
            let arrived = match part.await {
                Ok(view) => {
                    built.try_update_value(|built| *built = Some(view));
                    State::Here
                }
                Err(_) => State::Failed,
            };
            state.try_set(arrived);
        }));
    };
    start();
    let owner = Owner::current();
    let again = move |_| {
        state.set(State::Fetching);
        match &owner {
            Some(owner) => owner.with(start),
            None => start(),
        }
    };
    (move || match state.get() {
        State::Fetching => view! { <p class="hint deferred">{texts::part_loading()}</p> }.into_any(),
        State::Here => built.try_update_value(Option::take).flatten().into_any(),
        State::Failed => view! {
            <p class="hint deferred" role="alert">
                {texts::part_failed()} " "
                <button type="button" class="quiet" on:click=again.clone()>{texts::part_retry()}</button>
            </p>
        }
        .into_any(),
    })
    .into_any()
}
