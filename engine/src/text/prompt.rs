//! Prompt templates (paper section 3.1.4).

const PLACEHOLDER: &str = "{}";

/// Replaces every `{}` of `template` by `label`, or appends `label` if there is none.
///
/// The label is taken literally: braces or dollar signs in it mean nothing.
pub fn fill_template(template: &str, label: &str) -> String {
    if template.contains(PLACEHOLDER) {
        return template.replace(PLACEHOLDER, label);
    }
    match template.trim_end() {
        "" => label.to_owned(),
        template => format!("{template} {label}"),
    }
}

/// A wrong placeholder in a template without `{}`: `{c}`, `{0}`, `%s`.
pub fn mistaken_placeholder(template: &str) -> Option<&str> {
    if template.contains(PLACEHOLDER) {
        return None;
    }
    let braces = template.find('{').and_then(|start| {
        let end = template[start..].find('}')?;
        Some(&template[start..=start + end])
    });
    let percent = || template.find("%s").map(|start| &template[start..start + 2]);
    braces.or_else(percent)
}

/// The prompts of one label: each template filled with it, or the label alone if there is no
/// template.
pub fn prompts<T: AsRef<str>>(label: &str, templates: &[T]) -> impl Iterator<Item = String> {
    let alone = templates.is_empty().then(|| label.to_owned());
    let filled = templates
        .iter()
        .map(move |template| fill_template(template.as_ref(), label));
    alone.into_iter().chain(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_filled() {
        assert_eq!(
            fill_template("a {} beside a {}.", "cat"),
            "a cat beside a cat."
        );
    }

    #[test]
    fn a_template_without_placeholder_is_followed_by_the_label() {
        assert_eq!(fill_template("a photo of a", "cat"), "a photo of a cat");
        assert_eq!(fill_template("a photo of a ", "cat"), "a photo of a cat");
        assert_eq!(fill_template("", "cat"), "cat");
    }

    #[test]
    fn another_placeholder_is_pointed_out() {
        for (template, found) in [
            ("a photo of a {c}.", Some("{c}")),
            ("a photo of a {0}", Some("{0}")),
            ("a photo of a %s.", Some("%s")),
            ("a {} and a {c}", None),
            ("a photo of a", None),
            ("a } photo {", None),
        ] {
            assert_eq!(mistaken_placeholder(template), found, "{template}");
        }
    }

    #[test]
    fn a_label_is_literal() {
        for label in ["$&", "$1", "{}", "{0}", "{{}}", "\\{}", "%s"] {
            assert_eq!(fill_template("a {}!", label), format!("a {label}!"));
        }
    }

    #[test]
    fn an_ensemble_fills_every_template_in_order() {
        let found: Vec<String> = prompts("{}", &["a {}!", "art of", ""]).collect();
        assert_eq!(found, ["a {}!", "art of {}", "{}"]);
        let found: Vec<String> = prompts::<&str>("{} cat", &[]).collect();
        assert_eq!(found, ["{} cat"]);
    }
}
