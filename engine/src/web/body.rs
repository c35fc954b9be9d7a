//! The bytes of an answer, as they come.

use std::cell::RefCell;

use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStream, ReadableStreamByobReader, ReadableStreamDefaultReader, Response,
};

use super::fetch::{FetchError, PATIENCE_MILLISECONDS, failure};
use super::patience::within;

/// Bytes that are read at once, at most.
const CHUNK: u32 = 256 << 10;

enum Reader {
    /// Reads into one buffer again and again. Chunks of their own would lie about until JavaScript's
    /// collector comes, which can be after a whole model.
    ByteStream(ReadableStreamByobReader, ArrayBuffer),
    /// For browsers whose answers are no byte streams.
    Chunks(ReadableStreamDefaultReader),
}

impl Reader {
    fn of(stream: &ReadableStream) -> Self {
        match ReadableStreamByobReader::new(stream) {
            Ok(reader) => Self::ByteStream(reader, ArrayBuffer::new(CHUNK)),
            Err(_) => Self::Chunks(stream.get_reader().unchecked_into()),
        }
    }

    fn read(&self) -> Promise {
        match self {
            Self::ByteStream(reader, buffer) => {
                reader.read_with_array_buffer_view(&Uint8Array::new(buffer))
            }
            Self::Chunks(reader) => reader.read(),
        }
    }

    /// What was read, if that is not the end.
    fn chunk(&mut self, step: &JsValue) -> Result<Option<Uint8Array>, JsValue> {
        if Reflect::get(step, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        let chunk: Uint8Array = Reflect::get(step, &"value".into())?.dyn_into()?;
        if let Self::ByteStream(_, buffer) = self {
            // The memory went to the reader and comes back as another object.
            *buffer = chunk.buffer();
        }
        Ok(Some(chunk))
    }

    fn cancel(&self) {
        // A cancel that fails changes nothing.
        let _ = match self {
            Self::ByteStream(reader, _) => reader.cancel(),
            Self::Chunks(reader) => reader.cancel(),
        };
    }
}

/// Reads a body of at most `limit` bytes.
pub(super) async fn read_body(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
) -> Result<Vec<u8>, FetchError> {
    let bytes = RefCell::new(Vec::new());
    read_chunks(response, limit, signal, async |chunk| {
        let mut bytes = bytes.borrow_mut();
        let start = bytes.len();
        bytes.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut bytes[start..]);
        Ok(())
    })
    .await?;
    Ok(bytes.into_inner())
}

/// Gives the chunks of a body to `take` as they come, `limit` bytes of them at most. What a chunk
/// holds is overwritten by the next.
pub(super) async fn read_chunks<E: From<FetchError>>(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
    mut take: impl AsyncFnMut(Uint8Array) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |_: JsValue| failure(signal);
    let stream = response.body().ok_or(FetchError::Unreachable)?;
    let mut reader = Reader::of(&stream);
    let mut received = 0;
    loop {
        let step = within(PATIENCE_MILLISECONDS, JsFuture::from(reader.read()))
            .await
            .ok_or(FetchError::Silent)?
            .map_err(failed)?;
        let Some(chunk) = reader.chunk(&step).map_err(failed)? else {
            return Ok(());
        };
        received += u64::from(chunk.length());
        if received > limit {
            // The rest is of no use.
            reader.cancel();
            return Err(FetchError::Length {
                received,
                expected: limit,
            }
            .into());
        }
        take(chunk).await?;
    }
}
