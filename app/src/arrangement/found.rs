//! What a search found.

use std::collections::HashMap;
use std::sync::Arc;

use glance_protocol::{PictureId, TextNote};

use crate::arrangement::Section;
use crate::order;
use crate::picture::Picture;

/// How near pictures are to what is searched for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The revision of the question.
    pub revision: u32,
    /// −1 to 1, by picture.
    pub cosines: HashMap<PictureId, f32>,
    /// A note on the text, once it is encoded.
    pub note: Option<TextNote>,
}

impl Found {
    /// Pictures in one section, the nearest first; those that were not compared yet come last, in
    /// their own order.
    pub fn order(&self, pictures: Vec<Arc<Picture>>) -> Vec<Section> {
        let near = |picture: &Picture| self.cosines.get(&picture.id).copied().unwrap_or(-2.0);
        let nearer = |one: &Arc<Picture>, other: &Arc<Picture>| near(other).total_cmp(&near(one));
        Section::all(order::sorted(pictures, nearer))
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_nearest_comes_first_and_the_unknown_last() {
        let picture = |id| Arc::new(Picture::new(id, id.to_string(), String::new()));
        let found = Found {
            cosines: HashMap::from([(2, 0.1), (3, 0.3), (4, -0.2)]),
            ..Found::default()
        };
        let sections = found.order((1..=4).map(picture).collect());
        let ids: Vec<PictureId> = sections[0].pictures.iter().map(|p| p.id).collect();
        assert_eq!(ids, [3, 2, 4, 1]);
        assert!(found.order(Vec::new()).is_empty());
    }
}
