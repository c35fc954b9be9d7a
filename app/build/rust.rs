//! Writes texts as a Rust module: a function for each, and a table for each language.

use std::fmt::Write;

use crate::language::{Language, Piece, Text};

/// Stands for the first variable in a table; the others follow it. No text has these characters.
const FIRST_VARIABLE: u32 = 0xE000;

/// The source of the module. Each part of the page has tables of its own, so that they can be fetched
/// with the part.
pub fn module(english: &Language, german: &Language) -> String {
    let mut module = format!(
        "/// Stands for the first variable in a table; the others follow it.\n\
         const FIRST_VARIABLE: u32 = {FIRST_VARIABLE};\n"
    );
    for (number, (part, texts)) in english.0.iter().enumerate() {
        let mut forms = 0;
        for (name, text) in texts {
            let table = format!("&{}, {number}", table("ENGLISH", part));
            module += &function(name, text, &table, forms);
            forms += text.forms.len();
        }
    }
    for (language, parts) in [("ENGLISH", english), ("GERMAN", german)] {
        for (part, texts) in &parts.0 {
            let forms: usize = texts.values().map(|text| text.forms.len()).sum();
            let name = table(language, part);
            let _ = writeln!(module, "static {name}: [&str; {forms}] = [");
            for (name, text) in texts {
                // Both languages number the variables as the first one does.
                let variables = english.0[part][name].variables();
                for form in &text.forms {
                    let _ = writeln!(module, "    {:?},", stored(form, &variables));
                }
            }
            module += "];\n";
        }
    }
    let parts: Vec<String> = german
        .0
        .keys()
        .map(|part| format!("&{}", table("GERMAN", part)))
        .collect();
    let _ = writeln!(
        module,
        "type Table = [&'static [&'static str]; {}];",
        parts.len()
    );
    let _ = writeln!(module, "static GERMAN: Table = [{}];", parts.join(", "));
    module
}

/// The name of a part's table.
fn table(language: &str, part: &str) -> String {
    format!("{language}_{}", part.to_uppercase())
}

/// The function of a text whose first form is the one numbered `form` in its part's table.
fn function(name: &str, text: &Text, table: &str, form: usize) -> String {
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
        (_, true) => ("&'static str", format!("text({table}, {form})")),
        (None, false) => (
            "String",
            format!("fill(text({table}, {form}), &[{arguments}])"),
        ),
        (Some(counted), false) => (
            "String",
            format!("fill(plural({table}, {form}, {counted}), &[{arguments}])"),
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
