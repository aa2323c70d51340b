//! Where bytes go.

/// Takes bytes.
pub trait Sink {
    /// Takes them, after those that it has.
    fn put(&mut self, bytes: &[u8]);

    /// Takes a number of variable length: seven bits in a byte, the lowest first, and a bit that says whether more follow.
    fn uint(&mut self, mut value: u64) {
        while value > 0x7f {
            let [low, ..] = value.to_le_bytes();
            self.put(&[low | 0x80]);
            value >>= 7;
        }
        let [low, ..] = value.to_le_bytes();
        self.put(&[low]);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts bytes, and keeps none: what would not fit a frame need not be written to know that.
#[derive(Debug, Default)]
pub(crate) struct Count(u64);

impl Count {
    pub(crate) fn bytes(&self) -> u64 {
        self.0
    }
}

impl Sink for Count {
    fn put(&mut self, bytes: &[u8]) {
        self.0 = self.0.saturating_add(bytes.len() as u64);
    }
}
