//! Writes texts as a Rust module: a function for each, and a table for each language.

use std::fmt::Write;

use crate::language::{Language, Piece, Text};

/// Stands for the first variable in a table; the others follow it. No text has these characters.
const FIRST_VARIABLE: u32 = 0xE000;

/// The source of the module.
pub fn module(english: &Language, german: &Language) -> String {
    let mut module = String::new();
    let mut forms = 0;
    for (name, text) in &english.0 {
        module += &function(name, text, forms);
        forms += text.forms.len();
    }
    for (table, language) in [("ENGLISH", english), ("GERMAN", german)] {
        let _ = writeln!(module, "static {table}: Table = [");
        for (name, text) in &language.0 {
            // Both languages number the variables as the first one does.
            let variables = english.0[name].variables();
            for form in &text.forms {
                let _ = writeln!(module, "    {:?},", stored(form, &variables));
            }
        }
        module += "];\n";
    }
    let _ = writeln!(module, "type Table = [&'static str; {forms}];");
    module
}

/// The function of a text whose first form is the one numbered `form`.
fn function(name: &str, text: &Text, form: usize) -> String {
    let name = name.replace('-', "_");
    let variables = text.variables();
    let example = text
        .forms
        .last()
        .map(|form| shown(form))
        .unwrap_or_default();
    let parameters = variables.iter().map(|variable| {
        let counted = text.counted.as_ref() == Some(variable);
        format!("{variable}: {}", if counted { "usize" } else { "&str" })
    });
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    let arguments =
        variables
            .iter()
            .map(|variable| match text.counted.as_ref() == Some(variable) {
                true => format!("&crate::format::count({variable})"),
                false => variable.clone(),
            });
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let (kind, body) = match (&text.counted, variables.is_empty()) {
        (_, true) => ("&'static str", format!("text({form})")),
        (None, false) => ("String", format!("fill(text({form}), &[{arguments}])")),
        (Some(counted), false) => (
            "String",
            format!("fill(plural({form}, {counted}), &[{arguments}])"),
        ),
    };
    format!("/// {example:?}\npub fn {name}({parameters}) -> {kind} {{ {body} }}\n")
}

fn shown(form: &[Piece]) -> String {
    form.iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Variable(name) => format!("{{{name}}}"),
        })
        .collect()
}

fn stored(form: &[Piece], variables: &[String]) -> String {
    form.iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Variable(name) => {
                let at = variables.iter().position(|known| known == name);
                let at = at.and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
                char::from_u32(FIRST_VARIABLE + at)
                    .map(String::from)
                    .unwrap_or_default()
            }
        })
        .collect()
}
