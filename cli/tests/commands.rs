//! What the commands print when all goes well.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use glance_engine::weights::Manifest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Workplace, fixture, glance, stderr, text};

/// Values of an embedding of the tiny model.
const PROJECTION: usize = 40;

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn classify_ranks_the_labels_of_each_picture() {
    let place = Workplace::new();
    let pictures = [
        fixture("pictures/noise_odd.png"),
        fixture("pictures/exif_6.jpg"),
    ];
    let [first, second] = pictures.each_ref().map(|path| text(path));
    let (code, answer) = place.json(&["classify", first, second, "--labels", "cat, dog,x"]);
    assert_eq!(code, Some(0));
    let entries = answer["pictures"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    for (entry, path) in entries.iter().zip([first, second]) {
        assert_eq!(entry["path"], path);
        let ranking = entry["ranking"].as_array().unwrap();
        let value = |key: &str| -> Vec<f64> {
            ranking
                .iter()
                .map(|fit| fit[key].as_f64().unwrap())
                .collect()
        };
        assert!(value("cosine").is_sorted_by(|a, b| a >= b));
        assert!(value("probability").is_sorted_by(|a, b| a >= b));
        assert!((value("probability").iter().sum::<f64>() - 1.0).abs() < 1e-5);
        let mut labels: Vec<&str> = ranking
            .iter()
            .map(|fit| fit["label"].as_str().unwrap())
            .collect();
        labels.sort_unstable();
        assert_eq!(labels, ["cat", "dog", "x"]);
    }
}

#[test]
fn embeddings_have_unit_length_and_agree_with_classify() {
    let place = Workplace::new();
    let picture = fixture("pictures/noise_odd.png");
    let picture = text(&picture);
    let (code, answer) = place.json(&[
        "embed",
        "--image",
        picture,
        "--text",
        "a $& of cat",
        "--text",
        "dog",
    ]);
    assert_eq!(code, Some(0));
    let image = numbers(&answer["images"][0]["embedding"]);
    let texts: Vec<Vec<f64>> = (0..2)
        .map(|index| numbers(&answer["texts"][index]["embedding"]))
        .collect();
    for embedding in [&image, &texts[0], &texts[1]] {
        assert_eq!(embedding.len(), PROJECTION);
        assert!((dot(embedding, embedding) - 1.0).abs() < 1e-5);
    }
    assert_eq!(answer["texts"][0]["text"], "a $& of cat");
    assert_eq!(answer["texts"][0]["truncated"], false);
    assert_eq!(answer["images"][0]["path"], picture);

    let (_, ranked) = place.json(&[
        "classify",
        picture,
        "--labels",
        "$&",
        "--template",
        "a {} of cat",
    ]);
    let cosine = ranked["pictures"][0]["ranking"][0]["cosine"]
        .as_f64()
        .unwrap();
    assert!((cosine - dot(&image, &texts[0])).abs() < 1e-5);
}

#[test]
fn several_templates_are_averaged_however_they_are_named() {
    let place = Workplace::new();
    let picture = fixture("pictures/noise_odd.png");
    let picture = text(&picture);
    let texts = ["a at", "at on", "of at"];
    let texts = texts.iter().flat_map(|text| ["--text", text]);
    let arguments: Vec<&str> = ["embed", "--image", picture]
        .into_iter()
        .chain(texts)
        .collect();
    let (_, answer) = place.json(&arguments);
    let image = numbers(&answer["images"][0]["embedding"]);
    let mut mean = vec![0.0; PROJECTION];
    for text in answer["texts"].as_array().unwrap() {
        for (mean, value) in mean.iter_mut().zip(numbers(&text["embedding"])) {
            *mean += value / 3.0;
        }
    }
    let expected = dot(&image, &mean) / dot(&mean, &mean).sqrt();

    let fit = |prompts: &[&str]| {
        let labels = ["classify", picture, "--labels", "at"];
        let (code, ranked) = place.json(&[&labels, prompts].concat());
        assert_eq!(code, Some(0));
        ranked["pictures"][0]["ranking"][0].clone()
    };
    // A file as a Windows editor saves it.
    let all = place.write("all.txt", b"\xEF\xBB\xBFa {}\r\n\n {} on \nof");
    let rest = place.write("rest.txt", b"{} on\nof\n");
    for prompts in [
        &[
            "--template",
            "a {}",
            "--template",
            "{} on",
            "--template",
            "of",
        ][..],
        &["--templates", text(&all)],
        &["--template", "a {}", "--templates", text(&rest)],
    ] {
        let fit = fit(prompts);
        assert!(
            (fit["cosine"].as_f64().unwrap() - expected).abs() < 1e-5,
            "{prompts:?}"
        );
        assert_eq!(fit["truncated"], false);
    }

    // The tiny model reads a dozen tokens.
    let list = fixture("../../engine/prompts/data/imagenet_7_templates.txt");
    let published = fit(&["--prompts", "imagenet-7"]);
    assert_eq!(published, fit(&["--templates", text(&list)]));
    assert_eq!(published["truncated"], true);
    let list = fixture("../../engine/prompts/data/imagenet_80_templates.txt");
    assert_eq!(
        fit(&["--prompts", "imagenet-80"]),
        fit(&["--templates", text(&list)])
    );
}

#[test]
fn eval_counts_pictures_by_their_folder() {
    let place = Workplace::new();
    let picture = fs::read(fixture("pictures/noise_up.png")).unwrap();
    for class in ["big_cat", "dog"] {
        for file in [
            "a.png",
            "b.png",
            ".hidden",
            "._a.png",
            "Thumbs.db",
            "desktop.ini",
        ] {
            place.write(&format!("set/{class}/{file}"), &picture);
        }
    }
    place.write("set/README", b"no class");
    let folder = place.path("set");
    let (code, answer) = place.json(&["eval", "--images", text(&folder)]);
    assert_eq!(code, Some(0));
    assert_eq!(
        (&answer["n"], &answer["classes"]),
        (&Value::from(4), &Value::from(2))
    );
    // One picture four times, two classes: it belongs to either of them half of the time.
    assert_eq!(
        (&answer["top1"], &answer["top5"]),
        (&Value::from(0.5), &Value::from(1.0))
    );
    assert_eq!(answer["errors"], Value::Array(Vec::new()));
    let [low, high] = numbers(&answer["top1_interval"])[..] else {
        panic!("an interval has two ends");
    };
    assert!(low < 0.5 && 0.5 < high && (low + high - 1.0).abs() < 1e-9);
    // All four get the same class, so the other one is never recognised.
    let classes = &answer["per_class"];
    let confusions = &answer["confusions"];
    assert_eq!(
        (&classes[0]["top1"], &classes[1]["top1"]),
        (&json!(0.0), &json!(1.0))
    );
    assert_eq!(classes[0]["n"], 2);
    let confusion = json!({
        "label": classes[0]["label"], "taken_for": classes[1]["label"], "n": 2,
    });
    assert_eq!(confusions, &json!([confusion]));

    let output = place.run(&["eval", "--images", text(&folder)]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let (worst, best) = (&classes[0]["label"], &classes[1]["label"]);
    let (worst, best) = (worst.as_str().unwrap(), best.as_str().unwrap());
    assert!(lines.starts_with("top-1 50.0 % (15.0 to 85.0), top-5 100.0 % (51.0 to 100.0) of 4"));
    assert!(
        lines.contains(&format!("   0.0 %  100.0 %         2  {worst}\n")),
        "{lines}"
    );
    assert!(
        lines.contains(&format!("       2  {worst} taken for {best}\n")),
        "{lines}"
    );

    let ensemble = ["eval", "--images", text(&folder), "--prompts", "imagenet-7"];
    assert_eq!(place.json(&ensemble), (code, answer));

    let (_, ranked) = place.json(&[
        "classify",
        text(&folder.join("dog/a.png")),
        "--labels",
        "big cat,dog",
    ]);
    assert_eq!(
        ranked["pictures"][0]["ranking"].as_array().map(Vec::len),
        Some(2)
    );
}

/// A picture of one colour with some noise of its own.
fn bmp(colour: [u8; 3], noise: u8) -> Vec<u8> {
    const SIDE: u32 = 16;
    let pixels = (0..SIDE * SIDE).flat_map(|at| {
        let spot = at % 7 == u32::from(noise % 7);
        colour.map(|level| {
            if spot {
                level.wrapping_add(noise)
            } else {
                level
            }
        })
    });
    let pixels: Vec<u8> = pixels.collect();
    let mut file = b"BM".to_vec();
    let numbers = [
        54 + pixels.len() as u32,
        0,
        54,
        40,
        SIDE,
        SIDE,
        1 | 24 << 16,
        0,
        0,
        0,
        0,
        0,
        0,
    ];
    file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    file.extend(pixels);
    file
}

#[test]
fn a_probe_learns_what_pictures_of_a_class_share() {
    let place = Workplace::new();
    for (class, colour) in [("red", [20, 30, 220]), ("blue", [220, 40, 20])] {
        for number in 0..10 {
            let name = format!("{class}/{number}.bmp");
            place.write(&format!("set/{name}"), &bmp(colour, number));
            place.write(&format!("test/{name}"), &bmp(colour, number + 10));
        }
    }
    place.write("set/red/10.bmp", b"no picture");
    let folder = place.path("set");
    let (code, answer) = place.json(&["probe", text(&folder)]);
    assert_eq!(code, Some(1), "one picture was left out");
    assert_eq!(answer["test"]["errors"].as_array().map(Vec::len), Some(1));
    let counts = [&answer["train"]["n"], &answer["test"]["n"]];
    assert_eq!(counts, [&json!(16), &json!(4)]);
    assert_eq!(
        [&answer["train"]["top1"], &answer["test"]["top1"]],
        [&json!(1.0), &json!(1.0)]
    );
    assert!(answer["strength"].as_f64().unwrap() > 0.0);
    assert_eq!(answer.get("beside"), None);

    let test = place.path("test");
    let shots = [
        "probe",
        text(&folder),
        "--test",
        text(&test),
        "--shots",
        "2",
    ];
    let (_, answer) = place.json(&shots);
    let counts = [&answer["train"]["n"], &answer["test"]["n"]];
    assert_eq!(counts, [&json!(4), &json!(20)]);
    let beside = &answer["beside"];
    assert_eq!(beside["few_shot"]["n"], 20);
    assert!(beside["few_shot"]["top1"].as_f64() >= beside["zero_shot"]["top1"].as_f64());

    let output = place.run(&shots);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.starts_with("linear probe of strength "), "{lines}");
    for part in [
        ", 4 pictures",
        "zero-shot on these, 20",
        "few-shot on these",
    ] {
        assert!(lines.contains(part), "{lines}");
    }
}

#[test]
fn eval_prints_the_ten_worst_of_many_classes() {
    let place = Workplace::new();
    let picture = fs::read(fixture("pictures/noise_up.png")).unwrap();
    for class in 0..13 {
        place.write(&format!("set/class_{class:02}/a.png"), &picture);
    }
    let folder = place.path("set");
    let (_, answer) = place.json(&["eval", "--images", text(&folder)]);
    assert_eq!(answer["per_class"].as_array().map(Vec::len), Some(13));
    assert_eq!(answer["confusions"].as_array().map(Vec::len), Some(12));
    let output = place.run(&["eval", "--images", text(&folder)]);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.contains("3 more with --json\n"), "{lines}");
    assert!(lines.contains("2 more with --json\n"), "{lines}");
    assert_eq!(lines.matches(" taken for class ").count(), 10);
}

#[test]
fn int8_embeddings_stay_close_to_those_of_full_precision() {
    let place = Workplace::new();
    let checkpoint = fixture("clip/vit-quick-gelu/model.safetensors");
    let embedding = |weights: &str| {
        let model = place.path(weights);
        let packed = glance(&[
            "pack",
            text(&checkpoint),
            "-o",
            text(&model),
            "--weights",
            weights,
        ]);
        assert!(packed.status.success(), "{}", stderr(&packed));
        let arguments = [
            "embed",
            "--text",
            "cat",
            "--json",
            "--device",
            "cpu",
            "--model",
            text(&model),
        ];
        let output = glance(&arguments);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        numbers(&answer["texts"][0]["embedding"])
    };
    let full = embedding("f32");
    assert!(dot(&full, &embedding("f16")) > 0.99999);
    assert!(dot(&full, &embedding("int8")) > 0.999);
}

#[test]
fn without_json_a_person_can_read_it() {
    let place = Workplace::new();
    let picture = fixture("pictures/pixel.png");
    let output = place.run(&[
        "classify",
        text(&picture),
        "--labels",
        "cat,dog",
        "--template",
        "{}",
    ]);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.contains("pixel.png\n") && lines.contains(" %  ") && lines.contains("  dog\n"));
    let output = place.run(&["embed", "--image", text(&picture)]);
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("(40 values; --json prints all)")
    );
}

#[test]
fn help_documents_the_json() {
    for (command, key) in [
        ("classify", "\"ranking\""),
        ("embed", "\"embedding\""),
        ("eval", "\"confusions\""),
        ("probe", "\"strength\""),
    ] {
        let output = glance(&[command, "--help"]);
        assert!(
            String::from_utf8(output.stdout).unwrap().contains(key),
            "{command}"
        );
    }
}

#[test]
fn a_manifest_describes_every_byte_of_a_model() {
    let place = Workplace::new();
    let model = place.model();
    let output = glance(&["manifest", text(&model)]);
    assert!(output.status.success(), "{}", stderr(&output));
    let manifest = Manifest::parse(&output.stdout).expect("it prints a manifest");
    let file = fs::read(&model).unwrap();
    let mut end = 0;
    for (index, expected) in manifest.pieces.iter().enumerate() {
        let piece = manifest.piece(index);
        assert_eq!(piece.start, end);
        end = piece.end;
        let digest = Sha256::digest(&file[piece.start as usize..piece.end as usize]);
        let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, *expected, "piece {index}");
    }
    assert_eq!(end, file.len() as u64);

    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models");
    let output = glance(&["manifest", text(&demo.join("demo.safetensors"))]);
    let committed = fs::read(demo.join("demo.json")).unwrap();
    assert!(output.stdout == committed, "the demo model's is up to date");
}

/// With any graphics drivers, and without a display.
#[test]
fn drivers_say_nothing_on_stderr() {
    let place = Workplace::new();
    let picture = fixture("pictures/grey.png");
    for device in [&["--device", "gpu"][..], &[]] {
        let model = place.model();
        let output = Command::new(env!("CARGO_BIN_EXE_glance"))
            .args(["classify", text(&picture), "--labels", "cat"])
            .args(["--model", text(&model)])
            .args(device)
            .env_remove("XDG_RUNTIME_DIR")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .unwrap();
        // Without a graphics card the first is refused, in one sentence.
        let own = |line: &str| line.starts_with("glance: ");
        let said = stderr(&output);
        assert!(said.lines().all(own), "{said}");
    }
}

#[test]
fn quoted_lists_of_templates_are_lists() {
    let place = Workplace::new();
    let picture = fixture("pictures/grey.png");
    let classify = ["classify", text(&picture), "--labels", "cat,dog"];
    let answer = |bytes: &[u8]| {
        let path = place.write("templates.txt", bytes);
        let (code, answer) = place.json(&[&classify[..], &["--templates", text(&path)]].concat());
        assert_eq!(code, Some(0));
        answer["pictures"][0]["ranking"].clone()
    };
    let plain = answer(b"a drawing of a {}\na bad photo, of a {}\n");
    let quoted = b"\xEF\xBB\xBF\"a drawing of a {}\",\r\n\"a bad photo, of a {}\"\r\n";
    assert_eq!(answer(quoted), plain);
    assert_eq!(
        answer(b"a drawing\0 of a {}\na bad\xC2\xA0photo, of a {}"),
        plain
    );
}
