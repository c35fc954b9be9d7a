//! Reads a stream into one reused buffer.

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamByobReader, ReadableStreamDefaultReader};

/// Most bytes of one read.
const CHUNK: u32 = 256 << 10;

/// Reads a stream.
pub enum ByteReader {
    /// Reads into one buffer. A new array per chunk would stay in memory until JavaScript's garbage
    /// collector runs, which can be after a whole model.
    Buffer(ReadableStreamByobReader, ArrayBuffer),
    /// For streams that are not byte streams. Holds the unread rest of a chunk.
    Chunks(ReadableStreamDefaultReader, Uint8Array),
}

impl ByteReader {
    pub fn of(stream: &ReadableStream) -> Self {
        match ReadableStreamByobReader::new(stream) {
            Ok(reader) => Self::Buffer(reader, ArrayBuffer::new(CHUNK)),
            Err(_) => {
                let reader = stream.get_reader().unchecked_into();
                Self::Chunks(reader, Uint8Array::new_with_length(0))
            }
        }
    }

    /// Reads the next 1 to `most` bytes; `None` at the end. The next read may overwrite them.
    pub async fn read(&mut self, most: u32) -> Result<Option<Uint8Array>, JsValue> {
        match self {
            Self::Buffer(reader, buffer) => {
                let room = Uint8Array::new_with_byte_offset_and_length(buffer, 0, most.min(CHUNK));
                let step = JsFuture::from(reader.read_with_array_buffer_view(&room)).await?;
                let bytes = value(&step)?;
                if let Some(bytes) = &bytes {
                    // A read transfers the memory and returns it as another object.
                    *buffer = bytes.buffer();
                }
                Ok(bytes)
            }
            Self::Chunks(reader, rest) => {
                while rest.length() == 0 {
                    match value(&JsFuture::from(reader.read()).await?)? {
                        Some(chunk) => *rest = chunk,
                        None => return Ok(None),
                    }
                }
                let count = rest.length().min(most);
                let bytes = rest.subarray(0, count);
                *rest = rest.subarray(count, rest.length());
                Ok(Some(bytes))
            }
        }
    }

    /// Cancels the stream.
    pub fn cancel(&self) {
        // A failed cancel has no effect.
        let _ = match self {
            Self::Buffer(reader, _) => reader.cancel(),
            Self::Chunks(reader, _) => reader.cancel(),
        };
    }
}

/// The bytes of one read; `None` at the end.
fn value(step: &JsValue) -> Result<Option<Uint8Array>, JsValue> {
    match Reflect::get(step, &"done".into())?.is_truthy() {
        true => Ok(None),
        false => Ok(Some(Reflect::get(step, &"value".into())?.dyn_into()?)),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// Streams 5 bytes and then 3; as a byte stream if `bytes` is set.
    async fn is_read_in_order(bytes: bool) {
        let stream = format!(
            "new ReadableStream({{
                type: {},
                start: controller => {{
                    controller.enqueue(new Uint8Array([0, 1, 2, 3, 4]));
                    controller.enqueue(new Uint8Array([5, 6, 7]));
                    controller.close();
                }},
            }})",
            if bytes { "'bytes'" } else { "undefined" }
        );
        let stream: ReadableStream = js_sys::eval(&stream).expect("a stream").unchecked_into();
        let mut reader = ByteReader::of(&stream);
        assert_eq!(matches!(reader, ByteReader::Buffer(..)), bytes);
        let mut read = Vec::new();
        while let Some(bytes) = reader.read(2).await.expect("it is whole") {
            assert!((1..=2).contains(&bytes.length()));
            read.extend(bytes.to_vec());
        }
        assert_eq!(read, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[wasm_bindgen_test]
    async fn streams_of_bytes_and_others_are_read_in_order() {
        is_read_in_order(true).await;
        is_read_in_order(false).await;
    }
}
