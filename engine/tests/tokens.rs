//! Token ids against open_clip's SimpleTokenizer and Hugging Face's CLIPTokenizer
//! (`tests/fixtures/make_text_fixtures.py`).

#![cfg(not(target_arch = "wasm32"))]

use glance_engine::TextConfig;
use glance_engine::text::{Tokenizer, openai_merges};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    merges: usize,
    both: Vec<Case>,
    open_clip: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
}

#[test]
fn ids_equal_both_references() {
    let tables: Vec<Table> =
        serde_json::from_str(include_str!("../../tests/fixtures/text_tokens.json")).unwrap();
    assert_eq!(tables.len(), 2);
    for table in tables {
        let config = TextConfig {
            context_length: 77,
            vocabulary_size: table.merges + 514,
            width: 64,
            layers: 1,
            heads: 1,
            mlp_width: 256,
        };
        let tokenizer = Tokenizer::new(openai_merges(table.merges), &config).unwrap();
        assert!(table.both.len() > 150);
        for case in table.both.iter().chain(&table.open_clip) {
            let tokens = tokenizer.encode(&case.text).unwrap();
            assert_eq!(tokens.ids, case.ids, "{:?}", case.text);
        }
    }
}
