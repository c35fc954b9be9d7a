//! Which pictures belong together, and in which order they are shown: by label here.
//!
//! ```text
//! groups   by likeness;  found   by nearness to what is searched for
//! ```

pub mod found;
pub mod groups;

use std::collections::HashMap;
use std::sync::Arc;

use glance_protocol::Likeness;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::order;
use crate::picture::{CLOSE, NONE_OF_THESE, Phase, Picture, Ranking};

/// How a person wants the pictures arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// What makes a group.
    pub group: Group,
    /// The order within a group.
    pub order: Order,
    /// Which pictures are shown.
    pub show: Show,
}

/// What makes a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Group {
    /// The label that fits best.
    #[default]
    Label,
    /// Nothing: all pictures are together.
    None,
    /// The pictures look alike.
    Likeness(Likeness),
}

/// The order within a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The surest first.
    #[default]
    Sureness,
    /// By file name, as people count: 9 before 10.
    Name,
    /// As they were added.
    Added,
}

/// Which pictures are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// Every picture.
    #[default]
    All,
    /// Those whose first label has a small lead.
    Unsure,
    /// Those that could not be read.
    Failed,
}

/// Where a picture belongs.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// To a label, with this share, 0 to 1.
    Sorted(String, f32),
    /// To none yet: two labels are nearly equal.
    Unsure(f32),
    /// It has no answer yet.
    Waiting,
    /// It could not be read.
    Failed,
}

/// What a section of the page is named by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Heading {
    /// No heading.
    None,
    /// A label, or a caption.
    Text(String),
    /// Pictures whose first label has a small lead.
    Unsure,
    /// Pictures without an answer yet.
    Waiting,
    /// Pictures that could not be read.
    Failed,
    /// Near copies of each other, by the number of their group.
    Copies(u32),
    /// Pictures of similar content, by the number of their group, and the label of most of them.
    Cluster(u32, Option<String>),
    /// Pictures that are like no other.
    Single(Likeness),
}

/// Pictures that are shown together.
#[derive(Clone, PartialEq)]
pub struct Section {
    /// Its name.
    pub heading: Heading,
    /// Its pictures, in order.
    pub pictures: Vec<Arc<Picture>>,
}

/// How many pictures are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that belong to a label.
    pub sorted: usize,
    /// Those whose first label has a small lead.
    pub unsure: usize,
    /// Those without an answer yet.
    pub waiting: usize,
    /// Those that could not be read.
    pub failed: usize,
}

impl Section {
    /// All pictures together, without a heading; nothing if there are none.
    pub fn all(pictures: Vec<Arc<Picture>>) -> Vec<Self> {
        let heading = Heading::None;
        match pictures.is_empty() {
            true => Vec::new(),
            false => vec![Self { heading, pictures }],
        }
    }
}

/// Where a picture belongs by its latest answer, even if the question has changed since: groups stay
/// until the new answer is here.
pub fn place(picture: &Picture) -> Place {
    if let Some(label) = picture.moved.get_untracked() {
        return Place::Sorted(label, 1.0);
    }
    if picture
        .phase
        .with_untracked(|phase| matches!(phase, Phase::Failed { .. }))
    {
        return Place::Failed;
    }
    picture
        .ranking
        .with_untracked(|ranking| match ranking.as_ref().and_then(Ranking::best) {
            None => Place::Waiting,
            Some((best, lead)) if lead < CLOSE => Place::Unsure(best.probability),
            Some((best, _)) if best.none_of_these => {
                Place::Sorted(NONE_OF_THESE.to_owned(), best.probability)
            }
            Some((best, _)) => Place::Sorted(best.label, best.probability),
        })
}

/// Counts the places of all pictures.
pub fn count<'a>(places: impl Iterator<Item = &'a Place>) -> Counts {
    let mut counts = Counts::default();
    for place in places {
        match place {
            Place::Sorted(..) => counts.sorted += 1,
            Place::Unsure(_) => counts.unsure += 1,
            Place::Waiting => counts.waiting += 1,
            Place::Failed => counts.failed += 1,
        }
    }
    counts
}

/// The pictures that are shown, each with its place, in their order.
pub fn shown(mut pictures: Vec<(Arc<Picture>, Place)>, view: View) -> Vec<(Arc<Picture>, Place)> {
    pictures.retain(|(_, place)| match view.show {
        Show::All => true,
        Show::Unsure => matches!(place, Place::Unsure(_)),
        Show::Failed => *place == Place::Failed,
    });
    match view.order {
        Order::Added => pictures,
        Order::Sureness => order::sorted(pictures, |(_, one), (_, other)| {
            sureness(other).total_cmp(&sureness(one))
        }),
        Order::Name => {
            let named = pictures
                .into_iter()
                .map(|picture| (natural(&picture.0.name), picture));
            let named = order::sorted(named.collect(), |(one, _), (other, _)| one.cmp(other));
            named.into_iter().map(|(_, picture)| picture).collect()
        }
    }
}

/// Arranges pictures, each with its place, by labels or without groups. Groups are in the order of the
/// labels; labels that only a person's correction names come after them. Unsure, unanswered and failed
/// pictures come last.
pub fn arrange(
    pictures: Vec<(Arc<Picture>, Place)>,
    labels: &[String],
    view: View,
) -> Vec<Section> {
    let pictures = shown(pictures, view);
    if view.group == Group::None {
        return Section::all(pictures.into_iter().map(|(picture, _)| picture).collect());
    }
    let known = labels.iter().enumerate();
    let rank: HashMap<&str, usize> = known.map(|(at, label)| (label.as_str(), at)).collect();
    let mut groups: HashMap<Heading, Vec<Arc<Picture>>> = HashMap::new();
    for (picture, place) in pictures {
        let heading = match place {
            Place::Sorted(label, _) => Heading::Text(label),
            Place::Unsure(_) => Heading::Unsure,
            Place::Waiting => Heading::Waiting,
            Place::Failed => Heading::Failed,
        };
        groups.entry(heading).or_default().push(picture);
    }
    let sections = groups.into_iter();
    let sections = sections.map(|(heading, pictures)| Section { heading, pictures });
    let place = |section: &Section| match &section.heading {
        Heading::Text(label) => match rank.get(label.as_str()) {
            Some(at) => (0, *at, String::new()),
            None => (1, 0, label.clone()),
        },
        Heading::Unsure => (2, 0, String::new()),
        Heading::Waiting => (3, 0, String::new()),
        _ => (4, 0, String::new()),
    };
    order::sorted(sections.collect(), |one, other| {
        place(one).cmp(&place(other))
    })
}

fn sureness(place: &Place) -> f32 {
    match place {
        Place::Sorted(_, share) | Place::Unsure(share) => *share,
        Place::Waiting => -1.0,
        Place::Failed => -2.0,
    }
}

/// A key that sorts names as people do: numbers by their value, letters without regard to case.
fn natural(name: &str) -> Vec<(u64, String)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (before, after) = rest.split_at(text);
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, next) = after.split_at(digits);
        // A number too large to hold sorts behind all others.
        let number = match number {
            "" => 0,
            digits => digits.parse().unwrap_or(u64::MAX),
        };
        parts.push((0, before.to_lowercase()));
        parts.push((number, String::new()));
        rest = next;
    }
    parts
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn pictures(places: &[(&str, Place)]) -> Vec<(Arc<Picture>, Place)> {
        let made = (0..).zip(places).map(|(id, (name, place))| {
            let picture = Picture::new(id, (*name).to_owned(), String::new());
            (Arc::new(picture), place.clone())
        });
        made.collect()
    }

    fn shown(sections: &[Section]) -> Vec<(Heading, Vec<&str>)> {
        let names = |section: &Section| -> Vec<*const Picture> {
            section.pictures.iter().map(Arc::as_ptr).collect()
        };
        assert_eq!(names(&sections[0]).len(), sections[0].pictures.len());
        sections
            .iter()
            .map(|section| {
                let names = section.pictures.iter().map(|picture| picture.name.as_str());
                (section.heading.clone(), names.collect())
            })
            .collect()
    }

    fn sorted(label: &str, share: f32) -> Place {
        Place::Sorted(label.to_owned(), share)
    }

    #[wasm_bindgen_test]
    fn groups_follow_the_labels_and_what_is_open_comes_last() {
        let labels = ["dog", "cat"].map(str::to_owned);
        let all = pictures(&[
            ("a", Place::Failed),
            ("b", sorted("cat", 0.6)),
            ("c", sorted("owl", 1.0)),
            ("d", Place::Unsure(0.4)),
            ("e", sorted("dog", 0.9)),
            ("f", sorted("cat", 0.8)),
            ("g", Place::Waiting),
        ]);
        let text = |label: &str| Heading::Text(label.to_owned());
        let sections = arrange(all, &labels, View::default());
        assert_eq!(
            shown(&sections),
            [
                (text("dog"), vec!["e"]),
                (text("cat"), vec!["f", "b"]),
                (text("owl"), vec!["c"]),
                (Heading::Unsure, vec!["d"]),
                (Heading::Waiting, vec!["g"]),
                (Heading::Failed, vec!["a"]),
            ]
        );
    }

    #[wasm_bindgen_test]
    fn names_are_ordered_as_people_count() {
        let view = View {
            group: Group::None,
            order: Order::Name,
            show: Show::All,
        };
        let names = ["img 10.jpg", "IMG 9.jpg", "img 9b.jpg", "a.jpg"];
        let all = pictures(&names.map(|name| (name, Place::Waiting)));
        let sections = arrange(all, &[], view);
        assert_eq!(
            shown(&sections),
            [(
                Heading::None,
                vec!["a.jpg", "IMG 9.jpg", "img 9b.jpg", "img 10.jpg"]
            )]
        );
    }

    #[wasm_bindgen_test]
    fn a_filter_leaves_only_its_own() {
        let all = [
            ("a", Place::Unsure(0.3)),
            ("b", sorted("cat", 0.9)),
            ("c", Place::Failed),
        ];
        for (show, name) in [(Show::Unsure, "a"), (Show::Failed, "c")] {
            let view = View {
                show,
                ..View::default()
            };
            let sections = arrange(pictures(&all), &[], view);
            assert_eq!(sections.len(), 1);
            assert_eq!(sections[0].pictures[0].name, name);
        }
        let counts = count(all.iter().map(|(_, place)| place));
        let expected = Counts {
            sorted: 1,
            unsure: 1,
            waiting: 0,
            failed: 1,
        };
        assert_eq!(counts, expected);
    }
}
