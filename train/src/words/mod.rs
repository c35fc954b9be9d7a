//! What words mean before any picture is seen: ImageNet's names, WordNet's tree, a sentence encoder.

pub mod compounds;
pub mod imagenet;
pub mod meanings;
pub mod neighbours;
pub mod sentence_encoder;
pub mod sources;
pub mod vocabulary;
pub mod wordnet;
