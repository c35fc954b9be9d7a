//! The texts of one language, in Fluent's syntax (projectfluent.org).
//!
//! Of Fluent, a text may have variables, `{ $name }`, or be one choice by a number:
//!
//! ```text
//! pictures-done = { $count ->
//!     [one] 1 picture done.
//!    *[other] { $count } pictures done.
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};
use fluent_syntax::parser;

/// All texts of a language, by the part of the page that says them, which is the name of their file.
pub struct Language(pub BTreeMap<String, Texts>);

/// Texts by their names.
pub type Texts = BTreeMap<String, Text>;

pub struct Text {
    /// The variable whose number chooses the form.
    pub counted: Option<String>,
    /// One form, or two: for one, and for any other number.
    pub forms: Vec<Vec<Piece>>,
}

#[derive(PartialEq)]
pub enum Piece {
    Words(String),
    Variable(String),
}

impl Language {
    /// Reads all files of a folder.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut parts = BTreeMap::new();
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
            let path = entry.map_err(|error| error.to_string())?.path();
            let part = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            let mut texts = Texts::new();
            let source = fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let resource = parser::parse(source.as_str())
                .map_err(|(_, errors)| format!("{}: {errors:?}", path.display()))?;
            for entry in resource.body {
                match entry {
                    Entry::Message(message) => {
                        let name = message.id.name;
                        let value = message.value.ok_or(format!("{name} has no text"))?;
                        let text = Text::read(value).map_err(|why| format!("{name}: {why}"))?;
                        if !names.insert(name.to_owned()) {
                            return Err(format!("{name} is there twice"));
                        }
                        texts.insert(name.to_owned(), text);
                    }
                    Entry::Term(term) => return Err(format!("{} is a term", term.id.name)),
                    _ => {}
                }
            }
            parts.insert(part.to_owned(), texts);
        }
        Ok(Self(parts))
    }

    /// Whether it has the texts of another language, with their variables, and no others.
    pub fn translates(&self, other: &Self) -> Result<(), String> {
        let names = |language: &Self| {
            let parts = language.0.iter();
            let names = parts.flat_map(|(part, texts)| {
                let name = |name| format!("{name} of {part}.ftl");
                texts.keys().map(name).collect::<Vec<_>>()
            });
            names.collect::<BTreeSet<_>>()
        };
        if let Some(name) = names(self).symmetric_difference(&names(other)).next() {
            return Err(format!("{name} is in one language only"));
        }
        let parts = self.0.iter();
        let all = parts.flat_map(|(part, texts)| texts.iter().map(move |text| (part, text)));
        for (part, (name, text)) in all {
            let theirs = &other.0[part][name];
            if text.counted != theirs.counted {
                return Err(format!("{name} must choose by the same number"));
            }
            let all = |text: &Text| text.variables().into_iter().collect::<BTreeSet<_>>();
            if all(text) != all(theirs) {
                return Err(format!("{name} must have the same variables"));
            }
        }
        Ok(())
    }
}

impl Text {
    fn read(pattern: Pattern<&str>) -> Result<Self, String> {
        let mut elements = pattern.elements;
        let (selector, variants) = match (elements.pop(), elements.len()) {
            (
                Some(PatternElement::Placeable {
                    expression: Expression::Select { selector, variants },
                }),
                0,
            ) => (selector, variants),
            (last, _) => {
                elements.extend(last);
                return Ok(Self {
                    counted: None,
                    forms: vec![pieces(elements)?],
                });
            }
        };
        let InlineExpression::VariableReference { id } = selector else {
            return Err("only a variable can choose".to_owned());
        };
        let form = |wanted: &str| {
            let is =
                |variant: &&Variant<&str>| variant.key == VariantKey::Identifier { name: wanted };
            let variant = variants.iter().find(is);
            let variant = variant.ok_or(format!("the form [{wanted}] is missing"))?;
            pieces(variant.value.elements.clone())
        };
        let forms = vec![form("one")?, form("other")?];
        if variants.len() != forms.len() {
            return Err("the forms are [one] and *[other]".to_owned());
        }
        Ok(Self {
            counted: Some(id.name.to_owned()),
            forms,
        })
    }

    /// Its variables, in the order in which they are first used.
    pub fn variables(&self) -> Vec<String> {
        let mut variables: Vec<String> = self.counted.iter().cloned().collect();
        for piece in self.forms.iter().flatten() {
            match piece {
                Piece::Variable(name) if !variables.contains(name) => variables.push(name.clone()),
                _ => {}
            }
        }
        variables
    }
}

fn pieces(elements: Vec<PatternElement<&str>>) -> Result<Vec<Piece>, String> {
    let piece = |element: PatternElement<&str>| match element {
        // A text may go over several lines.
        PatternElement::TextElement { value } => Ok(Piece::Words(value.replace('\n', " "))),
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => Ok(Piece::Variable(id.name.to_owned())),
        // Protects spaces and braces.
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::StringLiteral { value }),
        } => Ok(Piece::Words(value.to_owned())),
        PatternElement::Placeable { .. } => {
            Err("only variables and one choice of the whole text are known".to_owned())
        }
    };
    elements.into_iter().map(piece).collect()
}
