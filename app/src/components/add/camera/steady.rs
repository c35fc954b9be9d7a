//! What is spoken of a moving picture.

/// How long a label must come first before it is spoken.
const STEADY_MILLISECONDS: f64 = 2000.0;

/// Notices when another label has come first for a while. Labels of a moving picture change too often
/// to speak them all.
#[derive(Default)]
pub struct Steady {
    /// The label that comes first, and since when in milliseconds.
    first: Option<(String, f64)>,
    spoken: Option<String>,
}

impl Steady {
    /// Notes which label comes first at a time in milliseconds, and says whether to speak it now.
    /// That of a held picture is spoken at once.
    pub fn is_news(&mut self, label: &str, now: f64, held: bool) -> bool {
        let since = match &self.first {
            Some((first, since)) if first == label => *since,
            _ => {
                self.first = Some((label.to_owned(), now));
                now
            }
        };
        let steady = held || now - since >= STEADY_MILLISECONDS;
        let news = steady && self.spoken.as_deref() != Some(label);
        if news {
            self.spoken = Some(label.to_owned());
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_label_is_spoken_once_after_two_seconds() {
        let mut steady = Steady::default();
        assert!(!steady.is_news("cat", 0.0, false));
        assert!(!steady.is_news("cat", 1999.0, false));
        assert!(steady.is_news("cat", 2000.0, false));
        assert!(!steady.is_news("cat", 9000.0, false));
    }

    #[wasm_bindgen_test]
    fn a_label_that_flickers_is_not_spoken() {
        let mut steady = Steady::default();
        assert!(!steady.is_news("cat", 0.0, false));
        assert!(!steady.is_news("dog", 1500.0, false));
        assert!(!steady.is_news("cat", 1600.0, false));
        assert!(!steady.is_news("cat", 3500.0, false));
        assert!(steady.is_news("cat", 3600.0, false));
        // A short change is no news, neither there nor back.
        assert!(!steady.is_news("dog", 3700.0, false));
        assert!(!steady.is_news("cat", 3800.0, false));
        assert!(!steady.is_news("cat", 9000.0, false));
    }

    #[wasm_bindgen_test]
    fn a_held_picture_is_spoken_at_once() {
        let mut steady = Steady::default();
        assert!(steady.is_news("cat", 0.0, true));
        assert!(!steady.is_news("cat", 10.0, true));
        assert!(steady.is_news("dog", 20.0, true));
    }
}
