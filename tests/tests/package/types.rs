//! TypeScript's compiler on the types, and on every snippet of the package's README.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::consumer::{folder, tool};

/// What snippets take from those before them.
const BEFORE: &str = "import { Clip } from \"glance-clip\";\ndeclare const clip: Clip;\n";

#[test]
fn the_types_and_every_snippet_are_strict() {
    let plain = folder("plain");
    let project = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
    let write = |name: &str, text: &str| {
        fs::write(project.path().join(name), text).expect("there is room");
    };
    let readme = fs::read_to_string(plain.join("glance-clip/README.md"));
    let snippets = snippets(&readme.expect("the package has a README"));
    assert!(snippets.len() > 4, "the README has snippets");
    for (number, snippet) in snippets.iter().enumerate() {
        let before = if snippet.contains("const clip =") {
            ""
        } else {
            BEFORE
        };
        write(
            &format!("snippet{number}.ts"),
            &format!("{before}{snippet}\nexport {{}};\n"),
        );
    }
    write(
        "wrong.ts",
        &format!(
            "{BEFORE}// @ts-expect-error\nawait clip.classify(5, ['cat']);\n\
        // @ts-expect-error\nnew Clip();\nexport {{}};\n"
        ),
    );
    write("tsconfig.json", &configuration(&plain.join("glance-clip")));
    let output = tool(&plain, "tsc")
        .arg("--project")
        .arg(project.path())
        .output();
    let output = output.expect("the compiler starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}

fn configuration(package: &Path) -> String {
    let types = package.join("index.d.ts");
    let configuration = serde_json::json!({
        "compilerOptions": {
            "strict": true,
            "noEmit": true,
            "target": "es2022",
            "module": "esnext",
            "moduleResolution": "bundler",
            "lib": ["es2022", "dom", "dom.iterable"],
            "types": [],
            "paths": {"glance-clip": [types]},
        },
        "include": ["*.ts", types],
    });
    configuration.to_string()
}

/// The code of each block of JavaScript, and of each script in a block of HTML.
fn snippets(readme: &str) -> Vec<String> {
    let mut blocks = readme.split("```").skip(1).step_by(2);
    let mut snippets = Vec::new();
    for block in &mut blocks {
        if let Some(code) = block.strip_prefix("js\n") {
            snippets.push(code.to_owned());
        } else if let Some(html) = block.strip_prefix("html\n") {
            let script = html
                .split_once('>')
                .and_then(|(_, rest)| rest.split_once("</script>"));
            // The compiler maps no relative path.
            let named =
                |(code, _): (&str, &str)| code.replace("./glance-clip/index.js", "glance-clip");
            snippets.extend(script.map(named));
        }
    }
    snippets
}
