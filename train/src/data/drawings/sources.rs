//! Sources of the drawn pictures: a table of pinned npm packages.

use crate::packages::{Package, Registry};

/// How an icon set writes its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// Emoji names with hyphens between words.
    Emoji,
    /// Emoji names with the words run together; only those that match a known name are used.
    RunTogether,
    /// Emoji names with a number for each further drawing; flags have the country's name.
    Numbered,
    /// Country codes; only those of emoji flags are used.
    Country,
    /// Names of things, not tied to emoji.
    Things,
}

/// One icon set of the Iconify collection, <https://iconify.design>.
#[derive(Debug)]
pub(super) struct IconSet {
    pub package: Package,
    /// The set's licence, as its `info.json` names it (SPDX).
    pub license: &'static str,
    pub naming: Naming,
    /// Only icons with this ending are used, in sets that draw each icon in several shapes. The
    /// ending is not part of the name.
    pub ending: &'static str,
    /// Icons with these endings are not used: they look almost like the held-out set's.
    pub lookalikes: &'static [&'static str],
    /// Excluded from training.
    pub held_out: bool,
}

const fn set(
    name: &'static str,
    version: &'static str,
    license: &'static str,
    naming: Naming,
    sha256: &'static str,
) -> IconSet {
    IconSet {
        package: Package {
            registry: Registry::Npm,
            name,
            version,
            sha256,
        },
        license,
        naming,
        ending: "",
        lookalikes: &[],
        held_out: false,
    }
}

/// Every icon set. None but the last is Twemoji or drawn after it.
pub(super) const ICON_SETS: [IconSet; 14] = [
    set(
        "@iconify-json/noto",
        "1.2.9",
        "Apache-2.0",
        Naming::Emoji,
        "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad",
    ),
    set(
        "@iconify-json/noto-v1",
        "1.2.5",
        "Apache-2.0",
        Naming::Emoji,
        "2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37",
    ),
    set(
        "@iconify-json/fluent-emoji",
        "1.2.7",
        "MIT",
        Naming::Emoji,
        "8044210dbf11e016d4de85f15d01a243423bd832457e7e2491df1b751c0e272b",
    ),
    set(
        "@iconify-json/fluent-emoji-flat",
        "1.2.6",
        "MIT",
        Naming::Emoji,
        "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175",
    ),
    set(
        "@iconify-json/emojione",
        "1.2.3",
        "CC-BY-4.0",
        Naming::Emoji,
        "26a14f44284407e8bcde91799388dca2bfd91dbcd55a97f425524a1c5b73610e",
    ),
    IconSet {
        // Its clock faces.
        lookalikes: &["-oclock", "-thirty"],
        ..set(
            "@iconify-json/emojione-v1",
            "1.2.3",
            "CC-BY-SA-4.0",
            Naming::Emoji,
            "6641d59d48a42823fdc2b84e7427e9f302944eb98d2c7d94d6e67c139e7b37b3",
        )
    },
    set(
        "@iconify-json/openmoji",
        "1.2.29",
        "CC-BY-SA-4.0",
        Naming::Emoji,
        "03181e2c156cab35cf4a62f1f7886bd971d59212e75ac3f189d5a4cae3930fc5",
    ),
    set(
        "@iconify-json/fxemoji",
        "1.2.2",
        "Apache-2.0",
        Naming::RunTogether,
        "f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef",
    ),
    set(
        "@iconify-json/streamline-emojis",
        "1.2.4",
        "CC-BY-4.0",
        Naming::Numbered,
        "5dac87c876b322500989828c5823143e0100d78881627a2e4081a4b897cbfdbc",
    ),
    set(
        "@iconify-json/flat-color-icons",
        "1.2.3",
        "MIT",
        Naming::Things,
        "d8878a9b0f02d749bc8671eb7d47882eb711185cbcefbb365cbfb488773c4786",
    ),
    IconSet {
        ending: "-fill",
        ..set(
            "@iconify-json/meteocons",
            "1.2.4",
            "MIT",
            Naming::Things,
            "1c0b49c6375c0e35c3ed65db6e41e9811a0cbd2368c13ee27f870f60c6185ff0",
        )
    },
    set(
        "@iconify-json/circle-flags",
        "1.2.11",
        "MIT",
        Naming::Country,
        "ee9a03f6a6fdd79cc6325bdcb7bb93b83d331e60b16e226188f154a64b6bb4a9",
    ),
    IconSet {
        ending: "-4x3",
        ..set(
            "@iconify-json/flag",
            "1.2.12",
            "MIT",
            Naming::Country,
            "42246bc20f6154739a192172d71ffe477747ad38278f2e912ec43f4dcb5a15e0",
        )
    },
    IconSet {
        held_out: true,
        ..set(
            "@iconify-json/twemoji",
            "1.2.5",
            "CC-BY-4.0",
            Naming::Emoji,
            "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7",
        )
    },
];

/// Names and keywords of emoji from Unicode CLDR (English), with the short codes in common use.
pub(super) const NAMES: Package = Package {
    registry: Registry::Npm,
    name: "emojibase-data",
    version: "17.0.0",
    sha256: "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_pinned_openly_licensed_and_there_once() {
        let open = ["Apache-2.0", "MIT", "CC-BY-4.0", "CC-BY-SA-4.0"];
        for (at, set) in ICON_SETS.iter().enumerate() {
            assert!(open.contains(&set.license), "{}", set.license);
            assert_eq!(set.package.sha256.len(), 64);
            assert_eq!(set.held_out, set.package.name.ends_with("/twemoji"));
            assert!(
                ICON_SETS[..at]
                    .iter()
                    .all(|other| other.package.name != set.package.name)
            );
        }
    }
}
