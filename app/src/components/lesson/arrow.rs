//! Step 1: a picture becomes an arrow, and a text too.

use glance_protocol::{Answer, PictureId, Request};
use leptos::prelude::*;

use super::asked::{asked, shown, unexpected};
use super::ranked::Ranked;
use super::subject::Subject;
use crate::format;
use crate::lesson::drawing::{self, MIDDLE, RADIUS, STRIP_HEIGHT, STRIP_WIDTH};
use crate::texts;

/// Values in the strip.
const STRIP: usize = 64;
/// Labels in the half circle.
const ARROWS: usize = 6;

/// A picture's embedding.
#[derive(Clone, Debug, PartialEq)]
struct Embedded {
    picture: PictureId,
    values: Vec<f32>,
}

/// The step.
#[component]
pub fn Arrow(subject: Subject) -> impl IntoView {
    let question = subject.while_open(move || Some((subject.model.get()?, subject.picture.get()?)));
    let embedding = asked(
        question,
        move |(_, picture): (String, PictureId)| async move {
            let pictures = vec![picture];
            match subject
                .session
                .ask(Request::Embeddings { pictures }, &[])
                .await
            {
                Ok(Answer::Embeddings { values, .. }) => Ok(Embedded {
                    picture,
                    values: values.0,
                }),
                Ok(_) => Err(unexpected()),
                Err(failure) => Err(failure.message),
            }
        },
    );
    let strip = shown(
        embedding,
        move || subject.missing(),
        move |embedded| strip(&subject.name(embedded.picture), &embedded.values).into_any(),
    );
    let angles = shown(
        subject.ranking,
        move || subject.missing(),
        |ranked| angles(ranked).into_any(),
    );
    view! {
        <p>{texts::lesson_arrow_lists()}</p>
        {strip}
        <p>{texts::lesson_arrow_cosines()}</p>
        {angles}
        <p class="hint">{texts::lesson_arrow_space()}</p>
    }
}

fn strip(name: &str, values: &[f32]) -> impl IntoView + use<> {
    let width = values.len();
    let first = &values[..width.min(STRIP)];
    let (least, most) = range(first);
    let about = texts::lesson_arrow_numbers(
        &first.len().to_string(),
        &width.to_string(),
        name,
        &format::decimal(least, 2),
        &format::decimal(most, 2),
    );
    let bars = drawing::strip(first).into_iter().map(|bar| {
        view! {
            <rect
                class=if bar.up { "up" } else { "down" }
                x=format!("{:.2}", bar.x)
                y=format!("{:.2}", bar.y)
                width=format!("{:.2}", bar.width)
                height=format!("{:.2}", bar.height)
            ></rect>
        }
    });
    view! {
        <figure>
            <svg
                class="strip"
                viewBox=format!("0 0 {STRIP_WIDTH} {STRIP_HEIGHT}")
                role="img"
                aria-label=about.clone()
            >
                {bars.collect_view()}
            </svg>
            <figcaption aria-hidden="true">{about}</figcaption>
        </figure>
    }
}

fn angles(ranked: &Ranked) -> impl IntoView + use<> {
    let Some(cosines) = ranked.cosines.first() else {
        return view! { <p class="placeholder">{texts::lesson_no_usable_label()}</p> }.into_any();
    };
    let arrows: Vec<(String, f32)> = ranked
        .order(0)
        .into_iter()
        .take(ARROWS)
        .map(|at| (ranked.names[at].clone(), cosines[at]))
        .collect();
    let lines = arrows.iter().enumerate().map(|(place, (_, cosine))| {
        let degrees = drawing::degrees(*cosine);
        let (x, y) = drawing::number(place, degrees);
        view! {
            <path class="of-text" d=drawing::arrow(degrees)></path>
            <text x=format!("{x:.1}") y=format!("{y:.1}")>{place + 1}</text>
        }
    });
    let rows = arrows.iter().enumerate().map(|(place, (label, cosine))| {
        view! {
            <tr>
                <th scope="row"><span dir="auto">{format!("{}. {label}", place + 1)}</span></th>
                <td>{format::cosine(*cosine)}</td>
                <td>{format::decimal(drawing::degrees(*cosine), 1) + "°"}</td>
            </tr>
        }
    });
    let (least, most) = range(cosines);
    let between = texts::lesson_arrow_range(
        &cosines.len().to_string(),
        &format::cosine(least),
        &format::cosine(most),
    );
    let (x, y) = MIDDLE;
    let arc = format!(
        "M{} {y}A{RADIUS} {RADIUS} 0 0 1 {} {y}M{x} {y}V{}",
        x - RADIUS,
        x + RADIUS,
        y - RADIUS
    );
    view! {
        <div class="angles">
            <svg
                viewBox="0 -4 320 186"
                role="img"
                aria-label=texts::lesson_arrow_drawing()
            >
                <path class="arc" d=arc></path>
                {lines.collect_view()}
                <path class="of-picture" d=drawing::arrow(0.0)></path>
                <text x="260" y="176">{texts::lesson_arrow_picture()}</text>
            </svg>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{texts::lesson_label()}</th>
                        <th scope="col">{texts::lesson_cosine()}</th>
                        <th scope="col">{texts::lesson_angle()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <p class="hint">{between}</p>
    }
    .into_any()
}

fn range(values: &[f32]) -> (f32, f32) {
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (least, most)
}
