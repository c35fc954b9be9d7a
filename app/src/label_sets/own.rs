//! Label sets that the person saved. They have a place of their own in the local storage, because
//! the settings are written again at each key stroke.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::browser::storage;
use crate::text_list::{beginning, one_label};
use crate::texts;

const KEY: &str = "glance-label-sets";
/// Longest name, in characters.
pub const MAX_NAME: usize = 80;

/// A label set that the person saved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OwnSet {
    /// The person's name for it; no two sets have the same.
    pub name: String,
    /// Labels in order.
    pub labels: Vec<String>,
}

/// The sets that the person saved; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct OwnSets(RwSignal<Vec<OwnSet>>);

impl OwnSets {
    /// The sets of earlier visits.
    pub fn load() -> Self {
        Self(RwSignal::new(stored()))
    }

    /// All sets in the order they were saved.
    pub fn all(self) -> Vec<OwnSet> {
        self.0.get()
    }

    /// Saves labels under a name.
    ///
    /// # Errors
    /// A sentence for the person.
    pub fn add(self, name: &str, labels: &[String]) -> Result<(), &'static str> {
        let set = new_set(name, labels, &stored())?;
        self.put(set)
    }

    /// Puts a set back that was deleted.
    ///
    /// # Errors
    /// A sentence for the person.
    pub fn put(self, set: OwnSet) -> Result<(), &'static str> {
        // Another tab may have changed them.
        let mut sets = stored();
        sets.push(set);
        match storage::save(KEY, &sets) {
            true => {
                self.0.set(sets);
                Ok(())
            }
            false => Err(texts::sets_not_stored()),
        }
    }

    /// Deletes a set, and returns it.
    pub fn delete(self, name: &str) -> Option<OwnSet> {
        let mut sets = stored();
        let at = sets.iter().position(|set| set.name == name);
        let deleted = at.map(|at| sets.remove(at));
        // A browser that stores nothing has none to delete.
        storage::save(KEY, &sets);
        self.0.set(sets);
        deleted
    }
}

fn stored() -> Vec<OwnSet> {
    storage::load(KEY).unwrap_or_default()
}

fn new_set(name: &str, labels: &[String], sets: &[OwnSet]) -> Result<OwnSet, &'static str> {
    let Some(name) = one_label(name).map(|name| beginning(&name, MAX_NAME)) else {
        return Err(texts::sets_no_name());
    };
    if labels.is_empty() {
        return Err(texts::sets_no_label());
    }
    if sets.iter().any(|set| set.name == name) {
        return Err(texts::sets_same_name());
    }
    let labels = labels.to_vec();
    Ok(OwnSet { name, labels })
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_set_has_a_name_of_its_own_and_labels() {
        let labels = ["cat".to_owned()];
        let birds = new_set(" Birds\n", &labels, &[]).expect("it has both");
        assert_eq!(birds.name, "Birds");
        assert_eq!(birds.labels, labels);
        assert!(new_set("Birds", &labels, &[birds]).is_err());
        assert!(new_set(" \u{200b}", &labels, &[]).is_err());
        assert!(new_set("None", &[], &[]).is_err());
        let long = new_set(&"x".repeat(100), &labels, &[]).expect("it is cut");
        assert_eq!(long.name.chars().count(), MAX_NAME + 1, "with an ellipsis");
    }
}
