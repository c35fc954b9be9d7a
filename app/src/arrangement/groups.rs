//! Pictures that look alike.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use glance_protocol::{Likeness, PictureId};

use crate::arrangement::{self, Heading, Place, Section, View};
use crate::order;
use crate::picture::Picture;

/// Groups of pictures, as the worker found them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// What the pictures of a group have in common; `None` before the first answer.
    pub by: Option<Likeness>,
    /// The number of each picture's group.
    pub of: HashMap<PictureId, u32>,
}

/// What the page shows of a group, whichever of its pictures are filtered out.
#[derive(Default)]
struct Members {
    count: usize,
    /// How many of them belong to each label.
    labels: HashMap<String, usize>,
}

impl Groups {
    /// Arranges pictures, each with its place, in groups that look alike. Pictures that are like no
    /// other, and unanswered and failed ones, come last. Of near copies the largest file is the first,
    /// and what came first of those that are equally large.
    pub fn arrange(
        &self,
        pictures: Vec<(Arc<Picture>, Place)>,
        by: Likeness,
        view: View,
    ) -> Vec<Section> {
        if self.by != Some(by) {
            // The worker is still comparing them.
            let shown = arrangement::shown(pictures, view).into_iter();
            return Section::all(shown.map(|(picture, _)| picture).collect());
        }
        let groups = self.members(&pictures);
        let mut sections: HashMap<(u32, Heading), Vec<Arc<Picture>>> = HashMap::new();
        for (picture, place) in arrangement::shown(pictures, view) {
            let number = self.of.get(&picture.id).copied();
            let members = number.and_then(|number| Some((number, groups.get(&number)?)));
            let key = match (place, members) {
                (Place::Failed, _) => (u32::MAX, Heading::Failed),
                (_, None) => (u32::MAX - 1, Heading::Waiting),
                (_, Some((_, Members { count: 1, .. }))) => (u32::MAX - 2, Heading::Single(by)),
                (_, Some((number, members))) => (number, members.heading(number, by)),
            };
            sections.entry(key).or_default().push(picture);
        }
        let sections = sections.into_iter().collect();
        let sections = order::sorted(sections, |((one, _), _), ((other, _), _)| one.cmp(other));
        let largest_first = |picture: &Arc<Picture>| (Reverse(picture.bytes), picture.id);
        let sections = sections.into_iter().map(|((_, heading), mut pictures)| {
            if let Heading::Copies(_) = heading {
                pictures = order::sorted(pictures, |one, other| {
                    largest_first(one).cmp(&largest_first(other))
                });
            }
            Section { heading, pictures }
        });
        sections.collect()
    }

    fn members(&self, pictures: &[(Arc<Picture>, Place)]) -> HashMap<u32, Members> {
        let mut groups: HashMap<u32, Members> = HashMap::new();
        for (picture, place) in pictures {
            let Some(number) = self.of.get(&picture.id) else {
                continue;
            };
            let group = groups.entry(*number).or_default();
            group.count += 1;
            if let Place::Sorted(label, _) = place {
                *group.labels.entry(label.clone()).or_default() += 1;
            }
        }
        groups
    }
}

impl Members {
    fn heading(&self, number: u32, by: Likeness) -> Heading {
        match by {
            Likeness::NearlySame => Heading::Copies(number),
            Likeness::Alike => {
                let mut labels = self.labels.iter();
                let most = labels.find(|(_, count)| 2 * **count > self.count);
                Heading::Cluster(number, most.map(|(label, _)| label.clone()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::arrangement::Show;

    /// Pictures of these sizes in bytes, whose ids count from 0.
    fn pictures(all: &[(u64, Place)]) -> Vec<(Arc<Picture>, Place)> {
        let made = (0..).zip(all).map(|(id, (bytes, place))| {
            let picture = Picture {
                bytes: *bytes,
                ..Picture::new(id, id.to_string(), String::new())
            };
            (Arc::new(picture), place.clone())
        });
        made.collect()
    }

    fn groups(by: Likeness, numbers: &[u32]) -> Groups {
        Groups {
            by: Some(by),
            of: (0..).zip(numbers.iter().copied()).collect(),
        }
    }

    fn shown(sections: Vec<Section>) -> Vec<(Heading, Vec<PictureId>)> {
        let ids = |section: Section| {
            let ids = section.pictures.iter().map(|picture| picture.id).collect();
            (section.heading, ids)
        };
        sections.into_iter().map(ids).collect()
    }

    fn sorted(label: &str) -> Place {
        Place::Sorted(label.to_owned(), 0.9)
    }

    #[wasm_bindgen_test]
    fn the_largest_of_near_copies_is_the_first_and_lone_pictures_come_last() {
        let by = Likeness::NearlySame;
        let all = [
            (5, Place::Failed),
            (9, Place::Unsure(0.3)),
            (3, sorted("cat")),
            (7, sorted("cat")),
            (7, sorted("dog")),
            (1, Place::Waiting),
        ];
        // The last one has no number yet, and the first lost its own.
        let groups = groups(by, &[0, 1, 2, 2, 2]);
        let sections = groups.arrange(pictures(&all), by, View::default());
        let expected = [
            (Heading::Copies(2), vec![3, 4, 2]),
            (Heading::Single(by), vec![1]),
            (Heading::Waiting, vec![5]),
            (Heading::Failed, vec![0]),
        ];
        assert_eq!(shown(sections), expected);

        // A filter makes no picture a lone one.
        let view = View {
            show: Show::Unsure,
            ..View::default()
        };
        let groups = Groups {
            of: HashMap::from([(1, 0), (2, 0)]),
            ..groups
        };
        let sections = groups.arrange(pictures(&all), by, view);
        assert_eq!(shown(sections), [(Heading::Copies(0), vec![1])]);

        // Without an answer to this question there are no groups.
        let sections = groups.arrange(pictures(&all), Likeness::Alike, View::default());
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].heading, Heading::None);
    }

    #[wasm_bindgen_test]
    fn a_cluster_is_named_by_the_label_of_most() {
        let by = Likeness::Alike;
        let all = [
            (1, sorted("cat")),
            (1, sorted("dog")),
            (1, sorted("cat")),
            (1, sorted("dog")),
            (1, Place::Unsure(0.2)),
        ];
        let groups = groups(by, &[0, 1, 0, 0, 1]);
        let sections = groups.arrange(pictures(&all), by, View::default());
        let headings = sections.into_iter().map(|section| section.heading);
        let cats = Some("cat".to_owned());
        let expected = [Heading::Cluster(0, cats), Heading::Cluster(1, None)];
        assert_eq!(headings.collect::<Vec<_>>(), expected);
    }
}
