//! Removes prefixes that training scripts put before the network's own names.
//!
//! | Prefix | By |
//! |---|---|
//! | `state_dict.`, `model_state_dict.` | scripts and Lightning, which save the optimizer beside it |
//! | `module.` | `DistributedDataParallel` (open_clip `factory.py`, `load_state_dict`) |
//! | `_orig_mod.` | `torch.compile` |
//! | `model.`, `clip.` | a module that holds the network |
//! | `_modules.`, `_parameters.`, `_buffers.`, anywhere | a whole module that was pickled |

use std::collections::BTreeSet;

use super::tensors::Tensors;

/// Tensors outside these are not part of the network.
const CONTAINERS: [&str; 2] = ["state_dict.", "model_state_dict."];
const PREFIXES: [&str; 6] = [
    "state_dict.",
    "model_state_dict.",
    "module.",
    "_orig_mod.",
    "model.",
    "clip.",
];
/// Attributes of `torch.nn.Module`.
const OF_MODULES: [&str; 3] = ["_modules", "_parameters", "_buffers"];

/// Renames tensors to their names in the network.
pub(super) fn strip(tensors: Tensors) -> Tensors {
    let mut tensors = rename(tensors, |name| {
        let parts = name.split('.').filter(|part| !OF_MODULES.contains(part));
        parts.collect::<Vec<_>>().join(".")
    });
    for container in CONTAINERS {
        if tensors.keys().any(|name| name.starts_with(container)) {
            tensors.retain(|name, _| name.starts_with(container));
        }
    }
    if tensors.is_empty() {
        return tensors;
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
    match shared {
        0 => tensors,
        _ => rename(tensors, |name| name[shared..].to_owned()),
    }
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
        strip(tensors.collect()).into_keys().collect()
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
