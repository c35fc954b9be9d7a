//! Where the focus goes when its element disappears, as selectors.

/// The button "Choose pictures", or the camera in its place: one of them is always there.
pub const CHOOSE: &str = "#drop-zone:not([hidden]) #choose-pictures, #camera";
/// The heading above the pictures.
pub const HEADING: &str = ".results h2";
/// Where the pictures begin, or are added if there are none.
pub const RESULTS: &str = ".results h2, #choose-pictures";
/// The title of the sheet of models, while that is open.
pub const MODELS: &str = "#models-title";
