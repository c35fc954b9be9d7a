//! Removes prefixes that training scripts put before the network's own names.
//!
//! | Prefix | By |
//! |---|---|
//! | `state_dict.`, `model_state_dict.` | scripts and Lightning, which save the optimizer beside it |
//! | `module.` | `DistributedDataParallel` (open_clip `factory.py`, `load_state_dict`) |
//! | `_orig_mod.` | `torch.compile` |
//! | `model.`, `clip.`, any other | a module or dictionary that holds the network |
//! | `_modules.`, `_parameters.`, `_buffers.`, anywhere | a whole module that was pickled |

use std::collections::BTreeSet;

use super::tensors::Tensors;
use crate::weights::error::WeightsError;

/// Tensors outside these are not part of the network.
const CONTAINERS: [&str; 3] = ["state_dict.", "model_state_dict.", "model_state."];
/// Prefixes of networks that are no CLIP, or a part of one.
const PREFIXES: [&str; 7] = [
    "state_dict.",
    "model_state_dict.",
    "model_state.",
    "module.",
    "_orig_mod.",
    "model.",
    "clip.",
];
/// Beginnings of what training scripts save beside the network.
const OF_TRAINING: [&str; 8] = [
    "optim",
    "scheduler",
    "lr_scheduler",
    "scaler",
    "grad_scaler",
    "rng",
    "callbacks",
    "loops",
];
/// Attributes of `torch.nn.Module`.
const OF_MODULES: [&str; 3] = ["_modules", "_parameters", "_buffers"];

/// The first text tensor of a CLIP, and the beginning of its image tower's names, in the layouts of
/// transformers and of OpenAI.
const NETWORKS: [(&str, &str); 2] = [
    (
        "text_model.embeddings.token_embedding.weight",
        "vision_model.",
    ),
    ("token_embedding.weight", "visual."),
];

/// Renames tensors to their names in the network.
///
/// # Errors
/// [`WeightsError::Checkpoint`] if there are several networks, such as a running average (EMA)
/// beside the trained weights: they differ, and either could be meant.
pub(super) fn strip(tensors: Tensors) -> Result<Tensors, WeightsError> {
    let mut tensors = rename(tensors, |name| {
        let parts = name.split('.').filter(|part| !OF_MODULES.contains(part));
        parts.collect::<Vec<_>>().join(".")
    });
    let networks = networks(&tensors);
    if networks.len() > 1 {
        let place = |prefix| str::strip_suffix(prefix, '.').unwrap_or("its top level");
        let places: Vec<&str> = networks.iter().map(|prefix| place(prefix)).collect();
        return Err(WeightsError::Checkpoint(format!(
            "it holds several networks, at {}; save the one to use in a file of its own",
            places.join(" and ")
        )));
    }
    let network = networks.into_iter().next();
    for container in CONTAINERS {
        let holds_it = network
            .as_ref()
            .is_none_or(|network| network.starts_with(container));
        if holds_it && tensors.keys().any(|name| name.starts_with(container)) {
            tensors.retain(|name, _| name.starts_with(container));
        }
    }
    if let Some(network) = network {
        tensors.retain(|name, _| {
            name.starts_with(&network) || !OF_TRAINING.iter().any(|start| name.starts_with(start))
        });
        return Ok(
            match tensors.keys().all(|name| name.starts_with(&network)) {
                true => rename(tensors, |name| name[network.len()..].to_owned()),
                false => tensors,
            },
        );
    }
    if tensors.is_empty() {
        return Ok(tensors);
    }
    // Names are cut once, because a long one may have a hundred thousand prefixes.
    let mut shared = 0;
    let is_shared = |at: usize, prefix: &str| {
        let mut names = tensors.keys();
        names.all(|name| name[at..].starts_with(prefix))
    };
    while let Some(prefix) = PREFIXES.iter().find(|prefix| is_shared(shared, prefix)) {
        shared += prefix.len();
    }
    Ok(match shared {
        0 => tensors,
        _ => rename(tensors, |name| name[shared..].to_owned()),
    })
}

/// What lies beside a network with a prefix, so that the prefix could not be removed: the prefix,
/// and the name of one tensor.
pub(super) fn beside_network(tensors: &Tensors) -> Option<(String, &str)> {
    let network = networks(tensors).into_iter().next()?;
    let beside = tensors.keys().find(|name| !name.starts_with(&network))?;
    Some((network, beside))
}

/// The prefixes of all networks with both towers of a CLIP.
fn networks(tensors: &Tensors) -> BTreeSet<String> {
    let prefixes = NETWORKS.iter().flat_map(|(first, image)| {
        let prefix = move |name: &String| {
            let prefix = name.strip_suffix(first)?;
            let whole = prefix.is_empty() || prefix.ends_with('.');
            let begin = format!("{prefix}{image}");
            let mut after = tensors.range(begin.clone()..);
            let has_images = after
                .next()
                .is_some_and(|(name, _)| name.starts_with(&begin));
            (whole && has_images).then(|| prefix.to_owned())
        };
        tensors.keys().filter_map(prefix)
    });
    prefixes.collect()
}

/// Renames tensors, unless two would get the same name.
fn rename(tensors: Tensors, name: impl Fn(&str) -> String) -> Tensors {
    let names: BTreeSet<String> = tensors.keys().map(|old| name(old)).collect();
    if names.len() < tensors.len() {
        return tensors;
    }
    let renamed = tensors
        .into_iter()
        .map(|(old, tensor)| (name(&old), tensor));
    renamed.collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tensors::{Place, StoredTensor, StoredType};
    use super::*;

    fn stripped(names: &[&str]) -> Vec<String> {
        let tensor = StoredTensor {
            file: String::new(),
            place: Place::File(0),
            stored_type: StoredType::F32,
            shape: Vec::new(),
            strides: None,
        };
        let tensors = names
            .iter()
            .map(|name| ((*name).to_owned(), tensor.clone()));
        match strip(tensors.collect()) {
            Ok(tensors) => tensors.into_keys().collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    /// Names in one of the two layouts, behind a prefix.
    fn network(prefix: &str) -> [String; 2] {
        ["token_embedding.weight", "visual.proj"].map(|name| format!("{prefix}{name}"))
    }

    fn stripped_beside(prefix: &str, others: &[&str]) -> Vec<String> {
        let own = network(prefix);
        let own = own.iter().map(String::as_str);
        stripped(&own.chain(others.iter().copied()).collect::<Vec<_>>())
    }

    #[test]
    fn any_prefix_of_a_whole_network_is_stripped() {
        for prefix in [
            "",
            "net.",
            "network.",
            "ema.",
            "model_ema.module.",
            "module._orig_mod.module._orig_mod.",
            "base_model.model.clip_model.",
            "_modules.clip_model._modules.module.",
        ] {
            assert_eq!(stripped_beside(prefix, &[]), network(""), "{prefix}");
        }
        let training = ["optimizer.state.0.exp_avg", "scaler.scale", "rng_state"];
        assert_eq!(stripped_beside("model.", &training), network(""));
        let layout = [
            "net.text_model.embeddings.token_embedding.weight",
            "net.vision_model.embeddings.class_embedding",
        ];
        assert_eq!(stripped(&layout), layout.map(|name| &name[4..]));
    }

    #[test]
    fn several_networks_are_named() {
        for (first, second) in [
            ("model.", "ema."),
            ("state_dict.", "state_dict_ema."),
            ("state_dict.student.", "state_dict.teacher."),
        ] {
            let second = network(second);
            let said = stripped_beside(first, &second.each_ref().map(String::as_str));
            let (first, second) = (first.trim_end_matches('.'), &second[0]);
            let second = second.trim_end_matches(".token_embedding.weight");
            for place in [first, second] {
                assert!(said[0].contains(place), "{said:?}");
            }
        }
        let said = stripped_beside("", &["ema.token_embedding.weight", "ema.visual.proj"]);
        assert!(said[0].contains("its top level and ema"), "{said:?}");
    }

    #[test]
    fn what_may_belong_to_the_network_is_not_dropped() {
        let names = stripped_beside("clip.", &["head.weight"]);
        assert!(names.contains(&"head.weight".to_owned()), "{names:?}");
    }

    #[test]
    fn prefixes_are_stripped_in_any_order() {
        for prefix in [
            "",
            "module.",
            "_orig_mod.",
            "_orig_mod.module.",
            "module._orig_mod.",
            "state_dict.model.",
            "state_dict.clip.module.",
            "model_state_dict.",
            "state_dict.model._orig_mod.",
            "_modules.module._modules.model.",
        ] {
            let own = ["logit_scale", "visual.proj"].map(|name| format!("{prefix}{name}"));
            let own = own.each_ref().map(String::as_str);
            assert_eq!(stripped(&own), ["logit_scale", "visual.proj"], "{prefix}");
        }
    }

    #[test]
    fn what_lies_beside_the_network_is_left_out() {
        let names = ["state_dict.model.a", "optimizer_states.0.a", "loss"];
        assert_eq!(stripped(&names), ["a"]);
        let names = ["model_state_dict.a", "optimizer_state_dict.state.0.b"];
        assert_eq!(stripped(&names), ["a"]);
    }

    #[test]
    fn names_that_only_some_share_stay() {
        assert_eq!(stripped(&["model.a", "b"]), ["b", "model.a"]);
        assert_eq!(stripped(&["_buffers.a", "a"]), ["_buffers.a", "a"]);
        assert_eq!(stripped(&[]), [""; 0]);
        let long = format!("{}a", "model.module.".repeat(200_000));
        assert_eq!(stripped(&[&long]), ["a"]);
        let pickled = [
            "_modules.visual._parameters.proj",
            "_parameters.logit_scale",
        ];
        assert_eq!(stripped(&pickled), ["logit_scale", "visual.proj"]);
    }
}
