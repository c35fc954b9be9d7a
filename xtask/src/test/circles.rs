//! Finds modules that import each other in a circle. Rust allows it; a reader has to hold all of them in
//! mind at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemFn, ItemMod, ItemUse, UseTree};

use crate::error::TaskError;
use crate::workspace;

/// The crates that have no circle.
const CRATES: [&str; 11] = [
    "engine/src",
    "engine/compute/src",
    "engine/prompts/src",
    "engine/protocol/src",
    "app/src",
    "tests/src",
    "tests/fuzz/src",
    "app/worker/src",
    "cli/src",
    "train/src",
    "xtask/src",
];

/// A module's path, such as `["web", "net"]`; the crate's root has none.
type Module = Vec<String>;

/// Checks the crates.
///
/// # Errors
/// [`TaskError::Circle`] with the modules of the first circle, and errors of the disk.
pub fn check() -> Result<(), TaskError> {
    for source in CRATES {
        let mut files = BTreeMap::new();
        read(&workspace::root().join(source), &Module::new(), &mut files)?;
        if let Some(circle) = circle(&imports(&files)) {
            let name = |module: &Module| match module.is_empty() {
                true => "the crate's root".to_owned(),
                false => module.join("::"),
            };
            let names: Vec<String> = circle.iter().map(name).collect();
            return Err(TaskError::Circle {
                folder: source,
                modules: names.join(" → "),
            });
        }
    }
    Ok(())
}

/// Reads the module files of a folder.
fn read(
    folder: &Path,
    module: &Module,
    files: &mut BTreeMap<Module, syn::File>,
) -> Result<(), TaskError> {
    let problem = |error| TaskError::File(folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let stem = stem.unwrap_or_default().to_owned();
        let mut inner = module.clone();
        if path.is_dir() {
            inner.push(stem);
            read(&path, &inner, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            if !matches!(stem.as_str(), "lib" | "main" | "mod") {
                inner.push(stem);
            }
            let text = fs::read_to_string(&path).map_err(problem)?;
            let file = syn::parse_file(&text).map_err(|error| {
                let error = std::io::Error::other(error.to_string());
                TaskError::File(path.clone(), error)
            })?;
            files.insert(inner, file);
        }
    }
    Ok(())
}

/// The modules that each module uses, tests left out.
fn imports(files: &BTreeMap<Module, syn::File>) -> BTreeMap<&Module, BTreeSet<&Module>> {
    let known: BTreeSet<&Module> = files.keys().collect();
    let imports = files.iter().map(|(module, file)| {
        let mut paths = Paths::default();
        paths.visit_file(file);
        let targets = paths.found.iter();
        let targets = targets.filter_map(|path| target(module, path, &known));
        (module, targets.filter(|target| *target != module).collect())
    });
    imports.collect()
}

/// The module that a path leads into, if it is one of this crate's.
fn target<'a>(
    module: &Module,
    path: &[String],
    known: &BTreeSet<&'a Module>,
) -> Option<&'a Module> {
    let (first, mut rest) = path.split_first()?;
    let mut at = module.clone();
    match first.as_str() {
        "crate" => at.clear(),
        "self" => {}
        "super" => {
            at.pop();
            while let Some((_, after)) = rest.split_first().filter(|(next, _)| *next == "super") {
                at.pop();
                rest = after;
            }
        }
        child => {
            at.push(child.to_owned());
            known.get(&at)?;
        }
    }
    for name in rest {
        at.push(name.clone());
        if !known.contains(&at) {
            at.pop();
            break;
        }
    }
    known.get(&at).copied()
}

/// The paths that a file names.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
    /// Modules within the file that are open here.
    depth: usize,
}

impl Paths {
    /// Adds a path as it reads from the file's own module.
    fn add(&mut self, path: Vec<String>) {
        let ups = path.iter().take_while(|name| *name == "super").count();
        if ups == 0 || self.depth == 0 {
            self.found.push(path);
        } else if ups > self.depth {
            self.found.push(path[self.depth..].to_vec());
        }
    }

    fn add_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.add(with(&name.ident)),
            UseTree::Rename(name) => self.add(with(&name.ident)),
            UseTree::Glob(_) => self.add(before.to_vec()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(tree, before);
                }
            }
        }
    }
}

impl Visit<'_> for Paths {
    fn visit_item(&mut self, item: &Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(ItemMod { attrs, .. })
            | Item::Fn(ItemFn { attrs, .. })
            | Item::Use(ItemUse { attrs, .. }) => attrs,
            _ => &[],
        };
        if attributes.iter().any(is_left_out) {
            return;
        }
        let within = usize::from(matches!(item, Item::Mod(_)));
        self.depth += within;
        visit::visit_item(self, item);
        self.depth -= within;
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        self.add_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let names = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.add(names.collect());
        }
        visit::visit_path(self, path);
    }
}

/// Whether an attribute restricts an item to tests, or to links of the documentation.
fn is_left_out(attribute: &Attribute) -> bool {
    let Ok(list) = attribute.meta.require_list() else {
        return false;
    };
    let condition = list.tokens.to_string();
    list.path.is_ident("cfg")
        && (matches!(condition.as_str(), "test" | "doc") || condition.starts_with("all (test"))
}

/// The modules of a circle, if there is one, with the first repeated at the end.
fn circle(imports: &BTreeMap<&Module, BTreeSet<&Module>>) -> Option<Vec<Module>> {
    fn search<'a>(
        module: &'a Module,
        imports: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
        path: &mut Vec<&'a Module>,
        done: &mut BTreeSet<&'a Module>,
    ) -> Option<Vec<Module>> {
        if let Some(start) = path.iter().position(|other| *other == module) {
            let circle = path[start..].iter().chain([&module]);
            return Some(circle.map(|module| (*module).clone()).collect());
        }
        if !done.insert(module) {
            return None;
        }
        path.push(module);
        for next in imports.get(module).into_iter().flatten() {
            if let Some(circle) = search(next, imports, path, done) {
                return Some(circle);
            }
        }
        path.pop();
        None
    }
    let mut done = BTreeSet::new();
    let mut modules = imports.keys();
    modules.find_map(|module| search(module, imports, &mut Vec::new(), &mut done))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Option<String> {
        let parsed = files.iter().map(|(module, text)| {
            let names = module.split("::").filter(|name| !name.is_empty());
            let file = syn::parse_file(text).expect("the test's text is Rust");
            (names.map(str::to_owned).collect(), file)
        });
        let files: BTreeMap<Module, syn::File> = parsed.collect();
        let names: Vec<String> = circle(&imports(&files))?
            .iter()
            .map(|module| module.join("::"))
            .collect();
        Some(names.join(" > "))
    }

    #[test]
    fn modules_that_import_each_other_are_found() {
        let circle = found(&[
            ("", "mod a; mod b;"),
            ("a", "use crate::b::{self, Thing};"),
            ("b", "pub fn f() -> super::a::Other { todo!() }"),
        ]);
        assert_eq!(circle.as_deref(), Some("a > b > a"));
    }

    #[test]
    fn a_child_that_imports_from_its_parent_is_found() {
        let circle = found(&[
            ("room", "mod child; pub use child::Thing; pub struct Error;"),
            ("room::child", "use super::Error;"),
        ]);
        assert_eq!(circle.as_deref(), Some("room > room::child > room"));
    }

    #[test]
    fn one_direction_is_no_circle() {
        let circle = found(&[
            ("", "pub use room::Thing;"),
            ("room", "mod child; mod error; pub use child::Thing;"),
            ("room::child", "use super::error::Error; use std::fmt;"),
            ("room::error", "pub struct Error;"),
        ]);
        assert_eq!(circle, None);
    }

    #[test]
    fn a_module_within_a_file_is_part_of_it() {
        let circle = |text| found(&[("a", "use self::b::B;"), ("a::b", text)]);
        assert_eq!(circle("mod inner { use super::B; }"), None);
        assert!(circle("mod inner { use super::super::B; }").is_some());
    }

    #[test]
    fn tests_and_doc_links_may_import_anything() {
        let circle = found(&[
            ("a", "use crate::b::B;"),
            ("b", "#[cfg(test)] mod tests { use crate::a::A; }"),
        ]);
        assert_eq!(circle, None);
        let circle = found(&[
            ("a", "use crate::b::B;"),
            ("b", "#[cfg(doc)] use crate::a::A;"),
        ]);
        assert_eq!(circle, None);
    }
}
