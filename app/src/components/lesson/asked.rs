//! Asks the worker again when a question changes.

use std::future::Future;

use glance_protocol::{Answer, PictureId, Request, Scores};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::session::Session;
use crate::texts;

/// Time in which a question must not change before it is asked.
const PAUSE_MILLISECONDS: u32 = 300;

/// What is known of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked<A> {
    /// There is no question.
    Nothing,
    /// The first answer is awaited.
    Waiting,
    /// The latest answer; a newer question may have been asked meanwhile.
    Known(A),
    /// Why there is no answer, in a sentence.
    Failed(String),
}

impl<A> Asked<A> {
    /// The latest answer.
    pub fn known(&self) -> Option<&A> {
        match self {
            Self::Known(answer) => Some(answer),
            Self::Nothing | Self::Waiting | Self::Failed(_) => None,
        }
    }
}

/// Asks each question once it has not changed for a moment. An answer stays until the next one
/// comes, so that nothing flickers while the person types.
pub fn asked<Q, A, F>(
    question: Memo<Option<Q>>,
    ask: impl Fn(Q) -> F + Copy + 'static,
) -> RwSignal<Asked<A>>
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    A: Send + Sync + 'static,
    F: Future<Output = Result<A, String>> + 'static,
{
    let answer = RwSignal::new(Asked::Nothing);
    let pause = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        let wanted = question.get();
        // Dropping a timeout cancels it.
        pause.set_value(None);
        let Some(wanted) = wanted else {
            return answer.set(Asked::Nothing);
        };
        if answer.with_untracked(|answer| answer.known().is_none()) {
            answer.set(Asked::Waiting);
        }
        let send = move || {
            spawn_local(async move {
                let outcome = ask(wanted.clone()).await;
                let current = question.try_get_untracked().flatten();
                if current == Some(wanted) {
                    answer.try_set(match outcome {
                        Ok(known) => Asked::Known(known),
                        Err(message) => Asked::Failed(message),
                    });
                }
            });
        };
        pause.set_value(Some(Timeout::new(PAUSE_MILLISECONDS, send)));
    });
    answer
}

/// An answer on the page, or a sentence in its place. `missing` says why there is no question.
pub fn shown<A: Send + Sync + 'static>(
    answer: RwSignal<Asked<A>>,
    missing: impl Fn() -> &'static str + Send + 'static,
    view: impl Fn(&A) -> AnyView + Send + 'static,
) -> impl Fn() -> AnyView + Send + 'static {
    move || {
        answer.with(|answer| match answer {
            Asked::Nothing => view! { <p class="placeholder">{missing()}</p> }.into_any(),
            Asked::Waiting => {
                view! { <p class="placeholder">{texts::lesson_computing()}</p> }.into_any()
            }
            Asked::Failed(message) => {
                view! { <p class="card-error">{message.clone()}</p> }.into_any()
            }
            Asked::Known(answer) => view(answer),
        })
    }
}

/// What labels are ranked in.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// As the person wrote them.
    pub labels: Vec<String>,
    /// The sentences around each.
    pub templates: Vec<String>,
    /// Whether "none of these" competes.
    pub none_of_these: bool,
}

/// Ranks labels for pictures.
///
/// # Errors
/// A sentence for the person.
pub async fn rank(
    session: Session,
    pictures: Vec<PictureId>,
    wording: Wording,
) -> Result<Scores, String> {
    let Wording {
        labels,
        templates,
        none_of_these,
    } = wording;
    let request = Request::Rank {
        pictures,
        labels,
        templates,
        none_of_these,
        examples: Vec::new(),
    };
    match session.ask(request, &[]).await {
        Ok(Answer::Rankings { scores, .. }) => Ok(scores),
        Ok(_) => Err(unexpected()),
        Err(failure) => Err(failure.message),
    }
}

/// For an answer to another question, which no worker of this version gives.
pub fn unexpected() -> String {
    texts::lesson_unexpected().to_owned()
}
