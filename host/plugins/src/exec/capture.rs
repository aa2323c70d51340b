//! What a program writes, as far as somebody wants to know it.

use tollgate::Channel;

use super::bounds::{MAX_STDERR_BYTES, MAX_STDOUT_BYTES};

/// What a program wrote. Of standard error only how much: it goes nowhere.
#[derive(Default)]
pub(super) struct Capture {
    pub(super) stdout: Vec<u8>,
    pub(super) stdout_bytes: u64,
    pub(super) stderr_bytes: u64,
}

impl Capture {
    /// Takes in what was written, and says whether all of it may still be told.
    pub(super) fn take(&mut self, channel: Channel, bytes: &[u8]) -> bool {
        match channel {
            Channel::Stdout => {
                self.stdout_bytes = self.stdout_bytes.saturating_add(bytes.len() as u64);
                if self.is_stdout_too_large() {
                    self.stdout = Vec::new();
                } else {
                    self.stdout.extend_from_slice(bytes);
                }
            }
            Channel::Stderr => {
                self.stderr_bytes = self.stderr_bytes.saturating_add(bytes.len() as u64);
            }
        }
        !self.is_stdout_too_large() && !self.is_stderr_too_large()
    }

    pub(super) fn is_stdout_too_large(&self) -> bool {
        self.stdout_bytes > MAX_STDOUT_BYTES as u64
    }

    pub(super) fn is_stderr_too_large(&self) -> bool {
        self.stderr_bytes > MAX_STDERR_BYTES as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_as_may_be_is_kept_and_nothing_once_there_is_more() {
        let mut capture = Capture::default();
        assert!(capture.take(Channel::Stdout, &vec![b'x'; MAX_STDOUT_BYTES]));
        assert!(capture.take(Channel::Stderr, &vec![b'x'; MAX_STDERR_BYTES]));
        assert_eq!(capture.stdout.len(), MAX_STDOUT_BYTES);
        assert!(!capture.take(Channel::Stderr, b"x"));
        assert!(!capture.take(Channel::Stdout, b"x"));
        assert!(capture.is_stdout_too_large() && capture.is_stderr_too_large());
        assert_eq!(
            (capture.stdout.capacity(), capture.stdout_bytes),
            (0, MAX_STDOUT_BYTES as u64 + 1)
        );
    }
}
