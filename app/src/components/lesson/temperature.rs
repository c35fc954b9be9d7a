//! Step 2: from cosines to percentages.

use leptos::prelude::*;

use super::asked::shown;
use super::ranked::Ranked;
use super::subject::{MAX_LABELS, Subject};
use crate::format;
use crate::lesson::temperature::shares;
use crate::texts;

/// Labels with a bar.
const BARS: usize = 8;
/// The range of the slider. Models trained like OpenAI's end at 100 or below.
const SLIDER: (f32, f32) = (1.0, 200.0);
/// The factor that CLIP's training allows at most; shown if the model's own is not known.
pub const CLIP_LIMIT: f32 = 100.0;

/// The step.
#[component]
pub fn Temperature(subject: Subject) -> impl IntoView {
    // `None` is the model's own factor.
    let chosen = RwSignal::new(None::<f32>);
    let own = Memo::new(move |_| subject.scale());
    let scale = Memo::new(move |_| chosen.get().or(own.get()).unwrap_or(CLIP_LIMIT));
    let bars = shown(
        subject.ranking,
        move || subject.missing(),
        move |ranked| bars(ranked, scale).into_any(),
    );
    // A screen reader hears what the bars show.
    let spoken = move || {
        let first = subject
            .ranking
            .with(|ranking| first(ranking.known()?, scale.get()));
        format::decimal(scale.get(), 1) + &first.unwrap_or_default()
    };
    let settings = subject.session.settings;
    let cut = Memo::new(move |_| settings.with(|settings| settings.labels.len() > MAX_LABELS));
    let (least, most) = SLIDER;
    view! {
        <p>{texts::lesson_temperature_softmax()}</p>
        <div class="scale">
            <label for="lesson-scale">{texts::lesson_temperature_factor()}</label>
            <input
                id="lesson-scale"
                type="range"
                min=least.to_string()
                max=most.to_string()
                step="1"
                list="lesson-scale-own"
                aria-valuetext=spoken
                prop:value=move || scale.get().to_string()
                on:input:target=move |event| chosen.set(event.target().value().parse().ok())
            />
            <datalist id="lesson-scale-own">
                {move || own.get().map(|own| view! { <option value=own.to_string()></option> })}
            </datalist>
            <output id="lesson-scale-output" for="lesson-scale" aria-live="off">
                {move || {
                    let scale = scale.get();
                    texts::lesson_temperature_both(
                        &format::decimal(scale, 1),
                        &format::decimal(1.0 / scale, 3),
                    )
                }}
            </output>
            <button
                type="button"
                class="quiet"
                hidden=move || own.get().is_none()
                aria-disabled=move || chosen.get().is_none().to_string()
                on:click=move |_| chosen.set(None)
            >
                {move || own.get().map(|own| texts::lesson_temperature_own(&format::decimal(own, 1)))}
            </button>
        </div>
        {bars}
        <p class="hint" hidden=move || !cut.get()>
            {texts::lesson_temperature_cut(&MAX_LABELS.to_string())}
        </p>
        <p class="hint">{texts::lesson_temperature_learned()}</p>
    }
}

/// The first label with its share.
fn first(ranked: &Ranked, scale: f32) -> Option<String> {
    let first = *ranked.order(0).first()?;
    let shares = shares(ranked.cosines.first()?, scale);
    Some(format!(
        ": {} {}",
        ranked.names[first],
        format::percent(shares[first])
    ))
}

fn bars(ranked: &Ranked, scale: Memo<f32>) -> impl IntoView + use<> {
    let order = ranked.order(0);
    let cosines = ranked.cosines.first().cloned().unwrap_or_default();
    let total = order.len();
    let names: Vec<String> = order.iter().map(|&at| ranked.names[at].clone()).collect();
    let cosines: Vec<f32> = order.iter().map(|&at| cosines[at]).collect();
    let all = (total > BARS).then(|| {
        let all = texts::lesson_temperature_first(&BARS.to_string(), &total.to_string());
        view! { <p class="hint">{all}</p> }
    });
    let rows = move || {
        let shares = shares(&cosines, scale.get());
        let rows = names.iter().zip(&cosines).zip(shares).take(BARS);
        rows.map(|((name, cosine), share)| bar(name, *cosine, share))
            .collect_view()
    };
    view! {
        <ol class="shares" role="list">{rows}</ol>
        {all}
    }
}

fn bar(name: &str, cosine: f32, share: f32) -> impl IntoView + use<> {
    view! {
        <li
            class="ranked"
            data-testid="lesson-share"
            data-label=name.to_owned()
            data-percent=format!("{:.4}", share * 100.0)
        >
            <span class="ranked-name" dir="auto">{name.to_owned()}</span>
            <span class="ranked-percent">{format::percent(share)}</span>
            <span class="bar" aria-hidden="true">
                <span style:width=format!("{:.2}%", share * 100.0)></span>
            </span>
            <span class="ranked-cosine">
                <span class="visually-hidden">{texts::lesson_temperature_cosine()} " "</span>
                {format::cosine(cosine)}
            </span>
        </li>
    }
}
