//! Models and formats that this engine does not run are named.

use safetensors::tensor::{Dtype, TensorView};

use super::{files, refusal};

/// A safetensors file of tensors with these names.
fn named(names: &[&str]) -> Vec<u8> {
    written_for(names, None)
}

/// The same with the name of the program that it was written for.
fn written_for(names: &[&str], format: Option<&str>) -> Vec<u8> {
    let data = [0; 4];
    let view = || TensorView::new(Dtype::F32, vec![1], &data).expect("four bytes are one number");
    let tensors = names.iter().map(|name| (*name, view()));
    let format = format.map(|format| [("format".to_owned(), format.to_owned())].into());
    safetensors::serialize(tensors, format).expect("the names differ")
}

#[test]
fn other_networks_are_named_by_their_tensors() {
    for (tensors, expected) in [
        (
            &["x.q_proj.lora_A.weight", "x.q_proj.lora_B.weight"][..],
            "a LoRA alone",
        ),
        (&["lora_unet_x.lora_down.weight"], "a LoRA alone"),
        (&["logit_scale", "logit_bias", "text_model.x"], "a SigLIP"),
        (&["text_decoder.x", "visual.x", "text.x"], "a CoCa"),
        (&["image_encoder.model.x", "text_encoder.x"], "a MobileCLIP"),
        (
            &["vision_model.x", "visual_projection.weight"],
            "without its text tower",
        ),
        (&["text_model.x"], "without its image tower"),
        (
            &["model.diffusion_model.x", "cond_stage_model.y"],
            "a Stable Diffusion model",
        ),
        (&["encoder.x"], "no CLIP that this version knows"),
    ] {
        let error = refusal(&[("model.safetensors".to_owned(), named(tensors))]);
        assert!(error.contains(expected), "{tensors:?}: {error}");
    }
}

#[test]
fn towers_of_timm_are_named_by_the_configuration() {
    for (tower, expected) in [
        (
            "\"timm_model_name\": \"eva02_base_patch16_clip_224\"",
            "an EVA",
        ),
        ("\"eva_model_name\": \"eva-clip-b-16\"", "an EVA"),
        ("\"timm_model_name\": \"convnext_base\"", "a ConvNeXt"),
        ("\"timm_model_name\": \"fastvit_mci0\"", "a MobileCLIP"),
        (
            "\"timm_model_name\": \"vit_medium_patch16_gap_256\"",
            "of timm's",
        ),
    ] {
        let mut found = files("openai-vit", &["half.safetensors", "merges.txt"]);
        let json = format!("{{\"model_cfg\": {{\"vision_cfg\": {{{tower}}}}}}}");
        found.push(("open_clip_config.json".to_owned(), json.into_bytes()));
        let error = refusal(&found);
        assert!(error.contains(expected), "{tower}: {error}");
    }
}

#[test]
fn formats_of_other_programs_are_named() {
    let configured = files("hugging-face", &["config.json", "merges.txt"]);
    for (name, expected) in [
        ("model.onnx", "in ONNX format"),
        ("clip.gguf", "in GGUF format"),
        ("flax_model.msgpack", "in Flax format"),
        ("tf_model.h5", "in TensorFlow format"),
        ("notes.txt", "no weight file"),
    ] {
        let mut found = configured.clone();
        found.push((name.to_owned(), vec![0; 8]));
        let error = refusal(&found);
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn what_lies_in_the_place_of_weights_is_named() {
    let configured = files("hugging-face", &["config.json", "merges.txt"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 605157884\n";
    for name in ["model.safetensors", "pytorch_model.bin"] {
        for (content, expected) in [
            (pointer, "a pointer of Git LFS"),
            ("\n<!DOCTYPE html><title>Sign in</title>", "a web page"),
            ("GGUF\u{3}\0\0\0", "a GGUF file"),
            ("../../blobs/0f0f", "a link that was copied as text"),
        ] {
            let mut found = configured.clone();
            found.push((name.to_owned(), content.as_bytes().to_vec()));
            let error = refusal(&found);
            assert!(error.contains(expected), "{name}, {content:?}: {error}");
        }
    }
}

/// Some have tensors that are named as CLIP's, and another tokenizer or other layers.
#[test]
fn other_models_of_transformers_are_named_by_their_type() {
    for (kind, expected) in [
        ("blip", "of the type blip"),
        ("clipseg", "of the type clipseg"),
        ("chinese_clip", "of the type chinese_clip"),
        ("metaclip_2", "of the type metaclip_2"),
        ("siglip2", "a SigLIP"),
    ] {
        let mut found = files("hugging-face", &["model.safetensors", "merges.txt"]);
        let json = format!("{{\"model_type\": \"{kind}\"}}");
        found.push(("config.json".to_owned(), json.into_bytes()));
        let error = refusal(&found);
        assert!(error.contains(expected), "{error}");
    }
}

/// Their convolutions have another order of axes.
#[test]
fn weights_for_other_programs_are_named() {
    for format in ["mlx", "tf", "flax"] {
        let bytes = written_for(&["text_model.x", "vision_model.x"], Some(format));
        let error = refusal(&[("model.safetensors".to_owned(), bytes)]);
        assert!(error.contains(&format!("written for {format}")), "{error}");
    }
}

#[test]
fn what_lies_beside_the_network_is_named() {
    let tensors = [
        "clip.text_model.embeddings.token_embedding.weight",
        "clip.vision_model.x",
        "head.weight",
    ];
    let error = refusal(&[("model.safetensors".to_owned(), named(&tensors))]);
    assert!(error.contains("at clip it holds head.weight"), "{error}");
}
