//! Random strings from a number. `tests/fixtures/random_strings.py` makes the same ones.

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// What the strings are made of.
pub struct Strings {
    /// Strings to cut pieces from.
    pub fragments: Vec<Vec<char>>,
    /// The 256 characters of each of several encodings.
    pub charmaps: Vec<Vec<char>>,
    /// Names of HTML entities.
    pub entities: Vec<String>,
    /// First and last code points of characters that the reference knows.
    pub ranges: Vec<(u32, u32)>,
    /// Pieces that are difficult to clean and split.
    pub snippets: Vec<String>,
}

impl Strings {
    /// The string for a number.
    pub fn string(&self, index: u64) -> String {
        let random = &mut Random(index);
        match index % 8 {
            0 => self.scalars(random),
            1 => self.mixture(random),
            2 => self.mojibake(random),
            3 => self.damaged(random),
            4 => self.references(random),
            5 => ascii(random),
            6 => self.snippets(random),
            _ => self.unlikely(random),
        }
    }

    fn scalar(&self, random: &mut Random) -> char {
        let (first, last) = *random.pick(&self.ranges);
        scalar_between(first, last, random)
    }

    fn scalars(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for _ in 0..1 + random.below(8) {
            let (first, last) = *random.pick(&self.ranges);
            for _ in 0..1 + random.below(3) {
                text.push(match random.one_in(5) {
                    true => ' ',
                    false => scalar_between(first, last, random),
                });
            }
        }
        text
    }

    fn fragment(&self, random: &mut Random) -> String {
        let fragment = random.pick(&self.fragments);
        let start = random.below(fragment.len());
        let length = 1 + random.below(fragment.len() - start);
        fragment[start..start + length].iter().collect()
    }

    fn piece(&self, random: &mut Random) -> String {
        match random.one_in(2) {
            true => self.fragment(random),
            false => self.scalars(random),
        }
    }

    fn mixture(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for _ in 0..1 + random.below(4) {
            text += &self.fragment(random);
            if random.one_in(3) {
                text.push(' ');
            }
        }
        text
    }

    fn mojibake(&self, random: &mut Random) -> String {
        let mut text = self.piece(random);
        for _ in 0..1 + random.below(2) {
            let charmap = random.pick(&self.charmaps);
            text = text
                .bytes()
                .map(|byte| charmap[usize::from(byte)])
                .collect();
        }
        text
    }

    fn damaged(&self, random: &mut Random) -> String {
        let mut text = match random.one_in(2) {
            true => self.fragment(random) + " ",
            false => String::new(),
        };
        text += &self.mojibake(random);
        let mut damaged = String::new();
        for character in text.chars() {
            match random.below(40) {
                0 => damaged.push(' '),
                1 => damaged.push('\u{fffd}'),
                2 => damaged.push('?'),
                3 => damaged.extend([character, self.high(random)]),
                4 => {}
                _ if character == '\u{a0}' && random.one_in(2) => damaged.push(' '),
                _ => damaged.push(character),
            }
        }
        damaged
    }

    /// A character beyond ASCII of one of the encodings.
    fn high(&self, random: &mut Random) -> char {
        random.pick(&self.charmaps)[0x80 + random.below(0x80)]
    }

    fn references(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for _ in 0..1 + random.below(5) {
            match random.below(7) {
                0 => text += &format!("&{}", random.pick(&self.entities)),
                1 => text += &format!("&{}", random.pick(&self.entities).to_uppercase()),
                2 => text += &format!("&amp;{}", random.pick(&self.entities)),
                3 => text += &self.fragment(random),
                kind => {
                    let number = self.number(random);
                    text += &match kind {
                        4 => format!("&#{number}"),
                        5 => format!("&#x{number:x}"),
                        _ => format!("&amp;#X{number:X}"),
                    };
                    if !random.one_in(4) {
                        text.push(';');
                    }
                }
            }
            if random.one_in(4) {
                text.push(' ');
            } else if random.one_in(12) {
                text.push('<');
            } else if random.one_in(12) {
                text.push('\n');
            }
        }
        text
    }

    fn number(&self, random: &mut Random) -> usize {
        match random.below(4) {
            0 => random.below(300),
            1 => random.pick(&[0xD7FF, 0xFFFE, 0x10_FFF0]) + random.below(0x20),
            _ => self.scalar(random) as usize,
        }
    }

    fn snippets(&self, random: &mut Random) -> String {
        (0..1 + random.below(10))
            .map(|_| random.pick(&self.snippets).as_str())
            .collect()
    }

    fn unlikely(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for _ in 0..1 + random.below(12) {
            text.push(match random.one_in(3) {
                true => *random.pick(&['a', 'Z', ' ', '.', ',', '\'', 'é']),
                false => self.high(random),
            });
        }
        text
    }
}

fn scalar_between(first: u32, last: u32, random: &mut Random) -> char {
    let code = first + random.below((last - first + 1) as usize) as u32;
    char::from_u32(code).expect("no range has surrogates")
}

fn ascii(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..1 + random.below(40) {
        let code = match random.one_in(20) {
            true => random.below(32),
            false => 32 + random.below(95),
        };
        text.push(char::from(code as u8));
    }
    text
}
