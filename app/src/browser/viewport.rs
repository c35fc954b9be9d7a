//! The part of an element that the window shows.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

/// The part of an element that the window shows, in CSS pixels from the element's top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shown {
    /// The first visible line; negative if the element begins below it.
    pub top: f64,
    /// The last visible line.
    pub bottom: f64,
    /// The element's width.
    pub width: f64,
}

/// Follows scrolling and changes of size, at most once a frame.
pub fn watch(element: NodeRef<html::Div>) -> Memo<Shown> {
    let shown = RwSignal::new(Shown::default());
    let asked = StoredValue::new(false);
    let ask = move || {
        if asked.try_update_value(|asked| std::mem::replace(asked, true)) == Some(false) {
            request_animation_frame(move || {
                asked.try_set_value(false);
                if let Some(now) = measure(element) {
                    shown.try_set(now);
                }
            });
        }
    };
    let scroll = window_event_listener(ev::scroll, move |_| ask());
    let resize = window_event_listener(ev::resize, move |_| ask());
    let observer = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            let callback = Closure::<dyn Fn()>::new(ask);
            if let Ok(watcher) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
                watcher.observe(&element);
                // What is above the element moves it.
                document()
                    .body()
                    .iter()
                    .for_each(|body| watcher.observe(body));
                observer.set_value(Some((watcher, callback)));
            }
            ask();
        }
    });
    on_cleanup(move || {
        scroll.remove();
        resize.remove();
        observer.with_value(|observer| {
            if let Some((watcher, _)) = observer {
                watcher.disconnect();
            }
        });
    });
    Memo::new(move |_| shown.get())
}

fn measure(element: NodeRef<html::Div>) -> Option<Shown> {
    let bounds = element.get_untracked()?.get_bounding_client_rect();
    let height = window().inner_height().ok()?.as_f64()?;
    Some(Shown {
        top: -bounds.top(),
        bottom: height - bounds.top(),
        width: bounds.width(),
    })
}
