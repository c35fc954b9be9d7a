//! One line on what the model in use is good at, and a link to others.

use leptos::prelude::*;

use crate::model_list::{DEMO_NAME, ListedModel, listed_models};
use crate::session::{ModelState, Session};
use crate::settings::ChosenModel;
use crate::texts;

/// The line. It follows the person's choice, so that nothing moves while a model loads.
#[component]
pub fn ModelHint(session: Session) -> impl IntoView {
    let listed = StoredValue::new(listed_models());
    let chosen = Memo::new(move |_| session.settings.with(|settings| settings.model.clone()));
    let replaced = Memo::new(move |_| {
        session.model.with(
            |model| matches!(model, ModelState::Ready(info) if !info.name.starts_with(DEMO_NAME)),
        )
    });
    let text = move || {
        listed.with_value(|listed| match chosen.get() {
            ChosenModel::Demo if replaced.get() => None,
            ChosenModel::Demo => about(listed, None),
            ChosenModel::Hub(repository) => about(listed, Some(&repository)),
            ChosenModel::Files | ChosenModel::Stored(_) => None,
        })
    };
    let link = move || match chosen.get() {
        ChosenModel::Demo => texts::models_larger_near(),
        _ => texts::models_others(),
    };
    view! {
        <p id="model-hint" class="hint">
            {text}
            " "
            <a href="#models">{link}</a>
        </p>
    }
}

/// What the listed model from this repository, or the page's own, is good at.
fn about(listed: &[ListedModel], repository: Option<&str>) -> Option<String> {
    let mut listed = listed.iter();
    let model = listed.find(|model| model.repository.as_deref() == repository)?;
    Some(format!("{}: {}", model.name, model.good_at()?))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn only_listed_models_are_spoken_of() {
        let listed = listed_models();
        let text = about(&listed, None).expect("the page's own is listed");
        assert!(text.starts_with("Glance demo: "), "{text}");
        let text = about(&listed, Some("openai/clip-vit-base-patch32")).expect("it is listed");
        assert!(text.starts_with("OpenAI CLIP B/32: "), "{text}");
        assert_eq!(about(&listed, Some("acme/tiny-clip")), None);
    }
}
