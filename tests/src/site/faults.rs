//! Faults of a file, on command.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Faults of one file. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Another status than 200, and no body.
    pub status: Option<u16>,
    /// How requests for a range are answered.
    pub ranges: RangeSupport,
    /// Only the first half of the file exists.
    pub halved: bool,
    /// The connection is cut before each of these bytes of the file, once each.
    pub cuts: BTreeSet<u64>,
    /// The connection is cut after this many bytes of a body.
    pub cut_after: Option<(u64, Times)>,
    /// A byte of the file is wrong.
    pub damage: Option<Damage>,
    /// Bytes of the file from here on are held while this is set.
    pub held_from: Option<u64>,
    /// Each body is sent at this speed.
    pub bytes_per_second: Option<u64>,
}

/// How a server deals with ranges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RangeSupport {
    /// Status 206 and what the standard asks for.
    #[default]
    Full,
    /// Status 200 and the whole file, as from a simple server.
    Ignored,
    /// Status 206 without `Content-Range`, `Content-Length` or `ETag`: what a page sees of another
    /// origin that does not expose them.
    Unlabelled,
}

/// How often something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// The next time only.
    Once,
    /// Every time, while the fault is set.
    Always,
}

/// A byte that goes out wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Which byte of the file.
    pub at: u64,
    /// In how many answers.
    pub times: Times,
}

/// The next step of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Send these bytes of the file; the second value is the place of a wrong one.
    Send(Range<u64>, Option<u64>),
    /// Wait until faults change.
    Hold,
    /// Cut the connection.
    Cut,
}

impl Faults {
    /// The next step, if `left` of the file remains and `sent` bytes of the body are sent. Sends at
    /// most `most` bytes.
    pub(super) fn step(&mut self, left: &Range<u64>, sent: u64, most: u64) -> Step {
        let at = left.start;
        let mut end = left.end.min(at + most);
        if let Some(held_from) = self.held_from {
            if at >= held_from {
                return Step::Hold;
            }
            end = end.min(held_from);
        }
        if self.cuts.remove(&at) {
            return Step::Cut;
        }
        if let Some(cut) = self.cuts.range(at..end).next() {
            end = *cut;
        }
        if let Some((after, times)) = self.cut_after {
            if sent >= after {
                self.cut_after = self.cut_after.filter(|_| times == Times::Always);
                return Step::Cut;
            }
            end = end.min(at + (after - sent));
        }
        let damage = self.damage.filter(|damage| (at..end).contains(&damage.at));
        if damage.is_some_and(|damage| damage.times == Times::Once) {
            self.damage = None;
        }
        Step::Send(at..end, damage.map(|damage| damage.at))
    }
}

/// The faults of each file.
#[derive(Default)]
pub(super) struct ByPath(BTreeMap<&'static str, Faults>);

impl ByPath {
    pub(super) fn set(&mut self, path: &'static str, faults: Faults) {
        self.0.insert(path, faults);
    }

    pub(super) fn of(&self, path: &str) -> Faults {
        self.0.get(path).cloned().unwrap_or_default()
    }

    /// As [`Faults::step`].
    pub(super) fn step(&mut self, path: &str, left: &Range<u64>, sent: u64, most: u64) -> Step {
        match self.0.get_mut(path) {
            Some(faults) => faults.step(left, sent, most),
            None => Faults::default().step(left, sent, most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a body to its end, its cut or its hold; returns what was sent, and why it ended.
    fn run(faults: &mut Faults, range: Range<u64>) -> (Vec<(u64, u64)>, Option<Step>) {
        let mut parts = Vec::new();
        let mut at = range.start;
        while at < range.end {
            match faults.step(&(at..range.end), at - range.start, 40) {
                Step::Send(part, _) => {
                    at = part.end;
                    parts.push((part.start, part.end));
                }
                end => return (parts, Some(end)),
            }
        }
        (parts, None)
    }

    #[test]
    fn cuts_happen_at_their_bytes_and_once() {
        let mut faults = Faults {
            cuts: BTreeSet::from([0, 50]),
            ..Faults::default()
        };
        assert_eq!(run(&mut faults, 0..100), (vec![], Some(Step::Cut)));
        let before = vec![(0, 40), (40, 50)];
        assert_eq!(run(&mut faults, 0..100), (before, Some(Step::Cut)));
        assert_eq!(run(&mut faults, 50..100), (vec![(50, 90), (90, 100)], None));
    }

    #[test]
    fn a_limit_of_a_body_counts_from_its_start() {
        let mut faults = Faults {
            cut_after: Some((30, Times::Once)),
            ..Faults::default()
        };
        assert_eq!(run(&mut faults, 20..100), (vec![(20, 50)], Some(Step::Cut)));
        assert_eq!(run(&mut faults, 50..80), (vec![(50, 80)], None));
    }

    #[test]
    fn a_held_file_ends_where_it_is_held() {
        let mut faults = Faults {
            held_from: Some(60),
            ..Faults::default()
        };
        let before = vec![(10, 50), (50, 60)];
        assert_eq!(run(&mut faults, 10..100), (before, Some(Step::Hold)));
        assert_eq!(run(&mut faults, 10..60).1, None);
    }

    #[test]
    fn damage_is_told_with_the_bytes_that_have_it() {
        let mut faults = Faults {
            damage: Some(Damage {
                at: 5,
                times: Times::Once,
            }),
            ..Faults::default()
        };
        assert_eq!(faults.step(&(6..9), 0, 40), Step::Send(6..9, None));
        assert_eq!(faults.step(&(0..9), 0, 40), Step::Send(0..9, Some(5)));
        assert_eq!(faults.step(&(0..9), 0, 40), Step::Send(0..9, None));
    }
}
