//! Pictures of the page that are dragged to a label.

use std::collections::BTreeSet;

use glance_protocol::PictureId;
use web_sys::{DataTransfer, DragEvent};

/// The data type, which holds their ids; unknown to other pages.
const DRAGGED: &str = "application/x-glance-pictures";

/// Begins to drag pictures.
pub fn drag(event: &DragEvent, ids: &BTreeSet<PictureId>) {
    if let Some(transfer) = event.data_transfer() {
        let ids: Vec<String> = ids.iter().map(PictureId::to_string).collect();
        // If this fails, the menu “Move to label” does the same.
        let _ = transfer.set_data(DRAGGED, &ids.join(" "));
    }
}

/// Whether pictures of the page are dragged.
pub fn carries_pictures(transfer: &DataTransfer) -> bool {
    transfer.types().includes(&DRAGGED.into(), 0)
}

/// The pictures that were dragged.
pub fn dragged(transfer: &DataTransfer) -> BTreeSet<PictureId> {
    let ids = transfer.get_data(DRAGGED).unwrap_or_default();
    ids.split(' ').filter_map(|id| id.parse().ok()).collect()
}
