//! The same in every kind of page: classify, cancel, fail.

use glance_tests::pictures::{disc, many_large, not_a_picture};
use serde_json::{Value, json};

use crate::consumer::{Consumer, LABELS, TEMPLATE, agrees, native, sent};

#[test]
fn a_plain_page_in_any_folder() {
    works(&Consumer::plain());
}

#[test]
fn a_page_built_by_vite() {
    works(&Consumer::built_by_vite());
}

#[test]
fn a_page_served_by_vite() {
    works(&Consumer::served_by_vite());
}

#[test]
fn a_page_built_by_webpack() {
    works(&Consumer::built_by_webpack());
}

fn works(page: &Consumer) {
    classifies(page);
    cancels(page);
    fails_plainly(page);
}

fn classifies(page: &Consumer) {
    let body = "const [picture, labels] = arguments;
        window.clip = await Clip.load();
        return { ranking: await clip.classify(fileOf(picture), labels), model: clip.model };";
    let found = page.run(body, vec![sent(&disc()), json!(LABELS)]);
    agrees(&found["ranking"], &native(), &disc(), &[TEMPLATE]);
    let model = &found["model"];
    assert_eq!(model["name"], "Glance demo");
    assert_eq!(model["device"], "cpu");
    assert_eq!(model["license"], "CC-BY-4.0");
    assert_eq!(model["imageSize"], 224);
    assert!(model["embeddingSize"].as_u64() > Some(0));
}

fn cancels(page: &Consumer) {
    let large: Vec<_> = many_large().iter().take(3).map(sent).collect();
    // At once, for a reason of one's own, and once it is under way; then it works again.
    let body = "const [pictures, labels] = arguments;
        const files = pictures.map(fileOf);
        const outcomes = [];
        const stopped = AbortSignal.abort();
        outcomes.push(await failureOf(clip.classify(files, labels, { signal: stopped })));
        outcomes.push(await failureOf(Clip.load({ signal: stopped })));
        const reason = new AbortController();
        const own = clip.classify(files, labels, { signal: reason.signal });
        reason.abort(new RangeError('enough'));
        outcomes.push(await failureOf(own));
        const later = new AbortController();
        const onProgress = ({ stage, done }) => { if (stage === 'pictures') later.abort(); };
        const signal = later.signal;
        outcomes.push(await failureOf(clip.classify(files, labels, { signal, onProgress })));
        outcomes.push((await clip.classify(files.slice(0, 1), labels)).length);
        return outcomes;";
    let outcomes = page.run(body, vec![Value::from(large), json!(LABELS)]);
    for (at, name) in ["AbortError", "AbortError", "RangeError", "AbortError"]
        .iter()
        .enumerate()
    {
        assert_eq!(outcomes[at]["name"], *name, "{outcomes}");
    }
    assert_eq!(outcomes[4], 1);
}

fn fails_plainly(page: &Consumer) {
    let body = "const [bad, good, labels] = arguments;
        const wrong = [fileOf(good), fileOf(bad)];
        const unknown = 'http://nowhere.invalid/cat.jpg';
        return [
            await failureOf(clip.classify(wrong, labels)),
            await failureOf(clip.classify([fileOf(good), 5], labels)),
            await failureOf(clip.classify(unknown, labels)),
            await failureOf(clip.classify('missing/picture.jpg', labels)),
            await failureOf(Clip.load({ model: 'missing/model' })),
            await failureOf(Clip.load({ model: unknown })),
            await failureOf(clip.classify(fileOf(good), ['x'.repeat(200000)])),
            await failureOf(clip.classify(fileOf(good), 'cat')),
            (await clip.classify(fileOf(good), labels)).length,
        ];";
    let arguments = vec![sent(&not_a_picture()), sent(&disc()), json!(LABELS)];
    let failures = page.run(body, arguments);
    let failure = |at: usize| {
        let failure = &failures[at];
        let text = |name: &str| failure[name].as_str().unwrap_or_default().to_owned();
        (text("name"), text("code"), text("message"))
    };
    let is = |at: usize, codes: &[&str], part: &str| {
        let (name, code, message) = failure(at);
        assert!(
            name == "ClipError" && codes.contains(&&*code) && message.contains(part),
            "{failures:#}"
        );
    };
    is(0, &["picture"], "not a picture");
    assert_eq!(failures[0]["index"], 1);
    is(1, &["picture"], "Number");
    is(2, &["connection"], "nowhere.invalid");
    // Vite answers with the page where there is no file.
    is(3, &["connection", "picture"], "");
    is(4, &["connection", "model"], "{ hub: \"missing/model\" }");
    is(5, &["connection"], "nowhere.invalid");
    is(6, &["text"], "xxx");
    assert_eq!(failure(7).0, "TypeError");
    assert_eq!(failures[8], LABELS.len());
}
