//! The keys of a log: ed25519, one pair per user, the public half in the log's first record.

use crate::hex;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use std::fmt;
use std::str::FromStr;

const SCHEME: &str = "ed25519:";

/// The secret key that signs a log's head.
///
/// Made and kept by [`SigningKey::load_or_create`]; never printed, not even by `Debug`.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key that 32 secret bytes stand for.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The half that may be told to everybody.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public_key())
    }
}

/// The public key of a log, spelt `ed25519:` and 64 lowercase hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Whether `signature` is this key's over `message`. Strict: no malleable signature, no weak key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", hex::encode(self.0.as_bytes()))
    }
}

/// A text that is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key: it is spelt `ed25519:` and 64 lowercase hex digits")]
pub struct ParseKeyError;

impl FromStr for PublicKey {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<PublicKey, ParseKeyError> {
        let digits = text.strip_prefix(SCHEME).ok_or(ParseKeyError)?;
        let bytes = hex::decode(digits.as_bytes()).ok_or(ParseKeyError)?;
        VerifyingKey::from_bytes(&bytes)
            .map(PublicKey)
            .map_err(|_not_a_point| ParseKeyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_is_read_back_from_its_text_and_from_no_other() {
        let key = SigningKey::from_seed(&[7; 32]).public_key();
        let text = key.to_string();
        assert_eq!(text.parse(), Ok(key));
        for bad in [
            text.to_uppercase(),
            text.replace("ed25519:", ""),
            format!("{text}0"),
            String::new(),
        ] {
            assert_eq!(bad.parse::<PublicKey>(), Err(ParseKeyError), "{bad}");
        }
    }

    #[test]
    fn debug_tells_no_secret() {
        let key = SigningKey::from_seed(&[7; 32]);
        assert!(!format!("{key:?}").contains(&hex::encode(&[7; 32])));
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_alone() {
        let key = SigningKey::generate().unwrap();
        let signature = key.sign(b"one");
        assert!(key.public_key().verifies(b"one", &signature));
        assert!(!key.public_key().verifies(b"two", &signature));
        assert!(
            !SigningKey::generate()
                .unwrap()
                .public_key()
                .verifies(b"one", &signature)
        );
    }
}
