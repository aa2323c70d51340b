//! How bytes are spelt.

/// How a `list<u8>` is spelt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum BytesAs {
    /// An array of numbers.
    #[default]
    Array,
    /// A string in base64, of the standard alphabet and with padding.
    Base64,
}
