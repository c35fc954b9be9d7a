//! Step 4: what CLIP was trained to do.

use std::collections::HashMap;

use glance_prompts::fill_template;
use glance_protocol::{Answer, PictureId, Request};
use leptos::prelude::*;

use super::asked::{Asked, asked, shown, unexpected};
use super::matrix::{DirectionChoice, MatrixTable, Pairs};
use super::prompts::SENTENCE;
use super::subject::Subject;
use super::temperature::CLIP_LIMIT;
use crate::format;
use crate::lesson::contrastive::{Direction, Loss};
use crate::settings::Prompts;
use crate::texts;

/// The texts that the person wrote, by picture.
type Edits = RwSignal<HashMap<PictureId, String>>;

/// The step.
#[component]
pub fn Training(subject: Subject) -> impl IntoView {
    let edits: Edits = RwSignal::new(HashMap::new());
    let pictures = Memo::new(move |_| subject.of_matrix());
    let enough = Memo::new(move |_| pictures.with(Vec::len) >= 2);
    let texts = Memo::new(move |_| {
        pictures
            .get()
            .into_iter()
            .map(|id| text(subject, edits, id))
            .collect::<Option<Vec<_>>>()
    });
    let question = subject.while_open(move || {
        let question = (subject.model.get()?, pictures.get(), texts.get()?);
        enough.get().then_some(question)
    });
    let pairs = asked(
        question,
        move |(_, pictures, texts): (String, Vec<PictureId>, Vec<String>)| {
            compare(subject, pictures, texts)
        },
    );
    let missing = move || match (subject.picture.get().is_some(), enough.get()) {
        (true, false) => texts::lesson_training_one_picture(),
        (true, true) => texts::lesson_computing(),
        (false, _) => subject.missing(),
    };
    let direction = RwSignal::new(Direction::Rows);
    let scale = Memo::new(move |_| subject.scale().unwrap_or(CLIP_LIMIT));
    let table = shown(pairs, missing, move |pairs| {
        view! { <MatrixTable subject pairs=pairs.clone() scale direction /> }.into_any()
    });
    // What the person's own texts have changed.
    let spoken = move || {
        let edited = edits.with(|edits| !edits.is_empty());
        let cosines = pairs.with(|pairs| pairs.known()?.whole());
        let cosines = cosines.filter(|_| edited)?;
        let loss = Loss::of(&cosines, scale.get()).mean();
        Some(texts::lesson_training_spoken_loss(&format::decimal(
            loss, 2,
        )))
    };
    let recipe = [
        texts::lesson_training_recipe_matrix(),
        texts::lesson_training_recipe_rows(),
        texts::lesson_training_recipe_columns(),
        texts::lesson_training_recipe_loss(),
    ]
    .join("\n");
    view! {
        <p>{texts::lesson_training_task()}</p>
        <Show when=move || enough.get()>
            <Texts subject edits pictures />
            <DirectionChoice direction />
        </Show>
        <p class="visually-hidden" role="status">{spoken}</p>
        {table}
        <p>{texts::lesson_training_loss()}</p>
        <pre class="recipe">{recipe}</pre>
        <p class="hint">{texts::lesson_training_figure()}</p>
    }
}

/// The fields for the texts. They stay in place while the matrix changes.
#[component]
fn Texts(subject: Subject, edits: Edits, pictures: Memo<Vec<PictureId>>) -> impl IntoView {
    let field = move |id: PictureId| {
        let name = subject.name(id);
        view! {
            <li>
                <img src=move || subject.thumbnail(id) alt="" width="40" height="40" />
                <input
                    type="text"
                    autocomplete="off"
                    maxlength="10000"
                    dir="auto"
                    aria-label=texts::lesson_training_text(&name)
                    data-testid="lesson-caption"
                    prop:value=move || text(subject, edits, id).unwrap_or_default()
                    on:input:target=move |event| {
                        let text = event.target().value();
                        edits.update(|edits| {
                            edits.insert(id, text);
                        });
                    }
                />
            </li>
        }
    };
    view! {
        <ol class="texts" role="list" aria-label=texts::lesson_training_texts()>
            <For each=move || pictures.get() key=|id| *id children=field />
        </ol>
    }
}

/// The text of a picture: the person's, or else its best label in a sentence; `None` while its labels
/// are being ranked.
fn text(subject: Subject, edits: Edits, picture: PictureId) -> Option<String> {
    if let Some(own) = edits.with(|edits| edits.get(&picture).cloned()) {
        return Some(own);
    }
    let settings = subject.session.settings;
    let template = settings.with(|settings| match settings.prompts {
        Prompts::Own => settings.template.clone(),
        Prompts::ImageNet7 | Prompts::ImageNet80 => SENTENCE.to_owned(),
    });
    subject.ranking.with(|ranking| match ranking {
        Asked::Waiting => None,
        Asked::Known(ranked) => {
            let row = ranked.pictures.iter().position(|id| *id == picture)?;
            let best = ranked.labels(row).next().map_or("picture", String::as_str);
            Some(fill_template(&template, best))
        }
        Asked::Nothing | Asked::Failed(_) => Some(fill_template(SENTENCE, "picture")),
    })
}

async fn compare(
    subject: Subject,
    pictures: Vec<PictureId>,
    texts: Vec<String>,
) -> Result<Pairs, String> {
    let request = Request::Match {
        pictures: pictures.clone(),
        captions: texts.clone(),
    };
    match subject.session.ask(request, &[]).await {
        Ok(Answer::Cosines { rows, .. }) => Ok(Pairs {
            pictures,
            texts,
            cosines: rows,
        }),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(failure.message),
    }
}
