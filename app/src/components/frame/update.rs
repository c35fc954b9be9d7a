//! The offer of a newer version. It overlays the page's lower edge, so that nothing moves.

use leptos::prelude::*;

use crate::browser::updates::Updates;
use crate::session::Session;
use crate::texts;

/// The offer, once there is one.
#[component]
pub fn Update(session: Session, updates: Updates) -> impl IntoView {
    let later = RwSignal::new(false);
    let shown = Memo::new(move |_| updates.ready.get() && !later.get());
    let text = move || match session.library.pictures.with(Vec::is_empty) {
        true => texts::update_ready(),
        false => texts::update_ready_pictures(),
    };
    // The region exists from the start: screen readers announce what is added to it.
    view! {
        <div id="update" class="update" class:shown=move || shown.get() role="status">
            <Show when=move || shown.get()>
                <p>{text}</p>
                <button
                    type="button"
                    id="update-now"
                    class="primary"
                    on:click=move |_| updates.apply()
                >
                    {texts::update_now()}
                </button>
                <button type="button" class="quiet" on:click=move |_| later.set(true)>
                    {texts::update_later()}
                </button>
            </Show>
        </div>
    }
}
