//! Many numbers at once.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;

/// Numbers that are serialised as bytes, four a number, lowest first. One by one, a million of them
/// would take a browser a tenth of a second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floats(pub Vec<f32>);

impl Serialize for Floats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self
            .0
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Floats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = ByteBuf::deserialize(deserializer)?;
        let (values, []) = bytes.as_chunks::<4>() else {
            return Err(serde::de::Error::invalid_length(
                bytes.len(),
                &"four bytes a number",
            ));
        };
        Ok(Self(
            values
                .iter()
                .map(|value| f32::from_le_bytes(*value))
                .collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{BytesDeserializer, Error};

    use super::*;

    #[test]
    fn numbers_are_four_bytes_each_or_refused() {
        let read = |bytes: &'static [u8]| {
            let bytes: BytesDeserializer<Error> = bytes.into_deserializer();
            Floats::deserialize(bytes)
        };
        let bytes = &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
        assert_eq!(read(bytes), Ok(Floats(vec![1.0, -2.0])));
        assert!(read(&bytes[..7]).is_err());
    }
}
