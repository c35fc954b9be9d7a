//! Steps 6 and 7: the paper's models, what CLIP cannot do, and the sources.

use leptos::prelude::*;

use crate::lesson::paper_models::paper_models;

/// Works that the lesson names: address, authors and title.
const SOURCES: [(&str, &str); 5] = [
    (
        "https://arxiv.org/abs/2103.00020",
        "Radford and others, 2021: Learning Transferable Visual Models From Natural Language \
         Supervision",
    ),
    (
        "https://github.com/openai/CLIP/blob/main/model-card.md",
        "OpenAI: CLIP’s model card",
    ),
    (
        "https://github.com/openai/CLIP/blob/main/notebooks/Prompt_Engineering_for_ImageNet.ipynb",
        "OpenAI: Prompt Engineering for ImageNet, with the 80 sentences and the 7",
    ),
    (
        "https://arxiv.org/abs/2203.02053",
        "Liang and others, 2022: Mind the Gap, on the regions of picture and text arrows",
    ),
    (
        "https://distill.pub/2021/multimodal-neurons/",
        "Goh and others, 2021: Multimodal Neurons in Artificial Neural Networks, on words in \
         pictures",
    ),
];

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
                <td>{format!("{:.1}", model.imagenet)}</td>
            </tr>
        }
    });
    view! {
        <p>
            "OpenAI trained five convolutional networks (RN, for ResNet) and four vision \
             transformers (ViT), all on the same pairs. The number after the slash is the side of \
             the squares that a transformer cuts a picture into: smaller squares show finer detail \
             and take more time. The largest ResNet trained for 18 days on 592 graphics cards, the \
             largest transformer for 12 days on 256 (section 2.5)."
        </p>
        <div class="wide" tabindex="0" role="region" aria-label="The nine models">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Model"</th>
                        <th scope="col">"Picture’s side, pixels"</th>
                        <th scope="col">"Numbers in an arrow"</th>
                        <th scope="col">"Image tower, million weights"</th>
                        <th scope="col">"Text tower, million weights"</th>
                        <th scope="col">"ImageNet, % correct"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <p class="hint">
            "ImageNet: photographs named correctly among 1000 classes, zero-shot, as published. "
            <a href="#models">"Glance runs all nine, and others."</a>
        </p>
    }
}

/// Step 7.
#[component]
pub fn Limits() -> impl IntoView {
    view! {
        <ul class="limits">
            <li>
                <strong>"It always answers."</strong>
                " Percentages compare only the labels given. If none fits, one of them wins all the \
                 same; look at the cosines."
            </li>
            <li>
                <strong>"Counting, distance, close cousins."</strong>
                " It is weak at how many, how far and where, and at telling models of cars or \
                 species of flowers apart (section 6)."
            </li>
            <li>
                <strong>"Small print and handwriting."</strong>
                " A picture is made small before the network sees it. On handwritten digits CLIP \
                 reached 88 %, less than a simple method on raw pixels (section 6). And a word in \
                 a picture can outweigh what else it shows (Goh and others, 2021)."
            </li>
            <li>
                <strong>"Unusual domains."</strong>
                " Satellite pictures, tissue under a microscope, traffic signs: what is rare on the \
                 web is poorly known (section 3.1.5). It is not for medical use."
            </li>
            <li>
                <strong>"Wording."</strong>
                " Small changes of a label change the answer, as step 3 shows. Try several."
            </li>
            <li>
                <strong>"English."</strong>
                " OpenAI’s models were trained and tested for English only (model card)."
            </li>
            <li>
                <strong>"Bias."</strong>
                " It learned from the web, prejudice included. When OpenAI offered it labels of \
                 crime and of animals for portraits, it gave them at rates that differed by race, \
                 gender and age; which labels were offered changed the rates (section 7.1). Labels \
                 about who people are say more about the labels and the web than about the person."
            </li>
            <li>
                <strong>"No decisions about people."</strong>
                " Do not use it to identify, judge, hire, police or watch anyone. OpenAI’s model \
                 card rules out surveillance and face recognition altogether."
            </li>
        </ul>
    }
}

/// The works that the lesson names.
#[component]
pub fn Sources() -> impl IntoView {
    let sources = SOURCES.map(|(address, title)| {
        view! { <li><a href=address rel="noreferrer">{title}</a></li> }
    });
    view! {
        <h3 class="sources-title">"Sources"</h3>
        <ul class="sources">{sources.collect_view()}</ul>
    }
}
