//! A link that carries labels and their sentence: `#sort?label=cat&label=dog&prompt=…&none=1`. All of
//! it is in the fragment, which browsers send to no server.
//!
//! Anyone can write such a link, so its texts are cleaned and bounded like pasted ones.

use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::label_sets::presets;
use crate::settings::{Mode, Prompts, Settings};
use crate::text_list::{self, one_label};

/// What the fragment begins with. The same without a question mark is the tab's own address.
pub const TAB: &str = "sort";
/// Longest fragment that is read, in bytes.
const MAX_BYTES: usize = 1_000_000;
/// Longest sentence, in characters, as in the field for it.
const MAX_TEMPLATE: usize = 500;

/// The question in a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedQuestion {
    /// Labels, at most as many as the page ranks.
    pub labels: Vec<String>,
    /// Whether there were more.
    pub left_out: bool,
    /// The sentences around each label, if the link names any.
    pub prompts: Option<Prompts>,
    /// The person's own sentence, if the link has one.
    pub template: Option<String>,
    /// Whether "none of these" competes.
    pub none_of_these: bool,
}

/// The fragment for the question in the settings.
pub fn encode(settings: &Settings) -> Result<String, JsValue> {
    let query = UrlSearchParams::new()?;
    for label in &settings.labels {
        query.append("label", label);
    }
    match settings.prompts {
        Prompts::Own => query.append("prompt", &settings.template),
        published => query.append("prompts", published.name()),
    }
    if settings.none_of_these {
        query.append("none", "1");
    }
    Ok(format!("{TAB}?{}", String::from(query.to_string())))
}

/// The question in a fragment; `None` if it has no labels.
pub fn decode(fragment: &str) -> Option<LinkedQuestion> {
    let query = fragment.strip_prefix(TAB)?.strip_prefix('?')?;
    if query.len() > MAX_BYTES {
        return None;
    }
    let query = UrlSearchParams::new_with_str(query).ok()?;
    let all = |name: &str| {
        let values = query.get_all(name).to_vec().into_iter();
        values.filter_map(|value| value.as_string())
    };
    let mut linked: Vec<String> = all("label").filter_map(|text| one_label(&text)).collect();
    // Shorter to write by hand.
    linked.extend(all("labels").flat_map(|text| text_list::split_labels(&text)));
    let mut labels = Vec::new();
    let left_out = text_list::add(&mut labels, &linked);
    let template = query.get("prompt").and_then(|text| one_label(&text));
    let template = template.filter(|text| text.chars().count() <= MAX_TEMPLATE);
    let published = query.get("prompts").and_then(|name| Prompts::named(&name));
    (!labels.is_empty()).then(|| LinkedQuestion {
        labels,
        left_out,
        prompts: published.or(template.is_some().then_some(Prompts::Own)),
        template,
        none_of_these: query.get("none").as_deref() == Some("1"),
    })
}

impl LinkedQuestion {
    /// Whether taking it loses nothing that the person wrote.
    pub fn replaces_nothing(&self, settings: &Settings) -> bool {
        let first_visit = Settings::default();
        let labels = [&self.labels, &first_visit.labels];
        let template = self.template.as_ref();
        labels.contains(&&settings.labels)
            && template
                .is_none_or(|own| *own == settings.template || presets::is_ours(&settings.template))
    }

    /// Puts it into the settings.
    pub fn apply(&self, settings: &mut Settings) {
        settings.mode = Mode::Sort;
        settings.labels.clone_from(&self.labels);
        settings.none_of_these = self.none_of_these;
        if let Some(prompts) = self.prompts {
            settings.prompts = prompts;
        }
        if let Some(template) = &self.template {
            settings.template.clone_from(template);
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::text_list::MAX_LABELS;

    fn settings(labels: &[&str]) -> Settings {
        Settings {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            ..Settings::default()
        }
    }

    #[wasm_bindgen_test]
    fn a_question_survives_its_link() {
        let hostile = [
            "red, white & blue",
            "<img src=x onerror=alert(1)>",
            "\"><script>alert(1)</script>",
            "a=b&label=c#d?e",
            "100 % + 1",
            "%3Cb%3E",
            "javascript:alert(1)",
            "猫 🐱 قطة",
            "{}",
        ];
        for (prompts, none_of_these) in [
            (Prompts::Own, true),
            (Prompts::ImageNet7, false),
            (Prompts::ImageNet80, true),
        ] {
            let asked = Settings {
                prompts,
                none_of_these,
                template: "a sketch of a {} & more".to_owned(),
                ..settings(&hostile)
            };
            let fragment = encode(&asked).expect("it is text");
            assert!(fragment.is_ascii() && !fragment.contains('<'), "{fragment}");
            let question = decode(&fragment).expect("it has labels");
            let mut there = settings(&["owl"]);
            there.template.clone_from(&asked.template);
            question.apply(&mut there);
            assert_eq!(there, asked);
        }
    }

    #[wasm_bindgen_test]
    fn a_link_by_hand_may_be_short() {
        let question = decode("sort?labels=cat,%22red,%20white%22,cat").expect("it has labels");
        assert_eq!(question.labels, ["cat", "red, white"]);
        assert_eq!(question.prompts, None);
        assert!(!question.none_of_these && !question.left_out);
    }

    #[wasm_bindgen_test]
    fn what_is_broken_is_ignored_and_what_is_hidden_goes() {
        let long = format!("sort?label={}", "x".repeat(MAX_BYTES));
        for broken in [
            "",
            "sort",
            "sort?",
            "match?label=cat",
            "sorted?label=cat",
            "sort?label=",
            "sort?label=%E2%80%8B",
            "sort?prompt=a+%7B%7D",
            "?label=cat",
            &long,
        ] {
            assert_eq!(decode(broken), None, "{}", text_list::beginning(broken, 40));
        }
        let question =
            decode("sort?label=c%E2%80%AEat%0A&label=%FF%&none=yes&prompts=all&prompt=+");
        let question = question.expect("it has a label");
        assert_eq!(question.labels, ["cat", "\u{fffd}%"]);
        assert_eq!((question.prompts, question.template), (None, None));
        assert!(!question.none_of_these);
    }

    #[wasm_bindgen_test]
    fn too_many_labels_are_cut() {
        let many: String = (0..=MAX_LABELS)
            .map(|index| format!("&label={index}"))
            .collect();
        let question = decode(&format!("sort?{many}")).expect("it has labels");
        assert_eq!(question.labels.len(), MAX_LABELS);
        assert!(question.left_out);
    }

    #[wasm_bindgen_test]
    fn only_what_the_person_wrote_is_worth_a_question() {
        let question =
            decode("sort?label=cat&prompt=a+sketch+of+a+%7B%7D").expect("it has a label");
        assert!(question.replaces_nothing(&Settings::default()));
        assert!(question.replaces_nothing(&settings(&["cat"])));
        assert!(!question.replaces_nothing(&settings(&["cat", "dog"])));
        let own_sentence = Settings {
            template: "my {}".to_owned(),
            ..Settings::default()
        };
        assert!(!question.replaces_nothing(&own_sentence));
        let plain = decode("sort?label=cat").expect("it has a label");
        assert!(plain.replaces_nothing(&own_sentence));
    }
}
