//! A pack of an EfficientNet-lite with a text tower, assembled as a training program does it.

use glance_engine::weights::{
    EfficientnetLiteCheckpoint, PackWriter, Preprocessing, TokenizerData, WeightType,
};
use glance_engine::{ClipConfig, Pack, VisionConfig};
use half::f16;
use safetensors::SafeTensors;

use super::memory_files::MemoryFiles;

/// A pack of Glance's own description, weights in the layouts of `efficientnet_lite_pytorch` and of
/// OpenAI's text tower, and merges.
pub async fn pack(
    name: &str,
    files: &[(&'static str, &'static [u8]); 3],
    weight_type: WeightType,
) -> Pack {
    let [(_, config), weights, (_, merges)] = files;
    let config: ClipConfig = serde_json::from_slice(config).expect("a configuration");
    let VisionConfig::EfficientnetLite(vision) = &config.vision else {
        panic!("{name} has another tower");
    };
    let checkpoint = MemoryFiles::new([weights]);
    let checkpoint = EfficientnetLiteCheckpoint::read(&checkpoint, vision.clone()).await;
    let checkpoint = checkpoint.expect("the checkpoint has every tensor");
    let merges = std::str::from_utf8(merges)
        .expect("merges are text")
        .trim_end();
    let mut writer = PackWriter::new(
        name,
        None,
        config.clone(),
        Preprocessing::efficientnet_lite(),
        TokenizerData::ClipBpe { merges },
        weight_type,
    );
    let tensors = SafeTensors::deserialize(weights.1).expect("the fixture is whole");
    text_tower(&config, &tensors, &mut writer);
    let written = checkpoint.write(&mut writer);
    written
        .and_then(|()| checkpoint.classifier.write(&mut writer))
        .expect("all is finite");
    writer.finish().expect("every tensor is whole")
}

fn text_tower(config: &ClipConfig, tensors: &SafeTensors<'_>, writer: &mut PackWriter) {
    let values = |name: &str| -> Vec<f32> {
        let tensor = tensors
            .tensor(name)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let halves = tensor.data().as_chunks().0.iter();
        halves
            .map(|bytes| f16::from_le_bytes(*bytes).to_f32())
            .collect()
    };
    let (width, mlp_width) = (config.text.width, config.text.mlp_width);
    let matrix = |writer: &mut PackWriter, to: &str, from: &str, columns: usize| {
        writer
            .matrix(to, columns, &values(from))
            .expect("it is finite");
    };
    let vector = |writer: &mut PackWriter, to: &str, from: &str, shape: &[usize]| {
        writer
            .vector(to, shape, &values(from))
            .expect("it is finite");
    };
    matrix(
        writer,
        "token_embedding.weight",
        "token_embedding.weight",
        width,
    );
    let positions = [config.text.context_length, width];
    vector(
        writer,
        "positional_embedding",
        "positional_embedding",
        &positions,
    );
    let norm = |writer: &mut PackWriter, name: &str| {
        for part in ["weight", "bias"] {
            let name = format!("{name}.{part}");
            vector(writer, &name, &name, &[width]);
        }
    };
    for index in 0..config.text.layers {
        let block = format!("transformer.resblocks.{index}");
        norm(writer, &format!("{block}.ln_1"));
        let maps = [
            ("attn.in_proj.", "attn.in_proj_", 3 * width, width),
            ("attn.out_proj.", "attn.out_proj.", width, width),
            ("mlp.c_fc.", "mlp.c_fc.", mlp_width, width),
            ("mlp.c_proj.", "mlp.c_proj.", width, mlp_width),
        ];
        for (number, (to, from, rows, columns)) in maps.into_iter().enumerate() {
            if number == 2 {
                norm(writer, &format!("{block}.ln_2"));
            }
            let name = |name: &str, part: &str| format!("{block}.{name}{part}");
            matrix(writer, &name(to, "weight"), &name(from, "weight"), columns);
            vector(writer, &name(to, "bias"), &name(from, "bias"), &[rows]);
        }
    }
    norm(writer, "ln_final");
    let columns = values("text_projection");
    let projection = config.projection;
    let rows: Vec<f32> = (0..projection)
        .flat_map(|row| columns[row..].iter().step_by(projection).copied())
        .collect();
    let written = writer.matrix("text_projection.weight", width, &rows);
    written.expect("it is finite");
    vector(writer, "logit_scale", "logit_scale", &[1]);
}
