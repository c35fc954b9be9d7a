//! Steps 6 and 7: the paper's models, what CLIP cannot do, and the sources.

use leptos::prelude::*;

use crate::format;
use crate::lesson::paper_models::paper_models;
use crate::texts;

/// Step 6.
#[component]
pub fn NineModels() -> impl IntoView {
    let rows = paper_models().into_iter().map(|model| {
        let millions = |parameters: f64| format!("{:.0}", parameters / 1e6);
        view! {
            <tr>
                <th scope="row">{model.name}</th>
                <td>{model.input}</td>
                <td>{model.width}</td>
                <td>{millions(model.image_parameters)}</td>
                <td>{millions(model.text_parameters)}</td>
                <td>{format::decimal(model.imagenet as f32, 1)}</td>
            </tr>
        }
    });
    view! {
        <p>{texts::lesson_models_kinds()}</p>
        <div class="wide" tabindex="0" role="region" aria-label=texts::lesson_models_table()>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{texts::lesson_models_name()}</th>
                        <th scope="col">{texts::lesson_models_side()}</th>
                        <th scope="col">{texts::lesson_models_width()}</th>
                        <th scope="col">{texts::lesson_models_image_tower()}</th>
                        <th scope="col">{texts::lesson_models_text_tower()}</th>
                        <th scope="col">{texts::lesson_models_imagenet()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <p class="hint">
            {texts::lesson_models_published()}
            " "
            <a href="#models">{texts::lesson_models_here()}</a>
        </p>
    }
}

/// Step 7.
#[component]
pub fn Limits() -> impl IntoView {
    let limits = [
        (
            texts::lesson_limits_answer(),
            texts::lesson_limits_answer_why(),
        ),
        (
            texts::lesson_limits_counting(),
            texts::lesson_limits_counting_why(),
        ),
        (
            texts::lesson_limits_print(),
            texts::lesson_limits_print_why(),
        ),
        (
            texts::lesson_limits_domains(),
            texts::lesson_limits_domains_why(),
        ),
        (
            texts::lesson_limits_wording(),
            texts::lesson_limits_wording_why(),
        ),
        (
            texts::lesson_limits_english(),
            texts::lesson_limits_english_why(),
        ),
        (texts::lesson_limits_bias(), texts::lesson_limits_bias_why()),
        (
            texts::lesson_limits_people(),
            texts::lesson_limits_people_why(),
        ),
    ]
    .map(|(limit, why)| view! { <li><strong>{limit}</strong> " " {why}</li> });
    view! { <ul class="limits">{limits.collect_view()}</ul> }
}

/// The works that the lesson names.
#[component]
pub fn Sources() -> impl IntoView {
    let sources = [
        ("https://arxiv.org/abs/2103.00020", texts::lesson_source_clip()),
        (
            "https://github.com/openai/CLIP/blob/main/model-card.md",
            texts::lesson_source_card(),
        ),
        (
            "https://github.com/openai/CLIP/blob/main/notebooks/Prompt_Engineering_for_ImageNet.ipynb",
            texts::lesson_source_prompts(),
        ),
        ("https://arxiv.org/abs/2203.02053", texts::lesson_source_gap()),
        (
            "https://distill.pub/2021/multimodal-neurons/",
            texts::lesson_source_neurons(),
        ),
    ]
    .map(|(address, title)| view! { <li><a href=address rel="noreferrer">{title}</a></li> });
    view! {
        <h3 class="sources-title">{texts::lesson_sources()}</h3>
        <ul class="sources">{sources.collect_view()}</ul>
    }
}
