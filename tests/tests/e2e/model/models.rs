//! Models that a person brings: from files, and from a hub.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glance_engine::weights::{Checkpoint, Folder, WeightType};
use glance_tests::browser::Webgpu;
use glance_tests::hub::Hub;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};
use glance_tests::site::Site;

use crate::ranking::{LABELS, agrees};

const REPOSITORY: &str = "acme/tiny-clip";

pub fn checkpoint(file: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/checkpoints");
    fs::canonicalize(fixtures.join(file)).expect("the fixture is there")
}

/// The pack that `glance pack` makes of the same file.
pub fn native_pack(file: &str) -> Vec<u8> {
    let packed = pollster::block_on(async {
        let checkpoint = Checkpoint::open(Folder::open(&checkpoint(file))?).await?;
        checkpoint
            .pack("tiny", None, WeightType::Int8, |_| {})
            .await
    });
    packed.expect("the fixture is sound").file().concat()
}

pub fn choose(page: &Page, files: &[&Path]) {
    // The keys of a file input are the paths, a line each.
    let paths: Vec<_> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    page.browser.type_into("#model-files", &paths.join("\n"));
}

/// Opens the sheet of models with its folded part.
pub fn open_picker(page: &Page) {
    page.open_models();
    page.browser.wait_for(
        "the folded part",
        "const details = document.querySelector('#models details');
         if (!details.open) details.querySelector('summary').click();
         return details.open",
    );
}

#[test]
fn a_checkpoint_from_files_ranks_as_it_does_natively() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(random_pack()), 0, &disc());

    open_picker(&page);
    let files = ["openai-vit/torchscript.pt", "openai-vit/merges.txt"].map(checkpoint);
    choose(&page, &files.each_ref().map(PathBuf::as_path));
    let said = page.candidate();
    assert!(
        said.starts_with("torchscript: ") && said.contains("kB"),
        "{said}"
    );
    page.browser.click("#use-candidate");
    page.uses_model("torchscript");
    let native = Native::load(native_pack("openai-vit/torchscript.pt"));
    agrees(&page, &native, 0, &disc());

    page.reload();
    page.drop_files(&[stripes()]);
    page.uses_model("torchscript");
    assert_eq!(page.model().0, "cache");
    agrees(&page, &native, 0, &stripes());

    page.open_models();
    page.browser.click("#use-demo");
    page.uses_model("Random weights");
    agrees(&page, &Native::load(random_pack()), 0, &stripes());
}

#[test]
fn a_pack_from_a_file_is_used_as_it_is() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.model();
    page.set_labels(&LABELS);
    let pack = native_pack("openai-resnet/torchscript.pt");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own.safetensors");
    fs::write(&path, &pack).expect("the disk has room");
    open_picker(&page);
    choose(&page, &[&path]);
    page.candidate();
    page.browser.click("#use-candidate");
    page.uses_model("tiny");
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(pack), 0, &disc());
}

#[test]
fn a_checkpoint_from_a_hub_is_described_before_it_is_fetched() {
    let names = ["config.json", "merges.txt", "model.safetensors"];
    let read = |name: &str| {
        let bytes = fs::read(checkpoint(&format!("hugging-face/{name}")));
        (name.to_owned(), bytes.expect("the fixture is there"))
    };
    let files: Vec<_> = names.map(read).to_vec();
    let hub = Arc::new(Hub::new(REPOSITORY, files));
    let site = Site::with_hub(Some(random_pack()), Some(hub.clone()));
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu&hub=hub/");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.model();
    assert_eq!(hub.served(), [], "nothing is asked of a hub unasked");

    open_picker(&page);
    page.browser.type_into("#hub-name", "acme/no-such-model\n");
    let said = page.candidate();
    assert!(said.contains("no model acme/no-such-model"), "{said}");
    page.browser
        .type_into("#hub-name", "\u{e009}a\u{e000}acme/tiny-clip\n");
    page.browser.wait_for(
        "the description",
        "return document.querySelector('#candidate').innerText.startsWith('acme/tiny-clip: ')",
    );
    let said = page.candidate();
    assert!(
        said.contains("69 kB to read") && said.contains("mit"),
        "{said}"
    );
    page.browser.click("#use-candidate");
    page.uses_model(REPOSITORY);
    let native = Native::load(native_pack("hugging-face/model.safetensors"));
    agrees(&page, &native, 0, &disc());
    assert_eq!(page.foreign_requests(), [""; 0]);

    let before = hub.served().len();
    page.reload();
    page.drop_files(&[disc()]);
    page.uses_model(REPOSITORY);
    agrees(&page, &native, 0, &disc());
    assert_eq!(
        hub.served().len(),
        before,
        "what is kept is not fetched again"
    );
}

#[test]
fn a_file_of_no_use_leaves_the_model_that_runs() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.model();
    open_picker(&page);
    for (file, sentence) in [
        ("hugging-face/legacy.bin", "no config.json"),
        ("hugging-face/merges.txt", "no weight file"),
        ("openai-vit/half.safetensors", "open_clip_config.json"),
    ] {
        choose(&page, &[&checkpoint(file)]);
        page.browser.wait_for(
            sentence,
            &format!(
                "return document.querySelector('#candidate').innerText.includes('{sentence}')"
            ),
        );
    }
    agrees(&page, &Native::load(random_pack()), 0, &disc());
    // It looks valid, but its weights are damaged: the model before comes back.
    let mut bytes = fs::read(checkpoint("hugging-face/model.safetensors")).expect("it is there");
    let end = bytes.len() - 4000;
    bytes[end..].fill(0xff);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("damaged");
    fs::create_dir_all(&folder).expect("the folder can be made");
    fs::write(folder.join("model.safetensors"), bytes).expect("the disk has room");
    let files = [
        folder.join("model.safetensors"),
        checkpoint("hugging-face/config.json"),
        checkpoint("hugging-face/merges.txt"),
    ];
    choose(&page, &files.each_ref().map(PathBuf::as_path));
    page.browser.wait_for(
        "the damaged model to be described",
        "return document.querySelector('#candidate').innerText.startsWith('model: ')",
    );
    page.browser.click("#use-candidate");
    page.browser.wait_for(
        "the way back",
        "return document.querySelector('#message').innerText.includes('not a finite number')
             && document.querySelector('#message').innerText.includes('used again')",
    );
    page.uses_model("Random weights");
    agrees(&page, &Native::load(random_pack()), 0, &disc());
}
