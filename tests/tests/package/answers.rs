//! Answers about many pictures, and what is stored meanwhile.

use std::fs;

use glance_tests::pictures::{PictureFile, disc, many_large, stripes};
use glance_tests::site::Site;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::consumer::{Consumer, LABELS, TEMPLATE, agrees, folder, native, sent};

const LOAD: &str = "window.clip ??= await Clip.load({ device: 'cpu' });";

#[test]
fn many_pictures_are_shared_out_among_workers() {
    // The plain page with a worker that believes in four cores, and tells of each start.
    let copy = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
    copy_folder(&folder("plain"), copy.path());
    let script = copy.path().join("glance-clip/worker/start_worker.js");
    let started = fs::read_to_string(&script).expect("the package has it");
    let cores = "for (const name of ['hardwareConcurrency', 'deviceMemory'])
        Object.defineProperty(WorkerNavigator.prototype, name, { get: () => 4 });
        new BroadcastChannel('workers').postMessage('started');\n";
    // Imports may come last.
    fs::write(&script, format!("{cores}{started}")).expect("there is room");
    let page = Consumer::of_site(Site::of_files("/", copy.path().to_owned()));

    let mut files = many_large();
    files[3] = disc();
    files.push(stripes());
    let body = format!(
        "let workers = 0;
        const channel = new BroadcastChannel('workers');
        channel.onmessage = () => {{ workers += 1; }};
        {LOAD}
        const [pictures, labels] = arguments;
        const files = pictures.map(fileOf);
        const told = [];
        const onProgress = ({{ stage, done, total }}) => {{
            if (stage === 'pictures') told.push([done, total]);
        }};
        const rankings = await clip.classify(files, labels, {{ onProgress }});
        return {{ rankings, told, workers }};"
    );
    let pictures: Vec<_> = files.iter().map(sent).collect();
    let found = page.run(&body, vec![Value::from(pictures), json!(LABELS)]);
    assert!(
        found["workers"].as_u64() > Some(1),
        "helpers start: {}",
        found["workers"]
    );
    let count = files.len();
    let told: Vec<_> = (1..=count).map(|done| json!([done, count])).collect();
    assert_eq!(found["told"], Value::from(told));
    let native = native();
    for at in [0, 3, count - 1] {
        agrees(&found["rankings"][at], &native, &files[at], &[TEMPLATE]);
    }
}

#[test]
fn options_of_rankings() {
    let page = Consumer::plain();
    let body = format!(
        "{LOAD}
        const [picture, labels, template] = arguments;
        const file = fileOf(picture);
        return [
            await clip.classify(file, labels, {{ template }}),
            await clip.classify(file, labels, {{ template: template[1] }}),
            await clip.classify([file], labels, {{ noneOfThese: true }}),
            await clip.classify(file, labels, {{ topK: 2 }}),
            await clip.classify([], labels),
        ];"
    );
    let templates = ["a drawing of a {}", "{}"];
    let arguments = vec![sent(&disc()), json!(LABELS), json!(templates)];
    let found = page.run(&body, arguments);
    let native = native();
    agrees(&found[0], &native, &disc(), &templates);
    agrees(&found[1], &native, &disc(), &templates[1..]);
    let with_none = found[2][0].as_array().expect("a ranking");
    assert_eq!(with_none.len(), LABELS.len() + 1);
    let none = with_none
        .iter()
        .find(|entry| entry["index"] == -1)
        .expect("it competes");
    assert_eq!(none["label"], "none of these");
    let sum: f64 = with_none
        .iter()
        .filter_map(|entry| entry["score"].as_f64())
        .sum();
    assert!((sum - 1.0).abs() < 1e-5, "shares add up to {sum}");
    let best = found[3].as_array().expect("a ranking");
    assert_eq!(best.len(), 2);
    assert_eq!(found[4], json!([]));
}

#[test]
fn cosines_and_embeddings() {
    let page = Consumer::plain();
    let files = [disc(), stripes()];
    let body = format!(
        "{LOAD}
        const [pictures, texts, template] = arguments;
        const files = pictures.map(fileOf);
        const images = await clip.embedImages(files);
        const words = await clip.embedTexts(texts);
        const product = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
        const rows = await clip.similarity(files, texts);
        const filled = await clip.embedTexts(texts, {{ template }});
        const ranking = await clip.classify(files[0], texts, {{ template }});
        return {{
            rows: rows.map(row => [...row]),
            products: images.map(image => words.map(word => product(image, word))),
            lengths: [...images, ...words].map(one => product(one, one)),
            widths: [...images, ...words].map(one => one.length),
            filled: filled.map(one => product(one, images[0])),
            ranked: ranking.sort((a, b) => a.index - b.index).map(({{ cosine }}) => cosine),
            width: clip.model.embeddingSize,
            none: [await clip.embedImages([]), await clip.embedTexts([]), await clip.similarity([], texts)],
        }};"
    );
    let templates = ["a drawing of a {}", "a photo of a {}"];
    let pictures: Vec<_> = files.iter().map(sent).collect();
    let found = page.run(
        &body,
        vec![Value::from(pictures), json!(LABELS), json!(templates)],
    );
    let labels = LABELS.map(str::to_owned);
    let expected = native().cosines(&files, &labels, &[]);
    for rows in ["rows", "products"] {
        close(&found[rows], &json!(expected), 0.005);
    }
    close(&found["rows"], &found["products"], 1e-5);
    close(&found["filled"], &found["ranked"], 1e-5);
    close(&found["lengths"], &json!([1, 1, 1, 1, 1, 1]), 1e-5);
    assert_eq!(found["widths"], json!(vec![found["width"].clone(); 6]));
    assert_eq!(found["none"], json!([[], [], []]));
}

#[test]
fn the_model_is_stored_and_no_picture() {
    let page = Consumer::plain();
    let body = "const before = await Clip.models();
        const seen = new Set();
        const onProgress = ({ stage }) => seen.add(stage);
        window.clip = await Clip.load({ device: 'cpu', onProgress });
        const [pictures, labels] = arguments;
        await clip.classify(pictures.map(fileOf), labels);
        return { before, stages: [...seen] };";
    let pictures: Vec<PictureFile> = (0..5).map(|number| disc().copy(number)).collect();
    let pictures: Vec<_> = pictures.iter().map(sent).collect();
    let found = page.run(body, vec![Value::from(pictures), json!(LABELS)]);
    assert_eq!(found["before"], json!([]));
    assert_eq!(found["stages"], json!(["downloading", "preparing"]));
    page.browser
        .wait_for_records("glance", "the whole model", |records| {
            records
                .iter()
                .filter(|record| record.store == "pieces")
                .count()
                == 11
        });
    // A library of pictures would have a database of its own.
    let body = "const models = await clip.models();
        const again = await Clip.models();
        const stages = [];
        const next = await Clip.load({ device: 'cpu', onProgress: ({ stage }) => stages.push(stage) });
        next.close();
        const databases = await indexedDB.databases();
        return { models, again, stages, databases: databases.map(({ name }) => name),
            dates: models[0].added instanceof Date };";
    let found = page.run(body, Vec::new());
    let models = found["models"].as_array().expect("a list");
    assert_eq!(models.len(), 1);
    assert_eq!(models[0]["name"], "Glance demo");
    assert_eq!(models[0]["bytes"], models[0]["storedBytes"]);
    assert_eq!(found["dates"], true);
    assert_eq!(found["models"], found["again"]);
    assert_eq!(
        found["stages"],
        json!(["preparing"]),
        "the second time it comes from the store"
    );
    assert_eq!(
        found["databases"],
        json!(["glance"]),
        "pictures are not remembered"
    );
}

/// Checks numbers, or lists of them, one by one.
fn close(found: &Value, expected: &Value, tolerance: f64) {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len());
            found
                .iter()
                .zip(expected)
                .for_each(|(found, expected)| close(found, expected, tolerance));
        }
        _ => {
            let pair = found.as_f64().zip(expected.as_f64());
            let (found, expected) = pair.expect("both are numbers");
            assert!(
                (found - expected).abs() < tolerance,
                "{found} for {expected}"
            );
        }
    }
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has a name");
        match path.is_dir() {
            true if name == "node_modules" => {}
            true => copy_folder(&path, &to.join(name)),
            false => {
                fs::copy(&path, to.join(name)).expect("there is room");
            }
        }
    }
}
