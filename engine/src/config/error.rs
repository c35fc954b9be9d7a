//! Errors and checks of a configuration.

use thiserror::Error as ThisError;

/// A configuration that no network can have: its first invalid field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("The model's configuration is not usable: {field} is {value}.")]
pub struct ConfigError {
    /// Dotted field name.
    pub field: &'static str,
    /// Its value.
    pub value: usize,
}

/// The largest size. Three times its square still fits a browser's 32-bit addresses.
pub(super) const LARGEST: usize = 1 << 15;

/// Checks that `value` is between 1 and `largest`.
pub(super) fn within(field: &'static str, value: usize, largest: usize) -> Result<(), ConfigError> {
    match value {
        1.. if value <= largest => Ok(()),
        _ => Err(ConfigError { field, value }),
    }
}
