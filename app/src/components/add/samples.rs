//! Samples for a person without a picture at hand.

use leptos::ev::DragEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{DataTransfer, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::browser::drag_and_drop::dragged::SAMPLE;
use crate::samples::{self, SAMPLES, Sample};
use crate::session::Session;
use crate::texts;

/// The samples, one click each. `results` gets the focus when the clicked button disappears.
#[component]
pub fn Samples(session: Session, results: NodeRef<leptos::html::H2>) -> impl IntoView {
    let fetching = StoredValue::new(false);
    let take = move |samples: &'static [Sample]| {
        if fetching.get_value() {
            return;
        }
        fetching.set_value(true);
        spawn_local(async move {
            if samples::add(session, samples).await {
                show(results);
            }
            fetching.try_set_value(false);
        });
    };
    let buttons = (0..SAMPLES.len()).map(|index| {
        let Sample { path, alt, .. } = &SAMPLES[index];
        let drag = move |event: DragEvent| SAMPLE.begin(&event, &index.to_string());
        view! {
            <li>
                <button
                    type="button"
                    class="sample"
                    draggable="true"
                    on:click=move |_| take(&SAMPLES[index..=index])
                    on:dragstart=drag
                >
                    <img
                        src=*path
                        alt=alt()
                        width="360"
                        height="360"
                        decoding="async"
                        draggable="false"
                        fetchpriority="low"
                    />
                </button>
            </li>
        }
    });
    view! {
        <section class="samples" aria-labelledby="samples-title">
            <div class="samples-head">
                <h2 id="samples-title">{texts::add_samples()}</h2>
                <button type="button" class="quiet" on:click=move |_| take(&SAMPLES)>
                    {texts::add_samples_all()}
                </button>
            </div>
            <ul role="list">{buttons.collect_view()}</ul>
            <p class="credits">{texts::add_samples_credits()}</p>
        </section>
    }
}

/// The sample that was dragged here.
pub fn dragged_sample(transfer: &DataTransfer) -> Option<&'static [Sample]> {
    let index: usize = SAMPLE.data(transfer).parse().ok()?;
    SAMPLES.get(index).map(std::slice::from_ref)
}

/// Scrolls to the results and focuses them, because the clicked button is gone.
fn show(results: NodeRef<leptos::html::H2>) {
    request_animation_frame(move || {
        let Some(heading) = results.get_untracked() else {
            return;
        };
        let heading: &HtmlElement = &heading;
        // If this fails, the browser chooses where the focus goes.
        let _ = heading.focus();
        if let Some(section) = heading.closest(".results").ok().flatten() {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            section.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}
