//! Step 3: why a sentence helps.

use glance_prompts::imagenet_7_templates;
use glance_protocol::PictureId;
use leptos::prelude::*;

use super::asked::{Asked, Wording, asked, rank, shown};
use super::subject::Subject;
use crate::format;
use crate::texts;

/// Labels in the table.
const LABELS: usize = 8;
/// The paper's default sentence, as this page writes it.
pub const SENTENCE: &str = "a photo of a {}";

/// Shares of the labels in each wording; `None` for a label that the model refused.
#[derive(Clone, Debug, PartialEq)]
struct Compared {
    labels: Vec<String>,
    /// For the label alone, in the sentence, and averaged.
    shares: [Vec<Option<f32>>; 3],
}

/// The step.
#[component]
pub fn Prompts(subject: Subject) -> impl IntoView {
    let question = subject.while_open(move || {
        let model = subject.model.get()?;
        subject.ranking.with(|ranking| {
            let ranked = ranking.known()?;
            let labels: Vec<String> = ranked.labels(0).take(LABELS).cloned().collect();
            let picture = ranked.pictures.first().copied()?;
            (!labels.is_empty()).then_some((model, picture, labels))
        })
    });
    let compared = asked(
        question,
        move |(_, picture, labels): (String, PictureId, _)| compare(subject, picture, labels),
    );
    let missing = move || {
        subject.ranking.with(|ranking| match ranking {
            Asked::Nothing => subject.missing(),
            Asked::Waiting => texts::lesson_computing(),
            Asked::Failed(_) => texts::lesson_prompts_no_shares(),
            Asked::Known(_) => texts::lesson_no_usable_label(),
        })
    };
    let table = shown(compared, missing, |compared| table(compared).into_any());
    let sentences = imagenet_7_templates()
        .into_iter()
        .map(|sentence| view! { <li>{sentence}</li> });
    view! {
        <p>{texts::lesson_prompts_captions()}</p>
        {table}
        <details>
            <summary>{texts::lesson_prompts_all()}</summary>
            <ul class="sentences">{sentences.collect_view()}</ul>
        </details>
        <p class="hint">{texts::lesson_prompts_gain()}</p>
    }
}

async fn compare(
    subject: Subject,
    picture: PictureId,
    labels: Vec<String>,
) -> Result<Compared, String> {
    let mut shares = [const { Vec::new() }; 3];
    let wordings = [vec!["{}"], vec![SENTENCE], imagenet_7_templates()];
    for (shares, templates) in shares.iter_mut().zip(wordings) {
        let wording = Wording {
            labels: labels.clone(),
            templates: templates.into_iter().map(str::to_owned).collect(),
            none_of_these: false,
        };
        let scores = rank(subject.session, vec![picture], wording).await?;
        let share = |label: usize| {
            let own = |column: &Option<u32>| *column == Some(label as u32);
            let column = scores.labels.iter().position(own)?;
            scores.probabilities.0.get(column).copied()
        };
        *shares = (0..labels.len()).map(share).collect();
    }
    Ok(Compared { labels, shares })
}

fn table(compared: &Compared) -> impl IntoView + use<> {
    let best = compared.shares.each_ref().map(|shares| best(shares));
    let rows = compared.labels.iter().enumerate().map(|(row, label)| {
        let cells = compared.shares.iter().zip(best).map(|(shares, best)| {
            let share = shares[row].map_or("–".to_owned(), format::percent);
            view! { <td class:best=best == Some(row)>{share}</td> }
        });
        view! {
            <tr>
                <th scope="row"><span dir="auto">{label.clone()}</span></th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <table>
            <caption>{texts::lesson_prompts_table(compared.labels.len())}</caption>
            <thead>
                <tr>
                    <th scope="col">{texts::lesson_label()}</th>
                    <th scope="col">{texts::lesson_prompts_alone()}</th>
                    <th scope="col">{texts::lesson_prompts_sentence()}</th>
                    <th scope="col">{texts::lesson_prompts_mean()}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

fn best(shares: &[Option<f32>]) -> Option<usize> {
    let known = shares
        .iter()
        .enumerate()
        .filter_map(|(at, share)| Some((at, (*share)?)));
    let best = known.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(at, _)| at)
}
