//! What preprocessor files say, against their libraries.

use glance_engine::image::{Preprocessing, PreprocessingError};
use serde::Deserialize;
use serde_json::Value;

use crate::{generated, read};

#[derive(Deserialize)]
struct Configuration {
    family: Family,
    config: Value,
    size: usize,
    values: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Family {
    Hub,
    OpenClip,
}

#[test]
fn preprocessor_files_mean_what_they_mean_to_their_libraries() {
    let configurations: Vec<Configuration> =
        serde_json::from_slice(&read("configurations.json")).unwrap();
    let picture = generated(90, 61, 4);
    for Configuration {
        family,
        config,
        size,
        values,
    } in configurations
    {
        let preprocessing = match family {
            Family::Hub => Preprocessing::from_hugging_face(config.to_string().as_bytes(), size),
            Family::OpenClip => Preprocessing::from_open_clip(&config),
        };
        let prepared = picture.prepare(size, &preprocessing.unwrap());
        let step = prepared.len() / values.len();
        for (ours, theirs) in prepared.iter().step_by(step).zip(&values) {
            let error = (ours - theirs).abs() / theirs.abs().max(1.0);
            assert!(error <= 1e-5, "{config}: {ours} and {theirs}");
        }
    }
}

#[test]
fn preprocessor_files_that_cannot_be_followed_are_refused() {
    let hub = |text: &str| Preprocessing::from_hugging_face(text.as_bytes(), 224).err();
    for unreadable in [
        "",
        "[]",
        "{\"size\":-1}",
        "{\"size\":{\"edge\":224}}",
        "{\"size\":{\"longest_edge\":224}}",
        "{\"image_mean\":[0.5]}",
        "{\"resample\":\"3\"}",
    ] {
        let error = hub(unreadable);
        assert!(
            matches!(error, Some(PreprocessingError::Unreadable(_))),
            "{unreadable}: {error:?}"
        );
        let sentence = error.unwrap().to_string();
        assert!(!sentence.contains("untagged"), "{sentence}");
    }
    for unknown in [
        r#"{"image_processor_type":"SiglipImageProcessor"}"#,
        r#"{"resample":6}"#,
        r#"{"do_pad":true,"pad_size":{"height":336,"width":336}}"#,
        r#"{"size":{"height":224}}"#,
        r#"{"crop_size":{"shortest_edge":224}}"#,
    ] {
        let error = hub(unknown);
        assert!(
            matches!(error, Some(PreprocessingError::Unknown { .. })),
            "{unknown}: {error:?}"
        );
    }
    for shape in [
        r#"{"crop_size":336}"#,
        r#"{"crop_size":[224,225]}"#,
        r#"{"do_center_crop":false}"#,
        r#"{"do_center_crop":false,"size":[224,200]}"#,
        r#"{"do_center_crop":false,"do_resize":false}"#,
    ] {
        let error = hub(shape);
        assert!(
            matches!(error, Some(PreprocessingError::Shape { .. })),
            "{shape}: {error:?}"
        );
    }
    for value in [
        r#"{"size":0}"#,
        r#"{"size":4294967295}"#,
        r#"{"image_std":[0,1,1]}"#,
        r#"{"image_mean":1e38}"#,
        r#"{"rescale_factor":0}"#,
        r#"{"rescale_factor":-1}"#,
    ] {
        let error = hub(value);
        assert!(
            matches!(error, Some(PreprocessingError::Value { .. })),
            "{value}: {error:?}"
        );
    }
    for unknown in [
        r#"{"mode":"L"}"#,
        r#"{"resize_mode":"fold"}"#,
        r#"{"interpolation":"lanczos"}"#,
    ] {
        let config: Value = serde_json::from_str(unknown).unwrap();
        let error = Preprocessing::from_open_clip(&config).err();
        assert!(
            matches!(error, Some(PreprocessingError::Unknown { .. })),
            "{unknown}: {error:?}"
        );
    }
}
