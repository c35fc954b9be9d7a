//! Lists of prompt templates that OpenAI published with CLIP
//! (`Prompt_Engineering_for_ImageNet.ipynb` in openai/CLIP; `engine/prompts/data/README.md` names their
//! licence).

const IMAGENET_80: &str = include_str!("../data/imagenet_80_templates.txt");
const IMAGENET_7: &str = include_str!("../data/imagenet_7_templates.txt");

/// The 80 templates whose ensemble the paper reports on ImageNet (section 3.1.4).
pub fn imagenet_80_templates() -> Vec<&'static str> {
    IMAGENET_80.lines().collect()
}

/// The seven of them that OpenAI's forward selection kept, in its order: a tenth of the work, and
/// according to OpenAI slightly better on ImageNet than all 80.
pub fn imagenet_7_templates() -> Vec<&'static str> {
    IMAGENET_7.lines().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_template_has_one_place_for_the_label() {
        for (templates, count) in [(imagenet_80_templates(), 80), (imagenet_7_templates(), 7)] {
            assert_eq!(templates.len(), count);
            assert_eq!(templates.iter().collect::<HashSet<_>>().len(), count);
            for template in templates {
                assert_eq!(template.matches("{}").count(), 1, "{template}");
                assert!(template.ends_with('.'), "{template}");
            }
        }
    }

    #[test]
    fn the_short_list_is_part_of_the_long_one() {
        let all = imagenet_80_templates();
        assert!(
            imagenet_7_templates()
                .iter()
                .all(|template| all.contains(template))
        );
    }
}
