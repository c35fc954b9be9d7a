//! Registers the service worker, which stores the page for offline visits, and notices newer
//! versions of the page.

use js_sys::Date;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    RegistrationOptions, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration,
    ServiceWorkerState, ServiceWorkerUpdateViaCache,
};

use crate::browser::feature::property;

const SERVICE_WORKER: &str = "service_worker.js";
/// The message that makes a waiting service worker take over.
const ACTIVATE: &str = "activate";
/// The browser checks for a newer version when the page is opened. An installed page may stay open
/// for days, so it checks again when a person returns to it after this time.
const BETWEEN_CHECKS_MILLISECONDS: f64 = 3_600_000.0;

/// A handle on the state of updates; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Updates {
    /// Whether a reload brings a newer version.
    pub ready: RwSignal<bool>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    started: bool,
    registration: Option<ServiceWorkerRegistration>,
    /// The time of the last check, in milliseconds since 1970.
    checked: f64,
    /// Whether a service worker has ever controlled this page.
    controlled: bool,
    /// Whether the person wants the newer version.
    wanted: bool,
}

impl Updates {
    /// The state before the service worker is registered.
    pub fn new() -> Self {
        Self {
            ready: RwSignal::new(false),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// Registers the service worker, on the first call. If the browser refuses, the page still
    /// works online.
    pub fn start(self) {
        let first = self
            .inner
            .try_update_value(|inner| !std::mem::replace(&mut inner.started, true));
        if first == Some(true)
            && let Some(container) = container()
        {
            self.watch_controller(&container);
            spawn_local(self.register(container));
        }
    }

    /// Reloads the page in the newer version.
    pub fn apply(self) {
        let waiting = self.inner.try_update_value(|inner| {
            inner.wanted = true;
            inner.registration.as_ref()?.waiting()
        });
        let told = waiting
            .flatten()
            .is_some_and(|waiting| waiting.post_message(&ACTIVATE.into()).is_ok());
        // If none is waiting, another tab has already activated the newer version.
        if !told {
            reload();
        }
    }

    async fn register(self, container: ServiceWorkerContainer) {
        let options = RegistrationOptions::new();
        options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
        let registration = container.register_with_options(SERVICE_WORKER, &options);
        let registration = JsFuture::from(registration).await.ok();
        let registration = registration.and_then(|found| found.dyn_into().ok());
        let Some(registration): Option<ServiceWorkerRegistration> = registration else {
            return;
        };
        if registration.waiting().is_some() {
            self.ready.set(true);
        }
        self.watch_installing(&registration);
        let found = {
            let registration = registration.clone();
            Closure::<dyn Fn()>::new(move || self.watch_installing(&registration))
        };
        registration.set_onupdatefound(Some(found.into_js_value().unchecked_ref()));
        self.inner.update_value(|inner| {
            inner.registration = Some(registration);
            inner.checked = Date::now();
        });
        // The listener lives as long as the page.
        let _ = window_event_listener(ev::visibilitychange, move |_| self.check());
    }

    fn watch_controller(self, container: &ServiceWorkerContainer) {
        let controlled = container.controller().is_some();
        self.inner
            .update_value(|inner| inner.controlled = controlled);
        let changed = Closure::<dyn Fn()>::new(move || {
            let before = self.inner.try_update_value(|inner| {
                let wanted = std::mem::take(&mut inner.wanted);
                (wanted, std::mem::replace(&mut inner.controlled, true))
            });
            match before {
                Some((true, _)) => reload(),
                // Another tab activated a newer version. This one keeps its pictures until a
                // reload.
                Some((false, true)) => self.ready.set(true),
                _ => {}
            }
        });
        container.set_oncontrollerchange(Some(changed.into_js_value().unchecked_ref()));
    }

    /// Notices when a new version is completely downloaded.
    fn watch_installing(self, registration: &ServiceWorkerRegistration) {
        // Without an active version, the one being installed is this page's own.
        let Some(installing) = registration
            .active()
            .and_then(|_| registration.installing())
        else {
            return;
        };
        let worker: ServiceWorker = installing.clone();
        let changed = Closure::<dyn Fn()>::new(move || {
            if worker.state() == ServiceWorkerState::Installed {
                self.ready.set(true);
            }
        });
        installing.set_onstatechange(Some(changed.into_js_value().unchecked_ref()));
    }

    fn check(self) {
        let now = Date::now();
        let due = self.inner.try_update_value(|inner| {
            let visible = web_sys::window()?.document()?.visibility_state()
                == web_sys::VisibilityState::Visible;
            if !visible || now - inner.checked < BETWEEN_CHECKS_MILLISECONDS {
                return None;
            }
            inner.checked = now;
            inner.registration.as_ref()?.update().ok()
        });
        if let Some(check) = due.flatten() {
            // Offline, nothing changes.
            spawn_local(async move { drop(JsFuture::from(check).await) });
        }
    }
}

fn container() -> Option<ServiceWorkerContainer> {
    property(web_sys::window()?.navigator(), "serviceWorker")
}

fn reload() {
    if let Some(window) = web_sys::window() {
        // If this fails, the page stays as it is.
        let _ = window.location().reload();
    }
}
