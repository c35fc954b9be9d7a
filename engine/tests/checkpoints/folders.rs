//! Which files of a folder make up the checkpoint.

use std::fs;
use std::path::Path;

use glance_engine::weights::{Checkpoint, Folder};

use super::{folder, read};

#[test]
fn a_folder_is_read_where_it_lies() {
    let file = folder("openai-vit").join("torchscript.pt");
    let open = |path: &Path| pollster::block_on(Checkpoint::open(Folder::open(path)?));
    let checkpoint = open(&file).expect("the chosen file is sound");
    assert_eq!(checkpoint.config().projection, 8);
    assert_eq!(
        Folder::open(&file).expect("it is there").name(),
        "openai-vit"
    );
    // Two weight files, none of the usual name.
    let error = open(&folder("openai-vit"))
        .err()
        .expect("the choice is a person's");
    assert!(error.to_string().contains("choose one"), "{error}");
    assert!(open(&folder("nowhere")).is_err());
}

/// sentence-transformers puts a CLIP into `0_CLIPModel`, and a Hub cache into
/// `snapshots/<revision>`.
#[test]
fn the_only_checkpoint_below_a_folder_is_found() {
    let root = std::env::temp_dir().join(format!("glance-below-{}", std::process::id()));
    let open = || pollster::block_on(Checkpoint::open(Folder::open(&root)?));
    let put = |below: &str, name: &str, bytes: &[u8]| {
        let folder = root.join(below);
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        fs::write(folder.join(name), bytes).expect("the temporary folder is writable");
    };
    put("", "config.json", b"{\"not\": \"the network's\"}");
    put("1_Pooling", "config.json", b"{}");
    for name in ["model.safetensors", "config.json", "merges.txt"] {
        put("0_CLIPModel", name, &read("hugging-face", name));
    }
    let checkpoint = open().expect("there is one");
    assert_eq!(checkpoint.files().name(), "0_CLIPModel");
    put("snapshots/abc", "pytorch_model.bin", b"");
    let error = open().err().expect("either could be meant").to_string();
    assert!(
        error.contains("0_CLIPModel") && error.contains("snapshots/abc"),
        "{error}"
    );
    // Weights in the folder itself come first, and never meet a configuration from below.
    put(
        "",
        "model.safetensors",
        &read("hugging-face", "model.safetensors"),
    );
    fs::remove_file(root.join("config.json")).expect("the temporary folder is writable");
    let error = open()
        .err()
        .expect("its configuration is missing")
        .to_string();
    assert!(error.contains("config.json"), "{error}");
    fs::remove_dir_all(&root).expect("the temporary folder is writable");
}
