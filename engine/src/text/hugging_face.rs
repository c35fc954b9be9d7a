//! The tokenizer of Hugging Face's checkpoints: the parts of its `tokenizers` library that a
//! CLIP's tokenizer.json is made of.

use tokenizers::decoders::byte_level::ByteLevel;
use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::{Lowercase, NFC, Replace};
use tokenizers::pre_tokenizers::split::Split;
use tokenizers::processors::roberta::RobertaProcessing;
use tokenizers::{
    AddedToken, Model, NormalizedString, Normalizer, PreTokenizedString, PreTokenizer,
    TokenizerBuilder, TokenizerImpl, TruncationDirection, TruncationParams, TruncationStrategy,
};

use super::unusable;
use crate::weights::WeightsError;

/// A step of cleaning.
pub(super) enum NormalizerStep {
    Nfc,
    Replace(Replace),
    Lowercase,
}

/// A step of splitting into words.
pub(super) enum PreTokenizerStep {
    Split(Split),
    ByteLevel(ByteLevel),
}

/// Steps one after the other.
pub(super) struct Steps<T>(pub(super) Vec<T>);

impl Normalizer for Steps<NormalizerStep> {
    fn normalize(&self, text: &mut NormalizedString) -> tokenizers::Result<()> {
        self.0.iter().try_for_each(|step| match step {
            NormalizerStep::Nfc => NFC.normalize(text),
            NormalizerStep::Replace(replace) => replace.normalize(text),
            NormalizerStep::Lowercase => Lowercase.normalize(text),
        })
    }
}

impl PreTokenizer for Steps<PreTokenizerStep> {
    fn pre_tokenize(&self, text: &mut PreTokenizedString) -> tokenizers::Result<()> {
        self.0.iter().try_for_each(|step| match step {
            PreTokenizerStep::Split(split) => split.pre_tokenize(text),
            PreTokenizerStep::ByteLevel(bytes) => bytes.pre_tokenize(text),
        })
    }
}

/// What a tokenizer.json of CLIP's kind holds.
pub(super) struct Parts {
    pub(super) normalizer: Steps<NormalizerStep>,
    pub(super) pre_tokenizer: Steps<PreTokenizerStep>,
    pub(super) model: BPE,
    pub(super) added_tokens: Vec<AddedToken>,
    pub(super) post_processor: RobertaProcessing,
}

/// The library's pipeline of CLIP's parts.
pub(super) struct HuggingFace(
    TokenizerImpl<
        BPE,
        Steps<NormalizerStep>,
        Steps<PreTokenizerStep>,
        RobertaProcessing,
        ByteLevel,
    >,
);

impl HuggingFace {
    /// `length` is at least 2.
    pub(super) fn new(
        parts: Parts,
        length: usize,
        vocabulary_size: usize,
    ) -> Result<Self, WeightsError> {
        let ends = [parts.post_processor.cls.1, parts.post_processor.sep.1];
        let mut pipeline = TokenizerBuilder::new()
            .with_model(parts.model)
            .with_normalizer(Some(parts.normalizer))
            .with_pre_tokenizer(Some(parts.pre_tokenizer))
            .with_post_processor(Some(parts.post_processor))
            .with_decoder(None)
            .with_truncation(Some(TruncationParams {
                direction: TruncationDirection::Right,
                max_length: length,
                strategy: TruncationStrategy::LongestFirst,
                stride: 0,
            }))
            .build()
            .map_err(|error| unusable(&error))?;
        pipeline
            .add_tokens(parts.added_tokens)
            .map_err(|error| unusable(&error))?;
        let unknown = pipeline.get_model().get_unk_token().as_deref();
        if let Some(token) = unknown
            && pipeline.get_model().token_to_id(token).is_none()
        {
            return Err(unusable(&format!("its unknown token {token} is no token")));
        }
        let mut ids = pipeline.get_vocab(true).into_values().chain(ends);
        match ids.all(|id| (id as usize) < vocabulary_size) {
            true => Ok(Self(pipeline)),
            false => Err(WeightsError::Config {
                field: "text.vocabulary_size",
                value: vocabulary_size,
            }),
        }
    }

    /// Start, the tokens of `text` and end. Whether they were cut.
    pub(super) fn encode(&self, text: &str) -> (Vec<u32>, bool) {
        let encoding = self
            .0
            .encode_fast(text, true)
            .expect("every pattern is compiled and every unknown symbol has a token");
        let cut = !encoding.get_overflowing().is_empty();
        (encoding.get_ids().to_vec(), cut)
    }
}
