//! OpenAI's byte-pair merges, for programs that make packs. A browser reads them from its pack.

/// `engine/data/README.md` says where the file comes from.
const MERGES: &str = include_str!("../../data/clip_merges.txt");

/// The first `count` of CLIP's 48,894 merges, one a line, most frequent first; all of them if
/// `count` is larger. A tokenizer of `count` merges has a vocabulary of `count + 514`.
pub fn openai_merges(count: usize) -> &'static str {
    let end = MERGES
        .match_indices('\n')
        .take(count)
        .last()
        .map_or(0, |(position, newline)| position + newline.len());
    &MERGES[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_keeps_whole_lines() {
        assert_eq!(openai_merges(0), "");
        assert_eq!(openai_merges(2), "i n\nt h\n");
        assert_eq!(openai_merges(8_190).lines().count(), 8_190);
    }

    #[test]
    fn the_whole_list_ends_as_openai_s_does() {
        let merges = openai_merges(usize::MAX);
        assert_eq!(merges.lines().count(), 48_894);
        assert_eq!(merges.lines().last(), Some("jeky ll</w>"));
    }
}
