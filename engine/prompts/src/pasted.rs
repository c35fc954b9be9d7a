//! Lists of texts as people paste and save them.

/// Splits `text` at separators into trimmed pieces, without empty ones and invisible characters. In
/// quotes, as spreadsheets write them, separators belong to the piece, and a doubled quote is one
/// quote.
pub fn pieces(text: &str, separators: &[char]) -> Vec<String> {
    let text = visible(text);
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (piece, after) = first_piece(rest, separators);
        if !piece.is_empty() {
            pieces.push(piece);
        }
        let mut after = after.chars();
        after.next();
        rest = after.as_str();
    }
    pieces
}

/// Splits a table into rows of trimmed cells, as [`pieces`] does, but keeps empty cells, so that a
/// column can be told. Empty rows are left out.
pub fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let text = visible(text);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = Vec::new();
    let mut rest = text.as_str();
    loop {
        let (cell, after) = first_piece(rest, &[separator, '\n', '\r']);
        row.push(cell);
        let mut after = after.chars();
        let end = after.next();
        if end != Some(separator) {
            let ended = std::mem::take(&mut row);
            if ended.iter().any(|cell| !cell.is_empty()) {
                rows.push(ended);
            }
        }
        if end.is_none() {
            return rows;
        }
        rest = after.as_str();
    }
}

/// The trimmed piece at the start of `text`, and the rest from the separator on.
fn first_piece<'a>(text: &'a str, separators: &[char]) -> (String, &'a str) {
    let text = text.trim_start_matches([' ', '\u{3000}']);
    let (piece, rest) = quoted(text, separators).unwrap_or_else(|| {
        let end = text.find(separators).unwrap_or(text.len());
        (text[..end].to_owned(), &text[end..])
    });
    (piece.trim().to_owned(), rest)
}

/// Whether `text` begins with a quote that is not closed yet.
pub fn is_open(text: &str) -> bool {
    text.trim_start().starts_with('"') && text.matches('"').count() % 2 == 1
}

/// A piece in quotes at the start of `text`, and the rest from the separator on. A comma may come
/// before the separator, as in lists in source code.
fn quoted<'a>(text: &'a str, separators: &[char]) -> Option<(String, &'a str)> {
    let mut piece = String::new();
    let mut rest = text.strip_prefix('"')?;
    loop {
        let (before, after) = rest.split_once('"')?;
        piece.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                piece.push('"');
                rest = after;
            }
            None => {
                rest = after.trim_start_matches(' ');
                break;
            }
        }
    }
    rest = rest.strip_prefix(',').map_or(rest, |after| {
        let after = after.trim_start_matches(' ');
        // A comma that is a separator stays.
        if separators.contains(&',') {
            rest
        } else {
            after
        }
    });
    let ends = rest.is_empty() || rest.starts_with(separators);
    // A cell of several lines is one text.
    let lines = piece.split(['\r', '\n', '\t']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    ends.then(|| (lines.join(" "), rest))
}

/// `text` without invisible characters, which a model would see: controls, byte order and direction
/// marks, soft hyphens, fillers and the place of a picture. Other spaces become plain ones, and
/// other line breaks (Word's within a paragraph, Unicode's own) plain ones. Joiners stay, because
/// emoji and some scripts need them.
pub fn visible(text: &str) -> String {
    let seen = text.chars().filter_map(|character| match character {
        '\n' | '\r' | '\t' => Some(character),
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' => {
            None
        }
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
        '\u{3164}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffc}' => None,
        space if space.is_whitespace() => Some(' '),
        _ => (!character.is_control()).then_some(character),
    });
    seen.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &[char] = &['\n', '\r', '\t', ','];

    #[test]
    fn separators_part_and_quotes_protect() {
        for (text, expected) in [
            ("cat, dog\r\n\n owl ,,", &["cat", "dog", "owl"][..]),
            ("cat\tdog\r\nowl\tcow\r\n", &["cat", "dog", "owl", "cow"]),
            ("\"red, white\" , blue", &["red, white", "blue"]),
            ("\"a \"\"big\"\" cat\"\nowl", &["a \"big\" cat", "owl"]),
            ("\"two\nlines\"\towl", &["two lines", "owl"]),
            ("\"two\r\nlines\r\n\"\towl", &["two lines", "owl"]),
            (
                "cat\u{b}dog\u{2028}owl\u{85}cow",
                &["cat", "dog", "owl", "cow"],
            ),
            ("12\" vinyl, 7\"", &["12\" vinyl", "7\""]),
            ("\"open, end", &["\"open", "end"]),
            ("\"said\" he, owl", &["\"said\" he", "owl"]),
            ("\"\", \"cat\"", &["cat"]),
            (" \t\r\n", &[]),
        ] {
            assert_eq!(pieces(text, LIST), expected, "{text:?}");
        }
    }

    #[test]
    fn tables_keep_their_columns() {
        let text = "\u{feff}id;label\r\n1;\"red; white\"\r\n\r\n2; \n;\"a \"\"cat\"\", asleep\"";
        let expected = [
            ["id", "label"],
            ["1", "red; white"],
            ["2", ""],
            ["", "a \"cat\", asleep"],
        ];
        assert_eq!(rows(text, ';'), expected);
        assert_eq!(rows("\"open;\n2", ';'), [vec!["\"open", ""], vec!["2"]]);
        assert!(rows(" \r\n;;\n", ';').is_empty());
    }

    #[test]
    fn lists_of_programs_are_lists() {
        let lines = "\"a drawing of a {}\",\n\"a bad photo of a {}\" ,\r\nart, of a {}";
        let expected = ["a drawing of a {}", "a bad photo of a {}", "art, of a {}"];
        assert_eq!(pieces(lines, &['\n', '\r']), expected);
    }

    #[test]
    fn what_nobody_sees_goes_and_joiners_stay() {
        assert_eq!(
            visible("\u{feff}c\u{ad}a\0t\u{a0}\u{200b}nap\u{202e}"),
            "cat nap"
        );
        assert_eq!(
            visible("red\u{2009}\u{61c}fox\u{fffc}\u{3164}\u{3000}owl"),
            "red fox owl"
        );
        for kept in [
            "👩\u{200d}🚀",
            "می\u{200c}خواهم",
            "❤\u{fe0f}",
            "ca\u{301}t",
            "🏴\u{e0067}\u{e007f}",
        ] {
            assert_eq!(visible(kept), kept);
        }
        assert_eq!(pieces("\u{feff}\u{200b}\n\u{feff}cat", LIST), ["cat"]);
    }

    #[test]
    fn a_quote_is_open_until_its_fellow() {
        for (text, open) in [
            ("\"red", true),
            ("\"red\"", false),
            ("12\"", false),
            ("", false),
        ] {
            assert_eq!(is_open(text), open, "{text:?}");
        }
    }
}
