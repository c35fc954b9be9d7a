//! Vectors as files for other programs.

use std::fmt::Write;

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::JsValue;

/// Bytes before the text of a `.npy` header: magic, version, and its length.
const NPY_START: usize = 10;
/// The data of a `.npy` file begin at a multiple of this.
const NPY_ALIGNMENT: usize = 64;

/// A table of f32 values as NumPy's `.npy`, version 1.0 (NEP 1). `values` is `[rows, width]`.
pub fn npy(values: &[f32], width: usize) -> Vec<u8> {
    let rows = values.len() / width.max(1);
    let mut header = String::new();
    // Writing into memory does not fail.
    let _ = write!(
        header,
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}"
    );
    let end = NPY_START + header.len() + 1;
    let padding = end.next_multiple_of(NPY_ALIGNMENT) - end;
    header.extend(std::iter::repeat_n(' ', padding));
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    file
}

/// The same as safetensors: a tensor `embeddings`, whose rows the metadata name in JSON, together with
/// the model.
///
/// # Errors
/// If the browser cannot write JSON.
pub fn safetensors(
    values: &[f32],
    width: usize,
    names: &[String],
    model: &str,
) -> Result<Vec<u8>, JsValue> {
    let rows = values.len() / width.max(1);
    let names = JSON::stringify(
        &names
            .iter()
            .map(JsValue::from)
            .collect::<js_sys::Array>()
            .into(),
    )?;
    let metadata = object(&[("names", names.into()), ("model", model.into())])?;
    let numbers = |numbers: [usize; 2]| {
        let numbers: js_sys::Array = numbers.map(|n| JsValue::from(n as f64)).iter().collect();
        numbers.into()
    };
    let tensor = object(&[
        ("dtype", "F32".into()),
        ("shape", numbers([rows, width])),
        ("data_offsets", numbers([0, 4 * values.len()])),
    ])?;
    let header = object(&[
        ("__metadata__", metadata.into()),
        ("embeddings", tensor.into()),
    ])?;
    let mut header = String::from(JSON::stringify(&header)?);
    // Aligns the data, as the format asks.
    let padding = header.len().next_multiple_of(8) - header.len();
    header.extend(std::iter::repeat_n(' ', padding));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    Ok(file)
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from(*name), value)?;
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_npy_file_begins_as_numpy_expects() {
        let file = npy(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3);
        assert_eq!(&file[..8], b"\x93NUMPY\x01\x00");
        let length = usize::from(u16::from_le_bytes([file[8], file[9]]));
        let header = std::str::from_utf8(&file[10..10 + length]).expect("it is text");
        assert!(
            header.contains("'shape': (2, 3)") && header.ends_with('\n'),
            "{header}"
        );
        assert_eq!((10 + length) % 64, 0);
        assert_eq!(file.len(), 10 + length + 24);
    }

    #[wasm_bindgen_test]
    fn a_safetensors_file_names_its_rows() {
        let names = ["\"a\".jpg", "b.jpg"].map(str::to_owned);
        let file = safetensors(&[1.0, 2.0], 1, &names, "demo").expect("JSON can be written");
        let length = u64::from_le_bytes(*file.first_chunk().expect("it has a length")) as usize;
        assert_eq!(length % 8, 0);
        let header = std::str::from_utf8(&file[8..8 + length]).expect("it is text");
        let header = JSON::parse(header).expect("it is JSON");
        let at = |value: &JsValue, key: &str| Reflect::get(value, &key.into()).expect("an object");
        let read = at(&at(&header, "__metadata__"), "names")
            .as_string()
            .expect("a text");
        let read = JSON::parse(&read).expect("it is JSON");
        assert_eq!(
            Reflect::get_u32(&read, 0).expect("an array").as_string(),
            Some(names[0].clone())
        );
        assert_eq!(
            file[8 + length..],
            [1.0_f32.to_le_bytes(), 2.0_f32.to_le_bytes()].concat()
        );
    }
}
