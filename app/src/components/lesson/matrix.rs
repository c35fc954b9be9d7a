//! The matrix of pictures and texts, with its loss.

use glance_protocol::PictureId;
use leptos::prelude::*;

use super::subject::Subject;
use crate::format;
use crate::lesson::contrastive::{Direction, Loss, cell_shares};
use crate::texts;

/// Opacity of a cell with a share of 100 %; the text on it stays readable.
const DARKEST: f32 = 0.5;

/// As many texts as pictures, each of which belongs to the picture of the same place.
#[derive(Clone, Debug, PartialEq)]
pub struct Pairs {
    /// Rows.
    pub pictures: Vec<PictureId>,
    /// Columns.
    pub texts: Vec<String>,
    /// `None` where a text was refused.
    pub cosines: Vec<Vec<Option<f32>>>,
}

impl Pairs {
    /// All cosines, unless a text was refused.
    pub fn whole(&self) -> Option<Vec<Vec<f32>>> {
        let rows = self.cosines.iter();
        rows.map(|row| row.iter().copied().collect()).collect()
    }
}

/// The matrix, read in a direction.
#[component]
pub fn MatrixTable(
    subject: Subject,
    pairs: Pairs,
    scale: Memo<f32>,
    direction: RwSignal<Direction>,
) -> impl IntoView {
    let whole = pairs.whole();
    let Pairs {
        pictures, texts, ..
    } = pairs;
    let Some(cosines) = whole else {
        let refused = texts::lesson_matrix_refused();
        return view! { <p class="placeholder">{refused}</p> }.into_any();
    };
    let repeated = (1..texts.len()).any(|at| texts[..at].contains(&texts[at]));
    let repeated = repeated.then(|| {
        view! { <p class="hint">{texts::lesson_matrix_repeated()}</p> }
    });
    let losses = {
        let cosines = cosines.clone();
        move || losses(&cosines, scale.get())
    };
    let head = texts.iter().enumerate().map(|(at, text)| {
        view! {
            <th scope="col">
                {at + 1}
                <span class="visually-hidden" dir="auto">{format!(". {text}")}</span>
            </th>
        }
    });
    let rows = move || {
        let shares = cell_shares(&cosines, scale.get(), direction.get());
        let rows = pictures.iter().enumerate().map(|(row, id)| {
            let cells = shares[row].iter().zip(&cosines[row]).enumerate();
            let cells = cells.map(|(column, (share, cosine))| cell(*share, *cosine, row == column));
            view! {
                <tr>
                    <th scope="row">
                        {row + 1}
                        <img
                            src=subject.thumbnail(*id)
                            alt=subject.name(*id)
                            width="32"
                            height="32"
                        />
                    </th>
                    {cells.collect_view()}
                </tr>
            }
        });
        rows.collect_view()
    };
    view! {
        <table class="matrix">
            <caption>
                {move || match direction.get() {
                    Direction::Rows => texts::lesson_matrix_rows(),
                    Direction::Columns => texts::lesson_matrix_columns(),
                }}
            </caption>
            <thead><tr><th scope="col">{texts::lesson_picture()}</th>{head.collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {losses}
        {repeated}
    }
    .into_any()
}

fn cell(share: f32, cosine: f32, pair: bool) -> impl IntoView {
    let opacity = format!("{:.3}", share * DARKEST);
    view! {
        <td class:pair=pair>
            <span class="heat" aria-hidden="true" style:opacity=opacity></span>
            <span class="value">{format::whole_percent(share)}</span>
            <small>{format::cosine(cosine)}</small>
        </td>
    }
}

fn losses(cosines: &[Vec<f32>], scale: f32) -> impl IntoView + use<> {
    let count = cosines.len();
    let loss = Loss::of(cosines, scale);
    let parts = texts::lesson_matrix_both(
        &format::decimal(loss.rows, 2),
        &format::decimal(loss.columns, 2),
    );
    let mean = texts::lesson_matrix_loss(&format::decimal(loss.mean(), 2));
    let guess =
        texts::lesson_matrix_guess(&count.to_string(), &format::decimal((count as f32).ln(), 2));
    view! {
        <p
            class="loss"
            data-testid="lesson-loss"
            data-rows=loss.rows.to_string()
            data-columns=loss.columns.to_string()
            data-loss=loss.mean().to_string()
        >
            {parts}
            " "
            <strong>{mean}</strong>
            " "
            {guess}
        </p>
    }
}

/// Chooses the direction.
#[component]
pub fn DirectionChoice(direction: RwSignal<Direction>) -> impl IntoView {
    let choice = |own: Direction, text: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="lesson-direction"
                    prop:checked=move || direction.get() == own
                    on:change=move |_| direction.set(own)
                />
                {text}
            </label>
        }
    };
    view! {
        <fieldset class="directions">
            <legend>{texts::lesson_matrix_read()}</legend>
            {choice(Direction::Rows, texts::lesson_matrix_by_rows())}
            {choice(Direction::Columns, texts::lesson_matrix_by_columns())}
        </fieldset>
    }
}
