//! Reads the tensors out of a pickle without running anything it asks for.
//!
//! A pickle is a program for a stack machine (CPython `Lib/pickletools.py` lists the opcodes). This
//! reader keeps dictionaries, lists, tuples, numbers, texts and the few calls by which PyTorch
//! rebuilds a tensor (`torch/_utils.py`); any other class or function becomes a placeholder that
//! is never looked up, let alone called.
//!
//! ```text
//! machine   runs the opcodes
//! values    what they make, and which of it are tensors
//! ```

mod machine;
mod values;

pub(super) use machine::CUT;
use machine::{MALFORMED, Machine};
use values::{Found, Node};
pub(super) use values::{PickledStorage, PickledTensor};

/// Every tensor in the pickle by its dotted name: dictionary keys and attribute names joined.
///
/// # Errors
/// What is wrong with the pickle, in a few words.
pub(super) fn tensors(pickle: &[u8]) -> Result<Vec<(String, PickledTensor)>, &'static str> {
    let (described, _) = tensors_and_storages(pickle)?;
    Ok(described.tensors)
}

/// What a pickle says about tensors.
pub(super) struct Described {
    /// Tensors by their dotted names.
    pub tensors: Vec<(String, PickledTensor)>,
    /// The storages that tensors are views of.
    pub storages: Vec<PickledStorage>,
}

/// As [`tensors`], with the storages, and with the bytes after the pickle.
pub(super) fn tensors_and_storages(input: &[u8]) -> Result<(Described, &[u8]), &'static str> {
    let mut machine = Machine::new(input);
    let root = machine.run()?;
    let mut found = Found::default();
    let values = &machine.values;
    values.walk(root, &mut String::new(), 0, &mut found)?;
    let tensors = found.tensors;
    let storages = machine.values.0.into_iter().filter_map(|node| match node {
        Node::Storage(storage) => Some(*storage),
        _ => None,
    });
    let storages = storages.collect();
    Ok((Described { tensors, storages }, machine.input))
}

/// The texts of a pickled list, and the bytes after the pickle.
pub(super) fn texts(input: &[u8]) -> Result<(Vec<String>, &[u8]), &'static str> {
    let mut machine = Machine::new(input);
    let root = machine.run()?;
    let Node::Sequence(items) = &machine.values.0[root] else {
        return Err(MALFORMED);
    };
    let texts = items.iter().map(|item| match &machine.values.0[*item] {
        Node::Text(text) => Ok(text.clone()),
        _ => Err(MALFORMED),
    });
    Ok((texts.collect::<Result<_, _>>()?, machine.input))
}

/// The bytes after a pickle.
pub(super) fn skip_pickle(input: &[u8]) -> Result<&[u8], &'static str> {
    let mut machine = Machine::new(input);
    machine.run()?;
    Ok(machine.input)
}
