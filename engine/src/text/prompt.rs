//! Prompt templates (paper section 3.1.4).

const PLACEHOLDER: &str = "{}";

/// Puts `label` in place of every `{}` of `template`; a template without one is followed by it.
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
    fn a_label_is_literal() {
        for label in ["$&", "$1", "{}", "{0}", "{{}}", "\\{}", "%s"] {
            assert_eq!(fill_template("a {}!", label), format!("a {label}!"));
        }
    }
}
