//! A cache of encoded labels.

use std::collections::HashMap;
use std::rc::Rc;

use glance_protocol::{Progress, TextNote};

use crate::clip::Clip;
use crate::clock::milliseconds;
use crate::embedding::Embedding;
use crate::error::Error;
use crate::score::ensemble;
use crate::text::{TextError, Tokens, prompts};
use crate::web::policy::batch_size::BatchSize;

/// Labels cached before unused ones are evicted, over all templates. Each has one embedding: 8 MB
/// in all at 512 dimensions, 16 MB at 1024, besides the labels' text.
const LABELS_KEPT: usize = 4096;

/// Encoded labels by their templates, then by label. An ensemble is cached as one embedding, so a
/// label takes the same memory with 80 templates as with one. A caption is a label without
/// templates.
pub struct LabelCache {
    labels: HashMap<Vec<String>, HashMap<String, Rc<EncodedLabel>>>,
    /// Prompts encoded between two checks for messages.
    batch_size: BatchSize,
}

impl Default for LabelCache {
    fn default() -> Self {
        Self {
            labels: HashMap::new(),
            batch_size: BatchSize::of_prompts(),
        }
    }
}

/// A label that was encoded or refused.
pub struct EncodedLabel {
    /// `None` if the label was refused.
    pub embedding: Option<Embedding>,
    /// What a person should know about it.
    pub note: TextNote,
}

impl LabelCache {
    /// Encodes the labels that are not cached under these templates, each once. Calls `checkpoint`
    /// before each few prompts with the number done; its error stops the rest.
    pub async fn encode<E: From<Error>>(
        &mut self,
        clip: &Clip,
        labels: &[String],
        templates: &[String],
        mut checkpoint: impl AsyncFnMut(Progress) -> Result<(), E>,
    ) -> Result<(), E> {
        let missing = self.missing(labels, templates);
        let each = templates.len().max(1);
        let total = (missing.len() * each) as u32;
        let mut done = 0;
        let mut rest = missing.as_slice();
        while !rest.is_empty() {
            let count = (self.batch_size.count() / each).clamp(1, rest.len());
            let (labels, after) = rest.split_at(count);
            rest = after;
            let tokens: Vec<_> = labels
                .iter()
                .map(|label| tokenize(clip, label, templates))
                .collect();
            let usable: Vec<Tokens> = tokens.iter().flatten().flatten().cloned().collect();
            let mut embeddings = Vec::with_capacity(usable.len());
            while embeddings.len() < usable.len() {
                checkpoint(Progress::Texts { done, total }).await?;
                let start = milliseconds();
                let prompts = &usable[embeddings.len()..];
                let prompts = &prompts[..prompts.len().min(self.batch_size.count())];
                let encoded = clip.encode_tokens(prompts).await;
                embeddings.extend(encoded.map_err(Error::from)?);
                done += prompts.len() as u32;
                let took = milliseconds() - start;
                self.batch_size = self.batch_size.after(prompts.len(), took);
            }
            done += (labels.len() * each - usable.len()) as u32;
            let mut ensembles = embeddings.chunks_exact(each).map(ensemble);
            let kept = self.labels.entry(templates.to_vec()).or_default();
            for (label, tokens) in labels.iter().zip(&tokens) {
                let embedding = tokens.as_ref().ok().and_then(|_| ensembles.next());
                let note = note(tokens);
                kept.insert(label.clone(), Rc::new(EncodedLabel { embedding, note }));
            }
        }
        Ok(())
    }

    /// Encoded labels in order; those that were never encoded are left out.
    pub fn get(&self, wanted: &[String], templates: &[String]) -> Vec<Rc<EncodedLabel>> {
        let kept = self.labels.get(templates);
        wanted
            .iter()
            .filter_map(|label| kept?.get(label).cloned())
            .collect()
    }

    /// The labels among `wanted` that are not cached, each once. If the cache is full, evicts all
    /// labels but those wanted.
    fn missing(&mut self, wanted: &[String], templates: &[String]) -> Vec<String> {
        if self.labels.values().map(HashMap::len).sum::<usize>() > LABELS_KEPT {
            self.labels.retain(|known, _| known == templates);
            for labels in self.labels.values_mut() {
                labels.retain(|label, _| wanted.contains(label));
            }
        }
        let kept = self.labels.get(templates);
        let mut missing: Vec<String> = Vec::new();
        for label in wanted {
            let known = kept.is_some_and(|kept| kept.contains_key(label));
            if !known && !missing.contains(label) {
                missing.push(label.clone());
            }
        }
        missing
    }
}

/// The tokens of a label's prompts. A label is refused if one of its prompts is.
fn tokenize(clip: &Clip, label: &str, templates: &[String]) -> Result<Vec<Tokens>, TextError> {
    prompts(label, templates)
        .map(|prompt| clip.tokenizer().encode(&prompt))
        .collect()
}

fn note(tokens: &Result<Vec<Tokens>, TextError>) -> TextNote {
    match tokens {
        Ok(prompts) if prompts.iter().any(|prompt| prompt.truncated) => TextNote::Truncated,
        Ok(_) => TextNote::Whole,
        Err(error) => TextNote::Refused(error.to_string()),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::text::{MAX_CHARACTERS, imagenet_7_templates, imagenet_80_templates};
    use crate::weights::Pack;
    use glance_protocol::DeviceKind;

    fn demo() -> Clip {
        let demo = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../static/models/demo.safetensors"
        );
        let pack = std::fs::read(demo).expect("the demo model is part of the repository");
        let pack = Pack::parse(pack).expect("the demo model is whole");
        block_on(Clip::load(&pack, DeviceKind::Cpu)).expect("the demo model loads")
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// Encodes labels, and returns how many prompts were announced; 0 if all were cached.
    fn encode(cache: &mut LabelCache, clip: &Clip, labels: &[&str], templates: &[String]) -> u32 {
        let mut announced = 0;
        let mut last = None;
        block_on(
            cache.encode::<Error>(clip, &owned(labels), templates, async |progress| {
                let Progress::Texts { done, total } = progress else {
                    panic!("{progress:?}")
                };
                let more = last.is_none_or(|last| done > last);
                assert!(more && done < total, "{done} of {total} after {last:?}");
                (last, announced) = (Some(done), total);
                Ok(())
            }),
        )
        .expect("labels encode");
        announced
    }

    #[test]
    fn a_changed_label_costs_its_own_prompts_and_nothing_else() {
        let clip = demo();
        let mut cache = LabelCache::default();
        let seven = owned(&imagenet_7_templates());
        let eighty = owned(&imagenet_80_templates());
        assert_eq!(
            encode(&mut cache, &clip, &["cat", "dog", "cat"], &seven),
            14
        );
        assert_eq!(encode(&mut cache, &clip, &["dog", "cat"], &seven), 0);
        assert_eq!(encode(&mut cache, &clip, &["dog", "fox"], &seven), 7);
        assert_eq!(encode(&mut cache, &clip, &["fox"], &eighty), 80);
        assert_eq!(encode(&mut cache, &clip, &["cat", "fox"], &seven), 0);
        assert_eq!(encode(&mut cache, &clip, &["cat", "a", "b"], &[]), 3);

        let wanted = owned(&["fox", "dog", "fox", "cow"]);
        let found = cache.get(&wanted, &seven);
        let found: Vec<_> = found.iter().map(|label| label.embedding.clone()).collect();
        let expected = block_on(clip.encode_labels(&wanted[..3], &seven)).expect("labels encode");
        assert_eq!(found, expected.into_iter().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_stops_keeps_the_labels_that_were_done() {
        let clip = demo();
        let mut cache = LabelCache::default();
        let labels = owned(&["cat", "dog"]);
        let templates = owned(&imagenet_80_templates());
        let stopped = block_on(cache.encode::<Option<Error>>(
            &clip,
            &labels,
            &templates,
            async |progress| match progress {
                // The second label has begun.
                Progress::Texts { done: 80.., .. } => Err(None),
                _ => Ok(()),
            },
        ));
        assert!(matches!(stopped, Err(None)));
        assert_eq!(cache.get(&labels, &templates).len(), 1);
        assert_eq!(encode(&mut cache, &clip, &["cat", "dog"], &templates), 80);
    }

    #[test]
    fn one_cut_prompt_is_a_note_and_one_refused_prompt_a_refusal() {
        let clip = demo();
        let mut cache = LabelCache::default();
        let long = "word ".repeat(clip.config().text.context_length);
        let templates = [format!("a {{}} and {long}"), "a {}".to_owned()];
        // With this label, the first template is one character too long.
        let huge = "x".repeat(MAX_CHARACTERS - long.len() - 6);
        encode(&mut cache, &clip, &["cat", &huge, "dog"], &templates[1..]);
        let whole = cache.get(&owned(&["cat"]), &templates[1..]);
        assert_eq!(whole[0].note, TextNote::Whole);
        encode(&mut cache, &clip, &["cat", &huge, "dog"], &templates);
        let wanted = owned(&["cat", &huge, "dog"]);
        let [cat, refused, dog] = &cache.get(&wanted, &templates)[..] else {
            panic!("three labels were encoded")
        };
        assert_eq!(cat.note, TextNote::Truncated);
        assert!(matches!(refused.note, TextNote::Refused(_)) && refused.embedding.is_none());
        let expected = block_on(clip.encode_labels(&["dog"], &templates)).expect("labels encode");
        assert_eq!(dog.embedding.as_ref(), expected.first());
    }

    #[test]
    fn a_full_cache_keeps_what_is_in_use() {
        let mut cache = LabelCache::default();
        let fill = |count: usize| -> HashMap<String, Rc<EncodedLabel>> {
            let label = Rc::new(EncodedLabel {
                embedding: None,
                note: TextNote::Whole,
            });
            (0..count)
                .map(|index| (index.to_string(), label.clone()))
                .collect()
        };
        let (used, other) = (owned(&["a {}"]), owned(&["an {}"]));
        cache.labels.insert(used.clone(), fill(LABELS_KEPT / 2));
        cache.labels.insert(other.clone(), fill(LABELS_KEPT / 2));
        let wanted = owned(&["7", "new"]);
        assert_eq!(cache.missing(&wanted, &used), owned(&["new"]));
        assert_eq!(
            cache.get(&owned(&["8"]), &other).len(),
            1,
            "it is full only just"
        );
        cache.labels.insert(Vec::new(), fill(1));
        assert_eq!(cache.missing(&wanted, &used), owned(&["new"]));
        assert_eq!(cache.labels.len(), 1);
        assert_eq!(cache.labels[&used].len(), 1);
    }
}
