//! What cannot be used gets one clear sentence each, and the rest is processed.

mod support;

use std::fs;

use support::{Workplace, fixture, glance, stderr, text};

const NO_PICTURE: &str =
    "This file is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.";

#[test]
fn a_bad_picture_is_reported_and_the_others_are_ranked() {
    let place = Workplace::new();
    let jpeg = fs::read(fixture("pictures/photo_444.jpg")).unwrap();
    let good = fixture("pictures/grey.png");
    let cases = [
        (place.write("notes.txt", b"no picture"), NO_PICTURE),
        (
            place.write("cut.jpg", &jpeg[..jpeg.len() / 2]),
            "The picture is cut short or damaged",
        ),
        (
            place.write("empty.png", b""),
            "The file is empty; choose another picture.",
        ),
        (
            fixture("pictures/huge.png"),
            "The picture has 20000 × 20000 pixels, too many",
        ),
        (place.path("missing.png"), "The file cannot be read"),
        (place.path("."), "The file cannot be read"),
    ];
    let mut arguments = vec!["classify"];
    for (path, _) in &cases {
        arguments.extend([text(path), text(&good)]);
    }
    arguments.extend(["--labels", "cat,dog"]);
    let (code, answer) = place.json(&arguments);
    assert_eq!(code, Some(1));
    let entries = answer["pictures"].as_array().unwrap();
    assert_eq!(entries.len(), 2 * cases.len());
    for (pair, (path, sentence)) in entries.chunks(2).zip(&cases) {
        assert_eq!(pair[0]["path"], text(path));
        let error = pair[0]["error"].as_str().unwrap();
        assert!(
            error.starts_with(sentence) && !error.contains('\n'),
            "{error}"
        );
        assert!(pair[0].get("ranking").is_none() && pair[1].get("error").is_none());
        assert_eq!(
            pair[1]["ranking"], entries[1]["ranking"],
            "no answer depends on the batch"
        );
    }
}

#[test]
fn embed_and_eval_go_on_as_well() {
    let place = Workplace::new();
    let good = fs::read(fixture("pictures/grey.png")).unwrap();
    place.write("set/cat/good.png", &good);
    let bad = place.write("set/cat/bad.png", b"no picture");
    let too_long = "x".repeat(100_001);
    let (code, answer) = place.json(&[
        "embed",
        "--image",
        text(&bad),
        "--text",
        &too_long,
        "--text",
        "cat",
    ]);
    assert_eq!(code, Some(1));
    assert_eq!(answer["images"][0]["error"], NO_PICTURE);
    assert!(
        answer["texts"][0]["error"]
            .as_str()
            .unwrap()
            .contains("too long")
    );
    assert!(answer["texts"][1]["embedding"].is_array());

    let (code, answer) = place.json(&["eval", "--images", text(&place.path("set"))]);
    assert_eq!((code, answer["n"].as_u64()), (Some(1), Some(1)));
    assert_eq!(answer["errors"][0]["path"], text(&bad));
    assert_eq!(answer["errors"][0]["error"], NO_PICTURE);
}

#[test]
fn a_label_of_ten_thousand_characters_is_cut() {
    let place = Workplace::new();
    let picture = fixture("pictures/grey.png");
    let label = "long ".repeat(2_000);
    let labels = format!("cat,{label}");
    let (code, answer) = place.json(&[
        "classify",
        text(&picture),
        "--labels",
        &labels,
        "--template",
        "{}",
    ]);
    assert_eq!(code, Some(0));
    for fit in answer["pictures"][0]["ranking"].as_array().unwrap() {
        let is_long = fit["label"] != "cat";
        assert_eq!(fit["truncated"], is_long);
        assert!(fit["cosine"].as_f64().unwrap().is_finite());
    }
}

#[test]
fn labels_are_required() {
    let place = Workplace::new();
    let picture = fixture("pictures/grey.png");
    for labels in [
        &[][..],
        &["--labels", ""],
        &["--labels", "cat,,dog"],
        &["--labels", " , "],
    ] {
        let output = place.run(&[&["classify", text(&picture)], labels].concat());
        assert_eq!(output.status.code(), Some(2), "{labels:?}");
        assert!(stderr(&output).contains("--labels"), "{}", stderr(&output));
    }
    assert_eq!(
        place.run(&["classify", "--labels", "cat"]).status.code(),
        Some(2)
    );
    assert_eq!(place.run(&["embed"]).status.code(), Some(2));
}

#[test]
fn a_model_cut_in_half_is_refused() {
    let place = Workplace::new();
    let whole = fs::read(place.model()).unwrap();
    let picture = fixture("pictures/grey.png");
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for (bytes, sentence) in [
        (
            &whole[..whole.len() / 2],
            "This is not a complete model file",
        ),
        (&b""[..], "This is not a complete model file"),
        (&damaged[..], "is damaged; fetch it again."),
    ] {
        place.write("model.safetensors", bytes);
        let output = place.run(&["classify", text(&picture), "--labels", "cat"]);
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(
            said.contains(sentence) && said.lines().count() == 1,
            "{said}"
        );
    }
    fs::remove_file(place.model()).unwrap();
    let output = place.run(&["embed", "--text", "cat"]);
    assert!(
        stderr(&output).contains("There is no model at"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_checkpoint_that_cannot_be_packed_leaves_no_file() {
    let place = Workplace::new();
    let out = place.path("out.safetensors");
    let pack = |checkpoint: &str| {
        let path = place.path(checkpoint);
        let output = glance(&["pack", text(&path), "-o", text(&out)]);
        assert_eq!(output.status.code(), Some(1), "{checkpoint}");
        assert!(!out.exists(), "{checkpoint}");
        stderr(&output)
    };
    assert!(pack("nowhere").contains("nowhere"));
    place.write("pickle/pytorch_model.bin", b"");
    assert!(pack("pickle").contains("no archive of PyTorch"));
    place.write(
        "split/model.safetensors.index.json",
        br#"{"weight_map": {"a": "part.safetensors"}}"#,
    );
    assert!(pack("split").contains("part.safetensors is missing"));
    for file in ["config.json", "model.safetensors", "merges.txt"] {
        let whole = fs::read(fixture("clip/vit-quick-gelu").join(file)).unwrap();
        place.write(&format!("cut/{file}"), &whole[..whole.len() / 2]);
    }
    let said = pack("cut");
    assert!(said.contains("model.safetensors: its length differs") && said.lines().count() == 1);
    let weights = fs::read(fixture("clip/vit-quick-gelu/model.safetensors")).unwrap();
    place.write("cut/model.safetensors", &weights);
    assert!(pack("cut").contains("configuration"));
}

#[test]
fn a_folder_without_classes_is_no_evaluation() {
    let place = Workplace::new();
    fs::create_dir_all(place.path("set/empty")).unwrap();
    for folder in ["set", "nowhere"] {
        let output = place.run(&["eval", "--images", text(&place.path(folder))]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn an_evaluation_that_would_mislead_is_refused() {
    let place = Workplace::new();
    let picture = fs::read(fixture("pictures/noise_up.png")).unwrap();
    let eval = |set: &str| place.run(&["eval", "--images", text(&place.path(set))]);
    for (set, paths, said) in [
        (
            "split",
            &["train/cat/a.png", "val/a.png"][..],
            "train/cat is a folder",
        ),
        (
            "deep",
            &["cat/a.png", "cat/more/b.png"],
            "cat/more is a folder",
        ),
        (
            "same",
            &["hot dog/a.png", "hot_dog/b.png"],
            "for the class hot dog",
        ),
        ("case", &["Cat/a.png", "cat/b.png"], "for the class cat"),
    ] {
        for path in paths {
            place.write(&format!("{set}/{path}"), &picture);
        }
        let output = eval(set);
        assert_eq!(output.status.code(), Some(1), "{set}");
        let line = stderr(&output);
        assert!(line.contains(said) && line.lines().count() == 1, "{line}");
    }
}

/// Its class is not among the labels, which makes the others look better.
#[test]
fn a_probe_is_not_tested_on_classes_that_it_did_not_learn() {
    let place = Workplace::new();
    let picture = fs::read(fixture("pictures/noise_up.png")).unwrap();
    place.write("set/cat/a.png", &picture);
    place.write("test/dog/a.png", &picture);
    let (set, test) = (place.path("set"), place.path("test"));
    let output = place.run(&["probe", text(&set), "--test", text(&test)]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("the class dog, which was not learnt"),
        "{said}"
    );
    place.write("broken/cat/a.png", b"no picture");
    let output = place.run(&["probe", text(&place.path("broken"))]);
    assert!(stderr(&output).contains("no examples to learn from"));
    let none = glance(&["probe", text(&set), "--shots", "0"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn an_empty_class_folder_is_reported() {
    let place = Workplace::new();
    let picture = fs::read(fixture("pictures/noise_up.png")).unwrap();
    for path in [
        "cat/a.png",
        "cat/.ipynb_checkpoints/a-checkpoint.png",
        "cat/__MACOSX/._a.png",
        "dog/._a.png",
        "__MACOSX/cat/._a.png",
        "beside.png",
    ] {
        place.write(&format!("set/{path}"), &picture);
    }
    let (code, answer) = place.json(&["eval", "--images", text(&place.path("set"))]);
    assert_eq!((code, answer["n"].as_u64()), (Some(1), Some(1)));
    assert_eq!(answer["classes"].as_u64(), Some(1));
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["path"], text(&place.path("set/dog")));
    let said = errors[0]["error"].as_str().unwrap();
    assert!(said.contains("has no picture"), "{said}");
}

/// As `--labels "$(cat labels.csv)"` gives them.
#[test]
fn labels_from_a_file_are_a_list() {
    let place = Workplace::new();
    let picture = fixture("pictures/grey.png");
    let list = "\u{feff}cat\r\n\"red, white\"\tsoft\u{ad}ball\n\n👩\u{200d}🚀\r\n";
    let (code, answer) = place.json(&["classify", text(&picture), "--labels", list]);
    assert_eq!(code, Some(0));
    let ranking = answer["pictures"][0]["ranking"].as_array().unwrap();
    let labels = ranking.iter().filter_map(|fit| fit["label"].as_str());
    let mut labels: Vec<&str> = labels.collect();
    labels.sort_unstable();
    assert_eq!(labels, ["cat", "red, white", "softball", "👩\u{200d}🚀"]);
}

#[test]
fn templates_that_cannot_be_used_are_refused() {
    let place = Workplace::new();
    let picture = fixture("pictures/grey.png");
    let classify = ["classify", text(&picture), "--labels", "cat"];
    let blank = place.write("blank.txt", b"\n \r\n\n");
    let mark = place.write("mark.txt", b"\xEF\xBB\xBF");
    let wide = place.write("wide.txt", b"\xff\xfea\0 \0{\0}\0");
    let unmarked = place.write("unmarked.txt", b"a\0 \0{\0}\0");
    let wider = place.write("wider.txt", b"\xff\xfe\0\0a\0\0\0{\0\0\0}\0\0\0");
    let binary = place.write("binary.txt", b"a \xff {}");
    let long = place.write("long.txt", "a {}\n".repeat(300_000).as_bytes());
    for (path, sentence) in [
        (&blank, "holds no sentence; write one a line, with {} where"),
        (&mark, "holds no sentence"),
        (&wide, "is in UTF-16; save it as UTF-8."),
        (&unmarked, "is in UTF-16; save it as UTF-8."),
        (&wider, "is in UTF-32; save it as UTF-8."),
        (&binary, "save it as UTF-8."),
        (&long, "is longer than 1 MiB"),
        (&place.path("nowhere.txt"), "cannot be read: "),
    ] {
        let output = place.run(&[&classify[..], &["--templates", text(path)]].concat());
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(
            said.contains(text(path)) && said.contains(sentence) && said.lines().count() == 1,
            "{said}"
        );
    }
    for (template, found) in [
        ("a photo of a {c}", "{c}"),
        ("a %s", "%s"),
        ("a photo of a [CLASS]", "[CLASS]"),
        ("a photo of a <label>", "<label>"),
        ("a photo of a {{}}", "{{}}"),
    ] {
        let output = place.run(&[&classify[..], &["--template", template]].concat());
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(
            said.contains(found) && said.contains("write {} there"),
            "{said}"
        );
    }
    for prompts in [
        &["--prompts", "imagenet-9"][..],
        &["--prompts", "imagenet-7", "--template", "a {}"],
        &["--prompts", "imagenet-7", "--templates", text(&blank)],
    ] {
        let output = place.run(&[&classify[..], prompts].concat());
        assert_eq!(output.status.code(), Some(2), "{prompts:?}");
        assert!(stderr(&output).contains("--prompts"), "{}", stderr(&output));
    }
}
