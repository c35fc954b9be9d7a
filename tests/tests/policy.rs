//! The page's policy is the same in the three places that state it, for three kinds of hosts.

use std::fs;
use std::path::Path;

const POLICY: &str = "Content-Security-Policy";

/// All texts between `before` and `after` in a file of the repository.
fn between(file: &str, before: &str, after: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = fs::read_to_string(&path).expect("the repository has this file");
    let parts = text.split(before).skip(1);
    parts
        .map(|part| part.split(after).next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn hosts_send_the_policy_that_the_page_carries() {
    let page = between("index.html", &format!("\"{POLICY}\" content=\""), "\"");
    let [policy] = page.as_slice() else {
        panic!("index.html has one policy, not {page:?}");
    };
    let header = between("static/_headers", &format!("{POLICY}: "), "\n");
    assert_eq!(header, [policy.as_str()]);
    let nginx = between("HOSTING.md", &format!("add_header {POLICY} \""), "\"");
    assert_eq!(nginx, [policy.as_str()]);
}

#[test]
fn every_header_of_one_host_is_documented_for_another() {
    let headers: Vec<String> = between("static/_headers", "\n  ", "\n");
    let everywhere = headers
        .iter()
        .filter(|header| !header.starts_with("Cache-Control") && !header.starts_with(POLICY));
    let nginx = between("HOSTING.md", "add_header ", ";\n");
    for header in everywhere {
        let (name, value) = header.split_once(": ").expect("a header has a value");
        let line = format!("{name} \"{value}\" always");
        assert!(nginx.contains(&line), "{line} is not among {nginx:?}");
    }
}

#[test]
fn no_script_or_style_is_inline() {
    let scripts = between("index.html", "<script", ">");
    assert!(
        scripts.iter().all(|script| script.contains(" src=")),
        "{scripts:?}"
    );
    assert!(between("index.html", "<style", ">").is_empty());
    assert!(between("index.html", " style=", ">").is_empty());
}

#[test]
fn the_camera_is_for_this_page_and_no_media_are_fetched() {
    let header = between("static/_headers", "Permissions-Policy: ", "\n");
    let [header] = header.as_slice() else {
        panic!("there is one such header, not {header:?}");
    };
    assert!(header.starts_with("camera=(self), "), "{header}");
    assert!(header.contains("microphone=()"), "{header}");
    // A camera's picture has no address, so no policy on addresses applies to it.
    let policy = between("static/_headers", &format!("{POLICY}: "), "\n");
    assert!(policy.iter().all(|policy| !policy.contains("media-src")));
}
