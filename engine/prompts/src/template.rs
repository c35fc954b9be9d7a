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

/// A placeholder of another program: `{c}`, `{0}`, `{{}}`, `%s`, `%(label)s`, `$label`, `<label>`,
/// `[CLASS]`. With a `{}` beside it, only `{{}}` is one.
pub fn mistaken_placeholder(template: &str) -> Option<&str> {
    const DOUBLED: &str = "{{}}";
    if let Some(start) = template.find(DOUBLED) {
        return Some(&template[start..start + DOUBLED.len()]);
    }
    if template.contains(PLACEHOLDER) {
        return None;
    }
    let is_name = |name: &str| {
        let of_name = |character: char| character.is_alphanumeric() || "_-".contains(character);
        name.starts_with(char::is_alphabetic) && name.chars().all(of_name)
    };
    let any = |_: &str| true;
    within(template, "{", "}", any)
        .or_else(|| within(template, "｛", "｝", any))
        .or_else(|| within(template, "%(", ")s", is_name))
        .or_else(|| within(template, "<", ">", is_name))
        .or_else(|| within(template, "[", "]", is_name))
        .or_else(|| {
            let start = template.find("%s")?;
            Some(&template[start..start + 2])
        })
        .or_else(|| {
            let start = template.find('$')?;
            let name = &template[start + 1..];
            let end = name.find(|character: char| !character.is_alphanumeric());
            let name = &name[..end.unwrap_or(name.len())];
            is_name(name).then(|| &template[start..=start + name.len()])
        })
}

/// The first part of `text` from `open` to `close`, if its content is accepted. A repeated mark
/// belongs to it.
fn within<'a>(
    text: &'a str,
    open: &str,
    close: &str,
    accepts: impl Fn(&str) -> bool,
) -> Option<&'a str> {
    let start = text.find(open)?;
    let length = text[start..].find(close)?;
    let content = text[start..][..length].trim_start_matches(open);
    let end = start + length;
    let after = text[end..].trim_start_matches(close).len();
    accepts(content).then(|| &text[start..text.len() - after])
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
            ("a photo of a {{}}.", Some("{{}}")),
            ("a photo of a {{label}}.", Some("{{label}}")),
            ("a photo of a { }.", Some("{ }")),
            ("a photo of a ｛｝.", Some("｛｝")),
            ("a photo of a ${label}.", Some("{label}")),
            ("a photo of a $label.", Some("$label")),
            ("a photo of a %(label)s.", Some("%(label)s")),
            ("a photo of a <label>.", Some("<label>")),
            ("a photo of a <<class-name>>.", Some("<<class-name>>")),
            ("a photo of a [CLASS].", Some("[CLASS]")),
            ("$5 for a", None),
            ("100 % of [two words] and a < b > c", None),
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
