//! The question of the tab “Sort”: labels as chips, sets of them, and the sentences around them.
//!
//! ```text
//! chips        the labels, and the field that adds one;  chip  one label
//! chip_keys    the keys that move between chips
//! input        the field
//! tools        the line of buttons below;  sets/  the popover with sets of labels
//! learning     whether labels are learnt from pictures
//! more         the options below the line: prompt, “none of these”, the link
//! link_offer   asks before a link replaces labels
//! replace      replaces all labels at once
//! ```

use leptos::prelude::*;

use crate::session::Session;
use crate::texts;

mod chip;
mod chip_keys;
mod chips;
mod copy_link;
mod input;
mod learning;
mod link_offer;
mod more;
mod prompt;
mod replace;
mod sets;
mod tools;

/// The labels' editor.
#[component]
pub fn Labels(session: Session) -> impl IntoView {
    view! {
        <link_offer::LinkOffer session />
        <label class="visually-hidden" for="label-input">{texts::labels_title()}</label>
        <chips::Chips session />
        <tools::Tools session />
        <learning::Learning session />
    }
}
