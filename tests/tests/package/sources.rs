//! Every kind of picture gives the same ranking.

use std::fs;

use glance_tests::pictures::{disc, enormous, plain_and_svg};
use glance_tests::site::Site;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::consumer::{Consumer, LABELS, TEMPLATE, agrees, native, sent};

/// Cosines of pixels that are those of the file.
const SAME: f64 = 1e-4;
/// Cosines of what went through a video's colours.
const SIMILAR: f64 = 0.02;

/// Makes every source of the picture file `file`, whose address is `address`.
const SOURCES: &str = "const [picture, address, labels] = arguments;
    const file = fileOf(picture);
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'),
        { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const offscreen = new OffscreenCanvas(canvas.width, canvas.height);
    offscreen.getContext('2d').drawImage(image, 0, 0);
    const data = context.getImageData(0, 0, canvas.width, canvas.height);
    const local = Object.assign(new Image(), { src: URL.createObjectURL(file) });
    const video = Object.assign(document.createElement('video'), { muted: true });
    video.srcObject = canvas.captureStream();
    await video.play();
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const same = {
        file, image, local, canvas, offscreen, data,
        blob: new Blob([file]),
        address, whole: new URL(address, location.href).href, url: new URL(address, location.href),
        inline: `data:image/png;base64,${picture.base64}`,
        object: URL.createObjectURL(file),
        bitmap: await createImageBitmap(file),
    };";

#[test]
fn every_kind_of_picture_gives_the_same_ranking() {
    let (page, _folder) = page_with_pictures();
    let body = format!(
        "{SOURCES}
        const clip = await Clip.load({{ device: 'cpu' }});
        const rankings = {{}};
        for (const [name, source] of Object.entries({{ ...same, video, frame }}))
            rankings[name] = await clip.classify(source, labels);
        frame.close();
        rankings.last = (await clip.classify(Object.values(same), labels)).at(-1);
        return {{ rankings, kept: data.data.length > 0 && file.size > 0 }};"
    );
    let arguments = vec![sent(&disc()), "pictures/disc.png".into(), json!(LABELS)];
    let found = page.run(&body, arguments);
    assert_eq!(found["kept"], true, "sources stay the page's own");
    let rankings = found["rankings"].as_object().expect("rankings by name");
    assert_eq!(rankings.len(), 16);
    let expected = cosines(&rankings["file"]);
    agrees(&rankings["file"], &native(), &disc(), &[TEMPLATE]);
    for (name, ranking) in rankings {
        let tolerance = match name.as_str() {
            "video" | "frame" => SIMILAR,
            _ => SAME,
        };
        for (found, expected) in cosines(ranking).iter().zip(&expected) {
            assert!(
                (found - expected).abs() < tolerance,
                "{name}: {ranking:#} for {expected}"
            );
        }
    }
}

#[test]
fn drawings_are_drawn() {
    let (page, _folder) = page_with_pictures();
    let [plain, svg] = plain_and_svg();
    let body = "const [plain, svg, labels] = arguments;
        const clip = await Clip.load({ device: 'cpu' });
        const image = Object.assign(new Image(), { src: URL.createObjectURL(fileOf(svg)) });
        return clip.classify([fileOf(plain), fileOf(svg), image], labels);";
    let rankings = page.run(body, vec![sent(&plain), sent(&svg), json!(LABELS)]);
    let expected = cosines(&rankings[0]);
    for drawn in [&rankings[1], &rankings[2]] {
        for (found, expected) in cosines(drawn).iter().zip(&expected) {
            assert!((found - expected).abs() < SAME, "{rankings:#}");
        }
    }
}

#[test]
fn what_shows_no_picture_is_refused() {
    let (page, _folder) = page_with_pictures();
    let body = "const [enormous, labels] = arguments;
        const clip = await Clip.load({ device: 'cpu' });
        const small = new OffscreenCanvas(8, 8);
        small.getContext('2d').fillRect(0, 0, 8, 8);
        const frame = new VideoFrame(small, { timestamp: 0 });
        frame.close();
        const broken = Object.assign(new Image(), { src: 'pictures/none.png' });
        const wide = new ImageData(1, 1);
        const refused = [
            document.createElement('video'), new OffscreenCanvas(0, 5), frame, broken,
            fileOf(enormous), null, {}, document.body,
        ];
        const failures = [];
        for (const source of refused)
            failures.push(await failureOf(clip.classify(source, labels)));
        failures.push((await clip.classify(wide, labels)).length);
        return failures;";
    let failures = page.run(body, vec![sent(&enormous()), json!(LABELS)]);
    let failures = failures.as_array().expect("a list");
    for failure in &failures[..failures.len() - 1] {
        assert_eq!(failure["code"], "picture", "{failures:#?}");
    }
    assert_eq!(failures[failures.len() - 1], LABELS.len());
}

#[test]
fn another_site_decides_who_reads_its_pictures() {
    let page = Consumer::plain();
    let folder = pictures();
    let other = Site::of_files("/", folder.path().to_owned());
    let body = "const [address, labels] = arguments;
        window.clip ??= await Clip.load({ device: 'cpu' });
        const image = Object.assign(new Image(), { src: address });
        await image.decode();
        const outcome = async source => clip.classify(source, labels).then(
            ranking => ranking.length, ({ code }) => code);
        return [await outcome(address), await outcome(image)];";
    let arguments = || vec![Value::from(other.address("disc.png")), json!(LABELS)];
    assert_eq!(
        page.run(body, arguments()),
        json!(["connection", "picture"])
    );
    other.share("disc.png");
    page.browser.clear_http_cache();
    let both = json!([LABELS.len(), LABELS.len()]);
    assert_eq!(page.run(body, arguments()), both);
}

/// A page with pictures beside it, and their folder.
fn page_with_pictures() -> (Consumer, TempDir) {
    let (page, folder) = (Consumer::plain(), pictures());
    let site = page.site.as_ref().expect("the page has a site");
    site.mount("pictures/", folder.path().to_owned());
    (page, folder)
}

fn pictures() -> TempDir {
    let folder = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
    fs::write(folder.path().join("disc.png"), disc().bytes).expect("there is room");
    folder
}

/// The cosine of each label, in the order of the labels.
fn cosines(ranking: &Value) -> Vec<f64> {
    let entries = ranking.as_array().expect("a ranking is a list");
    let of = |label: &str| {
        let entry = entries.iter().find(|entry| entry["label"] == label);
        entry
            .and_then(|entry| entry["cosine"].as_f64())
            .expect("every label is ranked")
    };
    LABELS.iter().map(|label| of(label)).collect()
}
