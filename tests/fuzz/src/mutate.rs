//! Changes that leave an input's outer form valid, so that more of them get past the first check.
//! libFuzzer's own changes do the rest.

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::archive;
use crate::targets::{SEPARATOR, Target};

/// libFuzzer's changes: a buffer, the bytes in use, and the most there may be.
type Plain = fn(&mut [u8], usize, usize) -> usize;

/// Bytes that a part may grow by.
const ROOM: usize = 64;
/// Bytes of tensors that a header may ask for and get.
const MAX_DATA: usize = 1 << 16;
/// Bytes of a pack that have one hash.
const PIECE: usize = 1 << 20;

/// Opcodes of a pickle, with operands.
const OPCODES: [&[u8]; 30] = [
    b"(",
    b")",
    b"]",
    b"}",
    b"t",
    b"l",
    b"d",
    b"a",
    b"e",
    b"s",
    b"u",
    b"R",
    b"Q",
    b"b",
    b"2",
    b"0",
    b"1",
    b"N",
    b"K\x00",
    b"K\x01",
    b"K\x10",
    b"J\xff\xff\xff\xff",
    b"J\xff\xff\xff\x7f",
    b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"h\x00",
    b"q\x00",
    b"\x85",
    b"\x86",
    b"\x93",
    b"\x81",
];

/// Numbers at the edges of types.
const NUMBERS: [&str; 16] = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "49407",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551615",
    "1e-320",
    "1e308",
    "0.5",
    "3.4028236e38",
];

/// Changes `data`, of which `size` bytes are in use, and returns how many are in use then.
pub fn mutate(
    target: Target,
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    plain: Plain,
) -> usize {
    let mut random = SmallRng::seed_from_u64(seed.into());
    let input = &data[..size];
    let changed = match target {
        _ if random.random_ratio(1, 4) => None,
        Target::Packs => tensors(input, true, plain, &mut random),
        Target::Safetensors => tensors(input, false, plain, &mut random),
        Target::PyTorch => pytorch(input, plain, &mut random),
        Target::Tokenizers | Target::Configurations => documents(input, plain, &mut random),
        Target::Pictures | Target::Texts => None,
    };
    match changed {
        Some(changed) if changed.len() <= max_size => {
            data[..changed.len()].copy_from_slice(&changed);
            changed.len()
        }
        _ => plain(data, size, max_size),
    }
}

/// A part of an input, changed by libFuzzer.
fn changed(part: &[u8], plain: Plain) -> Vec<u8> {
    let mut buffer = part.to_vec();
    buffer.resize(part.len() + ROOM, 0);
    let length = plain(&mut buffer, part.len(), part.len() + ROOM);
    buffer.truncate(length);
    buffer
}

/// Changes a header of safetensors or the data after it. Mostly the header describes the data
/// again afterwards; those of a pack match their hashes.
fn tensors(input: &[u8], pack: bool, plain: Plain, random: &mut SmallRng) -> Option<Vec<u8>> {
    let (length, rest) = input.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (header, data) = rest.split_at_checked(length)?;
    let mut header: Value = serde_json::from_slice(header).ok()?;
    let mut data = data.to_vec();
    match random.random_range(0..4) {
        0 => data = changed(&data, plain),
        1 if pack => {
            if let Some(Value::String(text)) = header.pointer_mut("/__metadata__/glance")
                && let Ok(mut described) = serde_json::from_str(text)
            {
                change(&mut described, random);
                *text = described.to_string();
            }
        }
        _ => change(&mut header, random),
    }
    if random.random_ratio(3, 4) {
        let length = place(header.as_object_mut()?);
        data.resize(length.unwrap_or(data.len()), 0x3c);
    }
    if pack && let Some(Value::String(text)) = header.pointer_mut("/__metadata__/glance") {
        let hash = |piece: &[u8]| {
            let digest = Sha256::digest(piece);
            let digits = digest.iter().map(|byte| format!("{byte:02x}"));
            Value::from(digits.collect::<String>())
        };
        if let Ok(Value::Object(mut described)) = serde_json::from_str(text) {
            let hashes: Vec<Value> = data.chunks(PIECE).map(hash).collect();
            described.insert("pieces".to_owned(), hashes.into());
            *text = Value::from(described).to_string();
        }
    }
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    let length = (header.len() as u64).to_le_bytes();
    Some([&length, header.as_slice(), &data].concat())
}

/// Places the tensors one after the other and returns the length of their data, unless it is large.
fn place(header: &mut Map<String, Value>) -> Option<usize> {
    let mut tensors: Vec<&mut Value> = header
        .iter_mut()
        .filter(|(name, _)| *name != "__metadata__")
        .map(|(_, tensor)| tensor)
        .collect();
    tensors.sort_by_key(|tensor| tensor["data_offsets"][0].as_u64());
    let mut end = 0usize;
    for tensor in tensors {
        let bits = match tensor["dtype"].as_str()? {
            "F64" | "I64" | "U64" => 64,
            "F32" | "I32" | "U32" => 32,
            "F16" | "BF16" | "I16" | "U16" => 16,
            _ => 8,
        };
        let sides = tensor["shape"].as_array()?.iter().map(Value::as_u64);
        let bits = sides.into_iter().try_fold(bits, |product: usize, side| {
            product.checked_mul(usize::try_from(side?).ok()?)
        })?;
        let start = end;
        end = end.checked_add(bits / 8).filter(|end| *end <= MAX_DATA)?;
        tensor
            .as_object_mut()?
            .insert("data_offsets".to_owned(), json!([start, end]));
    }
    Some(end)
}

/// Changes the pickle, within its archive if there is one.
fn pytorch(input: &[u8], plain: Plain, random: &mut SmallRng) -> Option<Vec<u8>> {
    if !input.starts_with(b"PK") {
        return Some(opcode(input, random));
    }
    let mut files = archive::files(input)?;
    let pickle = files
        .iter()
        .position(|(name, _)| name.ends_with("data.pkl"));
    let chosen = match pickle {
        Some(pickle) if random.random_ratio(7, 8) => pickle,
        _ => random.random_range(0..files.len()),
    };
    let (_, bytes) = &mut files[chosen];
    *bytes = match random.random() {
        true => opcode(bytes, random),
        false => changed(bytes, plain),
    };
    let files = files.iter();
    Some(archive::write(
        files.map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    ))
}

/// Inserts an opcode or removes a few bytes.
fn opcode(pickle: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let at = random.random_range(0..=pickle.len());
    let skipped = match random.random() {
        true => random.random_range(0..4),
        false => 0,
    };
    let inserted = OPCODES.choose(random).copied().unwrap_or_default();
    let rest = pickle.get(at + skipped..).unwrap_or_default();
    [&pickle[..at], inserted, rest].concat()
}

/// Changes one of several files: a JSON value in it, or its bytes.
fn documents(input: &[u8], plain: Plain, random: &mut SmallRng) -> Option<Vec<u8>> {
    let (kind, files) = input.split_first()?;
    let mut files: Vec<Vec<u8>> = files
        .split(|byte| *byte == SEPARATOR)
        .map(<[u8]>::to_vec)
        .collect();
    let chosen = random.random_range(0..files.len());
    let file = &mut files[chosen];
    match serde_json::from_slice(file) {
        Ok(mut value) => {
            for _ in 0..random.random_range(1..4) {
                change(&mut value, random);
            }
            *file = value.to_string().into_bytes();
        }
        Err(_) => *file = changed(file, plain),
    }
    Some([&[*kind][..], &files.join(&SEPARATOR)].concat())
}

/// Changes one of the values in `root`.
fn change(root: &mut Value, random: &mut SmallRng) {
    let count = count(root);
    let other = node(root, &mut random.random_range(0..count)).cloned();
    let other = other.unwrap_or_default();
    let Some(value) = node(root, &mut random.random_range(0..count)) else {
        return;
    };
    match (random.random_range(0..6), value) {
        (0, value) => *value = other,
        (1, Value::Array(values)) if !values.is_empty() => {
            let [first, second] = [0; 2].map(|_| random.random_range(0..values.len()));
            match random.random_range(0..3) {
                0 => values.swap(first, second),
                1 => drop(values.remove(first)),
                _ => values.insert(first, values[second].clone()),
            }
        }
        (1, Value::Object(fields)) if !fields.is_empty() => {
            let at = random.random_range(0..fields.len());
            let name = fields.keys().nth(at).cloned().unwrap_or_default();
            let value = fields.remove(&name).unwrap_or_default();
            match &other {
                Value::String(other) if random.random() => {
                    drop(fields.insert(other.clone(), value))
                }
                _ => {}
            }
        }
        (2, Value::Number(number)) => {
            let step = [1, 255, 2, 65_536][random.random_range(0..4)];
            let stepped = number.as_i64().map(|number| number.wrapping_add(step));
            *number = stepped.unwrap_or(step).into();
        }
        (2, Value::String(text)) => {
            let characters = [
                '\0',
                ' ',
                'a',
                '\u{345}',
                '\u{130}',
                '"',
                '.',
                '0',
                '\u{10ffff}',
            ];
            let inserted = *characters.choose(random).unwrap_or(&' ');
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let at = places.choose(random).copied().unwrap_or(0);
            match random.random() {
                true => text.insert(at, inserted),
                false => text.truncate(at),
            }
        }
        (2, Value::Bool(value)) => *value = !*value,
        (3, value) => *value = json!([value.take(), other]),
        (4, value) => {
            let simple = [Value::Null, true.into(), "".into(), json!([]), json!({})];
            *value = simple.choose(random).cloned().unwrap_or_default();
        }
        (_, value) => {
            let number = NUMBERS.choose(random).unwrap_or(&"0");
            *value = serde_json::from_str(number).unwrap_or_default();
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// The value with this index, depth first.
fn node<'a>(value: &'a mut Value, index: &mut usize) -> Option<&'a mut Value> {
    if *index == 0 {
        return Some(value);
    }
    *index -= 1;
    match value {
        Value::Array(values) => values.iter_mut().find_map(|value| node(value, index)),
        Value::Object(fields) => fields.values_mut().find_map(|value| node(value, index)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    /// Stands for libFuzzer's.
    fn flip(data: &mut [u8], size: usize, _: usize) -> usize {
        if let Some(first) = data[..size].first_mut() {
            *first ^= 1;
        }
        size
    }

    #[test]
    fn the_corpus_and_its_changes_are_read() {
        for target in Target::ALL {
            for (seed, input) in (0..).zip(corpus::inputs(target)) {
                target.run(&input);
                let mut data = [&input[..], &[0; 4096]].concat();
                let most = data.len();
                let size = mutate(target, &mut data, input.len(), most, seed, flip);
                target.run(&data[..size]);
            }
        }
    }

    #[test]
    fn a_header_keeps_its_form() {
        let input = corpus::inputs(Target::Packs).swap_remove(0);
        let mut random = SmallRng::seed_from_u64(0);
        let parsed = (0..100).filter(|_| {
            let changed = tensors(&input, true, flip, &mut random);
            let changed = changed.expect("it is a pack");
            glance_engine::weights::PackIndex::head_length(&changed).is_ok()
        });
        assert_eq!(parsed.count(), 100);
    }
}
